/// A number of units of one item.
struct EventLine: Sendable, BitwiseCopyable {
  var item: ItemNumber
  /// The highest bit says `isCounted`; a quantity needs 31.
  private var bits: UInt32

  static let countedBit: UInt32 = 1 << 31

  init(item: ItemNumber, quantity: UInt32, isCounted: Bool = false) {
    self.item = item
    bits = quantity | (isCounted ? Self.countedBit : 0)
  }

  var quantity: UInt32 {
    @inline(__always) get { bits & ~Self.countedBit }
    set { bits = bits & Self.countedBit | newValue }
  }

  /// A new order's line counts for the limits of its SKU.
  var isCounted: Bool {
    get { bits & Self.countedBit != 0 }
    set { bits = newValue ? bits | Self.countedBit : bits & ~Self.countedBit }
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

  /// A limit of a SKU outside sales; the first one makes the scope.
  case limitSet(ScopeNumber, sku: ByteRange, limit: ByteRange, isLifted: Bool)

  case reserved(Placed)
  case deducted(Placed)
  /// An order without stock: limits are taken, stock is taken at the confirm.
  case deferred(Placed)
  case deferredConfirmed(Moved)
  /// A deferred order ends without having had stock.
  case deferralEnded(Moved, as: OrderState, reason: ByteRange)
  case confirmed(Moved)
  case lateConfirmed(Moved)
  case cancelled(Moved, reason: ByteRange)
  case expired(Moved)
  /// Some units of an open order were paid.
  case partlyConfirmed(Moved)
  /// Some units of an open order went back before its deadline.
  case partlyCancelled(Moved, reason: ByteRange)
  case returned(Moved, disposition: ReturnLines.Disposition)
  /// The warehouse sent it.
  case shipped(order: ByteRange)
  /// It has arrived.
  case delivered(order: ByteRange)
  case extended(order: ByteRange, deadline: Timestamp)
  case fenced(order: ByteRange, reason: ByteRange)
  /// Somebody paid for an order that cannot be had any more. At most once an order.
  case refundRequired(order: ByteRange)

  case saleOpened(ScopeNumber, sale: ByteRange, terms: SaleTerms, isPaused: Bool)
  case salePaused(ScopeNumber)
  case saleResumed(ScopeNumber)
  case saleClosed(ScopeNumber)
  /// Its window began.
  case saleStarted(ScopeNumber)
  /// What it counted is forgotten: its orders are gone.
  case saleRetired(ScopeNumber)
  /// An order of this buyer expired unpaid.
  case buyerUnpaid(buyer: ByteRange)
  /// - until: zero: until it is cleared.
  case buyerFlagged(buyer: ByteRange, isByHand: Bool, until: Timestamp)
  case buyerCleared(buyer: ByteRange)
  case buyersForgotten(Partition, upTo: Timestamp)

  /// So many attempts to buy an item were refused for a reason (an outcome's number) since the last event of its kind.
  case refused(ItemNumber, reason: UInt8, attempts: UInt32, units: Int64)
  /// One attempt to buy in a sale that records them was refused. It changes nothing: its id may be used again.
  case attempted(Placed, Refusal)

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
  /// Every id up to this one is given away.
  case idsIssued(last: UInt64)

  /// A new order.
  struct Placed: Sendable, BitwiseCopyable {
    var order: ByteRange
    var buyer: ByteRange
    var payload: ByteRange
    var lines: IndexRange
    /// For a deduct: the moment itself.
    var deadline: Timestamp
    /// The sale that it was placed in.
    var sale = ScopeNumber.none
    /// A subject list.
    var subjects = ByteRange.empty
  }

  /// Why an attempt to place an order was refused, and what it asked for besides.
  struct Refusal: Sendable, Equatable, BitwiseCopyable {
    /// An outcome's number.
    var reason: UInt8
    /// A deduct; else a reserve, which would have held its units until the deadline.
    var isDeduct: Bool
    /// An unpaid order in the way would have been cancelled.
    var replacesUnpaid: Bool
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
    case .limitSet: .limitSet
    case .deferred: .deferred
    case .deferredConfirmed: .deferredConfirmed
    case .deferralEnded: .deferralEnded
    case .saleOpened: .saleOpened
    case .salePaused: .salePaused
    case .saleResumed: .saleResumed
    case .saleClosed: .saleClosed
    case .saleStarted: .saleStarted
    case .saleRetired: .saleRetired
    case .buyerUnpaid: .buyerUnpaid
    case .buyerFlagged: .buyerFlagged
    case .buyerCleared: .buyerCleared
    case .buyersForgotten: .buyersForgotten
    case .refused: .refused
    case .attempted: .attempted
    case .reserved: .reserved
    case .deducted: .deducted
    case .confirmed: .confirmed
    case .lateConfirmed: .lateConfirmed
    case .cancelled: .cancelled
    case .expired: .expired
    case .partlyConfirmed: .partlyConfirmed
    case .partlyCancelled: .partlyCancelled
    case .shipped: .shipped
    case .delivered: .delivered
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
    case .idsIssued: .idsIssued
    }
  }
}
