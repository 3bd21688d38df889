import StockEngine

// Where to look. What limits count is still summed over orders each time; the index only spares those of other subjects.

extension ReferenceModel {
  /// A new order.
  mutating func index(_ id: String) {
    guard let order = orders[id] else { return }
    if !order.content.buyer.isEmpty {
      ordersOf[ShopCommand.Subject("user", order.content.buyer), default: []].append(id)
    }
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

  /// An open order of the same buyer in the same sale that has units of the item.
  func unpaid(_ content: Content, _ item: String) -> String? {
    ordersOf[ShopCommand.Subject("user", content.buyer)]?.first { id in
      guard let order = orders[id] else { return false }
      return order.state.isOpen && order.content.sale == content.sale && order.content.buyer == content.buyer
        && order.lines[item] != nil
    }
  }

  /// What one subject has, summed over the subject's orders.
  func uses(of key: UseKey) -> Int64 {
    let own = ordersOf[ShopCommand.Subject(key.dimension, key.subject)] ?? []
    return own.reduce(0) { sum, id in sum + (orders[id].flatMap { units(of: $0)[key] } ?? 0) }
      + counted.reduce(0) { $0 + (units(of: $1)[key] ?? 0) }
  }
}
