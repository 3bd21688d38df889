import StockClient
import StockEngine
import StockHistory
import StockModel
import StockWire

/// Compares what buyers were told with what the daemon says. The four counts that must be 0 are computed from its answers about
/// every order and every item; nothing is taken for granted.
struct SaleAudit: Sendable, Equatable {
  /// Orders whose buyer holds a success.
  var acknowledged = 0
  var reserved = 0
  var confirmed = 0
  var cancelled = 0
  var refused = 0
  /// Orders that were refused for their buyer's limit.
  var limited = 0
  /// Orders of which nobody knows what they were told: their state is whatever the daemon says.
  var unknown = 0
  /// Orders that the daemon does not have as their buyer was told, and units that its items do not hold for them.
  var lost = 0
  /// Units that items hold beyond what the distinct orders explain.
  var appliedTwice = 0
  /// Units below an item's floor, promised beyond what was supplied, or not accounted for.
  var oversold = 0
  /// Units that buyers have beyond their limit, by the orders that the daemon has.
  var overLimit = 0
  /// A few words on the first differences.
  var remarks: [String] = []

  var passes: Bool { lost == 0 && appliedTwice == 0 && oversold == 0 && overLimit == 0 }

  static let remarksMax = 10

  mutating func remark(_ text: String) {
    if remarks.count < Self.remarksMax { remarks.append(text) }
  }

  // MARK: Asking

  /// Asks for all orders and items of a sale that stands still.
  static func run(
    _ plan: SalePlan, _ told: [ToldOrder], clients: [StockClient], recorder: HistoryRecorder? = nil
  ) async throws -> SaleAudit {
    let found = try await orders(plan, told, clients, recorder)
    let balances = try await items(plan, clients[0], recorder)
    return compare(plan, told, found, balances)
  }

  private static let ordersPerFrame = 200

  /// What the daemon says of each order; nil: it has none.
  private static func orders(
    _ plan: SalePlan, _ told: [ToldOrder], _ clients: [StockClient], _ recorder: HistoryRecorder?
  ) async throws -> [WireOrder?] {
    let parts = stride(from: 0, to: told.count, by: ordersPerFrame).map { $0..<min($0 + ordersPerFrame, told.count) }
    return try await withThrowingTaskGroup(of: [(Int, [WireOrder?])].self) { group in
      let lanes = min(parts.count, clients.count * 2)
      for lane in 0..<lanes {
        group.addTask {
          var found: [(Int, [WireOrder?])] = []
          for part in stride(from: lane, to: parts.count, by: lanes) {
            let ids = told[parts[part]].map { plan.order($0.index).id }
            let client = clients[lane % clients.count]
            found.append((part, try await orders(ids, client, number: firstNumber + lane, recorder)))
          }
          return found
        }
      }
      var found = [[WireOrder?]](repeating: [], count: parts.count)
      for try await lane in group {
        for (part, orders) in lane { found[part] = orders }
      }
      return found.flatMap { $0 }
    }
  }

  /// The numbers of those who ask, in the history.
  private static let firstNumber = 10_000

  private static func orders(
    _ ids: [String], _ client: StockClient, number: Int, _ recorder: HistoryRecorder?
  ) async throws -> [WireOrder?] {
    var batch = StockBatch()
    for id in ids { batch.order(id) }
    let replies = try await client.send(batch, ids.map { .order($0) }, as: number, to: recorder)
    return try replies.map { reply in
      switch (reply.outcome, reply.body) {
      case (.found, .order(let order)): return order
      case (.noSuchOrder, _): return nil
      default: throw DrillFault("the daemon answers \(reply.outcome.name) when asked for an order")
      }
    }
  }

  private static func items(
    _ plan: SalePlan, _ client: StockClient, _ recorder: HistoryRecorder?
  ) async throws -> [WireBalance] {
    var balances: [WireBalance] = []
    for start in stride(from: 0, to: plan.items.count, by: Bounds.itemsPerReadMax) {
      let names = plan.items[start..<min(start + Bounds.itemsPerReadMax, plan.items.count)].map { plan.item($0.sku) }
      var batch = StockBatch()
      batch.get(names)
      let replies = try await client.send(batch, [.get(names)], as: firstNumber, to: recorder)
      guard case .items(let rows)? = replies.first?.body else {
        throw DrillFault("the daemon refuses to tell its items")
      }
      balances += rows
    }
    return balances
  }

  // MARK: Comparing

