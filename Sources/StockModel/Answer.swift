import StockEngine

/// A reply in words: the outcome, `again` for a repeat, and `name=value` for what it says. Two answers are equal if they say the
/// same.
package struct Answer: Equatable, Sendable, CustomStringConvertible {
  package var outcome: Outcome
  package var isRepeat: Bool
  package var words: [String]
  package var lsn: LSN = .zero

  package init(_ outcome: Outcome, again isRepeat: Bool = false, _ words: [String] = []) {
    self.outcome = outcome
    self.isRepeat = isRepeat
    self.words = words
  }

  package static func == (left: Answer, right: Answer) -> Bool {
    left.outcome == right.outcome && left.isRepeat == right.isRepeat && left.words == right.words
  }

  package var description: String {
    ([outcome.name] + (isRepeat ? ["again"] : []) + words).joined(separator: " ")
  }

  /// Whether it may be given without a look at the order that the command names: the command breaks a bound, or its operation's id was
  /// used before, and nothing more is said.
  package var tellsNothingOfOrder: Bool {
    outcome == .malformed || words.isEmpty && (isRepeat || outcome == .idConflict)
  }

  /// The value of `name=value`.
  package func value(_ name: String) -> String? {
    words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  package func number(_ name: String) -> Int64? { value(name).flatMap { Int64($0) } }

  /// The answer without a word, where what it says is left open.
  package func without(_ name: String) -> Answer {
    var answer = self
    answer.words.removeAll { $0.hasPrefix(name + "=") }
    return answer
  }
}

extension Answer {
  /// - Parameter base: the moment that times are counted from; nil: they are milliseconds since 1970.
  package init(_ reply: Reply, _ batch: borrowing ReplyBatch, base: Int64?) {
    self.init(reply.outcome, again: reply.isRepeat, Self.words(reply.body, batch, base))
    lsn = reply.lsn
  }

  private static func words(_ body: Reply.Body, _ batch: borrowing ReplyBatch, _ base: Int64?) -> [String] {
    switch body {
    case .none: return []
    case .hold(let available, let deadline):
      return ["available=\(available)", "until=\(Times.text(deadline.milliseconds, since: base))"]
    case .available(let available): return ["available=\(available)"]
    case .placed(let range, let deadline):
      return range.indices.flatMap { index -> [String] in
        let line = batch.placed[index]
        return placedWords(batch.string(line.item), line.quantity, line.backordered, line.available)
      } + ["until=\(Times.text(deadline.milliseconds, since: base))"]
    case .state(let state): return ["state=\(state.name)"]
    case .shortages(let range):
      return batch.shortages[range.indices].map { "\(batch.string($0.item))=\($0.available)" }
    case .items(let range): return range.indices.flatMap { itemWords(batch.items[$0], batch) }
    case .page(let range, let next):
      return range.indices.map { "\(batch.string(batch.items[$0].item))=\(batch.items[$0].sellable)" } + [
        "next=\(next)"
      ]
    case .order(let index): return orderWords(batch.orders[Int(index)], batch, base)
    case .version(let version, let available): return ["version=\(version)", "available=\(available)"]
    case .malformation(let malformation): return ["reason=\(malformation)"]
    case .stats(let index): return statsWords(batch.stats[Int(index)])
    case .limit(let index):
      let row = batch.limits[Int(index)]
      return ["limit=\(batch.string(row.dimension))", "max=\(row.max)", "used=\(row.used)"]
        + (row.measure == .openOrders ? ["orders"] : []) + (row.item.isEmpty ? [] : ["item=\(batch.string(row.item))"])
    case .unpaid(let order): return ["order=\(batch.string(order))"]
    case .sales(let range, let next):
      return range.indices.flatMap { saleWords(batch.sales[$0], batch) } + (next == 0 ? [] : ["next=\(next)"])
    case .buyer(let index):
      let buyer = batch.buyers[Int(index)]
      return [
        "flagged=\(buyer.isFlagged ? (buyer.isFlaggedByHand ? "hand" : "rule") : "no")", "unpaid=\(buyer.unpaid)",
      ]

    case .ids(let first, let count): return ["first=\(first)", "count=\(count)"]
    case .demand(let index):
      let page = batch.demands[Int(index)]
      return page.rows.indices.map { demandWord(batch.demandRows[$0], batch, base) }
        + (page.since == .zero ? [] : ["since=\(Times.text(page.since.milliseconds, since: base))"])
        + (page.next.map { ["next=\(Times.text($0.time.milliseconds, since: base))/\($0.key)"] } ?? [])
    case .history(let range, let since):
      return range.indices.map { changeWord(batch.changes[$0], batch) } + ["since=\(since)"]
    }
  }

  private static func saleWords(_ sale: SaleRecord, _ batch: borrowing ReplyBatch) -> [String] {
    [
      "sale=\(batch.string(sale.sale))", "state=\(sale.state.name)", "items=\(sale.items)",
      "available=\(sale.available)", "reserved=\(sale.reserved)", "sold=\(sale.sold)", "scrapped=\(sale.scrapped)",
    ] + refusalWords(sale.refused)
  }

  private static func refusalWords(_ counts: RefusalCounts) -> [String] {
    let names = ["soldOut", "limitReached", "saleNotOpen", "unpaidExists", "buyerFlagged", "notEligible"]
    let words = zip(names, counts.inOrder).filter { $1 > 0 }.map { "\($0):\($1)" }
    return words.isEmpty ? [] : ["refused=\(words.joined(separator: ","))"]
  }

  package static func placedWords(_ name: String, _ quantity: Int64, _ backordered: Int64, _ available: Int64)
    -> [String]
  {
    ["\(name)=\(quantity)"] + (backordered > 0 ? ["\(name).backordered=\(backordered)"] : [])
      + ["\(name).available=\(available)"]
  }

  private static func itemWords(_ item: ItemBalance, _ batch: borrowing ReplyBatch) -> [String] {
    itemWords(
      batch.string(item.item),
      item.exists
        ? [
          item.sellable, item.supplied, item.reserved, item.sold, item.scrapped, Int64(bitPattern: item.version),
          item.floor,
        ] : nil
    )
  }

  /// - Parameter numbers: sellable, supplied, reserved, sold, scrapped, version, floor. A floor of 0 is not spoken of.
  package static func itemWords(_ name: String, _ numbers: [Int64]?) -> [String] {
    guard let numbers else { return ["\(name)=missing"] }
    return ["\(name)=\(numbers[0])"]
      + zip(["supplied", "reserved", "sold", "scrapped", "version"], numbers.dropFirst()).map { "\(name).\($0)=\($1)" }
      + (numbers[6] == 0 ? [] : ["\(name).floor=\(numbers[6])"])
  }

  private static func orderWords(_ order: OrderRecord, _ batch: borrowing ReplyBatch, _ base: Int64?) -> [String] {
    var words = ["state=\(order.state.name)"]
    if order.isRetired { words.append("retired") }
    if order.isRefundRequired { words.append("refund") }
    if order.isLate { words.append("late") }
    if order.isRetired { return words }
    if !order.buyer.isEmpty { words.append("buyer=\(batch.string(order.buyer))") }
    if !order.payload.isEmpty { words.append("payload=\(batch.string(order.payload))") }
    if !order.sale.isEmpty { words.append("sale=\(batch.string(order.sale))") }
    words += batch.subjects(order.subjects).map { "\($0.dimension)=\($0.value)" }
    words.append("created=\(Times.text(order.createdAt.milliseconds, since: base))")
    words.append("until=\(Times.text(order.deadline.milliseconds, since: base))")
    return words
      + order.lines.indices.map { index in
        let line = batch.orderLines[index]
        return lineWord(
          batch.string(line.item), order.state, line.quantity, confirmed: line.confirmed, cancelled: line.cancelled,
          returned: line.returned)
      }.sorted()
  }

  /// `A=5-1` if one unit of five was returned. Of a line that went another way than its order's state says: `A=5+2~1` if two units
  /// are confirmed and one went back unpaid.
  package static func lineWord(
    _ name: String, _ state: OrderState, _ quantity: Int64, confirmed: Int64, cancelled: Int64, returned: Int64
  ) -> String {
    let whole = state.isOpen ? (0, 0) : state.isSold || state == .returned ? (quantity, 0) : (0, quantity)
    let parts = (confirmed, cancelled) == whole ? "" : "+\(confirmed)~\(cancelled)"
    return "\(name)=\(quantity)" + parts + (returned > 0 ? "-\(returned)" : "")
  }

  package static func statsWords(_ stats: StoreStats) -> [String] {
    [
      "items=\(stats.items)", "open=\(stats.ordersOpen)", "kept=\(stats.ordersKept)", "retired=\(stats.fingerprints)",
      "operations=\(stats.operations)", "supplied=\(stats.supplied)", "available=\(stats.available)",
      "reserved=\(stats.reserved)", "sold=\(stats.sold)", "scrapped=\(stats.scrapped)",
    ]
  }

  private static func demandWord(_ row: DemandRow, _ batch: borrowing ReplyBatch, _ base: Int64?) -> String {
    let reason = Outcome(rawValue: row.reason)?.name ?? "\(row.reason)"
    return
      "\(Times.text(row.time.milliseconds, since: base)):\(batch.string(row.item)):\(reason):\(row.attempts)x\(row.units)"
  }

  private static func changeWord(_ change: ItemChange, _ batch: borrowing ReplyBatch) -> String {
    var parts = ["\(change.version):\(change.kind.name)"]
    let columns = [
      ("available", change.availableDelta), ("reserved", change.reservedDelta), ("sold", change.soldDelta),
      ("scrapped", change.scrappedDelta),
    ]
    for (name, delta) in columns where delta != 0 { parts.append("\(name)\(delta > 0 ? "+" : "")\(delta)") }
    parts.append("->\(change.available)")
    if !change.reference.isEmpty { parts.append(batch.string(change.reference)) }
    return parts.joined(separator: ",")
  }
}

/// Times as people write them: `15m`, `1h30m`, `-31d`, `250ms`.
package enum Times {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// A moment, counted from another; without one, in plain milliseconds since 1970.
  package static func text(_ moment: Int64, since base: Int64?) -> String {
    base.map { text(moment - $0) } ?? String(moment)
  }

  package static func text(_ milliseconds: Int64) -> String {
    if milliseconds == 0 { return "0" }
    var rest = milliseconds.magnitude
    var text = milliseconds < 0 ? "-" : ""
    for unit in units where rest >= UInt64(unit.milliseconds) {
      text += "\(rest / UInt64(unit.milliseconds))\(unit.name)"
      rest %= UInt64(unit.milliseconds)
    }
    return text
  }

  /// - Returns: nil if this is no time.
  package static func parse(_ text: some StringProtocol) -> Int64? {
    var rest = Substring(text)
    if rest == "0" { return 0 }
    let isNegative = rest.hasPrefix("-")
    if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
    if rest.isEmpty { return nil }
    var total: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber }
      guard let number = Int64(digits) else { return nil }
      rest.removeFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      guard let unit = units.first(where: { $0.name == name }) else { return nil }
      rest.removeFirst(name.count)
      total += number * unit.milliseconds
    }
    return isNegative ? -total : total
  }
}
