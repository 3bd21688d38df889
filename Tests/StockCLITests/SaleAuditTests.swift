import StockEngine
import StockWire
import Testing

@testable import stockcli

/// The audit must find every lie: each test plants one.
@Suite("What an audit finds")
struct SaleAuditTests {
  private let plan = SalePlan(
    prefix: "s-", sale: "618", terms: SalePlan.dayLong(unitsPerBuyerMax: 5),
    items: [SalePlan.Item(sku: "tea", units: 100)], ordersMax: nil, cartPercent: 0, cartLinesMax: 1,
    seed: 3)

  private func quantity(_ index: Int) -> Int64 { Int64(plan.order(index).lines[0].quantity) }

  private func found(_ index: Int, _ state: OrderState, quantity: Int64? = nil, buyer: String? = nil) -> WireOrder {
    WireOrder(
      orderBytes: Array(plan.order(index).id.utf8), state: state,
      buyerBytes: Array((buyer ?? plan.order(index).buyer).utf8), payload: [],
      createdAt: .zero, changedAt: .zero, deadline: .zero,
      lines: [WireOrder.Line(item: "tea@~618", quantity: quantity ?? self.quantity(index), returned: 0)])
  }

  private func balance(
    reserved: Int64 = 0, sold: Int64 = 0, available: Int64? = nil, supplied: Int64 = 100
  ) -> WireBalance {
    WireBalance(
      item: "tea@~618", exists: true, number: ItemNumber(rawValue: 1), supplied: supplied,
      available: available ?? 100 - reserved - sold, reserved: reserved, sold: sold, scrapped: 0, floor: 0, version: 1)
  }

  /// Four orders, one of each fate, told and kept alike.
  private var told: [ToldOrder] {
    [
      ToldOrder(index: 0, state: .reserved), ToldOrder(index: 1, state: .confirmed),
      ToldOrder(index: 2, state: .cancelled), ToldOrder(index: 3, state: .refused),
    ]
  }
  private var kept: [WireOrder?] { [found(0, .reserved), found(1, .confirmed), found(2, .cancelled), nil] }

