/// The events, as the log's numbers. Append only; a layout never changes under its number. Kinds from 0xC0 on carry their
/// length and may be skipped by a reader that does not know them.
public enum EventKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  // Items
  case itemCreated = 1
  case itemReplaced = 2
  case supplied = 3
  case adjusted = 4
  case shortfall = 5
  case configured = 6
  case moved = 7
  case limitSet = 8

  // Orders
  case reserved = 16
  case confirmed = 17
  case cancelled = 18
  case deducted = 19
  case extended = 20
  case fenced = 21
  case shipped = 22
  case delivered = 23
  case returned = 24
  case expired = 25
  case lateConfirmed = 26
  case refundRequired = 27
  case partlyConfirmed = 28
  case partlyCancelled = 29
  case deferred = 30
  case deferredConfirmed = 31
  case deferralEnded = 48
  case refused = 50
  case attempted = 51

  // Sales and buyers
  case saleOpened = 32
  case salePaused = 33
  case saleResumed = 34
  case saleClosed = 35
  case saleStarted = 36
  case saleRetired = 37
  case buyerUnpaid = 40
  case buyerFlagged = 41
  case buyerCleared = 42
  case buyersForgotten = 43

  // The store
  case operationDone = 64
  case ordersRetired = 65
  case fingerprintsForgotten = 66
  case operationsForgotten = 67
  case outage = 68
  case sealed = 69
  case heartbeat = 70
  case epochBegan = 71
  case idsIssued = 72

  /// As it is written in listings, in JSON and in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .itemCreated: "itemCreated"
    case .itemReplaced: "itemReplaced"
    case .supplied: "supplied"
    case .adjusted: "adjusted"
    case .shortfall: "shortfall"
    case .configured: "configured"
    case .moved: "moved"
    case .limitSet: "limitSet"
    case .reserved: "reserved"
    case .confirmed: "confirmed"
    case .cancelled: "cancelled"
    case .deducted: "deducted"
    case .extended: "extended"
    case .fenced: "fenced"
    case .shipped: "shipped"
    case .delivered: "delivered"
    case .returned: "returned"
    case .expired: "expired"
    case .lateConfirmed: "lateConfirmed"
    case .refundRequired: "refundRequired"
    case .deferred: "deferred"
    case .deferredConfirmed: "deferredConfirmed"
    case .deferralEnded: "deferralEnded"
    case .saleOpened: "saleOpened"
    case .salePaused: "salePaused"
    case .saleResumed: "saleResumed"
    case .saleClosed: "saleClosed"
    case .saleStarted: "saleStarted"
    case .saleRetired: "saleRetired"
    case .buyerUnpaid: "buyerUnpaid"
    case .buyerFlagged: "buyerFlagged"
    case .buyerCleared: "buyerCleared"
    case .buyersForgotten: "buyersForgotten"
    case .refused: "refused"
    case .attempted: "attempted"
    case .partlyConfirmed: "partlyConfirmed"
    case .partlyCancelled: "partlyCancelled"
    case .operationDone: "operationDone"
    case .ordersRetired: "ordersRetired"
    case .fingerprintsForgotten: "fingerprintsForgotten"
    case .operationsForgotten: "operationsForgotten"
    case .outage: "outage"
    case .sealed: "sealed"
    case .heartbeat: "heartbeat"
    case .epochBegan: "epochBegan"
    case .idsIssued: "idsIssued"
    }
  }
}
