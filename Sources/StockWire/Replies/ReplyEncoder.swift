public import StockEngine

/// Writes the replies to one request frame as one reply frame: sized first, then written in place. It allocates nothing.
public enum ReplyEncoder {
  /// Bytes of the whole frame for `range` of the batch's replies.
  public static func frameBytes(_ batch: borrowing ReplyBatch, _ range: Range<Int>) -> Int {
    let replies = batch.replies
    var total = 0
    for index in range {
      let reply = replies[index]
      total += ReplyHeader.bytes + Self.bodyBytes(batch, reply, after: total, before: range.upperBound - index - 1)
    }
    return FrameHeader.bytes + total
  }

  /// Writes the whole frame.
  /// - Parameter bytes: ``frameBytes(_:_:)`` of them for the same batch and range.
  public static func write(
    _ batch: borrowing ReplyBatch, _ range: Range<Int>, id: UInt64, to bytes: UnsafeMutableRawBufferPointer
  ) {
    precondition(range.count <= Int(UInt16.max), "a reply frame has at most 65,535 replies")
    let replies = batch.replies
    var writer = FieldWriter(bytes)
    FrameHeader(
      length: UInt32(bytes.count - FrameHeader.bytes), kind: .reply, count: UInt16(range.count), id: id
    ).write(to: &writer)
    for index in range {
      Self.write(batch, replies[index], before: range.upperBound - index - 1, to: &writer)
    }
    precondition(writer.offset == bytes.count, "a frame fills what it was sized to")
  }

  // MARK: One reply

  @inline(__always)
  private static func write(
    _ batch: borrowing ReplyBatch, _ reply: Reply, before left: Int, to writer: inout FieldWriter
  ) {
    let bodyBytes = Self.bodyBytes(batch, reply, after: writer.offset - FrameHeader.bytes, before: left)
    let kind = Self.kind(reply.body, bodyBytes)
    let isRepeat = reply.isRepeat ? ReplyHeader.isRepeat : 0
    if bodyBytes == 0, kind != .none {
      Self.writeHead(.unavailable, isRepeat, .none, 0, reply.lsn, to: &writer)
      return
    }
    Self.writeHead(reply.outcome, isRepeat, kind, bodyBytes, reply.lsn, to: &writer)
    switch reply.body {
    case .none: break
    case .hold(let available, let deadline):
      writer.i64(available)
      writer.i64(deadline.milliseconds)
    case .available(let available): writer.i64(available)
    case .state(let state): writer.u8(state.rawValue)
    case .version(let version, let available):
      writer.u64(version)
      writer.i64(available)
    case .malformation(let malformation): writer.u8(malformation.rawValue)
    case .placed(let range, let deadline):
      if kind == .placed {
        Self.writeRows(batch, reply.body, to: &writer)
      } else {
        writer.i64(batch.placed[Int(range.start)].available)
        writer.i64(deadline.milliseconds)
      }
    case .ids(let first, let count):
      writer.u64(first)
      writer.u32(count)
    case .shortages, .items, .page, .order, .stats, .history, .demand, .limit, .unpaid, .sales, .buyer:
      Self.writeRows(batch, reply.body, to: &writer)
    }
  }

  @inline(__always)
  private static func writeHead(
    _ outcome: Outcome, _ flags: UInt8, _ kind: ReplyBodyKind, _ bodyBytes: Int, _ lsn: LSN,
    to writer: inout FieldWriter
  ) {
    let head =
      UInt64(outcome.rawValue) | UInt64(flags) << 8 | UInt64(kind.rawValue) << 16
      | UInt64(UInt32(truncatingIfNeeded: bodyBytes)) << 32
    writer.u64(head)
    writer.u64(lsn.rawValue)
  }