  @Test func agreementIsNoFinding() {
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1))])
    #expect(audit.passes)
    #expect(audit.acknowledged == 3)
    #expect((audit.reserved, audit.confirmed, audit.cancelled, audit.refused) == (1, 1, 1, 1))
    #expect(audit.remarks == [])
  }

  /// A row that does not come is no row that agrees.
  @Test func anItemThatIsNotToldOfIsLost() {
    let audit = SaleAudit.compare(plan, told, kept, [])
    #expect(audit.lost == 1 && !audit.passes)
    #expect(audit.remarks == ["the daemon told of 1 items less than it was asked for"])
  }

  @Test func anotherItemsRowIsNoAnswer() {
    var other = balance(reserved: quantity(0), sold: quantity(1))
    other.item = "mug@~618"
    #expect(SaleAudit.compare(plan, told, kept, [other]).lost == 1)
  }

  @Test func anOrderThatIsNotToldOfIsLost() {
    let rows = [balance(reserved: quantity(0), sold: quantity(1))]
    #expect(SaleAudit.compare(plan, told, Array(kept.dropLast()), rows).lost == 1)
  }

  @Test func anOrderThatIsGoneIsLost() {
    var kept = kept
    kept[0] = nil
    let audit = SaleAudit.compare(plan, told, kept, [balance(sold: quantity(1))])
    #expect((audit.lost, audit.appliedTwice, audit.oversold) == (1, 0, 0))
    #expect(audit.remarks.count == 1)
  }

  @Test(arguments: [(1, OrderState.reserved), (0, .cancelled), (2, .reserved), (0, .expired)])
  func anOrderInAnotherStateIsLost(_ index: Int, _ state: OrderState) {
    var kept = kept
    kept[index] = found(index, state)
    var held: Int64 = 0
    for order in kept.compactMap({ $0 }) where order.state.isOpen || order.state.isSold {
      held += order.lines[0].quantity
    }
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: held)])
    #expect(audit.lost == 1)
  }

  @Test func anOrderThatWasRefusedAndIsThereIsAFinding() {
    var kept = kept
    kept[3] = found(3, .reserved)
    let audit = SaleAudit.compare(
      plan, told, kept, [balance(reserved: quantity(0) + quantity(3), sold: quantity(1))])
    #expect(audit.lost == 1)
  }

  @Test func otherLinesAreAFinding() {
    var kept = kept
    kept[0] = found(0, .reserved, quantity: quantity(0) + 1)
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0) + 1, sold: quantity(1))])
    #expect(audit.lost == 1)
  }

  @Test func aDeniedOrderIsLostEvenIfItIsThereNow() {
    var told = told
    told[0].isDenied = true
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1))])
    #expect(audit.lost == 1)
  }

  @Test func unitsTakenTwiceForOneOrderAreFound() {
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0) * 2, sold: quantity(1))])
    #expect((audit.lost, audit.oversold) == (0, 0))
    #expect(audit.appliedTwice == Int(quantity(0)))
  }

  @Test func unitsThatTheItemForgotAreLost() {
    let audit = SaleAudit.compare(plan, told, kept, [balance(sold: quantity(1))])
    #expect(audit.lost == Int(quantity(0)))
  }

  @Test func anItemBelowItsFloorIsOversold() {
    let audit = SaleAudit.compare(
      plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1), available: -2)])
    #expect(audit.oversold > 0)
  }

  @Test func unitsThatDoNotAddUpAreOversold() {
    let audit = SaleAudit.compare(
      plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1), available: 100)])
    #expect(audit.oversold == Int(quantity(0) + quantity(1)))
    let supplied = SaleAudit.compare(
      plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1), supplied: 101)])
    #expect(supplied.oversold == 1)
  }

  @Test func morePromisedThanSuppliedIsOversold() {
    var told: [ToldOrder] = []
    var kept: [WireOrder?] = []
    for index in 0..<150 {
      told.append(ToldOrder(index: index, state: .confirmed))
      kept.append(found(index, .confirmed))
    }
    let promised = told.reduce(0) { $0 + quantity($1.index) }
    let audit = SaleAudit.compare(plan, told, kept, [balance(sold: promised, available: 100 - promised)])
    #expect(audit.lost == 0 && audit.appliedTwice == 0)
    #expect(audit.oversold >= Int(promised - 100))
  }

  /// Orders of one buyer, who wants more than the five units that a buyer may have; as many as there must be for it.
  private var hoard: [Int] {
    var orders: [String: [Int]] = [:]
    for index in 0..<5000 {
      let buyer = plan.order(index).buyer
      orders[buyer, default: []].append(index)
      if let all = orders[buyer], all.reduce(0, { $0 + quantity($1) }) > 5 { return all }
    }
    return []
  }

  @Test func aBuyerWithMoreThanTheLimitIsFound() {
    let hoard = hoard
    let units = hoard.reduce(0) { $0 + quantity($1) }
    func audit(_ last: OrderState) -> SaleAudit {
      let told = hoard.map { ToldOrder(index: $0, state: .unknown) }
      let kept: [WireOrder?] = hoard.map { found($0, $0 == hoard.last ? last : .reserved) }
      let taken = units - (last == .cancelled ? quantity(hoard[hoard.count - 1]) : 0)
      return SaleAudit.compare(plan, told, kept, [balance(reserved: taken)])
    }
    let beyond = audit(.reserved)
    #expect((beyond.lost, beyond.appliedTwice, beyond.oversold, beyond.overLimit) == (0, 0, 0, Int(units - 5)))
    #expect(beyond.remarks == ["buyer \(plan.order(hoard[0]).buyer) has \(units) units; the limit is 5"])
    #expect(audit(.cancelled).passes)
  }

  /// Whose an order is is the plan's to say: two buyers mixed up would hide who has too much.
  @Test func anOrderOfAnotherBuyerIsLost() {
    var kept = kept
    kept[0] = found(0, .reserved, buyer: "another")
    let audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1))])
    #expect((audit.lost, audit.overLimit) == (1, 0))
  }

  @Test func aRefusalForTheLimitIsHeldToIt() {
    let hoard = hoard
    let last = hoard[hoard.count - 1]
    let taken = hoard.dropLast().reduce(0) { $0 + quantity($1) }
    func audit(_ kept: [WireOrder?], reserved: Int64) -> SaleAudit {
      let told = hoard.map { ToldOrder(index: $0, state: $0 == last ? .limited : .reserved) }
      return SaleAudit.compare(plan, told, kept, [balance(reserved: reserved)])
    }
    let rest: [WireOrder?] = hoard.dropLast().map { found($0, .reserved) }
    let right = audit(rest + [nil], reserved: taken)
    #expect(right.passes && right.limited == 1)
    // It is there although its buyer was told that it is not.
    #expect(audit(rest + [found(last, .reserved)], reserved: taken + quantity(last)).lost == 1)
    // Its buyer had nothing else: there was no limit to reach.
    let alone = SaleAudit.compare(plan, [ToldOrder(index: last, state: .limited)], [nil], [balance()])
    #expect(alone.lost == 1 && alone.remarks.count == 1)
  }

  @Test func whatNobodyWasToldIsWhatTheDaemonSays() {
    var told = told
    told[0].state = .unknown
    var audit = SaleAudit.compare(plan, told, kept, [balance(reserved: quantity(0), sold: quantity(1))])
    #expect(audit.passes && audit.unknown == 1)
    var kept = kept
    kept[0] = nil
    audit = SaleAudit.compare(plan, told, kept, [balance(sold: quantity(1))])
    #expect(audit.passes && audit.unknown == 1)
  }

  @Test func aPlanIsTheSameEveryTime() {
    let sale = SalePlan(
      prefix: "s-", sale: "618", terms: SalePlan.dayLong(unitsPerBuyerMax: 5),
      items: (0..<20).map { SalePlan.Item(sku: "sku-\($0)", units: 5) }, ordersMax: nil, seed: 9)
    let orders = (0..<2000).map { sale.order($0) }
    #expect(orders == (0..<2000).map { sale.order($0) })
    #expect(Set(orders.map(\.id)).count == 2000)
    #expect(orders.contains { $0.lines.count == 3 })
    for order in orders { #expect(Set(order.lines.map(\.item)).count == order.lines.count) }
    let hoards = orders.filter { $0.buyer.hasPrefix("hoarder-") }
    #expect((150..<250).contains(hoards.count) && Set(hoards.map(\.buyer)).count < 100)
    #expect(Set(orders.map(\.buyer)).count == 2000 - hoards.count + Set(hoards.map(\.buyer)).count)
    let confirmed = orders.count { $0.intent == .confirm }
    #expect((1300..<1600).contains(confirmed))
  }
}
