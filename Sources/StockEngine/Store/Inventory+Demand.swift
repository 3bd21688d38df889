extension Inventory {
  /// Reads how often buying an item was refused, over time, from the log and the archive. Blocks, for as long as the files take: call
  /// it off the event loops.
  /// - Parameters:
  ///   - item: `sku` for all of its pools, those of sales too; `sku@pool` for one (`sku@main` for the SKU's own).
  ///   - query: the part of the curve that is wanted, `rowsMax` 1 ... 1000.
  /// - Returns: in `replies`, one `found` reply with a demand body, complete up to the reply's LSN but for what was refused within the
  ///   second before it and is logged later; `unknownItem`; or `unavailable` if the files cannot be read.
  public func demand(item: String, _ query: DemandQuery, into replies: inout ReplyBatch) {
    var present = ReplyBatch()
    var batch = CommandBatch()
    batch.appendLine(item: batch.store(item), quantity: 0)
    batch.append(.get(Get(lines: IndexRange(start: 0, count: 1))))
    makeExecutor().execute(&batch, into: &present)
    let lsn = present.replies[0].lsn
    var reply = Reply(.unknownItem)
    if case .items(let range) = present.replies[0].body {
      let balance = present.items[range.indices.lowerBound]
      // Read after the LSN: whatever was there by then is found.
      var items = item.utf8.contains(UInt8(ascii: "@")) ? [] : items(ofSKU: item)
      if items.isEmpty && balance.exists {
        items = [.init(number: balance.number, name: Array(present.string(balance.item).utf8))]
      }
      if !items.isEmpty { reply = read(items, query, until: lsn, into: &replies) }
    }
    reply.lsn = lsn
    replies.append(reply)
  }

  /// A SKU's items in all of its pools, of past sales too, however many. A partition at a time, so that nobody waits for all of them.
  private func items(ofSKU sku: String) -> [Machine.NamedItem] {
    let bytes = Array(sku.utf8) + [UInt8](repeating: 0, count: CommandBatch.slackBytes)
    let count = sku.utf8.count
    return (0..<Partition.count).flatMap { number in
      let partition = Partition(UInt8(number))
      return group.shards[number & (group.count - 1)].enter { shard in
        shard.withMachine { $0.pointee.items(ofSKU: bytes, count: count, in: partition) }
      }
    }
  }

  private func read(
    _ items: [Machine.NamedItem], _ query: DemandQuery, until lsn: LSN, into replies: inout ReplyBatch
  ) -> Reply {
    do throws(EngineFault) {
      try commit.flush()
      var reader = DemandReader(
        directory: directory, store: storeID, items: items.map(\.number), until: lsn, query: query,
        rowsMax: Int(query.rowsMax), bytesMax: configuration.historyBytesMax)
      let curve = try reader.run()
      var names: [ItemNumber: ByteRange] = [:]
      for item in items { names[item.number] = item.name.withUnsafeBytes { replies.store($0) } }
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
