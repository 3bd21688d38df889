import Glibc
import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Refused attempts over time: what is counted, what is logged, and what is read back.
@Suite struct DemandTests {
  private static let sku = "红包"

  /// Performs commands, whatever becomes of them, lets a second pass and logs what was refused.
  private static func second(_ store: TestStore, _ commands: String...) throws {
    for command in commands { try store.perform(command) }
    store.advance(1000)
    try store.tick()
  }

  @Test(arguments: [1, 4])
  func aCurve(shards: Int) throws {
    let store = try TestStore(shards: shards)
    try store.perform("preheat p A=1 A@east=1 B=5")
    try store.perform("open s-1 S limit=user:1 A=2")
    try Self.second(store, "reserve o-1 A=1", "reserve o-2 A=1", "deduct o-3 A=2", "reserve o-4 A=1 A@east=1 B=1")
    try Self.second(store, "reserve o-5 B=1")
    try Self.second(
      store, "reserve o-6 buyer=u A=1 sale=S", "reserve o-7 buyer=u A=1 sale=S", "reserve o-8 buyer=v A=2 sale=S",
      "reserve o-9 A@east=2")
    // A SKU stands for all of its pools, those of sales too; an item for itself.
    let whole = store.demand("A")
    #expect(
      Set(whole.words) == [
        "1s:A:soldOut:3x4", "1s:A@east:soldOut:1x1", "3s:A@~S:limitReached:2x3", "3s:A@east:soldOut:1x2",
      ])
    #expect(whole.words.map { $0.prefix(2) } == ["1s", "1s", "3s", "3s"])
    #expect(store.demand("A@main").description == "found 1s:A:soldOut:3x4")
    #expect(store.demand("A@~S").description == "found 3s:A@~S:limitReached:2x3")
    #expect(store.demand("B").description == "found 1s:B:soldOut:1x1")
    #expect(store.demand("C").outcome == .unknownItem)
    #expect(store.demand("C@east").outcome == .unknownItem)
    #expect(store.demand("A@@").outcome == .unknownItem)
    // What a repeat finds is no demand, and neither is what is bought.
    try Self.second(store, "reserve o-1 A=1", "reserve o-5 B=1", "reserve o-1 A=2")
    #expect(store.demand("A") == whole)
  }

  /// An order that ranks pools asks once, though it looked into all of them.
  @Test func rankedPoolsCountOnce() throws {
    let store = try TestStore()
    try store.perform("preheat p A=0 A@east=1 A@west=1 B@west=0")
    try Self.second(store, "reserve o-1 A=2 B=1 pools=north,west,east,main")
    #expect(store.demand("A").description == "found 1s:A@west:soldOut:1x2")
    #expect(store.demand("B").description == "found 1s:B@west:soldOut:1x1")
  }

  /// From a bucket to a bucket, each of them whole.
  @Test func windows() throws {
    let store = try TestStore()
    try store.perform("preheat p A=0")
    for number in 1...25 { try Self.second(store, "reserve o-\(number) A=\(number)") }
    func demand(_ from: Int64, _ until: Int64, _ bucket: DemandBucket) -> String {
      let query = DemandQuery(
        from: Timestamp(milliseconds: TestStore.base + from), until: Timestamp(milliseconds: TestStore.base + until),
        bucket: bucket)
      return store.demand("A", query).description
    }
    #expect(demand(3500, 5001, .second) == "found 3s:A:soldOut:1x3 4s:A:soldOut:1x4 5s:A:soldOut:1x5 since=3s")
    #expect(demand(3500, 5000, .second) == "found 3s:A:soldOut:1x3 4s:A:soldOut:1x4 since=3s")
    #expect(demand(12_000, 13_000, .tenSeconds) == "found 10s:A:soldOut:10x145 since=10s")
    #expect(demand(25_001, 99_000, .second) == "found 25s:A:soldOut:1x25 since=25s")
    #expect(demand(26_000, 99_000, .second) == "found since=26s")
    #expect(demand(9000, 3000, .second) == "found since=9s")
    #expect(demand(-TestStore.base, 2000, .second) == "found 1s:A:soldOut:1x1")
    #expect(demand(-9_000_000_000_000, 2000, .second) == "found 1s:A:soldOut:1x1")
    let whole = store.demand("A", DemandQuery(until: Timestamp(milliseconds: .max), bucket: .hour)).description
    // 1750000000 is 6 min 40 s past the hour.
    #expect(whole == "found -6m40s:A:soldOut:25x325")
  }

  /// Rows, pages and files against sums that the test keeps: whether they lie in the log or in the archive, whatever one page may read.
  @Test(arguments: [1, 4])
  func againstSums(shards: Int) throws {
    let kept = try TestStore(shards: shards, segmentBytes: 32 << 10)
    let moved = try TestStore(shards: shards, segmentBytes: 32 << 10)
    var random = SplitMix64(seed: 7)
    for store in [kept, moved] {
      try store.perform("preheat p A=0 A@east=0 B=0 A@\(Self.sku)=0")
      try store.perform("open s-1 S start=-1h end=20s A=1 B=1")
    }
    let names = ["A", "A@east", "A@\(Self.sku)", "A@~S", "B"]
    var attempts: [(time: Int64, item: String, reason: Outcome, units: Int64)] = []
    for second in 1...60 {
      for number in 0..<Int(random.next() % 4) {
        let name = names[Int(random.next() % UInt64(names.count))]
        let units = Int64(random.next() % 9 + 2)
        let order = "o-\(second)-\(number)"
        let command = name == "A@~S" ? "reserve \(order) A=\(units) sale=S" : "reserve \(order) \(name)=\(units)"
        var outcome = Outcome.done
        for store in [kept, moved] { outcome = try store.perform(command).outcome }
        #expect(outcome == (name == "A@~S" && second > 20 ? .saleNotOpen : .soldOut))
        attempts.append((Int64(second) * 1000, name, outcome, units))
      }
      for store in [kept, moved] {
        store.advance(1000)
        try store.tick()
      }
      if second % 3 == 0 {
        try kept.inventory.seal()
        try moved.snapshot()
      }
    }
    #expect(kept.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    #expect(moved.storage.paths(in: "\(TestStore.path)/archive").count > 10)
    for bucket in DemandBucket.allCases {
      for sku in ["A", "B", "A@east"] {
        let expected = Self.sums(attempts.filter { Self.covers(sku, $0.item) }, bucket)
        for store in [kept, moved] {
          #expect(Set(store.demand(sku, DemandQuery(bucket: bucket)).words) == expected)
          for rowsMax: UInt32 in [1, 3, 1000] {
            #expect(try Self.pages(store, sku, bucket, rowsMax) == expected)
          }
        }
        // Rows come in one order, wherever they lie.
        #expect(moved.demand(sku, DemandQuery(bucket: bucket)) == kept.demand(sku, DemandQuery(bucket: bucket)))
      }
    }
    try Self.bounded(moved, Self.sums(attempts.filter { Self.covers("A", $0.item) }, .second))
    try Self.offline(moved.storage, moved.demand("A"))
  }

  private static func covers(_ asked: String, _ item: String) -> Bool {
    item == asked || (!asked.contains("@") && item.hasPrefix(asked + "@"))
  }

  private static func sums(
    _ attempts: [(time: Int64, item: String, reason: Outcome, units: Int64)], _ bucket: DemandBucket
  ) -> Set<String> {
    var sums: [String: (attempts: Int, units: Int64)] = [:]
    for attempt in attempts {
      let time = (TestStore.base + attempt.time) / bucket.milliseconds * bucket.milliseconds - TestStore.base
      let key = "\(Times.text(time)):\(attempt.item):\(attempt.reason.name)"
      sums[key, default: (0, 0)].attempts += 1
      sums[key, default: (0, 0)].units += attempt.units
    }
    return Set(sums.map { "\($0.key):\($0.value.attempts)x\($0.value.units)" })
  }

  /// All pages, each with its own rows: none twice, none left out.
  private static func pages(
    _ store: TestStore, _ item: String, _ bucket: DemandBucket, _ rowsMax: UInt32
  ) throws -> Set<String> {
    var query = DemandQuery(bucket: bucket, rowsMax: rowsMax)
    var seen: [String] = []
    for _ in 0..<1000 {
      var replies = ReplyBatch()
      store.inventory.demand(item: item, query, into: &replies)
      let page = try #require(replies.demands.first)
      #expect(page.rows.count <= rowsMax)
      seen += Answer(replies.replies[0], replies, base: TestStore.base).words.filter { $0.contains(":") }
      guard let next = page.next else {
        #expect(Set(seen).count == seen.count)
        return Set(seen)
      }
      (query.from, query.key) = (next.time, next.key)
    }
    Issue.record("the pages have no end")
    return []
  }

  /// A page that may read little is short, and the next one goes on where it ended.
  private static func bounded(_ store: TestStore, _ expected: Set<String>) throws {
    store.stop()
    store.storage.kill()
    for bytes: UInt64 in [0, 5000, 20_000, 100_000] {
      let copy = try TestStore(storage: store.storage.copy(), opens: false)
      copy.configuration = store.configuration
      copy.configuration.historyBytesMax = bytes
      copy.advance(store.clock.wallMilliseconds - TestStore.base)
      try copy.open()
      #expect(try pages(copy, "A", .second, 1000) == expected)
      var replies = ReplyBatch()
      copy.inventory.demand(item: "A", DemandQuery(), into: &replies)
      #expect((replies.demands[0].next != nil) == (bytes < 100_000), "\(bytes) bytes")
    }
    try store.open()
  }

  /// The same rows without the store.
  private static func offline(_ storage: SimulatedStorage, _ expected: Answer) throws {
    let inspector = try StoreInspector(path: TestStore.path, storage: storage)
    let demand = try #require(try inspector.demand(of: "A", DemandQuery()))
    let words = demand.rows.map {
      "\(Times.text($0.time.milliseconds - TestStore.base)):\($0.item):\(Outcome(rawValue: $0.reason)!.name):"
        + "\($0.attempts)x\($0.units)"
    }
    #expect(words == expected.words)
    #expect(demand.since == .zero)
    #expect(try inspector.demand(of: "A@main", DemandQuery())?.rows.allSatisfy { $0.item == "A" } == true)
    #expect(try inspector.demand(of: "A@", DemandQuery()) == nil)
    #expect(try inspector.demand(of: "C", DemandQuery()) == nil)
  }

  /// Once the oldest files are gone a curve says from where on it is whole.
  @Test func aLogThatDoesNotReachBack() throws {
    let store = try TestStore(segmentBytes: 32 << 10, opens: false)
    store.configuration.archiveMillisecondsMax = 5000
    try store.open()
    try store.perform("preheat p A=0")
    for number in 1...20 {
      try Self.second(store, "reserve o-\(number) A=1")
      try store.snapshot()
    }
    var replies = ReplyBatch()
    store.inventory.demand(item: "A", DemandQuery(), into: &replies)
    let since = (replies.demands[0].since.milliseconds - TestStore.base) / 1000
    #expect(since > 5 && since < 18)
    let times = replies.demandRows.map { ($0.time.milliseconds - TestStore.base) / 1000 }
    #expect(times.last == 20 && times == Array(times[0]...20) && times[0] <= since + 1)
    // Asked for less than that, it is whole.
    let late = DemandQuery(from: Timestamp(milliseconds: TestStore.base + 19_000))
    #expect(store.demand("A", late).description == "found 19s:A:soldOut:1x1 20s:A:soldOut:1x1 since=19s")
  }

  /// A crash loses what was not logged yet, a stop loses nothing, and no count is read twice.
  @Test func whatACrashLoses() throws {
    let store = try TestStore()
    try store.perform("preheat p A=0")
    try Self.second(store, "reserve o-1 A=1")
    store.advance(900)
    try store.tick()
    try store.perform("reserve o-2 A=1")
    try store.crash()
    #expect(store.demand("A").description == "found 1s:A:soldOut:1x1")
    try Self.second(store, "reserve o-3 A=1")
    try store.perform("reserve o-4 A=7")
    try store.restart()
    #expect(store.demand("A", DemandQuery(bucket: .hour)).description == "found -6m40s:A:soldOut:3x9")
  }

  /// Files that say nothing of the item are read too, to know that: a page ends among them when it has read enough.
  @Test func pagesEndWhereNothingMatches() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    store.configuration.historyBytesMax = 4000
    try store.restart()
    try store.perform("preheat p A=0 B=0")
    try Self.second(store, "reserve o-1 A=1")
    for number in 0..<40 {
      try Self.second(store, "reserve b-\(number) B=1")
      try store.snapshot()
    }
    try Self.second(store, "reserve o-2 A=1")
    try store.snapshot()
    #expect(store.storage.paths(in: "\(TestStore.path)/archive").count > 30)

    var ends: [Int64] = []
    var query = DemandQuery()
    repeat {
      var replies = ReplyBatch()
      store.inventory.demand(item: "A", query, into: &replies)
      guard let next = replies.demands[0].next else { break }
      ends.append((next.time.milliseconds - TestStore.base) / 1000)
      (query.from, query.key) = (next.time, next.key)
    } while ends.count < 100
    #expect(ends.count > 3 && ends[0] < 20 && zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 }, "\(ends)")
    let rows = try Self.pages(store, "A", .second, 1000)
    #expect(rows == ["1s:A:soldOut:1x1", "42s:A:soldOut:1x1"])
  }

  /// While a seal is synced, records gather that are older than the segment they come to lie in: a page that ends before that
  /// segment leaves their bucket to the next page, and the whole of it.
  @Test(arguments: DemandBucket.allCases)
  func aBucketThatGoesOnInTheNextSegment(bucket: DemandBucket) throws {
    let store = try TestStore()
    store.configuration.historyBytesMax = 0
    try store.restart()
    try store.perform("preheat p A=0")
    try Self.second(store, "reserve o-1 A=1")
    let inventory = store.inventory
    store.storage.holdWrites()
    let sealing = Thread(name: "test-seal") { try? inventory.seal() }
    store.storage.waitForHeldWrite()
    _ = store.decide([try ShopCommand("reserve o-2 A=1")])
    store.advance(1000)
    let last = inventory.lastLSN
    // Behind what was refused it writes the watermark, and is held there.
    let ticking = Thread(name: "test-tick") { inventory.tick() }
    while inventory.lastLSN == last { sched_yield() }
    store.advance(10_000)
    store.storage.releaseWrites()
    sealing.join()
    ticking.join()
    try Self.second(store, "reserve o-3 A=1")

    let expected = Self.sums([1000, 2000, 13_000].map { ($0, "A", .soldOut, 1) }, bucket)
    #expect(try Self.pages(store, "A", bucket, 1000) == expected)
  }

  /// One letter in two spellings is two SKUs: each has its own demand, with a store and without it.
  @Test func spellingsAreApart() throws {
    let store = try TestStore()
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    try store.perform("preheat p \(one)=0 \(two)=0 \(two)@east=0")
    try Self.second(store, "reserve o-1 \(one)=1", "reserve o-2 \(two)=1", "reserve o-3 \(two)@east=1")
    try store.inventory.flush()
    let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
    for (item, rows) in [(one, 1), (two, 2), (one + "@main", 1), (two + "@main", 1), (two + "@east", 1)] {
      #expect(try inspector.demand(of: item, DemandQuery())?.rows.count == rows, "\(item.utf8.count) bytes")
    }
    #expect(try inspector.demand(of: one + "@east", DemandQuery()) == nil)
    try store.restart()
  }

  /// What is counted between two logs of it has a bound, and each shard has its own.
  @Test func theTallyIsBounded() {
    var tally = DemandTally()
    for number in 0..<DemandTally.entriesMax + 100 {
      tally.add(ItemNumber(rawValue: UInt32(number)), .soldOut, units: 1)
    }
    tally.add(ItemNumber(rawValue: 5), .soldOut, units: 3)
    let all = DemandTally.sorted([tally.take()])
    #expect(all.count == DemandTally.entriesMax)
    #expect(all[5].count.attempts == 2 && all[5].count.units == 4)
    #expect(tally.isEmpty)
  }

  /// What a second of it costs in the log: an event for each item and reason, however many asked.
  @Test func bytesAnEvent() throws {
    let store = try TestStore(segmentBytes: 1 << 20)
    let items = 500
    try store.perform("preheat p " + (0..<items).map { "A-\($0)=0" }.joined(separator: " "))
    for round in 0..<3 {
      for item in 0..<items { try store.perform("reserve o-\(round)-\(item) A-\(item)=2") }
    }
    let before = store.stats
    store.advance(1000)
    try store.tick()
    let after = store.stats
    #expect(after.logRecords - before.logRecords == 1)
    let bytes = Double(after.logRawBytes - before.logRawBytes) / Double(items)
    #expect(bytes > 7.9 && bytes < 8.1, "\(bytes) bytes an event")
  }
}
