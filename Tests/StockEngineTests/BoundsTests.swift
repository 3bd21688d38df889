import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// What a hostile or careless client can send: an answer, never a trap.
@Suite struct BoundsTests {
  private static func name(_ count: Int) -> String { String(repeating: "x", count: count) }

  struct Case: CustomTestStringConvertible {
    var command: ShopCommand
    var answer: String
    var testDescription: String { answer }
  }

  private static func reserve(_ change: (inout ShopCommand.Placement) -> Void) -> ShopCommand {
    var placement = ShopCommand.Placement(order: "o-1", lines: [ShopCommand.Line("A", 1)])
    change(&placement)
    return .reserve(placement)
  }

  private static func lines(_ count: Int) -> [ShopCommand.Line] { (0..<count).map { _ in ShopCommand.Line("A", 1) } }

  static let malformed: [Case] = [
    Case(command: .confirm(order: ""), answer: "malformed reason=idLength"),
    Case(command: .confirm(order: name(65)), answer: "malformed reason=idLength"),
    Case(command: .supply(operation: "", lines: lines(1)), answer: "malformed reason=idLength"),
    Case(command: .extend(operation: "x", order: name(65), holdMilliseconds: 1), answer: "malformed reason=idLength"),
    Case(command: .extend(operation: "x", order: "o", holdMilliseconds: 0), answer: "malformed reason=holdTime"),
    Case(command: reserve { $0.holdMilliseconds = -1 }, answer: "malformed reason=holdTime"),
    Case(command: reserve { $0.lines[0].item = "" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = name(65) }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A@" + name(65) }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A@B@C" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "@B" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A@" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A B" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A\u{3000}B" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A\u{7F}" }, answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].item = "A\u{85}" }, answer: "malformed reason=itemName"),
    Case(
      command: .preheat(operation: "x", lines: [.init("A@~SALE", 1)], replace: false),
      answer: "malformed reason=itemName"),
    Case(command: reserve { $0.lines[0].quantity = 0 }, answer: "malformed reason=quantity"),
    Case(command: reserve { $0.lines[0].quantity = -1 }, answer: "malformed reason=quantity"),
    Case(command: reserve { $0.lines[0].quantity = 1 << 31 }, answer: "malformed reason=quantity"),
    Case(
      command: .adjust(operation: "x", item: "A", by: 0, force: false, reason: ""), answer: "malformed reason=quantity"),
    Case(
      command: .adjust(operation: "x", item: "A", by: .min, force: true, reason: ""),
      answer: "malformed reason=quantity"),
    Case(
      command: .adjustTo(operation: "x", item: "A", available: .min, version: 1, force: true, reason: ""),
      answer: "malformed reason=quantity"),
    Case(command: reserve { $0.lines = [] }, answer: "malformed reason=lineCount"),
    Case(command: reserve { $0.lines = lines(257) }, answer: "malformed reason=lineCount"),
    Case(command: .supply(operation: "x", lines: lines(1025)), answer: "malformed reason=lineCount"),
    Case(command: .get([]), answer: "malformed reason=lineCount"),
    Case(command: .get(Array(repeating: "A", count: 257)), answer: "malformed reason=lineCount"),
    Case(command: reserve { $0.payload = name(1025) }, answer: "malformed reason=payloadLength"),
    Case(command: reserve { $0.buyer = name(65) }, answer: "malformed reason=buyerLength"),
    Case(command: .cancel(order: "o-1", reason: name(129)), answer: "malformed reason=noteLength"),
    Case(command: .ship(operation: "", order: "o"), answer: "malformed reason=idLength"),
    Case(command: .deliver(operation: "x", order: name(65)), answer: "malformed reason=idLength"),
    Case(
      command: .confirmLines(operation: "", order: "o", lines: lines(1), isRelease: false),
      answer: "malformed reason=idLength"),
    Case(
      command: .confirmLines(operation: "x", order: "o", lines: [], isRelease: true),
      answer: "malformed reason=lineCount"),
    Case(
      command: .confirmLines(operation: "x", order: "o", lines: lines(257), isRelease: true),
      answer: "malformed reason=lineCount"),
    Case(
      command: .confirmLines(operation: "x", order: "o", lines: [.init("A", 0)], isRelease: false),
      answer: "malformed reason=quantity"),
    Case(
      command: .cancelLines(operation: "x", order: "", lines: lines(1), reason: ""), answer: "malformed reason=idLength"
    ),
    Case(
      command: .cancelLines(operation: "x", order: "o", lines: [], reason: ""), answer: "malformed reason=lineCount"),
    Case(
      command: .cancelLines(operation: "x", order: "o", lines: lines(1), reason: name(129)),
      answer: "malformed reason=noteLength"),
    Case(command: .nextIDs(0), answer: "malformed reason=idCount"),
    Case(command: .nextIDs(4097), answer: "malformed reason=idCount"),
    Case(command: .list(prefix: "", rowsMax: 0, cursor: 0), answer: "malformed reason=rowCount"),
    Case(command: .list(prefix: "", rowsMax: 1001, cursor: 0), answer: "malformed reason=rowCount"),
  ]

  @Test(arguments: malformed)
  func commandBeyondABound(_ test: Case) throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=5")
    let last = store.inventory.lastLSN
    #expect(try store.perform(test.command).description == test.answer)
    #expect(store.inventory.lastLSN == last)
  }

  @Test func everythingAtItsBound() throws {
    let store = try TestStore(shards: 4, segmentBytes: 1 << 20)
    let items = (0..<1024).map { index in
      let digits = "\(1000 + index)"
      return ShopCommand.Line(Self.name(60) + digits + "@" + Self.name(64), Bounds.quantityMax)
    }
    let operation = Self.name(64)
    #expect(try store.perform(.preheat(operation: operation, lines: items, replace: false)).outcome == .done)
    var placement = ShopCommand.Placement(
      order: Self.name(64), lines: items[..<256].map { ShopCommand.Line($0.item, Bounds.quantityMax) })
    placement.buyer = Self.name(64)
    placement.payload = Self.name(1024)
    placement.holdMilliseconds = store.configuration.rules.holdMillisecondsMax
    #expect(try store.perform(.reserve(placement)).outcome == .reserved)
    // All but one unit of each line are given back, one of half of the lines is sold, and the rest goes with it.
    let most = placement.lines.map { ShopCommand.Line($0.item, $0.quantity - 1) }
    let (first, second) = (Self.name(63) + "1", Self.name(63) + "2")
    #expect(
      try store.perform(
        .cancelLines(operation: first, order: placement.order, lines: most, reason: Self.name(128))
      ).description == "cancelled state=reserved")
    let half = placement.lines[..<128].map { ShopCommand.Line($0.item, 1) }
    #expect(
      try store.perform(.confirmLines(operation: second, order: placement.order, lines: half, isRelease: true))
        .description == "confirmed state=confirmed")
    placement.order = Self.name(63) + "2"
    #expect(try store.perform(.reserve(placement)).outcome == .soldOut)
    for index in placement.lines.indices { placement.lines[index].quantity = 1 }
    #expect(try store.perform(.reserve(placement)).outcome == .reserved)
    #expect(try store.perform(.cancel(order: placement.order, reason: Self.name(128))).outcome == .cancelled)
    placement.order = Self.name(64)
    let before = try store.perform(.order(placement.order))
    try store.restart(shards: 1)
    #expect(try store.perform(.order(placement.order)) == before)
    try store.kill()
    #expect(try store.perform(.order(placement.order)) == before)
  }

  /// 256 SKUs with names of 64 bytes in 8 pools with names of 64 bytes: one window, exactly.
  @Test(arguments: [1, 4])
  func aRankingAtItsBound(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let pools = (0..<8).map { Self.name(63) + "\($0)" }
    let skus = (0..<256).map { Self.name(60) + "\(1000 + $0)" }
    for half in [skus[..<128], skus[128...]] {
      let lines = half.flatMap { sku in pools.map { ShopCommand.Line("\(sku)@\($0)", 2) } }
      #expect(
        try store.perform(.preheat(operation: half[half.startIndex], lines: lines, replace: false)).outcome == .done)
    }
    var placement = ShopCommand.Placement(order: "o", lines: skus.map { .init($0, 2) })
    placement.pools = pools
    for pool in pools {
      placement.order = "o-\(pool.suffix(1))"
      let answer = try store.perform([.stats, .reserve(placement), .stats])[1]
      #expect(answer.outcome == .reserved)
      #expect(skus.allSatisfy { answer.value("\($0)@\(pool)") == "2" })
    }
    placement.order = "o-8"
    let answer = try store.perform(.reserve(placement))
    #expect(answer.outcome == .soldOut && answer.words.count == 256 * 8)
    placement.pools.append("ninth")
    #expect(try store.perform(.reserve(placement)).description == "malformed reason=lineCount")
  }

  @Test func timesFarAway() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=5")
    for issued in [Int64.min, -1, 1, .max] {
      let answer = try store.perform(
        Self.reserve { placement in
          placement.order = "o\(issued)"
          placement.issuedAt = issued
        })
      #expect(answer.outcome == (issued == .max ? .reserved : .tooOld))
    }
    let hold = try store.perform(Self.reserve { $0.holdMilliseconds = .max })
    #expect(hold.outcome == .holdTooLong)
    let extended = try store.perform(
      .extend(operation: "x", order: "o\(Int64.max)", holdMilliseconds: .max))
    #expect(extended.outcome == .holdTooLong)
  }

  /// The lines of a command that was refused as malformed stay in the batch, between those of the others.
  @Test func linesOfMalformedCommandsAreLeftAlone() throws {
    for shards in [2, 4, 16] {
      let store = try TestStore(shards: shards)
      for number in 0..<200 {
        let order = ShopCommand.Placement(order: "o-\(number)", lines: [ShopCommand.Line("item-\(number)", 1)])
        var broken = ShopCommand.Placement(order: "b-\(number)", lines: [])
        broken.lines = (0..<5).map { ShopCommand.Line("line-\(number)-\($0)", 0) }
        let answers = try store.perform([.reserve(order), .reserve(broken), .reserve(order)])
        #expect(answers.map(\.outcome) == [.unknownItem, .malformed, .unknownItem])
      }
    }
  }

  /// Units that only add up beyond the bound of a line.
  @Test func duplicateLinesBeyondTheBound() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=2147483647")
    try store.perform("supply op-2 A=2147483647")
    let answer = try store.perform("reserve o-1 A=2147483647 A=2147483647")
    #expect(answer.description == "malformed reason=quantity")
  }

  /// Several hundred of the largest carts, all overdue: no group outgrows its bound.
  @Test func manyLargeCartsExpireAtOnce() throws {
    let store = try TestStore(segmentBytes: 8 << 20)
    let items = (0..<256).map { "item-\($0)" }
    try store.perform(
      .preheat(operation: "op-1", lines: items.map { .init($0, Bounds.quantityMax) }, replace: false))
    let carts = 520
    for number in 0..<carts {
      var placement = ShopCommand.Placement(order: "o-\(number)", lines: items.map { .init($0, 1 << 21) })
      placement.holdMilliseconds = 1000
      #expect(try store.perform(.reserve(placement)).outcome == .reserved)
    }
    #expect(store.stats.ordersOpen == UInt64(carts))
    // The wheel's coarse levels turn first, so that the next sweep meets nothing but orders that are due.
    store.advance(999)
    try store.tick()
    store.advance(1)
    try store.settle()
    #expect(store.stats.ordersOpen == 0)
    #expect(store.stats.reserved == 0)
  }

  /// A buyer's carts of many SKUs, all in the way of one more: what their ends take of its record is bounded, and what is written can be
  /// read. Overdue ones have records of their own.
  @Test(arguments: [(70, Outcome.unpaidExists, Int64(0)), (64, .reserved, 0), (70, .reserved, 600_000)])
  func manyLargeCartsInTheWayOfOne(_ carts: Int, _ outcome: Outcome, _ wait: Int64) throws {
    let store = try TestStore(segmentBytes: 8 << 20)
    try store.perform("open s-1 S unpaid=replace pay=5m")
    let skus = (0..<carts * 256).map { "sku-\($0)" }
    for start in stride(from: 0, to: skus.count, by: 512) {
      let lines = skus[start..<min(start + 512, skus.count)].map { ShopCommand.Line($0, 1 << 30) }
      let added = try store.perform(
        .addToSale(operation: "add-\(start)", sale: "S", takesFromPools: false, lines: Array(lines)))
      #expect(added.outcome == .done)
    }
    func reserve(_ order: String, _ lines: some Sequence<String>) throws -> Answer {
      var placement = ShopCommand.Placement(order: order, lines: lines.map { ShopCommand.Line($0, 1 << 21) })
      placement.buyer = "u"
      placement.sale = "S"
      return try store.perform(.reserve(placement))
    }
    for cart in 0..<carts {
      #expect(
        try reserve("a-cart-whose-id-is-as-long-as-it-may-be-\(cart)", skus[cart * 256..<(cart + 1) * 256]).outcome
          == .reserved)
    }
    store.advance(wait)
    let answer = try reserve("last", (0..<carts).map { skus[$0 * 256] })
    if wait == 0 {
      #expect(answer.outcome == outcome)
    } else {
      // Those that the batch met first were swept; the others are asked for until none is left.
      var tries = 0
      while try reserve("last", (0..<carts).map { skus[$0 * 256] }).outcome != .reserved && tries < 100 { tries += 1 }
      #expect(tries < 100)
    }
    let reserved = store.stats.reserved
    try store.kill()
    #expect(store.stats.reserved == reserved)
  }
}
