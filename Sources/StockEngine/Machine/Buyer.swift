/// What is known of a buyer that let orders expire, or was flagged. A buyer is known by 128 bits.
struct Buyer: BitwiseCopyable {
  enum Flag: UInt8, BitwiseCopyable {
    case none = 0
    case byRule = 1
    case byHand = 2
  }

  var low: UInt64
  var high: UInt64
  var hash: UInt64
  /// When this last changed.
  var changedAt: Timestamp
  /// Until when a flag of the rule holds; zero: until it is cleared.
  var until = Timestamp.zero
  /// The last expiries, newest first; zero: none.
  var expiries: InlineArray<8, Timestamp> = InlineArray(repeating: .zero)
  /// Neighbours in the partition's list by change; none for one that is kept.
  var older: UInt32 = AgeList.none
  var newer: UInt32 = AgeList.none
  var flag = Flag.none

  var partition: Partition { Partition(UInt8(truncatingIfNeeded: hash >> 56)) }

  func isFlagged(at now: Timestamp) -> Bool {
    flag != .none && (until == .zero || now < until)
  }

  /// No time makes it forgettable: its flag holds until it is cleared, which is a change.
  var isKept: Bool { flag != .none && until == .zero }

  /// Expiries after `horizon`.
  func expiries(after horizon: Timestamp) -> Int {
    var count = 0
    for index in 0..<8 where expiries[index] > horizon { count += 1 }
    return count
  }

  mutating func add(expiry: Timestamp) {
    for index in stride(from: 7, to: 0, by: -1) { expiries[index] = expiries[index - 1] }
    expiries[0] = expiry
  }

  var entityHash: UInt64 {
    var times: UInt64 = 0
    for index in 0..<8 {
      times = mix(times ^ MixConstant.a, UInt64(bitPattern: expiries[index].milliseconds) ^ MixConstant.b)
    }
    return mix(
      low ^ UInt64(flag.rawValue) ^ UInt64(bitPattern: until.milliseconds) << 8,
      high ^ times ^ UInt64(bitPattern: changedAt.milliseconds))
  }
}

/// Buyers of one partition by their last change, as far as they may be forgotten one day.
struct BuyerList: BitwiseCopyable {
  private(set) var oldest: UInt32 = AgeList.none
  private var newest: UInt32 = AgeList.none

  mutating func append(_ slot: UInt32, in buyers: borrowing Slab<Buyer>) {
    let buyer = buyers.pointer(slot)
    buyer.pointee.older = newest
    buyer.pointee.newer = AgeList.none
    if newest == AgeList.none { oldest = slot } else { buyers.pointer(newest).pointee.newer = slot }
    newest = slot
  }

  mutating func remove(_ slot: UInt32, in buyers: borrowing Slab<Buyer>) {
    let (older, newer) = (buyers.pointer(slot).pointee.older, buyers.pointer(slot).pointee.newer)
    if older == AgeList.none { oldest = newer } else { buyers.pointer(older).pointee.newer = newer }
    if newer == AgeList.none { newest = older } else { buyers.pointer(newer).pointee.older = older }
  }
}
