import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import StockWire

/// A client of one stockd server: many calls at once over one connection, from any task.
///
/// Calls are pipelined: each is sent at once and answered in order. A lost connection is made again, and what was unanswered is
/// sent again under the same ids, which is safe since the server does each id once. Every answer is durable when it arrives.
///
/// A refusal is an ``Answer``. A ``StockClientError`` is thrown when there is no answer: `mayHaveHappened` says whether the fate
/// is unknown. Then call again under the same ids, or `resolve` the order. Cancelling a task takes nothing back.
public final class StockClient: Sendable {
  /// The server that it speaks to.
  public let address: ServerAddress

  private let eventLoop: any EventLoop
  private let inbox: CallInbox
  private let driver: NIOLoopBound<SessionDriver>
  private let seen: NIOLockedValueBox<ResumePoint?>

  private init(_ address: ServerAddress, _ configuration: ClientConfiguration) async {
    self.address = address
    let group = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
    let eventLoop = group.next()
    let inbox = CallInbox()
    let seen = NIOLockedValueBox(configuration.resumePoint)
    self.eventLoop = eventLoop
    self.inbox = inbox
    self.seen = seen
    driver = await Self.makeDriver(eventLoop, address, configuration, inbox, seen)
  }

  private static func makeDriver(
    _ eventLoop: any EventLoop, _ address: ServerAddress, _ configuration: ClientConfiguration, _ inbox: CallInbox,
    _ seen: NIOLockedValueBox<ResumePoint?>
  ) async -> NIOLoopBound<SessionDriver> {
    await withCheckedContinuation { continuation in
      eventLoop.execute {
        let driver = SessionDriver(
          eventLoop: eventLoop, address: address, configuration: configuration, inbox: inbox
        ) { point in seen.withLockedValue { $0 = point } }
        continuation.resume(returning: NIOLoopBound(driver, eventLoop: eventLoop))
      }
    }
  }

  /// Connects and shakes hands.
  /// - Throws: `unreachable` if no server answers within `requestTimeout`; `dataRegression` or `otherStore` if it is not the
  ///   server that the configuration's resume point speaks of.
  public static func connect(
    to address: ServerAddress, configuration: ClientConfiguration = ClientConfiguration()
  ) async throws(StockClientError) -> StockClient {
    let client = await StockClient(address, configuration)
    do throws(StockClientError) {
      try await client.ping()
    } catch {
      await client.close()
      throw error
    }
    return client
  }

  /// A client that nobody has any more closes its connection. No call waits then: it would have the client.
  deinit {
    if inbox.isClosed { return }
    let driver = driver
    eventLoop.execute { _ = driver.value.close() }
  }

  /// Closes the connection. Calls without an answer throw `closed`, and so do all later ones.
  public func close() async {
    inbox.close()
    let driver = driver
    try? await eventLoop.flatSubmit { driver.value.close() }.get()
  }

  /// The store, and the highest LSN that any answer told. Keep it for the next client of this store; nil before the first
  /// connection.
  public var resumePoint: ResumePoint? { seen.withLockedValue { $0 } }

  /// How often it has connected so far. If that is the same behind a call as before it, what the call sent was sent once.
  package var connectionsMade: Int { inbox.connectionsMade }

  // MARK: Sending

  /// Waits until the server has answered all that was sent before.
  public func ping() async throws(StockClientError) {
    _ = try await call([.ping()])
  }

  /// Sends the commands that `build` adds, in one frame if they fit, and waits for their answers.
  ///
  /// ```swift
  /// let replies = try await client.batch { batch in
  ///   batch.reserve(order: "o-1", lines: [WireLine("tea", 2)])
  ///   batch.confirm(order: "o-1")
  /// }
  /// ```
  /// - Throws: if any frame of it has no answer; the others may have taken effect. Send the whole again under the same ids.
  @discardableResult
  public func batch(_ build: (inout StockBatch) -> Void) async throws(StockClientError) -> BatchReplies {
    var batch = StockBatch()
    build(&batch)
    return try await send(batch)
  }

  /// Sends a batch; see ``batch(_:)``. The tickets that it gave read the answers.
  public func send(_ batch: StockBatch) async throws(StockClientError) -> BatchReplies {
    BatchReplies(replies: try await call(batch.frames(within: inbox.limits)))
  }

  /// Sends one command.
  func one<Success>(
    _ build: (inout StockBatch) -> Ticket<Success>
  ) async throws(StockClientError) -> Answer<Success> {
    var batch = StockBatch()
    let ticket = build(&batch)
    let replies = try await call(batch.frames(within: inbox.limits))
    return try BatchReplies(replies: replies)[ticket]
  }

  private func call(_ frames: [OutgoingFrame]) async throws(StockClientError) -> [WireReply] {
    let result = await withCheckedContinuation { continuation in
      if inbox.put(frames, continuation) {
        let driver = driver
        eventLoop.execute { driver.value.drainInbox() }
      }
    }
    return try result.get()
  }
}
