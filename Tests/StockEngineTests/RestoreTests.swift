import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Stores that end at an earlier moment of another one: they read as that one did, and go on.
@Suite struct RestoreTests {
  /// A random life, and what the model was after each record that ended a command.
  private struct Past {
    var disk: SimulatedStorage
    var durable: LSN
    var moments: [LSN: (model: ReferenceModel, elapsed: Int64)] = [:]
    var generator: CommandGenerator

    var reads: [ShopCommand] { [.get(generator.names)] + generator.orderIDs.map { .order($0) } }

    init(seed: UInt64, steps: Int) throws {
      var random = SplitMix64(seed: seed)
      generator = CommandGenerator(seed: random.next(), orders: 12)
      let store = try TestStore(
        shards: random.pick([1, 4]), segmentBytes: 32 << 10, rules: CrashPointTests.rules)
      var model = ReferenceModel(rules: CrashPointTests.rules, base: TestStore.base)
      for _ in 0..<steps {
        switch random.below(20) {
        case 0..<15:
          let now = store.inventory.now.milliseconds
          let command = generator.next(now: now)
          generator.hear(command, try store.perform(command))
          _ = model.perform(command, at: now)
          moments[store.inventory.durableLSN] = (model, store.now)
        case 15..<18: store.advance(Int64(random.below(4000)))
        case 18: try store.inventory.seal()
        default: try store.snapshot()
        }
      }
      durable = store.inventory.durableLSN
      store.stop()
      disk = store.storage
      disk.kill()
    }
  }

  private func open(_ disk: SimulatedStorage, at time: Timestamp) throws -> TestStore {
    let store = try TestStore(
      segmentBytes: 32 << 10, rules: CrashPointTests.rules, storage: SalvageTests.moved(disk), opens: false)
    store.configuration.epochNonce = 78
    store.advance(time.milliseconds - TestStore.base)
    try store.open()
    return store
  }

  /// Each LSN of a small store: the state is the log's, and the model's where a command ended; and it goes on.
  @Test(arguments: Seeds.runs(old: [1, 2, 3, 4]))
  func everyLSN(seed: UInt64) throws {
    let past = try Past(seed: seed, steps: Seeds.steps(150))
    var compared = 0
    let inspector = try StoreInspector(path: TestStore.path, storage: past.disk)
    for number in 1...past.durable.rawValue {
      let lsn = LSN(number)
      let disk = past.disk.copy()
      let report = try SalvageTests.salvage(disk, .lsn(lsn))
      #expect(report.lsn == lsn && report.madePath != nil)
      var limit = StoreInspector.ReplayLimit()
      limit.lsn = lsn
      let logged = try inspector.replay(limit)
      let made = try StoreInspector(path: SalvageTests.target, storage: disk).replay(StoreInspector.ReplayLimit())
      #expect(made.lsn == lsn.advanced(by: 1), "the record that begins the new epoch is the last")
      #expect(made.stateHash == logged.stateHash && made.balances == logged.balances, "LSN \(lsn), seed \(seed)")
      let store = try open(disk, at: max(report.time, Timestamp(milliseconds: TestStore.base)))
      if var moment = past.moments[lsn], TestStore.base + moment.elapsed == report.time.milliseconds {
        compared += 1
        try compare(store, &moment.model, past, "LSN \(lsn), seed \(seed)")
      }
      if number % 9 == 0 { try goOn(store, "LSN \(lsn), seed \(seed)") }
    }
    #expect(compared > 15, "too few moments could be compared: \(compared)")
    print("restore, seed \(seed): \(past.durable) LSNs, \(compared) against the model")
  }

  private func compare(
    _ store: TestStore, _ model: inout ReferenceModel, _ past: Past, _ what: String
  ) throws {
    let now = store.inventory.now.milliseconds
    for command in past.reads {
      let found = try store.perform(command)
      let expected = model.perform(command, at: now)
      if found != expected { Issue.record("\(what), \(command):\n  \(found)\n  \(expected)") }
    }
  }

  private func goOn(_ store: TestStore, _ what: String) throws {
    try store.perform("preheat new-op NEW=7")
    #expect(try store.perform("reserve new-order NEW=2").outcome == .reserved)
    try store.snapshot()
    try store.kill()
    try store.restart()
    #expect(try store.perform("get NEW").number("NEW") == 5, "\(what)")
    let verified = try StoreInspector(path: TestStore.path, storage: store.storage).verifyDeeply()
    #expect(verified.exitStatus == 0, "\(what): \(verified)")
  }

  /// The last record before the first that is later.
  @Test(arguments: Seeds.runs(old: [5]))
  func everyTime(seed: UInt64) throws {
    let past = try Past(seed: seed, steps: 80)
    let events = try LogReader(storage: past.disk).events()
    let times = Set(events.map(\.time)).sorted()
    #expect(times.count >= 5)
    for time in times {
      for early in [Int64(0), 1] {
        let moment = Timestamp(milliseconds: TestStore.base + time - early)
        let expected = events.prefix { $0.time <= time - early }.last?.lsn ?? .zero
        let disk = past.disk.copy()
        let report = try SalvageTests.salvage(disk, .time(moment))
        #expect(report.lsn == expected && report.time <= moment, "\(moment), seed \(seed)")
        _ = try open(disk, at: max(moment, Timestamp(milliseconds: TestStore.base)))
      }
    }
  }

  @Test func momentsThatCannotBeHad() throws {
    let store = try WholeStore()
    let beyond = #expect(throws: EngineFault.self) {
      try SalvageTests.salvage(store.disk, .lsn(store.durable.advanced(by: 1)))
    }
    #expect(beyond?.code == .configuration)
    for path in store.paths(in: "archive") { store.disk.remove(path) }
    let early = #expect(throws: EngineFault.self) { try SalvageTests.salvage(store.disk, .lsn(LSN(2))) }
    #expect(early?.code == .missing && early?.lsn != nil)
    let tooEarly = #expect(throws: EngineFault.self) {
      try SalvageTests.salvage(store.disk, .time(Timestamp(milliseconds: TestStore.base)))
    }
    #expect(tooEarly?.code == .missing)
  }
}
