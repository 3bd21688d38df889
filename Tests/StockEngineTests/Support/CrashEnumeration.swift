import StockTestSupport
import Testing

@testable import StockEngine

/// Stops a short history before each of its operations on the disk, and when it is over, keeps every subset of what was not synced (many, if there are too
/// many), recovers, and stops that recovery again before each of its operations. Every time the state is one that a client could have
/// been told of, and what reads the same has the same state hash.
struct CrashEnumeration {
  /// How thorough it is.
  struct Effort {
    /// With so many unsynced things at most, every subset is tried.
    var exhaustiveMax: Int
    /// Else so many random ones beside the obvious.
    var samples: Int
    /// One recovery in so many is stopped again before each of its own operations.
    var recoveryOdds: Int
    /// After one recovery in so many every file is verified.
    var verifyOdds: Int

    /// Seconds, for every change of the code.
    static let brief = Effort(exhaustiveMax: 4, samples: 6, recoveryOdds: 24, verifyOdds: 4)
    /// What `make prove` does.
    static let full = Effort(exhaustiveMax: 12, samples: 64, recoveryOdds: 4, verifyOdds: 1)
  }

  struct Counts {
    var points = 0
    var subsets = 0
    /// Subsets that leave another disk than any before them at the same point.
    var disks = 0
    var pointsInRecovery = 0
    var disksAfterRecovery = 0
    /// Points at which the process was killed instead.
    var kills = 0

    mutating func add(_ other: Counts) {
      points += other.points
      subsets += other.subsets
      disks += other.disks
      pointsInRecovery += other.pointsInRecovery
      disksAfterRecovery += other.disksAfterRecovery
      kills += other.kills
    }
  }

  /// What a client can read, at some time of the reopening: one state hash belongs to it.
  private struct Sight: Hashable {
    var text: String
    var elapsed: Int64
  }

  let effort: Effort
  let shards: Int
  let archives: Bool
  private(set) var counts = Counts()
  private var random: SplitMix64
  private var hashes: [Sight: UInt64] = [:]

  init(_ effort: Effort, shards: Int, archives: Bool = true, seed: UInt64) {
    self.effort = effort
    self.shards = shards
    self.archives = archives
    random = SplitMix64(seed: seed)
  }

  /// - Returns: the first thing that is wrong; nil if nothing is.
  mutating func firstViolation(_ script: [Life.Step]) throws -> String? {
    let life = try Life(script, shards: shards, archives: archives) { $0.keepMoments() }
    if let fault = life.fault { return "the history itself fails: \(fault)" }
    for (place, moment) in life.storage.keptMoments.enumerated() {
      let step = life.step(ofMoment: place)
      let point = Point(
        disk: moment.disk, elapsed: step.elapsed, states: step.possibleStates,
        name: "before operation \(place), \(moment.operation)")
      if let wrong = try firstViolation(at: point) { return wrong }
    }
    // Behind the last answer nothing may go any more.
    let end = Point(
      disk: life.storage.copy(), elapsed: life.lastStep.elapsed, states: [life.lastStep.stateAfter],
      name: "when everything was answered")
    return try firstViolation(at: end)
  }

  /// Where a history is stopped.
  private struct Point {
    var disk: SimulatedStorage
    var elapsed: Int64
    /// What a client could have been told of.
    var states: [Observation]
    var name: String
  }

  private mutating func firstViolation(at point: Point) throws -> String? {
    counts.points += 1
    var seen: Set<Int> = []
    for kept in subsets(point.disk.unsynced.count) {
      counts.subsets += 1
      let disk = point.disk.copy()
      disk.losePower { kept[$0] }
      guard seen.insert(disk.contentHash).inserted else { continue }
      counts.disks += 1
      let what = "power lost \(point.name), of what was unsynced kept \(text(kept))"
      if let wrong = try check(disk, at: point.elapsed, point.states, what) { return wrong }
    }
    return checkKill(point.disk, at: point.elapsed, point.states, "killed \(point.name)")
  }

