import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Random commands, clock jumps, snapshots, restarts and crashes, against the reference model. To repeat a failure:
/// `STOCK_SEED=n STOCK_STEPS=n swift test --filter PropertyTests`.
@Suite struct PropertyTests {
  @Test(arguments: Seeds.runs(old: [1, 2, 3, 4, 869_509_047], fresh: 2), [false, true])
  func storeAgreesWithTheModel(seed: UInt64, sells: Bool) throws {
    try Self.run(seed: seed, sells: sells, steps: Seeds.steps(220))
  }

  /// - Returns: how often each outcome came up. None after a failure.
  @discardableResult
  private static func run(seed: UInt64, sells: Bool, steps: Int) throws -> [Outcome: Int] {
    var run = try PropertyRun(seed: seed, sells: sells)
    for step in 0..<steps {
      do {
        try run.step()
      } catch {
        Issue.record(
          "seed \(seed), \(sells ? "with" : "without") sales, step \(step) of \(steps): \(error)\n\(run.diary)"
        )
        return [:]
      }
    }
    do {
      try run.checkLog()
      try run.checkSalesDecidedAgain()
    } catch {
      Issue.record("seed \(seed), after \(steps) steps: \(error)")
      return [:]
    }
    return run.outcomes
  }

  /// What the random steps come upon: an outcome that never comes up is one that they do not test.
  @Test func sweepsOverEverything() throws {
    var outcomes: Set<Outcome> = []
    for seed in 1...10 as ClosedRange<UInt64> {
      outcomes.formUnion(try Self.run(seed: seed, sells: true, steps: 300).keys)
    }
    let never: Set<Outcome> = [.balanceOverflow, .noSpace, .overloaded, .tooManyItems, .unavailable]
    #expect(Set(Outcome.allCases).subtracting(outcomes) == never)
  }
}

/// What the model and the store disagree about.
struct Disagreement: Error, CustomStringConvertible {
  var description: String
}

struct PropertyRun {
  private var random: SplitMix64
  private var generator: CommandGenerator
  private let store: TestStore
  private var model: ReferenceModel
  /// When the last record was written.
  private var lastRecordTime = TestStore.base
  private var plugs = 0
  /// Items that were once adjusted by force.
  private var forced: Set<String> = []
  /// The lowest floor that an item ever had, if below 0.
  private var lowestFloors: [String: Int64] = [:]
  private(set) var diary = Diary()
  private(set) var outcomes: [Outcome: Int] = [:]

  private let sells: Bool

  static var rules: Rules { rules(sells: false) }

  private static func rules(sells: Bool) -> Rules {
    var rules = Rules()
    if sells {
      rules.unpaidFlagThreshold = 2
      rules.unpaidPeriodMilliseconds = 100_000
      rules.flagMilliseconds = 60_000
    }
    rules.holdMilliseconds = 10_000
    rules.holdMillisecondsMax = 60_000
    rules.endedRetentionMilliseconds = 30_000
    rules.soldRetentionMilliseconds = 120_000
    rules.idRetentionMilliseconds = 300_000
    rules.outageShiftMillisecondsMax = 20_000
    return rules
  }

  init(seed: UInt64, sells: Bool) throws {
    self.sells = sells
    random = SplitMix64(seed: seed)
    generator = CommandGenerator(seed: random.next(), orders: sells ? 120 : 40, sells: sells)
    store = try TestStore(shards: random.pick([1, 2, 4]), segmentBytes: 32 << 10, rules: Self.rules(sells: sells))
    model = ReferenceModel(rules: Self.rules(sells: sells), base: TestStore.base)
  }

  private var now: Int64 { store.inventory.now.milliseconds }

  mutating func step() throws {
    switch random.below(100) {
    case 0..<76: try performBatch()
    case 76..<86: try passTime()
    case 86..<90:
      diary.note("snapshot")
      try store.snapshot()
      lastRecordTime = now
      try checkSnapshot()
    case 90..<92:
      diary.note("seal")
      try store.inventory.seal()
      lastRecordTime = now
    case 92..<95: try restart()
    case 95..<97: try kill()
    default: try crash()
    }
    try checkConservation()
    if sells { try checkCounters() }
  }

