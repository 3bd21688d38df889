public import StockEngine

/// The answer to one command, as a client sees it: a value that owns its texts.
public struct WireReply: Equatable, Sendable {
  public var outcome: Outcome
  /// The command had taken effect before; this is the order's (or operation's) present state.
  public var isRepeat: Bool
  /// The record that the command wrote, or the last that it could see. A client keeps the highest for its next hello.
  public var lsn: LSN
  public var body: Body

  public enum Body: Equatable, Sendable {
    case none
    case hold(available: Int64, deadline: Timestamp)
    case available(Int64)
    case state(OrderState)
    case shortages([WireShortage])
    case items([WireBalance])
    case page([WireBalance], next: UInt64)
    // The large ones lie apart, so that a reply that has none of them is small.
    indirect case order(WireOrder)
    case version(UInt64, available: Int64)
    case malformation(Malformation)
    indirect case stats(StoreStats)
    case history([WireChange], completeSince: LSN)
  }

  public init(_ outcome: Outcome, isRepeat: Bool = false, lsn: LSN = .zero, _ body: Body = .none) {
    self.outcome = outcome
    self.isRepeat = isRepeat
    self.lsn = lsn
    self.body = body
  }
}

/// One item that could not be served, and what can truly be bought of it.
public struct WireShortage: Hashable, Sendable {
  public var item: String
  public var available: Int64

  public init(item: String, available: Int64) {
    self.item = item
    self.available = available
  }
}

/// One item's balance.
public struct WireBalance: Hashable, Sendable {
  public var item: String
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

  public init(
    item: String, exists: Bool, number: ItemNumber, supplied: Int64, available: Int64, reserved: Int64, sold: Int64,
    scrapped: Int64, floor: Int64, version: UInt64
  ) {
    self.item = item
    self.exists = exists
    self.number = number
    self.supplied = supplied
    self.available = available
    self.reserved = reserved
    self.sold = sold
    self.scrapped = scrapped
    self.floor = floor
    self.version = version
  }
}

/// One order, whole.
public struct WireOrder: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public var item: String
    public var quantity: Int64
    public var returned: Int64

    public init(item: String, quantity: Int64, returned: Int64) {
      self.item = item
      self.quantity = quantity
      self.returned = returned
    }
  }

  /// An id is bytes; most are text, see ``order``.
  public var orderBytes: [UInt8]
  public var state: OrderState
  /// Only the id's fingerprint is left: the lines are empty.
  public var isRetired: Bool
  public var isRefundRequired: Bool
  public var isLate: Bool
  public var buyerBytes: [UInt8]
  public var payload: [UInt8]
  public var createdAt: Timestamp
  public var changedAt: Timestamp
  public var deadline: Timestamp
  public var lines: [Line]

  public var order: String { String(decoding: orderBytes, as: UTF8.self) }
  public var buyer: String { String(decoding: buyerBytes, as: UTF8.self) }

  public init(
    orderBytes: [UInt8], state: OrderState, isRetired: Bool = false, isRefundRequired: Bool = false,
    isLate: Bool = false, buyerBytes: [UInt8], payload: [UInt8], createdAt: Timestamp, changedAt: Timestamp,
    deadline: Timestamp, lines: [Line]
  ) {
    self.orderBytes = orderBytes
    self.state = state
    self.isRetired = isRetired
    self.isRefundRequired = isRefundRequired
    self.isLate = isLate
    self.buyerBytes = buyerBytes
    self.payload = payload
    self.createdAt = createdAt
    self.changedAt = changedAt
    self.deadline = deadline
    self.lines = lines
  }
}

/// One change of one item, read from the log.
public struct WireChange: Hashable, Sendable {
  public var lsn: LSN
  public var time: Timestamp
  /// An event's number; an older client may not know its name.
  public var rawKind: UInt8
  public var version: UInt64
  public var availableDelta: Int64
  public var reservedDelta: Int64
  public var soldDelta: Int64
  public var scrappedDelta: Int64
  public var available: Int64
  /// The order or operation that did it. An id is bytes; see ``reference``.
  public var referenceBytes: [UInt8]

  public var kind: EventKind? { EventKind(rawValue: rawKind) }
  public var reference: String { String(decoding: referenceBytes, as: UTF8.self) }

  public init(
    lsn: LSN, time: Timestamp, rawKind: UInt8, version: UInt64, availableDelta: Int64, reservedDelta: Int64,
    soldDelta: Int64, scrappedDelta: Int64, available: Int64, referenceBytes: [UInt8]
  ) {
    self.lsn = lsn
    self.time = time
    self.rawKind = rawKind
    self.version = version
    self.availableDelta = availableDelta
    self.reservedDelta = reservedDelta
    self.soldDelta = soldDelta
    self.scrappedDelta = scrappedDelta
    self.available = available
    self.referenceBytes = referenceBytes
  }
}
