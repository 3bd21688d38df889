import StockEngine

/// Decide, fold and encode, on one core; no log, no network. What is measured is the deciding of batches of 1,000, not the making
/// of them. Memory is touched beforehand: clearing pages is the system's work.
struct MachineFigure {
  let orders: Int

  func measure() {
    let plain = run(skus: 1_000_000, buyers: 10_000_000, inSale: false)
    print(
      "machine alone      \(rate(plain)) M reserves/s (\(rounded(plain.nanoseconds, 0)) ns each), \(orders) orders, 1000000 SKUs"
    )
    print("memory             \(rounded(plain.bytes, 1)) bytes an open order, all indexes")
    print("records            \(rounded(plain.recordBytes, 1)) bytes an order before compression")
    measureSale()
  }

  /// A sale counts two uses for every order: those of buyers that order again are found, those of new ones are made.
  private func measureSale() {
    let skus = Bounds.itemsPerSaleMax
    for (buyers, whose) in [(1_000_000, "1000000 buyers"), (orders, "a buyer of its own for every order")] {
      let outside = run(skus: skus, buyers: buyers, inSale: false)
      let inside = run(skus: skus, buyers: buyers, inSale: true)
      print(
        "in a sale          \(rate(inside)) M reserves/s with two limits, \(rounded(outside.nanoseconds / inside.nanoseconds)) of outside (\(rate(outside)) M/s), \(skus) SKUs, \(whose)"
      )
      print("limits             \(rounded(inside.useBytes, 1)) bytes for each subject and limit")
    }
  }

  private struct Run {
    var nanoseconds: Double
    var bytes: Double
    var recordBytes: Double
    var useBytes: Double
  }

  private func rate(_ run: Run) -> String { String(rounded(1000 / run.nanoseconds)) }

  private func run(skus: Int, buyers: Int, inSale: Bool) -> Run {
    var load = Load(skus: skus, buyers: buyers)
    var bench = MachineBenchmark(warmBytes: orders * (inSale ? 420 : 160) + skus * 160 * (inSale ? 2 : 1))
    var replies = ReplyBatch()
    func prepare(_ batch: inout CommandBatch) {
      _ = bench.execute(&batch, into: &replies)
      precondition(replies.replies.allSatisfy { $0.outcome == .done }, "the stock was refused")
    }
    load.preheat(prepare)
    if inSale { load.openSale(prepare) }
    let before = bench.memoryBytes
    let clock = ContinuousClock()
    var spent = Duration.zero
    var batch = CommandBatch()
    var recordBytes = 0
    for _ in 0..<orders / 1000 {
      load.fill(&batch, count: 1000, inSale: inSale)
      replies.removeAll()
      let start = clock.now
      recordBytes += bench.execute(&batch, into: &replies)
      spent += clock.now - start
      precondition(replies.replies.allSatisfy { $0.outcome == .reserved }, "a reserve was refused")
    }
    let count = Double(orders / 1000 * 1000)
    return Run(
      nanoseconds: spent.seconds / count * 1e9, bytes: Double(bench.memoryBytes - before) / count,
      recordBytes: Double(recordBytes) / count, useBytes: bench.useBytes)
  }
}
