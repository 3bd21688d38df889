import StockEngine

// What a store does by itself, told from outside: by its log.

extension ReferenceModel {
  /// The deadline of an open order has passed.
  /// - Returns: false if there is no such open order.
  package mutating func expire(_ id: String, at now: Int64) -> Bool {
    guard let order = orders[id], order.state.isOpen else { return false }
    expire(id, order, at: now)
    return true
  }

  /// Deadlines after `from` move.
  package mutating func outage(from: Int64, shift: Int64) {
    for (id, order) in orders where order.state.isOpen && order.deadline > from {
      orders[id]?.deadline = order.deadline + shift
    }
  }
}
