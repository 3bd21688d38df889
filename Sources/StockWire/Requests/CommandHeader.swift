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
  /// reserve, deduct: the sale follows the lines.
  static let reserveSale: UInt8 = 16
  /// reserve, deduct: the subjects follow the lines, and the sale if there is one.
  static let reserveSubjects: UInt8 = 32
  /// reserve: an unpaid order of the buyer that stands in the way is cancelled.
  static let reserveReplacesUnpaid: UInt8 = 64
  /// openSale: it sells nothing until it is resumed.
  static let saleIsPaused: UInt8 = 1
  /// limitSKU: the limit is lifted.
  static let limitIsLifted: UInt8 = 1
  /// reserve, deduct: ranked pools follow the lines, which are SKUs.
  static let reservePools: UInt8 = 2
  /// return: the units are scrapped instead of being for sale again.
  static let returnScrapped: UInt8 = 1
  /// confirmLines: what is not named goes back.
  static let confirmRelease: UInt8 = 1

  static func known(_ operation: Operation) -> UInt8 {
    switch operation {
    case .preheat: preheatReplace
    case .adjust: adjustAbsolute | adjustForce
    case .configureItem: configureFloor
    case .reserve: reserveIssuedAt | reservePools | reserveSale | reserveSubjects | reserveReplacesUnpaid
    case .deduct: reserveIssuedAt | reservePools | reserveSale | reserveSubjects
    case .openSale: saleIsPaused
    case .limitSKU: limitIsLifted
    case .returnLines: returnScrapped
    case .confirmLines: confirmRelease
    case .supply, .restock, .move, .confirm, .cancel, .extend, .resolve, .ship, .deliver, .cancelLines, .addToSale,
      .pauseSale, .resumeSale, .closeSale, .flagBuyer, .clearBuyer, .get, .list, .order, .history, .demand, .stats,
      .nextIDs,
      .sale, .sales, .buyer, .pools:
      0
    }
  }
}
