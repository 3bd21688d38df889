/// One command of a batch. A plain value: its texts are ranges of the batch's bytes, its lines a range of the batch's lines.
///
/// Closed on purpose: a new command is a case here, and the compiler names every place that must know it.
public enum Command: Sendable, BitwiseCopyable {
  case preheat(Preheat)
  case supply(Supply)
  case restock(Restock)
  case adjust(Adjust)
  case configureItem(ConfigureItem)
  case move(Move)
  case reserve(Reserve)
  case confirm(Confirm)
  case cancel(Cancel)
  case deduct(Reserve)
  case extend(Extend)
  case resolve(Resolve)
  case ship(Mark)
  case deliver(Mark)
  case returnLines(ReturnLines)
  case limitSKU(LimitSKU)
  case openSale(OpenSale)
  case addToSale(AddToSale)
  case switchSale(SwitchSale)
  case flagBuyer(FlagBuyer)
  case confirmLines(ConfirmLines)
  case cancelLines(CancelLines)
  case get(Get)
  case list(List)
  case order(ReadOrder)
  case history(History)
  case stats
  case sale(ReadSale)
  case sales(ListSales)
  case buyer(ReadBuyer)
  case nextIDs(NextIDs)
  case pools(ReadPools)
  case demand(ReadDemand)
  /// A command that broke a bound or could not be read. It keeps its place, so that replies stay in step.
  case malformed(Malformation)
}

/// Which item and how many units of it.
public struct InputLine: Sendable, BitwiseCopyable {
  /// `sku` or `sku@pool`.
  public var item: ByteRange
  /// Units, 1 to 2^31-1; 0 in a preheat and a get.
  public var quantity: Int64

  /// A line whose texts lie in the batch already; bounds are checked with its command.
  public init(item: ByteRange, quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
}

/// Creates items with their first stock. Existing ones refuse the whole, unless `replace` and nothing of them is held.
public struct Preheat: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// Up to 1,024 items with their first stock, which may be 0.
  public var lines: IndexRange
  /// Sets existing items anew, if nothing of them is held.
  public var replace: Bool

  /// A preheat of texts and lines that lie in the batch.
  public init(operation: ByteRange, lines: IndexRange, replace: Bool) {
    self.operation = operation
    self.lines = lines
    self.replace = replace
  }
}

/// Adds units to existing items, all or none.
public struct Supply: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// Up to 1,024 existing items and the units to add.
  public var lines: IndexRange

  /// A supply of texts and lines that lie in the batch.
  public init(operation: ByteRange, lines: IndexRange) {
    self.operation = operation
    self.lines = lines
  }
}

/// Adds units to one item, with the paper that came with them.
public struct Restock: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// One line: the item and the units to add.
  public var line: IndexRange
  /// The paper's number, up to 128 bytes of UTF-8; shown in the item's history.
  public var reference: ByteRange

  /// A restock of a text and a line that lie in the batch.
  public init(operation: ByteRange, line: IndexRange, reference: ByteRange) {
    self.operation = operation
    self.line = line
    self.reference = reference
  }
}

/// Corrects one item's stock.
public struct Adjust: Sendable, BitwiseCopyable {
  /// A difference, or an absolute number.
  public enum Change: Sendable, BitwiseCopyable {
    /// Adds (or takes, if negative) so many units.
    case by(Int64)
    /// Sets `available` to an absolute number, if the item is still at this version.
    case to(available: Int64, version: UInt64)
  }

  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// `sku` or `sku@pool`.
  public var item: ByteRange
  /// What to change `available` by, or to.
  public var change: Change
  /// Lets the stock fall below the item's floor; a shortfall event tells by how much.
  public var force: Bool
  /// Why, up to 128 bytes of UTF-8; shown in the item's history.
  public var reason: ByteRange
  /// The paper's number, up to 128 bytes of UTF-8.
  public var reference: ByteRange

  /// An adjustment whose texts lie in the batch.
  public init(
    operation: ByteRange, item: ByteRange, change: Change, force: Bool, reason: ByteRange, reference: ByteRange
  ) {
    self.operation = operation
    self.item = item
    self.change = change
    self.force = force
    self.reason = reason
    self.reference = reference
  }
}

