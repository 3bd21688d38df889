import CLinux
import Logging
import NIOCore
import NIOPosix
import StockEngine
import StockWire

/// What the connections of one event loop share: the executor, the scratch memory, who waits for the log, and one timer.
///
/// `@unchecked Sendable`: every property but the constants is read and written on `loop` only, which each entry asserts.
final class LoopHub: @unchecked Sendable {
  let loop: any EventLoop
  let engine: any ServedEngine
  let limits: ServerLimits
  let logger: Logger
  private let census: ConnectionCensus
  private let errandThreads: NIOThreadPool

  private var executor: any ServedExecutor
  // Lent to a connection while it handles a read; empty in between.
  private var scratch = LoopScratch()

  private lazy var bell = DurabilityBell(loop: loop, durable: engine.durableLSN) { [weak self] in self?.rang() }
  private var waiting: [ConnectionHandler] = []
  private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
  private var ticker: RepeatedTask?
  private var isStopping = false
  private var wakeIsDue = false
  private var yielding: [ConnectionHandler] = []
  private var isTakingTurns = false
  private var warnedOfHTTP: Int64?

  /// Deadlines are looked at so often.
  private static let tickMilliseconds: Int64 = 250
  /// Long enough that nothing else that is ready takes it up.
  private static let pause = TimeAmount.microseconds(200)
  /// The same warning is not given more often.
  private static let warningMilliseconds: Int64 = 60_000

  init(
    loop: any EventLoop, engine: any ServedEngine, limits: ServerLimits, census: ConnectionCensus,
    errandThreads: NIOThreadPool, logger: Logger
  ) {
    self.loop = loop
    self.engine = engine
    self.limits = limits
    self.census = census
    self.errandThreads = errandThreads
    self.logger = logger
    executor = engine.makeExecutor()
    executor.wakesLog = false
  }

  /// Begins to listen to the log and to look at deadlines. On the loop.
  func start() {
    loop.assertInEventLoop()
    stock_ask_for_short_slices()
    engine.addDurabilityListener(bell)
    // What became durable before it listened.
    bell.logBecameDurable(upTo: engine.durableLSN)
    ticker = loop.scheduleRepeatedTask(
      initialDelay: .milliseconds(Self.tickMilliseconds), delay: .milliseconds(Self.tickMilliseconds)
    ) { [weak self] _ in self?.tick() }
  }

  var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
  var durable: LSN { bell.durable }

  var view: ServerView {
    ServerView(storeID: engine.storeID, epochs: engine.epochs, durableLSN: engine.durableLSN, now: engine.now)
  }

  // MARK: Batches

  /// Lends the scratch memory for one decode and execute. Not reentrant: nothing inside calls out to the pipeline.
  func withScratch<Result>(
    _ body: (inout LoopScratch, any ServedExecutor) -> Result
  ) -> Result {
    loop.assertInEventLoop()
    defer { scratch.removeAll() }
    return body(&scratch, executor)
  }

  /// Something was decided. What the other connections of this turn of the loop bring goes into the same group: an idle log begins to
  /// write at the turn's end. With 50 clients of one command at a time this makes groups twice as large, and takes half the syncs.
  func decided() {
    if wakeIsDue { return }
    wakeIsDue = true
    loop.execute { [self] in
      wakeIsDue = false
      executor.wakeLog()
    }
  }

  /// Does what blocks on a thread of its own and brings the answer back to the loop.
  func run(_ request: ErrandRequest, for connection: ConnectionHandler) {
    let connection = NIOLoopBound(connection, eventLoop: loop)
    errandThreads.submit { [engine, loop] state in
      guard case .active = state else { return }
      var output = ByteBuffer()
      let gate = request.perform(engine, to: &output)
      let answer = output
      loop.execute { connection.value.errandAnswered(answer, gate: gate) }
    }
  }

  // MARK: Turns

