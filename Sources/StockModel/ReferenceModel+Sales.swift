import StockEngine

// Sales, limits, flagged buyers. What limits count is never kept: it is summed over the orders each time that it is asked for.

extension ReferenceModel {
  package struct Sale: Equatable, Sendable {
    package var opening: ShopCommand.SaleOpening
    package var isPaused: Bool
    /// nil: it is not closed.
    package var closedAt: Int64?
    /// What it counted is forgotten.
    package var isRetired = false
    /// Where the units of an item came from, by the sale's item, in the order of their coming.
    package var sources: [String: [Source]] = [:]
  }

  package struct Source: Equatable, Sendable {
    package var item: String
    package var units: Int64
  }

  package struct SKULimit: Equatable, Sendable {
    package var dimension: String
    package var measure: Limit.Measure
    /// nil: it was lifted.
    package var max: Int64?
    package var isGivenBackOnReturn: Bool
  }

  package struct Buyer: Equatable, Sendable {
    package enum Flag: String, Sendable { case no, rule, hand }

    package var flag = Flag.no
    package var until: Int64 = 0
    package var expiries: [Int64] = []
  }

  /// What limits are counted within.
  package enum Scope: Hashable, Sendable {
    case sale(String)
    case sku(String)
  }

  /// Whom a limit counts, and what.
  package struct UseKey: Hashable, Sendable {
    package var scope: Scope
    package var dimension: String
    package var measure: Limit.Measure
    package var subject: String
  }

  // MARK: Names

  package static func sku(_ item: String) -> String { String(Substring(item.utf8.prefix { $0 != UInt8(ascii: "@") })) }
  package static func saleItem(_ item: String, _ sale: String) -> String { "\(sku(item))@~\(sale)" }
  static func sorted(_ subjects: [ShopCommand.Subject]) -> [ShopCommand.Subject] {
    subjects.sorted { ($0.dimension, $0.value) < ($1.dimension, $1.value) }
  }

  // MARK: Commands

  mutating func performOnSales(_ command: ShopCommand, at now: Int64) -> Answer {
    switch command {
    case .openSale(let id, let opening): return open(id, opening, at: now)
    case .addToSale(let id, let sale, let takesFromPools, let lines):
      return add(id, sale, takesFromPools, lines, at: now)
    case .switchSale(let id, let sale, let change): return turn(id, sale, change, at: now)
    case .limitSKU(let id, let sku, let limit, let isLifted):
      return once(id, "limit \(sku) \(limit) \(isLifted)", now) { $0.set(limit, isLifted, of: sku) }
    case .flagBuyer(let id, let buyer, let isFlagged):
      return once(id, "flag \(buyer) \(isFlagged)", now) { model in
        if isFlagged {
          model.buyers[buyer, default: Buyer()].flag = .hand
          model.buyers[buyer]?.until = 0
        } else {
          model.buyers[buyer] = Buyer()
        }
      }
    case .sale(let sale): return sales[sale] == nil ? Answer(.noSuchSale) : Answer(.found, words(of: sale, at: now))
    case .buyer(let buyer): return read(buyer: buyer, at: now)
    default: preconditionFailure("the model does not answer \(command)")
    }
  }

  private mutating func once(
    _ id: String, _ content: String, _ now: Int64, apply: (inout ReferenceModel) -> Void
  ) -> Answer {
    let status = status(id, content)
    if status == .conflict { return Answer(.idConflict) }
    if status == .new {
      operations[id] = Operation(content: content, at: now)
      apply(&self)
    }
    return Answer(.done, again: status == .done)
  }

