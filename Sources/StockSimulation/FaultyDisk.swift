import StockEngine
import StockTestSupport

/// What comes between the daemon and its disk: other threads' turns, slowness, and a count of everything.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is.
final class FaultyDisk: @unchecked Sendable {
  private(set) var operations = 0
  private(set) var faults: [String: Int] = [:]
  private var random: SplitMix64
  private var slowOdds: Int?

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  func count(_ fault: String) { faults[fault, default: 0] += 1 }

  /// From here on one operation in so many takes long.
  func slowDown(odds: Int) { slowOdds = odds }
  func heal() { slowOdds = nil }

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
