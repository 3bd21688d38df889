import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Sales, limits, unpaid orders and flags after snapshots, crashes and restarts, on any number of shards.
@Suite struct SaleRecoveryTests {
  private static let life = [
    "preheat p-1 A=20 A@east=10 B=9 C=9", "limit l-1 C user:3:return", "limit l-2 C phone:1:orders",
    "lift l-3 C ip:4",
    "open s-1 S unpaid=refuse flagged=defer limit=user:5:return limit=phone:3:orders pay=10m from-pools A=5 A@east=5 B=3",
    "open s-2 T start=1h end=2h strict paused eligible=region:sh,bj eligible=user:u1 B=4 NEW=2", "flag f-1 u1",
    "reserve o-1 buyer=u1 subject=phone:138 A=2 sale=S", "reserve o-2 buyer=u2 subject=phone:138 A=1 B=1 sale=S",
    "reserve o-3 buyer=u3 subject=phone:139 subject=ip:10.1 A=1 sale=S", "confirm o-3",
    "reserve o-4 buyer=u4 subject=phone:138 C=1", "deduct o-5 buyer=u4 subject=phone:139 C=2", "return r-1 o-5 C=1",
    "reserve o-6 buyer=a-buyer-with-a-name-of-more-than-23-bytes subject=phone:1 A=1 sale=S hold=1m",
    "reserve an-order-with-an-id-that-lies-in-the-arena buyer=u7 subject=phone:2 B=1 sale=S", "add a-1 S B=1",
    "open s-3 CLOSED limit=user:2 from-pools A=3", "reserve o-8 buyer=u8 A=1 sale=CLOSED", "close c-1 CLOSED",
  ]

  private static var rules: Rules {
    var rules = Rules()
    rules.unpaidFlagThreshold = 1
    return rules
  }

  private func live(shards: Int) throws -> TestStore {
    let store = try TestStore(shards: shards, rules: Self.rules)
    for command in Self.life {
      let answer = try store.perform(command)
      #expect(answer.outcome.isSuccess, "\(command): \(answer)")
    }
    store.advance(2 * 60_000)
    try store.tick()
    return store
  }

  private func stateHash(_ store: TestStore) -> UInt64 {
    store.inventory.group.shards.reduce(0) { $0 &+ $1.enter { $0.summary().stateHash } }
  }

  /// What is not in the state hash of one entity alone: what limits count, who stands in the way.
  private func expectEqual(_ store: TestStore, _ before: Counters, _ hash: UInt64, _ what: Comment) {
    let after = Counters(store)
    #expect(after.uses == before.uses, what)
    #expect(after.unpaid == before.unpaid, what)
    #expect(stateHash(store) == hash, what)
  }

  @Test(arguments: [1, 2, 4, 8])
  func restarts(shards: Int) throws {
    let store = try live(shards: shards)
    let (hash, before) = (stateHash(store), Counters(store))
    #expect(before.uses.count >= 10)
    #expect(before.unpaid.count == 4)
    try store.kill()
    expectEqual(store, before, hash, "folded from the log")
    try store.snapshot()
    for other in [8, 1, 4, 2] {
      try store.restart(shards: other)
      expectEqual(store, before, hash, "from a snapshot, on \(other) shards")
    }
    // And from the first record on.
    store.losePower()
    for path in store.storage.paths(in: "\(TestStore.path)/snap") { try store.storage.unlink(path) }
    try store.open()
    expectEqual(store, before, hash, "without a snapshot")
  }

  @Test(arguments: [1, 4])
  func equalStatesGiveEqualSnapshots(shards: Int) throws {
    var seen: [[UInt8]] = []
    // The same log, folded at once or with snapshots in between.
    for step in [1, 3, 100] {
      let store = try TestStore(shards: shards, rules: Self.rules)
      for (index, command) in Self.life.enumerated() {
        try store.perform(command)
        try store.inventory.seal()
        if index % step == 0 { _ = try store.inventory.makeSnapshot() }
      }
      try store.snapshot()
      let path = try #require(store.storage.paths(in: "\(TestStore.path)/snap").max())
      let bytes = try #require(store.storage.bytes(path))
      #expect(try RewrittenSnapshot(bytes).bytes == bytes)
      #expect(try RewrittenSnapshot(bytes).stateHash == stateHash(store))
      seen.append(bytes)
    }
    #expect(seen[0] == seen[1])
    #expect(seen[0] == seen[2])
  }

