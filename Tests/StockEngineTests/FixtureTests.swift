import Foundation
import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Stores that earlier versions wrote, byte for byte, in Fixtures/. They must open for ever, and say what they said then.
@Suite struct FixtureTests {
  static let formats = ["format-1"]

  private static func folder(_ format: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appendingPathComponent(format)
  }

  /// A copy of a fixture on a simulated disk.
  private func disk(_ format: String) throws -> SimulatedStorage {
    let disk = SimulatedStorage()
    let folder = try Self.folder(format)
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      guard let data = try? Data(contentsOf: folder.appendingPathComponent(path)), path != "expected.txt" else {
        continue
      }
      disk.place(Array(data), at: "\(TestStore.path)/\(path)")
    }
    return disk
  }

  private func expected(_ format: String) throws -> [String] {
    try String(contentsOf: Self.folder(format).appendingPathComponent("expected.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  /// What is asked of a fixture, and what it answers.
  static func answers(_ store: TestStore) throws -> [String] {
    try FixtureScript.questions.map { "\($0) -> \(try store.perform($0))" }
      + ["events " + Set(try store.events().map(\.kind.name)).sorted().joined(separator: " ")]
      + ["state \(store.stats.stateHash)"]
  }

  @Test(arguments: formats, [1, 4])
  func opens(_ format: String, shards: Int) throws {
    let store = try TestStore(
      shards: shards, segmentBytes: 16 << 10, rules: PropertyRun.rules, storage: disk(format), opens: false)
    store.advance(FixtureScript.elapsed)
    try store.open()
    #expect(store.inventory.recovery.brokenSnapshots.isEmpty)
    #expect(try Self.answers(store) == expected(format))
    // The new version goes on where the old one stopped.
    #expect(try store.perform("reserve new-1 A=1").outcome == .reserved)
    try store.restart()
    #expect(try store.perform("reserve new-1 A=1").description.hasPrefix("reserved again"))
  }

  /// The same without its snapshots: the whole log, archive and all.
  @Test(arguments: formats)
  func foldsItsWholeLog(_ format: String) throws {
    let disk = try disk(format)
    for path in disk.paths(in: "\(TestStore.path)/snap") { disk.remove(path) }
    for path in disk.paths(in: "\(TestStore.path)/archive") {
      disk.place(try #require(disk.bytes(path)), at: path.replacingOccurrences(of: "/archive/", with: "/log/"))
      disk.remove(path)
    }
    let store = try TestStore(segmentBytes: 16 << 10, rules: PropertyRun.rules, storage: disk, opens: false)
    store.advance(FixtureScript.elapsed)
    try store.open()
    #expect(try Self.answers(store) == expected(format))
  }

  @Test(arguments: formats)
  func opensFromARealDisk(_ format: String) throws {
    let path = FileManager.default.temporaryDirectory.path + "/stockd-fixture-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.copyItem(atPath: Self.folder(format).path, toPath: path)
    try FileManager.default.removeItem(atPath: path + "/expected.txt")
    var configuration = EngineConfiguration()
    configuration.runsUpkeep = false
    configuration.segmentBytes = 64 << 10
    configuration.rules = PropertyRun.rules
    let clock = ManualClock(wallMilliseconds: TestStore.base + FixtureScript.elapsed)
    let store = try Inventory(path: path, clock: clock, configuration: configuration)
    var batch = CommandBatch()
    batch.add(.get(["A"]))
    var replies = ReplyBatch()
    store.makeExecutor().execute(&batch, into: &replies)
    #expect(try expected(format).contains("get A -> \(Answer(replies.replies[0], replies, base: TestStore.base))"))
    try store.shutdown()
  }

  /// `STOCK_WRITE_FIXTURE=directory swift test --filter writesAFixture` makes one of the present format.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["STOCK_WRITE_FIXTURE"] != nil))
  func writesAFixture() throws {
    let target = try #require(ProcessInfo.processInfo.environment["STOCK_WRITE_FIXTURE"])
    let store = try FixtureScript.run()
    let kinds = Set(try store.events().map(\.kind))
    #expect(kinds == Set(EventKind.allCases), "the fixture must hold every kind of event")
    let files = store.storage.files
    let text = try Self.answers(store).joined(separator: "\n") + "\n"
    for (path, bytes) in files where !path.hasSuffix(".tmp") && !path.hasSuffix("LOCK") {
      let place = target + path.dropFirst(TestStore.path.count)
      try FileManager.default.createDirectory(
        atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: place))
    }
    try text.write(toFile: target + "/expected.txt", atomically: true, encoding: .utf8)
  }
}

/// The life that a fixture holds: every kind of event, short and long ids, carts, pools, an archive, two snapshots, and a log
/// behind them.
enum FixtureScript {
  /// How long it lasts.
  static let elapsed: Int64 = 520_000

  private static let first = [
    "preheat op-1 A=100 B@north=50 红包=20", "reserve o-1 buyer=u1 A=2 B@north=1 payload=gift",
    "reserve o-2 A=1 hold=60s",
    "deduct o-3 buyer=a-buyer-whose-name-is-rather-long 红包=2", "confirm o-1", "reserve o-4 A=1 hold=1s",
    "reserve o-5 A=100 hold=1s", "reserve o-6 B@north=50 hold=1s", "cancel o-7 reason=never-came",
    "reserve an-order-whose-id-lies-in-the-arena A=1 红包=1 hold=50s", "supply op-2 A=5 B@north=5",
    "restock op-3 A=5 ref=PO-1", "adjust op-4 A -1 reason=broken", "adjust op-5 红包 -18 force reason=flood",
  ]

  private static let second = [
    "confirm o-4", "confirm an-order-whose-id-lies-in-the-arena", "extend x-1 o-2 hold=60s", "return r-1 o-1 A=1",
    "return r-2 o-3 scrap", "preheat op-6 B@north=40 replace", "confirm o-7", "cancel o-2 reason=changed-my-mind",
    "reserve p-1 A=3 hold=60s", "confirmLines c-1 p-1 A=1", "cancelLines c-2 p-1 A=1 reason=less", "confirm p-1",
    "ship s-1 p-1", "deliver d-1 p-1", "nextIDs 9",
  ]

  static let questions =
    ["A", "B@north", "红包", "GHOST"].map { "get \($0)" }
    + (1...9).map { "order o-\($0)" } + [
      "order an-order-whose-id-lies-in-the-arena", "order f-1", "order f-2", "stats",
    ]

  static func run() throws -> TestStore {
    let store = try TestStore(segmentBytes: 16 << 10, rules: PropertyRun.rules)
    for command in first { try store.perform(command) }
    store.advance(2000)
    try store.settle()
    for command in second { try store.perform(command) }
    try store.snapshot()
    try store.kill()
    store.advance(198_000)
    try store.settle()
    try store.perform("reserve o-8 A=1 hold=60s")
    try store.snapshot()
    try store.kill()
    store.advance(10_000)
    try store.kill()
    try store.perform("cancel f-1")
    try store.perform("deduct f-2 A=1")
    store.advance(90_000)
    try store.settle()
    store.advance(elapsed - 300_000 - 200)
    try store.settle()
    // Idle for long enough to say so.
    store.advance(200)
    try store.tick()
    try store.perform("reserve o-9 A=1 B@north=2 hold=60s")
    return store
  }
}
