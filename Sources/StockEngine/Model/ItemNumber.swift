/// One of the 256 fixed parts of the key space.
///
/// SKUs and order ids hash to partitions, once and for the life of a store. A shard serves every partition whose number
/// is its own modulo the number of shards; that number may change from start to start, a partition never does.
public struct Partition: Hashable, Sendable, BitwiseCopyable {
  /// 0 to 255.
  public var rawValue: UInt8

  /// A partition by its number.
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// How many partitions a store has; also the largest number of shards.
  public static let count = 256
  /// The machine that serves it keeps what belongs to no partition.
  static let ofStore = Partition(0)
}

/// The 32-bit name of a stock item in events and snapshots: its partition in the low 8 bits, a counter of that partition above.
///
/// The counter is part of the partition's state, so numbering needs nothing shared between shards.
public struct ItemNumber: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Partition and counter, as events write them.
  public var rawValue: UInt32

  /// A number that was read.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  init(partition: Partition, ordinal: UInt32) {
    assert(ordinal <= Self.ordinalMax, "an item's ordinal has 24 bits")
    rawValue = ordinal << 8 | UInt32(partition.rawValue)
  }

  /// The last ordinal that a partition can hand out.
  static let ordinalMax: UInt32 = 1 << 24 - 1

  /// The part of the key space that the item lies in.
  public var partition: Partition { Partition(UInt8(truncatingIfNeeded: rawValue)) }
  var ordinal: UInt32 { rawValue >> 8 }

  /// By the counter, then by the partition.
  public static func < (left: ItemNumber, right: ItemNumber) -> Bool { left.rawValue < right.rawValue }
}
