import StockWire
import Synchronization

/// How a connection was met.
enum Admission: Equatable, Sendable {
  case admitted
  /// It is told why, and closed.
  case refused(ErrorCode)
  /// Too many are being refused already: it is closed without a word.
  case turnedAway
}

/// Counts connections over all loops.
final class ConnectionCensus: Sendable {
  private let admittedMax: Int
  private let refusedMax: Int
  private let admitted = Atomic(0)
  private let refused = Atomic(0)
  private let open = Atomic(0)
  private let admittedEver = Atomic<UInt64>(0)

  /// - Parameter refusedMax: connections that are being told why they may not stay.
  init(connectionsMax: Int, refusedMax: Int = ServerLimits().refusedConnectionsMax) {
    admittedMax = connectionsMax
    self.refusedMax = refusedMax
  }

  /// Since the start.
  var received: UInt64 { admittedEver.load(ordering: .relaxed) }

  var count: Int { admitted.load(ordering: .relaxed) }

  // MARK: Descriptors

  /// Whether the listeners may take another connection from the kernel, whatever becomes of it.
  var mayOpen: Bool { open.load(ordering: .relaxed) < admittedMax + refusedMax }

  func opened() { open.add(1, ordering: .relaxed) }

  func closed() { open.subtract(1, ordering: .relaxed) }

  // MARK: Who may stay

  /// - Parameter reason: why no connection is taken at all, if so.
  func admit(_ reason: ErrorCode?) -> Admission {
    if reason == nil {
      if admitted.add(1, ordering: .relaxed).newValue <= admittedMax {
        admittedEver.add(1, ordering: .relaxed)
        return .admitted
      }
      admitted.subtract(1, ordering: .relaxed)
    }
    if refused.add(1, ordering: .relaxed).newValue <= refusedMax { return .refused(reason ?? .tooManyConnections) }
    refused.subtract(1, ordering: .relaxed)
    return .turnedAway
  }

  func leave(_ admission: Admission) {
    switch admission {
    case .admitted: admitted.subtract(1, ordering: .relaxed)
    case .refused: refused.subtract(1, ordering: .relaxed)
    case .turnedAway: break
    }
  }
}
