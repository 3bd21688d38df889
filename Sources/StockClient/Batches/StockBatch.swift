import NIOCore
public import StockEngine
public import StockWire

/// Commands that travel together: one frame, one round trip, one reply.
///
/// They take effect in this order, each on its own: a batch is not a transaction. A batch that is longer than the server's
/// frames is sent as several frames, one behind the other. A history and a demand always travel alone.
public struct StockBatch: Sendable {
  var encoder = RequestEncoder()
  /// Where each command ends in the encoder's payload.
  private var ends: [Int] = []
  private var alone: Set<Int> = []

  /// An empty batch.
  public init() {}

  /// How many commands it has.
  public var count: Int { ends.count }
  /// Whether it has none.
  public var isEmpty: Bool { ends.isEmpty }

  // MARK: Orders

  /// Holds units for an order until its deadline: all lines or none.
  /// - Parameters:
  ///   - order: 1 to 64 bytes, yours; the key of idempotence.
  ///   - buyer: who buys, 0 to 64 bytes. Part of what makes two attempts the same, as lines and payload are.
  ///   - payload: up to 1,024 bytes that `order` gives back.
  ///   - hold: payment time; nil takes the server's rule.
  ///   - issuedAt: when you made the id, if an id that is too old to be remembered shall be refused.
  ///   - pools: up to 8, the best first. The lines then name SKUs; each is taken whole from the first pool that can give it whole, and
  ///     the answer tells from which.
  ///   - sale: the sale to buy in; the lines then name SKUs. Empty: outside sales.
  ///   - subjects: whom limits count besides the buyer, each dimension once. Part of what makes two attempts the same, as the sale is.
  ///   - replacesUnpaid: an unpaid order of the buyer that stands in the way is cancelled in the same step.
  @discardableResult
  public mutating func reserve(
    order: String, buyer: String = "", payload: [UInt8] = [], hold: Duration? = nil, issuedAt: Timestamp? = nil,
    pools: [String] = [], sale: String = "", subjects: [WireSubject] = [], replacesUnpaid: Bool = false,
    lines: [WireLine]
  ) -> Ticket<Hold> {
    encoder.reserve(
      order: order, buyer: buyer, payload: payload, lines: lines, holdMilliseconds: hold?.milliseconds ?? 0,
      issuedAt: issuedAt, pools: pools,
      terms: WireReserveTerms(sale: sale, subjects: subjects, replacesUnpaid: replacesUnpaid))
    return ticket { Hold($0) }
  }

  /// Reserve and confirm in one step.
  @discardableResult
  public mutating func deduct(
    order: String, buyer: String = "", payload: [UInt8] = [], issuedAt: Timestamp? = nil, pools: [String] = [],
    sale: String = "", subjects: [WireSubject] = [], lines: [WireLine]
  ) -> Ticket<Sale> {
    encoder.deduct(
      order: order, buyer: buyer, payload: payload, lines: lines, issuedAt: issuedAt, pools: pools,
      terms: WireReserveTerms(sale: sale, subjects: subjects))
    return ticket { Sale($0) }
  }

  /// The order is paid: its units are sold.
  @discardableResult
  public mutating func confirm(order: String) -> Ticket<Sale> {
    encoder.confirm(order: order)
    return ticket { Sale($0) }
  }

  /// The order's units go back. An order that was never seen is fenced: it can never happen.
  @discardableResult
  public mutating func cancel(order: String, reason: String = "") -> Ticket<Cancellation> {
    encoder.cancel(order: order, reason: reason)
    return ticket { Cancellation($0) }
  }

  /// A later deadline: now + `hold`, if that is later than the present one.
  @discardableResult
  public mutating func extend(operation: String, order: String, hold: Duration) -> Ticket<Hold> {
    encoder.extend(operation: operation, order: order, holdMilliseconds: hold.milliseconds)
    return ticket { Hold($0) }
  }

  /// Check-back: the order's state. If it never was, a tombstone makes sure that it never will be.
  @discardableResult
  public mutating func resolve(order: String) -> Ticket<Resolution> {
    encoder.resolve(order: order)
    return ticket { Resolution($0) }
  }

  /// Sold units come back, to be sold again or as scrap. No lines: all that is still out.
  @discardableResult
  public mutating func returnLines(
    operation: String, order: String, lines: [WireLine] = [], disposition: ReturnLines.Disposition = .available
  ) -> Ticket<ReturnReceipt> {
    encoder.returnLines(operation: operation, order: order, lines: lines, disposition: disposition)
    return ticket { ReturnReceipt($0) }
  }

