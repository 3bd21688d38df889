/// Log sequence number: the place of one record in the log, counted from 1. Zero means "before the first record".
public struct LSN: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  public var rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first record of any log.
  public static let zero = LSN(0)

  public static func < (left: LSN, right: LSN) -> Bool { left.rawValue < right.rawValue }

  public func advanced(by records: UInt64) -> LSN { LSN(rawValue + records) }
}

extension LSN: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
