/// The answer to one command. A plain value; its rows and texts lie in the `ReplyBatch`.
public struct Reply: Sendable, BitwiseCopyable {
  /// What became of the command.
  public var outcome: Outcome
  /// The command had taken effect before; this is the order's (or operation's) present state.
  public var isRepeat: Bool
  /// The record that this command wrote; if it wrote none, the last record that it could see.
  public var lsn: LSN
  /// What the outcome has to say; most have nothing.
  public var body: Body

  /// The layouts of an answer. Which outcome has which is told in `docs/protocol.md`, section 5.
  public enum Body: Sendable, BitwiseCopyable {
    /// The outcome says it all.
    case none
    /// A hold: what can still be bought of its first item, and until when it is held.
    case hold(available: Int64, deadline: Timestamp)
    /// A deduct or a stock change: what can still be bought of its first item.
    case available(Int64)
    /// A hold or a deduct that ranked pools, or of which something is not in stock yet: what was taken of each item,
    /// `ReplyBatch.placed`, and until when it is held. A repeat answers with `hold` or `available`.
    case placed(IndexRange, deadline: Timestamp)
    /// An order's state.
    case state(OrderState)
    /// Short, missing or existing items: `ReplyBatch.shortages`.
    case shortages(IndexRange)
    /// Balances in the order asked: `ReplyBatch.items`.
    case items(IndexRange)
    /// A page of balances, and the cursor of the next page (0: the end).
    case page(IndexRange, next: UInt64)
    /// A full record: `ReplyBatch.orders`.
    case order(UInt32)
    /// The item's present version and available, for a versionMismatch.
    case version(UInt64, available: Int64)
    /// Why the command was not taken.
    case malformation(Malformation)
    /// Totals: `ReplyBatch.stats`.
    case stats(UInt32)
    /// A limit that is reached, or a subject that is missing or not eligible: `ReplyBatch.limits`.
    case limit(UInt32)
    /// The id of the order that stands in the way.
    case unpaid(ByteRange)
    /// Sales: `ReplyBatch.sales`; one for a read, a page with its next cursor (0: the end) for a list; for a sale that is not open
    /// its id, state, window and policies alone.
    case sales(IndexRange, next: UInt64)
    /// What is known of a buyer: `ReplyBatch.buyers`.
    case buyer(UInt32)
    /// Changes of an item, newest first: `ReplyBatch.changes`; and whether the log reaches back no further.
    case history(IndexRange, completeSince: LSN)
    /// A page of a demand curve: `ReplyBatch.demands`.
    case demand(UInt32)
    /// Issued ids: `first` and the numbers that follow it, `count` in all.
    case ids(first: UInt64, count: UInt32)
  }

  init(_ outcome: Outcome, isRepeat: Bool = false, _ body: Body = .none) {
    self.outcome = outcome
    self.isRepeat = isRepeat
    self.lsn = .zero
    self.body = body
  }
}

/// One item that could not be served, and what can truly be bought of it.
public struct Shortage: Sendable, BitwiseCopyable {
  /// The item's name.
  public var item: ByteRange
  /// Units that can truly be bought: available - floor.
  public var available: Int64
}

/// What an order took of one item.
public struct PlacedLine: Sendable, BitwiseCopyable {
  /// The item's name.
  public var item: ByteRange
  /// Units taken, summed over the lines that name the item.
  public var quantity: Int64
  /// Units of these that are not in stock: they were sold ahead of it, as the item's floor allows.
  public var backordered: Int64
  /// What can still be bought of the item.
  public var available: Int64
}

/// One item's balance.
public struct ItemBalance: Sendable, BitwiseCopyable {
  /// The name as it was asked for; in a page, the item's own.
  public var item: ByteRange
  /// False: there is no such item; the numbers are 0.
  public var exists: Bool
  /// The item's number in events; 0 if there is no such item.
  public var number: ItemNumber
  /// Units that came in, less those that went out by adjustment. Counted on its own.
  public var supplied: Int64
  /// Units that nobody holds. Below 0 if orders may run ahead of the stock.
  public var available: Int64
  /// Units of orders that are not paid yet.
  public var reserved: Int64
  /// Units of confirmed orders, less returns.
  public var sold: Int64
  /// Units that came back and cannot be sold again.
  public var scrapped: Int64
  /// No sale takes `available` below this. Negative: backorder; positive: safety stock.
  public var floor: Int64
  /// Grows by 1 with every change of the item.
  public var version: UInt64

  /// What can be bought.
  public var sellable: Int64 { available - floor }
}

