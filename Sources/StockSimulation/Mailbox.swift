import StockEngine

/// Where the driver waits for what the daemon does: answers that left, the log's failure, what the background reports.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is; the lock is there to wait at.
final class Mailbox: DurabilityListener, @unchecked Sendable {
  private let lock = Lock()
  private let bell = Condition()
  private let disk: FaultyDisk
  private(set) var hasFailed = false
  /// What was reported while nothing was wrong with the disk.
  private(set) var groundless: [EngineFault] = []
  private(set) var snapshots = 0

  init(_ disk: FaultyDisk) { self.disk = disk }

  func ring() { bell.broadcast() }

  /// Waits until something comes, or so long.
  func wait(milliseconds: Int) {
    lock.lock()
    _ = bell.wait(lock, milliseconds: milliseconds)
    lock.unlock()
  }

  func note(_ event: EngineEvent) {
    switch event {
    case .madeSnapshot: snapshots += 1
    case .backgroundFault(let fault): note(fault)
    case .spaceLow: disk.count("lack of space noticed")
    case .clockStep, .spaceRecovered: break
    }
  }

  private func note(_ fault: EngineFault) {
    if disk.isSound { groundless.append(fault) }
  }

  /// - Throws: if the daemon complains of a disk that has done all that was asked of it.
  func check() throws {
    if let fault = groundless.first { throw Violation("on a sound disk the daemon reports: \(fault)") }
  }

  /// A new life begins.
  func reset() { hasFailed = false }

  func logBecameDurable(upTo lsn: LSN) {}

  func logFailed(_ fault: EngineFault) {
    hasFailed = true
    note(fault)
    ring()
  }
}
