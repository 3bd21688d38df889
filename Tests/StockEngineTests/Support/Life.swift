import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// A scripted life of a store, with the model beside it.
final class Life {
  static let segmentBytes = 32 << 10
  let storage = SimulatedStorage()
  private var store: TestStore?
  private var model = ReferenceModel(rules: CrashPointTests.rules, base: TestStore.base)
  /// When the last record was written.
  private var recordTime = TestStore.base
  private(set) var elapsed: Int64 = 0
  private var steps: [StepTaken] = []
  private let hasThreads: Bool
  /// A bug on purpose: a client is answered before the log has written. For tests of the tests.
  private let answersEarly: Bool
  /// Commands that a client was told are done.
  private(set) var acknowledged: [(command: ShopCommand, answer: Answer)] = []

  private(set) var commandCount = 0
  /// Commands that were refused because the disk had no room.
  private(set) var putOffCount = 0

  enum Step { case command(String), advance(Int64), settle, seal, snapshot, restart, kill }

  /// A step, as far as a crash in it can tell.
  struct StepTaken {
    /// Operations of the disk when it was over.
    var momentsAfter: Int
    var elapsed: Int64
    var before: (model: ReferenceModel, recordTime: Int64)
    var after: (model: ReferenceModel, recordTime: Int64)

    /// The state before the step or after it, each moved by the outage that begins with its last record.
    var possibleStates: [Observation] {
      [before.model, after.model].flatMap { model in
        [before.recordTime, after.recordTime].map { state(model, outageFrom: $0) }
      }
    }

    /// The only one once the step is over and its command answered.
    var stateAfter: Observation { state(after.model, outageFrom: after.recordTime) }

    private func state(_ model: ReferenceModel, outageFrom from: Int64) -> Observation {
      let now = TestStore.base + elapsed
      var model = model
      model.outage(from: from, to: now)
      return Observation(model, at: now)
    }
  }

  static let script: [Step] = [
    .command("preheat op-1 A=10 B@north=4"), .command("reserve o-1 buyer=u1 A=3"), .advance(1000),
    .command("reserve o-2 buyer=u2 A=2 B@north=1 payload=gift"), .seal, .command("confirm o-1"), .snapshot,
    .command("cancel o-3"), .advance(2000), .command("deduct o-4 B@north=1"), .restart,
    .command("reserve o-5 A=1 hold=60s"),
    .command("extend op-2 o-2 hold=40s"), .advance(1500), .command("return op-3 o-1 A=1"), .kill, .advance(500),
    .command("reserve o-6 A=2"), .snapshot, .command("supply op-4 A=5"), .restart, .command("reserve o-7 A=1 hold=50s"),
    .command("confirmLines op-5 o-2 A=1"), .command("cancelLines op-6 o-2 A=1 reason=less"), .command("nextIDs 5"),
    .kill, .command("ship op-7 o-1"), .snapshot, .command("deliver op-8 o-1"), .command("nextIDs 4096"),
  ]

  /// The same with a sale: records of several events, a replaced order, limits, a flag.
  static let saleScript: [Step] = [
    .command("preheat op-1 A=10 B@north=4"),
    .command("open s-1 S unpaid=refuse flagged=defer limit=user:3 end=1h pay=50s from-pools A=6"),
    .command("reserve o-1 buyer=u1 A=1 sale=S"), .advance(1000), .command("flag f-1 u2"),
    .command("reserve o-2 buyer=u1 A=3 sale=S replace"), .seal, .command("reserve o-3 buyer=u2 A=2 sale=S"), .snapshot,
    .command("confirm o-3"), .restart, .command("limit l-1 B user:1"), .advance(2000),
    .command("reserve o-4 buyer=u1 B@north=1"), .command("add s-2 S A=2"), .kill, .advance(500),
    .command("reserve o-5 buyer=u1 A=1 sale=S replace"), .command("return r-1 o-3 A@~S=1 scrap"), .snapshot,
    .command("pause s-3 S"), .restart, .command("cancel o-5"), .command("close s-4 S"), .restart,
    .command("reserve o-6 buyer=u3 A=1 hold=50s"),
  ]

