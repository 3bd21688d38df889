import StockEngine
import StockWire

/// The life of a client's session with its server, over all connections: what waits, what is unanswered, when to connect,
/// what to send again, when to give up. A pure value: inputs are methods, outputs are values that the driver performs.
///
/// Every connection has a number. What a connection that is gone still reports is ignored.
struct SessionMachine<Request> {
  /// A frame that has no answer yet.
  struct Pending {
    var request: Request
    var commands: Int
    var frameBytes: Int
    /// It reads the log, which may take longer than an attempt.
    var readsLog: Bool
    /// When its caller stops waiting.
    var deadline: ContinuousClock.Instant
    /// How often it was sent.
    var sends = 0
    var sentAt: ContinuousClock.Instant?
    /// Its caller was told already; the place is kept until the reply comes, since replies match by order.
    var isAbandoned = false
  }

  enum State: Equatable {
    /// No connection, and nobody waits for one.
    case idle
    case connecting
    /// Connected; the hello is on its way.
    case greeting
    case ready
    /// Waits before it connects again.
    case pausing
    /// Nothing can succeed any more.
    case ended(StockClientError)
  }

  struct Failure {
    var request: Request
    var error: StockClientError
  }

  let configuration: Configuration
  private(set) var state = State.idle
  /// The number of the present (or last) connection.
  private(set) var connection = 0
  /// Limits of the server that was last spoken to.
  private(set) var limits = FrameLimits()
  private(set) var resumePoint: ResumePoint?
  /// Sent on the present connection, in order.
  private(set) var unanswered = RingQueue<Pending>()
  /// When the last reply came.
  private var repliedAt: ContinuousClock.Instant?
  /// To be sent, in order.
  private(set) var waiting = RingQueue<Pending>()
  /// Connections in a row that ended before a single reply.
  private var failures = 0
  private var lastCause = "never connected"

  /// What the machine needs of the client's configuration.
  struct Configuration: Equatable {
    var requestTimeout: Duration = .seconds(10)
    var attemptTimeout: Duration = .seconds(4)
    var retry = RetryPolicy()
    var framesInFlightMax = 1024
    var framesWaitingMax = 65_536
  }

  init(_ configuration: Configuration, resumePoint: ResumePoint? = nil) {
    self.configuration = configuration
    self.resumePoint = resumePoint
  }

  var hasPending: Bool { !unanswered.isEmpty || !waiting.isEmpty }

  // MARK: Calls

  enum SubmitAction {
    case send(Request)
    case connect(Int)
    case wait
    case fail(Request, StockClientError)
  }

  mutating func submit(
    _ request: Request, commands: Int, frameBytes: Int, readsLog: Bool = false, now: ContinuousClock.Instant
  ) -> SubmitAction {
    if case .ended(let error) = state {
      return .fail(request, error.neverSent)
    }
    guard waiting.count < configuration.framesWaitingMax else {
      return .fail(request, StockClientError(.tooManyWaiting, "\(waiting.count) frames wait to be sent"))
    }
    let pending = Pending(
      request: request, commands: commands, frameBytes: frameBytes, readsLog: readsLog,
      deadline: now + configuration.requestTimeout)
    // With nothing unanswered nobody would look at what waits, and fail it.
    if state == .ready, !fits(frameBytes, commands) { return .fail(request, tooLarge(pending)) }
    waiting.append(pending)
    switch state {
    case .idle: return .connect(beginConnecting())
    case .ready:
      guard waiting.count == 1, unanswered.count < inFlightMax else { return .wait }
      return sendNext(now).map { .send($0) } ?? .wait
    case .connecting, .greeting, .pausing, .ended: return .wait
    }
  }

  // MARK: The connection

  /// The hello to send first, or nil: close it, it is not wanted.
  mutating func connected(_ number: Int) -> Hello? {
    guard number == connection, state == .connecting else { return nil }
    state = .greeting
    guard let seen = resumePoint else { return Hello() }
    return Hello(highestLSN: seen.highestLSN, storeID: seen.storeID, epoch: seen.epoch)
  }

