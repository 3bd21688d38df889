import StockEngine

/// The 8 bytes before every command's body.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | operation: `StockEngine.Operation` | u8 |
/// | 1 | flags of that operation | u8 |
/// | 2 | reserved, 0 | u16 |
/// | 4 | bytes of the body | u32 |
enum CommandHeader {
  static let bytes = 8
}

/// The flag bits of a command, by operation. A bit that is not named here makes the command malformed.
enum CommandFlags {
  /// preheat: existing items are replaced if nothing of them is held.
  static let preheatReplace: UInt8 = 1
  /// adjust: the value is the new `available`, and the expected version follows it.
  static let adjustAbsolute: UInt8 = 1
  /// adjust: below the floor too.
  static let adjustForce: UInt8 = 2
  /// configure: the floor follows.
  static let configureFloor: UInt8 = 1
  /// reserve, deduct: `issuedAt` follows the payment time.
  static let reserveIssuedAt: UInt8 = 1
  /// reserve, deduct: ranked pools follow the lines, which are SKUs.
  static let reservePools: UInt8 = 2
  /// return: the units are scrapped instead of being for sale again.
  static let returnScrapped: UInt8 = 1

  static func known(_ operation: Operation) -> UInt8 {
    switch operation {
    case .preheat: preheatReplace
    case .adjust: adjustAbsolute | adjustForce
    case .configureItem: configureFloor
    case .reserve, .deduct: reserveIssuedAt | reservePools
    case .returnLines: returnScrapped
    case .supply, .restock, .move, .confirm, .cancel, .extend, .resolve, .get, .list, .order, .history, .stats,
      .pools:
      0
    }
  }
}
