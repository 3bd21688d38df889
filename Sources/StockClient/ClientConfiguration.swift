public import NIOCore
public import StockEngine

/// How a client behaves. Every maximum has a name.
public struct ClientConfiguration: Sendable {
  /// How long a call may take altogether, reconnects and repeats included. Then it throws.
  public var requestTimeout: Duration = .seconds(10)
  /// How long the oldest frame may stay unanswered, since it was sent and the one before it answered, before the connection counts
  /// as dead; what it left unanswered is sent again on a new one. A history or a demand, which reads the log, has half of
  /// `requestTimeout`, if that is longer.
  public var attemptTimeout: Duration = .seconds(4)
  /// How long one attempt to connect and to shake hands may take.
  public var connectTimeout: Duration = .seconds(2)
  /// When and how often to try again.
  public var retry = RetryPolicy()
  /// Frames sent and unanswered, at most; the server's own maximum holds if it is lower.
  public var framesInFlightMax = 1024
  /// Frames that wait to be sent, at most. A call beyond that throws `tooManyWaiting`, and nothing was done.
  public var framesWaitingMax = 65_536
  /// What an earlier client of this store had seen: ``StockClient/resumePoint``. A server that has lost any of it is refused.
  public var resumePoint: ResumePoint?
  /// The loops to run on; nil takes NIO's own. Close the client, or let it go, before you shut yours down.
  public var eventLoopGroup: (any EventLoopGroup)?

  /// The defaults.
  public init() {}
}

/// When a client tries again by itself. It is always safe: orders and operations carry ids, and the server does each once.
public struct RetryPolicy: Hashable, Sendable {
  /// How often one frame is sent, at most. 1 never repeats: after a lost connection the call throws `fateUnknown`.
  public var attemptsMax = 8
  /// After so many connections in a row that failed or ended without a single reply, calls that wait throw instead of waiting
  /// for their time to end. Nil: they wait.
  public var connectsMax: Int?
  /// The pause after the first failure; it doubles with each further one.
  public var pauseMin: Duration = .milliseconds(10)
  /// The longest pause.
  public var pauseMax: Duration = .seconds(1)

  /// The defaults.
  public init() {}

  /// Never sends anything twice.
  public static let never: RetryPolicy = {
    var policy = RetryPolicy()
    policy.attemptsMax = 1
    return policy
  }()

  /// The pause before another attempt to connect: doubled with each failure, and between half and the whole of that, so that
  /// the clients of a server that restarts don't all come at once.
  /// - Parameters:
  ///   - failures: how many attempts failed in a row, at least 1.
  ///   - random: any number; the same number gives the same pause.
  func pause(failures: Int, random: UInt64) -> Duration {
    let doublings = min(max(failures, 1) - 1, 30)
    let whole = min(pauseMin * (1 << doublings), pauseMax)
    let half = whole / 2
    return half + half * Double(random >> 11) / Double(1 << 53)
  }
}

/// The store that a client spoke to and the highest LSN that it saw there. Keep it across restarts of your process, and a
/// server that was restored from an old copy can't fool you.
public struct ResumePoint: Hashable, Sendable {
  /// The store's identity.
  public var storeID: StoreID
  /// The highest LSN that any answer told.
  public var highestLSN: LSN
  /// The run of the server that last answered a hello: the LSNs of a run that was lost are given anew.
  public var epoch: Epoch

  /// What an earlier client kept.
  public init(storeID: StoreID, highestLSN: LSN, epoch: Epoch = .none) {
    self.storeID = storeID
    self.highestLSN = highestLSN
    self.epoch = epoch
  }
}
