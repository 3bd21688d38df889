import StockEngine
import StockTestSupport

/// What a seed makes of a simulation. Each kind of trouble is on or off for a whole run, so that every pair of them, and every one
/// alone, comes up.
package struct SimulationPlan: Sendable, CustomStringConvertible {
  package enum Trouble: String, CaseIterable, Sendable {
    /// The machine loses power: of what was not synced, a random part stays.
    case powerLoss
    /// The process dies; the page cache lives.
    case kill
    /// The daemon is told to stop, and started again.
    case restart
    /// One operation of the disk, or all from it on, answer EIO.
    case ioError
    /// One sync of the log answers EIO.
    case failedSync
    /// The disk is full for a while.
    case fullDisk
    /// Operations take long for a while.
    case slowDisk
    /// The wall clock steps, forward or back.
    case clockStep
    /// Power goes again while the daemon recovers.
    case powerLossInRecovery
    /// An operation of the disk fails while the daemon recovers.
    case ioErrorInRecovery
    /// While the daemon is down, a bit of some file flips: it refuses, or comes up with the same state.
    case bitRot
    /// While the daemon is down, a snapshot rots: the one before it, and more of the log, come to the same.
    case snapshotRot
    /// Time passes in leaps: orders expire in a mass.
    case leap
  }

  package let seed: UInt64
  package var shards = 1
  package var loops = 1
  package var clients = 1
  /// Commands that clients send before the trouble ends; repeats not counted.
  package var commands = 0
  package var segmentBytes = 0
  /// Segments are so long that what gives stock back goes on when the disk is full; shorter ones have no reserve.
  package var hasReleaseReserve = false
  package var snapshotSegments = 0
  package var pauseOdds = 1
  /// Sales, limits and flagged buyers come up.
  package var sells = false
  package var troubles: Set<Trouble> = []
  /// One in so many steps of the driver brings trouble.
  package var troubleOdds = 1

  package init(seed: UInt64, commands: Int = 400) {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    shards = random.pick([1, 2, 4, 8])
    loops = 1 + random.below(4)
    clients = 1 + random.below(10)
    self.commands = commands
    segmentBytes = random.pick([16, 32, 64]) << 10
    snapshotSegments = 1 + random.below(3)
    pauseOdds = random.pick([2, 4, 16])
    troubleOdds = random.pick([20, 40, 100])
    troubles = Set(Trouble.allCases.filter { _ in random.oneIn(2) })
    sells = random.oneIn(2)
    if troubles.isEmpty { troubles = [random.pick(Trouble.allCases)] }
    hasReleaseReserve = troubles.contains(.fullDisk) && random.oneIn(3)
    if hasReleaseReserve { segmentBytes = 5 << 20 }
  }

  package var description: String {
    """
    seed \(seed): \(shards) shards, \(loops) loops, \(clients) clients, segments of \(segmentBytes >> 10) KiB, \
    \(sells ? "sales, " : "")\
    \(troubles.map(\.rawValue).sorted().joined(separator: " "))
    """
  }

  /// Short enough that orders expire within a run; records and ids are kept longer than it lasts.
  static var rules: Rules {
    var rules = Rules()
    rules.holdMilliseconds = 10_000
    rules.holdMillisecondsMax = 60_000
    rules.outageShiftMillisecondsMax = 20_000
    rules.unpaidFlagThreshold = 2
    rules.unpaidPeriodMilliseconds = 100_000
    rules.flagMilliseconds = 60_000
    return rules
  }
}

/// A promise that was broken.
package struct Violation: Error, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
