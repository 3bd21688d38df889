import StockEngine

/// What could look at much with the locks held, on the machine alone: each figure is the time of one command.
struct WalkFigure: ~Copyable {
  private static let skus = Bounds.itemsPerSaleMax

  private var bench = MachineBenchmark()
  private var replies = ReplyBatch()

  /// - Parameter commands: that `fill` puts into the batch.
  /// - Returns: microseconds a command.
  private mutating func time(_ commands: Int, _ outcome: Outcome, _ fill: (inout CommandBatch) -> Void) -> Double {
    var batch = CommandBatch()
    fill(&batch)
    replies.removeAll()
    let clock = ContinuousClock()
    let start = clock.now
    _ = bench.execute(&batch, into: &replies)
    let spent = clock.now - start
    precondition(replies.replies.allSatisfy { $0.outcome == outcome }, "a command was answered otherwise")
    return spent.seconds / Double(commands) * 1e6
  }

  mutating func measure() {
    let load = Load(skus: Self.skus)
    func prepare(_ batch: inout CommandBatch) {
      replies.removeAll()
      _ = bench.execute(&batch, into: &replies)
    }
    load.preheat { prepare(&$0) }
    load.openSale { prepare(&$0) }
    let sku = { (number: Int) in Load.text("SKU-", number, digits: 7) }

    let read = time(100, .found) { batch in
      for _ in 0..<100 { batch.append(.sale(ReadSale(sale: batch.store(Load.sale)))) }
    }
    print("a read of a sale of \(Self.skus) SKUs      \(rounded(read)) us")
    let cart = time(100, .soldOut) { batch in
      for number in 0..<100 {
        let order = batch.store(Load.text("short-", number, digits: 6))
        let start = UInt32(batch.lineCount)
        for line in 0..<Bounds.linesPerOrderMax {
          batch.appendLine(item: batch.store(sku(line)), quantity: 2_000_000_000)
        }
        batch.append(
          .reserve(
            Reserve(
              order: order, buyer: .empty, payload: .empty,
              lines: IndexRange(start: start, count: UInt32(Bounds.linesPerOrderMax)), holdMilliseconds: 0,
              issuedAt: .zero)))
      }
    }
    print("a cart of \(Bounds.linesPerOrderMax) lines that is short    \(rounded(cart)) us")
    let limit = time(1000, .done) { batch in
      let text = batch.store(Limit.encoded([Limit(dimension: "user", max: 1)]))
      for number in 0..<1000 {
        batch.append(
          .limitSKU(
            LimitSKU(
              operation: batch.store(Load.text("limit-", number, digits: 6)), item: batch.store(sku(number * 97)),
              limit: text, isLifted: false)))
      }
    }
    print("a SKU's first limit, among \(2 * Self.skus) items  \(rounded(limit)) us")
  }
}
