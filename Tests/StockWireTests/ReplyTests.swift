import Testing

@testable import StockEngine
@testable import StockWire

@Suite("Replies, byte by byte")
struct ReplyTests {
  /// A batch of one reply with rows of every sort beside it.
  private func batch(_ outcome: Outcome, isRepeat: Bool = false, lsn: UInt64 = 9, _ body: Reply.Body = .none)
    -> ReplyBatch
  {
    var batch = ReplyBatch()
    let texts = Dictionary(
      uniqueKeysWithValues: ["tea", "cup", "no", "o-1", "u-7", "pp", "618", "user", "tea@~618"].map { text in
        (text, Array(text.utf8).withUnsafeBytes { batch.store($0) })
      })
    let text = { (text: String) in texts[text]! }
    let subjects = SubjectList.encoded([("ip", "10.1")]).withUnsafeBytes { batch.store($0) }
    batch.shortages = [Shortage(item: text("tea"), available: 1), Shortage(item: text("cup"), available: 0)]
    batch.placed = [
      PlacedLine(item: text("tea"), quantity: 3, backordered: 1, available: 7),
      PlacedLine(item: text("cup"), quantity: 2, backordered: 0, available: 0),
    ]
    batch.items = [
      ItemBalance(
        item: text("tea"), exists: true, number: ItemNumber(rawValue: 0x0102), supplied: 10, available: 4, reserved: 3,
        sold: 2, scrapped: 1, floor: -1, version: 7),
      ItemBalance(
        item: text("no"), exists: false, number: ItemNumber(rawValue: 0), supplied: 0, available: 0, reserved: 0,
        sold: 0, scrapped: 0, floor: 0, version: 0),
    ]
    batch.orderLines = [OrderRecordLine(item: text("tea"), quantity: 5, confirmed: 2, cancelled: 3, returned: 1)]
    batch.orders = [
      OrderRecord(
        order: text("o-1"), state: .confirmed, isRetired: false, isRefundRequired: true, isLate: true,
        buyer: text("u-7"), payload: text("pp"), createdAt: Timestamp(milliseconds: 1),
        changedAt: Timestamp(milliseconds: 2), deadline: Timestamp(milliseconds: 3),
        lines: IndexRange(start: UInt32(0), count: 1), sale: text("618"), subjects: subjects)
    ]
    batch.changes = [
      ItemChange(
        lsn: LSN(5), time: Timestamp(milliseconds: 6), kind: .reserved, version: 7, availableDelta: -2,
        reservedDelta: 2, soldDelta: 0, scrappedDelta: 0, available: 4, reference: text("o-1"))
    ]
    batch.demands = [
      DemandPage(
        rows: IndexRange(start: 0, count: 2), since: Timestamp(milliseconds: 4),
        next: DemandCursor(time: Timestamp(milliseconds: 5), key: 6)),
      DemandPage(rows: .empty, since: .zero, next: nil),
    ]
    batch.demandRows = [
      DemandRow(time: Timestamp(milliseconds: 0x0102), item: text("tea"), reason: 32, attempts: 300, units: 700),
      DemandRow(time: Timestamp(milliseconds: 0x0102), item: text("tea@~618"), reason: 41, attempts: 1, units: 2),
    ]
    batch.limits = [
      LimitRefusal(dimension: text("user"), measure: .openOrders, item: text("tea"), max: 2, used: 1),
      LimitRefusal(dimension: text("user"), measure: .units, item: .empty, max: 0, used: 0),
      LimitRefusal(dimension: text("user"), measure: .units, item: .empty, max: 2, used: 1),
    ]
    let limits = Limit.encoded([
      Limit(dimension: "user", max: 2, isGivenBackOnReturn: true), Limit(dimension: "ip", measure: .openOrders, max: 1),
    ])
    let eligible = SubjectList.encoded([("region", "sh")])
    batch.sales = [
      SaleRecord(
        sale: text("618"), state: .paused,
        terms: SaleTerms(
          start: Timestamp(milliseconds: 1), end: Timestamp(milliseconds: 2), holdMilliseconds: 3, unpaid: .refuse,
          flagged: .deferred, options: .strictDeadline, limits: limits.withUnsafeBytes { batch.store($0) },
          eligible: eligible.withUnsafeBytes { batch.store($0) }), items: 4, available: 5, reserved: 6, sold: 7,
        scrapped: 8, refused: RefusalCounts(inOrder: [1, 2, 3, 4, 5, 6])),
      SaleRecord(
        sale: text("618"), state: .closed,
        terms: SaleTerms(start: Timestamp(milliseconds: 1), end: Timestamp(milliseconds: 2), options: .recordsAttempts),
        items: 0, available: 0, reserved: 0, sold: 0, scrapped: 0, refused: RefusalCounts()),
    ]
    batch.buyers = [
      BuyerRecord(
        buyer: text("u-7"), isFlagged: true, isFlaggedByHand: true, until: .zero, unpaid: 3),
      BuyerRecord(
        buyer: text("u-7"), isFlagged: true, isFlaggedByHand: false, until: Timestamp(milliseconds: 9), unpaid: 2),
    ]
    var stats = StoreStats()
    stats.isSpaceLow = true
    stats.now = Timestamp(milliseconds: 1)
    stats.items = 2
    stats.ordersOpen = 3
    stats.ordersKept = 4
    stats.fingerprints = 5
    stats.operations = 6
    stats.supplied = 7
    stats.available = 8
    stats.reserved = 9
    stats.sold = 10
    stats.scrapped = 11
    stats.stateHash = 12
    stats.lastLSN = LSN(13)
    stats.durableLSN = LSN(14)
    stats.snapshotLSN = LSN(15)
    stats.logBytes = 16
    stats.logRecords = 17
    stats.logGroups = 18
    stats.logRawBytes = 19
    stats.expiryLagMilliseconds = 20
    stats.uptimeMilliseconds = 21
    stats.recoveryMilliseconds = 22
    stats.shards = 23
    batch.stats = [stats]
    var reply = Reply(outcome, isRepeat: isRepeat, body)
    reply.lsn = LSN(lsn)
    batch.replies = [reply]
    return batch
  }

