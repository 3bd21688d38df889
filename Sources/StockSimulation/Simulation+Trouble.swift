import StockEngine
import StockTestSupport

extension Simulation {
  func makeTrouble() throws {
    let trouble = random.pick(plan.troubles.sorted { $0.rawValue < $1.rawValue })
    switch trouble {
    case .powerLoss: stopMachine(within: 40, "power loss")
    case .kill:
      faultyDisk.count("kill -9")
      losesPower = false
      storage.stop()
    case .restart: try restart()
    case .ioError: failOperations()
    case .failedSync: failSync()
    case .fullDisk:
      if storage.capacity < 1 << 40 || random.oneIn(3) { emptyDisk() } else { fillDisk() }
    case .slowDisk:
      if random.oneIn(3) { faultyDisk.heal() } else { faultyDisk.slowDown(odds: 1 + random.below(20)) }
    case .clockStep:
      faultyDisk.count("clock step")
      conductor.clock.stepWall(milliseconds: Int64(random.below(240_000)) - 120_000)
    case .leap: leap()
    // These come with the next start.
    case .powerLossInRecovery, .ioErrorInRecovery, .bitRot, .snapshotRot: stopMachine(within: 10, "power loss")
    }
  }

  // A judge counts what it does when it does it: another trouble may take its place before, or the daemon be done sooner.

  /// The machine stops before one of the next operations of the disk, of whichever thread.
  private func stopMachine(within operations: Int, _ name: String) {
    losesPower = true
    let place = random.below(operations)
    storage.setJudge { [faultyDisk] number, _ in
      if number < place { return .proceed }
      faultyDisk.count(name)
      return .stop
    }
  }

  private func failOperations() {
    let place = random.below(60)
    let isOnce = random.oneIn(2)
    let isHalfway = random.oneIn(3)
    storage.setJudge { [faultyDisk] number, operation in
      guard number == place || number > place && !isOnce else { return .proceed }
      if number == place { faultyDisk.count(isOnce ? "EIO once" : "EIO from there on") }
      if isHalfway && operation.kind == .write { faultyDisk.count("half a write") }
      faultyDisk.refuse()
      return isHalfway ? .failHalfway(SimulatedStorage.eio) : .fail(SimulatedStorage.eio)
    }
  }

  private func failSync() {
    let hasFailed = Once()
    storage.setJudge { [faultyDisk] _, operation in
      guard operation.kind == .sync, operation.path.contains("/log/"), hasFailed.first() else { return .proceed }
      faultyDisk.count("EIO of a sync")
      faultyDisk.refuse()
      return .fail(SimulatedStorage.eio)
    }
  }

  // MARK: Space and time

  private func fillDisk() {
    let spare = UInt64(random.below(96) << 10)
    faultyDisk.fill()
    storage.capacity = storage.usedBytes + (plan.hasReleaseReserve ? 0 : spare)
    // A long segment would last to the end: the next one is begun, and there is no room to prepare another.
    if plan.hasReleaseReserve { try? daemon?.inventory.seal() }
  }

  func emptyDisk() {
    storage.capacity = 1 << 40
    faultyDisk.empty()
  }

  private func leap() {
    let slept = Int64(random.below(70_000))
    if let daemon { audit.slept(life: report.lives, from: daemon.inventory.now.milliseconds, milliseconds: slept) }
    conductor.passTime(milliseconds: slept)
    faultyDisk.sleptThrough(milliseconds: slept)
  }

  private func restart() throws {
    faultyDisk.count("orderly restart")
    do {
      try stopOrderly()
    } catch {
      // A disk that refuses may spoil it; on a sound one it must work.
      guard !faultyDisk.isSound else {
        throw Violation("an orderly stop fails: \(error)")
      }
    }
    losesPower = false
    try startAgain()
  }

  /// The daemon is down, or as good as: it comes up again, through whatever troubles its recovery.
  func startAgain() throws {
    endLife()
    bringBackPower()
    if plan.troubles.contains(.powerLossInRecovery) && random.oneIn(2) {
      stopMachine(within: 60, "power loss in recovery")
      startInVain()
      losesPower = true
      bringBackPower()
    }
    if plan.troubles.contains(.ioErrorInRecovery) && random.oneIn(2) {
      let place = random.below(60)
      storage.setJudge { [faultyDisk] number, _ in
        guard number == place else { return .proceed }
        faultyDisk.count("EIO in recovery")
        faultyDisk.refuse()
        return .fail(SimulatedStorage.eio)
      }
      startInVain()
      losesPower = random.oneIn(2)
      bringBackPower()
    }
    if storage.capacity < 1 << 40 {
      startInVain()
      emptyDisk()
      losesPower = false
      bringBackPower()
    }
    if random.oneIn(2) { conductor.passTime(milliseconds: Int64(random.below(30_000))) }
    if plan.troubles.contains(.bitRot) && random.oneIn(2) { try flipABit() }
    if plan.troubles.contains(.snapshotRot) && random.oneIn(2) { spoilASnapshot() }
    mailbox.reset()
    try begin()
  }

  private func bringBackPower() {
    storage.stop()
    if losesPower { storage.losePower(seed: random.next()) } else { storage.kill() }
    losesPower = random.oneIn(2)
  }

  /// A start that trouble may spoil. If it does not, nobody comes to see.
  private func startInVain() {
    do {
      let inventory = try open()
      storage.stop()
      inventory.abandon()
    } catch {
      report.recoveries["refused: \(error.code.rawValue)", default: 0] += 1
    }
  }

  // MARK: Rot

  /// On a copy of the disk: the daemon refuses for damage, or has the state that it would have had.
  private func flipABit() throws {
    let path = random.pick(storage.files.keys.sorted())
    guard var bytes = storage.bytes(path), !bytes.isEmpty else { return }
    faultyDisk.count("bit flipped")
    // What is put there is on the disk; of a sync that failed, only the page cache may have had it. So the sound one gets it too.
    let sound = storage.copy()
    sound.place(bytes, at: path)
    let place = random.below(bytes.count)
    bytes[place] ^= 1 << UInt8(random.below(8))
    let damaged = storage.copy()
    damaged.place(bytes, at: path)
    do {
      let found = try stateHash(of: damaged)
      let expected = try stateHash(of: sound)
      guard found == expected else {
        throw Violation("with a bit flipped at \(place) of \(path) the daemon starts, in another state")
      }
    } catch let fault as EngineFault {
      guard [.corrupt, .missing, .newerFormat, .otherStore].contains(fault.code) else {
        throw Violation("a bit flipped at \(place) of \(path) is refused with \(fault)")
      }
      report.recoveries["refused: \(fault.code.rawValue)", default: 0] += 1
    }
  }

  private func stateHash(of disk: SimulatedStorage) throws(EngineFault) -> UInt64 {
    let inventory = try open(aside: disk)
    defer {
      disk.stop()
      inventory.abandon()
    }
    var batch = CommandBatch()
    var replies = ReplyBatch()
    batch.append(.stats)
    inventory.makeExecutor().execute(&batch, into: &replies)
    return replies.stats[0].stateHash
  }

  private func spoilASnapshot() {
    let snapshots = storage.paths(in: "\(Self.path)/snap").filter { $0.hasSuffix(".snap") }
    guard let path = snapshots.last, var bytes = storage.bytes(path) else { return }
    faultyDisk.count("snapshot spoiled")
    isSnapshotSpoiled = true
    bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    storage.place(bytes, at: path)
  }
}

/// True once.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is.
private final class Once: @unchecked Sendable {
  private var isOver = false

  func first() -> Bool {
    defer { isOver = true }
    return !isOver
  }
}
