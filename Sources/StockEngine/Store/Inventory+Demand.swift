extension Inventory {
  /// Reads how often buying an item was refused, over time, from the log and the archive. Blocks, for as long as the files take: call
  /// it off the event loops.
  /// - Parameters:
  ///   - item: `sku` for all of its pools, those of sales too; `sku@pool` for one (`sku@main` for the SKU's own).
  ///   - query: the part of the curve that is wanted, `rowsMax` 1 ... 1000.
  /// - Returns: in `replies`, one `found` reply with a demand body, complete up to the reply's LSN but for what was refused within the
  ///   second before it and is logged later; `unknownItem`; or `unavailable` if the files cannot be read, or the SKU has more pools than
  ///   a read of pools answers.
  public func demand(item: String, _ query: DemandQuery, into replies: inout ReplyBatch) {
    var present = ReplyBatch()
    readItems(item, into: &present)
    var reply = present.replies[0]
    if case .items(let range) = reply.body {
      let known = present.items[range.indices].filter { $0.exists }
      reply = Reply(.unknownItem)
      if !known.isEmpty { reply = read(known, query, until: present.replies[0].lsn, texts: present, into: &replies) }
    } else if reply.outcome != .unavailable {
      reply = Reply(.unknownItem)
    }
    reply.lsn = present.replies[0].lsn
    replies.append(reply)
  }

  /// The items that a name means: one, or a SKU's in all pools.
  private func readItems(_ item: String, into replies: inout ReplyBatch) {
    var batch = CommandBatch()
    let name = batch.store(item)
    if item.utf8.contains(UInt8(ascii: "@")) {
      batch.appendLine(item: name, quantity: 0)
      batch.append(.get(Get(lines: IndexRange(start: 0, count: 1))))
    } else {
      batch.append(.pools(ReadPools(sku: name)))
    }
    makeExecutor().execute(&batch, into: &replies)
  }

  private func read(
    _ items: [ItemBalance], _ query: DemandQuery, until lsn: LSN, texts: borrowing ReplyBatch,
    into replies: inout ReplyBatch
  ) -> Reply {
    do throws(EngineFault) {
      try commit.flush()
      var reader = DemandReader(
        directory: directory, store: storeID, items: items.map(\.number), until: lsn, query: query,
        rowsMax: Int(query.rowsMax), bytesMax: configuration.historyBytesMax)
      let curve = try reader.run()
      var names: [ItemNumber: ByteRange] = [:]
      for item in items { names[item.number] = replies.store(texts.string(item.item)) }
      let start = replies.demandRows.count
      for row in curve.rows {
        replies.demandRows.append(
          DemandRow(
            time: row.time, item: names[row.item] ?? .empty, reason: row.reason, attempts: row.attempts,
            units: row.units))
      }
      replies.demands.append(
        DemandPage(
          rows: IndexRange(start: start, count: curve.rows.count), since: curve.since, next: curve.next))
      return Reply(.found, .demand(UInt32(replies.demands.count - 1)))
    } catch {
      return Reply(.unavailable)
    }
  }
}

extension ReplyBatch {
  fileprivate mutating func store(_ text: String) -> ByteRange {
    var text = text
    return text.withUTF8 { store(UnsafeRawBufferPointer($0)) }
  }
}