  /// Some units of an open order are paid. The others stay held until the deadline, or go back in the same step.
  @discardableResult
  public mutating func confirmLines(
    operation: String, order: String, lines: [WireLine], remainder: ConfirmLines.Remainder = .keep
  ) -> Ticket<OrderChange> {
    encoder.confirmLines(operation: operation, order: order, lines: lines, remainder: remainder)
    return ticket { OrderChange($0, .confirmed) }
  }

  /// Some units of an open order go back.
  @discardableResult
  public mutating func cancelLines(
    operation: String, order: String, lines: [WireLine], reason: String = ""
  ) -> Ticket<OrderChange> {
    encoder.cancelLines(operation: operation, order: order, lines: lines, reason: reason)
    return ticket { OrderChange($0, .cancelled) }
  }

  /// The warehouse has sent a confirmed order.
  @discardableResult
  public mutating func ship(operation: String, order: String) -> Ticket<OrderChange> {
    encoder.ship(operation: operation, order: order)
    return ticket { OrderChange($0, .shipped) }
  }

  /// A shipped order has arrived.
  @discardableResult
  public mutating func deliver(operation: String, order: String) -> Ticket<OrderChange> {
    encoder.deliver(operation: operation, order: order)
    return ticket { OrderChange($0, .delivered) }
  }

  /// 1 to 4,096 numbers that no other call gets. A call that is repeated after a lost answer gets others.
  @discardableResult
  public mutating func nextIDs(_ count: UInt32 = 1) -> Ticket<IssuedIDs> {
    encoder.nextIDs(count)
    return ticket { IssuedIDs($0) }
  }

  // MARK: Stock

  /// Creates items with their first stock, all or none.
  /// - Parameter replace: existing items of which nothing is held are replaced instead of refusing the whole.
  @discardableResult
  public mutating func preheat(operation: String, replace: Bool = false, lines: [WireLine]) -> Ticket<StockChange> {
    encoder.preheat(operation: operation, lines: lines, replace: replace)
    return ticket { StockChange($0) }
  }

  /// Adds units to existing items, all or none.
  @discardableResult
  public mutating func supply(operation: String, lines: [WireLine]) -> Ticket<StockChange> {
    encoder.supply(operation: operation, lines: lines)
    return ticket { StockChange($0) }
  }

  /// Adds units to one item, with the paper that came with them.
  @discardableResult
  public mutating func restock(
    operation: String, item: String, quantity: UInt32, reference: String = ""
  ) -> Ticket<StockChange> {
    encoder.restock(operation: operation, item: item, quantity: quantity, reference: reference)
    return ticket { StockChange($0) }
  }

  /// Corrects one item's stock: by a difference, or to an absolute number at an expected version.
  /// - Parameter force: also below the item's floor.
  @discardableResult
  public mutating func adjust(
    operation: String, item: String, change: Adjust.Change, force: Bool = false, reason: String = "",
    reference: String = ""
  ) -> Ticket<StockChange> {
    encoder.adjust(
      operation: operation, item: item, change: change, force: force, reason: reason, reference: reference)
    return ticket { StockChange($0) }
  }

  /// Sets how far an item may be sold: a floor below 0 permits backorder, one above 0 keeps safety stock.
  @discardableResult
  public mutating func configure(operation: String, item: String, floor: Int64) -> Ticket<StockChange> {
    encoder.configure(operation: operation, item: item, floor: floor)
    return ticket { StockChange($0) }
  }

  /// Moves units from one pool of a SKU to another, which is made if it is not there. The answer tells what can still be bought
  /// of the pool that gave.
  @discardableResult
  public mutating func move(operation: String, from: String, to: String, quantity: UInt32) -> Ticket<StockChange> {
    encoder.move(operation: operation, from: from, to: to, quantity: quantity)
    return ticket { StockChange($0) }
  }

  // MARK: Reads

  /// Balances of up to 256 named items, at one moment, in the order asked.
  @discardableResult
  public mutating func get(_ items: [String]) -> Ticket<Reading<[WireBalance]>> {
    encoder.get(items: items)
    return ticket { Reading($0, \.items) }
  }

