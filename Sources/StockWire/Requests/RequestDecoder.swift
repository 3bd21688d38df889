public import StockEngine

/// Turns a request frame's payload into commands of a batch.
///
/// The payload is copied into the batch once; texts are ranges of that copy. Nothing is allocated per command once the batch
/// is warm.
public enum RequestDecoder {
  /// Checks that `count` commands fill the payload exactly. Bodies are not looked at.
  ///
  /// A frame is taken whole or not at all: nothing of it is decoded before this has passed.
  /// - Returns: the most rows that the replies may have, so that a server can bound them before it executes anything. An
  ///   order counts as ``Wire/rowsPerOrder``, a sale as ``Wire/rowsPerSale``, a read of pools as ``Wire/rowsPerPools``.
  @discardableResult
  public static func checkFraming(payload: UnsafeRawBufferPointer, count: Int) throws(WireFault) -> Int {
    var offset = 0
    var rows = 0
    let end = payload.count
    for index in 0..<count {
      guard end - offset >= CommandHeader.bytes else {
        throw WireFault(.malformedFrame, "command \(index) of \(count) begins past the frame's end")
      }
      let head = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let bodyBytes = Int(head >> 32)
      offset += CommandHeader.bytes
      guard end - offset >= bodyBytes else {
        throw WireFault(.malformedFrame, "the body of command \(index) of \(count) ends past the frame's end")
      }
      if UInt8(truncatingIfNeeded: head) >= Operation.get.rawValue {
        rows += Self.rows(
          UInt8(truncatingIfNeeded: head), UnsafeRawBufferPointer(rebasing: payload[offset..<offset + bodyBytes]))
      }
      offset += bodyBytes
    }
    guard offset == end else {
      throw WireFault(.malformedFrame, "\(end - offset) bytes follow the last of \(count) commands")
    }
    return rows
  }

  /// Rows that a read may answer. What cannot be read, or is out of bounds, is answered without any.
  private static func rows(_ rawOperation: UInt8, _ body: UnsafeRawBufferPointer) -> Int {
    var fields = FieldReader(body, 0..<body.count)
    switch Operation(rawValue: rawOperation) {
    case .get: return min(Int(fields.u16()), Bounds.itemsPerReadMax)
    case .list:
      _ = fields.u64()
      let rows = Int(fields.u32())
      return fields.isBroken ? 0 : max(Wire.rowsPerList, min(rows, Bounds.rowsPerPageMax))
    case .history:
      _ = fields.u64()
      return min(Int(fields.u32()), Bounds.rowsPerPageMax)
    case .sales:
      _ = fields.u64()
      return min(Int(fields.u32()), Bounds.rowsPerPageMax) * Wire.rowsPerOrder
    case .demand:
      _ = fields.skip(3 * MemoryLayout<UInt64>.size)
      return min(Int(fields.u32()), Bounds.rowsPerPageMax)
    case .order: return Wire.rowsPerOrder
    case .sale: return Wire.rowsPerSale
    case .pools: return Wire.rowsPerPools
    case .preheat, .supply, .restock, .adjust, .configureItem, .move, .limitSKU, .reserve, .confirm, .cancel, .deduct,
      .extend, .resolve,
      .returnLines, .ship, .deliver, .confirmLines, .cancelLines, .nextIDs, .openSale, .addToSale, .pauseSale,
      .resumeSale, .closeSale, .flagBuyer, .clearBuyer, .stats, .buyer,
      nil:
      return 0
    }
  }

  /// Appends exactly `count` commands to `batch`, which must have room for them.
  ///
  /// A command that is unknown, unreadable or out of bounds keeps its place as malformed. A history or a demand that is not
  /// alone in its frame is one of these.
  /// - Throws: ``WireFault`` `malformedFrame` if the commands do not fill the payload; nothing was appended then.
  public static func decode(
    payload: UnsafeRawBufferPointer, count: Int, into batch: inout CommandBatch
  ) throws(WireFault) {
    try checkFraming(payload: payload, count: count)
    decodeChecked(payload: payload, count: count, into: &batch)
  }

  /// The same for a payload that ``checkFraming(payload:count:)`` has passed.
  public static func decodeChecked(payload: UnsafeRawBufferPointer, count: Int, into batch: inout CommandBatch) {
    batch.beginFrame()
    let shift = UInt32(truncatingIfNeeded: batch.adopt(payload))
    var offset = 0
    for _ in 0..<count {
      let head = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let body = offset + CommandHeader.bytes
      let end = body + Int(head >> 32)
      var reader = CommandReader(fields: FieldReader(payload, body..<end), shift: shift)
      if UInt16(truncatingIfNeeded: head >> 16) != 0 {
        batch.append(.malformed(.unreadable))
      } else {
        let flags = UInt8(truncatingIfNeeded: head >> 8)
        reader.append(UInt8(truncatingIfNeeded: head), flags: flags, isAlone: count == 1, to: &batch)
      }
      offset = end
    }
  }
}