/// One order, whole.
public struct OrderRecord: Sendable, BitwiseCopyable {
  /// The id.
  public var order: ByteRange
  /// Where the order is in its life.
  public var state: OrderState
  /// Only the id's fingerprint is left: the lines are empty.
  public var isRetired: Bool
  /// Somebody paid for it when it could not be had any more.
  public var isRefundRequired: Bool
  /// It was confirmed after its deadline: the units could be taken again.
  public var isLate: Bool
  /// Who buys; may be empty.
  public var buyer: ByteRange
  /// What the shop gave to keep; may be empty.
  public var payload: ByteRange
  /// When the order was placed.
  public var createdAt: Timestamp
  /// When its state last changed.
  public var changedAt: Timestamp
  /// Until when an open order holds its units.
  public var deadline: Timestamp
  /// Its lines: `ReplyBatch.orderLines`.
  public var lines: IndexRange
  /// The sale that it was placed in; empty outside sales.
  public var sale = ByteRange.empty
  /// Whom limits count besides the buyer: a subject list.
  public var subjects = ByteRange.empty
}

/// One line of an order record.
public struct OrderRecordLine: Sendable, BitwiseCopyable {
  /// The item's name.
  public var item: ByteRange
  /// Units ordered.
  public var quantity: Int64
  /// Units of these that were paid, returned ones included.
  public var confirmed: Int64
  /// Units that were cancelled or expired. What is neither confirmed nor cancelled is held.
  public var cancelled: Int64
  /// Confirmed units that came back.
  public var returned: Int64
}

/// One change of one item, read from the log.
public struct ItemChange: Sendable, BitwiseCopyable {
  /// The record that changed the item.
  public var lsn: LSN
  /// When, in log time.
  public var time: Timestamp
  /// What happened.
  public var kind: EventKind
  /// The item's version after it.
  public var version: UInt64
  /// Units that `available` rose by.
  public var availableDelta: Int64
  /// Units that `reserved` rose by.
  public var reservedDelta: Int64
  /// Units that `sold` rose by.
  public var soldDelta: Int64
  /// Units that `scrapped` rose by.
  public var scrappedDelta: Int64
  /// The balance that it led to.
  public var available: Int64
  /// The order that did it, the reason of an adjust, the reference of a restock; empty for a supply and a preheat.
  public var reference: ByteRange
}

/// Why a subject may not buy, or not so much.
public struct LimitRefusal: Sendable, BitwiseCopyable {
  /// The dimension.
  public var dimension: ByteRange
  /// What is counted.
  public var measure: Limit.Measure
  /// The item whose SKU is limited; empty if the sale is.
  public var item: ByteRange
  /// What is allowed; 0 where no number is the reason.
  public var max: Int64
  /// What the subject has of it already.
  public var used: Int64
}

/// One sale, whole.
public struct SaleRecord: Sendable, BitwiseCopyable {
  /// The id.
  public var sale: ByteRange
  /// Where it is in its life, at the moment of the read.
  public var state: SaleState
  /// Its terms; their texts are in the replies' bytes.
  public var terms: SaleTerms
  /// How many SKUs it sells.
  public var items: Int64
  /// Units over all of its items.
  public var available: Int64
  /// Units of its unpaid orders.
  public var reserved: Int64
  /// Units of its confirmed orders, less returns.
  public var sold: Int64
  /// Units that came back and cannot be sold again.
  public var scrapped: Int64
  /// Attempts that were refused; those of the last second may be missing.
  public var refused: RefusalCounts
}

/// What is known of a buyer.
public struct BuyerRecord: Sendable, BitwiseCopyable {
  /// As it was asked for.
  public var buyer: ByteRange
  /// Flagged by hand or by the rule, at the moment of the read.
  public var isFlagged: Bool
  /// By hand.
  public var isFlaggedByHand: Bool
  /// Until when a flag of the rule holds; 0: until it is cleared.
  public var until: Timestamp
  /// Orders that expired unpaid within the rule's period.
  public var unpaid: UInt32
}

