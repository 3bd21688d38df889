/// What became of a command. Raw values are part of the protocol: append only.
///
/// Refusals are values, not errors: they change nothing and consume neither stock nor an id.
public enum Outcome: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  // Done, now or by an earlier attempt (`Reply.isRepeat`).
  case done = 1
  case reserved = 2
  case confirmed = 3
  /// Confirmed after the deadline: the stock could be taken again in the same step.
  case lateConfirmed = 4
  case cancelled = 5
  /// A tombstone now stands for an order that never was: it can never happen.
  case fenced = 6
  case extended = 7
  case returned = 8
  /// A read's answer, or a resolve's: the body says it.
  case found = 9
  case shipped = 10
  case delivered = 11
  /// Accepted without stock, since the buyer is flagged: limits are taken, stock is taken at the confirm.
  case deferred = 12

  // Refused. The state may change, so a later attempt may differ.
  case soldOut = 32
  case unknownItem = 33
  case noSuchOrder = 34
  /// Preheat: an item exists (or, with `replace`, some of it is held).
  case itemExists = 35
  case versionMismatch = 36
  case belowFloor = 37
  /// The quantity would pass what an item can count.
  case balanceOverflow = 38
  case noSpace = 39
  /// Too much is waiting for the log. Nothing was done.
  case overloaded = 40
  /// A subject has all that a limit allows.
  case limitReached = 41
  /// The sale has not begun, is paused, or is over.
  case saleNotOpen = 42
  case noSuchSale = 43
  /// The buyer has an unpaid order of this SKU in the sale.
  case unpaidExists = 44
  case buyerFlagged = 45
  case saleExists = 46

  // Refused. No retry under this id can differ.
  case idConflict = 64
  case alreadyConfirmed = 65
  case alreadyCancelled = 66
  /// The deadline passed. For a confirm: and the stock is gone; the payment must be refunded.
  case expired = 67
  /// The id was fenced by a cancel or resolve that came first.
  case orderFenced = 68
  case tooOld = 69
  /// A return of more than is out, or of an item that the order has not.
  case exceedsSold = 70
  /// The order's state does not allow this.
  case wrongState = 71
  case holdTooLong = 72
  /// The partition of this SKU has no number left for a new item.
  case tooManyItems = 73
  /// A confirm or cancel by line of more than the order still holds, or of an item that it has not.
  case exceedsHeld = 74
  /// The sale is for other values of a dimension than the order's subject has.
  case notEligible = 75
  /// A limit counts by a dimension that the order has no subject of.
  case subjectMissing = 76

  // Not taken.
  case malformed = 96
  /// This server cannot answer it (a history before its log begins to be read, say).
  case unavailable = 97

  /// Whether the command took effect, now or earlier.
  public var isSuccess: Bool { rawValue < 32 }

  /// Whether the same command, sent again later, may end differently.
  public var mayRetryDiffer: Bool { (32..<64).contains(rawValue) || self == .unavailable }

  /// As it is written in listings, in JSON and in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .done: "done"
    case .reserved: "reserved"
    case .confirmed: "confirmed"
    case .lateConfirmed: "lateConfirmed"
    case .cancelled: "cancelled"
    case .fenced: "fenced"
    case .extended: "extended"
    case .returned: "returned"
    case .found: "found"
    case .deferred: "deferred"
    case .shipped: "shipped"
    case .delivered: "delivered"
    case .soldOut: "soldOut"
    case .unknownItem: "unknownItem"
    case .noSuchOrder: "noSuchOrder"
    case .itemExists: "itemExists"
    case .versionMismatch: "versionMismatch"
    case .belowFloor: "belowFloor"
    case .balanceOverflow: "balanceOverflow"
    case .noSpace: "noSpace"
    case .overloaded: "overloaded"
    case .limitReached: "limitReached"
    case .saleNotOpen: "saleNotOpen"
    case .noSuchSale: "noSuchSale"
    case .unpaidExists: "unpaidExists"
    case .buyerFlagged: "buyerFlagged"
    case .saleExists: "saleExists"
    case .idConflict: "idConflict"
    case .alreadyConfirmed: "alreadyConfirmed"
    case .alreadyCancelled: "alreadyCancelled"
    case .expired: "expired"
    case .orderFenced: "orderFenced"
    case .tooOld: "tooOld"
    case .exceedsSold: "exceedsSold"
    case .wrongState: "wrongState"
    case .holdTooLong: "holdTooLong"
    case .tooManyItems: "tooManyItems"
    case .notEligible: "notEligible"
    case .subjectMissing: "subjectMissing"
    case .exceedsHeld: "exceedsHeld"
    case .malformed: "malformed"
    case .unavailable: "unavailable"
    }
  }
}