  enum GreetAction {
    case send([Request], failing: [Failure])
    /// The server breaks the protocol or is another one: close, and tell everybody.
    case end([Failure])
    case ignore
  }

  mutating func greeted(_ number: Int, _ reply: HelloReply, now: ContinuousClock.Instant) -> GreetAction {
    guard number == connection, state == .greeting else { return .ignore }
    if let error = fault(in: reply) { return .end(end(error)) }
    state = .ready
    limits = FrameLimits(reply)
    // What was seen before is part of this server's history, or it would have refused.
    resumePoint = ResumePoint(
      storeID: reply.storeID, highestLSN: resumePoint?.highestLSN ?? .zero, epoch: reply.epoch)
    var failing: [Failure] = []
    let sending = sendWaiting(now, &failing)
    return .send(sending, failing: failing)
  }

  /// A server that should have refused, and did not.
  private func fault(in reply: HelloReply) -> StockClientError? {
    if reply.version != Wire.version {
      return StockClientError(.serverRefused, "the server chose version \(reply.version)")
    }
    guard let resumePoint else { return nil }
    if reply.storeID != resumePoint.storeID {
      return StockClientError(.otherStore, "the store is \(reply.storeID), not \(resumePoint.storeID)")
    }
    if reply.durableLSN < resumePoint.highestLSN {
      return StockClientError(
        .dataRegression,
        "the server's log ends at LSN \(reply.durableLSN); this client has seen \(resumePoint.highestLSN)")
    }
    return nil
  }

  enum ReplyAction {
    /// Tell the caller, then send what may follow.
    case complete(Request, thenSend: [Request], failing: [Failure])
    /// Its caller was told already.
    case drop(thenSend: [Request], failing: [Failure])
    /// No such reply is due: close the connection, then `lost`.
    case violation(String)
    case ignore
  }

  /// - Parameter commands: how many replies it has; 0 is a pong.
  mutating func replied(_ number: Int, commands: Int, highestLSN: LSN, now: ContinuousClock.Instant) -> ReplyAction {
    guard number == connection, state == .ready else { return .ignore }
    guard let pending = unanswered.first else { return .violation("a reply came to no request") }
    guard pending.commands == commands else {
      return .violation("\(commands) replies came to \(pending.commands) commands")
    }
    unanswered.removeFirst()
    failures = 0
    repliedAt = now
    if let seen = resumePoint?.highestLSN, highestLSN > seen { resumePoint?.highestLSN = highestLSN }
    var failing: [Failure] = []
    let sending = sendWaiting(now, &failing)
    return pending.isAbandoned
      ? .drop(thenSend: sending, failing: failing)
      : .complete(pending.request, thenSend: sending, failing: failing)
  }

  enum LostAction {
    /// Connect again after the pause.
    case pause(Duration, failing: [Failure])
    /// Nobody waits.
    case rest(failing: [Failure])
    /// For good.
    case end([Failure])
    case ignore
  }

  /// The connection ended, or could not be made.
  /// - Parameter random: any number, for the jitter of the pause.
  mutating func lost(_ number: Int, cause: String, random: UInt64) -> LostAction {
    guard number == connection else { return .ignore }
    switch state {
    case .connecting, .greeting, .ready: break
    case .idle, .pausing, .ended: return .ignore
    }
    lastCause = cause
    failures += 1
    let failing = keepForRepeat(cause)
    return goOn(random: random, failing: failing)
  }

