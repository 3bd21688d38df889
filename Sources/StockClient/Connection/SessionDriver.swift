import Glibc
import NIOCore
import NIOPosix
import StockEngine
import StockWire

/// Performs what the session machine says: connects, writes, pauses, and answers callers. Lives on one event loop, and is
/// touched only there.
final class SessionDriver {
  private let eventLoop: any EventLoop
  private let address: ServerAddress
  private let configuration: ClientConfiguration
  private let inbox: CallInbox
  private var machine: SessionMachine<PendingCall>
  private var channel: (any Channel)?
  private var needsFlush = false
  private var ticker: Scheduled<Void>?
  private var resumeWatcher: @Sendable (ResumePoint?) -> Void

  init(
    eventLoop: any EventLoop, address: ServerAddress, configuration: ClientConfiguration, inbox: CallInbox,
    resumeWatcher: @escaping @Sendable (ResumePoint?) -> Void
  ) {
    self.eventLoop = eventLoop
    self.address = address
    self.configuration = configuration
    self.inbox = inbox
    self.resumeWatcher = resumeWatcher
    machine = SessionMachine(
      SessionMachine.Configuration(
        requestTimeout: configuration.requestTimeout, attemptTimeout: configuration.attemptTimeout,
        retry: configuration.retry, framesInFlightMax: configuration.framesInFlightMax,
        framesWaitingMax: configuration.framesWaitingMax),
      resumePoint: configuration.resumePoint)
  }

  // MARK: Calls

  func drainInbox() {
    eventLoop.preconditionInEventLoop()
    let now = ContinuousClock.now
    for call in inbox.takeAll() {
      let action = machine.submit(
        call, commands: call.frame.commands, frameBytes: call.frame.bytes.readableBytes, readsLog: call.frame.readsLog,
        now: now)
      switch action {
      case .send(let call): write(call)
      case .connect(let number): connect(number)
      case .wait: break
      case .fail(let call, let error): call.finish(.failure(error))
      }
    }
    flush()
    tick()
  }

  func close() -> EventLoopFuture<Void> {
    fail(machine.close())
    ticker?.cancel()
    guard let channel else { return eventLoop.makeSucceededVoidFuture() }
    channel.close(promise: nil)
    return channel.closeFuture
  }

  // MARK: The connection

  func connected(_ number: Int, _ channel: any Channel) {
    // Where nobody listens on a port of the ephemeral range, TCP may connect a socket to itself.
    if address.isTCP, let local = channel.localAddress, local == channel.remoteAddress {
      lost(number, "connection refused")
      channel.close(promise: nil)
      return
    }
    guard let hello = machine.connected(number) else {
      channel.close(promise: nil)
      return
    }
    self.channel = channel
    channel.writeAndFlush(ByteBuffer(bytes: hello.frame(id: 1)), promise: nil)
    let limit = TimeAmount(configuration.connectTimeout)
    eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
      guard let self, machine.connection == number, machine.state == .greeting else { return }
      lost(number, "no answer to the hello within \(configuration.connectTimeout)")
    }
  }

  func greeted(_ number: Int, _ reply: HelloReply) {
    switch machine.greeted(number, reply, now: .now) {
    case .send(let calls, let failing):
      inbox.limits = machine.limits
      inbox.noteConnection()
      resumeWatcher(machine.resumePoint)
      calls.forEach(write)
      fail(failing)
      flush()
    case .end(let failing):
      fail(failing)
      dropChannel()
    case .ignore: break
    }
  }

  /// - Parameters:
  ///   - count: how many replies the frame has.
  ///   - replies: a fault if they cannot be read, which concerns nobody else: the next frame is whole.
  func replied(_ number: Int, id: UInt64, count: Int, _ replies: Result<[WireReply], WireFault>, highestLSN: LSN) {
    switch machine.replied(number, commands: count, highestLSN: highestLSN, now: .now) {
    case .complete(let call, let next, let failing):
      guard call.id == id else {
        call.finish(
          .failure(
            StockClientError(
              .protocolViolation, "the reply to frame \(id) came in the place of \(call.id)'s", mayHaveHappened: true)))
        fail(failing)
        violated(number, "replies out of order")
        return
      }
      resumeWatcher(machine.resumePoint)
      call.finish(
        replies.mapError { StockClientError(.protocolViolation, $0.description, mayHaveHappened: true) })
      next.forEach(write)
      fail(failing)
    case .drop(let next, let failing):
      next.forEach(write)
      fail(failing)
    case .violation(let text): violated(number, text)
    case .ignore: break
    }
  }

  func refused(_ number: Int, id: UInt64, _ error: ErrorFrame) {
    perform(machine.refused(number, error, random: .random(in: 0 ... .max)) { $0.id == id })
  }

  /// The server's bytes make no sense.
  func violated(_ number: Int, _ text: String) {
    lost(number, "the server broke the protocol: \(text)")
  }

  func lost(_ number: Int, _ cause: String) {
    perform(machine.lost(number, cause: cause, random: .random(in: 0 ... .max)))
  }

  private func perform(_ action: SessionMachine<PendingCall>.LostAction) {
    switch action {
    case .pause(let pause, let failing):
      dropChannel()
      fail(failing)
      eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [weak self] in
        guard let self, let number = machine.paused() else { return }
        connect(number)
      }
    case .rest(let failing), .end(let failing):
      dropChannel()
      fail(failing)
    case .ignore: break
    }
  }

  private func dropChannel() {
    channel?.close(promise: nil)
    channel = nil
    needsFlush = false
  }

  private func connect(_ number: Int) {
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: address.isTCP ? 1 : 0)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FrameHandler(handler.value, number: number))
        }
      }
    let connecting =
      switch address {
      case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    connecting.assumeIsolated().whenFailure { [self] error in lost(number, Self.plain(error)) }
  }

  private static func plain(_ error: any Error) -> String {
    var error = error
    if let several = error as? NIOConnectionError, let first = several.connectionErrors.first { error = first.error }
    if let system = error as? IOError { return String(cString: strerror(system.errnoCode)) }
    return String(describing: error)
  }

  // MARK: Parts

  private func write(_ call: PendingCall) {
    channel?.write(call.frame.bytes, promise: nil)
    needsFlush = true
  }

  func flush() {
    guard needsFlush else { return }
    needsFlush = false
    channel?.flush()
  }

  private func fail(_ failing: [SessionMachine<PendingCall>.Failure]) {
    for failure in failing { failure.request.finish(.failure(failure.error)) }
  }

  /// Looks after overdue frames while there are any.
  private func tick() {
    guard ticker == nil, machine.hasPending else { return }
    let shortest = min(configuration.requestTimeout, configuration.attemptTimeout)
    let pause = TimeAmount(max(min(shortest / 8, .milliseconds(500)), .milliseconds(2)))
    ticker = eventLoop.assumeIsolated().scheduleTask(in: pause) { [weak self] in
      guard let self else { return }
      ticker = nil
      let action = machine.expire(now: .now)
      fail(action.failing)
      if let patience = action.closesAfter { lost(machine.connection, "no answer within \(patience)") }
      tick()
    }
  }
}

extension ServerAddress {
  fileprivate var isTCP: Bool {
    switch self {
    case .tcp: true
    case .unix: false
    }
  }
}
