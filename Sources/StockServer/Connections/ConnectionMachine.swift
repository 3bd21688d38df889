import StockEngine
import StockWire

/// The life of one connection, as a value: what may be read, what may leave, and when it ends.
///
/// It knows no protocol: a front end reads and writes the bytes, this counts them. Time is an argument, in milliseconds of any
/// monotonic clock.
///
/// ```
/// greeting -> open -> draining -> finishing -> lingering -> closed
///     \_________________/ \_ (a failed log, a stalled client) __/
/// ```
package struct ConnectionMachine: Equatable, Sendable {
  package enum Phase: Equatable, Sendable {
    /// Nothing but a hello is taken.
    case greeting(deadline: Int64)
    case open
    /// Nothing more is taken; what was decided leaves when it may, and then the connection ends.
    case draining
    /// Everything was handed to the socket, and the output ends behind it. Some of it has not left this process.
    case finishing
    /// Everything has left. Input is thrown away until the client closes or the time is over.
    case lingering(deadline: Int64)
    case closed
  }

  package private(set) var phase: Phase
  private let limits: ServerLimits
  private var gated = OutputQueue()
  /// Bytes that may leave and were not handed to the socket.
  private var released = 0
  /// Bytes handed to the socket, ever.
  private var handed = 0
  private var isWritable = true
  private var isOnErrand = false
  private var isInputClosed = false
  /// The most bytes that the client was ever seen to have taken, and when.
  private var taken = 0
  private var takenAt: Int64

  /// - Parameter greets: the protocol begins with a hello that must come in time.
  package init(limits: ServerLimits, now: Int64, greets: Bool = true) {
    self.limits = limits
    phase = greets ? .greeting(deadline: now + limits.helloTimeoutMilliseconds) : .open
    takenAt = now
  }

  // MARK: What may be read

  /// Bytes of replies that are kept here.
  package var heldBytes: Int { gated.bytes + released }
  package var framesInFlight: Int { gated.frames }
  /// Whether replies wait for the log.
  package var isGated: Bool { !gated.isEmpty }
  package var isOpen: Bool { phase == .open }
  package var isClosed: Bool { phase == .closed }

  /// Whether another frame may be taken; false is backpressure, or the end.
  /// - Parameter pending: frames that were taken and not yet queued.
  package func mayTakeFrame(pending: Int) -> Bool {
    switch phase {
    case .greeting, .open:
      !isOnErrand && gated.frames + pending < limits.framesInFlightMax && heldBytes < limits.outputBytesMax
    case .draining, .finishing, .lingering, .closed: false
    }
  }

  /// Whether the socket should be read.
  package var wantsRead: Bool {
    switch phase {
    case .greeting, .open: !isInputClosed && mayTakeFrame(pending: 0)
    case .finishing, .lingering: !isInputClosed
    case .draining, .closed: false
    }
  }

  /// Whether what comes is thrown away.
  package var discardsInput: Bool {
    switch phase {
    case .greeting, .open: false
    case .draining, .finishing, .lingering, .closed: true
    }
  }

  // MARK: Inputs

  /// The hello was accepted.
  package mutating func greeted() {
    if case .greeting = phase { phase = .open }
  }

  /// Something that is not for the loop was asked for: nothing more is taken until it is answered.
  package mutating func errandBegan() { isOnErrand = true }

  /// It is answered.
  /// - Returns: whether it may still be queued: not behind a reason for the end.
  package mutating func errandEnded() -> Bool {
    defer { isOnErrand = false }
    return isOnErrand
  }

  /// Replies were written behind all that is held.
  package mutating func queue(bytes: Int, frames: Int, gate: LSN) {
    gated.append(bytes: bytes, frames: frames, gate: gate)
  }

  package mutating func writabilityChanged(to isWritable: Bool) { self.isWritable = isWritable }

  package enum FlushAction: Equatable {
    case wait
    /// Hand so many bytes from the front to the socket.
    case write(bytes: Int)
    /// The same, and end the output behind them.
    case writeAndFinish(bytes: Int)
  }

  /// What may leave now.
  package mutating func flush(durable: LSN, now: Int64) -> FlushAction {
    switch phase {
    case .finishing, .lingering, .closed: return .wait
    case .greeting, .open, .draining: break
    }
    released += gated.release(upTo: durable)
    guard isWritable else { return .wait }
    let bytes = released
    // The stall's clock starts with the first byte that waits, not with the last that was taken an hour ago.
    if bytes > 0, taken == handed { takenAt = now }
    released = 0
    handed += bytes
    if phase == .draining, gated.isEmpty, !isOnErrand {
      phase = .finishing
      return .writeAndFinish(bytes: bytes)
    }
    return bytes > 0 ? .write(bytes: bytes) : .wait
  }

  /// All that was handed to the socket has left, and the output has ended.
  package mutating func outputEnded(now: Int64) -> EndAction {
    guard phase == .finishing else { return .ignore }
    if isInputClosed {
      phase = .closed
      return .close
    }
    phase = .lingering(deadline: now + limits.lingerMilliseconds)
    return .ignore
  }

  package enum EndAction: Equatable {
    case ignore
    /// Queue the reason behind all that is held, then flush.
    case explain(WireFault)
    /// Flush: the connection ends when all has left.
    case drain
    case close
  }

  /// The client did what the protocol does not allow, or is not let in.
  package mutating func fail(_ fault: WireFault) -> EndAction {
    switch phase {
    case .greeting, .open:
      phase = .draining
      isOnErrand = false
      return .explain(fault)
    case .draining, .finishing, .lingering, .closed: return .ignore
    }
  }

  /// The server stops. What was decided still leaves.
  package mutating func stop() -> EndAction { fail(WireFault(.shuttingDown)) }

  /// The client sends no more. It may still want its replies.
  package mutating func inputClosed() -> EndAction {
    isInputClosed = true
    switch phase {
    case .greeting:
      phase = .closed
      return .close
    case .open:
      phase = .draining
      return .drain
    case .draining, .finishing: return .ignore
    case .lingering:
      phase = .closed
      return .close
    case .closed: return .ignore
    }
  }

  /// The client takes its leave, and waits for the answers to what it asked.
  package mutating func quit() -> EndAction {
    switch phase {
    case .greeting, .open:
      phase = .draining
      return .drain
    case .draining, .finishing, .lingering, .closed: return .ignore
    }
  }

  package enum LogFailedAction: Equatable {
    case ignore
    /// Forget all held bytes but so many at the front, queue the reason, then flush.
    case explain(WireFault, keeping: Int)
  }

  /// The log failed for good: what is not durable must never leave.
  package mutating func logFailed(durable: LSN) -> LogFailedAction {
    switch phase {
    case .greeting, .open, .draining:
      released += gated.release(upTo: durable)
      gated.removeAll()
      isOnErrand = false
      phase = .draining
      return .explain(WireFault(.logFailed), keeping: released)
    case .finishing, .lingering, .closed: return .ignore
    }
  }

  package enum TickAction: Equatable {
    case nothing
    case explain(WireFault)
    /// Close at once; there is no use in explaining.
    case abort(ErrorCode)
    case close
  }

  /// Deadlines.
  /// - Parameter unsent: bytes that were handed to the socket and still lie in this process.
  package mutating func tick(now: Int64, unsent: Int) -> TickAction {
    switch phase {
    case .greeting(let deadline):
      if now < deadline { return .nothing }
      phase = .draining
      return .explain(WireFault(.helloTimeout))
    case .open, .draining, .finishing:
      let taken = handed - unsent
      if unsent == 0 || taken > self.taken {
        self.taken = taken
        takenAt = now
        return .nothing
      }
      if now - takenAt < limits.writeStallMilliseconds { return .nothing }
      phase = .closed
      return .abort(.slowReader)
    case .lingering(let deadline):
      if now < deadline { return .nothing }
      phase = .closed
      return .close
    case .closed: return .nothing
    }
  }

  /// The socket is gone.
  package mutating func disconnected() {
    phase = .closed
    gated.removeAll()
    released = 0
  }
}
