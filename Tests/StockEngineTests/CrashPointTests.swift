import StockTestSupport
import Synchronization
import Testing

@testable import StockEngine

/// One short life of a store, stopped before each of its file operations in turn, with different parts of what was not
/// synced lost. What comes back must be the state after every acknowledged step, or after the one that was under way.
@Suite struct CrashPointTests {
  static let rules = PropertyRun.rules

  /// How much of what was not synced survives.
  enum Loss: CaseIterable, CustomTestStringConvertible {
    case everythingLost, nothingLost, everyOther, firstKept, lastKept, random

    func keeps(_ total: Int, _ seed: UInt64) -> (Int) -> Bool {
      switch self {
      case .everythingLost: return { _ in false }
      case .nothingLost: return { _ in true }
      case .everyOther: return { $0 % 2 == 0 }
      case .firstKept: return { $0 == 0 }
      case .lastKept: return { $0 == total - 1 }
      case .random:
        var kept: [Bool] = []
        var random = SplitMix64(seed: seed)
        for _ in 0 ..< total { kept.append(random.oneIn(2)) }
        return { kept[$0] }
      }
    }

    var testDescription: String { "\(self)" }
  }

  @Test(arguments: Loss.allCases)
  func everyOperationOfALife(_ loss: Loss) throws {
    let operations = try Life().run()
    #expect(operations > 100, "the life has too few operations to mean anything")
    for place in 0 ... operations { try check(place, loss) }
  }

  private func check(_ place: Int, _ loss: Loss) throws {
    let life = try Life()
    _ = try life.run(stoppingAt: place)
    life.losePower(loss.keeps(life.storage.unsynced.count, UInt64(place)))
    let states = life.possibleStates
    let store = try life.reopen()
    let found = try Observation(store)
    #expect(
      states.contains(found),
      "stopped before operation \(place) (\(life.lastOperation)) with \(loss): came back as\n\(found)\nnot as one of\n\(states)")
  }

  /// The recovery itself is stopped before each of its operations; the next one must find the same state.
  @Test(arguments: [Loss.everythingLost, .nothingLost, .random])
  func everyOperationOfARecovery(_ loss: Loss) throws {
    let died = try Life()
    _ = try died.run(stoppingAt: .max)
    died.killWithAnUnsyncedGroup()
    let disk = died.storage
    let whole = try died.reopen(on: disk.copy(), downtime: 7000)
    let expected = try Observation(whole)
    for place in 0 ..< 60 {
      let copy = disk.copy()
      let store = try TestStore(segmentBytes: Life.segmentBytes, rules: Self.rules, storage: copy, opens: false)
      store.advance(died.elapsed + 7000)
      copy.setJudge { number, _ in number < place ? .proceed : .stop }
      do {
        try store.open()
        store.stop()
      } catch {}
      copy.losePower(keeping: loss.keeps(copy.unsynced.count, UInt64(place)))
      let again = try died.reopen(on: copy, downtime: 7000)
      let found = try Observation(again)
      #expect(found == expected, "recovery stopped before its operation \(place), with \(loss)")
    }
  }
}

/// Everything that a client can read.
struct Observation: Equatable, CustomStringConvertible {
  static let items = ["A", "B@north"]
  static let orders = (1 ... 9).map { "o-\($0)" }
  static var commands: [ShopCommand] { [.get(items)] + orders.map { .order($0) } }

  var answers: [Answer]

  init(_ store: TestStore) throws { answers = try store.perform(Self.commands) }

  init(_ model: ReferenceModel, at now: Int64) {
    var model = model
    answers = Self.commands.map { model.perform($0, at: now) }
  }

  var description: String { answers.map(\.description).joined(separator: "\n") }
}

/// A scripted life of a store, with the model beside it.
private final class Life {
  static let segmentBytes = 32 << 10
  let storage = SimulatedStorage()
  /// The model after each step that was acknowledged; the last one is after the step under way.
  private var models: [(model: ReferenceModel, recordTime: Int64)] = []
  private(set) var elapsed: Int64 = 0
  private var store: TestStore?

  init() throws {}

  enum Step { case command(String), advance(Int64), seal, snapshot, restart, kill }

