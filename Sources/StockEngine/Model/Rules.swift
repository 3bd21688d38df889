/// The rules of a store that a shop may set. Times are milliseconds.
///
/// The log holds decided events, so changing a rule between two starts never changes what has already happened.
public struct Rules: Sendable, Equatable, BitwiseCopyable {
  /// Payment time of a reserve that names none.
  public var holdMilliseconds: Int64 = 15 * 60 * 1000
  /// The longest payment time, and the furthest that an extension reaches from now.
  public var holdMillisecondsMax: Int64 = 24 * 60 * 60 * 1000
  /// How long the full record of an ended order (cancelled, expired, returned, fenced) is kept.
  public var endedRetentionMilliseconds: Int64 = 60 * 60 * 1000
  /// How long the full record of a sold order is kept: as long as the shop takes returns by order.
  public var soldRetentionMilliseconds: Int64 = 30 * 24 * 60 * 60 * 1000
  /// How long an id is known after its full record went: the window of idempotence.
  public var idRetentionMilliseconds: Int64 = 30 * 24 * 60 * 60 * 1000
  /// Open deadlines move by an outage, at most by this.
  public var outageShiftMillisecondsMax: Int64 = 60 * 60 * 1000

  /// Orders of a buyer that expire unpaid within `unpaidPeriodMilliseconds` until the buyer is flagged; 0: nobody is. At most
  /// `unpaidFlagThresholdMax`.
  public var unpaidFlagThreshold = 0
  /// See `unpaidFlagThreshold`.
  public var unpaidPeriodMilliseconds: Int64 = 24 * 60 * 60 * 1000
  /// How long a flag of the rule holds; 0: until it is cleared.
  public var flagMilliseconds: Int64 = 7 * 24 * 60 * 60 * 1000

  /// As many expiries of a buyer are remembered.
  public static let unpaidFlagThresholdMax = 8

  /// The defaults.
  public init() {}
}
