import StockEngine

/// Fills a log, leaves it as a kill would, and opens it again: events folded from compressed segments a second, with no
/// snapshot to begin from.
struct RecoveryFigure {
  let orders: Int
  let directory: String

  func measure() throws(EngineFault) {
    var configuration = EngineConfiguration()
    configuration.snapshotBytes = .max / 2
    configuration.lagBytesMax = .max
    let store = try Inventory(path: directory, configuration: configuration)
    var load = Load(skus: 100_000)
    let executor = store.makeExecutor()
    var replies = ReplyBatch()
    load.preheat { batch in executor.execute(&batch, into: &replies) }
    var batch = CommandBatch()
    for _ in 0..<orders / 1000 {
      load.fill(&batch, count: 1000)
      replies.removeAll()
      executor.execute(&batch, into: &replies)
      // The log's thread must not fall behind, or commands would be refused.
      if store.lastLSN.rawValue - store.durableLSN.rawValue > 200_000 { try store.flush() }
    }
    try store.flush()
    let stats = statistics(executor)
    store.abandon()

    let again = try Inventory(path: directory, configuration: configuration)
    let report = again.recovery
    let seconds = max(Double(report.milliseconds) / 1000, 0.001)
    print(
      "log                \(rounded(Double(stats.logBytes) / Double(stats.logRecords), 1)) bytes an order on disk, \(stats.logRecords / max(stats.logGroups, 1)) records a group"
    )
    print(
      "recovery           \(rounded(Double(report.events) / seconds / 1e6)) M events/s (\(report.events) events in \(rounded(seconds)) s)"
    )
    again.abandon()
  }

  private func statistics(_ executor: BatchExecutor) -> StoreStats {
    var batch = CommandBatch()
    var replies = ReplyBatch()
    batch.append(.stats)
    executor.execute(&batch, into: &replies)
    guard let stats = replies.stats.first else { preconditionFailure("stats are always answered") }
    return stats
  }
}