  static let script: [Step] = [
    .command("preheat op-1 A=10 B@north=4"), .command("reserve o-1 buyer=u1 A=3"), .advance(1000),
    .command("reserve o-2 buyer=u2 A=2 B@north=1 payload=gift"), .seal, .command("confirm o-1"), .snapshot,
    .command("cancel o-3"), .advance(2000), .command("deduct o-4 B@north=1"), .restart, .command("reserve o-5 A=1 hold=60s"),
    .command("extend op-2 o-2 hold=40s"), .advance(1500), .command("return op-3 o-1 A=1"), .kill, .advance(500),
    .command("reserve o-6 A=2"), .snapshot, .command("supply op-4 A=5"), .restart, .command("reserve o-7 A=1 hold=50s"),
  ]

  /// - Returns: how many operations it took.
  @discardableResult
  func run(stoppingAt place: Int = .max) throws -> Int {
    let counter = Counter()
    setJudge(counter, place)
    var model = ReferenceModel(rules: CrashPointTests.rules)
    var recordTime = TestStore.base
    models = [(model, recordTime)]
    do {
      store = try TestStore(segmentBytes: Self.segmentBytes, rules: CrashPointTests.rules, storage: storage)
      for step in Self.script {
        try perform(step, &model, &recordTime) { setJudge(counter, place) }
        models.append((model, recordTime))
      }
      return counter.count
    } catch is EngineFault {
      // The step under way may have happened or not.
      models.append((model, recordTime))
      return counter.count
    }
  }

  private func setJudge(_ counter: Counter, _ place: Int) {
    storage.setJudge { _, _ in counter.next() < place ? .proceed : .stop }
  }

  private func perform(
    _ step: Step, _ model: inout ReferenceModel, _ recordTime: inout Int64, rearm: () -> Void
  ) throws {
    guard let store else { return }
    let now = TestStore.base + elapsed
    switch step {
    case .command(let text):
      let command = try ShopCommand(text, base: TestStore.base)
      _ = model.perform(command, at: now)
      recordTime = now
      try store.perform(command)
    case .advance(let milliseconds):
      elapsed += milliseconds
      store.advance(milliseconds)
    case .seal: try store.inventory.seal()
    case .snapshot: try store.snapshot()
    case .restart:
      recordTime = now
      try store.restart()
    case .kill:
      store.stop()
      storage.kill()
      rearm()
      try reopenAfterKill(store, &model, &recordTime, now)
    }
    if case .seal = step { recordTime = now }
    if case .snapshot = step { recordTime = now }
  }

  private func reopenAfterKill(
    _ store: TestStore, _ model: inout ReferenceModel, _ recordTime: inout Int64, _ now: Int64
  ) throws {
    model.outage(from: recordTime, to: now)
    recordTime = now
    try store.open()
  }

  var lastOperation: String { storage.trace.last?.description ?? "none" }

  func losePower(_ keeps: (Int) -> Bool) {
    store?.stop()
    storage.losePower(keeping: keeps)
  }

  /// Dies with a group in the page cache that was never synced.
  func killWithAnUnsyncedGroup() {
    storage.setJudge { _, operation in operation.kind == .sync ? .stop : .proceed }
    do { _ = try store?.perform("reserve o-8 A=1") } catch {}
    store?.stop()
    storage.kill()
  }

  /// What the acknowledged steps and the one under way allow.
  var possibleStates: [Observation] {
    let now = TestStore.base + elapsed
    return models.suffix(2).flatMap { state -> [Observation] in
      // Whether the last record is that of this step or of an earlier one decides where the outage began.
      Set(models.suffix(3).map(\.recordTime) + [now]).map { from in
        var model = state.model
        model.outage(from: from, to: now)
        return Observation(model, at: now)
      }
    }
  }

  func reopen(on disk: SimulatedStorage? = nil, downtime: Int64 = 0) throws -> TestStore {
    let store = try TestStore(
      segmentBytes: Self.segmentBytes, rules: CrashPointTests.rules, storage: disk ?? storage, opens: false)
    store.advance(elapsed + downtime)
    try store.open()
    return store
  }
}

/// Counts from several threads.
final class Counter: Sendable {
  private let value = Atomic(0)

  var count: Int { value.load(ordering: .relaxed) }

  /// - Returns: the number before.
  func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
