import StockEngine
import StockWire

/// A sale that buyers storm: what there is, who comes, what each wants. All of it follows from the seed.
struct SalePlan: Sendable {
  struct Item: Sendable, Equatable {
    var sku: String
    var units: UInt32
  }

  /// What a buyer who got the units does with the order.
  enum Intent: Sendable, Equatable { case confirm, cancel, abandon }

  struct Order: Sendable, Equatable {
    var id: String
    var buyer: String
    var lines: [WireLine]
    var intent: Intent
  }

  /// Begins every order id and operation id.
  var prefix: String
  /// The sale's id.
  var sale: String
  /// What the sale allows; its window counts from the opening.
  var terms: WireSaleTerms
  /// What it sells, out of the SKUs' main pools.
  var items: [Item]
  /// Orders in all; nil: until the time is over.
  var ordersMax: Int?
  var cartPercent = 15
  var cartLinesMax = 3
  var confirmPercent = 72
  var cancelPercent = 8
  /// The demand is on the first items rather than on the last.
  var isSkewed = true
  var seed: UInt64

  var units: Int { items.reduce(0) { $0 + Int($1.units) } }

  /// Units that one buyer may have; nil: as many as there are.
  var unitsPerBuyerMax: Int64? {
    terms.limits.first { $0.dimension == "user" && $0.measure == .units }.map { Int64($0.max) }
  }

  /// The item that the sale's units of a SKU lie in.
  func item(_ sku: String) -> String { "\(sku)@~\(sale)" }

  /// Terms of a sale that outlasts every drill, with a limit for each buyer.
  static func dayLong(unitsPerBuyerMax: UInt32) -> WireSaleTerms {
    WireSaleTerms(
      start: .zero, end: Timestamp(milliseconds: 86_400_000), limits: [WireLimit("user", unitsPerBuyerMax)])
  }

  /// Every tenth order is of one of so few buyers, who come again and again and want more than a limit allows.
  private static let hoarders: UInt64 = 100

  /// The n-th order. The same every time.
  func order(_ index: Int) -> Order {
    var random = SplitMix(state: seed &+ UInt64(index) &* 0xD134_2543_DE82_EF95)
    var wanted: [Int] = []
    let isCart = Int(random.next() % 100) < cartPercent && cartLinesMax > 1 && items.count >= cartLinesMax
    let count = isCart ? 2 + Int(random.next() % UInt64(cartLinesMax - 1)) : 1
    while wanted.count < count {
      let item = pick(&random)
      if !wanted.contains(item) { wanted.append(item) }
    }
    let fate = Int(random.next() % 100)
    let intent: Intent = fate < confirmPercent ? .confirm : fate < confirmPercent + cancelPercent ? .cancel : .abandon
    let lines = wanted.map { WireLine(items[$0].sku, 1 + (random.next() % 8 == 0 ? 1 : 0)) }
    let hoards = random.next() % 10 == 0
    let digits = String(index)
    return Order(
      id: prefix + String(repeating: "0", count: max(0, 10 - digits.count)) + digits,
      buyer: hoards ? "hoarder-\(random.next() % Self.hoarders)" : "buyer-\(index)", lines: lines, intent: intent)
  }

  private func pick(_ random: inout SplitMix) -> Int {
    let share = Double(random.next() >> 11) / Double(1 << 53)
    return min(Int((isSkewed ? share * share : share) * Double(items.count)), items.count - 1)
  }
}
