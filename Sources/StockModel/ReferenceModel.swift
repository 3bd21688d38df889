import StockEngine

/// What a store should do, in the simplest way that says it: dictionaries, no log, no shards, no memory of its own.
///
/// It knows nothing of the engine but its words. Time is an argument. An order that is overdue expires before anything else
/// happens; retention works when `tick` is called.
package struct ReferenceModel: Sendable {
  package struct Item: Equatable, Sendable {
    package var supplied: Int64 = 0
    package var available: Int64 = 0
    package var reserved: Int64 = 0
    package var sold: Int64 = 0
    package var scrapped: Int64 = 0
    package var version: Int64 = 0
    package var floor: Int64 = 0
    package var sellable: Int64 { available - floor }

    package init(version: Int64 = 0) { self.version = version }
  }

  package struct Line: Equatable, Sendable {
    package var quantity: Int64
    package var confirmed: Int64 = 0
    /// Went back before the deadline.
    package var cancelled: Int64 = 0
    package var expired: Int64 = 0
    package var returned: Int64 = 0

    package var open: Int64 { quantity - confirmed - cancelled - expired }
    package var out: Int64 { confirmed - returned }
    /// Held, sold or come back: what limits count.
    package var live: Int64 { quantity - cancelled - expired }
    /// A limit of its SKU counts it.
    package var isCounted = false
    /// Of what came back, the units that may be bought again, by dimension: what the SKU's limits said at the time.
    package var givenBack: [String: Int64] = [:]
  }

  package struct Order: Equatable, Sendable {
    package var state: OrderState
    package var content: Content
    /// By item.
    package var lines: [String: Line]
    package var deadline: Int64
    package var createdAt: Int64
    package var changedAt: Int64
    package var isLate = false
    package var isRefundRequired = false
    /// How the rest of a partly sold order ended.
    package var rest: OrderState?
  }

  /// What a repeat must have in common with the first attempt.
  package struct Content: Equatable, Sendable {
    package var isDeduct: Bool
    package var units: [String: Int64]
    package var buyer: String
    package var payload: String
    package var sale = ""
    package var subjects: [ShopCommand.Subject] = []
  }

  package struct Retired: Equatable, Sendable {
    package var state: OrderState
    package var isRefundRequired: Bool
    package var rest: OrderState?
    package var at: Int64
  }

  package struct Operation: Equatable, Sendable {
    package var content: String
    package var at: Int64
  }

  package var rules: Rules
  package var items: [String: Item] = [:]
  package var orders: [String: Order] = [:]
  package var retired: [String: Retired] = [:]
  package var operations: [String: Operation] = [:]
  package var lastID = IssuedID()
  package var sales: [String: Sale] = [:]
  /// By SKU.
  package var limits: [String: [SKULimit]] = [:]
  package var buyers: [String: Buyer] = [:]
  /// Orders whose record went and which limits still count.
  package var counted: [Order] = []
  /// Other answers to the last command that are as right: of several reached limits any may be named.
  package var alternatives: [Answer] = []

  /// The moment that answers count times from.
  let base: Int64?
  /// What time brings about is told by `expire`, `close` and the like, and does not happen by itself: a log says when it did.
  package var isDriven = false
  /// Nothing ends by itself before this.
  var firstDue = Int64.max
  /// Ids of the orders of each subject, ended ones too: where to look for what limits count.
  var ordersOf: [ShopCommand.Subject: [String]] = [:]

  /// - Parameter base: the moment that answers count times from, in milliseconds since 1970; nil: they tell that number itself.
  package init(rules: Rules, base: Int64?) {
    self.rules = rules
    self.base = base
  }

  /// `sku@main` and `sku` are one item.
  package static func short(_ item: String) -> String { item.hasSuffix("@main") ? String(item.dropLast(5)) : item }

  // MARK: Time

  /// - Parameter now: milliseconds since 1970.
  package mutating func perform(_ command: ShopCommand, at now: Int64) -> Answer {
    passTime(to: now)
    alternatives = []
    switch command {
    case .preheat, .supply, .restock, .adjust, .adjustTo: return performOnStock(command, at: now)
    case .configure, .move: return performOnPools(command, at: now)
    case .reserve(let placement): return place(placement, isDeduct: false, at: now)
    case .deduct(let placement): return place(placement, isDeduct: true, at: now)
    case .confirm(let order): return confirm(order, at: now)
    case .cancel(let order, _): return cancel(order, at: now)
    case .extend(let operation, let order, let hold): return extend(operation, order, hold, at: now)
    case .resolve(let order): return resolve(order, at: now)
    case .returnLines(let operation, let order, let lines, let isScrapped):
      return returnLines(operation, order, lines, isScrapped, at: now)
    case .confirmLines(let operation, let order, let lines, let isRelease):
      return confirmLines(operation, order, lines, isRelease, at: now)
    case .cancelLines(let operation, let order, let lines, let reason):
      return cancelLines(operation, order, lines, reason, at: now)
    case .ship(let operation, let order): return mark(operation, order, isDelivery: false, at: now)
    case .deliver(let operation, let order): return mark(operation, order, isDelivery: true, at: now)
    case .nextIDs(let count): return nextIDs(Int64(count), at: now)
    case .get, .list, .order, .stats, .pools: return read(command, at: now)
    case .openSale, .addToSale, .switchSale, .limitSKU, .flagBuyer, .sale, .sales, .buyer:
      return performOnSales(command, at: now)
    }
  }

  /// Everything that time brings about.
  package mutating func tick(at now: Int64) {
    passTime(to: now)
    settle()
    for (id, order) in orders where !order.state.isOpen {
      let kept = order.state.isSold ? rules.soldRetentionMilliseconds : rules.endedRetentionMilliseconds
      guard order.changedAt <= now - kept else { continue }
      orders[id] = nil
      unindex(id, order)
      if !units(of: order).isEmpty { counted.append(order) }
      retired[id] = Retired(state: order.state, isRefundRequired: order.isRefundRequired, rest: order.rest, at: now)
    }
    let horizon = now - rules.idRetentionMilliseconds
    retired = retired.filter { $0.value.at > horizon }
    operations = operations.filter { $0.value.at > horizon }
    retireSales(at: now)
  }

  /// Nobody could pay from `from` to `to`.
  package mutating func outage(from: Int64, to: Int64) {
    let shift = min(max(0, to - from), rules.outageShiftMillisecondsMax)
    for (id, order) in orders where order.state.isOpen && order.deadline > from {
      orders[id]?.deadline = order.deadline + shift
    }
  }

  private mutating func passTime(to now: Int64) {
    if isDriven || now < firstDue { return }
    for (id, order) in orders where order.state.isOpen && order.deadline <= now { expire(id, order, at: now) }
    for (id, sale) in sales where sale.closedAt == nil && sale.opening.end <= now { sales[id]?.closedAt = now }
    firstDue = .max
    for order in orders.values where order.state.isOpen { note(due: order.deadline) }
    for sale in sales.values where sale.closedAt == nil { note(due: sale.opening.end) }
  }

  mutating func expire(_ id: String, _ order: Order, at now: Int64) {
    giveBack(id, open(order), to: \.expired)
    settle(id, unsold: .expired, isRest: true, now)
    countUnpaid(order.content.buyer, now)
  }

  mutating func move(_ item: String, _ change: (inout Item) -> Void) {
    guard var moved = items[item] else { preconditionFailure("the model moves units of \(item), which is not there") }
    change(&moved)
    moved.version += 1
    items[item] = moved
  }

  mutating func end(_ id: String, _ state: OrderState, _ now: Int64) {
    orders[id]?.state = state
    orders[id]?.changedAt = now
  }

  // MARK: Operations

  enum OperationStatus { case new, done, conflict }

  func status(_ id: String, _ content: String) -> OperationStatus {
    guard let known = operations[id] else { return .new }
    return known.content == content ? .done : .conflict
  }

  // MARK: Reads

  private func read(_ command: ShopCommand, at now: Int64) -> Answer {
    switch command {
    case .get(let names):
      return Answer(.found, names.map(Self.short).flatMap { Answer.itemWords($0, items[$0].map(Self.numbers)) })
    case .order(let id): return readOrder(id)
    case .stats: return readStats()
    case .pools(let sku): return readPools(sku, at: now)
    default: preconditionFailure("the model does not answer \(command)")
    }
  }

  static func numbers(_ item: Item) -> [Int64] {
    [item.sellable, item.supplied, item.reserved, item.sold, item.scrapped, item.version, item.floor]
  }

  private func readOrder(_ id: String) -> Answer {
    if let gone = retired[id] {
      return Answer(
        .found, ["state=\(gone.state.name)", "retired"] + (gone.isRefundRequired ? ["refund"] : []))
    }
    guard let order = orders[id] else { return Answer(.noSuchOrder) }
    var words = ["state=\(order.state.name)"]
    if order.isRefundRequired { words.append("refund") }
    if order.isLate { words.append("late") }
    if !order.content.buyer.isEmpty { words.append("buyer=\(order.content.buyer)") }
    if !order.content.payload.isEmpty { words.append("payload=\(order.content.payload)") }
    if !order.content.sale.isEmpty { words.append("sale=\(order.content.sale)") }
    words += order.content.subjects.sorted { $0.dimension < $1.dimension }.map { "\($0.dimension)=\($0.value)" }
    words.append("created=\(Times.text(order.createdAt, since: base))")
    words.append("until=\(Times.text(order.deadline, since: base))")
    let lines = order.lines.map {
      Answer.lineWord(
        $0, order.state, $1.quantity, confirmed: $1.confirmed, cancelled: $1.cancelled + $1.expired,
        returned: $1.returned)
    }
    return Answer(.found, words + lines.sorted())
  }

  private func readStats() -> Answer {
    var stats = StoreStats()
    stats.items = UInt64(items.count)
    stats.ordersOpen = UInt64(orders.values.count { $0.state.isOpen })
    stats.ordersKept = UInt64(orders.count)
    stats.fingerprints = UInt64(retired.count)
    stats.operations = UInt64(operations.count)
    for item in items.values {
      stats.supplied += item.supplied
      stats.available += item.available
      stats.reserved += item.reserved
      stats.sold += item.sold
      stats.scrapped += item.scrapped
    }
    return Answer(.found, Answer.statsWords(stats))
  }
}
