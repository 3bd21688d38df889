import Synchronization

/// A store: items, orders and their log, open and running. The engine's front door.
///
/// Any thread may decide: `makeExecutor` gives it what it needs. Replies rest on records that are not durable yet when
/// `execute` returns; `durableLSN` and the listeners say when they are.
public final class Inventory: Sendable {
  /// The store's identity, made once, in every file.
  public let storeID: StoreID
  /// Those up to this start, which began the last.
  public let epochs: EpochHistory
  /// What opening it found and did.
  public let recovery: RecoveryReport

  let group: ShardGroup
  let commit: GroupCommit
  let clock: LogClock
  let configuration: EngineConfiguration
  let directory: StoreDirectory
  private let source: any ClockSource
  private let follower: Follower
  private let upkeep: Upkeep
  private let held: HeldDirectory
  private let startedAt: UInt64
  private let isShutDown = OnceFlag()

  /// Opens the store of a directory, or makes one in an empty directory; recovers, and begins to work.
  /// - Parameter report: hears of what the background threads did; called on theirs.
  /// - Throws: what is wrong, to which file, and what to do next. Nothing acknowledged is ever cut away.
  public convenience init(
    path: String, storage: any Storage = POSIXStorage(), clock: any ClockSource = SystemClock(),
    configuration: EngineConfiguration = EngineConfiguration(),
    report: @escaping @Sendable (EngineEvent) -> Void = { _ in }
  ) throws(EngineFault) {
    try configuration.check()
    let directory = StoreDirectory(storage: storage, path: path)
    let held = try directory.lock()
    try self.init(directory, held, clock, configuration, report)
  }

  private init(
    _ directory: StoreDirectory, _ held: any StorageLock, _ source: any ClockSource,
    _ configuration: EngineConfiguration, _ report: @escaping @Sendable (EngineEvent) -> Void
  ) throws(EngineFault) {
    let began = source.monotonicNanoseconds
    let wall = Timestamp(milliseconds: source.wallMilliseconds)
    let store = try directory.openOrInitialize(newStore: configuration.newStore ?? .random(), now: wall)
    let group = ShardGroup(store: store, shards: configuration.shards)
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: configuration.shards)
    defer { places.deallocate() }
    var decider = Decider(
      rules: configuration.rules, store: store,
      machines: MachineSet(places: places, shards: configuration.shards, store: store))

    let recovered = group.hold(
      group.all, &decider, Recover(directory: directory, store: store, configuration: configuration))
    var (position, recovery) = try recovered.get()
    let clock = LogClock(source: source, lastLogged: recovery.lastTime)

    let preallocator = SegmentPreallocator(
      storage: directory.storage, directory: directory.log, segmentBytes: configuration.segmentBytes,
      freeBytesMin: configuration.freeBytesMin
    ) { error in
      report(
        .backgroundFault(
          .io(
            error,
            "The next log segment could not be prepared; the present one goes on until it is full. Check the disk.")))
    }
    let names = LogDirectory(storage: directory.storage, path: directory.log)
    let follower = Follower(
      directory: directory, store: store, configuration: configuration, names: names, snapshotLSN: recovery.snapshotLSN,
      sealedSegments: recovery.segments - recovery.archivedSegments, wantsSnapshot: recovery.archivedSegments > 0,
      firstUnsealed: position.segment
    ) { event in
      switch event {
      case .madeSnapshot(let snapshot): report(.madeSnapshot(snapshot))
      case .failed(let fault): report(.backgroundFault(fault))
      }
    }
    let log = SegmentedLog(
      storage: directory.storage, directory: directory.log, store: store, segmentBytes: configuration.segmentBytes,
      position: position, preallocator: preallocator, names: names, clock: { clock.now },
      onSeal: { follower.segmentWasSealed(next: $0) })
    // A failure from here on must leave nothing behind: whoever tries again in this process finds the directory free.
    do throws(EngineFault) {
      try log.open(firstLSN: recovery.lastLSN.advanced(by: 1))
    } catch {
      log.close()
      throw error
    }
    let commit = GroupCommit(
      log: log, lastLSN: recovery.lastLSN, lastTime: recovery.lastTime,
      pendingBytesMax: configuration.pendingBytesMax)
    names.onBackgroundFailure { [weak commit] error in
      guard let commit else { return }
      commit.condemn(
        SegmentedLog.fault(
          error, "the names of the log's segments could not be made durable", lsn: commit.durableLSN.advanced(by: 1)))
    }
    if configuration.runsUpkeep {
      preallocator.start()
      LargePages.prepare(bytes: configuration.readyMemoryBytes)
      LargePages.slabs.startPreparing()
      LargePages.tables.startPreparing()
    }
    commit.start()
    recovery.milliseconds = Int64((source.monotonicNanoseconds - began) / 1_000_000)

