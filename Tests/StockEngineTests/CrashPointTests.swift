import StockTestSupport
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
    let life = try Life(keepsMoments: true)
    let moments = life.storage.keptMoments
    #expect(moments.count > 80, "the life has too few operations to mean anything")
    for (place, moment) in moments.enumerated() {
      let step = life.step(ofMoment: place)
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let found = try Observation(Life.reopen(on: moment.disk, at: step.elapsed))
      #expect(
        step.possibleStates.contains(found),
        "power lost before operation \(place), \(moment.operation), with \(loss): came back as\n\(found)")
    }
  }

  /// The recovery itself is stopped before each of its operations; the next one must find the same state.
  @Test(arguments: [Loss.everythingLost, .nothingLost, .random])
  func everyOperationOfARecovery(_ loss: Loss) throws {
    let died = try Life()
    died.killWithAnUnsyncedGroup()
    let disk = died.storage
    let now = died.elapsed + 7000
    let recovered = disk.copy()
    recovered.keepMoments()
    let expected = try Observation(Life.reopen(on: recovered, at: now))
    let lost = disk.copy()
    lost.losePower { _ in false }
    let without = try Observation(Life.reopen(on: lost, at: now))
    #expect(without != expected)
    let moments = recovered.keptMoments
    #expect(moments.count > 10)
    for (place, moment) in moments.enumerated() {
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let found = try Observation(Life.reopen(on: moment.disk, at: now))
      // Nobody was told of the unsynced group before the recovery was over, so it may go; nothing else may.
      #expect(
        found == expected || found == without,
        "recovery stopped before its operation \(place), \(moment.operation), with \(loss): came back as\n\(found)")
    }
    recovered.losePower { _ in false }
    #expect(try Observation(Life.reopen(on: recovered, at: now)) == expected, "what a recovery showed must stay")
  }
}

/// A scripted life of a store, with the model beside it.
private final class Life {
  static let segmentBytes = 32 << 10
  let storage = SimulatedStorage()
  private var store: TestStore?
  private var model = ReferenceModel(rules: CrashPointTests.rules)
  /// When the last record was written.
  private var recordTime = TestStore.base
  private(set) var elapsed: Int64 = 0
  private var steps: [StepTaken] = []

  enum Step { case command(String), advance(Int64), seal, snapshot, restart, kill }

  /// A step, as far as a crash in it can tell.
  struct StepTaken {
    /// Operations of the disk when it was over.
    var momentsAfter: Int
    var elapsed: Int64
    var before: (model: ReferenceModel, recordTime: Int64)
    var after: (model: ReferenceModel, recordTime: Int64)

    /// The state before the step or after it, each moved by the outage that begins with its last record.
    var possibleStates: [Observation] {
      let now = TestStore.base + elapsed
      return [before.model, after.model].flatMap { model in
        [before.recordTime, after.recordTime].map { from in
          var model = model
          model.outage(from: from, to: now)
          return Observation(model, at: now)
        }
      }
    }
  }

  static let script: [Step] = [
    .command("preheat op-1 A=10 B@north=4"), .command("reserve o-1 buyer=u1 A=3"), .advance(1000),
    .command("reserve o-2 buyer=u2 A=2 B@north=1 payload=gift"), .seal, .command("confirm o-1"), .snapshot,
    .command("cancel o-3"), .advance(2000), .command("deduct o-4 B@north=1"), .restart, .command("reserve o-5 A=1 hold=60s"),
    .command("extend op-2 o-2 hold=40s"), .advance(1500), .command("return op-3 o-1 A=1"), .kill, .advance(500),
    .command("reserve o-6 A=2"), .snapshot, .command("supply op-4 A=5"), .restart, .command("reserve o-7 A=1 hold=50s"),
  ]

  init(keepsMoments: Bool = false) throws {
    if keepsMoments { storage.keepMoments() }
    let empty = (model, recordTime)
    store = try TestStore(segmentBytes: Self.segmentBytes, rules: CrashPointTests.rules, storage: storage)
    steps.append(StepTaken(momentsAfter: storage.keptMoments.count, elapsed: 0, before: empty, after: empty))
    for step in Self.script {
      let before = (model, recordTime)
      try take(step)
      steps.append(
        StepTaken(
          momentsAfter: storage.keptMoments.count, elapsed: elapsed, before: before, after: (model, recordTime)))
    }
  }

  private func take(_ step: Step) throws {
    guard let store else { return }
    let now = TestStore.base + elapsed
    switch step {
    case .command(let text):
      let command = try ShopCommand(text, base: TestStore.base)
      let answer = try store.perform(command)
      #expect(answer.without("available") == model.perform(command, at: now).without("available"))
    case .advance(let milliseconds):
      elapsed += milliseconds
      store.advance(milliseconds)
      return
    case .seal: try store.inventory.seal()
    case .snapshot: try store.snapshot()
    case .restart: try store.restart()
    case .kill:
      try store.kill()
      model.outage(from: recordTime, to: now)
    }
    recordTime = now
  }

  /// The step in which an operation of the disk came.
  func step(ofMoment moment: Int) -> StepTaken {
    guard let step = steps.first(where: { moment < $0.momentsAfter }) else {
      preconditionFailure("no step made operation \(moment)")
    }
    return step
  }

  /// Dies with a group in the page cache that was never synced.
  func killWithAnUnsyncedGroup() {
    storage.setJudge { _, operation in operation.kind == .sync ? .stop : .proceed }
    do { _ = try store?.perform("reserve o-8 A=1") } catch {}
    store?.stop()
    storage.kill()
  }

  static func reopen(on disk: SimulatedStorage, at elapsed: Int64) throws -> TestStore {
    let store = try TestStore(segmentBytes: segmentBytes, rules: CrashPointTests.rules, storage: disk, opens: false)
    store.advance(elapsed)
    try store.open()
    return store
  }
}