  /// The server said why it closes the connection.
  /// - Parameter id: of the frame at fault, 0 if it is not known; `isAtFault` compares it with a request's.
  mutating func refused(
    _ number: Int, _ error: ErrorFrame, random: UInt64, isAtFault: (Request) -> Bool
  ) -> LostAction {
    guard number == connection else { return .ignore }
    switch state {
    case .connecting, .greeting, .ready: break
    case .idle, .pausing, .ended: return .ignore
    }
    lastCause = error.text
    failures += 1
    switch error.code {
    case .dataRegression: return .end(end(StockClientError(.dataRegression, error.text, serverCode: error.code)))
    case .otherStore: return .end(end(StockClientError(.otherStore, error.text, serverCode: error.code)))
    case .notStockd, .unsupportedVersion:
      return .end(end(StockClientError(.serverRefused, error.text, serverCode: error.code)))
    case .frameTooLarge, .malformedFrame, .tooManyCommands, .tooManyRows:
      var failing = failRejected(error, isAtFault)
      failing += keepForRepeat(error.text)
      return goOn(random: random, failing: failing)
    case .tooManyConnections, .helloTimeout, .shuttingDown, .slowReader, .tooManyInFlight, .logFailed:
      return goOn(random: random, failing: keepForRepeat(error.text))
    case nil:
      if error.mayRetryDiffer { return goOn(random: random, failing: keepForRepeat(error.text)) }
      return .end(end(StockClientError(.serverRefused, error.text)))
    }
  }

  /// The pause is over: the number of the connection to make, or nil.
  mutating func paused() -> Int? {
    guard state == .pausing else { return nil }
    guard hasPending else {
      state = .idle
      return nil
    }
    return beginConnecting()
  }

  // MARK: Time

  struct ExpireAction {
    var failing: [Failure] = []
    /// The oldest frame has had no answer for so long: close the connection, then `lost`.
    var closesAfter: Duration?
  }

  /// Tells callers whose time is over. Called now and then while anything is pending.
  mutating func expire(now: ContinuousClock.Instant) -> ExpireAction {
    var action = ExpireAction()
    for index in unanswered.indices {
      if unanswered[index].isAbandoned { continue }
      // All calls wait equally long, so the first that still has time ends the search.
      guard unanswered[index].deadline <= now else { break }
      unanswered[index].isAbandoned = true
      action.failing.append(Failure(request: unanswered[index].request, error: timeout(unanswered[index])))
    }
    while let first = waiting.first, first.deadline <= now {
      waiting.removeFirst()
      action.failing.append(Failure(request: first.request, error: timeout(first)))
    }
    if state == .ready, let oldest = unanswered.first, let sentAt = oldest.sentAt {
      // It is its turn since the one before it was answered.
      let since = repliedAt.map { max($0, sentAt) } ?? sentAt
      let patience =
        oldest.readsLog
        ? max(configuration.attemptTimeout, configuration.requestTimeout / 2) : configuration.attemptTimeout
      if now - since >= patience { action.closesAfter = patience }
    }
    return action
  }

  mutating func close() -> [Failure] {
    end(StockClientError(.closed, "the client was closed"))
  }

  // MARK: Parts

  private var inFlightMax: Int { min(limits.framesInFlightMax, configuration.framesInFlightMax) }

  private func fits(_ frameBytes: Int, _ commands: Int) -> Bool {
    frameBytes <= limits.frameBytesMax + FrameHeader.bytes && commands <= limits.commandsPerFrameMax
  }

  private func tooLarge(_ pending: Pending) -> StockClientError {
    StockClientError(
      .badBatch,
      "a frame of \(pending.commands) commands and \(pending.frameBytes) bytes is more than this server takes",
      mayHaveHappened: pending.sends > 0)
  }

  private mutating func beginConnecting() -> Int {
    connection += 1
    state = .connecting
    return connection
  }

  private mutating func sendNext(_ now: ContinuousClock.Instant) -> Request? {
    guard var pending = waiting.first else { return nil }
    waiting.removeFirst()
    pending.sends += 1
    pending.sentAt = now
    unanswered.append(pending)
    return pending.request
  }

  private mutating func sendWaiting(_ now: ContinuousClock.Instant, _ failing: inout [Failure]) -> [Request] {
    var sending: [Request] = []
    while unanswered.count < inFlightMax, let first = waiting.first {
      guard fits(first.frameBytes, first.commands) else {
        waiting.removeFirst()
        failing.append(Failure(request: first.request, error: tooLarge(first)))
        continue
      }
      if let request = sendNext(now) { sending.append(request) }
    }
    return sending
  }

