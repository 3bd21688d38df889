import StockEngine

// Where to look. What limits count is still summed over orders each time; the index only spares those of other subjects.

extension ReferenceModel {
  /// A new order.
  mutating func index(_ id: String) {
    guard let order = orders[id] else { return }
    if !order.content.buyer.isEmpty { ordersOf[ShopCommand.Subject("user", order.content.buyer), default: []].append(id) }
    for subject in order.content.subjects { ordersOf[subject, default: []].append(id) }
    if order.state.isOpen { note(due: order.deadline) }
  }

  /// An order's record goes.
  mutating func unindex(_ id: String, _ order: Order) {
    ordersOf[ShopCommand.Subject("user", order.content.buyer)]?.removeAll { $0 == id }
    for subject in order.content.subjects { ordersOf[subject]?.removeAll { $0 == id } }
  }

  /// Something ends by itself at that time.
  mutating func note(due time: Int64) { firstDue = min(firstDue, time) }
}
