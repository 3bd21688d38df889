/// What time brings about, on a thread of its own: expiry, retention, seals, heartbeats, the end of a lack of space.
///
/// `@unchecked Sendable`: the state is touched under `lock`.
final class Upkeep: @unchecked Sendable {
  private let group: ShardGroup
  private let commit: GroupCommit
  private let clock: LogClock
  private let source: any ClockSource
  private let follower: Follower
  private let configuration: EngineConfiguration
  private let report: @Sendable (EngineEvent) -> Void
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  private var decider: Decider

  private let lock = Lock()
  private let wake = Condition()
  private var isStopping = false
  private var thread: Thread?
  private var sealedAt = LSN.zero
  private var idleLSN = LSN.zero
  private var idleSince: UInt64 = 0
  private var heartbeatLSN = LSN.zero
  private var nextPartition = 0
  private var isSpaceLow = false
  private var refusingSince: Timestamp?
  private var hasStepped = false
  private var watermark: Watermark
  private var watermarkAt: UInt64
  private var demandAt: UInt64

  private static let tickMilliseconds = 10
  /// Wheel entries moved with the locks held: about 0.1 ms.
  private static let expiryBudget = 512
  /// Sweeps in one tick; a mass expiry goes on in the next, and the loops get their turn between.
  private static let sweepsPerTick = 64
  private static let partitionsPerTick = 16
  private static let retiredPerPartition = 256
  private static let salesRetiredPerShard = 64
  /// Over all shards, with their locks held. Ten million are visited within a minute; nobody waits for their memory.
  private static let usesPurgedPerTick = 2048
  /// An idle log says so once, this soon: the last group is then covered by a later one.
  private static let idleHeartbeatNanoseconds: UInt64 = 100_000_000
  /// While deadlines are open, an outage must be measurable.
  private static let openHeartbeatNanoseconds: UInt64 = 5_000_000_000

  private static let watermarkNanoseconds: UInt64 = 1_000_000_000
  private static let demandNanoseconds: UInt64 = 1_000_000_000

  init(
    watermark: Watermark, group: ShardGroup, commit: GroupCommit, clock: LogClock, source: any ClockSource,
    follower: Follower,
    configuration: EngineConfiguration, report: @escaping @Sendable (EngineEvent) -> Void
  ) {
    self.watermark = watermark
    watermarkAt = source.monotonicNanoseconds
    demandAt = source.monotonicNanoseconds
    self.group = group
    self.commit = commit
    self.clock = clock
    self.source = source
    self.follower = follower
    self.configuration = configuration
    self.report = report
    places = .allocate(capacity: group.count)
    decider = Decider(
      rules: configuration.rules, store: group.store,
      machines: MachineSet(places: places, shards: group.count, store: group.store))
  }

  deinit { places.deallocate() }

  func start() {
    let thread = Thread(name: "stockd-upkeep") { [self] in run() }
    lock.withLock { self.thread = thread }
  }

  func stop() {
    let thread = lock.withLock { () -> Thread? in
      isStopping = true
      return self.thread
    }
    wake.signal()
    thread?.join()
  }

  private func run() {
    lock.lock()
    while !isStopping {
      tickLocked()
      _ = wake.wait(lock, milliseconds: Self.tickMilliseconds)
    }
    lock.unlock()
  }

  func tick() { lock.withLock { tickLocked() } }

  private func tickLocked() {
    if commit.fault != nil { return }
    slewClock()
    watchSpace()
    commit.holdBack(follower.lagBytes > configuration.lagBytesMax)
    let writes = commit.ownWrites
    expire()
    if writes == .everything { retire() }
    if writes == .everything { logDemand() }
    if commit.wantsSeal && commit.durableLSN >= sealedAt { sealLocked() }
    if writes != .nothing { beat() }
    if source.monotonicNanoseconds - watermarkAt >= Self.watermarkNanoseconds { markLocked() }
  }

  /// Writes down how far the log is durable.
  func mark() { lock.withLock { markLocked() } }

  private func markLocked() {
    watermarkAt = source.monotonicNanoseconds
    do {
      try watermark.advance(to: commit.durableLSN)
    } catch {
      report(
        .backgroundFault(
          .io(error, "The log itself goes on. Check the disk: without the watermark, a log cut short may look whole.")))
    }
  }

  /// Ends the present segment: with every shard held, the state's hash is logged as its last record.
  /// - Parameter end: whether another segment follows.
  func seal(_ end: GroupEnd = .sealed) { lock.withLock { sealLocked(end) } }

  private func sealLocked(_ end: GroupEnd = .sealed) {
    if end == .closed && commit.ownWrites == .everything { writeDemand() }
    sealedAt = group.hold(group.all, &decider, SealSegment(commit: commit, clock: clock, end: end))
  }

