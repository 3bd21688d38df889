public import StockEngine
public import StockWire

// Reads. What they tell is durable, and `lsn` says up to which record they saw.

extension StockClient {
  /// Balances of up to 256 named items, at one moment, in the order asked.
  public func get(_ items: [String]) async throws(StockClientError) -> Answer<Reading<[WireBalance]>> {
    try await one { $0.get(items) }
  }

  /// Balances of a SKU in every pool that it lies in, at one moment: `main` first, then by name. None: there is no such SKU.
  public func pools(of sku: String) async throws(StockClientError) -> Answer<Reading<[WireBalance]>> {
    try await one { $0.pools(sku) }
  }

  /// One order, whole.
  public func order(_ order: String) async throws(StockClientError) -> Answer<Reading<WireOrder>> {
    try await one { $0.order(order) }
  }

  /// An item's changes, newest first. Version 0 begins at the newest.
  public func history(
    of item: String, beforeVersion: UInt64 = 0, rowsMax: UInt32 = 100
  ) async throws(StockClientError) -> Answer<Reading<HistoryPage>> {
    try await one { $0.history(item, beforeVersion: beforeVersion, rowsMax: rowsMax) }
  }

  /// How often buying an item was refused over time: one page. `sku` covers all of its pools, those of sales too; `sku@pool` is one
  /// (`sku@main` the SKU's own). The next page is the same query with `from` and `key` of the page's `next`.
  public func demand(
    for item: String, _ query: DemandQuery = DemandQuery()
  ) async throws(StockClientError) -> Answer<Reading<WireDemand>> {
    try await one { $0.demand(item, query) }
  }

  /// Totals of the store.
  public func stats() async throws(StockClientError) -> Answer<Reading<StoreStats>> {
    try await one { $0.stats() }
  }

  /// One page of the items whose name starts with `prefix`. Cursor 0 begins.
  public func page(
    cursor: UInt64 = 0, rowsMax: UInt32 = 500, prefix: String = ""
  ) async throws(StockClientError) -> Answer<Reading<ItemPage>> {
    try await one { $0.list(cursor: cursor, rowsMax: rowsMax, prefix: prefix) }
  }

  /// All items whose name starts with `prefix`, page by page. Each page is of one moment; the pages are of several.
  public func list(prefix: String = "", rowsMax: UInt32 = 500) -> ItemPages {
    ItemPages(client: self, prefix: prefix, rowsMax: rowsMax)
  }
}

/// The pages of a list, fetched one by one as they are asked for.
public struct ItemPages: AsyncSequence, Sendable {
  let client: StockClient
  let prefix: String
  let rowsMax: UInt32

  /// Fetches one page after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let pages: ItemPages
    var cursor: UInt64? = 0

    /// The next page; nil after the last. A page may be empty without being the last.
    /// - Throws: as every call; `frameRejected` if the server refuses the page (a prefix that is too long, say).
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(StockClientError) -> Reading<ItemPage>? {
      guard let cursor else { return nil }
      switch try await pages.client.page(cursor: cursor, rowsMax: pages.rowsMax, prefix: pages.prefix) {
      case .done(let page):
        self.cursor = page.value.next
        return page
      case .refused(let refusal):
        self.cursor = nil
        throw StockClientError(.frameRejected, refusal.description)
      }
    }

    /// The next page; nil after the last.
    public mutating func next() async throws(StockClientError) -> Reading<ItemPage>? {
      try await next(isolation: nil)
    }
  }

  /// Begins at the first page.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self) }
}
