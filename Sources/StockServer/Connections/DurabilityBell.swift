import NIOCore
import StockEngine
import Synchronization

import struct NIOConcurrencyHelpers.NIOLockedValueBox

/// Wakes a loop when the log has become durable, at most once until the loop asks again.
///
/// The loop arms it when replies wait, then looks at what is durable once more; the log's thread stores that, then looks
/// whether it is armed. Both orders are sequentially consistent, so one of the two sees the other: no wake-up is lost, and a
/// loop on which nothing waits is left asleep.
final class DurabilityBell: DurabilityListener {
  private let loop: any EventLoop
  private let ring: @Sendable () -> Void
  private let lsn: Atomic<UInt64>
  private let isArmed = Atomic(false)
  private let failed = Atomic(false)
  /// The loop will end. Held while it is asked for anything, so that after `silence` nobody is about to.
  private let isSilent = NIOLockedValueBox(false)

  /// - Parameter ring: called on the loop.
  init(loop: any EventLoop, durable: LSN, ring: @escaping @Sendable () -> Void) {
    self.loop = loop
    self.ring = ring
    lsn = Atomic(durable.rawValue)
  }

  var durable: LSN { LSN(lsn.load(ordering: .sequentiallyConsistent)) }
  var hasFailed: Bool { failed.load(ordering: .acquiring) }

  /// Asks for one wake-up.
  /// - Parameter seen: the durable LSN at which the caller found that it must wait.
  /// - Returns: whether the log has gone on since (or failed): nobody will ring for that.
  func arm(seen: LSN) -> Bool {
    isArmed.store(true, ordering: .sequentiallyConsistent)
    return durable > seen || hasFailed
  }

  func logBecameDurable(upTo lsn: LSN) {
    _ = self.lsn.max(lsn.rawValue, ordering: .sequentiallyConsistent)
    if isArmed.load(ordering: .sequentiallyConsistent), isArmed.exchange(false, ordering: .sequentiallyConsistent) {
      wake()
    }
  }

  func logFailed(_ fault: EngineFault) {
    failed.store(true, ordering: .releasing)
    wake()
  }

  private func wake() {
    isSilent.withLockedValue { isSilent in
      if !isSilent { loop.execute(ring) }
    }
  }

  /// The loop is never asked again: it may end while the log still seals itself, and a loop that has ended takes no tasks.
  func silence() { isSilent.withLockedValue { $0 = true } }
}