  private func check(
    _ batch: borrowing ReplyBatch, _ notation: String, _ meaning: WireReply,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let payload = bytes(notation)
    let header = bytes(
      "\(hex([UInt8(payload.count & 0xFF), UInt8(payload.count >> 8)])) 0000 04 00 0100 0500000000000000")
    #expect(hex(frame(batch, 0..<1)) == hex(header + payload), sourceLocation: sourceLocation)
    #expect(replies(payload) == [meaning], sourceLocation: sourceLocation)
  }

  private func frame(_ batch: borrowing ReplyBatch, _ range: Range<Int>) -> [UInt8] {
    var frame = [UInt8](repeating: 0xEE, count: ReplyEncoder.frameBytes(batch, range))
    frame.withUnsafeMutableBytes { ReplyEncoder.write(batch, range, id: 5, to: $0) }
    return frame
  }

  private let rows = IndexRange(start: UInt32(0), count: 2)
  private let row = IndexRange(start: UInt32(0), count: 1)
  private let teaRow =
    """
    03'tea' 01 02010000 0A00000000000000 0400000000000000 0300000000000000 0200000000000000
    0100000000000000 FFFFFFFFFFFFFFFF 0700000000000000
    """
  private let tea = WireBalance(
    item: "tea", exists: true, number: ItemNumber(rawValue: 0x0102), supplied: 10, available: 4, reserved: 3, sold: 2,
    scrapped: 1, floor: -1, version: 7)

  @Test("none")
  func none() {
    check(
      batch(.done, isRepeat: true, lsn: 0x0102, .none), "01 01 00 00 00000000 0201000000000000",
      WireReply(.done, isRepeat: true, lsn: LSN(0x0102)))
  }

