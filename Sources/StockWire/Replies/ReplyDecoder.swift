import StockEngine

/// Reads the replies of a reply frame, one by one. Only bodies with rows or texts allocate.
///
/// What follows the known fields of a body is skipped, so that a newer server may say more.
public struct ReplyDecoder {
  private let payload: UnsafeRawBufferPointer
  private let count: Int
  private var index = 0
  private var offset = 0

  /// - Parameter payload: a reply frame's, without the header; it must outlive the decoder.
  public init(payload: UnsafeRawBufferPointer, count: Int) {
    self.payload = payload
    self.count = count
  }

  /// The next reply; nil after the last.
  /// - Throws: `malformedFrame` if the bytes do not fit or speak of something that this version does not know. Nothing of the frame
  ///   is to be believed then; the next frame is whole.
  public mutating func next() throws(WireFault) -> WireReply? {
    guard index < count else {
      guard offset == payload.count else { throw WireFault(.malformedFrame, "bytes follow the last reply") }
      return nil
    }
    guard payload.count - offset >= ReplyHeader.bytes else {
      throw WireFault(.malformedFrame, "reply \(index) of \(count) begins past the frame's end")
    }
    var head = FieldReader(payload, offset..<offset + ReplyHeader.bytes)
    let rawOutcome = head.u8()
    let flags = head.u8()
    let rawKind = head.u8()
    _ = head.u8()
    let bodyBytes = Int(head.u32())
    let lsn = LSN(head.u64())
    guard let outcome = Outcome(rawValue: rawOutcome), let kind = ReplyBodyKind(rawValue: rawKind) else {
      throw WireFault(.malformedFrame, "reply \(index) has unknown outcome \(rawOutcome) or body \(rawKind)")
    }
    let bodyStart = offset + ReplyHeader.bytes
    guard payload.count - bodyStart >= bodyBytes else {
      throw WireFault(.malformedFrame, "the body of reply \(index) of \(count) ends past the frame's end")
    }
    var fields = FieldReader(payload, bodyStart..<bodyStart + bodyBytes)
    guard let body = Self.body(kind, &fields), !fields.isBroken else {
      throw WireFault(.malformedFrame, "the body of reply \(index) of \(count) cannot be read")
    }
    offset = bodyStart + bodyBytes
    index += 1
    return WireReply(outcome, isRepeat: flags & ReplyHeader.isRepeat != 0, lsn: lsn, body)
  }

  /// Nil: a value that this version does not know.
  @inline(__always)
  private static func body(_ kind: ReplyBodyKind, _ fields: inout FieldReader) -> WireReply.Body? {
    switch kind {
    case .none: WireReply.Body.none
    case .hold: .hold(available: fields.i64(), deadline: Timestamp(milliseconds: fields.i64()))
    case .available: .available(fields.i64())
    case .state: OrderState(rawValue: fields.u8()).map { .state($0) }
    case .version: .version(fields.u64(), available: fields.i64())
    case .malformation: Malformation(rawValue: fields.u8()).map { .malformation($0) }
    case .shortages: .shortages(Self.shortages(&fields))
    case .items: .items(Self.balances(&fields))
    case .page: Self.page(&fields)
    case .order: Self.order(&fields).map { .order($0) }
    case .stats: .stats(Self.stats(&fields))
    case .history: Self.history(&fields)
    case .demand: Self.demand(&fields)
    case .limit: Self.limit(&fields)
    case .unpaid: Self.unpaid(&fields)
    case .sales: Self.sales(&fields)
    case .buyer: Self.buyer(&fields)
    case .ids: .ids(first: fields.u64(), count: fields.u32())
    case .placed: Self.placed(&fields)
    }
  }

  // MARK: Rows

  /// Rows until the count is reached or the bytes end; nothing is reserved on the count's word alone.
  static func rows<Row>(_ fields: inout FieldReader, _ read: (inout FieldReader) -> Row) -> [Row] {
    var rows: [Row] = []
    for _ in 0..<fields.u16() {
      let row = read(&fields)
      if fields.isBroken { break }
      rows.append(row)
    }
    return rows
  }

  private static func shortages(_ fields: inout FieldReader) -> [WireShortage] {
    rows(&fields) { fields in
      let item = fields.text8()
      return WireShortage(item: fields.string(item), available: fields.i64())
    }
  }

