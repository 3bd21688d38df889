import Glibc
import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// A disk that fills up: definite answers, releases go on, and it ends by itself.
@Suite struct SpaceTests {
  /// Large enough for the reserve that releases live on, and no larger.
  private static let segmentBytes = 8 << 20

  @Test func fullAndBack() throws {
    let events = EventWaiter()
    let store = try openStore(events)
    defer { store.inventory.abandon() }
    #expect(try store.run("preheat op-1 A=20") == "done available=20")
    for order in 1...6 { #expect(try store.run("reserve o-\(order) A=1 hold=60s").hasPrefix("reserved")) }
    #expect(try store.run("deduct d-1 A=1").hasPrefix("confirmed"))
    try fill(store, events)
    try checkRefusals(store)
    try checkReleases(store)

    // Expiry works too, from the same reserve.
    #expect(try store.run("extend x-2 o-5 hold=61s").hasPrefix("extended"))
    store.clock.advance(milliseconds: 60_000)
    #expect(try store.run("order o-4").contains("state=expired"))
    #expect(try store.run("order o-5").contains("state=reserved"))
    store.storage.capacity = 1 << 40
    #expect(
      events.wait { if case .spaceRecovered = $0 { true } else { false } }, "the lack of space must end by itself")
    #expect(try store.run("reserve o-9 A=1").hasPrefix("reserved"))
    #expect(try store.run("preheat op-9 B=1").hasPrefix("done"))
    // Nobody could be sure of anything for a minute: the deadlines that are still open moved.
    #expect(try store.run("order o-5").contains("until=2m1s"))
    #expect(!store.stats.isSpaceLow)
  }

  private func openStore(_ events: EventWaiter) throws -> ThreadedStore {
    try ThreadedStore(segmentBytes: Self.segmentBytes) { events.hear($0) }
  }

  /// Uses the spare segment up and leaves no room for another.
  private func fill(_ store: ThreadedStore, _ events: EventWaiter) throws {
    store.waitForSpare()
    // The sealed segment gives back what it has not used, a little less than another one needs.
    store.storage.capacity = store.storage.usedBytes
    try store.inventory.seal()
    #expect(events.wait { if case .spaceLow = $0 { true } else { false } }, "nobody noticed that the disk is full")
    #expect(store.stats.isSpaceLow)
  }

  private func checkRefusals(_ store: ThreadedStore) throws {
    let before = try store.run("get A")
    for text in ["preheat op-2 B=1", "supply op-3 A=1", "reserve o-7 A=1", "deduct o-8 A=1", "nextIDs 1"] {
      let answer = try store.perform(text)
      #expect(answer.outcome == .noSpace, "\(text)")
      #expect(answer.outcome.mayRetryDiffer)
    }
    #expect(try store.run("get A") == before)
    #expect(try store.run("order o-7") == "noSuchOrder")
    // A known id is answered as ever.
    #expect(try store.run("reserve o-1 A=1").hasPrefix("reserved again"))
    #expect(try store.run("preheat op-1 A=20").hasPrefix("done again"))
  }

  private func checkReleases(_ store: ThreadedStore) throws {
    #expect(try store.run("confirm o-1") == "confirmed")
    #expect(try store.run("cancel o-2") == "cancelled")
    #expect(try store.run("cancel never-seen") == "fenced")
    #expect(try store.run("extend x-1 o-3 hold=2h").hasPrefix("extended"))
    #expect(try store.run("ship s-1 d-1") == "shipped state=shipped")
    #expect(try store.run("deliver s-2 d-1") == "delivered state=delivered")
    #expect(try store.run("return r-1 d-1").hasPrefix("returned"))
    #expect(try store.run("confirmLines c-1 o-6 A=1") == "confirmed state=confirmed")
    #expect(try store.run("return r-6 o-6").hasPrefix("returned"))
    #expect(try store.run("resolve o-4") == "found state=reserved")
    #expect(try store.run("restock r-2 A=1").hasPrefix("done"))
    #expect(try store.run("adjust a-1 A -1").hasPrefix("done"))
    #expect(try store.run("get A").contains("A.reserved=3 A.sold=1"))
  }

