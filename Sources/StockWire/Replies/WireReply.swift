public import StockEngine

/// The answer to one command, as a client sees it: a value that owns its texts.
public struct WireReply: Equatable, Sendable {
  /// What became of the command.
  public var outcome: Outcome
  /// The command had taken effect before; this is the order's (or operation's) present state.
  public var isRepeat: Bool
  /// The record that the command wrote, or the last that it could see. A client keeps the highest for its next hello.
  public var lsn: LSN
  /// What the outcome has to say; most have nothing.
  public var body: Body

  /// The layouts of an answer: `docs/protocol.md`, section 5.
  public enum Body: Equatable, Sendable {
    case none
    case hold(available: Int64, deadline: Timestamp)
    case available(Int64)
    case placed([WirePlacedLine], deadline: Timestamp)
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
    indirect case demand(WireDemand)
    indirect case limit(WireLimitRefusal)
    case unpaid(order: String)
    case sales([WireSale], next: UInt64)
    indirect case buyer(WireBuyer)
    case ids(first: UInt64, count: UInt32)
  }

  /// A reply as a server would send it.
  public init(_ outcome: Outcome, isRepeat: Bool = false, lsn: LSN = .zero, _ body: Body = .none) {
    self.outcome = outcome
    self.isRepeat = isRepeat
    self.lsn = lsn
    self.body = body
  }
}

/// One item that could not be served, and what can truly be bought of it.
public struct WireShortage: Hashable, Sendable {
  /// The item's name.
  public var item: String
  /// Units that can truly be bought.
  public var available: Int64

  /// A shortage as a server would send it.
  public init(item: String, available: Int64) {
    self.item = item
    self.available = available
  }
}

/// What an order took of one item.
public struct WirePlacedLine: Hashable, Sendable {
  /// The item's name.
  public var item: String
  /// Units taken.
  public var quantity: Int64
  /// Units of these that are not in stock yet.
  public var backordered: Int64
  /// What can still be bought of the item.
  public var available: Int64

  /// A line as a server would send it.
  public init(item: String, quantity: Int64, backordered: Int64, available: Int64) {
    self.item = item
    self.quantity = quantity
    self.backordered = backordered
    self.available = available
  }
}

/// One item's balance.
public struct WireBalance: Hashable, Sendable {
  /// The name as it was asked for; in a page, the item's own.
  public var item: String
  /// False: there is no such item; the numbers are 0.
  public var exists: Bool
  /// The item's number in events; 0 if there is no such item.
  public var number: ItemNumber
  /// Units that came in, less those that went out by adjustment.
  public var supplied: Int64
  /// Units that nobody holds.
  public var available: Int64
  /// Units of orders that are not paid yet.
  public var reserved: Int64
  /// Units of confirmed orders, less returns.
  public var sold: Int64
  /// Units that came back and cannot be sold again.
  public var scrapped: Int64
  /// No sale takes `available` below this.
  public var floor: Int64
  /// Grows by 1 with every change of the item; what an absolute adjust names.
  public var version: UInt64

  /// What can be bought.
  public var sellable: Int64 { available - floor }

  /// A balance as a server would send it.
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
  /// One item of the order.
  public struct Line: Hashable, Sendable {
    /// The item's name.
    public var item: String
    /// Units ordered.
    public var quantity: Int64
    /// Units of these that were paid, returned ones included.
    public var confirmed: Int64
    /// Units that were cancelled or expired.
    public var cancelled: Int64
    /// Confirmed units that came back.
    public var returned: Int64

    /// Units that are held for the order.
    public var held: Int64 { quantity - confirmed - cancelled }

    /// A line as a server would send it.
    public init(item: String, quantity: Int64, confirmed: Int64 = 0, cancelled: Int64 = 0, returned: Int64 = 0) {
      self.item = item
      self.quantity = quantity
      self.confirmed = confirmed
      self.cancelled = cancelled
      self.returned = returned
    }
  }

  /// An id is bytes; most are text, see ``order``.
  public var orderBytes: [UInt8]
  /// Where the order is in its life.
  public var state: OrderState
  /// Only the id's fingerprint is left: the lines are empty.
  public var isRetired: Bool
  /// Somebody paid for it when it could not be had any more.
  public var isRefundRequired: Bool
  /// It was confirmed after its deadline: the units could be taken again.
  public var isLate: Bool
  /// Who buys; most are text, see ``buyer``.
  public var buyerBytes: [UInt8]
  /// What the shop gave to keep.
  public var payload: [UInt8]
  /// When the order was placed.
  public var createdAt: Timestamp
  /// When its state last changed.
  public var changedAt: Timestamp
  /// Until when an open order holds its units.
  public var deadline: Timestamp
  /// Its lines, each item once.
  public var lines: [Line]
  /// The sale that it was placed in; empty outside sales.
  public var sale: String
  /// Whom limits count besides the buyer, by dimension.
  public var subjects: [WireSubject]

  /// The id as text. Bytes that are not UTF-8 are replaced.
  public var order: String { String(decoding: orderBytes, as: UTF8.self) }
  /// The buyer as text. Bytes that are not UTF-8 are replaced.
  public var buyer: String { String(decoding: buyerBytes, as: UTF8.self) }

  /// An order as a server would send it.
  public init(
    orderBytes: [UInt8], state: OrderState, isRetired: Bool = false, isRefundRequired: Bool = false,
    isLate: Bool = false, buyerBytes: [UInt8], payload: [UInt8], createdAt: Timestamp, changedAt: Timestamp,
    deadline: Timestamp, lines: [Line], sale: String = "", subjects: [WireSubject] = []
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
    self.sale = sale
    self.subjects = subjects
  }
}

/// One change of one item, read from the log.
public struct WireChange: Hashable, Sendable {
  /// The record that changed the item.
  public var lsn: LSN
  /// When, in log time.
  public var time: Timestamp
  /// An event's number; an older client may not know its name.
  public var rawKind: UInt8
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
  /// The order that did it, the reason of an adjust, the reference of a restock; empty for a supply and a preheat. An id is
  /// bytes; see ``reference``.
  public var referenceBytes: [UInt8]

  /// What happened; nil if this client does not know the number.
  public var kind: EventKind? { EventKind(rawValue: rawKind) }
  /// The reference as text. Bytes that are not UTF-8 are replaced.
  public var reference: String { String(decoding: referenceBytes, as: UTF8.self) }

  /// A change as a server would send it.
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
