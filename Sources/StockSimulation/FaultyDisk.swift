import StockEngine
import StockTestSupport

/// What comes between the daemon and its disk: other threads' turns, slowness, and an account of everything that happened there.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is.
final class FaultyDisk: @unchecked Sendable {
  private(set) var operations = 0
  /// What happened, not what was meant to.
  private(set) var faults: [String: Int] = [:]
  /// In the daemon's present life it refused something, or was full.
  private var hasRefused = false
  private var isFull = false
  /// Until then the log may not know that there is room again, in milliseconds of the machine.
  private var tightUntil: UInt64 = 0
  private let storage: SimulatedStorage
  private let clock: ManualClock
  private var random: SplitMix64
  private var slowOdds: Int?

  /// The log looks for room once a second, and making a segment takes a handful of operations that may be slow.
  private static let noticeMilliseconds: UInt64 = 5000

  init(_ storage: SimulatedStorage, seed: UInt64, clock: ManualClock) {
    random = SplitMix64(seed: seed)
    self.storage = storage
    self.clock = clock
  }

  private var milliseconds: UInt64 { clock.monotonicNanoseconds / 1_000_000 }

  func count(_ fault: String) { faults[fault, default: 0] += 1 }

  // MARK: Faults

  /// The disk refuses an operation, here and now.
  func refuse() {
    hasRefused = true
    tightUntil = milliseconds + Self.noticeMilliseconds
  }

  /// There is no room, from here on.
  func fill() {
    hasRefused = true
    isFull = true
  }

  /// There is room again.
  func empty() {
    if isFull { tightUntil = milliseconds + Self.noticeMilliseconds }
    isFull = false
  }

  /// Whether a log that is short of space says the truth. What refuses a segment is no room, too.
  var mayLackSpace: Bool { isFull || milliseconds < tightUntil || storage.isOff }

  /// Whether it has done all that was asked of it in the daemon's present life: nothing that the daemon complains of comes of it.
  var isSound: Bool { !hasRefused && !storage.isOff }

  /// Time passes in which no thread did anything.
  func sleptThrough(milliseconds slept: Int64) {
    if tightUntil > milliseconds - UInt64(slept) { tightUntil += UInt64(slept) }
  }

  /// What went before is no excuse any more: another life begins, or the trouble is over.
  func beginAnew() {
    hasRefused = isFull
    tightUntil = 0
  }

  /// From here on one operation in so many takes long.
  func slowDown(odds: Int) { slowOdds = odds }
  func heal() { slowOdds = nil }

  // MARK: Operations

  func approach(_ operation: SimulatedStorage.Operation, _ conductor: ThreadConductor) {
    // What a test looks at after the threads have ended is no operation of theirs.
    guard Conducted.current != nil else { return }
    operations += 1
    conductor.note(operation)
    conductor.pause()
    if let slowOdds, random.oneIn(slowOdds) {
      count("slow operation")
      _ = conductor.wait(on: ObjectIdentifier(self), milliseconds: 1 + random.below(200))
    }
  }
}

extension ThreadConductor {
  fileprivate func note(_ operation: SimulatedStorage.Operation) {
    note("\(operation.kind.rawValue) \(operation.path)")
    note(operation.offset &* 31 &+ UInt64(operation.count))
  }
}