  private func expire() {
    for _ in 0..<Self.sweepsPerTick where commit.ownWrites != .nothing {
      let mayBeMore = group.hold(
        group.all, &decider, Sweep(commit: commit, clock: clock, budget: Self.expiryBudget))
      if !mayBeMore { return }
    }
  }

  private func retire() {
    let work = Retire(
      commit: commit, clock: clock, first: nextPartition, count: Self.partitionsPerTick,
      ordersMax: Self.retiredPerPartition, salesMax: Self.salesRetiredPerShard, usesMax: Self.usesPurgedPerTick)
    nextPartition = (nextPartition + Self.partitionsPerTick) % Partition.count
    group.hold(group.all, &decider, work)
  }

  /// Once a second, what was refused since.
  private func logDemand() {
    let now = source.monotonicNanoseconds
    guard now - demandAt >= Self.demandNanoseconds else { return }
    demandAt = now
    writeDemand()
  }

  private func writeDemand() {
    // Sorted while nobody waits.
    let demand = DemandTally.sorted(group.hold(group.all, &decider, TakeDemand()))
    for start in stride(from: 0, to: demand.count, by: Decider.demandEventsMax) {
      let piece = demand[start..<min(start + Decider.demandEventsMax, demand.count)]
      group.hold(group.all, &decider, LogDemand(commit: commit, clock: clock, demand: piece))
    }
  }

  private func beat() {
    if PlantedBug.heartbeatLeftOut.isPlanted { return }
    let last = commit.lastLSN
    let now = source.monotonicNanoseconds
    if last != idleLSN {
      idleLSN = last
      idleSince = now
      return
    }
    let isAnnounced = last == heartbeatLSN
    let wait = isAnnounced ? Self.openHeartbeatNanoseconds : Self.idleHeartbeatNanoseconds
    guard now - idleSince >= wait, last > .zero else { return }
    heartbeatLSN = group.hold(
      group.all, &decider, Beat(commit: commit, clock: clock, onlyIfOpen: isAnnounced))
    idleLSN = commit.lastLSN
    idleSince = now
  }

  private func slewClock() {
    let ahead = clock.slew()
    let hasStepped = abs(ahead) >= LogClock.stepMilliseconds
    if hasStepped && !self.hasStepped { report(.clockStep(millisecondsAhead: ahead)) }
    self.hasStepped = hasStepped
  }

  /// A time in which new orders were refused for lack of space counts as an outage.
  private func watchSpace() {
    let isLow = commit.room.isLow
    switch (commit.ownWrites == .everything, refusingSince) {
    case (false, nil): refusingSince = clock.now
    case (true, let since?):
      refusingSince = nil
      group.hold(group.all, &decider, EndOutage(commit: commit, clock: clock, from: since))
    case (true, nil), (false, _?): break
    }
    // Told last: whoever hears that it is over finds the deadlines moved.
    if isLow == isSpaceLow { return }
    isSpaceLow = isLow
    report(isLow ? .spaceLow : .spaceRecovered)
  }
}

private struct SealSegment: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let end: GroupEnd

  func run(_ decider: inout Decider) -> LSN {
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    decider.sealState()
    return decider.appendSection(to: commit, end: end)
  }
}

private struct TakeDemand: ShardWork {
  func run(_ decider: inout Decider) -> [[DemandTally.Key: DemandTally.Count]] { decider.takeDemand() }
}

private struct LogDemand: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let demand: ArraySlice<DemandTally.Entry>

  func run(_ decider: inout Decider) {
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    decider.log(demand)
    decider.appendSection(to: commit)
  }
}

private struct Retire: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let first: Int
  let count: Int
  let ordersMax: Int
  let salesMax: Int
  let usesMax: Int

  func run(_ decider: inout Decider) {
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    for number in first..<first + count {
      _ = decider.retire(Partition(UInt8(number % Partition.count)), ordersMax: ordersMax)
    }
    decider.retireSales(salesMax: salesMax)
    var budget = usesMax
    for shard in decider.machines.held { decider.machines.machine(shard: shard).pointee.purgeUses(budget: &budget) }
    decider.appendSection(to: commit)
  }
}

private struct Beat: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  /// Log it only if an order is open.
  let onlyIfOpen: Bool

  func run(_ decider: inout Decider) -> LSN {
    let open = decider.machines.held.reduce(0) { $0 + decider.machines.machine(shard: $1).pointee.openOrders }
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    guard open > 0 || !onlyIfOpen else { return commit.lastLSN }
    decider.heartbeat()
    return decider.appendSection(to: commit)
  }
}

private struct EndOutage: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let from: Timestamp

  func run(_ decider: inout Decider) {
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    decider.endOutage(from: from, to: decider.now)
    decider.appendSection(to: commit)
  }
}
