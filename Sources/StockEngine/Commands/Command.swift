/// One command of a batch. A plain value: its texts are ranges of the batch's bytes, its lines a range of the batch's lines.
///
/// Closed on purpose: a new command is a case here, and the compiler names every place that must know it.
public enum Command: Sendable, BitwiseCopyable {
  case preheat(Preheat)
  case supply(Supply)
  case restock(Restock)
  case adjust(Adjust)
  case reserve(Reserve)
  case confirm(Confirm)
  case cancel(Cancel)
  case deduct(Reserve)
  case extend(Extend)
  case resolve(Resolve)
  case returnLines(ReturnLines)
  case get(Get)
  case list(List)
  case order(ReadOrder)
  case history(History)
  case stats
  /// A command that broke a bound or could not be read. It keeps its place, so that replies stay in step.
  case malformed(Malformation)
}

/// Which item and how many units of it.
public struct InputLine: Sendable, BitwiseCopyable {
  /// `sku` or `sku@pool`.
  public var item: ByteRange
  public var quantity: Int64

  public init(item: ByteRange, quantity: Int64) {
    self.item = item
    self.quantity = quantity
  }
}

/// Creates items with their first stock. Existing ones refuse the whole, unless `replace` and nothing of them is held.
public struct Preheat: Sendable, BitwiseCopyable {
  public var operation: ByteRange
  public var lines: IndexRange
  public var replace: Bool

  public init(operation: ByteRange, lines: IndexRange, replace: Bool) {
    self.operation = operation
    self.lines = lines
    self.replace = replace
  }
}

/// Adds units to existing items, all or none.
public struct Supply: Sendable, BitwiseCopyable {
  public var operation: ByteRange
  public var lines: IndexRange

  public init(operation: ByteRange, lines: IndexRange) {
    self.operation = operation
    self.lines = lines
  }
}

/// Adds units to one item, with the paper that came with them.
public struct Restock: Sendable, BitwiseCopyable {
  public var operation: ByteRange
  public var line: IndexRange
  public var reference: ByteRange

  public init(operation: ByteRange, line: IndexRange, reference: ByteRange) {
    self.operation = operation
    self.line = line
    self.reference = reference
  }
}

/// Corrects one item's stock.
public struct Adjust: Sendable, BitwiseCopyable {
  public enum Change: Sendable, BitwiseCopyable {
    /// Adds (or takes, if negative) so many units.
    case by(Int64)
    /// Sets `available` to an absolute number, if the item is still at this version.
    case to(available: Int64, version: UInt64)
  }

  public var operation: ByteRange
  public var item: ByteRange
  public var change: Change
  /// Lets the stock fall below the item's floor; a shortfall event tells by how much.
  public var force: Bool
  public var reason: ByteRange
  public var reference: ByteRange

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
  public var order: ByteRange
  public var buyer: ByteRange
  public var payload: ByteRange
  public var lines: IndexRange
  /// Payment time; 0 takes the rule's. Not part of the content: a retry may name another.
  public var holdMilliseconds: Int64
  /// When the shop made the id, or 0. A first-seen id older than the id retention is refused.
  public var issuedAt: Timestamp

  public init(
    order: ByteRange, buyer: ByteRange, payload: ByteRange, lines: IndexRange, holdMilliseconds: Int64, issuedAt: Timestamp
  ) {
    self.order = order
    self.buyer = buyer
    self.payload = payload
    self.lines = lines
    self.holdMilliseconds = holdMilliseconds
    self.issuedAt = issuedAt
  }
}

/// reserved -> sold.
public struct Confirm: Sendable, BitwiseCopyable {
  public var order: ByteRange

  public init(order: ByteRange) {
    self.order = order
  }
}

/// reserved -> available. An unknown order gets a tombstone.
public struct Cancel: Sendable, BitwiseCopyable {
  public var order: ByteRange
  public var reason: ByteRange