    self.directory = directory
    self.held = HeldDirectory(held)
    self.source = source
    self.configuration = configuration
    self.clock = clock
    self.group = group
    self.commit = commit
    self.follower = follower
    self.recovery = recovery
    storeID = store
    startedAt = began
    upkeep = Upkeep(
      watermark: Watermark(directory: directory, store: store), group: group, commit: commit, clock: clock,
      source: source, follower: follower, configuration: configuration,
      report: report)

    epochs = group.hold(group.all, &decider, Resume(commit: commit, clock: clock, recovery: recovery))
    do throws(EngineFault) {
      try commit.flush()
    } catch {
      commit.stop()
      throw error
    }
    if configuration.runsUpkeep {
      follower.start()
      upkeep.start()
    }
  }

  // MARK: Commands

  /// Everything up to here is durable.
  public var durableLSN: LSN { commit.durableLSN }
  /// The last record that was decided.
  public var lastLSN: LSN { commit.lastLSN }
  /// Log time.
  public var now: Timestamp { clock.now }
  /// Parts that decide side by side.
  public var shardCount: Int { group.count }

  /// What a thread needs to decide batches. One for each event loop; not `Sendable`.
  public func makeExecutor() -> BatchExecutor {
    BatchExecutor(
      group: group, commit: commit, clock: clock, rules: configuration.rules, completeStats: { [self] in complete(&$0) }
    )
  }

  /// Hears of every sync, and once of the log's failure.
  public func addDurabilityListener(_ listener: any DurabilityListener) { commit.add(listener) }

  /// Waits until everything decided before the call is durable. Blocks.
  public func flush() throws(EngineFault) { try commit.flush() }

  private func complete(_ stats: inout StoreStats) {
    let totals = commit.totals
    stats.lastLSN = commit.lastLSN
    stats.durableLSN = commit.durableLSN
    stats.snapshotLSN = follower.lastSnapshotLSN
    stats.logBytes = totals.bytes
    stats.logRecords = totals.records
    stats.logGroups = totals.groups
    stats.logRawBytes = totals.rawBytes
    stats.uptimeMilliseconds = Int64((source.monotonicNanoseconds - startedAt) / 1_000_000)
    stats.recoveryMilliseconds = recovery.milliseconds
    stats.isSpaceLow = commit.room.isLow
  }

  // MARK: Upkeep

  /// One round of what the upkeep thread does: expiry, retention, seals, heartbeats. For tests that move the clock.
  public func tick() { upkeep.tick() }

  /// Ends the present segment, so that a snapshot can cover it. Blocks until it is durable.
  public func seal() throws(EngineFault) {
    upkeep.seal()
    try commit.flush()
  }

  /// Makes a snapshot of everything that is sealed, and archives what is covered. Blocks; the follower's thread does it by
  /// itself.
  @discardableResult
  public func makeSnapshot() throws(EngineFault) -> SnapshotReport {
    try follower.makeSnapshot(ArchiveCatalog.Manner())
  }

  /// Ends the present segment and has a snapshot made of everything so far, in the background: `StoreStats.snapshotLSN` tells when
  /// it is there. Blocks until the segment's end is durable.
  public func orderSnapshot() throws(EngineFault) {
    try seal()
    follower.orderSnapshot()
  }

  /// Syncs what was decided, seals the log, makes a last snapshot and lets go of the directory. Nothing may be executed any
  /// more. Blocks.
  /// - Throws: what the log failed of, or why there is no snapshot; in the second case everything that was decided is durable. The
  ///   threads are stopped and the directory is free either way.
  public func shutdown() throws(EngineFault) {
    guard isShutDown.set() else { return }
    defer { held.release() }
    upkeep.stop()
    follower.stop()
    try finishLog()
    // What is covered stays in the log until the next start: a stop should not wait for it to be rewritten.
    _ = try follower.makeSnapshot(nil)
  }

  private func finishLog() throws(EngineFault) {
    do throws(EngineFault) {
      try commit.flush()
    } catch {
      commit.stop()
      throw error
    }
    if commit.lastLSN > follower.lastSnapshotLSN { upkeep.seal(.closed) }
    upkeep.mark()
    commit.stop()
    if let fault = commit.fault { throw fault }
  }

  /// Stops the threads and leaves the disk as it is: what a kill would leave, for tests.
  public func abandon() {
    guard isShutDown.set() else { return }
    upkeep.stop()
    follower.stop()
    commit.stop()
    held.release()
  }
}

