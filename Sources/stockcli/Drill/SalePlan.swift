import StockWire

/// A sale that buyers storm: what there is, who comes, what each wants. All of it follows from the seed.
struct SalePlan: Sendable {
  struct Item: Sendable, Equatable {
    var name: String
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
    let digits = String(index)
    return Order(
      id: prefix + String(repeating: "0", count: max(0, 10 - digits.count)) + digits, buyer: "buyer-\(index)",
      lines: wanted.map { WireLine(items[$0].name, 1 + (random.next() % 8 == 0 ? 1 : 0)) }, intent: intent)
  }

  private func pick(_ random: inout SplitMix) -> Int {
    let share = Double(random.next() >> 11) / Double(1 << 53)
    return min(Int((isSkewed ? share * share : share) * Double(items.count)), items.count - 1)
  }
}