  @Test("hold")
  func hold() {
    check(
      batch(.reserved, .hold(available: 98, deadline: Timestamp(milliseconds: 1_700_000_000_000))),
      "02 00 01 00 10000000 0900000000000000  6200000000000000 0068E5CF8B010000",
      WireReply(.reserved, lsn: LSN(9), .hold(available: 98, deadline: Timestamp(milliseconds: 1_700_000_000_000))))
  }

  @Test("available")
  func available() {
    check(
      batch(.done, .available(-1)), "01 00 02 00 08000000 0900000000000000  FFFFFFFFFFFFFFFF",
      WireReply(.done, lsn: LSN(9), .available(-1)))
  }

  @Test("placed")
  func placed() {
    check(
      batch(.reserved, .placed(rows, deadline: Timestamp(milliseconds: 1_700_000_000_000))),
      """
      02 00 0C 00 42000000 0900000000000000  0068E5CF8B010000 0200
      03'tea' 0300000000000000 0100000000000000 0700000000000000
      03'cup' 0200000000000000 0000000000000000 0000000000000000
      """,
      WireReply(
        .reserved, lsn: LSN(9),
        .placed(
          [
            WirePlacedLine(item: "tea", quantity: 3, backordered: 1, available: 7),
            WirePlacedLine(item: "cup", quantity: 2, backordered: 0, available: 0),
          ], deadline: Timestamp(milliseconds: 1_700_000_000_000))))
  }

  @Test("state")
  func state() {
    check(
      batch(.found, .state(.expired)), "09 00 03 00 01000000 0900000000000000  07",
      WireReply(.found, lsn: LSN(9), .state(.expired)))
  }

  @Test("shortages")
  func shortages() {
    check(
      batch(.soldOut, .shortages(rows)),
      "20 00 04 00 1A000000 0900000000000000  0200 03'tea' 0100000000000000 03'cup' 0000000000000000",
      WireReply(
        .soldOut, lsn: LSN(9),
        .shortages([WireShortage(item: "tea", available: 1), WireShortage(item: "cup", available: 0)])))
  }

  @Test("items")
  func items() {
    let no = WireBalance(
      item: "no", exists: false, number: ItemNumber(rawValue: 0), supplied: 0, available: 0, reserved: 0, sold: 0,
      scrapped: 0, floor: 0, version: 0)
    let zeros = String(repeating: "00", count: 1 + 4 + 56)
    check(
      batch(.found, .items(rows)), "09 00 05 00 83000000 0900000000000000  0200 \(teaRow) 02'no' \(zeros)",
      WireReply(.found, lsn: LSN(9), .items([tea, no])))
  }

  @Test("page")
  func page() {
    check(
      batch(.found, .page(row, next: 0x0203)),
      "09 00 06 00 4B000000 0900000000000000  0302000000000000 0100 \(teaRow)",
      WireReply(.found, lsn: LSN(9), .page([tea], next: 0x0203)))
  }

  @Test("order")
  func order() {
    check(
      batch(.found, .order(0)),
      """
      09 00 07 00 5A000000 0900000000000000
      03 06 0100000000000000 0200000000000000 0300000000000000 03'o-1' 03'u-7' 0200'pp'
      0100 03'tea' 0500000000000000 0200000000000000 0300000000000000 0100000000000000
      03'618' 0800 02'ip' 04'10.1'
      """,
      WireReply(
        .found, lsn: LSN(9),
        .order(
          WireOrder(
            orderBytes: Array("o-1".utf8), state: .confirmed, isRefundRequired: true, isLate: true,
            buyerBytes: Array("u-7".utf8), payload: Array("pp".utf8), createdAt: Timestamp(milliseconds: 1),
            changedAt: Timestamp(milliseconds: 2), deadline: Timestamp(milliseconds: 3),
            lines: [WireOrder.Line(item: "tea", quantity: 5, confirmed: 2, cancelled: 3, returned: 1)], sale: "618",
            subjects: [WireSubject("ip", "10.1")]))))
  }

