public import StockWire

/// Why a call has no answer. A refusal is an answer, not an error: see ``Answer``.
public struct StockClientError: Error, Hashable, Sendable {
  /// The kinds of it.
  public enum Code: String, Sendable, CaseIterable {
    /// No connection in time, or no place among the frames in flight. The frame never left: nothing was done.
    case unreachable
    /// The frame left and no answer came. Call again under the same ids, or `resolve` the order.
    case fateUnknown
    /// The server's log is behind what this client has seen: acknowledged orders are missing. Never retried.
    case dataRegression
    /// Another store than the one that this client knows. Never retried.
    case otherStore
    /// The server refuses to speak with this client (`serverCode` says why).
    case serverRefused
    /// The server did not take this frame; nothing of it was done.
    case frameRejected
    /// Too many frames wait already. Nothing was done.
    case tooManyWaiting
    /// The batch, or one command of it, is empty or larger than the server takes. Nothing was done.
    case badBatch
    /// The client was closed; what it had sent without an answer has an unknown fate.
    case closed
    /// The server's bytes make no sense to this client.
    case protocolViolation
  }

  /// Which kind.
  public var code: Code
  /// What happened, for people.
  public var detail: String
  /// The error frame's code, if the server sent one.
  public var serverCode: ErrorCode?
  /// The command may have taken effect.
  public var mayHaveHappened: Bool

  /// An error; see the properties.
  public init(_ code: Code, _ detail: String, serverCode: ErrorCode? = nil, mayHaveHappened: Bool = false) {
    self.code = code
    self.detail = detail
    self.serverCode = serverCode
    self.mayHaveHappened = mayHaveHappened
  }

  /// Whether the same call, made again later, may end differently. It must carry the same ids.
  public var mayRetryDiffer: Bool {
    switch code {
    case .unreachable, .fateUnknown, .tooManyWaiting: true
    case .dataRegression, .otherStore, .serverRefused, .frameRejected, .badBatch, .closed, .protocolViolation: false
    }
  }

  /// No later call of this client can succeed.
  public var isFatal: Bool {
    switch code {
    case .dataRegression, .otherStore, .serverRefused, .closed: true
    case .unreachable, .fateUnknown, .frameRejected, .tooManyWaiting, .badBatch, .protocolViolation: false
    }
  }
}

extension StockClientError: CustomStringConvertible {
  /// The kind, what happened, and what to do if the fate is unknown.
  public var description: String {
    var text = "\(code.rawValue): \(detail)"
    if mayHaveHappened { text += "; fate unknown: retry under the same id, or resolve the order" }
    return text
  }
}
