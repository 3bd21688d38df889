/// The answer to one command. A plain value; its rows and texts lie in the `ReplyBatch`.
public struct Reply: Sendable, BitwiseCopyable {
  public var outcome: Outcome
  /// The command had taken effect before; this is the order's (or operation's) present state.
  public var isRepeat: Bool
  /// The record that this command wrote; if it wrote none, the last record that it could see.
  public var lsn: LSN
  public var body: Body

  public enum Body: Sendable, BitwiseCopyable {
    case none
    /// A hold: what can still be bought of its first item, and until when it is held.
    case hold(available: Int64, deadline: Timestamp)
    /// A deduct or a stock change: what can still be bought of its first item.
    case available(Int64)
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
    case malformation(Malformation)
    case stats(UInt32)
    /// Changes of an item, newest first: `ReplyBatch.changes`; and whether the log reaches back no further.
    case history(IndexRange, completeSince: LSN)
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
  public var item: ByteRange
  public var available: Int64
}

/// One item's balance.
public struct ItemBalance: Sendable, BitwiseCopyable {
  public var item: ByteRange
  /// False: there is no such item; the numbers are 0.
  public var exists: Bool
  public var number: ItemNumber
  public var supplied: Int64
  public var available: Int64
  public var reserved: Int64
  public var sold: Int64
  public var scrapped: Int64
  public var floor: Int64
  public var version: UInt64

  /// What can be bought.
  public var sellable: Int64 { available - floor }
}

/// One order, whole.
public struct OrderRecord: Sendable, BitwiseCopyable {
  public var order: ByteRange
  public var state: OrderState
  /// Only the id's fingerprint is left: the lines are empty.
  public var isRetired: Bool
  public var isRefundRequired: Bool
  public var isLate: Bool
  public var buyer: ByteRange
  public var payload: ByteRange
  public var createdAt: Timestamp
  public var changedAt: Timestamp
  public var deadline: Timestamp
  public var lines: IndexRange
}

/// One line of an order record.
public struct OrderRecordLine: Sendable, BitwiseCopyable {
  public var item: ByteRange
  public var quantity: Int64
  public var returned: Int64
}

/// One change of one item, read from the log.
public struct ItemChange: Sendable, BitwiseCopyable {
  public var lsn: LSN
  public var time: Timestamp
  public var kind: EventKind
  public var version: UInt64
  public var availableDelta: Int64
  public var reservedDelta: Int64
  public var soldDelta: Int64
  public var scrappedDelta: Int64
  public var available: Int64
  /// The order or operation that did it.
  public var reference: ByteRange
}

/// Totals over all shards, at one LSN.
public struct StoreStats: Sendable, Equatable, BitwiseCopyable {
  public var items: UInt64 = 0
  public var ordersOpen: UInt64 = 0
  public var ordersKept: UInt64 = 0
  public var fingerprints: UInt64 = 0
  public var operations: UInt64 = 0
  public var supplied: Int64 = 0
  public var available: Int64 = 0
  public var reserved: Int64 = 0
  public var sold: Int64 = 0
  public var scrapped: Int64 = 0
  public var stateHash: UInt64 = 0
  public var lastLSN: LSN = .zero
  public var durableLSN: LSN = .zero
  public var snapshotLSN: LSN = .zero
  public var logBytes: UInt64 = 0
  public var logRecords: UInt64 = 0
  public var logGroups: UInt64 = 0
  public var logRawBytes: UInt64 = 0
  public var expiryLagMilliseconds: Int64 = 0
  public var uptimeMilliseconds: Int64 = 0
  public var recoveryMilliseconds: Int64 = 0
  public var shards: UInt64 = 0
  public var isSpaceLow: Bool = false
  public var now: Timestamp = .zero

  public init() {}
}

/// The replies to a batch, in the batch's order, with the rows and bytes that they refer to.
public struct ReplyBatch: ~Copyable, Sendable {
  public internal(set) var replies: [Reply] = []
  public internal(set) var shortages: [Shortage] = []
  public internal(set) var items: [ItemBalance] = []
  public internal(set) var orders: [OrderRecord] = []
  public internal(set) var orderLines: [OrderRecordLine] = []
  public internal(set) var changes: [ItemChange] = []
  public internal(set) var stats: [StoreStats] = []
  public internal(set) var bytes: [UInt8] = []
  /// The replies may leave once the log is durable up to here, and not before.
  public internal(set) var gate: LSN = .zero

  public init() {}

  public mutating func removeAll() {
    replies.removeAll(keepingCapacity: true)
    shortages.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    orderLines.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    stats.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    gate = .zero
  }

  public func string(_ range: ByteRange) -> String { String(decoding: bytes[range.start ..< range.end], as: UTF8.self) }

  mutating func store(_ text: UnsafeRawBufferPointer) -> ByteRange {
    let offset = bytes.count
    bytes.append(contentsOf: text)
    return ByteRange(offset: offset, count: text.count)
  }
}