  private static func writeRows(_ batch: borrowing ReplyBatch, _ body: Reply.Body, to writer: inout FieldWriter) {
    let texts = batch.bytes
    texts.withUnsafeBytes { texts in
      switch body {
      case .shortages(let range):
        let rows = batch.shortages
        writer.u16(UInt16(range.count))
        for row in rows[range.indices] {
          writer.text8(texts.text(row.item))
          writer.i64(row.available)
        }
      case .placed(let range, let deadline):
        writer.i64(deadline.milliseconds)
        writer.u16(UInt16(range.count))
        for row in batch.placed[range.indices] {
          writer.text8(texts.text(row.item))
          writer.i64(row.quantity)
          writer.i64(row.backordered)
          writer.i64(row.available)
        }
      case .items(let range):
        writer.u16(UInt16(range.count))
        for row in batch.items[range.indices] { Self.write(row, texts, to: &writer) }
      case .page(let range, let next):
        writer.u64(next)
        writer.u16(UInt16(range.count))
        for row in batch.items[range.indices] { Self.write(row, texts, to: &writer) }
      case .order(let index): Self.write(batch.orders[Int(index)], batch.orderLines, texts, to: &writer)
      case .stats(let index): Self.write(batch.stats[Int(index)], to: &writer)
      case .history(let range, let completeSince):
        writer.u64(completeSince.rawValue)
        writer.u16(UInt16(range.count))
        for row in batch.changes[range.indices] { Self.write(row, texts, to: &writer) }
      case .demand(let index):
        Self.write(batch.demands[Int(index)], batch.demandRows, texts, to: &writer)
      case .limit(let index): Self.write(batch.limits[Int(index)], texts, to: &writer)
      case .unpaid(let order): writer.text8(texts.text(order))
      case .sales(let range, let next):
        writer.u64(next)
        writer.u16(UInt16(range.count))
        for row in batch.sales[range.indices] { Self.write(row, texts, to: &writer) }
      case .buyer(let index): Self.write(batch.buyers[Int(index)], texts, to: &writer)
      case .none, .hold, .available, .state, .version, .malformation, .ids: break
      }
    }
  }

  // MARK: Rows

  private static func write(_ row: ItemBalance, _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter) {
    writer.text8(texts.text(row.item))
    writer.u8(row.exists ? BalanceFlags.exists : 0)
    writer.u32(row.number.rawValue)
    writer.i64(row.supplied)
    writer.i64(row.available)
    writer.i64(row.reserved)
    writer.i64(row.sold)
    writer.i64(row.scrapped)
    writer.i64(row.floor)
    writer.u64(row.version)
  }

  private static func write(
    _ order: OrderRecord, _ lines: [OrderRecordLine], _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter
  ) {
    writer.u8(order.state.rawValue)
    writer.u8(
      (order.isRetired ? OrderFlags.retired : 0) | (order.isRefundRequired ? OrderFlags.refundRequired : 0)
        | (order.isLate ? OrderFlags.late : 0))
    writer.i64(order.createdAt.milliseconds)
    writer.i64(order.changedAt.milliseconds)
    writer.i64(order.deadline.milliseconds)
    writer.text8(texts.text(order.order))
    writer.text8(texts.text(order.buyer))
    writer.text16(texts.text(order.payload))
    writer.u16(UInt16(order.lines.count))
    for line in lines[order.lines.indices] {
      writer.text8(texts.text(line.item))
      writer.i64(line.quantity)
      writer.i64(line.confirmed)
      writer.i64(line.cancelled)
      writer.i64(line.returned)
    }
    writer.text8(texts.text(order.sale))
    writer.text16(texts.text(order.subjects))
  }

  private static func write(_ row: ItemChange, _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter) {
    writer.u64(row.lsn.rawValue)
    writer.i64(row.time.milliseconds)
    writer.u8(row.kind.rawValue)
    writer.u64(row.version)
    writer.i64(row.availableDelta)
    writer.i64(row.reservedDelta)
    writer.i64(row.soldDelta)
    writer.i64(row.scrappedDelta)
    writer.i64(row.available)
    writer.text8(texts.text(row.reference))
  }

  private static func write(_ stats: StoreStats, to writer: inout FieldWriter) {
    writer.u8(stats.isSpaceLow ? StatsFlags.spaceLow : 0)
    writer.i64(stats.now.milliseconds)
    writer.u64(stats.items)
    writer.u64(stats.ordersOpen)
    writer.u64(stats.ordersKept)
    writer.u64(stats.fingerprints)
    writer.u64(stats.operations)
    writer.i64(stats.supplied)
    writer.i64(stats.available)
    writer.i64(stats.reserved)
    writer.i64(stats.sold)
    writer.i64(stats.scrapped)
    writer.u64(stats.stateHash)
    writer.u64(stats.lastLSN.rawValue)
    writer.u64(stats.durableLSN.rawValue)
    writer.u64(stats.snapshotLSN.rawValue)
    writer.u64(stats.logBytes)
    writer.u64(stats.logRecords)
    writer.u64(stats.logGroups)
    writer.u64(stats.logRawBytes)
    writer.i64(stats.expiryLagMilliseconds)
    writer.i64(stats.uptimeMilliseconds)
    writer.i64(stats.recoveryMilliseconds)
    writer.u64(stats.shards)
  }
}

// MARK: - Sizes

