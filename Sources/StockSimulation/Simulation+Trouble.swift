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
    case .fullDisk:
      if storage.capacity < 1 << 40 || random.oneIn(3) {
        storage.capacity = 1 << 40
      } else {
        faultyDisk.count("full disk")
        storage.capacity = storage.usedBytes + UInt64(random.below(96) << 10)
      }
    case .slowDisk:
      if random.oneIn(3) { faultyDisk.heal() } else { faultyDisk.slowDown(odds: 1 + random.below(20)) }
    case .clockStep:
      faultyDisk.count("clock step")
      conductor.clock.stepWall(milliseconds: Int64(random.below(240_000)) - 120_000)
    case .leap: conductor.passTime(milliseconds: Int64(random.below(70_000)))
    // These two come with the next start.
    case .powerLossInRecovery, .ioErrorInRecovery: stopMachine(within: 10, "power loss")
    }
  }

  /// The machine stops before one of the next operations of the disk, of whichever thread.
  private func stopMachine(within operations: Int, _ name: String) {
    faultyDisk.count(name)
    losesPower = true
    let place = random.below(operations)
    storage.setJudge { number, _ in number < place ? .proceed : .stop }
  }

  private func failOperations() {
    let place = random.below(60)
    let isOnce = random.oneIn(2)
    let isHalfway = random.oneIn(3)
    faultyDisk.count(isOnce ? "EIO once" : "EIO from there on")
    storage.setJudge { number, _ in
      guard number == place || number > place && !isOnce else { return .proceed }
      return isHalfway ? .failHalfway(SimulatedStorage.eio) : .fail(SimulatedStorage.eio)
    }
  }

  private func restart() throws {
    faultyDisk.count("orderly restart")
    do {
      try stopOrderly()
    } catch {
      // A disk that refuses may spoil it; on a sound one it must work.
      guard plan.troubles.contains(.ioError) || plan.troubles.contains(.fullDisk) || storage.isOff else {
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
      faultyDisk.count("power loss in recovery")
      let place = random.below(60)
      storage.setJudge { number, _ in number < place ? .proceed : .stop }
      startInVain()
      losesPower = true
      bringBackPower()
    }
    if plan.troubles.contains(.ioErrorInRecovery) && random.oneIn(2) {
      faultyDisk.count("EIO in recovery")
      let place = random.below(60)
      storage.setJudge { number, _ in number == place ? .fail(SimulatedStorage.eio) : .proceed }
      startInVain()
      losesPower = random.oneIn(2)
      bringBackPower()
    }
    if storage.capacity < 1 << 40 {
      startInVain()
      storage.capacity = 1 << 40
      losesPower = false
      bringBackPower()
    }
    if random.oneIn(2) { conductor.passTime(milliseconds: Int64(random.below(30_000))) }
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
}
