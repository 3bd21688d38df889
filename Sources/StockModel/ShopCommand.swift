import StockEngine

/// A command in words, for tests: what a `Command` is in a batch's bytes.
package enum ShopCommand: Equatable, Sendable {
  /// An item and how many units of it.
  package struct Line: Equatable, Sendable {
    package var item: String
    package var quantity: Int64

    package init(_ item: String, _ quantity: Int64) {
      self.item = item
      self.quantity = quantity
    }
  }

  package struct Placement: Equatable, Sendable {
    package var order: String
    package var buyer = ""
    package var payload = ""
    package var lines: [Line]
    package var holdMilliseconds: Int64 = 0
    /// Milliseconds since 1970, or 0.
    package var issuedAt: Int64 = 0
    package var sale = ""
    package var subjects: [Subject] = []
    package var replacesUnpaid = false
    /// The best first; the lines name SKUs then.
    package var pools: [String] = []

    package init(order: String, lines: [Line]) {
      self.order = order
      self.lines = lines
    }
  }

  package struct Subject: Hashable, Sendable {
    package var dimension: String
    package var value: String

    package init(_ dimension: String, _ value: String) {
      self.dimension = dimension
      self.value = value
    }
  }

  /// What a sale is opened with.
  package struct SaleOpening: Equatable, Sendable {
    package var sale: String
    /// Milliseconds since 1970.
    package var start: Int64
    package var end: Int64
    package var payMilliseconds: Int64 = 0
    package var unpaid = SaleTerms.UnpaidPolicy.allow
    package var flagged = SaleTerms.FlaggedPolicy.allow
    package var isStrict = false
    package var recordsAttempts = false
    package var isPaused = false
    package var limits: [Limit] = []
    package var eligible: [Subject] = []
    package var takesFromPools = false
    package var lines: [Line] = []

    package init(sale: String, start: Int64, end: Int64) {
      self.sale = sale
      self.start = start
      self.end = end
    }
  }

  // The only large one lies apart, so that a million of the others are small.
  indirect case openSale(operation: String, SaleOpening)
  case addToSale(operation: String, sale: String, takesFromPools: Bool, lines: [Line])
  case switchSale(operation: String, sale: String, SwitchSale.Change)
  case limitSKU(operation: String, sku: String, Limit, isLifted: Bool)
  case flagBuyer(operation: String, buyer: String, isFlagged: Bool)
  case sale(String)
  case sales(rowsMax: UInt32, cursor: UInt64)
  case buyer(String)
  case preheat(operation: String, lines: [Line], replace: Bool)
  case supply(operation: String, lines: [Line])
  case restock(operation: String, line: Line, reference: String)
  case adjust(operation: String, item: String, by: Int64, force: Bool, reason: String)
  case adjustTo(operation: String, item: String, available: Int64, version: UInt64, force: Bool, reason: String)
  /// - Parameter floor: nil configures nothing, which is malformed.
  case configure(operation: String, item: String, floor: Int64?)
  case move(operation: String, from: String, to: String, quantity: Int64)
  case reserve(Placement)
  case deduct(Placement)
  case confirm(order: String)
  case cancel(order: String, reason: String)
  case extend(operation: String, order: String, holdMilliseconds: Int64)
  case resolve(order: String)
  case returnLines(operation: String, order: String, lines: [Line], isScrapped: Bool)
  case confirmLines(operation: String, order: String, lines: [Line], isRelease: Bool)
  case cancelLines(operation: String, order: String, lines: [Line], reason: String)
  case ship(operation: String, order: String)
  case deliver(operation: String, order: String)
  case nextIDs(UInt32)
  case get([String])
  case list(prefix: String, rowsMax: UInt32, cursor: UInt64)
  case order(String)
  case stats
  case pools(String)
}

