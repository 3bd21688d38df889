public import StockEngine
public import StockWire

// Sales, limits and buyers, one call each. Bounds and meaning: `StockBatch`; a sale of any size: `openWholeSale`.

extension StockClient {
  /// Opens a sale and fills it with up to 512 lines, the whole or nothing.
  public func openSale(
    operation: String, sale: String, terms: WireSaleTerms, isPaused: Bool = false, source: SaleStock.Source = .supply,
    lines: [WireLine] = []
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one {
      $0.openSale(operation: operation, sale: sale, terms: terms, isPaused: isPaused, source: source, lines: lines)
    }
  }

  /// Adds units to a sale that is not over: up to 512 lines, all or none.
  public func addToSale(
    operation: String, sale: String, source: SaleStock.Source = .supply, lines: [WireLine]
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.addToSale(operation: operation, sale: sale, source: source, lines: lines) }
  }

  /// No new orders. Those that there are can be paid.
  public func pauseSale(operation: String, sale: String) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.pauseSale(operation: operation, sale: sale) }
  }

  /// A paused sale sells again.
  public func resumeSale(operation: String, sale: String) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.resumeSale(operation: operation, sale: sale) }
  }

  /// Closes a sale for good; what is left goes back to where it came from.
  public func closeSale(operation: String, sale: String) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.closeSale(operation: operation, sale: sale) }
  }

  /// One sale: its terms, its units over all items, its refusals.
  public func sale(_ sale: String) async throws(StockClientError) -> Answer<Reading<WireSale>> {
    try await one { $0.sale(sale) }
  }

  /// One page of the sales. Cursor 0 begins.
  public func salePage(
    cursor: UInt64 = 0, rowsMax: UInt32 = 100
  ) async throws(StockClientError) -> Answer<Reading<SalePage>> {
    try await one { $0.sales(cursor: cursor, rowsMax: rowsMax) }
  }

  /// All sales, page by page. Each page is of one moment; the pages are of several.
  public func sales(rowsMax: UInt32 = 100) -> SalePages { SalePages(client: self, rowsMax: rowsMax) }

  /// Sets or changes a limit of a SKU outside sales.
  public func limitSKU(
    operation: String, sku: String, limit: WireLimit
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.limitSKU(operation: operation, sku: sku, limit: limit) }
  }

  /// Lifts a limit of a SKU.
  public func liftLimit(
    operation: String, sku: String, dimension: String, measure: Limit.Measure = .units
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.liftLimit(operation: operation, sku: sku, dimension: dimension, measure: measure) }
  }

  /// Flags a buyer until the flag is cleared.
  public func flagBuyer(operation: String, buyer: String) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.flagBuyer(operation: operation, buyer: buyer) }
  }

  /// A buyer's flag goes, and what led to it.
  public func clearBuyer(operation: String, buyer: String) async throws(StockClientError) -> Answer<OperationReceipt> {
    try await one { $0.clearBuyer(operation: operation, buyer: buyer) }
  }

  /// What is known of a buyer: the flag, and orders that expired unpaid.
  public func buyer(_ buyer: String) async throws(StockClientError) -> Answer<Reading<WireBuyer>> {
    try await one { $0.buyer(buyer) }
  }
}

/// The pages of all sales, fetched one by one as they are asked for.
public struct SalePages: AsyncSequence, Sendable {
  let client: StockClient
  let rowsMax: UInt32

  /// Fetches one page after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let pages: SalePages
    var cursor: UInt64? = 0

    /// The next page; nil after the last.
    /// - Throws: as every call; `frameRejected` if the server refuses the page (more rows than it gives, say).
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(StockClientError) -> Reading<SalePage>? {
      guard let cursor else { return nil }
      switch try await pages.client.salePage(cursor: cursor, rowsMax: pages.rowsMax) {
      case .done(let page):
        self.cursor = page.value.next
        return page
      case .refused(let refusal):
        self.cursor = nil
        throw StockClientError(.frameRejected, refusal.description)
      }
    }

    /// The next page; nil after the last.
    public mutating func next() async throws(StockClientError) -> Reading<SalePage>? {
      try await next(isolation: nil)
    }
  }

  /// Begins at the first page.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self) }
}
