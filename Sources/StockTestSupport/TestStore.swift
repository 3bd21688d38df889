import StockEngine

/// A store on a simulated disk, with a clock that moves when it is told to and no threads that work by themselves.
public final class TestStore {
  public let storage: SimulatedStorage
  public let clock: ManualClock
  public var configuration: EngineConfiguration
  private var opened: Inventory?
  private var executor: BatchExecutor?

  /// The first moment of every test.
  public static let base: Int64 = 1_750_000_000_000
  public static let path = "/store"
  public static let id = StoreID(low: 0x1111_2222_3333_4444, high: 0x5555_6666_7777_8888)

  /// - Parameter opens: false leaves the store closed.
  public init(
    shards: Int = 1, segmentBytes: Int = 64 << 10, rules: Rules = Rules(), storage: SimulatedStorage = SimulatedStorage(),
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

  public var inventory: Inventory {
    guard let opened else { preconditionFailure("the store is not open") }
    return opened
  }

  public var isOpen: Bool { opened != nil }

  /// Now, counted from the base.
  public var now: Int64 { inventory.now.milliseconds - Self.base }

  // MARK: Lives

  public func open() throws(EngineFault) {
    precondition(opened == nil, "the store is open")
    opened = try Inventory(path: Self.path, storage: storage, clock: clock, configuration: configuration)
    executor = inventory.makeExecutor()
  }

  /// Stops the store as a daemon that was told to: sync, seal, snapshot.
  public func shutdown() throws(EngineFault) {
    let stopped = inventory
    executor = nil
    opened = nil
    try stopped.shutdown()
  }

  public func restart(shards: Int? = nil) throws(EngineFault) {
    try shutdown()
    if let shards { configuration.shards = shards }
    try open()
  }

  /// Ends the threads; nothing that they still try reaches the disk.
  public func stop() {
    storage.stop()
    executor = nil
    opened?.abandon()
    opened = nil
  }

  /// The machine loses power, and what was not synced as far as `keeping` says. The store stays closed.
  public func losePower(keeping: (Int) -> Bool = { _ in false }) {
    stop()
    storage.losePower(keeping: keeping)
  }

  /// Loses power and starts again.
  public func crash(keeping: (Int) -> Bool = { _ in false }) throws(EngineFault) {
    losePower(keeping: keeping)
    try open()
  }

  public func crash(seed: UInt64) throws(EngineFault) {
    stop()
    storage.losePower(seed: seed)
    try open()
  }

  /// The process dies (the page cache lives) and starts again.
  public func kill() throws(EngineFault) {
    stop()
    storage.kill()
    try open()
  }

  // MARK: Commands

  /// Decides commands as one batch and waits until they are durable.
  public func perform(_ commands: [ShopCommand]) throws(EngineFault) -> [Answer] {
    let answers = decide(commands)
    try inventory.flush()
    return answers
  }

  /// Decides commands as one batch, without waiting.
  public func decide(_ commands: [ShopCommand]) -> [Answer] {
    guard let executor else { preconditionFailure("the store is not open") }
    var batch = CommandBatch()
    for command in commands { batch.add(command) }
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    return replies.replies.map { Answer($0, replies, base: Self.base) }
  }

  @discardableResult
  public func perform(_ command: ShopCommand) throws(EngineFault) -> Answer { try perform([command])[0] }

  /// Decides a command that is written in words.
  @discardableResult
  public func perform(_ text: String) throws -> Answer { try perform(ShopCommand(text, base: Self.base)) }

  public func reserve(
    _ order: String, _ item: String, _ quantity: Int64, buyer: String = "", hold: Int64 = 0
  ) throws(EngineFault) -> Answer {
    var placement = ShopCommand.Placement(order: order, lines: [ShopCommand.Line(item, quantity)])
    placement.buyer = buyer
    placement.holdMilliseconds = hold
    return try perform(.reserve(placement))
  }

  public var stats: StoreStats {
    guard let executor else { preconditionFailure("the store is not open") }
    var batch = CommandBatch()
    batch.append(.stats)
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    return replies.stats[0]
  }

  public func history(_ item: String, beforeVersion: UInt64 = 0, rowsMax: Int = 1000) -> Answer {
    var replies = ReplyBatch()
    inventory.history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax, into: &replies)
    return Answer(replies.replies[0], replies, base: Self.base)
  }

  // MARK: Time

  public func advance(_ milliseconds: Int64) { clock.advance(milliseconds: milliseconds) }

  /// One round of upkeep.
  public func tick() throws(EngineFault) {
    inventory.tick()
    try inventory.flush()
  }

  /// Rounds of upkeep until there is nothing left to do.
  public func settle() throws(EngineFault) {
    var quiet = 0
    while quiet < 17 {
      let before = inventory.lastLSN
      try tick()
      quiet = inventory.lastLSN == before ? quiet + 1 : 0
    }
  }

  /// Ends the segment and makes a snapshot of everything so far.
  @discardableResult
  public func snapshot() throws(EngineFault) -> SnapshotReport {
    try inventory.seal()
    return try inventory.makeSnapshot()
  }
}
