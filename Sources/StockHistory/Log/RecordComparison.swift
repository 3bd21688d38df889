import StockEngine
import StockModel

/// Compares a record of the log with the command that it should be the effect of.
struct RecordComparison {
  let names: LogNames
  /// The record's, in milliseconds since 1970.
  let time: Int64

  /// What the record is instead; nil: what the client was told.
  func difference(_ events: [LoggedEvent], _ operation: HistoryOperation) -> String? {
    let command = operation.command
    guard let effect = command.effect else {
      if case .nextIDs = command { return events.contains { $0.kind == .idsIssued } ? nil : text(events) }
      return text(events)
    }
    guard RecordEffect.all(events).contains(effect) || Self.isRefund(events, command) else { return text(events) }
    if effect.kind == .place { return placing(events, operation) }
    if let order = command.order, events.contains(where: { $0.order.map { $0 != order } ?? false }) {
      return text(events)
    }
    if let done = events.first(where: { $0.kind == .operationDone }), done.detail("command") != Self.name(of: command) {
      return "of a \(done.detail("command") ?? "command") under the same id"
    }
    return moving(events, command)
  }

  private func text(_ events: [LoggedEvent]) -> String {
    events.isEmpty
      ? "of the store itself"
      : events.map { "\($0.kind.name) \($0.order ?? $0.operation ?? "")" }.joined(separator: ", ")
  }

  /// A refusal that leaves the record of a refund has nothing of its operation in it.
  private static func isRefund(_ events: [LoggedEvent], _ command: ShopCommand) -> Bool {
    command.mayRefuseWithRecord && events.contains { $0.kind == .refundRequired && $0.order == command.order }
  }

  private static func name(of command: ShopCommand) -> String? {
    let operation: Operation? =
      switch command {
      case .preheat: .preheat
      case .supply: .supply
      case .restock: .restock
      case .adjust, .adjustTo: .adjust
      case .configure: .configureItem
      case .move: .move
      case .limitSKU: .limitSKU
      case .extend: .extend
      case .ship: .ship
      case .deliver: .deliver
      case .returnLines: .returnLines
      case .confirmLines: .confirmLines
      case .cancelLines: .cancelLines
      case .openSale: .openSale
      case .addToSale: .addToSale
      case .switchSale(_, _, .pause): .pauseSale
      case .switchSale(_, _, .resume): .resumeSale
      case .switchSale(_, _, .close): .closeSale
      case .flagBuyer(_, _, let isFlagged): isFlagged ? .flagBuyer : .clearBuyer
      case .reserve, .deduct, .confirm, .cancel, .resolve, .nextIDs, .get, .list, .order, .stats, .pools, .sale, .sales,
        .buyer:
        nil
      }
    return operation?.name
  }

  // MARK: Units

  private func placing(_ events: [LoggedEvent], _ operation: HistoryOperation) -> String? {
    guard let placement = operation.command.placement else { return nil }
    var isDeduct = false
    if case .deduct = operation.command { isDeduct = true }
    guard let placed = events.first(where: { RecordEffect.isPlacing($0.kind) }) else { return text(events) }
    if (placed.kind == .deducted) != isDeduct { return text([placed]) }
    // Of ranked pools the record names the one that was taken.
    func name(_ item: String) -> String {
      if !placement.sale.isEmpty { return ReferenceModel.saleItem(item, placement.sale) }
      return placement.pools.isEmpty ? ReferenceModel.short(item) : ReferenceModel.sku(item)
    }
    let units = units(of: [placed]) { placement.pools.isEmpty ? $0 : ReferenceModel.sku($0) }
    if units != Self.sum(placement.lines, name) { return "of \(Self.text(units))" }
    if (placed.buyer ?? "") != placement.buyer { return "for buyer \(placed.buyer ?? "nobody")" }
    let isTold = operation.isWrite && !isDeduct
    if isTold, let until = operation.answer?.number("until"), placed.number("deadline") != until {
      return "with deadline \(placed.number("deadline") ?? 0)"
    }
    return nil
  }