  public init(order: ByteRange, reason: ByteRange) {
    self.order = order
    self.reason = reason
  }
}

/// Moves an open order's deadline to now + `holdMilliseconds`, if that is later; capped by the rules.
public struct Extend: Sendable, BitwiseCopyable {
  public var operation: ByteRange
  public var order: ByteRange
  public var holdMilliseconds: Int64

  public init(operation: ByteRange, order: ByteRange, holdMilliseconds: Int64) {
    self.operation = operation
    self.order = order
    self.holdMilliseconds = holdMilliseconds
  }
}

/// Check-back: the order's state, or a tombstone if it never was.
public struct Resolve: Sendable, BitwiseCopyable {
  public var order: ByteRange

  public init(order: ByteRange) {
    self.order = order
  }
}

/// sold -> available or scrapped, at most what was sold.
public struct ReturnLines: Sendable, BitwiseCopyable {
  public enum Disposition: UInt8, Sendable, BitwiseCopyable {
    case available = 0
    case scrapped = 1
  }

  public var operation: ByteRange
  public var order: ByteRange
  /// Empty: everything that is still out.
  public var lines: IndexRange
  public var disposition: Disposition

  public init(operation: ByteRange, order: ByteRange, lines: IndexRange, disposition: Disposition) {
    self.operation = operation
    self.order = order
    self.lines = lines
    self.disposition = disposition
  }
}

/// Reads up to 256 named items at one moment.
public struct Get: Sendable, BitwiseCopyable {
  public var lines: IndexRange

  public init(lines: IndexRange) {
    self.lines = lines
  }
}

/// Reads a page of items in the order of their numbers.
public struct List: Sendable, BitwiseCopyable {
  /// 0 begins; else the `next` of the page before.
  public var cursor: UInt64
  public var rowsMax: UInt32
  /// Only items whose name starts with this.
  public var prefix: ByteRange

  public init(cursor: UInt64, rowsMax: UInt32, prefix: ByteRange) {
    self.cursor = cursor
    self.rowsMax = rowsMax
    self.prefix = prefix
  }
}

/// Reads one order.
public struct ReadOrder: Sendable, BitwiseCopyable {
  public var order: ByteRange

  public init(order: ByteRange) {
    self.order = order
  }
}

/// Reads an item's changes from the log, newest first.
public struct History: Sendable, BitwiseCopyable {
  public var item: ByteRange
  /// Only changes before this version of the item; 0 begins at the newest.
  public var beforeVersion: UInt64
  public var rowsMax: UInt32

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

  public var explanation: String {
    switch self {
    case .unknownOperation: "the operation is not known to this server"
    case .unreadable: "the command's fields do not fit its bytes"
    case .idLength: "an order or operation id has 1 to \(Bounds.idBytesMax) bytes"
    case .itemName:
      "an item is sku or sku@pool; each part is UTF-8 of 1 to \(Bounds.skuBytesMax) bytes without spaces, control characters or @"
    case .quantity: "a quantity is 1 to \(Bounds.quantityMax)"
    case .lineCount:
      "an order has 1 to \(Bounds.linesPerOrderMax) lines, an operation 1 to \(Bounds.linesPerOperationMax), a read 1 to \(Bounds.itemsPerReadMax) items"
    case .payloadLength: "a payload has at most \(Bounds.payloadBytesMax) bytes"
    case .buyerLength: "a buyer has at most \(Bounds.buyerBytesMax) bytes"
    case .noteLength: "a reason or reference has at most \(Bounds.noteBytesMax) bytes of UTF-8"
    case .holdTime: "a payment time is 0 (the rule's) or a positive number of milliseconds within the rule's maximum"
    case .rowCount: "a page has 1 to \(Bounds.rowsPerPageMax) rows"
    case .batchFull: "a batch has at most \(Bounds.commandsPerBatchMax) commands"
    case .notAlone: "history must be the only command of its frame"
    case .text: "a text is not UTF-8"
    }
  }
}
