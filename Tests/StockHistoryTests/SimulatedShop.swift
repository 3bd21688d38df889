import StockEngine
import StockHistory
import StockModel
import StockTestSupport

/// Clients of a test store, with calls that overlap, answers that are lost, and crashes: a history that is sound because a real store
/// made it.
struct SimulatedShop {
  private(set) var history = ClientHistory()
  let store: TestStore
  private var random: SplitMix64
  private var generator: CommandGenerator
  private let life: Life
  /// Of the clients' monotonic clock, in nanoseconds.
  private var clock: Int64 = 1_000_000
  private var plugs = 0

  /// What happens besides commands.
  enum Life { case quiet, losesAnswers, everything }

  init(seed: UInt64, sells: Bool, life: Life, shards: Int = 2) throws {
    random = SplitMix64(seed: seed)
    generator = CommandGenerator(seed: random.next(), orders: sells ? 120 : 40, sells: sells)
    var rules = Rules()
    if life == .everything {
      rules.holdMilliseconds = 10_000
      rules.holdMillisecondsMax = 60_000
      rules.endedRetentionMilliseconds = 30_000
      rules.soldRetentionMilliseconds = 120_000
      rules.idRetentionMilliseconds = 300_000
      rules.outageShiftMillisecondsMax = 20_000
      if sells {
        rules.unpaidFlagThreshold = 2
        rules.unpaidPeriodMilliseconds = 100_000
        rules.flagMilliseconds = 60_000
      }
    }
    self.life = life
    store = try TestStore(shards: shards, segmentBytes: 64 << 10, rules: rules)
    store.answersBase = nil
    history.header.rules = rules
  }

  mutating func run(steps: Int) throws {
    for _ in 0..<steps { try step() }
    for id in generator.orderIDs { try perform([.order(id)], losing: false) }
    for name in generator.names { try perform([.get([name])], losing: false) }
    try store.inventory.flush()
  }

  private mutating func step() throws {
    if life == .everything, random.oneIn(6) { return try liveOn() }
    let commands = (0..<1 + random.below(6)).map { _ in lasting(generator.next(now: store.inventory.now.milliseconds)) }
    try perform(commands.filter(Self.isRecorded), losing: life != .quiet && random.oneIn(12))
  }

  /// Pages promise no order that a history could be held to.
  private static func isRecorded(_ command: ShopCommand) -> Bool {
    switch command {
    case .list, .sales: false
    default: true
    }
  }

  /// Without a log no hold may end within the history.
  private func lasting(_ command: ShopCommand) -> ShopCommand {
    guard life != .everything else { return command }
    switch command {
    case .reserve(var placement):
      if placement.holdMilliseconds > 0 { placement.holdMilliseconds += 600_000 }
      return .reserve(placement)
    default: return command
    }
  }

  // MARK: Commands

  private mutating func perform(_ commands: [ShopCommand], losing: Bool) throws {
    if losing { return try lose(commands) }
    var answers = try store.perform(commands)
    for place in answers.indices {
      clock += 1000
      generator.hear(commands[place], answers[place])
      record(commands[place], answers[place])
      answers[place].lsn = .zero
    }
  }

  private mutating func record(_ command: ShopCommand, _ answer: Answer?, called: Int64? = nil) {
    let client = Int64(random.below(5))
    history.operations.append(
      HistoryOperation(
        line: history.operations.count + 2, client: 0,
        called: called ?? clock - Int64(random.below(2500)),
        returned: answer == nil ? nil : clock + Int64(random.below(2500)), isResent: called != nil, command: command,
        answer: answer))
    // A client that was not answered is a new one afterwards.
    history.operations[history.operations.count - 1].client =
      answer == nil ? Int64(history.operations.count) + 100 : client
  }

  /// No answer comes. Some were done all the same; some clients send theirs again.
  private mutating func lose(_ commands: [ShopCommand]) throws {
    for command in commands where command.order != nil || command.operation != nil {
      clock += 1000
      let called = clock - 500
      if random.oneIn(2) { _ = try store.perform([command]) }
      if random.oneIn(2) {
        clock += 1000
        record(command, try store.perform([command])[0], called: called)
      } else {
        record(command, nil)
      }
    }
  }

  // MARK: Everything else

  private mutating func liveOn() throws {
    clock += 3_000_000
    switch random.below(10) {
    case 0..<5:
      store.advance(Int64(random.below(random.oneIn(3) ? 130_000 : 9000)))
      try store.settle()
    case 5: try store.snapshot()
    case 6: try store.restart(shards: random.pick([1, 2, 4]))
    case 7:
      try store.inventory.flush()
      try store.kill()
    case 8:
      store.advance(Int64(random.below(5000)))
      try store.kill()
    default: try crash()
    }
  }

  /// Power goes while commands wait for the log: what of them comes back, nobody was told.
  private mutating func crash() throws {
    try store.inventory.flush()
    store.storage.holdWrites()
    plugs += 1
    let commands =
      [.cancel(order: "plug-\(plugs)", reason: "")]
      + (0..<random.below(8)).map { _ in generator.next(now: store.inventory.now.milliseconds) }
      .filter { $0.order != nil || $0.operation != nil }
    _ = store.decide([commands[0]])
    store.storage.waitForHeldWrite()
    _ = store.decide(Array(commands.dropFirst()))
    let operations = random.below(5)
    store.storage.setJudge { number, _ in number < operations ? .proceed : .stop }
    store.storage.releaseWrites()
    do { try store.inventory.flush() } catch {}
    for command in commands { record(command, nil) }
    store.stop()
    store.storage.losePower(seed: random.next())
    try store.open()
    clock += 1_000_000
  }

  // MARK: Checking

  func verdict(_ history: ClientHistory? = nil) throws -> HistoryVerdict {
    var checker = try HistoryChecker(history ?? self.history)
    return checker.finish()
  }

  /// - Parameter changing: plants something into a record.
  func verdictWithLog(
    _ history: ClientHistory? = nil, changing change: (inout HistoryRecord) -> Void = { _ in }
  ) throws -> HistoryVerdict {
    var checker = try HistoryChecker(history ?? self.history, logOf: TestStore.id)
    try StoreInspector(path: TestStore.path, storage: store.storage).eachRecord { record in
      var record = record
      change(&record)
      if !record.events.isEmpty { checker.take(record) }
    }
    return checker.finish()
  }
}