/// Holds units for an order until its deadline: all lines or none. `deduct` has the same content and confirms in the same step.
public struct Reserve: Sendable, BitwiseCopyable {
  /// The order's id, the key of idempotence.
  public var order: ByteRange
  /// Who buys, up to 64 bytes; may be empty.
  public var buyer: ByteRange
  /// Up to 1,024 bytes that the order keeps.
  public var payload: ByteRange
  /// Up to 256 items; an item that is named twice is summed. With ranked pools: SKUs, and in the batch each of them stands as its
  /// items in these pools, one behind the other.
  public var lines: IndexRange
  /// Payment time; 0 takes the rule's. Not part of the content: a retry may name another.
  public var holdMilliseconds: Int64
  /// When the shop made the id, or 0. A first-seen id older than the id retention is refused.
  public var issuedAt: Timestamp
  /// The sale to buy in; its lines name plain SKUs. Empty: outside sales.
  public var sale: ByteRange
  /// Whom limits count, besides the buyer: a subject list. Part of the content.
  public var subjects: ByteRange
  /// An unpaid order of the buyer that stands in the way is cancelled in the same step. Not part of the content.
  public var replacesUnpaid: Bool
  /// Up to 8 pools, the best first: each SKU is taken whole from the first that can give it whole.
  public var pools: PoolRanking

  /// A reserve (or deduct) of texts and lines that lie in the batch.
  public init(
    order: ByteRange, buyer: ByteRange, payload: ByteRange, lines: IndexRange, holdMilliseconds: Int64,
    issuedAt: Timestamp, sale: ByteRange = .empty, subjects: ByteRange = .empty, replacesUnpaid: Bool = false,
    pools: PoolRanking = .none
  ) {
    self.sale = sale
    self.subjects = subjects
    self.replacesUnpaid = replacesUnpaid
    self.order = order
    self.buyer = buyer
    self.payload = payload
    self.lines = lines
    self.holdMilliseconds = holdMilliseconds
    self.issuedAt = issuedAt
    self.pools = pools
  }
}

/// reserved -> sold.
public struct Confirm: Sendable, BitwiseCopyable {
  /// The order that was paid.
  public var order: ByteRange

  /// A confirm of an id that lies in the batch.
  public init(order: ByteRange) {
    self.order = order
  }
}

/// reserved -> available. An unknown order gets a tombstone.
public struct Cancel: Sendable, BitwiseCopyable {
  /// The order to give back, or to fence if it was never seen.
  public var order: ByteRange
  /// Why, up to 128 bytes of UTF-8.
  public var reason: ByteRange

  /// A cancel of texts that lie in the batch.
  public init(order: ByteRange, reason: ByteRange) {
    self.order = order
    self.reason = reason
  }
}

/// Moves an open order's deadline to now + `holdMilliseconds`, if that is later; capped by the rules.
public struct Extend: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// An open order.
  public var order: ByteRange
  /// Payment time from now, above 0.
  public var holdMilliseconds: Int64

  /// An extension whose texts lie in the batch.
  public init(operation: ByteRange, order: ByteRange, holdMilliseconds: Int64) {
    self.operation = operation
    self.order = order
    self.holdMilliseconds = holdMilliseconds
  }
}

/// Check-back: the order's state, or a tombstone if it never was.
public struct Resolve: Sendable, BitwiseCopyable {
  /// The order that is asked for.
  public var order: ByteRange

  /// A check-back of an id that lies in the batch.
  public init(order: ByteRange) {
    self.order = order
  }
}

/// sold -> available or scrapped, at most what was sold.
public struct ReturnLines: Sendable, BitwiseCopyable {
  /// Where the units go. Raw values are on disk: append only.
  public enum Disposition: UInt8, Sendable, BitwiseCopyable {
    /// They can be sold again.
    case available = 0
    /// They cannot.
    case scrapped = 1
  }

  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// A sold order.
  public var order: ByteRange
  /// Empty: everything that is still out.
  public var lines: IndexRange
  /// Whether the units can be sold again.
  public var disposition: Disposition

  /// A return of texts and lines that lie in the batch.
  public init(operation: ByteRange, order: ByteRange, lines: IndexRange, disposition: Disposition) {
    self.operation = operation
    self.order = order
    self.lines = lines
    self.disposition = disposition
  }
}

/// Reads up to 256 named items at one moment.
public struct Get: Sendable, BitwiseCopyable {
  /// 1 to 256 items; the quantities are not looked at.
  public var lines: IndexRange

  /// A read of lines that lie in the batch.
  public init(lines: IndexRange) {
    self.lines = lines
  }
}

