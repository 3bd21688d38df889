import StockEngine
import StockModel

/// A client: sends commands on its connection, and those that got no answer again on the next, under the same ids and in the same
/// order.
struct SimulatedClient {
  let number: Int
  var connection: SimulatedConnection?
  /// Sent on this connection and not answered, in order.
  var unanswered: [Attempt] = []
  /// To be sent again before anything new.
  var toRepeat: [ShopCommand] = []

  static let unansweredMax = 8

  /// The connection is gone. What was not answered has an unknown fate.
  mutating func disconnect() {
    toRepeat = unanswered.map(\.command) + toRepeat
    unanswered = []
    connection = nil
  }
}
