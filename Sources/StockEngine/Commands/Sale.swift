// The commands of sales. A sale has a pool of its own, `~SALE`, for every SKU that it sells; only it can fill and sell that pool.

/// What a sale allows and demands. Fixed when it is opened.
public struct SaleTerms: Sendable, BitwiseCopyable {
  /// What becomes of a buyer's second unpaid order of a SKU. Raw values are on disk: append only.
  public enum UnpaidPolicy: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case allow = 0
    /// Refused with the open order's id, unless the command asks to replace it.
    case refuse = 1
    /// The open order is cancelled in the same step.
    case replace = 2
  }

  /// What becomes of a flagged buyer's order. Raw values are on disk: append only.
  public enum FlaggedPolicy: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case allow = 0
    case refuse = 1
    /// Limits are taken at once, stock only at the confirm.
    case deferred = 2
  }

  /// Switches. Raw values are on disk: append only.
  public struct Options: OptionSet, Sendable, BitwiseCopyable {
    /// The switches as bits.
    public var rawValue: UInt8
    /// Switches by their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// A confirm after the deadline is never accepted.
    public static let strictDeadline = Options(rawValue: 1)
    /// Refused attempts are logged, so that the sale can be decided again under other numbers.
    public static let recordsAttempts = Options(rawValue: 2)
    static let known: Options = [.strictDeadline, .recordsAttempts]
  }

  /// The first moment at which it sells.
  public var start: Timestamp
  /// The first moment at which it sells no more; it then closes by itself.
  public var end: Timestamp
  /// Payment time of its orders; 0 takes the rule's.
  public var holdMilliseconds: Int64
  /// What becomes of a buyer's second unpaid order of a SKU.
  public var unpaid: UnpaidPolicy
  /// What becomes of a flagged buyer's order.
  public var flagged: FlaggedPolicy
  /// What else it asks for.
  public var options: Options
  /// `Limit.encoded`.
  public var limits: ByteRange
  /// Who may buy: a subject list. An order needs, for every dimension that is named, one of its values. Empty: everybody.
  public var eligible: ByteRange

  /// Terms whose texts lie in the batch.
  public init(
    start: Timestamp, end: Timestamp, holdMilliseconds: Int64 = 0, unpaid: UnpaidPolicy = .allow,
    flagged: FlaggedPolicy = .allow, options: Options = [], limits: ByteRange = .empty, eligible: ByteRange = .empty
  ) {
    self.start = start
    self.end = end
    self.holdMilliseconds = holdMilliseconds
    self.unpaid = unpaid
    self.flagged = flagged
    self.options = options
    self.limits = limits
    self.eligible = eligible
  }
}

/// Where a sale is in its life. Raw values are part of the protocol: append only.
public enum SaleState: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Its window has not begun.
  case scheduled = 1
  case open = 2
  case paused = 3
  /// Its window is over, or it was closed. Its orders live on.
  case closed = 4

  /// As it is written in listings, in JSON and in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .scheduled: "scheduled"
    case .open: "open"
    case .paused: "paused"
    case .closed: "closed"
    }
  }
}

/// Opens a sale and fills it.
public struct OpenSale: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// The sale's id: 1 to 63 bytes, as a pool's name.
  public var sale: ByteRange
  /// What it allows and demands.
  public var terms: SaleTerms
  /// It sells nothing until it is resumed: a sale of thousands of SKUs is opened so, filled by additions, and resumed.
  public var isPaused: Bool
  /// What it is filled with.
  public var stock: SaleStock

  /// An opening whose texts and lines lie in the batch.
  public init(operation: ByteRange, sale: ByteRange, terms: SaleTerms, isPaused: Bool, stock: SaleStock) {
    self.operation = operation
    self.sale = sale
    self.terms = terms
    self.isPaused = isPaused
    self.stock = stock
  }
}

/// Units for a sale's pool.
public struct SaleStock: Sendable, BitwiseCopyable {
  /// Where they come from. Raw values are part of the protocol: append only.
  public enum Source: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// They are new. What is not sold goes to the SKU's main pool, which is made if need be.
    case supply = 0
    /// They are taken from the items that the lines name, and go back there.
    case pools = 1
  }

  /// Where the units come from.
  public var source: Source
  /// Up to 512 lines; those of a new supply name plain SKUs. In a batch each is followed by the line of the sale's own item.
  public var lines: IndexRange

  /// Lines that lie in the batch.
  public init(source: Source, lines: IndexRange) {
    self.source = source
    self.lines = lines
  }
}

/// Adds units, of SKUs that the sale has or has not yet.
public struct AddToSale: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// The sale's id.
  public var sale: ByteRange
  /// What it is filled with.
  public var stock: SaleStock

  /// An addition whose texts and lines lie in the batch.
  public init(operation: ByteRange, sale: ByteRange, stock: SaleStock) {
    self.operation = operation
    self.sale = sale
    self.stock = stock
  }
}

/// Pauses, resumes or closes a sale.
public struct SwitchSale: Sendable, BitwiseCopyable {
  /// Raw values are part of the protocol: append only.
  public enum Change: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case pause = 0
    case resume = 1
    /// For good. What is left goes back to where it came from, and so does what late expiries and returns free.
    case close = 2
  }

  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// The sale's id.
  public var sale: ByteRange
  /// What is to become of it.
  public var change: Change

  /// A change whose texts lie in the batch.
  public init(operation: ByteRange, sale: ByteRange, change: Change) {
    self.operation = operation
    self.sale = sale
    self.change = change
  }
}

/// Flags a buyer, or clears the flag.
public struct FlagBuyer: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// 1 to 64 bytes.
  public var buyer: ByteRange
  /// False clears the flag, and what led to it.
  public var isFlagged: Bool

  /// A flag whose texts lie in the batch.
  public init(operation: ByteRange, buyer: ByteRange, isFlagged: Bool) {
    self.operation = operation
    self.buyer = buyer
    self.isFlagged = isFlagged
  }
}

/// Sets, changes or lifts a limit of a SKU outside sales.
public struct LimitSKU: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// A SKU, without a pool: the limit counts over all of its pools.
  public var item: ByteRange
  /// One limit, as `Limit.encoded` writes it; its maximum is not looked at when it is lifted.
  public var limit: ByteRange
  /// The limit is lifted. What is in use goes on being counted, so a limit that is set again knows it.
  public var isLifted: Bool

  /// A limit whose texts lie in the batch.
  public init(operation: ByteRange, item: ByteRange, limit: ByteRange, isLifted: Bool) {
    self.operation = operation
    self.item = item
    self.limit = limit
    self.isLifted = isLifted
  }
}

/// Reads one sale.
public struct ReadSale: Sendable, BitwiseCopyable {
  /// The sale's id.
  public var sale: ByteRange

  /// A read of an id that lies in the batch.
  public init(sale: ByteRange) { self.sale = sale }
}

/// Reads a page of sales, in the order of their numbers.
public struct ListSales: Sendable, BitwiseCopyable {
  /// 0 begins; else the `next` of the page before.
  public var cursor: UInt64
  /// 1 to 1,000.
  public var rowsMax: UInt32

  /// A page.
  public init(cursor: UInt64, rowsMax: UInt32) {
    self.cursor = cursor
    self.rowsMax = rowsMax
  }
}

/// Reads what is known of a buyer: the flag, and orders that expired unpaid.
public struct ReadBuyer: Sendable, BitwiseCopyable {
  /// 1 to 64 bytes.
  public var buyer: ByteRange

  /// A read of a buyer that lies in the batch.
  public init(buyer: ByteRange) { self.buyer = buyer }
}
