import StockEngine

/// Where the driver waits for what the daemon does: answers that left, the log's failure, what the background reports.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is; the lock is there to wait at.
final class Mailbox: DurabilityListener, @unchecked Sendable {
  private let lock = Lock()
  private let bell = Condition()
  private(set) var hasFailed = false
  private(set) var faults: [EngineFault] = []
  private(set) var snapshots = 0

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
    case .backgroundFault(let fault): faults.append(fault)
    case .clockStep, .spaceLow, .spaceRecovered: break
    }
  }

  /// A new life begins.
  func reset() {
    hasFailed = false
    faults = []
  }

  func logBecameDurable(upTo lsn: LSN) {}

  func logFailed(_ fault: EngineFault) {
    hasFailed = true
    faults.append(fault)
    ring()
  }
}