  // MARK: Commands

  private mutating func performBatch() throws {
    let commands = (0..<1 + random.below(6)).map { _ in generator.next(now: now) }
    let before = store.inventory.lastLSN
    let answers = try store.perform(commands)
    for (command, answer) in zip(commands, answers) { try compare(command, answer) }
    if store.inventory.lastLSN > before { lastRecordTime = now }
  }

  private mutating func compare(_ command: ShopCommand, _ answer: Answer) throws {
    let expected = model.perform(command, at: now)
    if case .adjust(_, let item, _, true, _) = command {
      forced.insert(item.hasSuffix("@main") ? String(item.dropLast(5)) : item)
    }
    diary.note(command, answer)
    generator.hear(command, answer)
    outcomes[answer.outcome, default: 0] += 1
    if case .configure(_, let item, let floor?) = command, answer.outcome == .done {
      let name = ReferenceModel.short(item)
      lowestFloors[name] = min(lowestFloors[name, default: 0], floor)
    }
    var said = answer
    if case .extend = command { said = answer.without("available") }
    // What was refused is logged once a second: what of it a crash took is not the model's to know.
    said = said.without("refused")
    guard said == expected || model.alternatives.contains(said) else {
      throw Disagreement(description: "\(command)\n  the store says \(said)\n  the model says \(expected)")
    }
  }

  private mutating func passTime() throws {
    let milliseconds =
      switch random.below(10) {
      case 0..<6: Int64(random.below(5000))
      case 6..<8: Int64(random.below(30_000))
      case 8: Int64(random.below(130_000))
      default: Int64(random.below(400_000))
      }
    diary.note("clock +\(Times.text(milliseconds))")
    store.advance(milliseconds)
    let before = store.inventory.lastLSN
    try store.settle()
    model.tick(at: now)
    if store.inventory.lastLSN > before { lastRecordTime = now }
  }

  // MARK: Restarts

  private mutating func restart() throws {
    let shards = random.pick([1, 2, 4, 8])
    diary.note("restart with \(shards) shards")
    // An orderly stop logs what was refused in its last second: do so first, so that the states can be compared.
    let quiet = store.inventory.lastLSN
    store.advance(1000)
    try store.settle()
    model.tick(at: now)
    if store.inventory.lastLSN > quiet { lastRecordTime = now }
    let hash = store.stats.stateHash
    let before = store.stats
    try store.shutdown()
    if before.lastLSN > before.snapshotLSN { lastRecordTime = TestStore.base + nowOfClock }
    store.configuration.shards = shards
    try reopen(hash: hash)
  }

  /// Without a command, which would log what is due.
  private var stateHash: UInt64 {
    store.inventory.group.shards.reduce(0) { $0 &+ $1.enter { $0.summary().stateHash } }
  }

  private var nowOfClock: Int64 { store.clock.wallMilliseconds - TestStore.base }

  /// The process dies with everything durable.
  private mutating func kill() throws {
    diary.note("kill")
    try store.inventory.flush()
    let hash = stateHash
    store.stop()
    store.storage.kill()
    try reopen(hash: hash)
  }

  /// - Parameter hash: of the state that must be found again.
  private mutating func reopen(hash: UInt64?) throws {
    if random.oneIn(2) { store.advance(Int64(random.below(30_000))) }
    if random.oneIn(4) { try stumble() }
    try store.open()
    let isShifted = now > lastRecordTime && model.orders.values.contains { $0.state.isOpen }
    if let hash, !isShifted, stateHash != hash {
      throw Disagreement(description: "the state hash after the restart is not the one before")
    }
    model.outage(from: lastRecordTime, to: now)
    if store.inventory.lastLSN.rawValue > 0 && isShifted { lastRecordTime = now }
    let recovered = store.inventory.lastLSN
    try checkEverything()
    if store.inventory.lastLSN > recovered { lastRecordTime = now }
  }

