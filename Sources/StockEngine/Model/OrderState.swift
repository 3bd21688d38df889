/// Where an order is in its life. Raw values are part of the log, the snapshot and the protocol: append only.
public enum OrderState: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Stock is held until the deadline.
  case reserved = 1
  /// Accepted without stock; stock is taken at confirm. (Flagged buyers.)
  case deferred = 2
  case confirmed = 3
  case shipped = 4
  case delivered = 5
  case cancelled = 6
  /// The deadline passed unpaid; the stock went back.
  case expired = 7
  /// Everything sold has come back.
  case returned = 8
  /// Cancelled or resolved before it was ever seen: it can never happen now.
  case fenced = 9

  /// Holding stock, waiting for payment.
  public var isOpen: Bool { self == .reserved || self == .deferred }

  /// Paid, whether or not on its way.
  public var isSold: Bool { self == .confirmed || self == .shipped || self == .delivered }

  /// No command changes its stock any more, save a late confirm of an expired one.
  public var isEnded: Bool {
    switch self {
    case .reserved, .deferred, .confirmed, .shipped, .delivered: false
    case .cancelled, .expired, .returned, .fenced: true
    }
  }

  /// As it is written in listings, in JSON and in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .reserved: "reserved"
    case .deferred: "deferred"
    case .confirmed: "confirmed"
    case .shipped: "shipped"
    case .delivered: "delivered"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .returned: "returned"
    case .fenced: "fenced"
    }
  }
}
