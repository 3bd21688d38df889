/// A number of units of one item.
struct EventLine: Sendable, BitwiseCopyable {
  var item: ItemNumber
  var quantity: UInt32

  init(item: ItemNumber, quantity: UInt32) {
    self.item = item
    self.quantity = quantity
  }
}

/// A decided fact. The log holds these, not commands, so a changed rule cannot change history.
///
/// A plain value: texts are ranges of the source's bytes and lines of the source's lines (see `EventSource`). Events name items
/// by number and never name a shard.
enum Event: Sendable, BitwiseCopyable {
  case itemCreated(ItemNumber, name: ByteRange, quantity: Int64)
  /// A preheat set the item anew: by so much.
  case itemReplaced(ItemNumber, delta: Int64)
  case supplied(ItemNumber, quantity: Int64, reference: ByteRange)
  case adjusted(ItemNumber, delta: Int64, reason: ByteRange, reference: ByteRange)
  /// An adjustment left the item this far below its floor.
  case shortfall(ItemNumber, units: Int64)
  case configured(ItemNumber, floor: Int64)
  /// Units of `available` went to another pool of the SKU.
  case moved(from: ItemNumber, to: ItemNumber, quantity: Int64)

  case reserved(Placed)
  case deducted(Placed)
  case confirmed(Moved)
  case lateConfirmed(Moved)
  case cancelled(Moved, reason: ByteRange)
  case expired(Moved)
  case returned(Moved, disposition: ReturnLines.Disposition)
  case extended(order: ByteRange, deadline: Timestamp)
  case fenced(order: ByteRange, reason: ByteRange)
  /// Somebody paid for an order that cannot be had any more. At most once an order.
  case refundRequired(order: ByteRange)

  case operationDone(id: ByteRange, operation: UInt8, content: UInt64)
  /// Full records of this partition that ended (or were sold) up to a time become fingerprints.
  case ordersRetired(Partition, endedUpTo: Timestamp, soldUpTo: Timestamp)
  case fingerprintsForgotten(Partition, upTo: Timestamp)
  case operationsForgotten(Partition, upTo: Timestamp)
  /// Nobody could pay from `from` to `to`: deadlines that were open move by `shiftMilliseconds`.
  case outage(from: Timestamp, to: Timestamp, shiftMilliseconds: Int64)
  /// The last record of a segment: what the state comes to here.
  case sealed(SealedState)
  case heartbeat
  /// A start of the daemon: this record is the first that it wrote.
  case epochBegan(EpochStart)

  /// A new order.
  struct Placed: Sendable, BitwiseCopyable {
    var order: ByteRange
    var buyer: ByteRange
    var payload: ByteRange
    var lines: IndexRange
    /// For a deduct: the moment itself.
    var deadline: Timestamp
  }

  /// Units of an order that change their column.
  struct Moved: Sendable, BitwiseCopyable {
    var order: ByteRange
    var lines: IndexRange
  }
}

/// Totals of a whole store, for the follower to compare.
struct SealedState: Sendable, Equatable, BitwiseCopyable {
  var stateHash: UInt64 = 0
  var items: UInt64 = 0
  var orders: UInt64 = 0

  init() {}
}

/// What an event's ranges refer to: the batch it is decided from, or the group it is read from.
struct EventSource {
  /// Readable for `CommandBatch.slackBytes` beyond every text.
  let bytes: UnsafePointer<UInt8>
  let lines: UnsafePointer<EventLine>

  init(bytes: UnsafePointer<UInt8>, lines: UnsafePointer<EventLine>) {
    self.bytes = bytes
    self.lines = lines
  }

  func text(_ range: ByteRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + range.start, count: Int(range.count))
  }

  func string(_ range: ByteRange) -> String { String(decoding: text(range), as: UTF8.self) }

  @inline(__always)
  func lines(_ range: IndexRange) -> UnsafeBufferPointer<EventLine> {
    UnsafeBufferPointer(start: lines + Int(range.start), count: Int(range.count))
  }
}

extension Event {
  var kind: EventKind {
    switch self {
    case .itemCreated: .itemCreated
    case .itemReplaced: .itemReplaced
    case .supplied: .supplied
    case .adjusted: .adjusted
    case .shortfall: .shortfall
    case .configured: .configured
    case .moved: .moved
    case .reserved: .reserved
    case .deducted: .deducted
    case .confirmed: .confirmed
    case .lateConfirmed: .lateConfirmed
    case .cancelled: .cancelled
    case .expired: .expired
    case .returned: .returned
    case .extended: .extended
    case .fenced: .fenced
    case .refundRequired: .refundRequired
    case .operationDone: .operationDone
    case .ordersRetired: .ordersRetired
    case .fingerprintsForgotten: .fingerprintsForgotten
    case .operationsForgotten: .operationsForgotten
    case .outage: .outage
    case .sealed: .sealed
    case .heartbeat: .heartbeat
    case .epochBegan: .epochBegan
    }
  }
}