  /// Power goes again, somewhere in the recovery.
  private mutating func stumble() throws {
    let place = random.below(40)
    diary.note("power lost at operation \(place) of the recovery")
    store.storage.setJudge { number, _ in number < place ? .proceed : .stop }
    do {
      try store.open()
      store.stop()
    } catch {}
    store.storage.losePower(seed: random.next())
  }

  /// Power goes while commands wait for the log.
  private mutating func crash() throws {
    try checkEverything()
    plugs += 1
    store.storage.holdWrites()
    var states: [(lsn: LSN, model: ReferenceModel)] = []
    func note(_ command: ShopCommand, _ answer: Answer) { states.append((answer.lsn, model)) }
    let plug = ShopCommand.cancel(order: "plug-\(plugs)", reason: "")
    let batchTime = now
    let first = store.decide([plug])[0]
    try compare(plug, first)
    note(plug, first)
    store.storage.waitForHeldWrite()
    let commands = (0..<1 + random.below(8)).map { _ in generator.next(now: now) }
    for (command, answer) in zip(commands, store.decide(commands)) {
      try compare(command, answer)
      note(command, answer)
    }
    let operations = random.below(5)
    store.storage.setJudge { number, _ in number < operations ? .proceed : .stop }
    store.storage.releaseWrites()
    do { try store.inventory.flush() } catch {}
    let durable = store.inventory.durableLSN
    diary.note("power lost after \(operations) operations, durable \(durable), at \(states.map(\.lsn))")
    try recover(states, durable, batchTime)
  }

  private mutating func recover(
    _ states: [(lsn: LSN, model: ReferenceModel)], _ durable: LSN, _ batchTime: Int64
  ) throws {
    let before = states[0].lsn.rawValue - 1
    let survivor = try survivorAfterPowerLoss(seed: random.next(), durable: durable)
    diary.note("recovered to \(survivor)")
    if survivor.rawValue < min(durable.rawValue, states.last!.lsn.rawValue) {
      throw Disagreement(description: "LSN \(durable) was durable, but only \(survivor) came back")
    }
    if survivor.rawValue < before { throw Disagreement(description: "acknowledged records are gone") }
    if let state = states.last(where: { $0.lsn <= survivor }) {
      model = state.model
      lastRecordTime = batchTime
    } else {
      // Only the plug is undone: nothing else came after the state before it.
      model = states[0].model
      model.orders["plug-\(plugs)"] = nil
    }
    try reopen(hash: nil)
  }

  /// Loses power and looks how far the log reaches, on a copy of the disk.
  private mutating func survivorAfterPowerLoss(seed: UInt64, durable: LSN) throws -> LSN {
    store.stop()
    store.storage.losePower(seed: seed)
    let twin = try TestStore(
      segmentBytes: 32 << 10, rules: Self.rules(sells: sells), storage: store.storage.copy(), opens: false)
    twin.clock.advance(milliseconds: nowOfClock)
    try twin.open()
    let last = twin.inventory.recovery.lastLSN
    let isSeal = try LogReader(storage: twin.storage).events(at: last).contains { $0.kind == .sealed }
    // Recovery seals what it found, with a record of its own.
    return isSeal && last > durable ? LSN(last.rawValue - 1) : last
  }

  // MARK: Checks

  /// The snapshot, loaded and written again, is the same bytes; and it has the shards' state.
  private func checkSnapshot() throws {
    let paths = store.storage.paths(in: "\(TestStore.path)/snap").filter { $0.hasSuffix(".snap") }
    guard let path = paths.max(), let bytes = store.storage.bytes(path) else {
      throw Disagreement(description: "no snapshot was written")
    }
    let copy = try RewrittenSnapshot(bytes)
    if copy.bytes != bytes { throw Disagreement(description: "the same state gives other bytes") }
    if copy.stateHash != stateHash {
      throw Disagreement(description: "the snapshot's state is not that of the shards")
    }
  }