extension ReplyEncoder {
  static let balanceBytes = 1 + 1 + 4 + 7 * 8
  static let orderLineBytes = 1 + 4 * 8
  static let changeBytes = 9 * 8 - 7
  static let holdBytes = 16
  static let statsBytes = 1 + 23 * 8

  /// No reply needs more, if there is room for nothing better.
  static let leastBytes = ReplyHeader.bytes + holdBytes

  /// Bytes of a reply's body; 0 for a read's that would carry the frame past its maximum (it is answered `unavailable`).
  /// - Parameters:
  ///   - total: bytes of the replies before it.
  ///   - left: replies behind it, which must find room too.
  @inline(__always)
  fileprivate static func bodyBytes(
    _ batch: borrowing ReplyBatch, _ reply: Reply, after total: Int, before left: Int
  ) -> Int {
    switch reply.body {
    case .none: return 0
    case .hold, .version: return holdBytes
    case .available: return 8
    case .ids: return 12
    case .state, .malformation: return 1
    case .shortages, .items, .page, .order, .stats, .history, .demand, .limit, .unpaid, .sales, .buyer:
      let bytes = Self.rowBytes(batch, reply.body)
      return Self.fits(total + ReplyHeader.bytes + bytes, before: left) ? bytes : 0
    case .placed:
      // It took effect, so it is not unavailable: what does not fit is said in fewer words.
      let bytes = Self.rowBytes(batch, reply.body)
      return Self.fits(total + ReplyHeader.bytes + bytes, before: left) ? bytes : holdBytes
    }
  }

  private static func fits(_ bytes: Int, before left: Int) -> Bool {
    bytes + left * leastBytes <= Wire.replyFrameBytesMax
  }

  private static func rowBytes(_ batch: borrowing ReplyBatch, _ body: Reply.Body) -> Int {
    switch body {
    case .none, .hold, .available, .state, .version, .malformation, .ids: 0
    case .placed(let range, _):
      batch.placed[range.indices].reduce(10) { $0 + 25 + Int($1.item.count) }
    case .shortages(let range):
      batch.shortages[range.indices].reduce(2) { $0 + 9 + Int($1.item.count) }
    case .items(let range):
      batch.items[range.indices].reduce(2) { $0 + Self.balanceBytes + Int($1.item.count) }
    case .page(let range, _):
      batch.items[range.indices].reduce(10) { $0 + Self.balanceBytes + Int($1.item.count) }
    case .order(let index):
      Self.orderBytes(batch.orders[Int(index)], batch.orderLines)
    case .stats: Self.statsBytes
    case .demand(let index): Self.demandBytes(batch.demands[Int(index)], batch.demandRows)
    case .limit(let index): Self.limitBytes(batch.limits[Int(index)])
    case .unpaid(let order): 1 + Int(order.count)
    case .sales(let range, _): batch.sales[range.indices].reduce(10) { $0 + Self.saleBytes($1) }
    case .buyer(let index): Self.buyerBytes(batch.buyers[Int(index)])
    case .history(let range, _):
      batch.changes[range.indices].reduce(10) { $0 + Self.changeBytes + 1 + Int($1.reference.count) }
    }
  }

  private static func orderBytes(_ order: OrderRecord, _ lines: [OrderRecordLine]) -> Int {
    let fixed = 2 + 3 * 8 + 1 + 1 + 2 + 2 + 1 + 2
    let texts =
      Int(order.order.count) + Int(order.buyer.count) + Int(order.payload.count) + Int(order.sale.count)
      + Int(order.subjects.count)
    return lines[order.lines.indices].reduce(fixed + texts) { $0 + Self.orderLineBytes + Int($1.item.count) }
  }

  @inline(__always)
  fileprivate static func kind(_ body: Reply.Body, _ bodyBytes: Int) -> ReplyBodyKind {
    switch body {
    case .none: .none
    case .hold: .hold
    case .available: .available
    case .placed: bodyBytes == holdBytes ? .hold : .placed
    case .state: .state
    case .shortages: .shortages
    case .items: .items
    case .page: .page
    case .order: .order
    case .version: .version
    case .malformation: .malformation
    case .stats: .stats
    case .history: .history
    case .demand: .demand
    case .limit: .limit
    case .unpaid: .unpaid
    case .sales: .sales
    case .buyer: .buyer
    case .ids: .ids
    }
  }
}

extension UnsafeRawBufferPointer {
  /// A text of a batch. (The buffer is the batch's bytes.)
  func text(_ range: ByteRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[Int(range.offset)..<Int(range.offset) + Int(range.count)])
  }
}