  /// At every record: what came in is what is there, and nothing is below its floor. And the same once the log is archived.
  @Test func everyRecordKeepsItsSums() throws {
    let store = try live(shards: 2)
    try store.settle()
    let hash = stateHash(store)
    let last = store.inventory.lastLSN
    func check() throws {
      let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
      #expect(inspector.verify().faults.isEmpty)
      for lsn in 1...last.rawValue {
        var limit = StoreInspector.ReplayLimit()
        limit.lsn = LSN(lsn)
        let replay = try inspector.replay(limit, fromStart: true)
        #expect(replay.lsn.rawValue == lsn)
        for item in replay.balances {
          #expect(item.supplied == item.available + item.reserved + item.sold + item.scrapped, "\(item.item) at \(lsn)")
          #expect(item.available >= item.floor && item.reserved >= 0 && item.sold >= 0, "\(item.item) at \(lsn)")
        }
      }
    }
    try check()
    for number in 0..<4 {
      try store.perform("supply late-\(number) A=1")
      try store.snapshot()
    }
    #expect(!store.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    try check()
    store.losePower()
    // Without a snapshot the archive is folded.
    for path in store.storage.paths(in: "\(TestStore.path)/snap") { try store.storage.unlink(path) }
    try store.open()
    #expect(Counters(store).unpaid.count == 4)
    #expect(stateHash(store) != hash)
    #expect(try store.perform("sale CLOSED").description.contains("state=closed items=1 available=0 reserved=1"))
  }

  /// Some of a closed sale's items have gone home when the power goes; the rest follows.
  @Test(arguments: [1, 4], [1, 3, 5])
  func halfSettled(shards: Int, items: Int) throws {
    let names = (0..<6).map { "SKU-\($0)" }
    let store = try TestStore(shards: shards)
    try store.perform("preheat p-1 " + names.map { "\($0)=5 \($0)@east=5" }.joined(separator: " "))
    try store.perform("open s-1 S from-pools " + names.map { "\($0)=2 \($0)@east=2" }.joined(separator: " "))
    try store.perform("reserve o-1 SKU-0=3 sale=S")
    try store.perform("close c-1 S")
    try settle(store, items: items)
    let open = names.filter { (try? store.perform("get \($0)@~S").number("\($0)@~S")) != 0 }
    #expect(open.count == names.count - items)
    try store.inventory.flush()
    try store.crash()
    try store.settle()
    for name in names.dropFirst() {
      let answer = try store.perform("get \(name) \(name)@east \(name)@~S")
      #expect([name, "\(name)@east", "\(name)@~S"].map { answer.number($0) } == [5, 5, 0])
    }
    // Of the order's item one unit was free: it is the last source's.
    let answer = try store.perform("get SKU-0 SKU-0@east SKU-0@~S")
    #expect(["SKU-0", "SKU-0@east", "SKU-0@~S"].map { answer.number($0) } == [3, 4, 0])
    #expect(answer.number("SKU-0@~S.reserved") == 3)
    // Nothing more to do, and nothing done twice.
    let last = store.inventory.lastLSN
    try store.settle()
    #expect(store.inventory.lastLSN == last)
  }

