/// One line of an order. Quantities, not flags, so that partial operations are natural:
/// confirmed + cancelled <= quantity, returned <= confirmed.
struct OrderLine: BitwiseCopyable {
  var item: ItemNumber
  /// The quantity, and in the highest bit `isCounted`.
  private(set) var bits: UInt32
  var confirmed: UInt32 = 0
  var cancelled: UInt32 = 0
  var returned: UInt32 = 0

  init(
    item: ItemNumber, quantity: UInt32, isCounted: Bool = false, confirmed: UInt32 = 0, cancelled: UInt32 = 0,
    returned: UInt32 = 0
  ) {
    self.item = item
    bits = quantity | (isCounted ? EventLine.countedBit : 0)
    self.confirmed = confirmed
    self.cancelled = cancelled
    self.returned = returned
  }

  var quantity: UInt32 { bits & ~EventLine.countedBit }
  /// It counts for the limits that its SKU has outside sales.
  var isCounted: Bool { bits & EventLine.countedBit != 0 }

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
    /// A sale or a SKU's limits count it.
    static let counted = Flags(rawValue: 8)
    /// Its extras have subjects.
    static let subjects = Flags(rawValue: 16)
    /// Snapshots need room for more of it.
    static let extended: Flags = [.counted, .subjects]
    /// A part was sold, and the rest expired: what is paid for the rest must go back.
    static let restExpired = Flags(rawValue: 32)
    /// A part was sold, and the rest was cancelled with the whole order.
    static let restCancelled = Flags(rawValue: 64)
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
  /// The sale that it was placed in.
  var sale = ScopeNumber.none
  /// Neighbours in its partition's list by age, once it has ended or is sold; `AgeList.none` at the ends.
  var older: UInt32 = AgeList.none
  var newer: UInt32 = AgeList.none
  var extrasBytes: UInt16
  var lineCount: UInt16
  var state: OrderState
  var flags: Flags

  /// How the rest of an order ended of which a part was sold; nil if there is no such rest.
  var restEnd: OrderState? {
    flags.contains(.restExpired) ? .expired : flags.contains(.restCancelled) ? .cancelled : nil
  }
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

/// Where the parts of an order's block in the arena lie: lines (if there are two or more), buyer, payload, subjects.
///
/// The block begins with four bytes: the buyer's length; the low 8 bits of the subjects' length; and 16 bits with the payload's
/// length and, in the two highest, the high bits of the subjects' length.
struct OrderExtras {
  static let headerBytes = 4
  static let lineBytes = MemoryLayout<OrderLine>.stride

  /// What the block is made of, besides lines.
  struct Texts {
    var buyer: UnsafeRawBufferPointer
    var payload: UnsafeRawBufferPointer
    var subjects: UnsafeRawBufferPointer

    var bytes: Int { buyer.count + payload.count + subjects.count }
  }

  let base: UnsafeMutableRawPointer
  let lineCount: Int

  static func bytes(lineCount: Int, textBytes: Int) -> Int {
    if lineCount <= 1 && textBytes == 0 { return 0 }
    return headerBytes + (lineCount > 1 ? lineCount * lineBytes : 0) + textBytes
  }

  var lines: UnsafeMutablePointer<OrderLine> {
    (base + Self.headerBytes).assumingMemoryBound(to: OrderLine.self)
  }

  private var start: UnsafeMutableRawPointer {
    base + Self.headerBytes + (lineCount > 1 ? lineCount * Self.lineBytes : 0)
  }
  private static let payloadMask: UInt16 = 1 << 14 - 1
  private var payloadBits: UInt16 { base.load(fromByteOffset: 2, as: UInt16.self) }
  private var buyerCount: Int { Int(base.load(as: UInt8.self)) }
  private var payloadCount: Int { Int(payloadBits & Self.payloadMask) }
  private var subjectsCount: Int { Int(base.load(fromByteOffset: 1, as: UInt8.self)) | Int(payloadBits >> 14) << 8 }

  var buyer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: buyerCount) }
  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start + buyerCount, count: payloadCount) }
  var subjects: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start + buyerCount + payloadCount, count: subjectsCount)
  }

  func write(_ texts: Texts) {
    base.storeBytes(of: UInt8(texts.buyer.count), as: UInt8.self)
    base.storeBytes(of: UInt8(truncatingIfNeeded: texts.subjects.count), toByteOffset: 1, as: UInt8.self)
    base.storeBytes(
      of: UInt16(texts.payload.count) | UInt16(texts.subjects.count >> 8) << 14, toByteOffset: 2, as: UInt16.self)
    Self.copy(texts.buyer, to: start)
    Self.copy(texts.payload, to: start + texts.buyer.count)
    Self.copy(texts.subjects, to: start + texts.buyer.count + texts.payload.count)
  }

  @inline(__always)
  private static func copy(_ text: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
    if let source = text.baseAddress { place.copyMemory(from: source, byteCount: text.count) }
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