  /// Calls `goOn` after the other connections of the loop had their turn.
  func yield(_ connection: ConnectionHandler) {
    loop.assertInEventLoop()
    yielding.append(connection)
    if yielding.count == 1, !isTakingTurns { scheduleTurns() }
  }

  /// One task for all who wait, begun when the last of them is done: NIO runs whatever is due before it looks at sockets again, so
  /// with a task each they could keep it from ever doing so.
  private func scheduleTurns() {
    loop.scheduleTask(in: Self.pause) { [weak self] in self?.takeTurns() }
  }

  private func takeTurns() {
    let due = yielding
    yielding.removeAll(keepingCapacity: true)
    isTakingTurns = true
    for connection in due { connection.goOn() }
    isTakingTurns = false
    if !yielding.isEmpty { scheduleTurns() }
  }

  // MARK: Durability

  /// Calls `logWentOn` when the log has passed `seen`, the durable LSN at which the connection found that it must wait.
  func waitForLog(_ connection: ConnectionHandler, seen: LSN) {
    waiting.append(connection)
    // With others waiting the bell is armed, or has rung for a turn of this loop that is yet to come.
    guard waiting.count == 1 else { return }
    if bell.arm(seen: seen) { loop.execute { [weak self] in self?.rang() } }
  }

  private func rang() {
    loop.assertInEventLoop()
    if bell.hasFailed {
      waiting.removeAll()
      for connection in Array(connections.values) { connection.logFailed() }
      return
    }
    let due = waiting
    waiting.removeAll(keepingCapacity: true)
    // Whoever still waits comes back by `waitForLog`.
    for connection in due { connection.logWentOn() }
  }

  // MARK: Connections

  /// A connection has opened.
  /// - Returns: why it may not stay. It is served until it is gone all the same, so that it learns the reason.
  func add(_ connection: ConnectionHandler) -> Admission {
    loop.assertInEventLoop()
    let admission = census.admit(isStopping ? .shuttingDown : bell.hasFailed ? .logFailed : nil)
    if case .turnedAway = admission { return admission }
    connections[ObjectIdentifier(connection)] = connection
    return admission
  }

  func remove(_ connection: ConnectionHandler, _ admission: Admission) {
    loop.assertInEventLoop()
    census.leave(admission)
    connections[ObjectIdentifier(connection)] = nil
    waiting.removeAll { $0 === connection }
    if isStopping, connections.isEmpty { drained?.succeed() }
  }

  /// Somebody speaks HTTP: most likely a web page that is open on this machine, or a service that was made to. It is said once in a while,
  /// not as often as it happens.
  func warnOfHTTP(_ address: SocketAddress?) {
    let now = now
    if let warned = warnedOfHTTP, now - warned < Self.warningMilliseconds { return }
    warnedOfHTTP = now
    logger.warning(
      "somebody sent an HTTP request to the RESP listener: a web page, or a service that was tricked; nothing of its body was done",
      metadata: ["address": "\(address?.description ?? "")"])
  }

  private func tick() {
    let now = now
    for connection in Array(connections.values) { connection.tick(now: now) }
  }

  // MARK: End

  private var drained: EventLoopPromise<Void>?

  /// Lets every connection finish what was decided, then closes it; after `drainMilliseconds` closes it anyhow.
  func stop() -> EventLoopFuture<Void> {
    loop.flatSubmit { [self] in
      isStopping = true
      let promise = loop.makePromise(of: Void.self)
      drained = promise
      for connection in Array(connections.values) { connection.stop() }
      if connections.isEmpty { promise.succeed() }
      let deadline = loop.scheduleTask(in: .milliseconds(limits.drainMilliseconds)) { [self] in
        for connection in Array(connections.values) { connection.abort() }
        promise.succeed()
      }
      return promise.futureResult.map { [self] in
        deadline.cancel()
        ticker?.cancel()
        bell.silence()
      }
    }
  }
}
