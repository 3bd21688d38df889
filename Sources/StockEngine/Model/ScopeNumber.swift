/// The 32-bit name of what limits are counted within, in events and snapshots: a sale, or a SKU outside sales. Its partition
/// lies in the low 8 bits, a counter of that partition, from 1 on, above. 0 is no scope.
struct ScopeNumber: Hashable, BitwiseCopyable, Sendable {
  var rawValue: UInt32

  static let none = ScopeNumber(rawValue: 0)
  static let countMax: UInt32 = 1 << 23

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// - Parameter ordinal: from 0 on.
  init(partition: Partition, ordinal: Int) {
    rawValue = UInt32(ordinal + 1) << 8 | UInt32(partition.rawValue)
  }

  var isNone: Bool { rawValue == 0 }
  var partition: Partition { Partition(UInt8(truncatingIfNeeded: rawValue)) }
  var ordinal: Int { Int(rawValue >> 8) - 1 }
}
