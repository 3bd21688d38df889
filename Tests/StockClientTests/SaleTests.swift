import StockClient
import StockEngine
import StockWire
import Testing

/// Sales, limits and buyers through the client, on a real server.
@Suite("Sales through the client")
struct SaleTests {
  private func withClient(_ body: (StockClient) async throws -> Void) async throws {
    try await withServer { address in
      let client = try await StockClient.connect(to: address)
      try await body(client)
      await client.close()
    }
  }

  /// From a minute ago to in an hour, on the server's clock.
  private func window(_ client: StockClient) async throws -> WireSaleTerms {
    let now = try #require(try await client.stats().success).value.now
    return WireSaleTerms(start: now.adding(milliseconds: -60_000), end: now.adding(milliseconds: 3_600_000))
  }

  @Test func aSalesLife() async throws {
    try await withClient { client in
      _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 10), WireLine("tea@east", 5)])
      var terms = try await window(client)
      terms.limits = [WireLimit("user", 3), WireLimit("phone", 2, isGivenBackOnReturn: true)]
      terms.eligible = [WireSubject("region", "bj"), WireSubject("region", "sh")]
      terms.unpaid = .refuse
      terms.holdMilliseconds = 60_000
      let lines = [WireLine("tea", 4), WireLine("tea@east", 2)]
      let opened = try await client.openSale(
        operation: "s-1", sale: "618", terms: terms, isPaused: true, source: .pools, lines: lines)
      #expect(opened.success?.isRepeat == false)
      let again = try await client.openSale(
        operation: "s-1", sale: "618", terms: terms, isPaused: true, source: .pools, lines: lines)
      #expect(again.success?.isRepeat == true)
      #expect(try await client.openSale(operation: "s-2", sale: "618", terms: terms).refusal?.outcome == .saleExists)

      let beijing = [WireSubject("region", "bj"), WireSubject("phone", "138")]
      func reserve(
        _ order: String, _ buyer: String, _ subjects: [WireSubject], _ quantity: UInt32, replacing: Bool = false
      ) async throws -> Answer<Hold> {
        try await client.reserve(
          order: order, buyer: buyer, sale: "618", subjects: subjects, replacesUnpaid: replacing,
          lines: [WireLine("tea", quantity)])
      }
      let paused = try await reserve("o-1", "u-1", beijing, 1)
      #expect(paused.refusal?.outcome == .saleNotOpen)
      #expect(paused.refusal?.sale?.state == .paused)
      #expect(try await client.resumeSale(operation: "s-3", sale: "618").success != nil)

      #expect(try await reserve("o-1", "u-1", beijing, 1).success?.available == 5)
      let shared = try await reserve("o-2", "u-2", beijing, 2)
      #expect(
        shared.refusal?.limit == WireLimitRefusal(dimension: "phone", measure: .units, item: "", max: 2, used: 1))
      #expect(try await reserve("o-3", "u-3", [WireSubject("phone", "139")], 1).refusal?.outcome == .notEligible)
      let missing = try await reserve("o-3", "u-3", [WireSubject("region", "sh")], 1)
      #expect(missing.refusal?.outcome == .subjectMissing && missing.refusal?.limit?.dimension == "phone")
      let unpaid = try await reserve("o-4", "u-1", beijing, 2)
      #expect(unpaid.refusal?.outcome == .unpaidExists && unpaid.refusal?.unpaidOrder == "o-1")
      #expect(try await reserve("o-4", "u-1", beijing, 2, replacing: true).success?.available == 4)
      #expect(try await client.order("o-1").success?.value.state == .cancelled)
      let bought = try await client.deduct(
        order: "o-5", buyer: "u-5", sale: "618",
        subjects: [WireSubject("region", "sh"), WireSubject("phone", "137")], lines: [WireLine("tea", 1)])
      #expect(bought.success?.available == 3)
      #expect(try await client.order("o-5").success?.value.lines.map(\.item) == ["tea@~618"])

      let sale = try #require(try await client.sale("618").success?.value)
      #expect(sale.state == .open && sale.items == 1)
      #expect([sale.available, sale.reserved, sale.sold] == [3, 2, 1])
      #expect(sale.terms.limits.map(\.dimension) == ["phone", "user"])
      #expect(sale.terms.limits.map(\.isGivenBackOnReturn) == [true, false])
      #expect(sale.terms.eligible == terms.eligible && sale.terms.unpaid == .refuse)

      #expect(try await client.pauseSale(operation: "s-4", sale: "618").success != nil)
      #expect(try await client.sale("618").success?.value.state == .paused)
      #expect(
        try await client.addToSale(operation: "s-5", sale: "618", lines: [WireLine("cup", 7)]).success != nil)
      #expect(try await client.sale("618").success?.value.available == 10)
      #expect(try await client.closeSale(operation: "s-6", sale: "618").success?.isRepeat == false)
      #expect(try await client.closeSale(operation: "s-6", sale: "618").success?.isRepeat == true)
      #expect(try await client.sale("618").success?.value.state == .closed)
      let late = try await client.addToSale(operation: "s-7", sale: "618", lines: [WireLine("cup", 7)])
      #expect(late.refusal?.sale?.state == .closed)
      #expect(try await client.sale("1111").refusal?.outcome == .noSuchSale)
    }
  }

  @Test func limitsAndFlags() async throws {
    try await withClient { client in
      _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 10)])
      let limit = WireLimit("user", 2)
      #expect(try await client.limitSKU(operation: "l-1", sku: "tea", limit: limit).success?.isRepeat == false)
      #expect(try await client.limitSKU(operation: "l-1", sku: "tea", limit: limit).success?.isRepeat == true)
      #expect(
        try await client.limitSKU(operation: "l-2", sku: "tea@x", limit: limit).refusal?.malformation == .itemName)
      let much = try await client.reserve(order: "o-1", buyer: "u-1", lines: [WireLine("tea", 3)])
      #expect(much.refusal?.limit == WireLimitRefusal(dimension: "user", measure: .units, item: "tea", max: 2, used: 0))
      #expect(try await client.liftLimit(operation: "l-3", sku: "tea", dimension: "user").success != nil)
      #expect(try await client.reserve(order: "o-1", buyer: "u-1", lines: [WireLine("tea", 3)]).success != nil)

      let nobody = WireBuyer(buyer: "u-9", isFlagged: false, isFlaggedByHand: false, until: .zero, unpaid: 0)
      #expect(try await client.buyer("u-9").success?.value == nobody)
      #expect(try await client.flagBuyer(operation: "f-1", buyer: "u-9").success?.isRepeat == false)
      #expect(try await client.buyer("u-9").success?.value.isFlaggedByHand == true)
      var terms = try await window(client)
      terms.flagged = .deferred
      _ = try await client.openSale(operation: "s", sale: "618", terms: terms, lines: [WireLine("cup", 1)])
      let deferred = try await client.reserve(order: "o-2", buyer: "u-9", sale: "618", lines: [WireLine("cup", 1)])
      #expect(deferred.success?.state == .deferred)
      for isRepeat in [false, true] {
        let extended = try await client.extend(operation: "x-1", order: "o-2", hold: .seconds(7200)).success
        #expect(extended?.state == .deferred && extended?.isRepeat == isRepeat)
        #expect(extended.flatMap(\.deadline) ?? .zero > deferred.success?.deadline ?? .distantFuture)
      }
      #expect(try await client.clearBuyer(operation: "f-2", buyer: "u-9").success?.isRepeat == false)
      #expect(try await client.buyer("u-9").success?.value == nobody)
      #expect(try await client.buyer("").refusal?.malformation == .buyerLength)
    }
  }

  @Test func salesComeInPages() async throws {
    try await withClient { client in
      let terms = try await window(client)
      try await client.batch { batch in
        for number in 0..<7 { batch.openSale(operation: "s-\(number)", sale: "sale-\(number)", terms: terms) }
      }
      var pages: [Int] = []
      var names: Set<String> = []
      for try await page in client.sales(rowsMax: 3) {
        pages.append(page.value.sales.count)
        names.formUnion(page.value.sales.map(\.sale))
      }
      #expect(pages == [3, 3, 1])
      #expect(names == Set((0..<7).map { "sale-\($0)" }))
      await #expect(throws: StockClientError.self) { for try await _ in client.sales(rowsMax: 1001) {} }
    }
  }

  @Test(arguments: [1, 512, 513, 5000])
  func aSaleOfAnySize(_ count: Int) async throws {
    try await withClient { client in
      let terms = try await window(client)
      let lines = (0..<count).map { WireLine("sku-\($0)", 2) }
      var told: [Int] = []
      let opened = try await client.openWholeSale(
        operation: "big", sale: "618", terms: terms, lines: lines, progress: { told.append($0) })
      #expect(opened.success?.isRepeat == false)
      #expect(told.last == count && told == told.sorted())
      let sale = try #require(try await client.sale("618").success?.value)
      #expect(sale.state == .open)
      #expect([sale.items, sale.available] == [Int64(count), Int64(count) * 2])
      let last = [WireLine("sku-\(count - 1)", 1)]
      #expect(try await client.reserve(order: "o", buyer: "u", sale: "618", lines: last).success?.available == 1)
      // Again: nothing is added twice.
      let again = try await client.openWholeSale(operation: "big", sale: "618", terms: terms, lines: lines)
      #expect(again.success?.isRepeat == true)
      #expect(try await client.sale("618").success?.value.available == Int64(count) * 2 - 1)
      let other = try await client.openWholeSale(operation: "other", sale: "618", terms: terms, lines: lines)
      #expect(other.refusal?.outcome == .saleExists)
    }
  }

  /// An addition that cannot be had leaves the sale paused; once it can be had, the same call goes on.
  @Test func aFillingGoesOnWhereItStopped() async throws {
    try await withClient { client in
      let terms = try await window(client)
      var lines = (0..<600).map { WireLine("sku-\($0)", 1) }
      for part in [0..<512, 512..<600] {
        _ = try await client.preheat(operation: "p-\(part)", lines: Array(lines[part]))
      }
      lines[599].quantity = 3
      let short = try await client.openWholeSale(
        operation: "big", sale: "618", terms: terms, source: .pools, lines: lines)
      #expect(short.refusal?.shortages == [WireShortage(item: "sku-599", available: 1)])
      let half = try #require(try await client.sale("618").success?.value)
      #expect(half.state == .paused && half.items == 512)
      _ = try await client.supply(operation: "more", lines: [WireLine("sku-599", 2)])
      let whole = try await client.openWholeSale(
        operation: "big", sale: "618", terms: terms, isPaused: true, source: .pools, lines: lines)
      #expect(whole.success?.isRepeat == false)
      let full = try #require(try await client.sale("618").success?.value)
      #expect(full.state == .paused && full.available == 602)
      _ = try await client.openWholeSale(operation: "big", sale: "618", terms: terms, source: .pools, lines: lines)
      #expect(try await client.sale("618").success?.value.state == .open)
    }
  }
}
