import StockEngine

/// What the machine keeps of each thing besides open orders: bytes, indexes included. Ids have 20 bytes, buyers 8.
struct MemoryFigure {
  /// Of each thing.
  let count: Int

  func measure() {
    var empty = Shop(skus: 0)
    let before = empty.bench.memoryBytes
    empty.preheat(count)
    show(Double(empty.bench.memoryBytes - before) / Double(count), "a stock item")
    measureEndedOrders()
    measureOperations()
    measureUnpaidOrders()
    measureBuyers()
  }

  private func show(_ bytes: Double, _ what: String) { print("memory             \(rounded(bytes, 1)) bytes \(what)") }

  /// Calls `fill` for each thousand of the things with their numbers.
  private func inThousands(_ shop: inout Shop, _ fill: (inout CommandBatch, Range<Int>) -> Void) {
    var batch = CommandBatch()
    for first in stride(from: 0, to: count, by: 1000) {
      batch.removeAll()
      fill(&batch, first..<min(first + 1000, count))
      shop.perform(&batch)
    }
  }

  /// Orders that were cancelled soon after they came, and what is left of them when their time is over.
  private func measureEndedOrders() {
    var shop = Shop(skus: 1000)
    var load = Load(skus: 1000)
    let before = shop.bench.memoryBytes
    inThousands(&shop) { batch, numbers in
      let ids = load.fillNamed(&batch, count: numbers.count)
      for id in ids { batch.append(.cancel(Cancel(order: batch.store(id), reason: .empty))) }
    }
    show(Double(shop.bench.memoryBytes - before) / Double(count), "an ended order, kept in full")
    shop.bench.retire(afterMilliseconds: Rules().endedRetentionMilliseconds + 1)
    precondition(shop.bench.ordersKept == 0, "an order was kept too long")
    show(shop.bench.fingerprintBytes, "an id after that")
  }

  private func measureOperations() {
    var shop = Shop(skus: 1)
    let before = shop.bench.memoryBytes
    inThousands(&shop) { batch, numbers in
      for number in numbers {
        let operation = batch.store(Load.text("restock-", number, digits: 12))
        let start = batch.lineCount
        batch.appendLine(item: batch.store("SKU-0000000"), quantity: 1)
        batch.append(
          .restock(
            Restock(operation: operation, line: IndexRange(start: UInt32(start), count: 1), reference: .empty)))
      }
    }
    show(Double(shop.bench.memoryBytes - before) / Double(count), "an operation id")
  }

  /// Of a sale that gives each buyer one unpaid order of a SKU.
  private func measureUnpaidOrders() {
    var shop = Shop(skus: 1000)
    var load = Load(skus: 1000)
    load.openSale(terms: SaleTerms(start: .zero, end: .distantFuture, unpaid: .refuse), limits: []) {
      shop.perform(&$0)
    }
    inThousands(&shop) { batch, numbers in load.fill(&batch, count: numbers.count, inSale: true) }
    show(shop.bench.unpaidBytes, "a buyer's unpaid order of a SKU, in a sale that asks for it")
  }

  private func measureBuyers() {
    var shop = Shop(skus: 1)
    inThousands(&shop) { batch, numbers in
      for number in numbers {
        batch.append(
          .flagBuyer(
            FlagBuyer(
              operation: batch.store(Load.text("flag-", number, digits: 15)),
              buyer: batch.store(Load.text("u", number, digits: 7)), isFlagged: true)))
      }
    }
    show(shop.bench.buyerBytes, "a buyer that was flagged, or let an order expire")
  }
}

/// A machine with some SKUs.
private struct Shop: ~Copyable {
  var bench = MachineBenchmark()
  private var replies = ReplyBatch()

  init(skus: Int) { preheat(skus) }

  mutating func preheat(_ skus: Int) {
    let load = Load(skus: skus)
    load.preheat { perform(&$0) }
  }

  mutating func perform(_ batch: inout CommandBatch) {
    replies.removeAll()
    _ = bench.execute(&batch, into: &replies)
    precondition(replies.replies.allSatisfy { $0.outcome.isSuccess }, "a command was refused")
  }
}
