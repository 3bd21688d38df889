/// A moment of log time: milliseconds since 1970-01-01 UTC.
///
/// Log time starts at max(wall clock, last logged time) and follows the monotonic clock from there, so it never steps back.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Since 1970-01-01 UTC.
  public var milliseconds: Int64

  /// A moment by its number.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// 1970; stands for "none".
  public static let zero = Timestamp(milliseconds: 0)
  /// Later than any deadline.
  public static let distantFuture = Timestamp(milliseconds: .max)

  /// The earlier moment comes first.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment `milliseconds` later, at most ``distantFuture``.
  public func adding(milliseconds: Int64) -> Timestamp {
    let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
    return overflow ? .distantFuture : Timestamp(milliseconds: sum)
  }
}

extension Timestamp: CustomStringConvertible {
  /// The number and its unit.
  public var description: String { "\(milliseconds) ms" }
}