  @Test("version")
  func version() {
    check(
      batch(.versionMismatch, .version(7, available: 4)),
      "24 00 08 00 10000000 0900000000000000  0700000000000000 0400000000000000",
      WireReply(.versionMismatch, lsn: LSN(9), .version(7, available: 4)))
  }

  @Test("malformation")
  func malformation() {
    check(
      batch(.malformed, .malformation(.quantity)), "60 00 09 00 01000000 0900000000000000  05",
      WireReply(.malformed, lsn: LSN(9), .malformation(.quantity)))
  }

  @Test("stats")
  func stats() {
    let batch = batch(.found, .stats(0))
    let fields = (1...23).map { hex([UInt8($0)]) + "00000000000000" }.joined(separator: " ")
    check(
      batch, "09 00 0A 00 B9000000 0900000000000000  01 \(fields)",
      WireReply(.found, lsn: LSN(9), .stats(batch.stats[0])))
  }

  @Test("history")
  func history() {
    check(
      batch(.found, .history(row, completeSince: LSN(3))),
      """
      09 00 0B 00 4F000000 0900000000000000  0300000000000000 0100
      0500000000000000 0600000000000000 10 0700000000000000 FEFFFFFFFFFFFFFF 0200000000000000
      0000000000000000 0000000000000000 0400000000000000 03'o-1'
      """,
      WireReply(
        .found, lsn: LSN(9),
        .history(
          [
            WireChange(
              lsn: LSN(5), time: Timestamp(milliseconds: 6), rawKind: 16, version: 7, availableDelta: -2,
              reservedDelta: 2, soldDelta: 0, scrappedDelta: 0, available: 4, referenceBytes: Array("o-1".utf8))
          ], completeSince: LSN(3))))
  }

  @Test("demand")
  func demand() {
    let rows = [
      WireDemand.Row(
        time: Timestamp(milliseconds: 0x0102), rawReason: 32, attempts: 300, units: 700, item: "tea"),
      WireDemand.Row(time: Timestamp(milliseconds: 0x0102), rawReason: 41, attempts: 1, units: 2, item: "tea@~618"),
    ]
    check(
      batch(.found, .demand(0)),
      """
      09 00 18 00 5A000000 0900000000000000  0400000000000000 01 0500000000000000 0600000000000000 0200
      0201000000000000 20 2C01000000000000 BC02000000000000 03'tea'
      0201000000000000 29 0100000000000000 0200000000000000 08'tea@~618'
      """,
      WireReply(
        .found, lsn: LSN(9),
        .demand(
          WireDemand(
            rows: rows, since: Timestamp(milliseconds: 4),
            next: DemandCursor(time: Timestamp(milliseconds: 5), key: 6)))))
    check(
      batch(.found, .demand(1)),
      """
      09 00 18 00 1B000000 0900000000000000  0000000000000000 00 0000000000000000 0000000000000000 0000
      """,
      WireReply(.found, lsn: LSN(9), .demand(WireDemand(rows: [], since: .zero, next: nil))))
    // A reason of a newer server is a number, not a fault.
    #expect(WireDemand.Row(time: .zero, rawReason: 63, attempts: 1, units: 1, item: "a").reason == nil)
    #expect(rows[1].reason == .limitReached)
  }

  @Test("ids")
  func ids() {
    check(
      batch(.done, .ids(first: 0x0102_0304_0506_0708, count: 4096)),
      "01 00 10 00 0C000000 0900000000000000  0807060504030201 00100000",
      WireReply(.done, lsn: LSN(9), .ids(first: 0x0102_0304_0506_0708, count: 4096)))
  }

