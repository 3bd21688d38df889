import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// What is done with locks held has a bound that does not grow with all that a store has. Counted in elements, not in time.
@Suite struct WorkBoundTests {
  private func perform(_ store: TestStore, _ commands: [String]) throws {
    for start in stride(from: 0, to: commands.count, by: 1000) {
      let batch = try commands[start..<min(start + 1000, commands.count)].map {
        try ShopCommand($0, base: TestStore.base)
      }
      for (answer, command) in zip(try store.perform(batch), batch) where !answer.outcome.isSuccess {
        Issue.record("\(command): \(answer)")
      }
    }
  }

  private func visits(_ store: TestStore) -> Int {
    store.inventory.group.shards.reduce(0) { sum, shard in
      sum + shard.enter { shard in shard.withMachine { $0.pointee.visits } }
    }
  }

  private typealias SaleReading<Result> =
    @Sendable (UnsafeMutablePointer<Machine>, UnsafeMutablePointer<Scope>) -> Result

  private func ofEachSale<Result: Sendable>(_ store: TestStore, _ read: SaleReading<Result>) -> [Result] {
    store.inventory.group.shards.flatMap { shard in
      shard.enter { shard in
        shard.withMachine { machine in
          machine.pointee.scopes.filter { $0.pointee.switches.isSale }.map { read(machine, $0) }
        }
      }
    }
  }

  private func retired(_ store: TestStore) -> Int {
    ofEachSale(store) { _, scope in scope.pointee.switches.isRetired }.count { $0 }
  }

  /// A sale whose partition is that of a SKU: their items then lie side by side.
  private func saleBeside(_ sku: String) -> String {
    func partition(_ name: String) -> Partition {
      (Array(name.utf8) + [UInt8](repeating: 0, count: CommandBatch.slackBytes)).withUnsafeBufferPointer {
        Key($0.baseAddress!, count: name.utf8.count, seed: TestStore.id.keySeed).partition
      }
    }
    return (0...).lazy.map { "S-\($0)" }.first { partition($0) == partition(sku) }!
  }

  // MARK: Limits of SKUs

  @Test(arguments: [1, 4])
  func theFirstLimitLooksAtItsSKUAlone(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let sale = saleBeside("A")
    try perform(
      store,
      ["preheat p A=9 A@east=9 A@west=9 AA=9 AA@east=9", "open o \(sale) A=9"]
        + (0..<3).map { round in
          "preheat q-\(round) " + (0..<1000).map { "X-\(round)-\($0)=1" }.joined(separator: " ")
        })
    let before = visits(store)
    try store.perform("limit l A user:1")
    // Its own, two pools, and that of the sale, which keeps the sale's limits.
    #expect(visits(store) - before == 4)
    for item in ["A", "A@east", "A@west"] {
      #expect(try store.perform("reserve r-\(item) buyer=u \(item)=2").outcome == .limitReached)
    }
    for (item, options) in [("AA", ""), ("AA@east", ""), ("A", " sale=\(sale)")] {
      #expect(try store.perform("reserve r-\(item) buyer=u \(item)=2\(options)").outcome == .reserved)
    }
    // A pool that comes later has the limit too, and so has the whole after a start.
    try store.perform("preheat p-2 A@north=9")
    #expect(try store.perform("reserve r-1 buyer=u A@north=2").outcome == .limitReached)
    try store.kill()
    #expect(try store.perform("reserve r-1 buyer=u A@west=2").outcome == .limitReached)
  }

  // MARK: Past sales

  /// A SKU of ever so many flash sales: its pools can be read, and its demand.
  @Test(arguments: [1, 4])
  func poolsOfPastSales(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let sales = (0..<Bounds.poolsPerReadMax + 100).map { "SALE-\($0)" }
    try perform(store, ["preheat p A=0 A@east=5"])
    try perform(store, sales.map { "open open-\($0) \($0) A=1" })
    #expect(try store.perform("pools A").outcome == .unavailable)
    for (number, sale) in sales.enumerated() {
      #expect(try store.perform("reserve r-\(number) A=2 sale=\(sale)").outcome == .soldOut)
    }
    // One sells its unit, one holds it, the others give theirs back.
    try perform(store, ["reserve sold A=1 sale=SALE-3", "confirm sold", "reserve held A=1 sale=SALE-4"])
    try perform(store, sales.map { "close close-\($0) \($0)" })
    store.advance(1000)
    try store.settle()

    func check() throws {
      let rows = try store.perform("pools A").words.filter { !$0.contains(".") }
      #expect(rows == ["A=1098", "A@east=5", "A@~SALE-4=0"])
      #expect(try store.perform("sale SALE-3").words.contains("sold=1"))
    }
    try check()
    try store.kill()
    try check()
    try store.restart(shards: 4 / shards)
    try check()
    // Few enough, and nothing is left out.
    try perform(store, ["preheat p-2 B=1", "open open-B SALE-B from-pools B=1", "close close-B SALE-B"])
    store.advance(1000)
    try store.settle()
    #expect(try store.perform("pools B").words.filter { !$0.contains(".") } == ["B=1", "B@~SALE-B=0"])
    // Its own deadline frees it, and it goes too.
    try store.perform("cancel held")
    try store.settle()
    let rows = try store.perform("pools A").words.filter { !$0.contains(".") }
    #expect(rows == ["A=1099", "A@east=5"])

    var pools: Set<String> = []
    var query = DemandQuery(bucket: .hour)
    while true {
      var replies = ReplyBatch()
      store.inventory.demand(item: "A", query, into: &replies)
      let page = try #require(replies.demands.first)
      pools.formUnion(replies.demandRows.map { replies.string($0.item) })
      guard let next = page.next else { break }
      (query.from, query.key) = (next.time, next.key)
    }
    #expect(pools == Set(sales.map { "A@~\($0)" }))
    #expect(store.demand("A@~SALE-3", DemandQuery(bucket: .hour)).words.filter { $0.contains("soldOut") }.count == 1)
    #expect(store.demand("GHOST").outcome == .unknownItem)
  }

