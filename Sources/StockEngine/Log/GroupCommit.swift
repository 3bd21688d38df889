import Synchronization

/// Gathers records into the next group while the last one is being synced, on a thread of its own. There is no timer: the
/// sync is the window.
///
/// `@unchecked Sendable`: everything that is not atomic is read and written under `lock`.
final class GroupCommit: @unchecked Sendable {
  private let log: any CommitLog
  private let lock = Lock()
  private let work = Condition()
  private let idle = Condition()
  private var gathering = PendingGroup()
  /// Groups that are full, in order. Usually empty.
  private var full: [PendingGroup] = []
  private var spare: [PendingGroup] = []
  private var nextLSN: LSN
  private var isWriting = false
  private var isStopping = false
  /// Another thread found that the log cannot go on.
  private var condemnation: EngineFault?
  private var failure: EngineFault?
  /// The listeners have heard of the failure.
  private var isFailureTold = false
  private var listeners: [any DurabilityListener] = []
  private var thread: Thread?
  private var outstandingBytes = 0

  private let durable: Atomic<UInt64>
  private let appended: Atomic<UInt64>
  private let lastTime: Atomic<Int64>
  private let heldBack = Atomic(false)

  /// Bytes waiting to be written beyond which nothing more is taken.
  private let pendingBytesMax: Int
  /// With so much an idle log does not wait for more.
  private static let gatheredBytesMax = 16 << 10
  /// Kept back for what gives stock back, when the disk is full.
  static let releaseReserveBytes = 8 << 20
  /// Kept back for what the engine itself must still write.
  static let lastReserveBytes = 2 << 20
  /// Of that, what only an orderly stop may use. One section of the engine's own always fits above it.
  static let stopReserveBytes = LogFormat.groupRawBytesMax + 64 * 1024

  init(log: any CommitLog, lastLSN: LSN, lastTime: Timestamp, pendingBytesMax: Int) {
    self.log = log
    nextLSN = LSN(lastLSN.rawValue + (PlantedBug.lsnReused.isPlanted && lastLSN > .zero ? 0 : 1))
    durable = Atomic(lastLSN.rawValue)
    appended = Atomic(lastLSN.rawValue)
    self.lastTime = Atomic(lastTime.milliseconds)
    self.pendingBytesMax = pendingBytesMax
  }

  func start() {
    let thread = Thread(name: "stockd-log", .prompt) { [self] in run() }
    lock.withLock { self.thread = thread }
  }

  var durableLSN: LSN { LSN(durable.load(ordering: .acquiring)) }
  var lastLSN: LSN { LSN(appended.load(ordering: .acquiring)) }
  /// The time of the last record that is durable.
  var durableTime: Timestamp { Timestamp(milliseconds: lastTime.load(ordering: .acquiring)) }
  var totals: LogTotals { log.totals }
  var wantsSeal: Bool { log.wantsSeal }
  var room: LogRoom { log.room }
  var fault: EngineFault? { lock.withLock { failure } }

  /// Whether new holds are put off because snapshots lag too far behind the log.
  func holdBack(_ isHeldBack: Bool) { heldBack.store(isHeldBack, ordering: .relaxed) }

  func add(_ listener: any DurabilityListener) {
    let fault = lock.withLock { () -> EngineFault? in
      listeners.append(listener)
      return failure
    }
    if let fault { listener.logFailed(fault) }
  }

  /// What a section of so many bytes takes of the log in the worst case: alone in a group, not compressible.
  private static func worstCase(_ sectionBytes: Int) -> Int {
    LogFormat.roundUp(sectionBytes + 20 + LogFormat.groupHeaderBytes)
  }

  /// Whether commands that will write about `bytes` can be taken. When nothing waits a batch is, however large: it would never be.
  func admission(for bytes: Int) -> Admission {
    lock.lock()
    defer { lock.unlock() }
    if outstandingBytes > 0, outstandingBytes + bytes > pendingBytesMax { return .nothing }
    // Space comes before the lag: on a full disk snapshots lag too, and that must not open the reserves.
    let room = room
    if room.isLow {
      let left = room.bytes - outstandingBytes - Self.worstCase(bytes)
      if left < Self.lastReserveBytes { return .readsOnly }
      if left < Self.lastReserveBytes + Self.releaseReserveBytes { return .releasesOnly }
    }
    return heldBack.load(ordering: .relaxed) ? .overloaded : .everything
  }

  /// What the engine may write of itself.
  enum OwnWrites {
    case everything
    /// The last reserve is for expiry and heartbeats.
    case essential
    /// Only the seal of an orderly stop.
    case nothing
  }

