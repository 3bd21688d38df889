import NIOConcurrencyHelpers

/// What one order's buyer was told, in so many words by the server.
struct ToldOrder: Sendable, Equatable {
  enum State: UInt8, Sendable {
    /// Sent; no answer came at all.
    case unknown
    /// Refused for lack of stock (or for now).
    case refused
    /// Refused, since the buyer has as much as the sale allows.
    case limited
    case reserved
    case confirmed
    case cancelled
  }

  var index: Int
  var state = State.unknown
  /// A later answer denied an earlier one: the order was acknowledged, and then it was not there.
  var isDenied = false
}

/// What the buyers of one lane were told. The lane writes, the audit reads.
final class SaleLedger: Sendable {
  struct Content: Sendable {
    var orders: [ToldOrder] = []
    /// Calls that no outage fell into.
    var latency = LatencyHistogram()
    var commands = 0
    /// Answers that said "this had taken effect before".
    var repeats = 0
    /// Commands whose call an outage fell into.
    var spanningCommands = 0
    /// Calls that ended without an answer.
    var givenUp = 0
  }

  private let box = NIOLockedValueBox(Content())

  func with<Value: Sendable>(_ body: (inout Content) -> Value) -> Value { box.withLockedValue { body(&$0) } }

  var content: Content { box.withLockedValue { $0 } }
}
