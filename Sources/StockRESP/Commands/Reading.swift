import StockEngine

/// What the answer to a command looks like.
enum ReplyShape: Equatable, BitwiseCopyable {
  /// `[1, RESERVED, available, deadline]`
  case hold
  /// `[1, RESERVED, lines, deadline]`
  case cartHold(lines: UInt16)
  /// `[1, OK, available]`
  case change
  /// `[1, OK, count]`
  case countedChange(UInt16)
  /// `[1, CONFIRMED]`, and the new deadline of an extension.
  case status
  /// The order's state.
  case resolution

  /// An integer, or nil.
  case available
  /// An array of these.
  case availables
  /// A map, or nil.
  case item
  case pools
  case order
  case buyer
  case sale
  /// A cursor and an array of maps.
  case sales
  /// A cursor and an array of names; those that match the pattern (a piece of the decoder's texts).
  case scan(pattern: ArgumentRange?)
  case stats
  case ids(isList: Bool)
  /// Text; which sections, as bits.
  case serverInfo(InfoSections)
  case changes
}

extension ReplyShape {
  /// What an order, a row of a list of sales, or a SKU's pools count as, against the rows that a batch may ask for.
  private static let rowsOfOrder = 64
  /// A rare pattern is looked for among thousands of items, however few may be answered.
  private static let rowsOfScan = 512
  private static let rowsOfPools = 256
  /// The sums of a sale are made over its items.
  private static let rowsOfSale = Bounds.itemsPerSaleMax

  /// Whether the answer begins with a code.
  var hasCode: Bool {
    switch self {
    case .hold, .cartHold, .change, .countedChange, .status, .resolution: true
    case .available, .availables, .item, .pools, .order, .buyer, .sale, .sales, .scan, .stats, .ids, .serverInfo,
      .changes:
      false
    }
  }

  /// Whether the command changes nothing, not even which ids were handed out.
  var isRead: Bool {
    switch self {
    case .available, .availables, .item, .pools, .order, .buyer, .sale, .sales, .scan, .stats, .serverInfo, .changes:
      true
    case .hold, .cartHold, .change, .countedChange, .status, .resolution, .ids: false
    }
  }

  /// Rows that the answer may have, or that are looked at for it.
  func rows(_ command: Command) -> Int {
    switch command {
    case .get(let get): Int(get.lines.count)
    case .list(let list): max(Self.rowsOfScan, Int(list.rowsMax))
    case .sales(let sales): Int(sales.rowsMax) * Self.rowsOfOrder
    case .order: Self.rowsOfOrder
    case .sale: Self.rowsOfSale
    case .pools: Self.rowsOfPools
    case .nextIDs(let next): Int(next.count)
    case .stats: Self.rowsOfOrder
    default: 0
    }
  }
}

/// Work that is not for an event loop: it reads files, or takes as long as it takes.
public enum Errand: Sendable, Equatable {
  /// An item's changes.
  case history(item: String, beforeVersion: UInt64, rowsMax: Int)
  /// Every item's balance is added up.
  case check
  /// A snapshot of what is in the log so far.
  case snapshot
}

/// What a command's arguments came to.
enum Reading: Equatable {
  /// It was appended to the batch.
  case command(ReplyShape)
  case errand(Errand)
}

extension Keyword {
  static let items = Keyword("ITEMS")
}

extension StockVerb {
  /// Reads the arguments behind the name and appends the command to the batch.
  ///
  /// Bounds are the batch's to check: what breaks one is answered as malformed, in its place.
  func read(_ arguments: inout Arguments, into batch: inout CommandBatch) throws(CommandFault) -> Reading {
    switch self {
    case .reserve: .command(try Self.readOrder(&arguments, &batch, isCart: false, deducts: false))
    case .mreserve: .command(try Self.readOrder(&arguments, &batch, isCart: true, deducts: false))
    case .deduct: .command(try Self.readOrder(&arguments, &batch, isCart: false, deducts: true))
    case .mdeduct: .command(try Self.readOrder(&arguments, &batch, isCart: true, deducts: true))
    case .confirm: .command(try Self.readConfirm(&arguments, &batch))
    case .cancel: .command(try Self.readCancel(&arguments, &batch))
    case .extend: .command(try Self.readExtend(&arguments, &batch))
    case .resolve: .command(try Self.readResolve(&arguments, &batch))
    case .ship, .deliver: .command(try Self.readMark(&arguments, &batch, isDelivery: self == .deliver))
    case .return: .command(try Self.readReturn(&arguments, &batch))

    case .preheat: .command(try Self.readPreheat(&arguments, &batch))
    case .supply: .command(try Self.readSupply(&arguments, &batch))
    case .restock: .command(try Self.readRestock(&arguments, &batch))
    case .adjust: .command(try Self.readAdjust(&arguments, &batch))
    case .configure: .command(try Self.readConfigure(&arguments, &batch))
    case .move: .command(try Self.readMove(&arguments, &batch))

    case .sale: .command(try Self.readSaleCommand(&arguments, &batch))
    case .flag, .clear: .command(try Self.readFlag(&arguments, &batch, isFlagged: self == .flag))

    case .get: .command(try Self.readGet(&arguments, &batch))
    case .mget: .command(try Self.readMultipleGet(&arguments, &batch))
    case .info: .command(try Self.readInfo(&arguments, &batch))
    case .pools: .command(try Self.readPools(&arguments, &batch))
    case .order: .command(try Self.readOrderRead(&arguments, &batch))
    case .user: .command(try Self.readBuyer(&arguments, &batch))
    case .scan: .command(try Self.readScan(&arguments, &batch))
    case .stats: .command(try Self.readStats(&arguments, &batch))
    case .nextid: .command(try Self.readNextIDs(&arguments, &batch))
    case .history: .errand(try Self.readHistory(&arguments, &batch))
    case .check: .errand(try Self.readCheck(&arguments))
    case .snapshot: .errand(try Self.readSnapshot(&arguments))
    }
  }
}