/// The directory's lock, until the store is done with it.
///
/// `@unchecked Sendable`: the lock is read and written under `mutex`.
private final class HeldDirectory: @unchecked Sendable {
  private let mutex = Lock()
  private var held: (any StorageLock)?

  init(_ held: any StorageLock) { self.held = held }

  func release() { mutex.withLock { held = nil } }
}

/// What the background threads report.
public enum EngineEvent: Sendable {
  case madeSnapshot(SnapshotReport)
  case backgroundFault(EngineFault)
  /// Log time and the wall clock differ by so much: the wall clock stepped. Log time is slewed towards it.
  case clockStep(millisecondsAhead: Int64)
  /// The disk is too full to prepare a segment; new holds will be refused when the present one is full.
  case spaceLow
  case spaceRecovered
}

/// Recovery, with every shard held.
private struct Recover: ShardWork {
  let directory: StoreDirectory
  let store: StoreID
  let configuration: EngineConfiguration

  func run(_ decider: inout Decider) -> Result<(LogPosition, RecoveryReport), EngineFault> {
    var recovery = Recovery(
      directory: directory, store: store, epochNonce: configuration.epochNonce ?? .random(in: .min ... .max))
    do throws(EngineFault) {
      let position = try recovery.run(into: decider.machines)
      return .success((position, recovery.report))
    } catch {
      return .failure(error)
    }
  }
}

/// The first thing after recovery: a new epoch, unless recovery had to begin it; deadlines are filed, and move by the time in
/// which nobody could pay.
private struct Resume: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let recovery: RecoveryReport

  func run(_ decider: inout Decider) -> EpochHistory {
    let stoppedAt = recovery.lastTime
    var open = 0
    for shard in decider.machines.held {
      let machine = decider.machines.machine(shard: shard)
      machine.pointee.time = max(machine.pointee.time, stoppedAt)
      machine.pointee.rebuildDeadlines()
      open += machine.pointee.openOrders
    }
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    if !recovery.isEpochLogged && !PlantedBug.epochNotBegun.isPlanted {
      decider.begin(EpochStart(epoch: recovery.epoch, firstLSN: commit.lastLSN.advanced(by: 1)))
    }
    if open > 0 { decider.endOutage(from: stoppedAt, to: decider.now) }
    if open > 0 && PlantedBug.deadlineShiftedTwice.isPlanted { decider.endOutage(from: stoppedAt, to: decider.now) }
    decider.appendSection(to: commit)
    return decider.machines.epochs
  }
}
