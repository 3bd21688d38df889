public import StockEngine

/// What a reserve or deduct may say besides its lines.
public struct WireReserveTerms: Hashable, Sendable {
  /// The sale to buy in; empty: outside sales.
  public var sale: String
  /// Whom limits count, besides the buyer.
  public var subjects: [WireSubject]
  /// An unpaid order of the buyer that stands in the way is cancelled in the same step. Reserve only.
  public var replacesUnpaid: Bool

  /// Terms by their parts; nothing by default.
  public init(sale: String = "", subjects: [WireSubject] = [], replacesUnpaid: Bool = false) {
    self.sale = sale
    self.subjects = subjects
    self.replacesUnpaid = replacesUnpaid
  }

  func flags(_ operation: Operation) -> UInt8 {
    (sale.isEmpty ? 0 : CommandFlags.reserveSale) | (subjects.isEmpty ? 0 : CommandFlags.reserveSubjects)
      | (replacesUnpaid && operation == .reserve ? CommandFlags.reserveReplacesUnpaid : 0)
  }
}

extension RequestEncoder {
  /// Sets, changes or lifts a limit of a SKU outside sales.
  public mutating func limitSKU(operation: String, sku: String, limit: WireLimit, isLifted: Bool = false) {
    begin(.limitSKU, flags: isLifted ? CommandFlags.limitIsLifted : 0)
    text8(operation.utf8.span)
    text8(sku.utf8.span)
    text8(Limit.encoded([limit.limit]).span)
    end()
  }

  /// Opens a sale and fills it. Lines of a new supply name plain SKUs; otherwise the items to take from.
  public mutating func openSale(
    operation: String, sale: String, terms: WireSaleTerms, isPaused: Bool = false, source: SaleStock.Source = .supply,
    lines: [WireLine] = []
  ) {
    begin(.openSale, flags: isPaused ? CommandFlags.saleIsPaused : 0)
    text8(operation.utf8.span)
    text8(sale.utf8.span)
    put(terms.start.milliseconds)
    put(terms.end.milliseconds)
    put(terms.holdMilliseconds)
    put(terms.unpaid.rawValue)
    put(terms.flagged.rawValue)
    put(terms.options.rawValue)
    text16(Limit.encoded(terms.limits.map(\.limit)).span)
    text16(SubjectList.encoded(terms.eligible.map { ($0.dimension, $0.value) }).span)
    put(source.rawValue)
    put(lines)
    end()
  }

  /// Adds units to a sale.
  public mutating func addToSale(
    operation: String, sale: String, source: SaleStock.Source = .supply, lines: [WireLine]
  ) {
    begin(.addToSale)
    text8(operation.utf8.span)
    text8(sale.utf8.span)
    put(source.rawValue)
    put(lines)
    end()
  }

  /// Pauses, resumes or closes a sale.
  public mutating func switchSale(operation: String, sale: String, change: SwitchSale.Change) {
    begin(change.operation)
    text8(operation.utf8.span)
    text8(sale.utf8.span)
    end()
  }

  /// Flags a buyer, or clears the flag.
  public mutating func flagBuyer(operation: String, buyer: String, isFlagged: Bool = true) {
    begin(isFlagged ? .flagBuyer : .clearBuyer)
    text8(operation.utf8.span)
    text8(buyer.utf8.span)
    end()
  }

  /// One sale.
  public mutating func sale(_ sale: String) {
    begin(.sale)
    text8(sale.utf8.span)
    end()
  }

  /// A page of sales. `cursor` 0 begins; else the `next` of the page before.
  public mutating func sales(cursor: UInt64 = 0, rowsMax: UInt32 = 100) {
    begin(.sales)
    put(cursor)
    put(rowsMax)
    end()
  }

  /// What is known of a buyer.
  public mutating func buyer(_ buyer: String) {
    begin(.buyer)
    text8(buyer.utf8.span)
    end()
  }
}
