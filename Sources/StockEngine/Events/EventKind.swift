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

  // Orders
  case reserved = 16
  case confirmed = 17
  case cancelled = 18
  case deducted = 19
  case extended = 20
  case fenced = 21
  // 22 shipped, 23 delivered
  case returned = 24
  case expired = 25
  case lateConfirmed = 26
  case refundRequired = 27
  // 28 partially confirmed, 29 partially cancelled, 30 deferred

  // 32 ... 47 sales, limits, buyers

  // The store
  case operationDone = 64
  case ordersRetired = 65
  case fingerprintsForgotten = 66
  case operationsForgotten = 67
  case outage = 68
  case sealed = 69
  case heartbeat = 70
  case epochBegan = 71

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
    case .reserved: "reserved"
    case .confirmed: "confirmed"
    case .cancelled: "cancelled"
    case .deducted: "deducted"
    case .extended: "extended"
    case .fenced: "fenced"
    case .returned: "returned"
    case .expired: "expired"
    case .lateConfirmed: "lateConfirmed"
    case .refundRequired: "refundRequired"
    case .operationDone: "operationDone"
    case .ordersRetired: "ordersRetired"
    case .fingerprintsForgotten: "fingerprintsForgotten"
    case .operationsForgotten: "operationsForgotten"
    case .outage: "outage"
    case .sealed: "sealed"
    case .heartbeat: "heartbeat"
    case .epochBegan: "epochBegan"
    }
  }
}
