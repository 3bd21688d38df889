import StockEngine

extension Inventory {
  /// Creates the catalogue's items and waits until they are durable. Blocks.
  /// - Returns: how many items were created.
  func preheat(_ catalogue: Catalogue) throws(EngineFault) -> Int {
    let executor = makeExecutor()
    var batch = CommandBatch()
    var replies = ReplyBatch()
    var created = 0
    let step = Bounds.linesPerOperationMax
    for start in stride(from: 0, to: catalogue.rows.count, by: step) {
      let rows = catalogue.rows[start..<min(start + step, catalogue.rows.count)]
      batch.removeAll()
      replies.removeAll()
      let operation = batch.store("dev-preheat-\(start / step)")
      let first = batch.lineCount
      for row in rows { batch.appendLine(item: batch.store(row.item), quantity: row.quantity) }
      let lines = IndexRange(start: UInt32(first), count: UInt32(rows.count))
      batch.append(.preheat(Preheat(operation: operation, lines: lines, replace: false)))
      executor.execute(&batch, into: &replies)
      let reply = replies.replies[0]
      guard reply.outcome.isSuccess else {
        throw EngineFault(
          .configuration, "the catalogue was refused: \(reply.outcome.name)", advice: "Check its items and quantities.")
      }
      created += rows.count
    }
    try flush()
    return created
  }
}
