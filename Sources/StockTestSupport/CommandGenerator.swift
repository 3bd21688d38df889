import StockEngine

/// Random commands over few items and few ids, so that repeats, conflicts and shortages are common.
package struct CommandGenerator: Sendable {
  package var random: SplitMix64
  /// Items that are preheated now and then; the last ones rarely exist.
  package let items = ["A", "B", "B@north", "C@main", "红包-礼盒-一个名字很长的商品-0001", "GHOST"]
  private let orders: [String]
  let operations: [String]
  let buyers = ["", "u1", "u2", "a-buyer-with-a-name-of-more-than-23-bytes"]
  /// Whether there are sales, limits and flagged buyers among the commands.
  let sells: Bool
  /// Sales so far; only the last few are named.
  var saleCount = 0
  /// What was last sent under an order id: with everything in it, a repeat by chance would be rare.
  private var placements: [String: ShopCommand.Placement] = [:]
  private var lastPlaced: [String] = []
  var lastOpened: [String] = []
  private var operationCount = 0

  package init(seed: UInt64, orders: Int = 40, operations: Int = 24, sells: Bool = false) {
    self.sells = sells
    random = SplitMix64(seed: seed)
    self.orders = (0..<orders).map { $0 % 5 == 4 ? "order-with-an-id-that-lies-in-the-arena-\($0)" : "o-\($0)" }
    self.operations = (0..<operations).map { "op-\($0)" }
  }

  /// Every order id that may come.
  package var orderIDs: [String] { orders }

  mutating func line(_ quantityMax: Int) -> ShopCommand.Line {
    let item = random.oneIn(40) ? "GHOST" : items[random.below(items.count - 1)]
    return ShopCommand.Line(item, Int64(1 + random.below(quantityMax)))
  }

  mutating func lines(_ quantityMax: Int) -> [ShopCommand.Line] {
    let count = random.oneIn(2) ? 1 : 1 + random.below(5)
    return (0..<count).map { _ in line(quantityMax) }
  }

  /// Every buyer that may come.
  package var buyerNames: [String] { Array(buyers.dropFirst()) }

  /// Learns what became of a command, so that later ones can be about what is there.
  package mutating func hear(_ command: ShopCommand, _ answer: Answer) {
    guard sells else { return }
    if answer.outcome == .saleNotOpen && answer.value("state") == "closed" {
      lastOpened.removeAll { $0 == answer.value("sale") }
    }
    guard answer.outcome.isSuccess, !answer.isRepeat else { return }
    switch command {
    case .reserve(let placement), .deduct(let placement): lastPlaced = lastPlaced.suffix(11) + [placement.order]
    case .openSale(_, let opening): lastOpened = lastOpened.suffix(2) + [opening.sale]
    default: break
    }
  }

  /// With sales, mostly a new one: else nearly everything would be a conflict.
  mutating func operation() -> String {
    guard sells, !random.oneIn(5) else { return random.pick(operations) }
    operationCount += 1
    return "new-\(operationCount)"
  }

  /// With sales, mostly one of the last that were placed: else few would get far.
  private mutating func order() -> String {
    guard sells, !lastPlaced.isEmpty, !random.oneIn(6) else { return random.pick(orders) }
    return random.pick(lastPlaced)
  }

  private mutating func placement(now: Int64) -> ShopCommand.Placement {
    var placement = ShopCommand.Placement(order: random.pick(orders), lines: lines(random.oneIn(8) ? 12 : 3))
    // The content follows from the id most of the time, so that repeats are as common as conflicts.
    if !random.oneIn(3) {
      var fixed = SplitMix64(seed: UInt64(placement.order.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
      placement.lines = (0..<1 + fixed.below(3)).map { _ in
        ShopCommand.Line(items[fixed.below(items.count - 1)], Int64(1 + fixed.below(3)))
      }
      placement.buyer = buyers[fixed.below(buyers.count)]
      placement.payload = fixed.oneIn(2) ? "pay-\(fixed.below(9))" : ""
    } else {
      placement.buyer = random.pick(buyers)
    }
    placement.holdMilliseconds = random.oneIn(3) ? Int64(random.below(70)) * 1000 : 0
    if random.oneIn(6) { placement.issuedAt = now - Int64(random.below(600)) * 1000 }
    if sells {
      sell(&placement)
      // The same buyer once more, soon after: unpaid duplicates and reached limits are rare by chance.
      if random.oneIn(4), let last = lastPlaced.last, let before = placements[last], !before.sale.isEmpty {
        (placement.sale, placement.buyer, placement.subjects) = (before.sale, before.buyer, before.subjects)
        placement.lines = [before.lines[0]]
      }
      if let before = placements[placement.order], random.oneIn(4) { placement = before }
      placements[placement.order] = placement
    }
    return placement
  }

  /// - Parameter now: milliseconds since 1970.
  package mutating func next(now: Int64) -> ShopCommand {
    if sells && random.oneIn(5) { return nextOfSales(now: now) }
    if sells && lastOpened.isEmpty && random.oneIn(4) { return nextOpening(now: now) }
    let operation = operation()
    let order = order()
    switch random.below(100) {
    case 0..<6: return .preheat(operation: operation, lines: distinct(), replace: random.oneIn(3))
    case 6..<11: return .supply(operation: operation, lines: lines(8))
    case 11..<14: return .restock(operation: operation, line: line(8), reference: random.oneIn(2) ? "paper" : "")
    case 14..<18:
      let by = Int64(random.below(13)) - 6
      return .adjust(
        operation: operation, item: line(1).item, by: by == 0 ? 1 : by, force: random.oneIn(4), reason: "count")
    case 18..<20:
      return .adjustTo(
        operation: operation, item: line(1).item, available: Int64(random.below(12)), version: UInt64(random.below(20)),
        force: false, reason: "")
    case 20..<48: return .reserve(placement(now: now))
    case 48..<54: return .deduct(placement(now: now))
    case 54..<68: return .confirm(order: order)
    case 68..<79: return .cancel(order: order, reason: random.oneIn(2) ? "changed-my-mind" : "")
    case 79..<83:
      return .extend(operation: operation, order: order, holdMilliseconds: Int64(1 + random.below(70)) * 1000)
    case 83..<85: return .resolve(order: order)
    case 85..<92:
      return .returnLines(
        operation: operation, order: order, lines: random.oneIn(2) ? [] : returned(of: order),
        isScrapped: random.oneIn(3))
    case 92..<95: return .get((0..<1 + random.below(3)).map { _ in line(1).item })
    case 95..<98: return .order(order)
    default: return .stats
    }
  }

  /// Mostly something that the order has.
  private mutating func returned(of order: String) -> [ShopCommand.Line] {
    guard let placement = placements[order], !random.oneIn(3) else { return lines(3) }
    return [
      ShopCommand.Line(
        placement.sale.isEmpty
          ? placement.lines[0].item : ReferenceModel.saleItem(placement.lines[0].item, placement.sale),
        Int64(1 + random.below(2)))
    ]
  }

  /// Lines of a preheat: mostly each item once.
  private mutating func distinct() -> [ShopCommand.Line] {
    var names = items.dropLast().filter { _ in random.oneIn(2) }
    if names.isEmpty { names = ["A"] }
    if random.oneIn(10) { names.append(names[0]) }
    return names.map { ShopCommand.Line($0, Int64(random.below(25))) }
  }
}
