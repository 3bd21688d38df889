import StockEngine
import StockModel

/// Random commands over few items and few ids, so that repeats, conflicts and shortages are common.
package struct CommandGenerator: Sendable {
  package var random: SplitMix64
  /// Items that are preheated now and then; the last ones rarely exist.
  private let shelf = ["A", "B", "B@north", "C@main", "红包-礼盒-一个名字很长的商品-0001", "GHOST"]
  /// Items of which there is enough, for orders that are to live long.
  private let plenty = ["L", "M@north", "一个名字很长的商品-供应充足"]
  /// Every item that may come.
  package var items: [String] { shelf + plenty }
  /// Where moves go.
  private static let pools = ["", "@north", "@east"]
  private let orders: [String]
  let operations: [String]
  /// Orders that live in parts, and what came to them lately.
  private var lives: [ShopCommand.Placement] = []
  private var lately: [ShopCommand] = []
  private var made = 0
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

  /// Every item that may come to be.
  package var names: [String] {
    Set(items.flatMap { item in Self.pools.map { Self.sku(item) + $0 } }).sorted()
  }

  /// Every SKU that may come.
  package var skus: [String] { Set(items.map(Self.sku)).sorted() }

  private static func sku(_ item: String) -> String { String(item.prefix { $0 != "@" }) }

  /// Every order id that may come.
  package var orderIDs: [String] { orders + lives.map(\.order) }

  mutating func line(_ quantityMax: Int) -> ShopCommand.Line {
    var item = random.oneIn(40) ? "GHOST" : shelf[random.below(shelf.count - 1)]
    if random.oneIn(10) { item = Self.sku(item) + random.pick(Self.pools) }
    return ShopCommand.Line(item, Int64(1 + random.below(quantityMax)))
  }

  mutating func lines(_ quantityMax: Int) -> [ShopCommand.Line] {
    let count = random.oneIn(2) ? 1 : 1 + random.below(5)
    return (0..<count).map { _ in line(quantityMax) }
  }

  /// The later life of orders that nothing else touches, so that most of it is met in a state where it can happen.
  private mutating func nextOfLife() -> ShopCommand {
    if random.oneIn(10) { return .nextIDs(UInt32(1 + random.below(random.oneIn(2) ? 4096 : 8))) }
    if lives.isEmpty || random.oneIn(6) { return beginLife() }
    if random.oneIn(8), !lately.isEmpty { return random.pick(lately) }
    let command = goOn(with: random.pick(lives))
    if lately.count < 8 { lately.append(command) } else { lately[random.below(8)] = command }
    return command
  }

  private mutating func beginLife() -> ShopCommand {
    made += 1
    if made % 40 == 1 {
      let lines = plenty.map { ShopCommand.Line($0, 100) }
      return made == 1 || random.oneIn(3)
        ? .preheat(operation: "plenty-\(made)", lines: lines, replace: false)
        : .supply(operation: "plenty-\(made)", lines: lines)
    }
    var life = ShopCommand.Placement(
      order: made % 3 == 0 ? "an-order-that-lives-in-the-arena-\(made)" : "l-\(made)",
      lines: plenty.prefix(1 + random.below(3)).map { ShopCommand.Line($0, Int64(1 + random.below(4))) })
    life.buyer = random.pick(buyers)
    if lives.count < 8 { lives.append(life) } else { lives[random.below(8)] = life }
    return .reserve(life)
  }

  private mutating func goOn(with life: ShopCommand.Placement) -> ShopCommand {
    made += 1
    let operation = random.oneIn(12) ? random.pick(operations) : "part-\(random.oneIn(12) ? made - 1 : made)"
    let order = life.order
    switch random.below(20) {
    case 0..<5:
      return .confirmLines(operation: operation, order: order, lines: part(of: life), isRelease: random.oneIn(3))
    case 5..<9:
      return .cancelLines(
        operation: operation, order: order, lines: part(of: life), reason: random.oneIn(2) ? "too-many" : "")
    case 9..<12: return .confirm(order: order)
    case 12: return .cancel(order: order, reason: "")
    case 13..<16: return .ship(operation: operation, order: order)
    case 16..<18: return .deliver(operation: operation, order: order)
    default:
      return .returnLines(
        operation: operation, order: order, lines: random.oneIn(2) ? [] : part(of: life), isScrapped: random.oneIn(3))
    }
  }

  private mutating func part(of life: ShopCommand.Placement) -> [ShopCommand.Line] {
    var lines = life.lines
    if lines.count > 1 && random.oneIn(2) { lines.removeLast() }
    for index in lines.indices {
      lines[index].quantity = Int64(1 + random.below(Int(lines[index].quantity) + (random.oneIn(8) ? 2 : 0)))
    }
    return lines
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
        ShopCommand.Line(shelf[fixed.below(shelf.count - 1)], Int64(1 + fixed.below(3)))
      }
      placement.buyer = buyers[fixed.below(buyers.count)]
      placement.payload = fixed.oneIn(2) ? "pay-\(fixed.below(9))" : ""
    } else {
      placement.buyer = random.pick(buyers)
    }
    if placement.sale.isEmpty && random.oneIn(4) { rank(&placement) }
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
    switch random.below(140) {
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
    case 20..<22: return .configure(operation: operation, item: line(1).item, floor: floor())
    case 22..<25: return move(operation)
    case 25..<48: return .reserve(placement(now: now))
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
    case 92..<93: return .pools(Self.sku(line(1).item))
    case 93..<95: return .get((0..<1 + random.below(3)).map { _ in line(1).item })
    case 95..<98: return .order(order)
    case 98..<100: return .stats
    default: return nextOfLife()
    }
  }

  /// Names SKUs and pools instead of items: often the same ones for an order, so that a repeat finds another pool the first.
  private mutating func rank(_ placement: inout ShopCommand.Placement) {
    for index in placement.lines.indices where !random.oneIn(40) {
      placement.lines[index].item = Self.sku(placement.lines[index].item)
    }
    var pools = ["main", "north", "east"]
    while pools.count > 1 && random.oneIn(3) { pools.remove(at: random.below(pools.count)) }
    if random.oneIn(2) { pools.swapAt(0, pools.count - 1) }
    placement.pools = pools
  }

  /// Mostly none, so that what was borrowed comes back.
  private mutating func floor() -> Int64 { random.oneIn(2) ? 0 : Int64(random.below(13)) - 8 }

  /// Mostly between pools of one SKU.
  private mutating func move(_ operation: String) -> ShopCommand {
    let from = line(1).item
    let to = random.oneIn(8) ? line(1).item : Self.sku(from) + random.pick(Self.pools)
    return .move(operation: operation, from: from, to: to, quantity: Int64(1 + random.below(6)))
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
    var names = shelf.dropLast().filter { _ in random.oneIn(2) }
    if names.isEmpty { names = ["A"] }
    if random.oneIn(10) { names.append(names[0]) }
    return names.map { ShopCommand.Line($0, Int64(random.below(25))) }
  }
}