  /// A return may come long after a sale retired; the unit still finds the way to where it came from.
  @Test func aReturnToASaleThatRetired() throws {
    var rules = Rules()
    rules.holdMillisecondsMax = 60 * 60 * 1000
    rules.soldRetentionMilliseconds = 60 * 60 * 1000
    let store = try TestStore(rules: rules)
    try perform(
      store,
      [
        "preheat p A=3 A@east=3 B=3", "open s-1 S from-pools A=2 B=2", "add s-2 S from-pools A@east=2",
        "reserve o-1 A=3 sale=S", "confirm o-1", "close s-3 S",
      ])
    store.advance(50 * 60 * 1000)
    try perform(store, ["ship w-1 o-1"])
    store.advance(20 * 60 * 1000)
    try store.settle()
    #expect(retired(store) == 1)
    try perform(store, ["return r-1 o-1"])
    try store.restart()
    try store.settle()
    let answer = try store.perform("get A A@east B A@~S")
    #expect(answer.number("A") == 3 && answer.number("A@east") == 3 && answer.number("B") == 3)
    #expect(answer.number("A@~S") == 0)
  }

  // MARK: Upkeep and lists

  /// A tick looks at the sales that may be due, not at every SKU that has a limit.
  @Test(arguments: [1, 4])
  func retirementLooksAtClosedSalesAlone(shards: Int) throws {
    var rules = Rules()
    rules.holdMillisecondsMax = 60 * 60 * 1000
    rules.soldRetentionMilliseconds = 60 * 60 * 1000
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20, rules: rules)
    try perform(store, (0..<2000).map { "limit l-\($0) SKU-\($0) user:1" })
    let minute: Int64 = 60_000
    let sales = (0..<200).map { "S-\($0)" }
    try perform(store, sales.map { "open open-\($0) \($0) A=1" })
    for (number, sale) in sales.enumerated() {
      if number == 100 { store.advance(30 * minute) }
      try perform(store, ["close close-\(sale) \(sale)"])
    }
    try store.settle()
    var before = visits(store)
    for _ in 0..<16 { try store.tick() }
    // None is due: the oldest of each shard says so.
    #expect(retired(store) == 0 && visits(store) - before <= 16 * shards)
    store.advance(31 * minute)
    before = visits(store)
    for _ in 0..<16 { try store.tick() }
    #expect(retired(store) == 100 && visits(store) - before <= 100 + 16 * shards)
    // A start finds the others again.
    try store.kill()
    store.advance(31 * minute)
    try store.settle()
    #expect(retired(store) == 200)
  }

  /// A page of sales ends by what it looked at, too: there may be a million SKUs with limits among them.
  @Test func aPageOfSalesAmongManyLimits() throws {
    let store = try TestStore(segmentBytes: 4 << 20)
    try perform(store, ["open open-1 S-1 A=1"])
    try perform(store, (0..<Decider.rowsScannedMax).map { "limit l-\($0) SKU-\($0) user:1" })
    try perform(store, ["open open-2 S-2 A=1"])
    var found: [String] = []
    var pages = 0
    var cursor = "0"
    repeat {
      let answer = try store.perform("sales rows=10 cursor=\(cursor)")
      found += answer.words.filter { $0.hasPrefix("sale=") }
      cursor = answer.value("next") ?? "0"
      pages += 1
    } while cursor != "0"
    #expect(pages == 2 && Set(found) == ["sale=S-1", "sale=S-2"])
  }

  /// A sale's sums are kept as its items change: the same as if they were added up, live, replayed and from a snapshot.
  @Test(arguments: [1, 4])
  func sumsOfASale(shards: Int) throws {
    let store = try TestStore(shards: shards)
    try perform(
      store,
      [
        "preheat p A=9 B=9 C=9", "limit l A user:9", "open s-1 S flagged=defer pay=1m from-pools A=5 B=5",
        "open s-2 T A=4", "add s-3 S B=2 C=3", "reserve o-1 A=2 B=1 sale=S", "reserve o-2 B=1 sale=S",
        "deduct d-1 C=2 sale=S", "confirm o-1", "return r-1 o-1 A@~S=1", "return r-2 o-1 A@~S=1 scrap",
        "reserve o-3 B=2 sale=S", "cancel o-3", "flag f u", "reserve o-4 buyer=u C=1 sale=S", "confirm o-4",
        "reserve o-5 A=1 sale=S", "reserve o-6 A=1 sale=T", "reserve o-7 buyer=u A=1",
      ])
    func check() {
      let sums = ofEachSale(store) { machine, scope in
        var sums = ItemSums()
        for item in scope.pointee.sale?.items ?? [] {
          guard let slot = machine.pointee.itemSlot(item.item) else { continue }
          sums.supplied += machine.pointee.totals[slot].supplied
          sums.available += machine.pointee.items[slot].available
          sums.reserved += machine.pointee.items[slot].reserved
          sums.sold += machine.pointee.totals[slot].sold
          sums.scrapped += machine.pointee.totals[slot].scrapped
        }
        return (kept: scope.pointee.sums, added: sums)
      }
      #expect(sums.count == 2 && sums.allSatisfy { $0.kept == $0.added && $0.kept.supplied > 0 }, "\(sums)")
    }
    check()
    let answer = try store.perform("sale S")
    #expect(answer.words.contains("items=3") && answer.words.contains("scrapped=1"))
    try store.kill()
    check()
    #expect(try store.perform("sale S") == answer)
    try store.restart(shards: 2)
    check()
    #expect(try store.perform("sale S") == answer)
    store.advance(120_000)
    try perform(store, ["close s-4 S"])
    try store.settle()
    check()
    #expect(try store.perform("sale S").words.contains("reserved=0"))
  }

  // MARK: Batches

  /// What walks everything ends its window: the locks are let go before the next one.
  @Test func aWalkEndsItsWindow() throws {
    var batch = CommandBatch()
    for text in ["preheat p A=1", "reserve o A=1", "list", "stats", "sales", "pools A", "get A", "order o"] {
      batch.add(try ShopCommand(text, base: TestStore.base))
    }
    batch.seal()
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    var decider = Decider(
      rules: Rules(), store: TestStore.id, machines: MachineSet(places: places, shards: 1, store: TestStore.id))
    var windows: [Range<Int>] = []
    batch.commands.withUnsafeBufferPointer { commands in
      batch.lines.withUnsafeBufferPointer { lines in
        batch.bytes.withUnsafeBufferPointer { bytes in
          decider.bytes = bytes.baseAddress!
          decider.commandLines = lines.baseAddress!
          while (windows.last?.upperBound ?? 0) < commands.count {
            _ = decider.openWindow(of: commands, from: windows.last?.upperBound ?? 0)
            windows.append(decider.window)
          }
        }
      }
    }
    #expect(windows == [0..<3, 3..<4, 4..<5, 5..<6, 6..<8])
  }

  /// A cart that is short of everything is looked through once.
  @Test(arguments: [1, 4])
  func aShortCart(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let skus = (0..<Bounds.linesPerOrderMax / 2).map { "A-\($0)" }
    try store.perform("preheat p " + skus.map { "\($0)=1" }.joined(separator: " "))
    // Every SKU twice, the second time from the end on.
    let cart = (skus + skus.reversed()).map { "\($0)=1" }.joined(separator: " ")
    let before = visits(store)
    let answer = try store.perform("reserve o " + cart)
    #expect(answer.outcome == .soldOut && answer.words == skus.map { "\($0)=1" })
    #expect(visits(store) - before == Bounds.linesPerOrderMax)
    // With the old order's units it would do.
    let again = try store.perform("reserve o-2 " + skus.map { "\($0)=1" }.joined(separator: " "))
    #expect(again.outcome == .reserved)
  }

  /// What was refused over a large range is logged in records of a bounded size, each item once, in order.
  @Test(arguments: [1, 4])
  func demandOfALargeRange(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let count = 2 * Decider.demandEventsMax + 10
    let skus = (0..<count).map { "A-\($0)" }
    for start in stride(from: 0, to: count, by: 1000) {
      let lines = skus[start..<min(start + 1000, count)].map { "\($0)=0" }.joined(separator: " ")
      try perform(store, ["preheat p-\(start) \(lines)"])
    }
    for (number, sku) in skus.enumerated() { try store.perform("reserve o-\(number) \(sku)=2") }
    let last = store.inventory.lastLSN
    store.advance(1000)
    try store.tick()
    let events = try store.events(after: last).filter { $0.kind == .refused }
    let records = Dictionary(grouping: events, by: \.lsn).mapValues(\.count)
    #expect(records.keys.sorted().map { records[$0] } == [Decider.demandEventsMax, Decider.demandEventsMax, 10])
    #expect(Set(events.map(\.text)).count == count)
    try store.tick()
    store.advance(1000)
    try store.tick()
    #expect(try store.events(after: last).filter { $0.kind == .refused }.count == count)
  }
}