/// Totals over all shards, at one LSN.
public struct StoreStats: Sendable, Equatable, BitwiseCopyable {
  /// Stock items: pairs of SKU and pool.
  public var items: UInt64 = 0
  /// Orders that hold units.
  public var ordersOpen: UInt64 = 0
  /// Orders with a full record, open ones included.
  public var ordersKept: UInt64 = 0
  /// Ids of ended orders whose record is gone.
  public var fingerprints: UInt64 = 0
  /// Operation ids that are still known.
  public var operations: UInt64 = 0
  /// Units over all items: available + reserved + sold + scrapped.
  public var supplied: Int64 = 0
  /// Units that nobody holds, over all items.
  public var available: Int64 = 0
  /// Units of unpaid orders, over all items.
  public var reserved: Int64 = 0
  /// Units sold and not returned, over all items.
  public var sold: Int64 = 0
  /// Units that came back unsaleable, over all items.
  public var scrapped: Int64 = 0
  /// A sum of the hashes of all entities: equal for equal states.
  public var stateHash: UInt64 = 0
  /// The last record that was decided.
  public var lastLSN: LSN = .zero
  /// The last record that is on disk.
  public var durableLSN: LSN = .zero
  /// The last record that the newest snapshot covers; 0 if there is none.
  public var snapshotLSN: LSN = .zero
  /// Bytes written to the log since the start, padding included.
  public var logBytes: UInt64 = 0
  /// Records written since the start.
  public var logRecords: UInt64 = 0
  /// Groups written since the start; each took one sync.
  public var logGroups: UInt64 = 0
  /// Bytes of these records before compression and padding.
  public var logRawBytes: UInt64 = 0
  /// How far the sweep of deadlines is behind log time; 0 if no deadline is open.
  public var expiryLagMilliseconds: Int64 = 0
  /// Time since the store was opened.
  public var uptimeMilliseconds: Int64 = 0
  /// How long opening it took.
  public var recoveryMilliseconds: Int64 = 0
  /// Parts that decide side by side.
  public var shards: UInt64 = 0
  /// The disk has no room for the next segment: new orders are, or will soon be, refused.
  public var isSpaceLow: Bool = false
  /// Log time.
  public var now: Timestamp = .zero

  /// All zero.
  public init() {}
}

/// The replies to a batch, in the batch's order, with the rows and bytes that they refer to.
public struct ReplyBatch: ~Copyable, Sendable {
  /// One for each command, in order.
  public internal(set) var replies: [Reply] = []
  /// The rows of `Body.shortages`.
  public internal(set) var shortages: [Shortage] = []
  /// The rows of `Body.placed`.
  public internal(set) var placed: [PlacedLine] = []
  /// The rows of `Body.items` and `Body.page`.
  public internal(set) var items: [ItemBalance] = []
  /// The records of `Body.order`.
  public internal(set) var orders: [OrderRecord] = []
  /// The lines of those records.
  public internal(set) var orderLines: [OrderRecordLine] = []
  /// The rows of `Body.history`.
  public internal(set) var changes: [ItemChange] = []
  /// The pages of `Body.demand`.
  public internal(set) var demands: [DemandPage] = []
  /// The rows of those pages.
  public internal(set) var demandRows: [DemandRow] = []
  /// The rows of `Body.limit`.
  public internal(set) var limits: [LimitRefusal] = []
  /// The records of `Body.sales`.
  public internal(set) var sales: [SaleRecord] = []
  /// The records of `Body.buyer`.
  public internal(set) var buyers: [BuyerRecord] = []
  /// The totals of `Body.stats`.
  public internal(set) var stats: [StoreStats] = []
  /// What the texts of all of them are ranges of.
  public internal(set) var bytes: [UInt8] = []
  /// The replies may leave once the log is durable up to here, and not before.
  public internal(set) var gate: LSN = .zero
  /// How each reply was decided, for tests that decide it again; release builds keep none.
  package internal(set) var decisions: [Decision] = []

  /// When a command was decided, and whether it wrote a record of its own.
  package struct Decision: Sendable {
    package var time: Timestamp
    package var wrote: Bool
  }

  /// An empty batch.
  public init() {}

  /// Empties it and keeps its memory.
  public mutating func removeAll() {
    replies.removeAll(keepingCapacity: true)
    shortages.removeAll(keepingCapacity: true)
    placed.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    orderLines.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    demands.removeAll(keepingCapacity: true)
    demandRows.removeAll(keepingCapacity: true)
    limits.removeAll(keepingCapacity: true)
    sales.removeAll(keepingCapacity: true)
    buyers.removeAll(keepingCapacity: true)
    stats.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    decisions.removeAll(keepingCapacity: true)
    gate = .zero
  }

  /// A text of this batch. Bytes that are not UTF-8 are replaced.
  public func string(_ range: ByteRange) -> String { String(decoding: bytes[range.start..<range.end], as: UTF8.self) }

  /// The pairs of a subject list of this batch.
  public func subjects(_ range: ByteRange) -> [(dimension: String, value: String)] {
    SubjectList.pairs(Array(bytes[range.start..<range.end]))
  }

  mutating func store(_ text: UnsafeRawBufferPointer) -> ByteRange {
    let offset = bytes.count
    bytes.append(contentsOf: text)
    return ByteRange(offset: offset, count: text.count)
  }
}
