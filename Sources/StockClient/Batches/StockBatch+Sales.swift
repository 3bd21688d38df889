public import StockEngine
public import StockWire

// Sales, limits and buyers.

extension StockBatch {
  // MARK: Sales

  /// Opens a sale and fills it, the whole or nothing.
  /// - Parameters:
  ///   - operation: 1 to 64 bytes, yours; the key of idempotence, as in every command here.
  ///   - sale: 1 to 63 bytes, spelled like a pool. Its units then lie in the items `sku@~SALE`.
  ///   - isPaused: it sells nothing until it is resumed.
  ///   - source: `supply`: new units of plain SKUs; `pools`: taken from the items that the lines name, and what is not sold goes back
  ///     there.
  ///   - lines: up to 512; more are added by ``addToSale(operation:sale:source:lines:)``.
  @discardableResult
  public mutating func openSale(
    operation: String, sale: String, terms: WireSaleTerms, isPaused: Bool = false, source: SaleStock.Source = .supply,
    lines: [WireLine] = []
  ) -> Ticket<OperationReceipt> {
    encoder.openSale(operation: operation, sale: sale, terms: terms, isPaused: isPaused, source: source, lines: lines)
    return ticket { OperationReceipt($0) }
  }

  /// Adds units to a sale that is not over, of SKUs that it has or has not yet: up to 512 lines, all or none.
  @discardableResult
  public mutating func addToSale(
    operation: String, sale: String, source: SaleStock.Source = .supply, lines: [WireLine]
  ) -> Ticket<OperationReceipt> {
    encoder.addToSale(operation: operation, sale: sale, source: source, lines: lines)
    return ticket { OperationReceipt($0) }
  }

  /// No new orders. Those that there are can be paid.
  @discardableResult
  public mutating func pauseSale(operation: String, sale: String) -> Ticket<OperationReceipt> {
    switchSale(operation, sale, .pause)
  }

  /// A paused sale sells again.
  @discardableResult
  public mutating func resumeSale(operation: String, sale: String) -> Ticket<OperationReceipt> {
    switchSale(operation, sale, .resume)
  }

  /// Closes a sale for good. What is left goes back to where it came from, and so does what late expiries and returns free.
  @discardableResult
  public mutating func closeSale(operation: String, sale: String) -> Ticket<OperationReceipt> {
    switchSale(operation, sale, .close)
  }

  private mutating func switchSale(
    _ operation: String, _ sale: String, _ change: SwitchSale.Change
  ) -> Ticket<OperationReceipt> {
    encoder.switchSale(operation: operation, sale: sale, change: change)
    return ticket { OperationReceipt($0) }
  }

  // MARK: Limits, buyers

  /// Sets or changes a limit of a SKU outside sales; it counts over all of the SKU's pools.
  @discardableResult
  public mutating func limitSKU(operation: String, sku: String, limit: WireLimit) -> Ticket<OperationReceipt> {
    encoder.limitSKU(operation: operation, sku: sku, limit: limit)
    return ticket { OperationReceipt($0) }
  }

  /// Lifts a limit of a SKU. What is in use goes on being counted: a limit that is set again knows it.
  @discardableResult
  public mutating func liftLimit(
    operation: String, sku: String, dimension: String, measure: Limit.Measure = .units
  ) -> Ticket<OperationReceipt> {
    encoder.limitSKU(operation: operation, sku: sku, limit: WireLimit(dimension, 0, measure: measure), isLifted: true)
    return ticket { OperationReceipt($0) }
  }

  /// Flags a buyer until the flag is cleared; a sale's policy says what becomes of the buyer's orders.
  @discardableResult
  public mutating func flagBuyer(operation: String, buyer: String) -> Ticket<OperationReceipt> {
    encoder.flagBuyer(operation: operation, buyer: buyer)
    return ticket { OperationReceipt($0) }
  }

  /// A buyer's flag goes, and what led to it.
  @discardableResult
  public mutating func clearBuyer(operation: String, buyer: String) -> Ticket<OperationReceipt> {
    encoder.flagBuyer(operation: operation, buyer: buyer, isFlagged: false)
    return ticket { OperationReceipt($0) }
  }

  // MARK: Reads

  /// One sale: its terms, its units over all items, its refusals.
  @discardableResult
  public mutating func sale(_ sale: String) -> Ticket<Reading<WireSale>> {
    encoder.sale(sale)
    return ticket { Reading($0, \.sale) }
  }

  /// A page of sales. Cursor 0 begins.
  @discardableResult
  public mutating func sales(cursor: UInt64 = 0, rowsMax: UInt32 = 100) -> Ticket<Reading<SalePage>> {
    encoder.sales(cursor: cursor, rowsMax: rowsMax)
    return ticket { Reading($0, \.sales) }
  }

  /// What is known of a buyer: the flag, and orders that expired unpaid.
  @discardableResult
  public mutating func buyer(_ buyer: String) -> Ticket<Reading<WireBuyer>> {
    encoder.buyer(buyer)
    return ticket { Reading($0, \.buyer) }
  }
}
