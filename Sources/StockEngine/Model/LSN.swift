/// Log sequence number: the place of one record in the log, counted from 1. Zero means "before the first record".
public struct LSN: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The place, counted from 1.
  public var rawValue: UInt64

  /// A place by its number.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// A place by its number.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first record of any log.
  public static let zero = LSN(0)

  /// The earlier record comes first.
  public static func < (left: LSN, right: LSN) -> Bool { left.rawValue < right.rawValue }

  /// The place so many records later.
  public func advanced(by records: UInt64) -> LSN { LSN(rawValue + records) }
}

extension LSN: CustomStringConvertible {
  /// The number.
  public var description: String { String(rawValue) }
}
