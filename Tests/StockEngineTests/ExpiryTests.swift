import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

@Suite struct ExpiryTests {
  /// Far more holds end in one turn of the wheel than a sweep moves: the sweeps must find every one.
  @Test(arguments: [1, 4])
  func everyHoldIsSwept(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    try store.perform("preheat op-1 A=100000")
    var commands: [ShopCommand] = []
    for number in 0..<4000 {
      var placement = ShopCommand.Placement(order: "o-\(number)", lines: [.init("A", 1)])
      placement.holdMilliseconds = 100_000 + Int64(number * 7 % 512)
      commands.append(.reserve(placement))
    }
    for answer in try store.perform(commands) { #expect(answer.outcome == .reserved) }
    store.advance(99_900)
    for _ in 0..<80 {
      try store.tick()
      store.advance(10)
    }
    #expect(store.stats.ordersOpen == 0)
    #expect(store.stats.reserved == 0)
    #expect(store.stats.expiryLagMilliseconds == 0)
    #expect(try store.events().count { $0.kind == .expired } == 4000)
  }

  @Test(arguments: [1, 4, 16])
  func expiriesAreLoggedInTheOrderOfTheirDeadlines(shards: Int) throws {
    let store = try TestStore(shards: shards)
    try store.perform("preheat op-1 A=100 B=100")
    let holds = [5, 3, 9, 4, 1, 70, 7, 300, 6, 20, 11, 2, 250, 8, 19, 31]
    for (number, hold) in holds.enumerated() { try store.perform("reserve o-\(number) A=1 hold=\(hold)s") }
    store.advance(400_000)
    let last = store.inventory.lastLSN
    try store.tick()
    let expected = holds.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    #expect(try store.eventTexts(after: last) == expected.map { "expired o-\($0.offset) A=1" })
  }

  /// A hold ends with its deadline's millisecond, not before it.
  @Test func theLastMillisecond() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=1")
    try store.perform("reserve o-1 A=1 hold=10s")
    store.advance(9999)
    try store.tick()
    #expect(try store.perform("get A").number("A") == 0)
    store.advance(1)
    #expect(try store.perform("get A").number("A") == 1)
    #expect(try store.perform("order o-1").value("state") == "expired")
  }

  /// However often an order is prolonged, it expires once, at the last of its deadlines.
  @Test func prolongedHoldsExpireOnce() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=1")
    try store.perform("reserve o-1 A=1 hold=10s")
    for round in 0..<20 {
      store.advance(5000)
      try store.tick()
      #expect(try store.perform("extend x-\(round) o-1 hold=10s").outcome == .extended)
    }
    store.advance(9999)
    try store.tick()
    #expect(store.stats.ordersOpen == 1)
    store.advance(1)
    try store.tick()
    #expect(store.stats.ordersOpen == 0)
    store.advance(1_000_000)
    try store.tick()
    #expect(try store.events().count { $0.kind == .expired } == 1)
  }

  /// Orders, ids and operations go when their time comes, however many there are.
  @Test func retentionKeepsUp() throws {
    var rules = Rules()
    rules.holdMillisecondsMax = 60_000
    rules.holdMilliseconds = 30_000
    rules.endedRetentionMilliseconds = 10_000
    rules.idRetentionMilliseconds = 60_000
    let store = try TestStore(segmentBytes: 1 << 20, rules: rules)
    try store.perform("preheat op-1 A=1")
    // Every operation at a moment of its own.
    for number in 0..<3000 {
      try store.perform("supply s-\(number) A=1")
      store.advance(1)
    }
    store.advance(70_000)
    // Two rounds over all partitions.
    for _ in 0..<2 * Partition.count / 16 { try store.tick() }
    #expect(store.stats.operations == 0)
  }
}
