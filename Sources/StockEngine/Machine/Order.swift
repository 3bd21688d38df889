/// One line of an order. Quantities, not flags, so that partial operations are natural:
/// confirmed + cancelled <= quantity, returned <= confirmed.
struct OrderLine: BitwiseCopyable {
  var item: ItemNumber
  var quantity: UInt32
  var confirmed: UInt32 = 0
  var cancelled: UInt32 = 0
  var returned: UInt32 = 0

  var open: UInt32 { quantity - confirmed - cancelled }
  var out: UInt32 { confirmed - returned }
}

/// One order. Its only line lies here; the lines of a cart, the buyer and the payload lie in the arena, as `OrderExtras`.
struct Order: BitwiseCopyable {
  struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt8
    static let deducted = Flags(rawValue: 1)
    static let late = Flags(rawValue: 2)
    static let refundRequired = Flags(rawValue: 4)
    /// Units were cancelled by line. If the rest expires, `OrderLine.cancelled` keeps these alone: see `foldExpired`.
    static let partlyCancelled = Flags(rawValue: 128)
  }

  var key: PackedKey
  var deadline: Timestamp
  var createdAt: Timestamp
  /// When its state last changed.
  var changedAt: Timestamp
  var line: OrderLine
  var extras: ArenaReference
  /// 0: no sale. (Place for the number of the order's sale.)
  var sale: UInt32 = 0
  /// Neighbours in its partition's list by age, once it has ended or is sold; `AgeList.none` at the ends.
  var older: UInt32 = AgeList.none
  var newer: UInt32 = AgeList.none
  var extrasBytes: UInt16
  var lineCount: UInt16
  var state: OrderState
  var flags: Flags
}

/// Orders of one partition by the time of their last change: a list through the orders themselves, so that one that moves
/// on (a late confirm, a return) leaves nothing behind.
struct AgeList: BitwiseCopyable {
  static let none: UInt32 = .max
  private(set) var oldest: UInt32 = none
  private var newest: UInt32 = none

  @inline(__always)
  mutating func append(_ slot: UInt32, in orders: borrowing Slab<Order>) {
    let order = orders.pointer(slot)
    order.pointee.older = newest
    order.pointee.newer = Self.none
    if newest == Self.none { oldest = slot } else { orders.pointer(newest).pointee.newer = slot }
    newest = slot
  }

  mutating func remove(_ slot: UInt32, in orders: borrowing Slab<Order>) {
    let order = orders.pointer(slot)
    let (older, newer) = (order.pointee.older, order.pointee.newer)
    if older == Self.none { oldest = newer } else { orders.pointer(older).pointee.newer = newer }
    if newer == Self.none { newest = older } else { orders.pointer(newer).pointee.older = older }
    order.pointee.older = Self.none
    order.pointee.newer = Self.none
  }
}

/// Where the parts of an order's block in the arena lie: lines (if there are two or more), buyer, payload.
struct OrderExtras {
  static let headerBytes = 4
  static let lineBytes = MemoryLayout<OrderLine>.stride

  let base: UnsafeMutableRawPointer
  let lineCount: Int

  static func bytes(lineCount: Int, buyerBytes: Int, payloadBytes: Int) -> Int {
    if lineCount <= 1 && buyerBytes == 0 && payloadBytes == 0 { return 0 }
    return headerBytes + (lineCount > 1 ? lineCount * lineBytes : 0) + buyerBytes + payloadBytes
  }

  var lines: UnsafeMutablePointer<OrderLine> {
    (base + Self.headerBytes).assumingMemoryBound(to: OrderLine.self)
  }

  private var texts: UnsafeMutableRawPointer {
    base + Self.headerBytes + (lineCount > 1 ? lineCount * Self.lineBytes : 0)
  }
  private var buyerCount: Int { Int(base.load(as: UInt8.self)) }
  private var payloadCount: Int { Int(base.load(fromByteOffset: 2, as: UInt16.self)) }

  var buyer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: texts, count: buyerCount) }
  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: texts + buyerCount, count: payloadCount) }

  func write(buyer: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) {
    base.storeBytes(of: UInt8(buyer.count), as: UInt8.self)
    base.storeBytes(of: 0, toByteOffset: 1, as: UInt8.self)
    base.storeBytes(of: UInt16(payload.count), toByteOffset: 2, as: UInt16.self)
    if let source = buyer.baseAddress { texts.copyMemory(from: source, byteCount: buyer.count) }
    if let source = payload.baseAddress { (texts + buyer.count).copyMemory(from: source, byteCount: payload.count) }
  }
}

/// What is left of an id whose record went: 128 bits in place of the key. The same shape serves operation ids.
struct Fingerprint: BitwiseCopyable {
  var low: UInt64
  var high: UInt64
  /// The id's 64-bit hash, to find the index entry again.
  var hash: UInt64
  /// When the record went, or the operation was done.
  var time: Timestamp
  /// An order's end state, or a hash of the operation's content.
  var content: UInt64

  var entityHash: UInt64 {
    mix(mix(low ^ MixConstant.a, high ^ MixConstant.b) ^ content, UInt64(bitPattern: time.milliseconds) ^ MixConstant.c)
  }
}
