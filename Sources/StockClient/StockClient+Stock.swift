public import StockEngine
public import StockWire

// What brings stock in and corrects it. Each carries an operation id and is done once.

extension StockClient {
  /// Creates items with their first stock, all or none.
  /// - Parameter replace: existing items of which nothing is held are replaced instead of refusing the whole.
  public func preheat(
    operation: String, replace: Bool = false, lines: [WireLine]
  ) async throws(StockClientError) -> Answer<StockChange> {
    try await one { $0.preheat(operation: operation, replace: replace, lines: lines) }
  }

  /// Adds units to existing items, all or none.
  public func supply(operation: String, lines: [WireLine]) async throws(StockClientError) -> Answer<StockChange> {
    try await one { $0.supply(operation: operation, lines: lines) }
  }

  /// Adds units to one item, with the paper that came with them.
  public func restock(
    operation: String, item: String, quantity: UInt32, reference: String = ""
  ) async throws(StockClientError) -> Answer<StockChange> {
    try await one { $0.restock(operation: operation, item: item, quantity: quantity, reference: reference) }
  }

  /// Corrects one item's stock: by a difference, or to an absolute number at an expected version.
  public func adjust(
    operation: String, item: String, change: Adjust.Change, force: Bool = false, reason: String = "",
    reference: String = ""
  ) async throws(StockClientError) -> Answer<StockChange> {
    try await one {
      $0.adjust(operation: operation, item: item, change: change, force: force, reason: reason, reference: reference)
    }
  }

  /// Sets how far an item may be sold: a floor below 0 permits backorder, one above 0 keeps safety stock.
  public func configure(
    operation: String, item: String, floor: Int64
  ) async throws(StockClientError) -> Answer<StockChange> {
    try await one { $0.configure(operation: operation, item: item, floor: floor) }
  }

  /// Moves units from one pool of a SKU to another, which is made if it is not there.
  public func move(
    operation: String, from: String, to: String, quantity: UInt32
  ) async throws(StockClientError) -> Answer<StockChange> {
    try await one { $0.move(operation: operation, from: from, to: to, quantity: quantity) }
  }
}