/// Reads one command's body.
private struct CommandReader {
  var fields: FieldReader
  /// From an offset in the payload to one in the batch.
  let shift: UInt32

  @inline(__always)
  mutating func append(_ rawOperation: UInt8, flags: UInt8, isAlone: Bool, to batch: inout CommandBatch) {
    guard let operation = Operation(rawValue: rawOperation) else {
      batch.append(.malformed(.unknownOperation))
      return
    }
    guard flags & ~CommandFlags.known(operation) == 0 else {
      batch.append(.malformed(.unreadable))
      return
    }
    let command = read(operation, flags: flags, &batch)
    if !fields.isComplete {
      batch.append(.malformed(.unreadable))
    } else if operation.readsTheLog, !isAlone {
      batch.append(.malformed(.notAlone))
    } else {
      batch.append(command)
    }
  }

  @inline(__always)
  private mutating func read(_ operation: Operation, flags: UInt8, _ batch: inout CommandBatch) -> Command {
    switch operation {
    case .reserve: .reserve(reserve(flags, &batch))
    case .deduct: .deduct(reserve(flags, &batch))
    case .confirm: .confirm(Confirm(order: text8()))
    case .cancel: .cancel(Cancel(order: text8(), reason: text16()))
    case .resolve: .resolve(Resolve(order: text8()))
    case .extend: .extend(Extend(operation: text8(), order: text8(), holdMilliseconds: fields.i64()))
    case .returnLines: .returnLines(returned(flags, &batch))
    case .ship: .ship(Mark(operation: text8(), order: text8()))
    case .deliver: .deliver(Mark(operation: text8(), order: text8()))
    case .confirmLines:
      .confirmLines(
        ConfirmLines(
          operation: text8(), order: text8(), lines: lines(&batch),
          remainder: flags & CommandFlags.confirmRelease != 0 ? .release : .keep))
    case .cancelLines:
      .cancelLines(CancelLines(operation: text8(), order: text8(), lines: lines(&batch), reason: text16()))
    case .preheat:
      .preheat(
        Preheat(operation: text8(), lines: lines(&batch), replace: flags & CommandFlags.preheatReplace != 0))
    case .supply: .supply(Supply(operation: text8(), lines: lines(&batch)))
    case .restock: .restock(Restock(operation: text8(), line: line(&batch), reference: text16()))
    case .adjust: .adjust(adjust(flags))
    case .configureItem: .configureItem(configure(flags))
    case .move: .move(move())
    case .get: .get(Get(lines: items(&batch)))
    case .list: .list(List(cursor: fields.u64(), rowsMax: fields.u32(), prefix: text8()))
    case .order: .order(ReadOrder(order: text8()))
    case .history: history()
    case .demand: demand()
    case .stats: .stats
    case .limitSKU:
      .limitSKU(
        LimitSKU(
          operation: text8(), item: text8(), limit: text8(), isLifted: flags & CommandFlags.limitIsLifted != 0))
    case .openSale: openSale(flags, &batch)
    case .addToSale: .addToSale(AddToSale(operation: text8(), sale: text8(), stock: saleStock(&batch)))
    case .pauseSale: .switchSale(SwitchSale(operation: text8(), sale: text8(), change: .pause))
    case .resumeSale: .switchSale(SwitchSale(operation: text8(), sale: text8(), change: .resume))
    case .closeSale: .switchSale(SwitchSale(operation: text8(), sale: text8(), change: .close))
    case .flagBuyer: .flagBuyer(FlagBuyer(operation: text8(), buyer: text8(), isFlagged: true))
    case .clearBuyer: .flagBuyer(FlagBuyer(operation: text8(), buyer: text8(), isFlagged: false))
    case .sale: .sale(ReadSale(sale: text8()))
    case .sales: .sales(ListSales(cursor: fields.u64(), rowsMax: fields.u32()))
    case .buyer: .buyer(ReadBuyer(buyer: text8()))
    case .nextIDs: .nextIDs(NextIDs(count: fields.u32()))
    case .pools: .pools(ReadPools(sku: text8()))
    }
  }

  private mutating func reserve(_ flags: UInt8, _ batch: inout CommandBatch) -> Reserve {
    let hold = fields.i64()
    let issuedAt = flags & CommandFlags.reserveIssuedAt != 0 ? fields.i64() : 0
    let order = text8()
    let buyer = text8()
    let payload = text16()
    var reserve = Reserve(
      order: order, buyer: buyer, payload: payload, lines: lines(&batch), holdMilliseconds: hold,
      issuedAt: Timestamp(milliseconds: issuedAt))
    if flags & CommandFlags.reservePools != 0 { reserve.pools = pools(&batch) }
    if flags & CommandFlags.reserveSale != 0 { reserve.sale = text8() }
    if flags & CommandFlags.reserveSubjects != 0 { reserve.subjects = text16() }
    reserve.replacesUnpaid = flags & CommandFlags.reserveReplacesUnpaid != 0
    return reserve
  }

