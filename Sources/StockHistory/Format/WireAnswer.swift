import StockEngine
import StockModel
import StockWire

// A reply of the binary protocol in a history's words.

extension HistoryOperation {
  /// What a client of the binary protocol sent and was told.
  package init(
    client: Int64, called: Int64, returned: Int64, isResent: Bool = false, command: ShopCommand, reply: WireReply
  ) {
    self.init(
      client: client, called: called, returned: returned, isResent: isResent, command: command, answer: Answer(reply))
    if case .stats(let stats) = reply.body { logTime = stats.now.milliseconds }
  }
}

extension Answer {
  package init(_ reply: WireReply) {
    self.init(reply.outcome, again: reply.isRepeat, Self.words(reply.body))
    lsn = reply.lsn
  }

  private static func words(_ body: WireReply.Body) -> [String] {
    switch body {
    case .none: return []
    case .hold(let available, let deadline): return ["available=\(available)", "until=\(deadline.milliseconds)"]
    case .available(let available): return ["available=\(available)"]
    case .placed(let lines, let deadline):
      return lines.flatMap { placedWords($0.item, $0.quantity, $0.backordered, $0.available) }
        + ["until=\(deadline.milliseconds)"]
    case .state(let state): return ["state=\(state.name)"]
    case .shortages(let rows): return rows.map { "\($0.item)=\($0.available)" }
    case .items(let rows): return rows.flatMap(words)
    case .page(let rows, let next): return rows.map { "\($0.item)=\($0.sellable)" } + ["next=\(next)"]
    case .order(let order): return words(order)
    case .version(let version, let available): return ["version=\(version)", "available=\(available)"]
    case .malformation(let malformation): return ["reason=\(malformation)"]
    case .stats(let stats): return statsWords(stats)
    case .limit(let row):
      return ["limit=\(row.dimension)", "max=\(row.max)", "used=\(row.used)"]
        + (row.measure == .openOrders ? ["orders"] : []) + (row.item.isEmpty ? [] : ["item=\(row.item)"])
    case .unpaid(let order): return ["order=\(order)"]
    case .sales(let sales, let next): return sales.flatMap(words) + (next == 0 ? [] : ["next=\(next)"])
    case .buyer(let buyer):
      return [
        "flagged=\(buyer.isFlagged ? (buyer.isFlaggedByHand ? "hand" : "rule") : "no")", "unpaid=\(buyer.unpaid)",
      ]
    case .ids(let first, let count): return ["first=\(first)", "count=\(count)"]
    // Histories and demand are read from the log's files: other tests compare them with it.
    case .history, .demand: return []
    }
  }

  private static func words(_ item: WireBalance) -> [String] {
    itemWords(
      item.item,
      item.exists
        ? [
          item.sellable, item.supplied, item.reserved, item.sold, item.scrapped, Int64(clamping: item.version),
          item.floor,
        ] : nil)
  }

  private static func words(_ sale: WireSale) -> [String] {
    [
      "sale=\(sale.sale)", "state=\(sale.state.name)", "items=\(sale.items)", "available=\(sale.available)",
      "reserved=\(sale.reserved)", "sold=\(sale.sold)", "scrapped=\(sale.scrapped)",
    ]
  }

  private static func words(_ order: WireOrder) -> [String] {
    var words = ["state=\(order.state.name)"]
    if order.isRetired { words.append("retired") }
    if order.isRefundRequired { words.append("refund") }
    if order.isLate { words.append("late") }
    if order.isRetired { return words }
    if !order.buyerBytes.isEmpty { words.append("buyer=\(order.buyer)") }
    if !order.payload.isEmpty { words.append("payload=\(String(decoding: order.payload, as: UTF8.self))") }
    if !order.sale.isEmpty { words.append("sale=\(order.sale)") }
    words += order.subjects.map { "\($0.dimension)=\($0.value)" }
    words += ["created=\(order.createdAt.milliseconds)", "until=\(order.deadline.milliseconds)"]
    return words
      + order.lines.map {
        lineWord(
          $0.item, order.state, $0.quantity, confirmed: $0.confirmed, cancelled: $0.cancelled, returned: $0.returned)
      }.sorted()
  }
}