  /// A page of items. Cursor 0 begins.
  @discardableResult
  public mutating func list(cursor: UInt64 = 0, rowsMax: UInt32 = 500, prefix: String = "") -> Ticket<Reading<ItemPage>>
  {
    encoder.list(cursor: cursor, rowsMax: rowsMax, prefix: prefix)
    return ticket { Reading($0, \.page) }
  }

  /// One order, whole.
  @discardableResult
  public mutating func order(_ order: String) -> Ticket<Reading<WireOrder>> {
    encoder.order(order)
    return ticket { Reading($0, \.order) }
  }

  /// An item's changes, newest first. Version 0 begins at the newest.
  @discardableResult
  public mutating func history(
    _ item: String, beforeVersion: UInt64 = 0, rowsMax: UInt32 = 100
  ) -> Ticket<Reading<HistoryPage>> {
    alone.insert(ends.count)
    encoder.history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax)
    return ticket { Reading($0, \.history) }
  }

  /// How often buying an item, or a SKU in all of its pools, was refused over time: one page.
  @discardableResult
  public mutating func demand(_ item: String, _ query: DemandQuery = DemandQuery()) -> Ticket<Reading<WireDemand>> {
    alone.insert(ends.count)
    encoder.demand(item: item, query)
    return ticket { Reading($0, \.demand) }
  }

  /// Balances of a SKU in every pool that it lies in, at one moment: `main` first, then by name. None: there is no such SKU.
  @discardableResult
  public mutating func pools(_ sku: String) -> Ticket<Reading<[WireBalance]>> {
    encoder.pools(sku: sku)
    return ticket { Reading($0, \.items) }
  }

  /// Totals of the store.
  @discardableResult
  public mutating func stats() -> Ticket<Reading<StoreStats>> {
    encoder.stats()
    return ticket { Reading($0, \.stats) }
  }

  mutating func ticket<Success>(_ read: @escaping @Sendable (WireReply) -> Success?) -> Ticket<Success> {
    ends.append(encoder.payloadBytes)
    return Ticket(index: ends.count - 1, read: read)
  }

  // MARK: Frames

  /// The commands as frames without ids, each within the server's limits.
  func frames(within limits: FrameLimits) throws(StockClientError) -> [OutgoingFrame] {
    guard !isEmpty else { throw StockClientError(.badBatch, "the batch is empty") }
    var frames: [OutgoingFrame] = []
    var first = 0
    var start = 0
    while first < ends.count {
      var end = first + 1
      var rows = rows(first)
      if !alone.contains(first) {
        while end < ends.count, end - first < limits.commandsPerFrameMax, ends[end] - start <= limits.frameBytesMax,
          !alone.contains(end)
        {
          rows += self.rows(end)
          if rows > Wire.rowsPerFrameMax { break }
          end += 1
        }
      }
      let payloadBytes = ends[end - 1] - start
      guard payloadBytes <= limits.frameBytesMax else {
        throw StockClientError(
          .badBatch, "command \(first) has \(payloadBytes) bytes; the server takes \(limits.frameBytesMax) a frame")
      }
      frames.append(frame(commands: end - first, payload: start..<ends[end - 1], readsLog: alone.contains(first)))
      start = ends[end - 1]
      first = end
    }
    return frames
  }

  /// Rows that a command counts as, which the server bounds for each frame.
  private func rows(_ command: Int) -> Int {
    encoder.bytes.withUnsafeBytes { bytes in
      let start = FrameHeader.bytes + (command > 0 ? ends[command - 1] : 0)
      let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<FrameHeader.bytes + ends[command]])
      return (try? RequestDecoder.checkFraming(payload: payload, count: 1)) ?? 0
    }
  }

  private func frame(commands: Int, payload: Range<Int>, readsLog: Bool) -> OutgoingFrame {
    let header = FrameHeader(length: UInt32(payload.count), kind: .request, count: UInt16(commands))
    var buffer = ByteBufferAllocator().buffer(capacity: FrameHeader.bytes + payload.count)
    buffer.writeHeader(header)
    encoder.bytes.withUnsafeBytes { bytes in
      let start = FrameHeader.bytes + payload.lowerBound
      _ = buffer.writeBytes(bytes[start..<start + payload.count])
    }
    return OutgoingFrame(bytes: buffer, commands: commands, readsLog: readsLog)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up: a payment time is never shorter than asked.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