  /// Lives until the script is over or the store fails.
  /// - Parameters:
  ///   - archives: false: what snapshots cover goes.
  ///   - hasThreads: the store's threads work by themselves, so that no two lives have the same operations.
  ///   - prepare: what to do to the disk beforehand.
  init(
    _ script: [Step] = Life.script, shards: Int = 1, archives: Bool = true, hasThreads: Bool = false,
    answersEarly: Bool = false,
    prepare: (SimulatedStorage) -> Void = { _ in }
  ) throws {
    self.hasThreads = hasThreads
    self.answersEarly = answersEarly
    prepare(storage)
    note(before: (model, recordTime))
    do {
      let store = try TestStore(
        shards: shards, segmentBytes: Self.segmentBytes, rules: CrashPointTests.rules, storage: storage, opens: false)
      store.configuration.runsUpkeep = hasThreads
      if !archives { store.configuration.archiveBytesMax = 0 }
      try store.open()
      self.store = store
      steps[0].momentsAfter = storage.keptMoments.count
      for step in script {
        let before = (model, recordTime)
        do {
          try take(step)
          note(before: before)
          if answersEarly { try catchUp() }
        } catch {
          note(before: before)
          throw error
        }
      }
    } catch let fault as EngineFault {
      self.fault = fault
    }
  }

  private func note(before: (ReferenceModel, Int64)) {
    steps.append(
      StepTaken(momentsAfter: storage.keptMoments.count, elapsed: elapsed, before: before, after: (model, recordTime)))
  }

  /// Lets the log do what was promised already.
  private func catchUp() throws(EngineFault) {
    storage.releaseWrites()
    try store?.inventory.flush()
  }

  /// What ended it early.
  private(set) var fault: EngineFault?

  var lastStep: StepTaken { steps[steps.count - 1] }

  /// What may be there when it is over: in a life without a fault every command was answered.
  var possibleStates: [Observation] { fault == nil ? [lastStep.stateAfter] : lastStep.possibleStates }

  private func take(_ step: Step) throws {
    guard let store else { return }
    let now = TestStore.base + elapsed
    switch step {
    case .command(let text):
      let command = try ShopCommand(text, base: TestStore.base)
      let before = (model: model, recordTime: recordTime)
      let expected = model.perform(command, at: now)
      commandCount += 1
      recordTime = now
      if answersEarly { storage.holdWrites() }
      let answer = try answersEarly ? store.decide([command])[0] : store.perform(command)
      if answer.outcome.isSuccess { acknowledged.append((command, answer)) }
      // With threads, a disk on which no segment can be prepared is noticed, and commands are put off.
      if hasThreads && answer.outcome == .noSpace {
        putOffCount += 1
        (model, recordTime) = before
        return
      }
      #expect(answer.without("available") == expected.without("available"), "\(command)")
    case .advance(let milliseconds):
      elapsed += milliseconds
      store.advance(milliseconds)
    case .settle:
      model.tick(at: now)
      recordTime = now
      try store.settle()
    case .seal:
      recordTime = now
      try store.inventory.seal()
    case .snapshot:
      recordTime = now
      try store.snapshot()
    case .restart:
      recordTime = now
      try store.restart()
    case .kill:
      model.outage(from: recordTime, to: now)
      recordTime = now
      try store.kill()
    }
  }

  /// Stops the store as its owner would, whatever happened to it before.
  func end() throws(EngineFault) {
    guard let store, store.isOpen else { return }
    try store.shutdown()
  }

  /// The process dies.
  func kill() {
    store?.stop()
    storage.kill()
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

  static func reopen(
    on disk: SimulatedStorage, at elapsed: Int64, shards: Int = 1, archives: Bool = true
  ) throws -> TestStore {
    let store = try TestStore(
      shards: shards, segmentBytes: segmentBytes, rules: CrashPointTests.rules, storage: disk, opens: false)
    if !archives { store.configuration.archiveBytesMax = 0 }
    store.advance(elapsed)
    try store.open()
    return store
  }
}
