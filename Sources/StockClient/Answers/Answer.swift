import StockEngine
import StockWire

/// The server's durable answer to one command.
public enum Answer<Success: Sendable & Equatable>: Equatable, Sendable {
  /// It took effect, now or at an earlier attempt under the same id.
  case done(Success)
  /// It changed nothing and used up nothing, not even the id.
  case refused(Refusal)

  /// The success, or nil if it was refused.
  public var success: Success? {
    switch self {
    case .done(let success): success
    case .refused: nil
    }
  }

  /// The refusal, or nil.
  public var refusal: Refusal? {
    switch self {
    case .done: nil
    case .refused(let refusal): refusal
    }
  }

  /// - Parameter read: makes the success of a reply; nil: no such answer is possible to this command.
  init(_ reply: WireReply, _ read: (WireReply) -> Success?) throws(StockClientError) {
    guard reply.outcome.isSuccess else {
      self = .refused(Refusal(reply))
      return
    }
    guard let success = read(reply) else {
      throw StockClientError(
        .protocolViolation, "\(reply.outcome.name) is no answer to this command", mayHaveHappened: true)
    }
    self = .done(success)
  }
}