/// Reads a page of items in the order of their numbers.
public struct List: Sendable, BitwiseCopyable {
  /// 0 begins; else the `next` of the page before.
  public var cursor: UInt64
  /// 1 to 1,000.
  public var rowsMax: UInt32
  /// Only items whose name starts with this.
  public var prefix: ByteRange

  /// A page whose prefix lies in the batch.
  public init(cursor: UInt64, rowsMax: UInt32, prefix: ByteRange) {
    self.cursor = cursor
    self.rowsMax = rowsMax
    self.prefix = prefix
  }
}

/// Reads one order.
public struct ReadOrder: Sendable, BitwiseCopyable {
  /// The order's id.
  public var order: ByteRange

  /// A read of an id that lies in the batch.
  public init(order: ByteRange) {
    self.order = order
  }
}

/// Reads an item's changes from the log, newest first.
public struct History: Sendable, BitwiseCopyable {
  /// `sku` or `sku@pool`.
  public var item: ByteRange
  /// Only changes before this version of the item; 0 begins at the newest.
  public var beforeVersion: UInt64
  /// 1 to 1,000.
  public var rowsMax: UInt32

  /// A history of an item whose name lies in the batch.
  public init(item: ByteRange, beforeVersion: UInt64, rowsMax: UInt32) {
    self.item = item
    self.beforeVersion = beforeVersion
    self.rowsMax = rowsMax
  }
}

/// Why a command could not be taken at all. Raw values are part of the protocol: append only.
public enum Malformation: UInt8, Error, Sendable, BitwiseCopyable, CaseIterable {
  case unknownOperation = 1
  case unreadable = 2
  case idLength = 3
  case itemName = 4
  case quantity = 5
  case lineCount = 6
  case payloadLength = 7
  case buyerLength = 8
  case noteLength = 9
  case holdTime = 10
  case rowCount = 11
  case batchFull = 12
  case notAlone = 13
  case text = 14
  case subject = 15
  case sale = 16
  case limit = 17
  case idCount = 20

  /// The bound that was broken, for people.
  public var explanation: String {
    switch self {
    case .unknownOperation: "the operation is not known to this server"
    case .unreadable: "the command's fields do not fit its bytes"
    case .idLength: "an order or operation id has 1 to \(Bounds.idBytesMax) bytes"
    case .itemName:
      "an item is sku or sku@pool; each part is UTF-8 of 1 to \(Bounds.skuBytesMax) bytes without spaces, control characters or @; ranked pools and a read of pools take a SKU alone, a move two pools of one SKU; pools that begin with ~ belong to sales"
    case .quantity: "a quantity is 1 to \(Bounds.quantityMax), a floor at most that either way"
    case .lineCount:
      "an order has 1 to \(Bounds.linesPerOrderMax) lines and ranks at most \(Bounds.poolsPerReserveMax) pools, an operation 1 to \(Bounds.linesPerOperationMax), a read 1 to \(Bounds.itemsPerReadMax) items"
    case .payloadLength: "a payload has at most \(Bounds.payloadBytesMax) bytes"
    case .buyerLength: "a buyer has at most \(Bounds.buyerBytesMax) bytes"
    case .noteLength: "a reason or reference has at most \(Bounds.noteBytesMax) bytes of UTF-8"
    case .holdTime: "a payment time is 0 (the rule's) or a positive number of milliseconds within the rule's maximum"
    case .rowCount: "a page has 1 to \(Bounds.rowsPerPageMax) rows"
    case .batchFull:
      "a batch has at most \(Bounds.commandsPerBatchMax) commands, and \(Bounds.rankedLinesPerBatchMax) lines times ranked pools"
    case .notAlone: "a history or a demand must be the only command of its frame"
    case .text: "a text is not UTF-8"
    case .subject:
      "subjects are at most \(Bounds.subjectsPerOrderMax) pairs, sorted by dimension, each once: a dimension has 1 to \(Bounds.dimensionBytesMax) of a-z 0-9 - _ . and is not user, a value has 1 to \(Bounds.subjectBytesMax) bytes; a sale is open to at most \(Bounds.eligibleValuesMax) values"
    case .sale:
      "a sale's id is UTF-8 of 1 to \(Bounds.saleBytesMax) bytes without spaces, control characters or @; it ends after it starts; its lines, and those of orders in it, name plain SKUs (or, to be taken from pools, items that no sale owns)"
    case .limit:
      "limits are at most \(Bounds.limitsMax), sorted by dimension, each with what it counts (units or open orders) and a maximum"
    case .idCount: "1 to \(Bounds.idsPerCommandMax) ids are handed out at once"
    }
  }
}
