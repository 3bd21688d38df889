import StockEngine

// What a store does by itself, told from outside: by its log.

extension ReferenceModel {
  /// Every number of an item that was there before.
  package mutating func give(_ name: String, _ item: Item) { items[name] = item }

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

  /// A sale's window has ended.
  package mutating func close(_ sale: String, at now: Int64) {
    if sales[sale]?.closedAt == nil { sales[sale]?.closedAt = now }
  }

  /// What a closed sale has left goes back to where it came from.
  /// - Returns: false if that much is not there, or never came from there.
  package mutating func giveBack(_ units: Int64, from item: String, to source: String) -> Bool {
    guard let sale = sales.first(where: { $0.value.sources[item] != nil }), sale.value.closedAt != nil,
      let index = sale.value.sources[item]?.firstIndex(where: { $0.item == source && $0.units >= units }),
      items[item].map({ $0.available >= units }) == true, items[source] != nil
    else { return false }
    carry(units, from: item, to: source)
    sales[sale.key]?.sources[item]?[index].units -= units
    return true
  }

  /// What a sale counted is forgotten.
  package mutating func retire(sale: String) {
    sales[sale]?.isRetired = true
    counted.removeAll { $0.content.sale == sale }
  }

  /// An ended order's record goes; its id stays known.
  package mutating func retire(order id: String, at now: Int64) {
    guard let order = orders[id], !order.state.isOpen else { return }
    orders[id] = nil
    unindex(id, order)
    if !units(of: order).isEmpty { counted.append(order) }
    retired[id] = Retired(state: order.state, isRefundRequired: order.isRefundRequired, rest: order.rest, at: now)
  }
}
