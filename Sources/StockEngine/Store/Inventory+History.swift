extension Inventory {
  /// Reads an item's changes from the log and the archive, newest first. Blocks, for as long as the files take: call it off the
  /// event loops.
  /// - Parameters:
  ///   - beforeVersion: only changes that led to a lower version; 0 begins at the newest.
  ///   - rowsMax: 1 ... 1000.
  /// - Returns: in `replies`, one `found` reply with a history body, whose `completeSince` says from which LSN on the rows are
  ///   all there are; `unknownItem`; or `unavailable` if the files cannot be read.
  public func history(
    item: String, beforeVersion: UInt64, rowsMax: Int, into replies: inout ReplyBatch
  ) {
    var batch = CommandBatch()
    let name = batch.shortName(batch.store(item))
    batch.appendLine(item: name, quantity: 0)
    batch.append(.get(Get(lines: IndexRange(start: 0, count: 1))))
    var present = ReplyBatch()
    makeExecutor().execute(&batch, into: &present)
    let lsn = present.replies[0].lsn
    guard case .items = present.replies[0].body, present.items[0].exists else {
      var reply = Reply(.unknownItem)
      reply.lsn = lsn
      replies.append(reply)
      return
    }
    do {
      try commit.flush()
      var reader = HistoryReader(
        directory: directory, store: storeID, item: present.items[0], until: lsn, beforeVersion: beforeVersion,
        rowsMax: rowsMax, bytesMax: configuration.historyBytesMax)
      try reader.run(into: &replies, lsn: lsn)
    } catch {
      var reply = Reply(.unavailable)
      reply.lsn = lsn
      replies.append(reply)
    }
  }
}

extension ReplyBatch {
  mutating func append(_ reply: Reply) {
    replies.append(reply)
    gate = max(gate, reply.lsn)
  }
}
