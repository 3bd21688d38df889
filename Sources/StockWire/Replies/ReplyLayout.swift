import StockEngine

/// The 16 bytes before every reply's body.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | outcome: `StockEngine.Outcome` | u8 |
/// | 1 | flags: bit 0 is a repeat | u8 |
/// | 2 | kind of the body | u8 |
/// | 3 | 0 | u8 |
/// | 4 | bytes of the body | u32 |
/// | 8 | LSN | u64 |
enum ReplyHeader {
  static let bytes = 16
  static let isRepeat: UInt8 = 1
}

/// The layouts of reply bodies. Raw values are part of the protocol: append only.
enum ReplyBodyKind: UInt8 {
  case none = 0
  case hold = 1
  case available = 2
  case state = 3
  case shortages = 4
  case items = 5
  case page = 6
  case order = 7
  case version = 8
  case malformation = 9
  case stats = 10
  case history = 11
  case limit = 20
  case unpaid = 21
  case sales = 22
  case buyer = 23
  case ids = 16
  case placed = 12
  case demand = 24
}

enum BalanceFlags {
  static let exists: UInt8 = 1
}

enum OrderFlags {
  static let retired: UInt8 = 1
  static let refundRequired: UInt8 = 2
  static let late: UInt8 = 4
}

enum BuyerFlags {
  static let flagged: UInt8 = 1
  static let byHand: UInt8 = 2
}

enum DemandFlags {
  static let more: UInt8 = 1
}

enum StatsFlags {
  static let spaceLow: UInt8 = 1
}