  /// With the releases' reserve used up too, nothing that writes is taken, and the engine's own records never use up the rest: a
  /// full disk does not end the daemon, however long it stays full.
  @Test func readsOnly() throws {
    let events = EventWaiter()
    let store = try openStore(events)
    defer { store.inventory.abandon() }
    #expect(try store.run("preheat op-1 A=20") == "done available=20")
    for order in 1...3 { #expect(try store.run("reserve o-\(order) A=1 hold=12h").hasPrefix("reserved")) }
    try fill(store, events)
    var fences = 0
    while fences < 3000, try store.perform("cancel n-\(fences)").outcome == .fenced { fences += 1 }
    #expect((1000..<3000).contains(fences), "some 6 MiB of releases, a group of 4 KiB each")
    for text in [
      "cancel another", "confirm o-1", "cancel o-2", "reserve o-9 A=1", "restock r-1 A=1", "extend x-1 o-1 hold=13h",
      "confirmLines c-1 o-1 A=1", "cancelLines c-1 o-1 A=1", "nextIDs 1",
    ] {
      #expect(try store.perform(text).outcome == .noSpace, "\(text)")
    }
    #expect(try store.run("get A").contains("A.reserved=3"))
    #expect(try store.run("resolve o-1") == "found state=reserved")
    // More than an hour of heartbeats, and then some.
    for _ in 0..<1200 {
      store.clock.advance(milliseconds: 5000)
      store.inventory.tick()
    }
    try store.inventory.flush()
    #expect(store.inventory.commit.fault == nil)
    #expect(store.inventory.commit.room.bytes > 1 << 20, "what an orderly stop needs is left")
    #expect(try store.perform("confirm o-1").outcome == .noSpace)

    store.storage.capacity = 1 << 40
    #expect(events.wait { if case .spaceRecovered = $0 { true } else { false } })
    #expect(try store.run("confirm o-1") == "confirmed")
    #expect(try store.run("reserve o-9 A=1").hasPrefix("reserved"))
  }

  /// In a segment so short that not even an expiry can be written, whoever looks at an overdue order is put off; so is who comes with its
  /// id and another content, since the answer tells the order's state.
  @Test func anOverdueOrderThatCannotExpire() throws {
    let events = EventWaiter()
    let store = try ThreadedStore(segmentBytes: 256 << 10) { events.hear($0) }
    defer { store.inventory.abandon() }
    #expect(try store.run("preheat op-1 A=20") == "done available=20")
    #expect(try store.run("reserve o-1 A=1 hold=10s").hasPrefix("reserved"))
    try fill(store, events)
    #expect(try store.run("reserve o-1 A=2") == "idConflict state=reserved")
    store.clock.advance(milliseconds: 11_000)
    for text in ["order o-1", "confirm o-1", "reserve o-1 A=1 hold=10s", "reserve o-1 A=2", "deduct o-1 A=1"] {
      #expect(try store.perform(text).outcome == .noSpace, "\(text)")
    }
    store.storage.capacity = 1 << 40
    #expect(events.wait { if case .spaceRecovered = $0 { true } else { false } })
    // It could not be paid meanwhile, and its deadline has moved.
    #expect(try store.run("reserve o-1 A=2") == "idConflict state=reserved")
    store.clock.advance(milliseconds: 60_000)
    #expect(try store.run("reserve o-1 A=2") == "idConflict state=expired")
  }

  /// More expires at once than the disk has room for: the rest stays due, and the store goes on.
  @Test func moreExpiresThanFits() throws {
    let events = EventWaiter()
    let store = try openStore(events)
    defer { store.inventory.abandon() }
    _ = try store.run("preheat op-1 A=1000000")
    var random = SplitMix64(seed: 7)
    let executor = store.inventory.makeExecutor()
    for _ in 0..<150 {
      var batch = CommandBatch()
      for _ in 0..<1000 {
        // Ids that do not compress, as long as they may be.
        let id = String(decoding: (0..<Bounds.idBytesMax).map { _ in UInt8(33 + random.below(90)) }, as: UTF8.self)
        var placement = ShopCommand.Placement(order: id, lines: [.init("A", 1)])
        placement.holdMilliseconds = 60_000
        batch.add(.reserve(placement))
      }
      var replies = ReplyBatch()
      executor.execute(&batch, into: &replies)
      try store.inventory.flush()
    }
    try fill(store, events)
    store.clock.advance(milliseconds: 61_000)
    for _ in 0..<100 { store.inventory.tick() }
    try store.inventory.flush()
    #expect(store.stats.ordersOpen > 0, "the disk had room for all: the test proves nothing")
    #expect(store.inventory.commit.room.bytes > 0)
    #expect(try store.perform("get A").outcome == .found)
    store.storage.capacity = 1 << 40
    #expect(events.wait { if case .spaceRecovered = $0 { true } else { false } })
    for _ in 0..<2000 where store.stats.ordersOpen > 0 {
      store.clock.advance(milliseconds: 60_000)
      store.inventory.tick()
    }
    #expect(store.stats.ordersOpen == 0)
  }

  /// Snapshots lag on a full disk, since they find no room either: new holds are put off for the one, and the reserves stay
  /// shut for the other.
  @Test(arguments: [(1 << 20, Admission.readsOnly), (5 << 20, .releasesOnly), (20 << 20, .overloaded)])
  func laggingOnAFullDisk(room: Int, expected: Admission) {
    let commit = GroupCommit(log: FullLog(bytes: room), lastLSN: .zero, lastTime: .zero, pendingBytesMax: 1 << 20)
    commit.holdBack(true)
    #expect(commit.admission(for: 100) == expected)
    commit.holdBack(false)
    #expect(commit.admission(for: 100) == (expected == .overloaded ? .everything : expected))
  }

  /// A store that finds its disk full when it starts does not begin to write.
  @Test func noRoomToStart() throws {
    let store = try TestStore(segmentBytes: 1 << 20)
    try store.perform("preheat op-1 A=1")
    store.stop()
    store.storage.kill()
    store.storage.capacity = store.storage.usedBytes + 4096
    let fault = #expect(throws: EngineFault.self) { try store.open() }
    #expect(fault?.code == .noSpace)
    #expect(fault?.exitStatus == 75)
    store.storage.capacity = 1 << 40
    try store.open()
    #expect(try store.perform("get A").number("A") == 1)
  }

  /// A stop needs no next segment: everything is durable without it.
  @Test func noRoomForTheNextSegment() throws {
    let store = try TestStore(segmentBytes: 1 << 20)
    try store.perform("preheat op-1 A=5")
    try store.perform("reserve o-1 A=1")
    store.storage.capacity = store.storage.usedBytes
    try store.shutdown()
    #expect(store.storage.openFileCount == 0)
    #expect(throws: EngineFault.self) { try store.open() }
    store.storage.capacity = 1 << 40
    try store.open()
    #expect(try store.perform("reserve o-1 A=1").description.hasPrefix("reserved again"))
    #expect(try store.perform("get A").number("A") == 4)
    try store.restart()
    #expect(try store.perform("get A").number("A") == 4)
  }

  /// A snapshot that does not fit is no harm; the log keeps everything.
  @Test func noRoomForASnapshot() throws {
    let store = try TestStore(segmentBytes: 64 << 10)
    try store.perform("preheat op-1 A=1")
    try store.inventory.seal()
    store.storage.capacity = store.storage.usedBytes + 100
    let fault = #expect(throws: EngineFault.self) { try store.inventory.makeSnapshot() }
    #expect(fault?.code == .noSpace)
    #expect(store.storage.paths(in: "\(TestStore.path)/snap").isEmpty)
    #expect(try store.perform("reserve o-1 A=1").outcome == .reserved)
    store.storage.capacity = 1 << 40
    #expect(try store.inventory.makeSnapshot().bytes > 0)
    try store.kill()
    #expect(try store.perform("get A").number("A") == 0)
  }
}

/// A log that can have no more room.
private final class FullLog: CommitLog {
  let room: LogRoom
  init(bytes: Int) { room = LogRoom(bytes: bytes, isLow: true) }
  func append(_ group: PendingGroup) -> CommitResult { .durable }
  func barrier() -> CommitResult { .durable }
  var wantsSeal: Bool { false }
  var totals: LogTotals { LogTotals() }
  func close() {}
}

/// A store whose threads work by themselves, on a simulated disk and a clock that is moved.
final class ThreadedStore {
  let storage = SimulatedStorage()
  let clock = ManualClock(wallMilliseconds: TestStore.base)
  let inventory: Inventory
  private let segmentBytes: Int