  private func settle(_ store: TestStore, items: Int) throws {
    let group = store.inventory.group
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: group.count)
    defer { places.deallocate() }
    var decider = Decider(
      rules: Rules(), store: group.store, machines: MachineSet(places: places, shards: group.count, store: group.store))
    group.hold(
      group.all, &decider, Sweep(commit: store.inventory.commit, clock: store.inventory.clock, budget: items))
    try store.inventory.flush()
  }

  /// Orders of a sale may outlive what it counted: an open one that is extended on and on. Nothing is given back twice then.
  @Test(arguments: [1, 4])
  func lateOrdersOfARetiredSale(shards: Int) throws {
    var rules = Rules()
    rules.soldRetentionMilliseconds = 10 * 60_000
    rules.holdMillisecondsMax = 5 * 60_000
    rules.holdMilliseconds = 5 * 60_000
    let store = try TestStore(shards: shards, rules: rules)
    for command in [
      "open s-1 S limit=user:9:return A=9", "reserve o-1 buyer=u1 A=2 sale=S", "reserve o-2 buyer=u1 A=1 sale=S",
      "close c-1 S",
    ] {
      #expect(try store.perform(command).outcome.isSuccess)
    }
    for number in 0..<3 {
      store.advance(4 * 60_000)
      for order in ["o-1", "o-2"] {
        #expect(try store.perform("extend x-\(number)-\(order) \(order) hold=5m").outcome == .extended)
      }
      try store.settle()
    }
    #expect(Counters(store).uses.isEmpty)
    #expect(try store.perform("confirm o-1").outcome == .confirmed)
    store.advance(6 * 60_000)
    // Its unit is still in the sale's pool.
    #expect(try store.perform("confirm o-2").outcome == .lateConfirmed)
    #expect(try store.perform("return r-1 o-1").outcome == .returned)
    #expect(Counters(store).uses.isEmpty)
    let hash = stateHash(store)
    try store.kill()
    #expect(stateHash(store) == hash)
    try store.snapshot()
    try store.restart()
    #expect(stateHash(store) == hash)
    #expect(try store.perform("return r-2 o-2").outcome == .returned)
    #expect(Counters(store).uses.isEmpty)
  }

  /// A flag by hand holds until it is cleared, whoever else is forgotten at the same time; and it keeps nobody else.
  @Test func flaggedBuyersAreNotForgotten() throws {
    var rules = Rules()
    rules.idRetentionMilliseconds = 60_000
    rules.holdMilliseconds = 60_000
    rules.holdMillisecondsMax = 60_000
    let store = try TestStore(rules: rules)
    let buyers = Self.samePartition(4)
    try store.perform("flag f-0 \(buyers[0])")
    store.advance(10)
    // Of one millisecond, the one that may be forgotten first.
    try store.perform("clear f-1 \(buyers[1])")
    try store.perform("flag f-2 \(buyers[2])")
    store.advance(10)
    try store.perform("clear f-3 \(buyers[3])")
    func known() -> Int { store.inventory.group.shards[0].enter { $0.withMachine { Int($0.pointee.buyers.count) } } }
    #expect(known() == 4)
    store.advance(70_000)
    try store.settle()
    #expect(known() == 2)
    for buyer in [buyers[0], buyers[2]] {
      #expect(try store.perform("buyer \(buyer)").description == "found flagged=hand unpaid=0")
    }
    let hash = stateHash(store)
    try store.kill()
    #expect(stateHash(store) == hash)
    try store.snapshot()
    try store.restart()
    #expect(stateHash(store) == hash)
    #expect(known() == 2)
    try store.perform("clear f-4 \(buyers[0])")
    store.advance(70_000)
    try store.settle()
    #expect(known() == 1)
  }

  /// More buyers are flagged for good than upkeep looks at in one go: those behind them are forgotten all the same.
  @Test func flaggedBuyersAreInNobodysWay() throws {
    var rules = Rules()
    rules.idRetentionMilliseconds = 60_000
    rules.holdMilliseconds = 60_000
    rules.holdMillisecondsMax = 60_000
    let store = try TestStore(rules: rules)
    let buyers = Self.samePartition(303)
    for buyer in buyers.prefix(300) { try store.perform("flag f-\(buyer) \(buyer)") }
    store.advance(10)
    for buyer in buyers.suffix(3) { try store.perform("clear c-\(buyer) \(buyer)") }
    func known() -> Int { store.inventory.group.shards[0].enter { $0.withMachine { Int($0.pointee.buyers.count) } } }
    #expect(known() == 303)
    // In a snapshot they stand in one row, and come back into their places.
    try store.snapshot()
    try store.kill()
    #expect(known() == 303)
    store.advance(70_000)
    try store.settle()
    #expect(known() == 300)
    let hash = stateHash(store)
    try store.kill()
    #expect(stateHash(store) == hash && known() == 300)
    // Whoever is cleared ages like anybody else.
    try store.perform("clear c-1 \(buyers[150])")
    store.advance(70_000)
    try store.settle()
    #expect(known() == 299)
    #expect(try store.perform("buyer \(buyers[299])").description == "found flagged=hand unpaid=0")
    let last = stateHash(store)
    try store.snapshot()
    try store.restart(shards: 4)
    #expect(stateHash(store) == last)
  }

  /// What a retired sale counted is freed by so many visits a tick, however the uses lie in the indexes.
  @Test func retiredUsesAreFreedInParts() throws {
    var rules = Rules()
    rules.soldRetentionMilliseconds = 60_000
    rules.holdMilliseconds = 60_000
    rules.holdMillisecondsMax = 60_000
    let store = try TestStore(segmentBytes: 1 << 20, rules: rules)
    try store.perform("open s-1 S limit=user:1 A=5000")
    try store.perform("open s-2 T limit=user:1 A=100")
    for (sale, count) in [("S", 4900), ("T", 100)] {
      for start in stride(from: 0, to: count, by: 100) {
        let commands = try (start..<start + 100).map {
          try ShopCommand("deduct \(sale)-\($0) buyer=u\($0) A=1 sale=\(sale)", base: TestStore.base)
        }
        #expect(try store.perform(commands).allSatisfy { $0.outcome == .confirmed })
      }
    }
    func uses() -> Int { store.inventory.group.shards[0].enter { $0.withMachine { $0.pointee.uses.count } } }
    #expect(uses() == 5000)
    try store.perform("close c-1 S")
    store.advance(70_000)
    var counts = [uses()]
    for _ in 0..<40 {
      try store.tick()
      counts.append(uses())
    }
    #expect(counts.last == 100)
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 - $1 <= 2048 }, "\(counts)")
    #expect(try store.perform("deduct again buyer=u7 A=1 sale=T").outcome == .limitReached)
  }

  @Test func aPurgeThatIsBegunAnewMissesNoSlot() {
    var purge = UsePurge()
    purge.begin(slots: 10)
    for _ in 0..<7 { _ = purge.next() }
    purge.begin(slots: 12)
    var visited: [UInt32] = []
    while let slot = purge.next() { visited.append(slot) }
    #expect(visited.sorted() == Array(0..<12))
    purge.begin(slots: 0)
    #expect(purge.next() == nil)
  }

  /// Names of one partition.
  private static func samePartition(_ count: Int) -> [String] {
    var found: [UInt8: [String]] = [:]
    for number in 0... {
      let name = "u\(number)"
      let bytes = Array(name.utf8) + [UInt8](repeating: 0, count: CommandBatch.slackBytes)
      let partition = bytes.withUnsafeBufferPointer {
        Key($0.baseAddress!, count: name.utf8.count, seed: TestStore.id.keySeed).partition.rawValue
      }
      found[partition, default: []].append(name)
      if let names = found[partition], names.count == count { return names }
    }
    preconditionFailure("some partition has so many")
  }
}