  private mutating func openSale(_ flags: UInt8, _ batch: inout CommandBatch) -> Command {
    let operation = text8()
    let sale = text8()
    let (start, end, hold) = (fields.i64(), fields.i64(), fields.i64())
    let unpaid = SaleTerms.UnpaidPolicy(rawValue: fields.u8())
    let flagged = SaleTerms.FlaggedPolicy(rawValue: fields.u8())
    let options = SaleTerms.Options(rawValue: fields.u8())
    let limits = text16()
    let eligible = text16()
    let stock = saleStock(&batch)
    guard let unpaid, let flagged else {
      fields.fail()
      return .stats
    }
    let terms = SaleTerms(
      start: Timestamp(milliseconds: start), end: Timestamp(milliseconds: end), holdMilliseconds: hold, unpaid: unpaid,
      flagged: flagged, options: options, limits: limits, eligible: eligible)
    return .openSale(
      OpenSale(
        operation: operation, sale: sale, terms: terms, isPaused: flags & CommandFlags.saleIsPaused != 0, stock: stock))
  }

  private mutating func saleStock(_ batch: inout CommandBatch) -> SaleStock {
    let source = SaleStock.Source(rawValue: fields.u8())
    if source == nil { fields.fail() }
    return SaleStock(source: source ?? .supply, lines: lines(&batch))
  }

  private mutating func pools(_ batch: inout CommandBatch) -> PoolRanking {
    let start = batch.poolCount
    let count = fields.u8()
    for _ in 0..<count { batch.appendPool(text8()) }
    return PoolRanking(start: UInt32(truncatingIfNeeded: start), count: count)
  }

  private mutating func returned(_ flags: UInt8, _ batch: inout CommandBatch) -> ReturnLines {
    let operation = text8()
    let order = text8()
    return ReturnLines(
      operation: operation, order: order, lines: lines(&batch),
      disposition: flags & CommandFlags.returnScrapped != 0 ? .scrapped : .available)
  }

  private mutating func adjust(_ flags: UInt8) -> Adjust {
    let operation = text8()
    let item = text8()
    let value = fields.i64()
    let change: Adjust.Change =
      flags & CommandFlags.adjustAbsolute != 0 ? .to(available: value, version: fields.u64()) : .by(value)
    return Adjust(
      operation: operation, item: item, change: change, force: flags & CommandFlags.adjustForce != 0, reason: text16(),
      reference: text16())
  }

  private mutating func configure(_ flags: UInt8) -> ConfigureItem {
    let operation = text8()
    let item = text8()
    return ConfigureItem(
      operation: operation, item: item, floor: flags & CommandFlags.configureFloor != 0 ? fields.i64() : nil)
  }

  private mutating func move() -> Move {
    let operation = text8()
    let from = text8()
    let to = text8()
    return Move(operation: operation, from: from, to: to, quantity: Int64(fields.u32()))
  }

  private mutating func history() -> Command {
    let beforeVersion = fields.u64()
    let rowsMax = fields.u32()
    return .history(History(item: text8(), beforeVersion: beforeVersion, rowsMax: rowsMax))
  }

  private mutating func demand() -> Command {
    let from = Timestamp(milliseconds: fields.i64())
    let key = fields.u64()
    let until = Timestamp(milliseconds: fields.i64())
    let rowsMax = fields.u32()
    let bucket = DemandBucket(rawValue: fields.u8())
    if bucket == nil { fields.fail() }
    return .demand(
      ReadDemand(
        item: text8(),
        query: DemandQuery(from: from, key: key, until: until, bucket: bucket ?? .second, rowsMax: rowsMax)))
  }

  // MARK: Parts

  @inline(__always)
  private func range(_ range: Range<Int>) -> ByteRange {
    ByteRange(
      offset: UInt32(truncatingIfNeeded: range.lowerBound) &+ shift, count: UInt32(truncatingIfNeeded: range.count))
  }

  @inline(__always) private mutating func text8() -> ByteRange { range(fields.text8()) }
  @inline(__always) private mutating func text16() -> ByteRange { range(fields.text16()) }

  /// Items with quantities. Stops at the first that is not there: a count alone makes no work.
  @inline(__always)
  private mutating func lines(_ batch: inout CommandBatch) -> IndexRange {
    let start = batch.lineCount
    for _ in 0..<fields.u16() {
      let item = text8()
      let quantity = fields.u32()
      if fields.isBroken { break }
      batch.appendLine(item: item, quantity: Int64(quantity))
    }
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: UInt32(batch.lineCount - start))
  }

  private mutating func line(_ batch: inout CommandBatch) -> IndexRange {
    let start = batch.lineCount
    let item = text8()
    batch.appendLine(item: item, quantity: Int64(fields.u32()))
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: 1)
  }

  private mutating func items(_ batch: inout CommandBatch) -> IndexRange {
    let start = batch.lineCount
    for _ in 0..<fields.u16() {
      let item = text8()
      if fields.isBroken { break }
      batch.appendLine(item: item, quantity: 0)
    }
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: UInt32(batch.lineCount - start))
  }
}