  private func reopen(_ disk: SimulatedStorage, at elapsed: Int64) throws -> TestStore {
    try Life.reopen(on: disk, at: elapsed, shards: shards, archives: archives)
  }

  /// Recovers, and now and then is stopped in it.
  private mutating func check(
    _ disk: SimulatedStorage, at elapsed: Int64, _ states: [Observation], _ what: String
  ) throws -> String? {
    let isStoppedAgain = random.oneIn(effort.recoveryOdds)
    let before = isStoppedAgain ? disk.copy() : disk
    if let wrong = recover(disk, at: elapsed, states, what) { return wrong }
    if !isStoppedAgain { return nil }
    before.keepMoments()
    do { _ = try reopen(before, at: elapsed) } catch { return "\(what): \(error)" }
    for (place, moment) in before.keptMoments.enumerated() {
      counts.pointsInRecovery += 1
      var seen: Set<Int> = []
      for kept in obviousSubsets(moment.disk.unsynced.count) {
        let disk = moment.disk.copy()
        disk.losePower { kept[$0] }
        guard seen.insert(disk.contentHash).inserted else { continue }
        counts.disksAfterRecovery += 1
        let again = "\(what); again before operation \(place) of the recovery, \(moment.operation), kept \(text(kept))"
        if let wrong = recover(disk, at: elapsed, states, again) { return wrong }
      }
    }
    return nil
  }

  private mutating func recover(
    _ disk: SimulatedStorage, at elapsed: Int64, _ states: [Observation], _ what: String
  ) -> String? {
    do {
      let store = try reopen(disk, at: elapsed)
      let recovery = store.inventory.recovery
      guard recovery.brokenSnapshots.isEmpty else { return "\(what): \(recovery.brokenSnapshots) did not verify" }
      let found = try Observation(store)
      guard states.contains(found) else { return "\(what): came back as\n\(found)" }
      if random.oneIn(effort.verifyOdds) {
        let faults = try StoreInspector(path: TestStore.path, storage: disk).verify().faults
        guard faults.isEmpty else { return "\(what): verify finds \(faults)" }
      }
      let sight = Sight(text: found.description, elapsed: elapsed)
      let hash = store.stats.stateHash
      if let known = hashes[sight], known != hash { return "\(what): reads as before, with another state hash" }
      hashes[sight] = hash
      return nil
    } catch {
      return "\(what): does not open, \(error)"
    }
  }

  /// The process dies, and the page cache lives: what is read then is shown to clients, so a loss of power behind it must leave it.
  private mutating func checkKill(
    _ moment: SimulatedStorage, at elapsed: Int64, _ states: [Observation], _ what: String
  ) -> String? {
    counts.kills += 1
    let disk = moment.copy()
    disk.kill()
    do {
      let store = try reopen(disk, at: elapsed)
      let found = try Observation(store)
      guard states.contains(found) else { return "\(what): came back as\n\(found)" }
      store.losePower()
      let again = try Observation(reopen(disk, at: elapsed))
      guard found == again else { return "\(what): came back as\n\(found)\nand, without power, as\n\(again)" }
      return nil
    } catch {
      return "\(what): does not open, \(error)"
    }
  }

  // MARK: Subsets

  private func text(_ kept: [Bool]) -> String { kept.isEmpty ? "nothing" : kept.map { $0 ? "1" : "0" }.joined() }

  private mutating func subsets(_ count: Int) -> [[Bool]] {
    if count <= effort.exhaustiveMax {
      return (0..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
    }
    return obviousSubsets(count) + (0..<effort.samples).map { _ in (0..<count).map { _ in random.oneIn(2) } }
  }

  /// None, all, the first, the last, all but the first, all but the last, every other.
  private func obviousSubsets(_ count: Int) -> [[Bool]] {
    if count == 0 { return [[]] }
    let places = 0..<count
    return [
      places.map { _ in false }, places.map { _ in true }, places.map { $0 == 0 }, places.map { $0 == count - 1 },
      places.map { $0 != 0 }, places.map { $0 != count - 1 }, places.map { $0 % 2 == 0 },
    ]
  }
}
