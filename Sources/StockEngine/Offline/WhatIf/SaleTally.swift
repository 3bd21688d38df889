/// What a sale's events come to. The log's events and those of another run go through the same sums.
struct SaleTally: Sendable {
  typealias OrderPrint = SaleTape.OrderPrint

  private struct Balance: Sendable {
    var supplied: Int64 = 0
    var available: Int64 = 0
    var reserved: Int64 = 0
    var sold: Int64 = 0
    var scrapped: Int64 = 0
    var wentHome: Int64 = 0
    var soldOutAt: Timestamp?
  }

  private struct Demand: Hashable {
    var reason: Outcome
    var sku: Int
  }

  private var numbers: [ItemNumber: Int] = [:]
  private var balances: [Balance] = []
  private var wins: [OrderPrint: WhatIf.Win] = [:]
  private var reserved: Set<OrderPrint> = []
  private var paid: Set<OrderPrint> = []
  private var refusals: [Demand: Int] = [:]
  /// Of each order, the reason and the lines of its last refusal.
  private var lastRefusals: [OrderPrint: (reason: Outcome, lines: [SaleTape.Line])] = [:]
  var attempts = 0
  var repeats = 0
  /// SKUs of which units became free since somebody last asked.
  var freed: Set<Int> = []

  mutating func name(_ item: ItemNumber, sku: Int) {
    numbers[item] = sku
    while balances.count <= sku { balances.append(Balance()) }
  }

  func sku(of item: ItemNumber) -> Int? { numbers[item] }
  func available(_ sku: Int) -> Int64 { balances[sku].available }

  /// Of the orders that were reserved, the share that was paid.
  var paidShare: Double { reserved.isEmpty ? 0 : Double(paid.count) / Double(reserved.count) }

  // MARK: Events

  mutating func add(_ event: Event, _ source: EventSource, at time: Timestamp) {
    switch event {
    case .reserved(let placed):
      if take(placed, source, at: time, \.reserved) { reserved.insert(OrderPrint(source.text(placed.order))) }
    case .deducted(let placed): _ = take(placed, source, at: time, \.sold)
    case .deferredConfirmed(let moved):
      guard let units = move(moved, source, from: \.available, to: \.sold, at: time), units > 0 else { return }
      win(OrderPrint(source.text(moved.order)), units, at: time)
    case .lateConfirmed(let moved):
      pay(moved, source, move(moved, source, from: \.available, to: \.sold, at: time))
    case .confirmed(let moved), .partlyConfirmed(let moved):
      pay(moved, source, move(moved, source, from: \.reserved, to: \.sold, at: time))
    case .cancelled(let moved, _), .expired(let moved), .partlyCancelled(let moved, _):
      _ = move(moved, source, from: \.reserved, to: \.available, at: time)
    case .returned(let moved, let disposition):
      _ = move(moved, source, from: \.sold, to: disposition == .available ? \.available : \.scrapped, at: time)
    case .moved(let from, let to, let units):
      if let sku = numbers[to] {
        balances[sku].supplied += units
        balances[sku].available += units
        freed.insert(sku)
      } else if let sku = numbers[from] {
        balances[sku].available -= units
        balances[sku].wentHome += units
      }
    default: break
    }
  }

  private mutating func take(
    _ placed: Event.Placed, _ source: EventSource, at time: Timestamp, _ column: WritableKeyPath<Balance, Int64>
  ) -> Bool {
    let moved = Event.Moved(order: placed.order, lines: placed.lines)
    guard let units = move(moved, source, from: \.available, to: column, at: time) else { return false }
    win(OrderPrint(source.text(placed.order)), units, at: time)
    return true
  }