  @Test("marks and refusals of the order's later life have their numbers")
  func laterLife() {
    check(
      batch(.shipped, .state(.shipped)), "0A 00 03 00 01000000 0900000000000000  04",
      WireReply(.shipped, lsn: LSN(9), .state(.shipped)))
    check(
      batch(.delivered, .state(.delivered)), "0B 00 03 00 01000000 0900000000000000  05",
      WireReply(.delivered, lsn: LSN(9), .state(.delivered)))
    check(
      batch(.exceedsHeld), "4A 00 00 00 00000000 0900000000000000", WireReply(.exceedsHeld, lsn: LSN(9)))
    check(
      batch(.malformed, .malformation(.idCount)), "60 00 09 00 01000000 0900000000000000  14",
      WireReply(.malformed, lsn: LSN(9), .malformation(.idCount)))
  }

  @Test("limit")
  func limit() {
    check(
      batch(.limitReached, .limit(0)),
      "29 00 14 00 1A000000 0900000000000000  01 0200000000000000 0100000000000000 04'user' 03'tea'",
      WireReply(
        .limitReached, lsn: LSN(9),
        .limit(WireLimitRefusal(dimension: "user", measure: .openOrders, item: "tea", max: 2, used: 1))))
    check(
      batch(.limitReached, .limit(2)),
      "29 00 14 00 17000000 0900000000000000   00  0200000000000000  0100000000000000  04'user'  00",
      WireReply(
        .limitReached, lsn: LSN(9),
        .limit(WireLimitRefusal(dimension: "user", measure: .units, item: "", max: 2, used: 1))))
    check(
      batch(.done, lsn: 10, .none), "01 00 00 00 00000000 0A00000000000000", WireReply(.done, lsn: LSN(10)))
    check(
      batch(.subjectMissing, .limit(1)),
      "4C 00 14 00 17000000 0900000000000000  00 0000000000000000 0000000000000000 04'user' 00",
      WireReply(
        .subjectMissing, lsn: LSN(9),
        .limit(WireLimitRefusal(dimension: "user", measure: .units, item: "", max: 0, used: 0))))
  }

  @Test("unpaid")
  func unpaid() {
    var batch = batch(.unpaidExists, .none)
    let order = Array("o-9".utf8).withUnsafeBytes { batch.store($0) }
    batch.replies[0].body = .unpaid(order)
    check(
      batch, "2C 00 15 00 04000000 0900000000000000  03'o-9'",
      WireReply(.unpaidExists, lsn: LSN(9), .unpaid(order: "o-9")))
  }

  private let paused = WireSale(
    sale: "618", state: .paused,
    terms: WireSaleTerms(
      start: Timestamp(milliseconds: 1), end: Timestamp(milliseconds: 2), holdMilliseconds: 3, unpaid: .refuse,
      flagged: .deferred, hasStrictDeadline: true,
      limits: [WireLimit("ip", 1, measure: .openOrders), WireLimit("user", 2, isGivenBackOnReturn: true)],
      eligible: [WireSubject("region", "sh")]), items: 4, available: 5, reserved: 6, sold: 7, scrapped: 8,
    refused: RefusalCounts(inOrder: [1, 2, 3, 4, 5, 6]))
  private let pausedRow =
    """
    03 0100000000000000 0200000000000000 0300000000000000 01 02 01 0400000000000000 0500000000000000
    0600000000000000 0700000000000000 0800000000000000
    0100000000000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000 0600000000000000 03'618'
    1400 02'ip' 01 00 01000000 04'user' 00 01 02000000  0A00 06'region' 02'sh'
    """

  /// The fullest page of sales: its texts and the numbers of as many sales as a page has.
  @Test func aPageOfSalesFitsItsFrame() {
    let record = SaleRecord(
      sale: .empty, state: .open, terms: SaleTerms(start: .zero, end: .zero, options: []), items: 0, available: 0,
      reserved: 0, sold: 0, scrapped: 0, refused: RefusalCounts())
    let fullest = Bounds.salePageTextBytesMax + Bounds.rowsPerPageMax * ReplyEncoder.saleBytes(record)
    #expect(FrameHeader.bytes + ReplyHeader.bytes + 10 + fullest < Wire.replyFrameBytesMax / 8)
  }

