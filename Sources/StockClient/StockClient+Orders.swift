public import StockEngine
public import StockWire

// The commands of an order's life, one call each. Bounds and meaning: `StockBatch`; several at once: `batch`.

extension StockClient {
  /// Holds units for an order until its deadline: all lines or none.
  ///
  /// The order id is the key of idempotence: calling again with the same content gives the same success.
  /// - Parameters:
  ///   - hold: payment time; nil takes the server's rule.
  ///   - pools: up to 8, the best first; the lines then name SKUs.
  ///   - sale: the sale to buy in; the lines then name SKUs.
  ///   - subjects: whom limits count besides the buyer.
  ///   - replacesUnpaid: an unpaid order of the buyer that stands in the way is cancelled in the same step.
  public func reserve(
    order: String, buyer: String = "", payload: [UInt8] = [], hold: Duration? = nil, issuedAt: Timestamp? = nil,
    pools: [String] = [], sale: String = "", subjects: [WireSubject] = [], replacesUnpaid: Bool = false,
    lines: [WireLine]
  ) async throws(StockClientError) -> Answer<Hold> {
    try await one {
      $0.reserve(
        order: order, buyer: buyer, payload: payload, hold: hold, issuedAt: issuedAt, pools: pools, sale: sale,
        subjects: subjects, replacesUnpaid: replacesUnpaid, lines: lines)
    }
  }

  /// Reserve and confirm in one step.
  public func deduct(
    order: String, buyer: String = "", payload: [UInt8] = [], issuedAt: Timestamp? = nil, pools: [String] = [],
    sale: String = "", subjects: [WireSubject] = [], lines: [WireLine]
  ) async throws(StockClientError) -> Answer<Sale> {
    try await one {
      $0.deduct(
        order: order, buyer: buyer, payload: payload, issuedAt: issuedAt, pools: pools, sale: sale,
        subjects: subjects, lines: lines)
    }
  }

  /// The order is paid: its units are sold.
  public func confirm(order: String) async throws(StockClientError) -> Answer<Sale> {
    try await one { $0.confirm(order: order) }
  }

  /// The order's units go back. An order that was never seen is fenced: it can never happen.
  public func cancel(order: String, reason: String = "") async throws(StockClientError) -> Answer<Cancellation> {
    try await one { $0.cancel(order: order, reason: reason) }
  }

  /// A later deadline: now + `hold`, if that is later than the present one.
  public func extend(operation: String, order: String, hold: Duration) async throws(StockClientError) -> Answer<Hold> {
    try await one { $0.extend(operation: operation, order: order, hold: hold) }
  }

  /// Check-back: the order's state. If it never was, a tombstone makes sure that it never will be.
  public func resolve(order: String) async throws(StockClientError) -> Answer<Resolution> {
    try await one { $0.resolve(order: order) }
  }

  /// Sold units come back, to be sold again or as scrap. No lines: all that is still out.
  public func returnLines(
    operation: String, order: String, lines: [WireLine] = [], disposition: ReturnLines.Disposition = .available
  ) async throws(StockClientError) -> Answer<ReturnReceipt> {
    try await one { $0.returnLines(operation: operation, order: order, lines: lines, disposition: disposition) }
  }

  /// Some units of an open order are paid. The others stay held until the deadline (`keep`), or go back in the same step.
  ///
  /// More than the order still holds is refused as a whole, with `exceedsHeld`.
  public func confirmLines(
    operation: String, order: String, lines: [WireLine], remainder: ConfirmLines.Remainder = .keep
  ) async throws(StockClientError) -> Answer<OrderChange> {
    try await one { $0.confirmLines(operation: operation, order: order, lines: lines, remainder: remainder) }
  }

  /// Some units of an open order go back. An order that was never seen is not fenced by it.
  public func cancelLines(
    operation: String, order: String, lines: [WireLine], reason: String = ""
  ) async throws(StockClientError) -> Answer<OrderChange> {
    try await one { $0.cancelLines(operation: operation, order: order, lines: lines, reason: reason) }
  }

  /// The warehouse has sent a confirmed order.
  public func ship(operation: String, order: String) async throws(StockClientError) -> Answer<OrderChange> {
    try await one { $0.ship(operation: operation, order: order) }
  }

  /// A shipped order has arrived.
  public func deliver(operation: String, order: String) async throws(StockClientError) -> Answer<OrderChange> {
    try await one { $0.deliver(operation: operation, order: order) }
  }

  /// 1 to 4,096 numbers that no other call of this store gets, in the order of time: ids for orders, say.
  ///
  /// An answer that is lost wastes its numbers; the repeat that this client sends gets others.
  public func nextIDs(_ count: UInt32 = 1) async throws(StockClientError) -> Answer<IssuedIDs> {
    try await one { $0.nextIDs(count) }
  }
}