  private static func placed(_ fields: inout FieldReader) -> WireReply.Body {
    let deadline = Timestamp(milliseconds: fields.i64())
    let lines = rows(&fields) { fields in
      let item = fields.text8()
      return WirePlacedLine(
        item: fields.string(item), quantity: fields.i64(), backordered: fields.i64(), available: fields.i64())
    }
    return .placed(lines, deadline: deadline)
  }

  private static func balances(_ fields: inout FieldReader) -> [WireBalance] {
    rows(&fields) { fields in
      let item = fields.text8()
      return WireBalance(
        item: fields.string(item), exists: fields.u8() & BalanceFlags.exists != 0,
        number: ItemNumber(rawValue: fields.u32()), supplied: fields.i64(), available: fields.i64(),
        reserved: fields.i64(), sold: fields.i64(), scrapped: fields.i64(), floor: fields.i64(), version: fields.u64())
    }
  }

  private static func page(_ fields: inout FieldReader) -> WireReply.Body {
    let next = fields.u64()
    return .page(balances(&fields), next: next)
  }

  private static func history(_ fields: inout FieldReader) -> WireReply.Body {
    let completeSince = LSN(fields.u64())
    let changes = rows(&fields) { fields in
      let lsn = LSN(fields.u64())
      let time = Timestamp(milliseconds: fields.i64())
      var change = WireChange(
        lsn: lsn, time: time, rawKind: fields.u8(), version: fields.u64(), availableDelta: fields.i64(),
        reservedDelta: fields.i64(), soldDelta: fields.i64(), scrappedDelta: fields.i64(), available: fields.i64(),
        referenceBytes: [])
      change.referenceBytes = fields.copy(fields.text8())
      return change
    }
    return .history(changes, completeSince: completeSince)
  }

  private static func order(_ fields: inout FieldReader) -> WireOrder? {
    guard let state = OrderState(rawValue: fields.u8()) else { return nil }
    let flags = fields.u8()
    let createdAt = Timestamp(milliseconds: fields.i64())
    let changedAt = Timestamp(milliseconds: fields.i64())
    let deadline = Timestamp(milliseconds: fields.i64())
    let order = fields.text8()
    let buyer = fields.text8()
    let payload = fields.text16()
    let lines = rows(&fields) { fields in
      let item = fields.text8()
      return WireOrder.Line(
        item: fields.string(item), quantity: fields.i64(), confirmed: fields.i64(), cancelled: fields.i64(),
        returned: fields.i64())
    }
    let sale = fields.text8()
    let subjects = fields.text16()
    return WireOrder(
      orderBytes: fields.copy(order), state: state, isRetired: flags & OrderFlags.retired != 0,
      isRefundRequired: flags & OrderFlags.refundRequired != 0, isLate: flags & OrderFlags.late != 0,
      buyerBytes: fields.copy(buyer), payload: fields.copy(payload), createdAt: createdAt, changedAt: changedAt,
      deadline: deadline, lines: lines, sale: fields.string(sale),
      subjects: SubjectList.pairs(fields.copy(subjects)).map { WireSubject($0.dimension, $0.value) })
  }

  private static func stats(_ fields: inout FieldReader) -> StoreStats {
    var stats = StoreStats()
    stats.isSpaceLow = fields.u8() & StatsFlags.spaceLow != 0
    stats.now = Timestamp(milliseconds: fields.i64())
    stats.items = fields.u64()
    stats.ordersOpen = fields.u64()
    stats.ordersKept = fields.u64()
    stats.fingerprints = fields.u64()
    stats.operations = fields.u64()
    stats.supplied = fields.i64()
    stats.available = fields.i64()
    stats.reserved = fields.i64()
    stats.sold = fields.i64()
    stats.scrapped = fields.i64()
    stats.stateHash = fields.u64()
    stats.lastLSN = LSN(fields.u64())
    stats.durableLSN = LSN(fields.u64())
    stats.snapshotLSN = LSN(fields.u64())
    stats.logBytes = fields.u64()
    stats.logRecords = fields.u64()
    stats.logGroups = fields.u64()
    stats.logRawBytes = fields.u64()
    stats.expiryLagMilliseconds = fields.i64()
    stats.uptimeMilliseconds = fields.i64()
    stats.recoveryMilliseconds = fields.i64()
    stats.shards = fields.u64()
    return stats
  }
}
