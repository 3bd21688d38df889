import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// What is kept of each thing, indexes included: the bounds that `docs/operations.md` speaks of. `stockbench` prints the figures.
@Suite struct MemoryTests {
  /// Enough that a page which is not full does not matter.
  private static let count = 60_000

  /// A machine, and the commands that it is given.
  private struct Shop: ~Copyable {
    var bench = MachineBenchmark()
    private var replies = ReplyBatch()

    mutating func perform(_ text: String) throws {
      var batch = CommandBatch()
      batch.add(try ShopCommand(text))
      perform(&batch)
    }

    mutating func perform(_ batch: inout CommandBatch) {
      replies.removeAll()
      _ = bench.execute(&batch, into: &replies)
      #expect(replies.replies.allSatisfy { $0.outcome.isSuccess })
    }

    /// Commands by their numbers, a thousand in a batch.
    mutating func perform(_ count: Int, _ command: (Int) -> ShopCommand) {
      var batch = CommandBatch()
      for first in stride(from: 0, to: count, by: 1000) {
        batch.removeAll()
        for number in first..<first + 1000 { batch.add(command(number)) }
        perform(&batch)
      }
    }
  }

  private static func placement(_ number: Int, sale: String = "") -> ShopCommand.Placement {
    var placement = ShopCommand.Placement(order: "order-2025-11-\(100_000 + number)", lines: [.init("A", 1)])
    placement.buyer = "u\(1_000_000 + number)"
    placement.sale = sale
    return placement
  }

  /// An order that is open; the same once it has ended; what is left of it after that.
  @Test func orders() throws {
    var shop = Shop()
    try shop.perform("preheat p A=1000000")
    let before = shop.bench.memoryBytes
    shop.perform(Self.count) { .reserve(Self.placement($0)) }
    let open = Double(shop.bench.memoryBytes - before) / Double(Self.count)
    #expect(open > 100 && open <= 145, "\(open) bytes an open order")
    shop.perform(Self.count) { .cancel(order: Self.placement($0).order, reason: "") }
    let ended = Double(shop.bench.memoryBytes - before) / Double(Self.count)
    #expect(ended == open, "an order grows by \(ended - open) bytes when it ends")
    shop.bench.retire(afterMilliseconds: Rules().endedRetentionMilliseconds - 1000)
    #expect(shop.bench.ordersKept == Self.count)
    shop.bench.retire(afterMilliseconds: 1001)
    #expect(shop.bench.ordersKept == 0)
    #expect(shop.bench.fingerprintBytes > 44 && shop.bench.fingerprintBytes <= 64, "\(shop.bench.fingerprintBytes)")
    // Fingerprints go too, after far longer.
    shop.bench.retire(afterMilliseconds: Rules().idRetentionMilliseconds + 1)
    #expect(shop.bench.fingerprintBytes == 0)
  }

  @Test func operations() throws {
    var shop = Shop()
    try shop.perform("preheat p A=1")
    let before = shop.bench.memoryBytes
    shop.perform(Self.count) {
      .restock(operation: "restock-\(1_000_000 + $0)", line: .init("A", 1), reference: "")
    }
    let each = Double(shop.bench.memoryBytes - before) / Double(Self.count)
    #expect(each > 44 && each <= 64, "\(each) bytes an operation id")
  }

  /// What a limit counts, and the unpaid orders of a sale that asks for them.
  @Test func usesAndUnpaidOrders() throws {
    var shop = Shop()
    try shop.perform("preheat p A=1000000")
    // The benchmark's time begins at 1.75e12 ms.
    try shop.perform("open s-1 S start=1d end=30000d unpaid=refuse limit=user:5 A=1000000")
    shop.perform(Self.count) { .reserve(Self.placement($0, sale: "S")) }
    #expect(shop.bench.useBytes > 24 && shop.bench.useBytes <= 48, "\(shop.bench.useBytes) bytes a use")
    #expect(shop.bench.unpaidBytes > 48 && shop.bench.unpaidBytes <= 70, "\(shop.bench.unpaidBytes) bytes an entry")
    // One table for the whole sale would move all of it when it grows.
    let atOnce = shop.bench.unpaidIndexBytesMax
    #expect(atOnce <= Self.count / 256 * 8 * 4, "\(atOnce) bytes at once")
  }

  @Test func buyers() throws {
    var shop = Shop()
    shop.perform(Self.count) {
      .flagBuyer(operation: "flag-\(1_000_000 + $0)", buyer: "u\(1_000_000 + $0)", isFlagged: true)
    }
    #expect(shop.bench.buyerBytes > 112 && shop.bench.buyerBytes <= 144, "\(shop.bench.buyerBytes) bytes a buyer")
  }
}
