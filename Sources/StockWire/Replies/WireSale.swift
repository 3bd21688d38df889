public import StockEngine

/// Why a subject may not buy, or not so much.
public struct WireLimitRefusal: Hashable, Sendable {
  /// The dimension: `user`, or a subject's.
  public var dimension: String
  /// What is counted.
  public var measure: Limit.Measure
  /// The item whose SKU is limited; empty if the sale is.
  public var item: String
  /// What is allowed; 0 where no number is the reason.
  public var max: Int64
  /// What the subject has of it already.
  public var used: Int64

  /// A refusal as a server would send it.
  public init(dimension: String, measure: Limit.Measure, item: String, max: Int64, used: Int64) {
    self.dimension = dimension
    self.measure = measure
    self.item = item
    self.max = max
    self.used = used
  }
}

/// What a sale allows and demands, on its way to a server or back.
public struct WireSaleTerms: Hashable, Sendable {
  /// The first moment at which it sells.
  public var start: Timestamp
  /// The first moment at which it sells no more.
  public var end: Timestamp
  /// Payment time of its orders; 0 takes the server's rule.
  public var holdMilliseconds: Int64
  /// What becomes of a buyer's second unpaid order of a SKU.
  public var unpaid: SaleTerms.UnpaidPolicy
  /// What becomes of a flagged buyer's order.
  public var flagged: SaleTerms.FlaggedPolicy
  /// A confirm after the deadline is never accepted.
  public var hasStrictDeadline: Bool
  /// Refused attempts are logged.
  public var recordsAttempts: Bool
  /// What a subject may have.
  public var limits: [WireLimit]
  /// Whom it is for: pairs of a dimension and one of its values. Empty: everybody.
  public var eligible: [WireSubject]

  /// Terms with a window; everything else as it is without a word.
  public init(
    start: Timestamp, end: Timestamp, holdMilliseconds: Int64 = 0, unpaid: SaleTerms.UnpaidPolicy = .allow,
    flagged: SaleTerms.FlaggedPolicy = .allow, hasStrictDeadline: Bool = false, recordsAttempts: Bool = false,
    limits: [WireLimit] = [], eligible: [WireSubject] = []
  ) {
    self.start = start
    self.end = end
    self.holdMilliseconds = holdMilliseconds
    self.unpaid = unpaid
    self.flagged = flagged
    self.hasStrictDeadline = hasStrictDeadline
    self.recordsAttempts = recordsAttempts
    self.limits = limits
    self.eligible = eligible
  }

  var options: SaleTerms.Options {
    SaleTerms.Options(
      rawValue: (hasStrictDeadline ? SaleTerms.Options.strictDeadline.rawValue : 0)
        | (recordsAttempts ? SaleTerms.Options.recordsAttempts.rawValue : 0))
  }
}

/// At most so much for each subject of a dimension.
public struct WireLimit: Hashable, Sendable {
  /// `user` counts by buyer, anything else by the order's subject of that name.
  public var dimension: String
  /// What is counted.
  public var measure: Limit.Measure
  /// How much is allowed.
  public var max: UInt32
  /// Whether units that come back after they were sold may be bought again.
  public var isGivenBackOnReturn: Bool

  /// A limit by its parts.
  public init(
    _ dimension: String, _ max: UInt32, measure: Limit.Measure = .units, isGivenBackOnReturn: Bool = false
  ) {
    self.dimension = dimension
    self.measure = measure
    self.max = max
    self.isGivenBackOnReturn = isGivenBackOnReturn
  }

  init(_ limit: Limit) {
    self.init(
      limit.dimension, limit.max, measure: limit.measure, isGivenBackOnReturn: limit.isGivenBackOnReturn)
  }

  var limit: Limit {
    Limit(dimension: dimension, measure: measure, max: max, isGivenBackOnReturn: isGivenBackOnReturn)
  }
}

/// Whom a dimension's limit counts.
public struct WireSubject: Hashable, Sendable {
  /// 1 to 16 of a-z, 0-9, `-`, `_` and `.`.
  public var dimension: String
  /// 1 to 64 bytes.
  public var value: String

  /// A pair.
  public init(_ dimension: String, _ value: String) {
    self.dimension = dimension
    self.value = value
  }
}

/// One sale, whole.
public struct WireSale: Hashable, Sendable {
  /// The id.
  public var sale: String
  /// Where it is in its life.
  public var state: SaleState
  /// What it allows and demands.
  public var terms: WireSaleTerms
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

  /// A sale as a server would send it.
  public init(
    sale: String, state: SaleState, terms: WireSaleTerms, items: Int64, available: Int64, reserved: Int64, sold: Int64,
    scrapped: Int64, refused: RefusalCounts = RefusalCounts()
  ) {
    self.refused = refused
    self.sale = sale
    self.state = state
    self.terms = terms
    self.items = items
    self.available = available
    self.reserved = reserved
    self.sold = sold
    self.scrapped = scrapped
  }
}

/// What is known of a buyer.
public struct WireBuyer: Hashable, Sendable {
  /// As it was asked for.
  public var buyer: String
  /// By hand or by the rule.
  public var isFlagged: Bool
  /// By hand.
  public var isFlaggedByHand: Bool
  /// Until when a flag of the rule holds; 0: until it is cleared.
  public var until: Timestamp
  /// Orders that expired unpaid within the rule's period.
  public var unpaid: UInt32

  /// A buyer as a server would send it.
  public init(buyer: String, isFlagged: Bool, isFlaggedByHand: Bool, until: Timestamp, unpaid: UInt32) {
    self.buyer = buyer
    self.isFlagged = isFlagged
    self.isFlaggedByHand = isFlaggedByHand
    self.until = until
    self.unpaid = unpaid
  }
}