  /// Pure: what was told, what was found, what the items hold.
  static func compare(
    _ plan: SalePlan, _ told: [ToldOrder], _ found: [WireOrder?], _ balances: [WireBalance]
  ) -> SaleAudit {
    var audit = SaleAudit()
    /// Units that distinct orders of the daemon hold or have bought, by item.
    var explained: [ExactText: Int64] = [:]
    /// Units that buyers were told that they have, by item.
    var promised: [ExactText: Int64] = [:]
    /// Units that distinct orders of the daemon hold or have bought, by buyer.
    var had: [String: Int64] = [:]
    /// Units of all orders that the daemon ever took of a buyer, those that ended since too.
    var tried: [String: Int64] = [:]
    audit.count(missing: told.count - found.count, of: "orders")
    audit.count(missing: plan.items.count - balances.count, of: "items")
    for (told, found) in zip(told, found) {
      let order = plan.order(told.index)
      audit.count(told, plan, order, found)
      if let found, found.state.isOpen || found.state.isSold {
        for line in found.lines {
          explained[ExactText(line.item), default: 0] += line.quantity - line.returned
          had[order.buyer, default: 0] += line.quantity - line.returned
        }
      }
      for line in found?.lines ?? [] { tried[order.buyer, default: 0] += line.quantity }
      if told.state == .reserved || told.state == .confirmed {
        for line in order.lines { promised[ExactText(plan.item(line.item)), default: 0] += Int64(line.quantity) }
      }
    }
    for (item, balance) in zip(plan.items, balances) {
      let name = plan.item(item.sku)
      let key = ExactText(name)
      audit.count(item, name, balance, explained: explained[key] ?? 0, promised: promised[key] ?? 0)
    }
    if let max = plan.unitsPerBuyerMax {
      for told in told where told.state == .limited {
        let order = plan.order(told.index)
        let wanted = order.lines.reduce(0) { $0 + Int64($1.quantity) }
        if tried[order.buyer, default: 0] + wanted <= max {
          audit.lost += 1
          audit.remark("order \(order.id): refused for the limit of \(max), which its buyer never came near")
        }
      }
      for (buyer, units) in had.sorted(by: { $0.key < $1.key }) where units > max {
        audit.overLimit += Int(units - max)
        audit.remark("buyer \(buyer) has \(units) units; the limit is \(max)")
      }
    }
    return audit
  }

  /// The daemon was asked for each, and each has its row, be it of something that is not there.
  private mutating func count(missing: Int, of what: String) {
    if missing == 0 { return }
    lost += abs(missing)
    remark("the daemon told of \(abs(missing)) \(what) \(missing > 0 ? "less" : "more") than it was asked for")
  }

  private mutating func count(
    _ told: ToldOrder, _ plan: SalePlan, _ order: SalePlan.Order, _ found: WireOrder?
  ) {
    let expected: OrderState?
    switch told.state {
    case .unknown:
      unknown += 1
      return
    case .refused:
      refused += 1
      expected = nil
    case .limited:
      limited += 1
      expected = nil
    case .reserved:
      reserved += 1
      expected = .reserved
    case .confirmed:
      confirmed += 1
      expected = .confirmed
    case .cancelled:
      cancelled += 1
      expected = .cancelled
    }
    if expected != nil { acknowledged += 1 }
    let hasLines = found.map { found in
      Dictionary(found.lines.map { (ExactText($0.item), $0.quantity) }, uniquingKeysWith: +)
        == Dictionary(order.lines.map { (ExactText(plan.item($0.item)), Int64($0.quantity)) }, uniquingKeysWith: +)
    }
    if found?.state != expected || hasLines == false || told.isDenied || found.map({ $0.buyer != order.buyer }) == true
    {
      lost += 1
      remark(
        "order \(order.id): its buyer was told \(told.state)\(told.isDenied ? ", then the contrary" : ""); "
          + "the daemon has \(found.map { "it \($0.state.name)" } ?? "no such order")")
    }
  }

  private mutating func count(
    _ item: SalePlan.Item, _ name: String, _ balance: WireBalance, explained: Int64, promised: Int64
  ) {
    let taken = balance.reserved + balance.sold
    if ExactText(balance.item) != ExactText(name) {
      lost += 1
      remark("item \(name): the daemon told of \(balance.item) instead")
    }
    if taken > explained {
      appliedTwice += Int(taken - explained)
      remark("item \(name) holds \(taken) units for orders of \(explained)")
    }
    if taken < explained {
      lost += Int(explained - taken)
      remark("item \(name) holds only \(taken) units for orders of \(explained)")
    }
    let accounted = balance.available + taken + balance.scrapped
    let supplied = Int64(item.units)
    let faults = [
      max(0, balance.floor - balance.available), max(0, promised - supplied), abs(supplied - accounted),
      abs(supplied - balance.supplied),
    ]
    for (fault, what) in zip(faults, ["below its floor", "promised too much", "unaccounted", "supplied otherwise"])
    where fault > 0 {
      oversold += Int(fault)
      remark("item \(name): \(fault) units \(what)")
    }
  }
}