  /// Puts what was unanswered back in front, to be sent again under the same ids; gives up on what was sent often enough.
  private mutating func keepForRepeat(_ cause: String) -> [Failure] {
    var failing: [Failure] = []
    while let pending = unanswered.last {
      unanswered.removeLast()
      if pending.isAbandoned { continue }
      if pending.sends >= configuration.retry.attemptsMax {
        failing.append(
          Failure(
            request: pending.request,
            error: StockClientError(
              .fateUnknown, "the connection was lost (\(cause)) after \(pending.sends) tries", mayHaveHappened: true)))
      } else {
        waiting.prepend(pending)
      }
    }
    return failing.reversed()
  }

  /// The frame that the server would not take, or all unanswered if it did not say which.
  private mutating func failRejected(_ error: ErrorFrame, _ isAtFault: (Request) -> Bool) -> [Failure] {
    let isKnown = unanswered.indices.contains { isAtFault(unanswered[$0].request) }
    var failing: [Failure] = []
    for index in unanswered.indices where !unanswered[index].isAbandoned {
      guard !isKnown || isAtFault(unanswered[index].request) else { continue }
      let sentBefore = unanswered[index].sends > 1
      unanswered[index].isAbandoned = true
      failing.append(
        Failure(
          request: unanswered[index].request,
          error: StockClientError(
            .frameRejected, error.text, serverCode: error.code, mayHaveHappened: sentBefore || !isKnown)))
    }
    return failing
  }

  private mutating func goOn(random: UInt64, failing: [Failure]) -> LostAction {
    var failing = failing
    if let connectsMax = configuration.retry.connectsMax, failures >= connectsMax { failing += giveUp() }
    guard hasPending else {
      state = .idle
      return .rest(failing: failing)
    }
    state = .pausing
    return .pause(configuration.retry.pause(failures: failures, random: random), failing: failing)
  }

  /// Tells all that wait that there is no connection.
  private mutating func giveUp() -> [Failure] {
    var failing: [Failure] = []
    while let pending = waiting.first {
      waiting.removeFirst()
      let error =
        pending.sends == 0
        ? StockClientError(.unreachable, "\(lastCause); nothing was sent")
        : StockClientError(
          .fateUnknown, "the connection was lost, and there is no other (\(lastCause))", mayHaveHappened: true)
      failing.append(Failure(request: pending.request, error: error))
    }
    return failing
  }

  private mutating func end(_ error: StockClientError) -> [Failure] {
    if case .ended = state { return [] }
    state = .ended(error)
    var failing: [Failure] = []
    while let pending = unanswered.first ?? waiting.first {
      if unanswered.isEmpty { waiting.removeFirst() } else { unanswered.removeFirst() }
      if pending.isAbandoned { continue }
      var own = error
      own.mayHaveHappened = pending.sends > 0
      failing.append(Failure(request: pending.request, error: own))
    }
    return failing
  }

  private func timeout(_ pending: Pending) -> StockClientError {
    let limit = configuration.requestTimeout
    if pending.sends > 0 { return StockClientError(.fateUnknown, "no answer within \(limit)", mayHaveHappened: true) }
    let why =
      state == .ready
      ? "\(unanswered.count) frames before it had no answer within \(limit)"
      : "no connection within \(limit) (\(lastCause))"
    return StockClientError(.unreachable, "\(why); nothing was sent")
  }
}

extension StockClientError {
  fileprivate var neverSent: StockClientError {
    var error = self
    error.mayHaveHappened = false
    return error
  }
}

extension SessionMachine: Sendable where Request: Sendable {}
extension SessionMachine.Pending: Sendable where Request: Sendable {}
extension SessionMachine.Failure: Sendable where Request: Sendable {}
extension SessionMachine.Pending: Equatable where Request: Equatable {}
extension SessionMachine.Failure: Equatable where Request: Equatable {}
extension SessionMachine.ExpireAction: Equatable where Request: Equatable {}
extension SessionMachine.SubmitAction: Equatable where Request: Equatable {}
extension SessionMachine.GreetAction: Equatable where Request: Equatable {}
extension SessionMachine.ReplyAction: Equatable where Request: Equatable {}
extension SessionMachine.LostAction: Equatable where Request: Equatable {}
