/// One run of a store's log by one writer: a start begins a new epoch with the first record that it writes itself.
///
/// An LSN alone does not tell one history from another: after records were lost (a disk that lied, a backup that was put back),
/// the next start gives their LSNs to other records. An epoch and an LSN together do. The number grows by one with each start;
/// the nonce, drawn at random, tells two starts from one copied directory apart.
public struct Epoch: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number in the upper 32 bits, the nonce in the lower.
  public var rawValue: UInt64

  /// An epoch that was read.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The epoch of a start.
  public init(number: UInt32, nonce: UInt32) { rawValue = UInt64(number) << 32 | UInt64(nonce) }

  /// Unknown: a client that has kept none, a log from before its first start.
  public static let none = Epoch(rawValue: 0)

  /// 1 for the first start of a store.
  public var number: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
  /// Drawn at random for each start.
  var nonce: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
}

extension Epoch: CustomStringConvertible {
  /// The number, and the nonce in hex.
  public var description: String { "\(number)-" + String(rawValue & 0xFFFF_FFFF, radix: 16) }
}

/// An epoch and the first LSN that belongs to it.
public struct EpochStart: Hashable, Sendable, BitwiseCopyable {
  /// The run.
  public var epoch: Epoch
  /// The first record that it wrote itself.
  public var firstLSN: LSN

  /// An epoch that began with this record.
  public init(epoch: Epoch, firstLSN: LSN) {
    self.epoch = epoch
    self.firstLSN = firstLSN
  }
}

/// The newest epochs of a store, oldest first.
public struct EpochHistory: Hashable, Sendable {
  /// How many are kept. A client that has seen nothing newer than the oldest is judged by its LSN alone.
  public static let countMax = 256

  /// Up to 256, oldest first.
  public private(set) var starts: [EpochStart]

  /// A history that was read.
  public init(_ starts: [EpochStart] = []) { self.starts = starts }

  /// The newest; none before the first start.
  public var current: Epoch { starts.last?.epoch ?? .none }

  /// The epoch that a start begins.
  func next(nonce: UInt32) -> Epoch { Epoch(number: current.number &+ 1, nonce: nonce) }

  /// Adds a start; the oldest is forgotten if there are too many.
  mutating func append(_ start: EpochStart) {
    starts.append(start)
    if starts.count > Self.countMax { starts.removeFirst() }
  }

  /// What the seals and snapshots check. Apart from the state hash, which a restart leaves as it is.
  var hash: UInt64 {
    starts.reduce(0) { $0 &+ mix($1.epoch.rawValue ^ MixConstant.a, $1.firstLSN.rawValue ^ MixConstant.d) }
  }

  /// Whether what somebody saw at `lsn` in `epoch` is part of this history, which is durable up to `durable`.
  public func includes(_ lsn: LSN, in epoch: Epoch, durable: LSN) -> Bool {
    if lsn > durable { return false }
    if epoch == .none || lsn == .zero { return true }
    guard let index = starts.firstIndex(where: { $0.epoch == epoch }) else {
      guard let oldest = starts.first else { return false }
      return epoch.number < oldest.epoch.number && lsn < oldest.firstLSN
    }
    let next = index + 1
    return next == starts.count || lsn < starts[next].firstLSN
  }
}
