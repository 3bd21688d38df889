import StockEngine
import StockModel

/// A store on a simulated disk, with a clock that moves when it is told to and no threads that work by themselves.
package final class TestStore {
  package let storage: SimulatedStorage
  package let clock: ManualClock
  package var configuration: EngineConfiguration
  /// The moment that answers count times from; nil: they tell milliseconds since 1970.
  package var answersBase: Int64? = TestStore.base
  private var opened: Inventory?
  private var executor: BatchExecutor?

  /// The first moment of every test.
  package static let base: Int64 = 1_750_000_000_000
  package static let path = "/store"
  package static let id = StoreID(low: 0x1111_2222_3333_4444, high: 0x5555_6666_7777_8888)

  /// - Parameter opens: false leaves the store closed.
  package init(
    shards: Int = 1, segmentBytes: Int = 64 << 10, rules: Rules = Rules(),
    storage: SimulatedStorage = SimulatedStorage(),
    opens: Bool = true
  ) throws(EngineFault) {
    self.storage = storage
    clock = ManualClock(wallMilliseconds: Self.base)
    configuration = EngineConfiguration()
    configuration.shards = shards
    configuration.segmentBytes = segmentBytes
    configuration.rules = rules
    configuration.runsUpkeep = false
    configuration.newStore = Self.id
    configuration.epochNonce = 1
    configuration.freeBytesMin = 0
    if opens { try open() }
  }

  deinit {
    storage.releaseWrites()
    opened?.abandon()
  }

  package var inventory: Inventory {
    guard let opened else { preconditionFailure("the store is not open") }
    return opened
  }

  package var isOpen: Bool { opened != nil }

  /// Now, counted from the base.
  package var now: Int64 { inventory.now.milliseconds - Self.base }

  // MARK: Lives

  package func open() throws(EngineFault) {
    precondition(opened == nil, "the store is open")
    opened = try Inventory(path: Self.path, storage: storage, clock: clock, configuration: configuration)
    executor = inventory.makeExecutor()
  }

  /// Stops the store as a daemon that was told to: sync, seal, snapshot.
  package func shutdown() throws(EngineFault) {
    let stopped = inventory
    executor = nil
    opened = nil
    try stopped.shutdown()
  }

  package func restart(shards: Int? = nil) throws(EngineFault) {
    try shutdown()
    if let shards { configuration.shards = shards }
    try open()
  }

  /// Ends the threads; nothing that they still try reaches the disk.
  package func stop() {
    storage.stop()
    executor = nil
    opened?.abandon()
    opened = nil
  }

  /// The machine loses power, and what was not synced as far as `keeping` says. The store stays closed.
  package func losePower(keeping: (Int) -> Bool = { _ in false }) {
    stop()
    storage.losePower(keeping: keeping)
  }

  /// Loses power and starts again.
  package func crash(keeping: (Int) -> Bool = { _ in false }) throws(EngineFault) {
    losePower(keeping: keeping)
    try open()
  }

  package func crash(seed: UInt64) throws(EngineFault) {
    stop()
    storage.losePower(seed: seed)
    try open()
  }

  /// The process dies (the page cache lives) and starts again.
  package func kill() throws(EngineFault) {
    stop()
    storage.kill()
    try open()
  }

  // MARK: Commands

  /// Decides commands as one batch and waits until they are durable.
  package func perform(_ commands: [ShopCommand]) throws(EngineFault) -> [Answer] {
    let answers = decide(commands)
    try inventory.flush()
    return answers
  }

  /// Decides commands as one batch, without waiting.
  package func decide(_ commands: [ShopCommand]) -> [Answer] {
    guard let executor else { preconditionFailure("the store is not open") }
    var batch = CommandBatch()
    for command in commands { batch.add(command) }
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    return replies.replies.map { Answer($0, replies, base: answersBase) }
  }

  @discardableResult
  package func perform(_ command: ShopCommand) throws(EngineFault) -> Answer { try perform([command])[0] }

  /// Decides a command that is written in words.
  @discardableResult
  package func perform(_ text: String) throws -> Answer { try perform(ShopCommand(text, base: Self.base)) }

  package func reserve(
    _ order: String, _ item: String, _ quantity: Int64, buyer: String = "", hold: Int64 = 0
  ) throws(EngineFault) -> Answer {
    var placement = ShopCommand.Placement(order: order, lines: [ShopCommand.Line(item, quantity)])
    placement.buyer = buyer
    placement.holdMilliseconds = hold
    return try perform(.reserve(placement))
  }

  package var stats: StoreStats {
    guard let executor else { preconditionFailure("the store is not open") }
    var batch = CommandBatch()
    batch.append(.stats)
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    return replies.stats[0]
  }

  package func history(_ item: String, beforeVersion: UInt64 = 0, rowsMax: Int = 1000) -> Answer {
    var replies = ReplyBatch()
    inventory.history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax, into: &replies)
    return Answer(replies.replies[0], replies, base: Self.base)
  }

  package func demand(_ item: String, _ query: DemandQuery = DemandQuery()) -> Answer {
    var replies = ReplyBatch()
    inventory.demand(item: item, query, into: &replies)
    return Answer(replies.replies[0], replies, base: Self.base)
  }

  // MARK: Time

  package func advance(_ milliseconds: Int64) { clock.advance(milliseconds: milliseconds) }

  /// One round of upkeep.
  package func tick() throws(EngineFault) {
    inventory.tick()
    try inventory.flush()
  }

  /// Rounds of upkeep until there is nothing left to do.
  package func settle() throws(EngineFault) {
    var quiet = 0
    while quiet < 17 {
      let before = inventory.lastLSN
      try tick()
      quiet = inventory.lastLSN == before ? quiet + 1 : 0
    }
  }

  /// Ends the segment and makes a snapshot of everything so far.
  @discardableResult
  package func snapshot() throws(EngineFault) -> SnapshotReport {
    try inventory.seal()
    return try inventory.makeSnapshot()
  }
}