  /// - Returns: the units; nil if the order is not of this sale.
  private mutating func move(
    _ moved: Event.Moved, _ source: EventSource, from: WritableKeyPath<Balance, Int64>,
    to: WritableKeyPath<Balance, Int64>, at time: Timestamp
  ) -> Int64? {
    var units: Int64 = 0
    for line in source.lines(moved.lines) {
      guard let sku = numbers[line.item] else { return nil }
      let quantity = Int64(line.quantity)
      balances[sku][keyPath: from] -= quantity
      balances[sku][keyPath: to] += quantity
      units += quantity
      if from == \.available && balances[sku].available == 0 && balances[sku].soldOutAt == nil {
        balances[sku].soldOutAt = time
      }
      if to == \.available { freed.insert(sku) }
    }
    return units
  }

  private mutating func win(_ order: OrderPrint, _ units: Int64, at time: Timestamp) {
    if wins[order] == nil { wins[order] = WhatIf.Win(time: time, units: units) }
  }

  private mutating func pay(_ moved: Event.Moved, _ source: EventSource, _ units: Int64?) {
    if units == nil { return }
    let order = OrderPrint(source.text(moved.order))
    if reserved.contains(order) { paid.insert(order) }
  }

  mutating func refuse(_ order: OrderPrint, _ reason: Outcome, _ lines: some Collection<SaleTape.Line>) {
    for line in lines { refusals[Demand(reason: reason, sku: Int(line.sku)), default: 0] += 1 }
    lastRefusals[order] = (reason, Array(lines))
  }

  // MARK: The telling

  func side(_ tape: SaleTape) -> WhatIf.Side {
    var side = WhatIf.Side()
    side.attempts = attempts
    side.repeats = repeats
    side.winners = wins.count
    side.units = wins.values.reduce(0) { $0 + $1.units }
    side.skus = zip(tape.skus, balances).map { name, balance in
      WhatIf.SKU(
        sku: name, supplied: balance.supplied, sold: balance.sold, reserved: balance.reserved,
        scrapped: balance.scrapped, left: balance.available + balance.wentHome, soldOutAt: balance.soldOutAt)
    }
    side.unmet = unmet(tape)
    return side
  }

  private func unmet(_ tape: SaleTape) -> [WhatIf.Unmet] {
    var rows = refusals.mapValues { (attempts: $0, orders: 0, units: Int64(0)) }
    for (order, last) in lastRefusals where wins[order] == nil {
      for line in last.lines {
        rows[Demand(reason: last.reason, sku: Int(line.sku))]?.orders += 1
        rows[Demand(reason: last.reason, sku: Int(line.sku))]?.units += Int64(line.quantity)
      }
    }
    return rows.map { key, row in
      WhatIf.Unmet(
        reason: key.reason, sku: tape.skus[key.sku], attempts: row.attempts, orders: row.orders, units: row.units)
    }.sorted { ($0.reason.rawValue, ExactText($0.sku)) < ($1.reason.rawValue, ExactText($1.sku)) }
  }

  static func winners(
    _ recorded: SaleTally, _ whatIf: SaleTally, _ orders: [OrderPrint: Int], _ tape: SaleTape
  ) -> [WhatIf.Winner] {
    let steps = Set(recorded.wins.keys).union(whatIf.wins.keys).compactMap { order in
      orders[order].map { (order: order, step: $0) }
    }
    let winners = steps.sorted { $0.step < $1.step }.map { order, index in
      let step = tape.steps[index]
      guard case .attempt(let attempt) = step.kind else { preconditionFailure("an order begins with an attempt") }
      return WhatIf.Winner(
        order: tape.string(step.name), buyer: tape.string(attempt.buyer), recorded: recorded.wins[order],
        whatIf: whatIf.wins[order])
    }
    // Stable where two won in the same millisecond: the order of their first attempts.
    return winners.enumerated().sorted { ($0.element.firstTime, $0.offset) < ($1.element.firstTime, $1.offset) }
      .map(\.element)
  }
}

extension WhatIf.Winner {
  fileprivate var firstTime: Timestamp {
    min(recorded?.time ?? .distantFuture, whatIf?.time ?? .distantFuture)
  }
}