  var ownWrites: OwnWrites {
    lock.lock()
    defer { lock.unlock() }
    let room = room
    guard room.isLow else { return .everything }
    let left = room.bytes - outstandingBytes
    if left < Self.stopReserveBytes { return .nothing }
    return left < Self.lastReserveBytes + Self.releaseReserveBytes ? .essential : .everything
  }

  /// Takes the records of one section. They are durable once `durableLSN` has passed them.
  /// - Parameters:
  ///   - end: other than open, the group ends here, and its segment with it.
  ///   - wakes: an idle log begins to write at once. Otherwise, unless this is much, the caller sees to it by ``wake()``.
  /// - Returns: the LSN of the first record; with no records, of the one that will come next.
  func append(
    _ section: UnsafeRawBufferPointer, records: Int, at time: Timestamp, end: GroupEnd = .open, wakes: Bool = true
  ) -> LSN {
    precondition(
      section.count + 20 <= LogFormat.groupRawBytesMax, "a section of \(section.count) bytes outgrows a group")
    lock.lock()
    let first = nextLSN
    guard records > 0 else {
      lock.unlock()
      return first
    }
    if gathering.body.count + section.count + 20 > LogFormat.groupRawBytesMax, !gathering.isEmpty { closeGathering() }
    gathering.append(section, records: records, at: time, firstLSN: first)
    let worst = Self.worstCase(section.count)
    gathering.reservedBytes += worst
    outstandingBytes += worst
    nextLSN = first.advanced(by: UInt64(records))
    appended.store(nextLSN.rawValue - 1, ordering: .releasing)
    let isMuch = gathering.body.count >= Self.gatheredBytesMax
    if end != .open {
      gathering.end = end
      closeGathering()
    }
    let wake = !isWriting && (wakes || isMuch || end != .open)
    lock.unlock()
    if wake { work.signal() }
    return first
  }

  /// An idle log writes what was gathered.
  func wake() {
    lock.lock()
    let wake = !isWriting && !(gathering.isEmpty && full.isEmpty)
    lock.unlock()
    if wake { work.signal() }
  }

  private func closeGathering() {
    full.append(gathering)
    gathering = spare.popLast() ?? PendingGroup()
  }

  private func run() {
    lock.lock()
    while true {
      while full.isEmpty && gathering.isEmpty && !isStopping && condemnation == nil {
        isWriting = false
        idle.broadcast()
        work.wait(lock)
      }
      if let condemnation {
        lock.unlock()
        fail(.failed(condemnation))
        return
      }
      if full.isEmpty {
        if gathering.isEmpty { break }
        closeGathering()
      }
      let group = full.removeFirst()
      isWriting = true
      lock.unlock()
      if PlantedBug.answeredBeforeSync.isPlanted { tell(group.lastLSN) }
      let result = log.append(group)
      guard case .durable = result else {
        fail(result)
        return
      }
      lastTime.store(group.lastTime.milliseconds, ordering: .releasing)
      let lsn = group.lastLSN
      lock.lock()
      outstandingBytes -= group.reservedBytes
      group.clear()
      if spare.count < 4 { spare.append(group) }
      lock.unlock()
      tell(lsn)
      lock.lock()
    }
    isWriting = false
    idle.broadcast()
    lock.unlock()
  }

  private func tell(_ lsn: LSN) {
    durable.store(lsn.rawValue, ordering: .releasing)
    let hearers = lock.withLock { listeners }
    idle.broadcast()
    for listener in hearers { listener.logBecameDurable(upTo: lsn) }
  }

  /// Another thread found that the log cannot go on: the group that is being written is the last.
  func condemn(_ fault: EngineFault) {
    lock.withLock { condemnation = condemnation ?? fault }
    work.signal()
  }

  /// The end: nothing is written any more, and what waits is never answered.
  private func fail(_ result: CommitResult) {
    let fault: EngineFault
    switch result {
    case .durable: return
    case .failed(let reason), .unknown(let reason): fault = reason
    }
    lock.lock()
    failure = fault
    isWriting = false
    let hearers = listeners
    lock.unlock()
    for listener in hearers { listener.logFailed(fault) }
    // Whoever waits for durability hears of it last.
    lock.withLock { isFailureTold = true }
    idle.broadcast()
  }

  /// Waits until everything appended before the call is durable.
  func flush() throws(EngineFault) {
    let target = lastLSN
    wake()
    lock.lock()
    defer { lock.unlock() }
    while !isFailureTold && (failure != nil || durableLSN < target) { idle.wait(lock) }
    if let failure { throw failure }
  }

  /// Writes what waits and stops the thread.
  func stop() {
    let thread = lock.withLock { () -> Thread? in
      isStopping = true
      return self.thread
    }
    work.signal()
    thread?.join()
    log.close()
  }
}