  init(
    segmentBytes: Int, shards: Int = 1, rules: Rules = Rules(),
    report: @escaping @Sendable (EngineEvent) -> Void = { _ in }
  ) throws {
    self.segmentBytes = segmentBytes
    var configuration = EngineConfiguration()
    configuration.segmentBytes = segmentBytes
    configuration.shards = shards
    configuration.rules = rules
    configuration.freeBytesMin = 0
    configuration.newStore = TestStore.id
    inventory = try Inventory(
      path: TestStore.path, storage: storage, clock: clock, configuration: configuration, report: report)
  }

  func perform(_ text: String) throws -> Answer {
    var batch = CommandBatch()
    batch.add(try ShopCommand(text, base: TestStore.base))
    var replies = ReplyBatch()
    inventory.makeExecutor().execute(&batch, into: &replies)
    try inventory.flush()
    return Answer(replies.replies[0], replies, base: TestStore.base)
  }

  func run(_ text: String) throws -> String { try perform(text).description }

  var stats: StoreStats {
    var batch = CommandBatch()
    batch.append(.stats)
    var replies = ReplyBatch()
    inventory.makeExecutor().execute(&batch, into: &replies)
    return replies.stats[0]
  }

  /// Waits until the next segment lies ready.
  func waitForSpare() {
    let whole = segmentBytes - LogFormat.segmentHeaderBytes
    while inventory.commit.room.bytes <= whole { sched_yield() }
  }
}

/// Hears what the background threads report, and waits for it.
///
/// `@unchecked Sendable`: `heard` is read and written under `lock`.
final class EventWaiter: @unchecked Sendable {
  private let lock = Lock()
  private let condition = Condition()
  private var heard: [EngineEvent] = []

  func hear(_ event: EngineEvent) {
    lock.withLock { heard.append(event) }
    condition.broadcast()
  }

  /// - Returns: false if nothing like it came within half a minute.
  func wait(for condition: (EngineEvent) -> Bool) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    while !heard.contains(where: condition) {
      if !self.condition.wait(lock, milliseconds: 30_000) { return false }
    }
    return true
  }
}