  private mutating func open(_ id: String, _ opening: ShopCommand.SaleOpening, at now: Int64) -> Answer {
    let content = "open \(opening)"
    switch status(id, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.done, again: true)
    case .new: break
    }
    if sales[opening.sale] != nil { return Answer(.saleExists) }
    if opening.payMilliseconds > rules.holdMillisecondsMax { return Answer(.holdTooLong) }
    if opening.end <= now { return Answer(.saleNotOpen) }
    if let refusal = refusal(opening.lines, opening.takesFromPools) { return refusal }
    operations[id] = Operation(content: content, at: now)
    sales[opening.sale] = Sale(opening: opening, isPaused: opening.isPaused)
    note(due: opening.end)
    fill(opening.sale, opening.lines, opening.takesFromPools)
    return Answer(.done)
  }

  private mutating func add(
    _ id: String, _ sale: String, _ takesFromPools: Bool, _ lines: [ShopCommand.Line], at now: Int64
  ) -> Answer {
    let content = "add \(sale) \(takesFromPools) \(Self.text(lines))"
    switch status(id, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.done, again: true)
    case .new: break
    }
    guard let known = sales[sale] else { return Answer(.noSuchSale) }
    if known.closedAt != nil { return Answer(.saleNotOpen, words(of: sale, isWhole: false, at: now)) }
    if let refusal = refusal(lines, takesFromPools) { return refusal }
    operations[id] = Operation(content: content, at: now)
    fill(sale, lines, takesFromPools)
    return Answer(.done)
  }

  private func refusal(_ lines: [ShopCommand.Line], _ takesFromPools: Bool) -> Answer? {
    if !takesFromPools { return nil }
    let names = lines.map { Self.short($0.item) }
    var units: [String: Int64] = [:]
    for (line, name) in zip(lines, names) { units[name, default: 0] += line.quantity }
    if let refusal = unknown(names) { return refusal }
    // What a floor below 0 lets be sold ahead is not there to be taken.
    var model = self
    for name in names { model.items[name]?.floor = max(0, items[name]?.floor ?? 0) }
    return model.short(names, units)
  }

  private mutating func fill(_ sale: String, _ lines: [ShopCommand.Line], _ takesFromPools: Bool) {
    for line in lines {
      let source = Self.short(line.item)
      let target = Self.saleItem(line.item, sale)
      if items[source] == nil { items[source] = Item(version: 1) }
      if !takesFromPools {
        move(source) {
          $0.supplied += line.quantity
          $0.available += line.quantity
        }
      }
      if items[target] == nil { items[target] = Item(version: 1) }
      carry(line.quantity, from: source, to: target)
      var sources = sales[sale]?.sources[target] ?? []
      if let index = sources.firstIndex(where: { $0.item == source }) {
        sources[index].units += line.quantity
      } else {
        sources.append(Source(item: source, units: line.quantity))
      }
      sales[sale]?.sources[target] = sources
    }
  }

  mutating func carry(_ units: Int64, from source: String, to target: String) {
    move(source) {
      $0.supplied -= units
      $0.available -= units
    }
    move(target) {
      $0.supplied += units
      $0.available += units
    }
  }

  private mutating func turn(
    _ id: String, _ sale: String, _ change: SwitchSale.Change, at now: Int64
  ) -> Answer {
    let content = "\(change) \(sale)"
    switch status(id, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.done, again: true)
    case .new: break
    }
    guard let known = sales[sale] else { return Answer(.noSuchSale) }
    if known.closedAt != nil && change != .close {
      return Answer(.saleNotOpen, words(of: sale, isWhole: false, at: now))
    }
    operations[id] = Operation(content: content, at: now)
    switch change {
    case .pause: sales[sale]?.isPaused = true
    case .resume: sales[sale]?.isPaused = false
    case .close: sales[sale]?.closedAt = known.closedAt ?? now
    }
    return Answer(.done)
  }

  // MARK: What time brings about

  /// Closed sales give back what nobody holds: the last source first.
  mutating func settle() {
    for (id, sale) in sales where sale.closedAt != nil {
      for (item, sources) in sale.sources {
        for index in sources.indices.reversed() {
          let units = min(sources[index].units, items[item]?.available ?? 0)
          if units <= 0 { continue }
          carry(units, from: item, to: sources[index].item)
          sales[id]?.sources[item]?[index].units -= units
        }
      }
    }
  }

  /// A sale that has been over for longer than its orders are kept counts no more.
  mutating func retireSales(at now: Int64) {
    let horizon = now - max(rules.soldRetentionMilliseconds, rules.holdMillisecondsMax)
    let used = Set(uses().keys.map(\.scope))
    for (id, sale) in sales {
      guard let closedAt = sale.closedAt, closedAt <= horizon, used.contains(.sale(id)) else { continue }
      sales[id]?.isRetired = true
      counted.removeAll { $0.content.sale == id }
    }
  }

  mutating func countUnpaid(_ buyer: String, _ now: Int64) {
    if rules.unpaidFlagThreshold == 0 || buyer.isEmpty { return }
    var known = buyers[buyer] ?? Buyer()
    known.expiries.append(now)
    let recent = known.expiries.count { $0 > now - rules.unpaidPeriodMilliseconds }
    if recent >= rules.unpaidFlagThreshold && known.flag != .hand {
      known.flag = .rule
      known.until = rules.flagMilliseconds == 0 ? 0 : now + rules.flagMilliseconds
    }
    buyers[buyer] = known
  }

  private func isFlagged(_ buyer: String, at now: Int64) -> Bool {
    guard let known = buyers[buyer], known.flag != .no else { return false }
    return known.until == 0 || now < known.until
  }

  // MARK: Reads

  private func state(of sale: Sale, at now: Int64) -> SaleState {
    if sale.closedAt != nil || now >= sale.opening.end { return .closed }
    if sale.isPaused { return .paused }
    return now < sale.opening.start ? .scheduled : .open
  }

  /// - Parameter isWhole: false for a refusal, which counts nothing.
  private func words(of id: String, isWhole: Bool = true, at now: Int64) -> [String] {
    guard let sale = sales[id] else { return [] }
    let own = isWhole ? sale.sources.keys.compactMap { items[$0] } : []
    func sum(_ column: (Item) -> Int64) -> Int64 { own.reduce(0) { $0 + column($1) } }
    return [
      "sale=\(id)", "state=\(state(of: sale, at: now).name)", "items=\(own.count)", "available=\(sum(\.available))",
      "reserved=\(sum(\.reserved))", "sold=\(sum(\.sold))", "scrapped=\(sum(\.scrapped))",
    ]
  }

  private func read(buyer: String, at now: Int64) -> Answer {
    let known = buyers[buyer] ?? Buyer()
    let recent = known.expiries.suffix(Rules.unpaidFlagThresholdMax).count { $0 > now - rules.unpaidPeriodMilliseconds }
    let flag = isFlagged(buyer, at: now) ? known.flag : .no
    return Answer(.found, ["flagged=\(flag)", "unpaid=\(recent)"])
  }

  // MARK: In a sale

  /// The order of checks: window and pause, eligibility, flagged buyer, unpaid duplicate, limits, stock.
  mutating func placeInSale(
    _ placement: ShopCommand.Placement, _ content: Content, _ names: [String], at now: Int64
  ) -> Answer {
    guard let sale = sales[placement.sale] else { return Answer(.noSuchSale) }
    if state(of: sale, at: now) != .open {
      return Answer(.saleNotOpen, words(of: placement.sale, isWhole: false, at: now))
    }
    if let refusal = ineligible(sale.opening.eligible, content) { return refusal }
    var isDeferred = false
    if sale.opening.flagged != .allow && isFlagged(content.buyer, at: now) {
      if sale.opening.flagged == .refuse { return Answer(.buyerFlagged) }
      isDeferred = !content.isDeduct
    }
    let asksForUnpaid = !content.isDeduct && sale.opening.unpaid != .allow && !content.buyer.isEmpty
    guard asksForUnpaid, names.contains(where: { unpaid(content, $0) != nil }) else {
      if let refusal = unknown(names) ?? overLimit(content) { return refusal }
      if !isDeferred, let refusal = short(names, content.units) { return refusal }
      return take(placement, content, first: names[0], isDeferred: isDeferred, at: now)
    }
    // Whatever is asked from here on is asked of the store as it would be with the old orders cancelled.
    var trial = self
    for name in names {
      guard let id = trial.unpaid(content, name), let order = trial.orders[id] else { continue }
      if sale.opening.unpaid == .refuse && !placement.replacesUnpaid { return Answer(.unpaidExists, ["order=\(id)"]) }
      trial.giveBack(id, trial.open(order), to: \.cancelled)
      trial.settle(id, unsold: .cancelled, isRest: true, now)
    }
    if let refusal = unknown(names) ?? trial.overLimit(content) { return refusal }
    if !isDeferred, let refusal = trial.short(names, content.units) { return refusal }
    self = trial
    return take(placement, content, first: names[0], isDeferred: isDeferred, at: now)
  }

  private func ineligible(_ eligible: [ShopCommand.Subject], _ content: Content) -> Answer? {
    for dimension in Set(eligible.map(\.dimension)).sorted() {
      let subject = Self.subject(dimension, content)
      if let subject, eligible.contains(ShopCommand.Subject(dimension, subject)) { continue }
      return Answer(.notEligible, ["limit=\(dimension)", "max=0", "used=0"])
    }
    return nil
  }

  /// nil: it has none.
  private static func subject(_ dimension: String, _ content: Content) -> String? {
    if dimension == "user" { return content.buyer.isEmpty ? nil : content.buyer }
    return content.subjects.first { $0.dimension == dimension }?.value
  }

  // MARK: Limits

  private mutating func set(_ limit: Limit, _ isLifted: Bool, of sku: String) {
    let new = SKULimit(
      dimension: limit.dimension, measure: limit.measure, max: isLifted ? nil : Int64(limit.max),
      isGivenBackOnReturn: limit.isGivenBackOnReturn)
    var known = limits[sku] ?? []
    if let index = known.firstIndex(where: { $0.dimension == new.dimension && $0.measure == new.measure }) {
      known[index] = new
    } else {
      known.append(new)
    }
    limits[sku] = known
  }

  /// A sale's limits, or a SKU's, in the order in which they are asked.
  private func limits(of scope: Scope) -> [SKULimit] {
    switch scope {
    case .sku(let sku): return limits[sku] ?? []
    case .sale(let sale):
      let sorted = (sales[sale]?.opening.limits ?? []).sorted {
        ($0.dimension, $0.measure.rawValue) < ($1.dimension, $1.measure.rawValue)
      }
      return sorted.map {
        SKULimit(
          dimension: $0.dimension, measure: $0.measure, max: Int64($0.max), isGivenBackOnReturn: $0.isGivenBackOnReturn)
      }
    }
  }

  /// What an order has of what limits count, in every scope.
  package func units(of order: Order) -> [UseKey: Int64] {
    guard order.state.isOpen || order.state.isSold || order.state == .returned else { return [:] }
    var found: [UseKey: Int64] = [:]
    func add(_ scope: Scope, _ dimension: String, _ measure: Limit.Measure, _ units: Int64) {
      guard units > 0, let subject = Self.subject(dimension, order.content) else { return }
      found[UseKey(scope: scope, dimension: dimension, measure: measure, subject: subject), default: 0] += units
    }
    let sale = order.content.sale
    if !sale.isEmpty {
      if sales[sale]?.isRetired ?? true { return [:] }
      for limit in limits(of: .sale(sale)) {
        switch limit.measure {
        case .openOrders: add(.sale(sale), limit.dimension, .openOrders, order.state.isOpen ? 1 : 0)
        case .units:
          let back = limit.isGivenBackOnReturn ? order.lines.values.reduce(0) { $0 + $1.returned } : 0
          add(.sale(sale), limit.dimension, .units, order.lines.values.reduce(0) { $0 + $1.live } - back)
        }
      }
      return found
    }
    let dimensions = ["user"] + order.content.subjects.map(\.dimension)
    let counted = order.lines.filter(\.value.isCounted)
    for (item, line) in counted {
      for dimension in dimensions {
        add(.sku(Self.sku(item)), dimension, .units, line.live - (line.givenBack[dimension] ?? 0))
      }
    }
    // An order is one order, in however many pools of the SKU it has units.
    for sku in Set(counted.keys.map(Self.sku)) {
      for dimension in dimensions { add(.sku(sku), dimension, .openOrders, order.state.isOpen ? 1 : 0) }
    }
    return found
  }

  /// What every subject has of everything that is counted.
  package func uses() -> [UseKey: Int64] {
    var sums: [UseKey: Int64] = [:]
    for order in Array(orders.values) + counted {
      for (key, units) in units(of: order) { sums[key, default: 0] += units }
    }
    return sums
  }

  /// Every scope of an order that would be placed, with an item to name it by: any of the SKU's.
  private func scopes(of content: Content) -> [(scope: Scope, items: [String], units: Int64)] {
    if !content.sale.isEmpty {
      return [(.sale(content.sale), [""], content.units.values.reduce(0, +))]
    }
    let limited = content.units.filter { limits[Self.sku($0.key)] != nil }
    return Dictionary(grouping: limited) { Self.sku($0.key) }.map { sku, lines in
      (.sku(sku), lines.map(\.key), lines.reduce(0) { $0 + $1.value })
    }
  }

  /// - Returns: one of the refusals that are as right; all of them are in `alternatives`.
  mutating func overLimit(_ content: Content) -> Answer? {
    alternatives = []
    for (scope, items, units) in scopes(of: content) {
      guard let words = firstReached(scope, content, units) else { continue }
      for item in items {
        alternatives.append(Answer(words.outcome, words.words + (item.isEmpty ? [] : ["item=\(item)"])))
      }
    }
    return alternatives.first
  }

  /// - Parameter needsSubjects: false passes over limits that the order has no subject of.
  private func firstReached(
    _ scope: Scope, _ content: Content, _ units: Int64, needsSubjects: Bool = true
  ) -> Answer? {
    for limit in limits(of: scope) {
      guard let max = limit.max else { continue }
      let wanted = limit.measure == .units ? units : (content.isDeduct ? 0 : 1)
      if wanted == 0 { continue }
      let measure = limit.measure == .openOrders ? ["orders"] : []
      guard let subject = Self.subject(limit.dimension, content) else {
        if !needsSubjects { continue }
        return Answer(.subjectMissing, ["limit=\(limit.dimension)", "max=\(max)", "used=0"] + measure)
      }
      let key = UseKey(scope: scope, dimension: limit.dimension, measure: limit.measure, subject: subject)
      let used = uses(of: key)
      if used + wanted > max {
        return Answer(.limitReached, ["limit=\(limit.dimension)", "max=\(max)", "used=\(used)"] + measure)
      }
    }
    return nil
  }

  /// A late confirm takes what the expiry gave back; what was not counted then is not asked for.
  func canCountAgain(_ order: Order, _ units: [String: Int64]) -> Bool {
    if sales[order.content.sale]?.isRetired == true { return true }
    var content = order.content
    content.units = units
    if content.sale.isEmpty { content.units = content.units.filter { order.lines[$0.key]?.isCounted == true } }
    content.isDeduct = true
    return scopes(of: content).allSatisfy { scope, _, units in
      firstReached(scope, content, units, needsSubjects: false) == nil
    }
  }
}
