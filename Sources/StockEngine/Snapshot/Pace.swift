/// Lets background work on the disk take its turn, not the whole queue: after so many bytes they are written out and it rests a little,
/// so that the log's own syncs, a hundred microseconds each, don't wait behind hundreds of megabytes.
struct Pace: Sendable {
  /// Rest after each step; 0 for work that somebody waits for.
  var restMilliseconds: Int
  private var bytes = 0

  static let stepBytes = 512 << 10

  init(restMilliseconds: Int) { self.restMilliseconds = restMilliseconds }

  static let none = Pace(restMilliseconds: 0)

  /// - Returns: whether a step is full: write out, then `rest`.
  mutating func isStepFull(after count: Int) -> Bool {
    bytes += count
    guard bytes >= Self.stepBytes else { return false }
    bytes = 0
    return true
  }

  func rest() {
    if restMilliseconds > 0 { Thread.sleep(milliseconds: restMilliseconds) }
  }
}
