import StockEngine

/// Orders that are reserved and a little later confirmed (four of five) or cancelled; then what the archive makes of their log,
/// and how long the history of one SKU takes before and after.
struct ArchiveFigure {
  let orders: Int
  let directory: String
  /// Commands that share a sync.
  let groupCommands: Int

  private static let skus = 100_000
  private static let segmentBytes = 60 << 20

  func measure() throws(EngineFault) {
    var configuration = EngineConfiguration()
    configuration.runsUpkeep = false
    configuration.lagBytesMax = .max
    configuration.snapshotBytes = .max / 2
    let store = try Inventory(path: directory, configuration: configuration)
    try fill(store)
    try store.seal()
    let before = try files()
    let slow = seconds { history(store) }
    let clock = ContinuousClock()
    try store.makeSnapshot()
    let start = clock.now
    try store.seal()
    // The second snapshot covers what the first one did: all but the last segment goes to the archive.
    try store.makeSnapshot()
    let spent = (clock.now - start).seconds
    let fast = seconds { history(store) }
    let after = try files()
    let moved = before.filter { file in after.contains { $0.sequence == file.sequence && $0.isArchived } }
    let segments = try bytes(moved)
    let archived = try bytes(after.filter(\.isArchived))
    let records = archived.records
    print(
      "archive            \(rounded(Double(segments.bytes) / Double(archived.bytes))) : 1, \(groupCommands) commands a group (\(segments.bytes) bytes of segments, \(archived.bytes) archived, \(rounded(Double(archived.bytes) / Double(records), 1)) a record)"
    )
    print("archiving          \(rounded(Double(segments.bytes) / spent / 1e6, 0)) MB of segments/s, snapshot included")
    print(
      "history of a SKU   \(rounded(slow * 1000, 1)) ms from segments, \(rounded(fast * 1000, 1)) ms archived (\(rounded(slow / fast, 0)) : 1), over \(segments.bytes >> 20) MiB of segments"
    )
    store.abandon()
  }

  private func fill(_ store: Inventory) throws(EngineFault) {
    let executor = store.makeExecutor()
    var load = Load(skus: Self.skus)
    var replies = ReplyBatch()
    load.preheat { batch in executor.execute(&batch, into: &replies) }
    var waiting: [[[UInt8]]] = []
    var made = 0
    var sealed: UInt64 = 0
    var batch = CommandBatch()
    for _ in 0..<orders / groupCommands {
      waiting.append(load.fillNamed(&batch, count: groupCommands))
      if waiting.count > 20 {
        for (index, id) in waiting.removeFirst().enumerated() {
          let order = batch.store(id)
          if index % 5 == 0 {
            batch.append(.cancel(Cancel(order: order, reason: .empty)))
          } else {
            batch.append(.confirm(Confirm(order: order)))
          }
        }
      }
      replies.removeAll()
      executor.execute(&batch, into: &replies)
      try store.flush()
      made += 1
      if made % 64 == 0 {
        let bytes = statistics(executor).logBytes
        if bytes - sealed > UInt64(Self.segmentBytes) {
          try store.seal()
          sealed = bytes
        }
      }
    }
  }

  private func statistics(_ executor: BatchExecutor) -> StoreStats {
    var batch = CommandBatch()
    var replies = ReplyBatch()
    batch.append(.stats)
    executor.execute(&batch, into: &replies)
    guard let stats = replies.stats.first else { preconditionFailure("stats are always answered") }
    return stats
  }

  private func history(_ store: Inventory) {
    var replies = ReplyBatch()
    store.history(item: "SKU-0004711", beforeVersion: 0, rowsMax: 1000, into: &replies)
    precondition(replies.replies[0].outcome == .found, "the history was refused")
  }

  private func seconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    body()
    return (clock.now - start).seconds
  }

  private func files() throws(EngineFault) -> [StoreInspector.SegmentFile] {
    try StoreInspector(path: directory).segments()
  }

  private func bytes(_ files: [StoreInspector.SegmentFile]) throws(EngineFault) -> (bytes: Int, records: UInt64) {
    var sum = (bytes: 0, records: UInt64(0))
    let inspector = try StoreInspector(path: directory)
    for file in files {
      let segment = try inspector.read(file, isLast: false) { (_, _) throws(EngineFault) in }
      sum.bytes += segment.fileBytes
      sum.records += segment.records
    }
    return sum
  }
}