extension CommandBatch {
  /// Appends a command in words, as a front end would.
  package mutating func add(_ command: ShopCommand) {
    switch command {
    case .preheat(let operation, let lines, let replace):
      append(.preheat(Preheat(operation: store(operation), lines: append(lines), replace: replace)))
    case .supply(let operation, let lines):
      append(.supply(Supply(operation: store(operation), lines: append(lines))))
    case .restock(let operation, let line, let reference):
      append(.restock(Restock(operation: store(operation), line: append([line]), reference: store(reference))))
    case .adjust(let operation, let item, let change, let force, let reason):
      appendAdjust(operation, item, .by(change), force, reason)
    case .adjustTo(let operation, let item, let available, let version, let force, let reason):
      appendAdjust(operation, item, .to(available: available, version: version), force, reason)
    case .configure(let operation, let item, let floor):
      append(.configureItem(ConfigureItem(operation: store(operation), item: store(item), floor: floor)))
    case .move(let operation, let from, let to, let quantity):
      append(.move(Move(operation: store(operation), from: store(from), to: store(to), quantity: quantity)))
    case .reserve(let placement): append(.reserve(place(placement)))
    case .deduct(let placement): append(.deduct(place(placement)))
    case .confirm(let order): append(.confirm(Confirm(order: store(order))))
    case .cancel(let order, let reason): append(.cancel(Cancel(order: store(order), reason: store(reason))))
    case .extend(let operation, let order, let hold):
      append(.extend(Extend(operation: store(operation), order: store(order), holdMilliseconds: hold)))
    case .resolve(let order): append(.resolve(Resolve(order: store(order))))
    case .returnLines(let operation, let order, let lines, let isScrapped):
      append(
        .returnLines(
          ReturnLines(
            operation: store(operation), order: store(order), lines: append(lines),
            disposition: isScrapped ? .scrapped : .available)))
    case .confirmLines(let operation, let order, let lines, let isRelease):
      append(
        .confirmLines(
          ConfirmLines(
            operation: store(operation), order: store(order), lines: append(lines),
            remainder: isRelease ? .release : .keep)))
    case .cancelLines(let operation, let order, let lines, let reason):
      append(
        .cancelLines(
          CancelLines(
            operation: store(operation), order: store(order), lines: append(lines), reason: store(reason))))
    case .ship(let operation, let order): append(.ship(Mark(operation: store(operation), order: store(order))))
    case .deliver(let operation, let order): append(.deliver(Mark(operation: store(operation), order: store(order))))
    case .nextIDs(let count): append(.nextIDs(NextIDs(count: count)))
    case .get(let items): append(.get(Get(lines: append(items.map { ShopCommand.Line($0, 0) }))))
    case .list(let prefix, let rowsMax, let cursor):
      append(.list(List(cursor: cursor, rowsMax: rowsMax, prefix: store(prefix))))
    case .order(let order): append(.order(ReadOrder(order: store(order))))
    case .stats: append(.stats)
    case .openSale(let operation, let opening): appendOpening(operation, opening)
    case .addToSale(let operation, let sale, let takesFromPools, let lines):
      append(
        .addToSale(
          AddToSale(
            operation: store(operation), sale: store(sale),
            stock: SaleStock(source: takesFromPools ? .pools : .supply, lines: append(lines)))))
    case .switchSale(let operation, let sale, let change):
      append(.switchSale(SwitchSale(operation: store(operation), sale: store(sale), change: change)))
    case .limitSKU(let operation, let sku, let limit, let isLifted):
      append(
        .limitSKU(
          LimitSKU(
            operation: store(operation), item: store(sku), limit: store(Limit.encoded([limit])), isLifted: isLifted)))
    case .flagBuyer(let operation, let buyer, let isFlagged):
      append(.flagBuyer(FlagBuyer(operation: store(operation), buyer: store(buyer), isFlagged: isFlagged)))
    case .sale(let sale): append(.sale(ReadSale(sale: store(sale))))
    case .sales(let rowsMax, let cursor): append(.sales(ListSales(cursor: cursor, rowsMax: rowsMax)))
    case .buyer(let buyer): append(.buyer(ReadBuyer(buyer: store(buyer))))
    case .pools(let sku): append(.pools(ReadPools(sku: store(sku))))
    }
  }

  private mutating func appendOpening(_ operation: String, _ opening: ShopCommand.SaleOpening) {
    var options: SaleTerms.Options = []
    if opening.isStrict { options.insert(.strictDeadline) }
    if opening.recordsAttempts { options.insert(.recordsAttempts) }
    let terms = SaleTerms(
      start: Timestamp(milliseconds: opening.start), end: Timestamp(milliseconds: opening.end),
      holdMilliseconds: opening.payMilliseconds, unpaid: opening.unpaid, flagged: opening.flagged, options: options,
      limits: store(Limit.encoded(opening.limits)), eligible: store(opening.eligible))
    append(
      .openSale(
        OpenSale(
          operation: store(operation), sale: store(opening.sale), terms: terms, isPaused: opening.isPaused,
          stock: SaleStock(source: opening.takesFromPools ? .pools : .supply, lines: append(opening.lines)))))
  }

  private mutating func store(_ subjects: [ShopCommand.Subject]) -> ByteRange {
    subjects.isEmpty ? .empty : storeSubjects(subjects.map { ($0.dimension, $0.value) })
  }

  private mutating func append(_ lines: [ShopCommand.Line]) -> IndexRange {
    let start = lineCount
    for line in lines { appendLine(item: store(line.item), quantity: line.quantity) }
    return IndexRange(start: UInt32(start), count: UInt32(lines.count))
  }

  private mutating func place(_ placement: ShopCommand.Placement) -> Reserve {
    let firstPool = poolCount
    for pool in placement.pools { appendPool(store(pool)) }
    return Reserve(
      order: store(placement.order), buyer: store(placement.buyer), payload: store(placement.payload),
      lines: append(placement.lines), holdMilliseconds: placement.holdMilliseconds,
      issuedAt: Timestamp(milliseconds: placement.issuedAt),
      sale: placement.sale.isEmpty ? .empty : store(placement.sale),
      subjects: store(placement.subjects), replacesUnpaid: placement.replacesUnpaid,
      pools: PoolRanking(start: UInt32(firstPool), count: UInt8(placement.pools.count)))
  }

  private mutating func appendAdjust(
    _ operation: String, _ item: String, _ change: Adjust.Change, _ force: Bool, _ reason: String
  ) {
    append(
      .adjust(
        Adjust(
          operation: store(operation), item: shortName(store(item)), change: change, force: force,
          reason: store(reason), reference: .empty)))
  }
}