  @Test("sales")
  func sales() {
    check(
      batch(.saleNotOpen, .sales(row, next: 0)),
      "2A 00 16 00 A4000000 0900000000000000  0000000000000000 0100 \(pausedRow)",
      WireReply(.saleNotOpen, lsn: LSN(9), .sales([paused], next: 0)))
    let zeros = String(repeating: "00", count: 11 * 8)
    check(
      batch(.found, .sales(rows, next: 0x0203)),
      """
      09 00 16 00 20010000 0900000000000000  0302000000000000 0200 \(pausedRow)
      04 0100000000000000 0200000000000000 0000000000000000 00 00 02 \(zeros) 03'618' 0000 0000
      """,
      WireReply(
        .found, lsn: LSN(9),
        .sales(
          [
            paused,
            WireSale(
              sale: "618", state: .closed,
              terms: WireSaleTerms(
                start: Timestamp(milliseconds: 1), end: Timestamp(milliseconds: 2), recordsAttempts: true), items: 0,
              available: 0, reserved: 0, sold: 0, scrapped: 0),
          ], next: 0x0203)))
  }

  @Test("buyer")
  func buyer() {
    check(
      batch(.found, .buyer(0)), "09 00 17 00 11000000 0900000000000000  03 0000000000000000 03000000 03'u-7'",
      WireReply(
        .found, lsn: LSN(9),
        .buyer(WireBuyer(buyer: "u-7", isFlagged: true, isFlaggedByHand: true, until: .zero, unpaid: 3))))
    check(
      batch(.found, .buyer(1)), "09 00 17 00 11000000 0900000000000000  01 0900000000000000 02000000 03'u-7'",
      WireReply(
        .found, lsn: LSN(9),
        .buyer(
          WireBuyer(
            buyer: "u-7", isFlagged: true, isFlaggedByHand: false, until: Timestamp(milliseconds: 9), unpaid: 2))))
  }

  @Test("a frame holds a range of the batch's replies")
  func range() {
    var batch = ReplyBatch()
    batch.replies = [Reply(.done), Reply(.confirmed), Reply(.cancelled), Reply(.fenced)]
    let frame = frame(batch, 1..<3)
    #expect(replies(Array(frame.dropFirst(16)), count: 2) == [WireReply(.confirmed), WireReply(.cancelled)])
    #expect(Array(frame[6..<8]) == [2, 0])
  }

  @Test("reads that would pass the frame's maximum are unavailable, and what follows still fits")
  func replyFrameMax() {
    var batch = batch(.found, .items(rows))
    let page = IndexRange(start: UInt32(0), count: 1000)
    batch.items = Array(repeating: batch.items[0], count: 1000)
    let one = ReplyHeader.bytes + 10 + 1000 * (ReplyEncoder.balanceBytes + 3)
    let fitting = (Wire.replyFrameBytesMax - ReplyEncoder.leastBytes) / one
    batch.replies = Array(repeating: Reply(.found, .page(page, next: 0)), count: fitting + 1) + [Reply(.done)]
    let frame = frame(batch, 0..<fitting + 2)
    #expect(frame.count - FrameHeader.bytes <= Wire.replyFrameBytesMax)
    let read = replies(Array(frame.dropFirst(FrameHeader.bytes)), count: fitting + 2)
    #expect(read?.map(\.outcome) == Array(repeating: .found, count: fitting) + [.unavailable, .done])
  }

