/// One stock item's numbers: what a reserve touches, in one cache line. The rest is in `ItemTotals`.
struct Item: BitwiseCopyable {
  /// `sku` or `sku@pool`.
  var key: PackedKey
  var available: Int64
  var reserved: Int64
  var floor: Int64
  var version: UInt64
  var number: ItemNumber
  /// The sale that owns it, or its SKU's limits; none for most.
  var scope = ScopeNumber.none

  /// What can be bought.
  var sellable: Int64 { available - floor }
  /// What can go to another pool: stock above the safety stock. What a floor below 0 lets be sold ahead is not there to be moved.
  var movable: Int64 { available - max(0, floor) }

  /// This half's part of the state hash.
  @inline(__always)
  var entityHash: UInt64 {
    let first = mix(UInt64(number.rawValue) ^ MixConstant.a, UInt64(bitPattern: available) ^ MixConstant.b)
    let second = mix(UInt64(bitPattern: reserved) ^ MixConstant.c, version ^ MixConstant.d)
    return mix(first ^ UInt64(bitPattern: floor), second)
  }
}

/// One stock item's sums that a reserve leaves alone.
struct ItemTotals: BitwiseCopyable {
  var supplied: Int64
  var sold: Int64
  var scrapped: Int64

  func entityHash(_ number: ItemNumber) -> UInt64 {
    let first = mix(UInt64(number.rawValue) ^ MixConstant.b, UInt64(bitPattern: supplied) ^ MixConstant.c)
    return mix(first ^ UInt64(bitPattern: sold), UInt64(bitPattern: scrapped) ^ MixConstant.d)
  }
}