  private func moving(_ events: [LoggedEvent], _ command: ShopCommand) -> String? {
    switch command {
    case .supply(_, let lines): return compare(events, [.supplied], lines)
    case .restock(_, let line, let reference):
      return compare(events, [.supplied], [line]) ?? compare(events, .supplied, "reference", reference)
    case .preheat(_, let lines, _):
      let made = Set(
        events.filter { [.itemCreated, .itemReplaced].contains($0.kind) }.flatMap(\.lines).map { names.item($0.item) })
      return made == Set(lines.map { ReferenceModel.short($0.item) })
        ? nil : "of \(made.sorted().joined(separator: " "))"
    case .adjust(_, let item, let by, _, let reason):
      if by == 0 { return nil }
      return compare(events, [.adjusted], [ShopCommand.Line(item, by)]) ?? compare(events, .adjusted, "reason", reason)
    case .move(_, let from, let to, let quantity):
      return compare(events, [.moved], [ShopCommand.Line(from, -quantity), ShopCommand.Line(to, quantity)])
    case .configure(_, _, let floor):
      return compare(events, .configured, "floor", floor.map { String($0) } ?? "")
    case .returnLines(_, _, let lines, let isScrapped):
      return (lines.isEmpty ? nil : compare(events, [.returned], lines))
        ?? compare(events, .returned, "to", isScrapped ? "scrapped" : "available")
    case .confirmLines(_, _, let lines, _):
      if events.contains(where: { $0.kind == .refundRequired }) { return nil }
      return compare(events, [.partlyConfirmed], lines)
    case .cancelLines(_, _, let lines, let reason):
      return compare(events, [.partlyCancelled], lines) ?? compare(events, .partlyCancelled, "reason", reason)
    case .extend(_, _, let hold):
      return compare(events, .extended, "deadline", String(time + hold))
    case .flagBuyer(_, let buyer, _):
      let logged = events.lazy.compactMap(\.buyer).first
      return logged == buyer ? nil : "of buyer \(logged ?? "nobody")"
    case .limitSKU(_, let sku, _, _): return compare(events, .limitSet, "sku", sku)
    case .openSale(_, let opening): return compare(events, .saleOpened, "sale", opening.sale)
    case .adjustTo, .ship, .deliver, .addToSale, .switchSale, .confirm, .cancel, .resolve, .reserve, .deduct, .nextIDs,
      .get, .list, .order, .stats, .pools, .sale, .sales, .buyer:
      return nil
    }
  }

  private func compare(_ events: [LoggedEvent], _ kinds: [EventKind], _ lines: [ShopCommand.Line]) -> String? {
    let logged = units(of: events.filter { kinds.contains($0.kind) }) { $0 }
    return logged == Self.sum(lines, ReferenceModel.short) ? nil : "of \(Self.text(logged))"
  }

  /// Where the log has the event; an operation may have nothing to change.
  private func compare(_ events: [LoggedEvent], _ kind: EventKind, _ detail: String, _ value: String) -> String? {
    guard let event = events.first(where: { $0.kind == kind }) else { return nil }
    let logged = event.detail(detail) ?? ""
    return logged == value ? nil : "with \(detail) \(logged)"
  }

  private func units(of events: [LoggedEvent], _ name: (String) -> String) -> [String: Int64] {
    var units: [String: Int64] = [:]
    for line in events.flatMap(\.lines) { units[name(names.item(line.item)), default: 0] += line.quantity }
    return units
  }

  private static func sum(_ lines: [ShopCommand.Line], _ name: (String) -> String) -> [String: Int64] {
    var units: [String: Int64] = [:]
    for line in lines { units[name(line.item), default: 0] += line.quantity }
    return units
  }

  private static func text(_ units: [String: Int64]) -> String {
    units.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}
