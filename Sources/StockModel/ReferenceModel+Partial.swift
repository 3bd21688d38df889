import StockEngine

// confirm and cancel by line, ship, deliver, ids.

extension ReferenceModel {
  /// Units by item, as an operation names them.
  private func units(_ lines: [ShopCommand.Line]) -> [String: Int64] {
    var units: [String: Int64] = [:]
    for line in lines { units[Self.short(line.item), default: 0] += line.quantity }
    return units
  }

  func open(_ order: Order) -> [String: Int64] { order.lines.mapValues(\.open).filter { $0.value > 0 } }

  mutating func sell(_ id: String, _ units: [String: Int64]) {
    for (item, quantity) in units {
      orders[id]?.lines[item]?.confirmed += quantity
      move(item) {
        $0.reserved -= quantity
        $0.sold += quantity
      }
    }
  }

  mutating func giveBack(_ id: String, _ units: [String: Int64], to column: WritableKeyPath<Line, Int64>) {
    // A deferred order has no units.
    let isDeferred = orders[id]?.state == .deferred
    for (item, quantity) in units {
      orders[id]?.lines[item]?[keyPath: column] += quantity
      if isDeferred { continue }
      move(item) {
        $0.reserved -= quantity
        $0.available += quantity
      }
    }
  }

  /// Ends an order of which nothing is open any more.
  /// - Parameter isRest: what was open until now ended with the whole order, and not by line.
  mutating func settle(_ id: String, unsold: OrderState, isRest: Bool = false, _ now: Int64) {
    guard let lines = orders[id]?.lines.values, lines.allSatisfy({ $0.open == 0 }) else { return }
    let wasSold = lines.contains { $0.confirmed > 0 }
    if isRest && wasSold { orders[id]?.rest = unsold }
    end(id, lines.contains { $0.out > 0 } ? .confirmed : wasSold ? .returned : unsold, now)
  }

  private func present(_ id: String) -> [String] {
    (orders[id]?.state ?? retired[id]?.state).map { ["state=\($0.name)"] } ?? []
  }

  // MARK: confirm, cancel by line

  mutating func confirmLines(
    _ operation: String, _ id: String, _ lines: [ShopCommand.Line], _ isRelease: Bool, at now: Int64
  ) -> Answer {
    let content = "confirmLines \(id) \(Self.text(lines)) \(isRelease)"
    switch status(operation, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.confirmed, again: true, present(id))
    case .new: break
    }
    if let late = confirmOfRest(id) { return late }
    guard let state = orders[id]?.state ?? retired[id]?.state else { return Answer(.noSuchOrder) }
    if state.isSold { return Answer(.exceedsHeld, present(id)) }
    if [.cancelled, .expired, .fenced].contains(state) {
      orders[id]?.isRefundRequired = true
      retired[id]?.isRefundRequired = true
    }
    guard state == .reserved, let order = orders[id] else { return endAnswer(state) }
    let units = units(lines)
    guard units.allSatisfy({ (order.lines[$0]?.open ?? 0) >= $1 }) else { return Answer(.exceedsHeld) }
    operations[operation] = Operation(content: content, at: now)
    sell(id, units)
    if isRelease { giveBack(id, orders[id].map(open) ?? [:], to: \.cancelled) }
    settle(id, unsold: .cancelled, now)
    return Answer(.confirmed, present(id))
  }

  mutating func cancelLines(
    _ operation: String, _ id: String, _ lines: [ShopCommand.Line], _ reason: String, at now: Int64
  ) -> Answer {
    let content = "cancelLines \(id) \(Self.text(lines)) \(reason)"
    switch status(operation, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.cancelled, again: true, present(id))
    case .new: break
    }
    guard let state = orders[id]?.state ?? retired[id]?.state else { return Answer(.noSuchOrder) }
    guard state == .reserved, let order = orders[id] else { return endAnswer(state) }
    let units = units(lines)
    guard units.allSatisfy({ (order.lines[$0]?.open ?? 0) >= $1 }) else { return Answer(.exceedsHeld) }
    operations[operation] = Operation(content: content, at: now)
    giveBack(id, units, to: \.cancelled)
    settle(id, unsold: .cancelled, now)
    return Answer(.cancelled, present(id))
  }

  // MARK: ship, deliver

  mutating func mark(_ operation: String, _ id: String, isDelivery: Bool, at now: Int64) -> Answer {
    let content = "\(isDelivery ? "deliver" : "ship") \(id)"
    let outcome: Outcome = isDelivery ? .delivered : .shipped
    switch status(operation, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(outcome, again: true, present(id))
    case .new: break
    }
    let from: OrderState = isDelivery ? .shipped : .confirmed
    if retired[id]?.state == from { return Answer(.tooOld) }
    guard let state = orders[id]?.state ?? retired[id]?.state else { return Answer(.noSuchOrder) }
    guard state == from else { return Answer(.wrongState, present(id)) }
    operations[operation] = Operation(content: content, at: now)
    end(id, isDelivery ? .delivered : .shipped, now)
    return Answer(outcome, present(id))
  }

  // MARK: ids

  /// An issued number in its parts: a millisecond since 2024 and a counter. Test stores have the same nonce at every start.
  package struct IssuedID: Equatable, Sendable {
    package var millisecond: Int64 = 0
    package var counter: Int64 = 0
  }

  mutating func nextIDs(_ count: Int64, at now: Int64) -> Answer {
    let present = now - 1_704_067_200_000
    var first = IssuedID(millisecond: lastID.millisecond, counter: lastID.counter + 1)
    if first.counter + count > 4096 { first = IssuedID(millisecond: first.millisecond + 1) }
    if present > lastID.millisecond { first = IssuedID(millisecond: present) }
    if first.millisecond > present + 1000 { return Answer(.overloaded) }
    lastID = IssuedID(millisecond: first.millisecond, counter: first.counter + count - 1)
    return Answer(.done, ["first=\(first.millisecond << 22 | 1 << 12 | first.counter)", "count=\(count)"])
  }
}
