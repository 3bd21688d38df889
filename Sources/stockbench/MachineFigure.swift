import StockEngine

/// Decide, fold and encode, on one core, over 1 M SKUs; no log, no network. What is measured is the deciding of batches of
/// 1,000, not the making of them. Memory is touched beforehand: clearing pages is the system's work.
struct MachineFigure {
  let orders: Int

  func measure() {
    let skus = 1_000_000
    var load = Load(skus: skus)
    var bench = MachineBenchmark(warmBytes: orders * 160 + skus * 160)
    var replies = ReplyBatch()
    load.preheat { batch in
      _ = bench.execute(&batch, into: &replies)
      precondition(replies.replies.last?.outcome == .done, "the preheat was refused")
    }
    let before = bench.memoryBytes
    let clock = ContinuousClock()
    var spent = Duration.zero
    var batch = CommandBatch()
    var recordBytes = 0
    for _ in 0..<orders / 1000 {
      load.fill(&batch, count: 1000)
      replies.removeAll()
      let start = clock.now
      recordBytes += bench.execute(&batch, into: &replies)
      spent += clock.now - start
      precondition(replies.replies.allSatisfy { $0.outcome == .reserved }, "a reserve was refused")
    }
    let count = Double(orders / 1000 * 1000)
    let memory = Double(bench.memoryBytes - before) / count
    print(
      "machine alone      \(rounded(count / spent.seconds / 1e6)) M reserves/s (\(rounded(spent.seconds / count * 1e9, 0)) ns each), \(orders) orders, \(skus) SKUs"
    )
    print("memory             \(rounded(memory, 1)) bytes an open order, all indexes")
    print("records            \(rounded(Double(recordBytes) / count, 1)) bytes an order before compression")
  }
}
