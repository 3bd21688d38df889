/// Random commands over few items and few ids, so that repeats, conflicts and shortages are common.
package struct CommandGenerator: Sendable {
  package var random: SplitMix64
  /// Items that are preheated now and then; the last ones rarely exist.
  package let items = ["A", "B", "B@north", "C@main", "红包-礼盒-一个名字很长的商品-0001", "GHOST"]
  private let orders: [String]
  private let operations: [String]
  private let buyers = ["", "u1", "u2", "a-buyer-with-a-name-of-more-than-23-bytes"]

  package init(seed: UInt64, orders: Int = 40, operations: Int = 24) {
    random = SplitMix64(seed: seed)
    self.orders = (0..<orders).map { $0 % 5 == 4 ? "order-with-an-id-that-lies-in-the-arena-\($0)" : "o-\($0)" }
    self.operations = (0..<operations).map { "op-\($0)" }
  }

  /// Every order id that may come.
  package var orderIDs: [String] { orders }

  private mutating func line(_ quantityMax: Int) -> ShopCommand.Line {
    let item = random.oneIn(40) ? "GHOST" : items[random.below(items.count - 1)]
    return ShopCommand.Line(item, Int64(1 + random.below(quantityMax)))
  }

  private mutating func lines(_ quantityMax: Int) -> [ShopCommand.Line] {
    let count = random.oneIn(2) ? 1 : 1 + random.below(5)
    return (0..<count).map { _ in line(quantityMax) }
  }

  /// Choices that follow from an id.
  private static func fixed(_ id: String) -> SplitMix64 {
    SplitMix64(seed: UInt64(id.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
  }

  private func fixedLines(_ fixed: inout SplitMix64) -> [ShopCommand.Line] {
    (0..<1 + fixed.below(3)).map { _ in
      ShopCommand.Line(items[fixed.below(items.count - 1)], Int64(1 + fixed.below(3)))
    }
  }

  /// What moves a part of an order, or marks one. Order and lines follow from the operation's id most of the time.
  private mutating func nextOfPart() -> ShopCommand {
    if random.oneIn(10) { return .nextIDs(UInt32(1 + random.below(random.oneIn(2) ? 4096 : 8))) }
    let operation = random.oneIn(12) ? random.pick(operations) : "part-\(random.below(400))"
    var fixed = Self.fixed(operation)
    let order = random.oneIn(10) ? random.pick(orders) : orders[fixed.below(orders.count)]
    var content = Self.fixed(order)
    var lines = fixedLines(&content)
    if lines.count > 1 && fixed.oneIn(2) { lines.removeLast() }
    for index in lines.indices {
      lines[index].quantity = Int64(1 + fixed.below(Int(lines[index].quantity) + (random.oneIn(8) ? 2 : 0)))
    }
    switch fixed.below(20) {
    case 0..<8: return .confirmLines(operation: operation, order: order, lines: lines, isRelease: fixed.oneIn(3))
    case 8..<13:
      return .cancelLines(operation: operation, order: order, lines: lines, reason: fixed.oneIn(2) ? "too-many" : "")
    case 13..<17: return .ship(operation: operation, order: order)
    default: return .deliver(operation: operation, order: order)
    }
  }

  private mutating func placement(now: Int64) -> ShopCommand.Placement {
    var placement = ShopCommand.Placement(order: random.pick(orders), lines: lines(random.oneIn(8) ? 12 : 3))
    // The content follows from the id most of the time, so that repeats are as common as conflicts.
    if !random.oneIn(3) {
      var fixed = Self.fixed(placement.order)
      placement.lines = fixedLines(&fixed)
      placement.buyer = buyers[fixed.below(buyers.count)]
      placement.payload = fixed.oneIn(2) ? "pay-\(fixed.below(9))" : ""
    } else {
      placement.buyer = random.pick(buyers)
    }
    placement.holdMilliseconds = random.oneIn(3) ? Int64(random.below(70)) * 1000 : 0
    if random.oneIn(6) { placement.issuedAt = now - Int64(random.below(600)) * 1000 }
    return placement
  }

  /// - Parameter now: milliseconds since 1970.
  package mutating func next(now: Int64) -> ShopCommand {
    let operation = random.pick(operations)
    let order = random.pick(orders)
    switch random.below(130) {
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
        operation: operation, order: order, lines: random.oneIn(2) ? [] : lines(3), isScrapped: random.oneIn(3))
    case 92..<95: return .get((0..<1 + random.below(3)).map { _ in line(1).item })
    case 95..<98: return .order(order)
    case 98..<100: return .stats
    default: return nextOfPart()
    }
  }

  /// Lines of a preheat: mostly each item once.
  private mutating func distinct() -> [ShopCommand.Line] {
    var names = items.dropLast().filter { _ in random.oneIn(2) }
    if names.isEmpty { names = ["A"] }
    if random.oneIn(10) { names.append(names[0]) }
    return names.map { ShopCommand.Line($0, Int64(random.below(25))) }
  }
}