  /// Every item that was ever made, and those that were not.
  private var itemNames: [String] {
    Array(Set(generator.items.map { $0.hasSuffix("@main") ? String($0.dropLast(5)) : $0 } + model.items.keys)).sorted()
  }

  /// Reads of every item.
  private var gets: [ShopCommand] {
    let names = itemNames
    return stride(from: 0, to: names.count, by: Bounds.itemsPerReadMax).map {
      .get(Array(names[$0..<min($0 + Bounds.itemsPerReadMax, names.count)]))
    }
  }

  /// Straight from the shards' tables: what reads say of them is compared with the model, by command and after each restart.
  private func checkConservation() throws {
    for item in StockedItem.all(in: store) {
      if !item.isConserved {
        throw Disagreement(description: "\(item.name(in: store)) lost or made units: \(item)")
      }
      if item.available < 0 { try checkFloor(item) }
    }
  }

  /// Only a forced adjustment leaves an item below its floor, and nobody adjusts a sale's.
  /// A floor may rise above what there is; but nothing was ever taken below the lowest that it had.
  private func checkFloor(_ item: StockedItem) throws {
    let name = item.name(in: store)
    if item.available < lowestFloors[name, default: 0] && !forced.contains(name) {
      throw Disagreement(description: "\(name) is below its floor: \(item)")
    }
  }

  /// What the engine keeps of limits is what the orders come to.
  private func checkCounters() throws {
    let engine = Counters(store)
    let model = try Counters(model, numbersOf: engine, in: store)
    if engine.uses != model.uses {
      throw Disagreement(
        description: "limits count\n  \(engine.difference(\.uses, from: model))\n  \(self.model.uses())")
    }
    if engine.unpaid != model.unpaid {
      throw Disagreement(description: "unpaid orders\n  \(engine.difference(\.unpaid, from: model))")
    }
  }

  /// The log and the archive have a record of every LSN up to the last.
  func checkLog() throws {
    try store.inventory.flush()
    var last = LSN.zero
    for event in try LogReader(storage: store.storage).events() where event.lsn != last {
      guard event.lsn.rawValue == last.rawValue + 1 else {
        throw Disagreement(description: "after LSN \(last) the log goes on with \(event)")
      }
      last = event.lsn
    }
    if last != store.inventory.lastLSN {
      throw Disagreement(description: "the log ends with LSN \(last), the store is at \(store.inventory.lastLSN)")
    }
  }

  /// Each sale, decided again under its own numbers, is the recorded one; and the recorded one has what the store has.
  func checkSalesDecidedAgain() throws {
    try store.inventory.flush()
    let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
    for sale in model.sales.keys.sorted() {
      guard let whatIf = try inspector.whatIf(sale: sale) else {
        throw Disagreement(description: "the log has no opening of \(sale)")
      }
      let report = try whatIf.decide([])
      let strangers = report.winners.filter { $0.recorded != $0.whatIf }
      if report.recorded != report.whatIf || !strangers.isEmpty || report.assumed > 0 {
        throw Disagreement(
          description: "\(sale) was\n  \(report.recorded)\nand is now\n  \(report.whatIf)\n  \(strangers)")
      }
      for row in report.recorded.skus {
        let name = "\(row.sku)@~\(sale)"
        let answer = try store.perform(.get([name]))
        let left = answer.number(name).map { row.supplied - row.left == (answer.number("\(name).supplied") ?? -1) - $0 }
        guard left == true, answer.number("\(name).sold") == row.sold,
          answer.number("\(name).reserved") == row.reserved, answer.number("\(name).scrapped") == row.scrapped
        else { throw Disagreement(description: "\(name) is \(answer), the log says \(row)") }
      }
    }
  }

  /// Every item, every order and the totals.
  private mutating func checkEverything() throws {
    var commands = gets + generator.skus.map { .pools($0) } + generator.orderIDs.map { .order($0) } + [.stats]
    if sells {
      commands += model.sales.keys.sorted().map { .sale($0) } + generator.buyerNames.map { .buyer($0) }
    }
    for (command, answer) in zip(commands, try store.perform(commands)) { try compare(command, answer) }
  }
}
