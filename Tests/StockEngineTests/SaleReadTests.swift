import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Pages of sales, histories of their items, and what one batch or one frame may ask of them.
@Suite struct SaleReadTests {
  @Test(arguments: [1, 4, 8])
  func pages(shards: Int) throws {
    let store = try TestStore(shards: shards)
    try store.perform("preheat p-1 A=10")
    try store.perform("limit l-1 A user:1")
    let names = (0..<7).map { "SALE-\($0)" }
    for name in names { try store.perform("open open-\(name) \(name) A=1") }
    for rows in [1, 2, 3, 7, 8] {
      var seen: [String] = []
      var cursor = "0"
      repeat {
        let answer = try store.perform("sales rows=\(rows) cursor=\(cursor)")
        let page = answer.words.filter { $0.hasPrefix("sale=") }
        #expect(page.count <= rows)
        seen += page
        cursor = answer.value("next") ?? "0"
      } while cursor != "0"
      #expect(Set(seen) == Set(names.map { "sale=\($0)" }))
      #expect(seen.count == names.count)
    }
  }

  /// Sales with as much text as they may have: a page ends by its bytes, long before its rows, and the next one goes on.
  @Test func pagesOfLongTexts() throws {
    let store = try TestStore(segmentBytes: 1 << 20)
    let value = String(repeating: "x", count: Bounds.subjectBytesMax - 3)
    let eligible = (0..<Bounds.eligibleValuesMax).map { "eligible=of-sixteen-bytes:\(value)\(100 + $0)" }
    let limits = (0..<Bounds.limitsMax).map { "limit=sixteen-bytes-0\($0):1" }
    let terms = (eligible + limits).joined(separator: " ")
    let names = (0..<60).map { "SALE-\($0)" }
    for name in names { #expect(try store.perform("open open-\(name) \(name) \(terms) A=1").outcome == .done) }
    let executor = store.inventory.makeExecutor()
    var seen: [String] = []
    var pages = 0
    var cursor: UInt64 = 0
    repeat {
      var batch = CommandBatch()
      batch.append(.sales(ListSales(cursor: cursor, rowsMax: UInt32(Bounds.rowsPerPageMax))))
      var replies = ReplyBatch()
      executor.execute(&batch, into: &replies)
      guard case .sales(let range, let next) = replies.replies[0].body else { break }
      #expect(range.count > 0 && replies.bytes.count <= Bounds.salePageTextBytesMax)
      seen += replies.sales[range.indices].map { replies.string($0.sale) }
      cursor = next
      pages += 1
    } while cursor != 0
    #expect(pages == 3)
    #expect(seen.count == names.count && Set(seen) == Set(names))
  }

  /// Versions count up without a gap, and the numbers lead from one to the next.
  @Test(arguments: [1, 4])
  func histories(shards: Int) throws {
    let store = try TestStore(shards: shards)
    for command in [
      "preheat p-1 A=10", "open s-1 S flagged=defer from-pools A=6", "flag f-1 u1",
      "reserve o-1 buyer=u1 A=2 sale=S", "reserve o-2 buyer=u2 A=1 sale=S", "confirm o-1", "cancel o-2",
      "reserve o-3 buyer=u1 A=1 sale=S", "cancel o-3", "return r-1 o-1 A@~S=1", "close c-1 S",
    ] {
      #expect(try store.perform(command).outcome.isSuccess)
    }
    try store.settle()
    #expect(
      store.history("A@~S").description
        == "found 7:moved,available-5,->0 6:returned,available+1,sold-1,->5,o-1 5:cancelled,available+1,reserved-1,->4,o-2 4:deferredConfirmed,available-2,sold+2,->3,o-1 3:reserved,available-1,reserved+1,->5,o-2 2:moved,available+6,->6 1:itemCreated,->0 since=1"
    )
    #expect(
      store.history("A").description
        == "found 3:moved,available+5,->9 2:moved,available-6,->4 1:itemCreated,available+10,->10 since=1")
  }

  /// All of a sale's life in one batch: what a later command needs was not there when the batch was looked at.
  @Test(arguments: [1, 2, 4, 8])
  func inOneBatch(shards: Int) throws {
    let store = try TestStore(shards: shards)
    let commands = [
      "preheat p-1 A=9 B=9", "open s-1 S unpaid=refuse limit=user:3 flagged=defer from-pools A=4 B=4", "flag f-1 u9",
      "reserve o-1 buyer=u1 A=1 B=1 sale=S", "reserve o-2 buyer=u1 B=1 sale=S",
      "reserve o-3 buyer=u1 B=3 sale=S replace", "reserve o-4 buyer=u9 A=2 sale=S", "confirm o-4", "confirm o-1",
      "limit l-1 B user:1", "reserve o-5 buyer=u1 B=1", "reserve o-6 buyer=u1 B=1", "clear f-2 u9", "buyer u9",
      "close c-1 S", "confirm o-3", "get A@~S B@~S",
    ]
    let answers = try store.perform(try commands.map { try ShopCommand($0, base: TestStore.base) })
    #expect(
      answers.map(\.outcome) == [
        .done, .done, .done, .reserved, .unpaidExists, .reserved, .deferred, .confirmed, .alreadyCancelled, .done,
        .reserved, .limitReached, .done, .found, .done, .confirmed, .found,
      ])
    #expect(answers[16].number("A@~S") == 2 && answers[16].number("B@~S") == 1)
    let before = Counters(store)
    try store.kill()
    #expect(Counters(store).uses == before.uses)
    #expect(Counters(store).unpaid == before.unpaid)
  }

  /// Thousands ask before a sale begins: the answer has the size of a window, not of the sale.
  @Test func refusalsAreSmall() throws {
    let store = try TestStore()
    let eligible = (0..<400).map { "eligible=user:\(String(repeating: "x", count: 40))\($0)" }.joined(separator: " ")
    try store.perform("open s-1 S start=1h end=2h \(eligible) A=1 B=1 C=1")
    let executor = store.inventory.makeExecutor()
    var batch = CommandBatch()
    for number in 0..<100 { batch.add(try ShopCommand("reserve o-\(number) A=1 sale=S")) }
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    #expect(replies.replies.allSatisfy { $0.outcome == .saleNotOpen })
    #expect(replies.bytes.count <= 100 * 64)
    let record = replies.sales[0]
    #expect(record.terms.start.milliseconds == TestStore.base + 3_600_000)
    #expect(replies.string(record.sale) == "S")
  }
}