  @Test("however many replies follow a read, all of them find room")
  func replyFrameMaxBeforeMany() {
    var batch = batch(.found, .items(rows))
    let page = IndexRange(start: UInt32(0), count: 1000)
    batch.items = Array(repeating: batch.items[0], count: 1000)
    let one = ReplyHeader.bytes + 10 + 1000 * (ReplyEncoder.balanceBytes + 3)
    let pages = Wire.replyFrameBytesMax / one + 1
    let held = Reply(.reserved, .hold(available: 7, deadline: Timestamp(milliseconds: 5)))
    for others in [1, 100, 16_000] {
      batch.replies = Array(repeating: Reply(.found, .page(page, next: 0)), count: pages)
      batch.replies += Array(repeating: held, count: others)
      let count = pages + others
      let frame = frame(batch, 0..<count)
      #expect(frame.count - FrameHeader.bytes <= Wire.replyFrameBytesMax)
      let read = replies(Array(frame.dropFirst(FrameHeader.bytes)), count: count)
      #expect(read?.suffix(others).allSatisfy { $0.outcome == .reserved } == true)
      // No more is left out than must be.
      let shown = read?.prefix(pages).count { $0.outcome == .found }
      #expect(shown == (Wire.replyFrameBytesMax - others * ReplyEncoder.leastBytes) / one)
    }
  }

  @Test("a placed that would pass the frame's maximum is said as a hold")
  func placedBeyondTheFrame() {
    var batch = batch(.reserved, .placed(rows, deadline: Timestamp(milliseconds: 5)))
    let lines = IndexRange(start: UInt32(0), count: 256)
    batch.placed = Array(repeating: batch.placed[0], count: 256)
    let one = ReplyHeader.bytes + 10 + 256 * (25 + 3)
    let fitting = Wire.replyFrameBytesMax / one
    batch.replies = Array(
      repeating: Reply(.reserved, .placed(lines, deadline: Timestamp(milliseconds: 5))), count: fitting + 1)
    let frame = frame(batch, 0..<fitting + 1)
    #expect(frame.count - FrameHeader.bytes <= Wire.replyFrameBytesMax)
    let read = replies(Array(frame.dropFirst(FrameHeader.bytes)), count: fitting + 1)
    #expect(read?.last == WireReply(.reserved, .hold(available: 7, deadline: Timestamp(milliseconds: 5))))
    #expect(
      read?.dropLast().allSatisfy { if case .placed(let rows, _) = $0.body { rows.count == 256 } else { false } }
        == true)
  }

  @Test("a newer server may say more in a body")
  func longerBody() {
    #expect(
      replies(bytes("01 00 02 00 0A000000 0900000000000000  0100000000000000 FFFF"))
        == [WireReply(.done, lsn: LSN(9), .available(1))])
  }

  @Test(
    "replies that cannot be read",
    arguments: [
      "00 00 00 00 00000000 0900000000000000",  // outcome 0
      "01 00 FE 00 00000000 0900000000000000",  // an unknown body
      "02 00 0C 00 0A000000 0900000000000000 0000000000000000 0100",  // a placed line that is not there
      "01 00 02 00 07000000 0900000000000000 00000000000000",  // a body that is too short
      "01 00 02 00 08000000 0900000000000000 00000000000000",  // a body past the end
      "01 00 00 00 00000000 09000000000000",  // half a header
      "01 00 00 00 00000000 0900000000000000 00",  // a byte too many
      "09 00 03 00 01000000 0900000000000000 00",  // an unknown state
      "20 00 04 00 02000000 0900000000000000 0100",  // a row that is not there
      "29 00 14 00 13000000 0900000000000000 02 0000000000000000 0000000000000000 00 00",  // an unknown measure
      "2C 00 15 00 02000000 0900000000000000 02'o'",  // half an id
      "09 00 16 00 0A000000 0900000000000000 0000000000000000 0100",  // a sale that is not there
      "09 00 17 00 0D000000 0900000000000000 00 0000000000000000 00000000",  // no buyer
    ])
  func unreadable(_ notation: String) {
    #expect(replies(bytes(notation)) == nil)
  }
}
