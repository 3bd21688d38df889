import StockEngine

// The answers of reads: integers and names where a program asks in a loop, maps where somebody looks.

extension ReplyWriter {
  func writeRead(_ reply: Reply, _ replies: borrowing ReplyBatch, texts: [UInt8], to writer: inout RESPWriter) {
    switch reply.body {
    case .items(let rows): writeItems(rows, replies, to: &writer)
    case .page(let rows, let next):
      writer.array(3)
      writer.bulk(String(next))
      writeNames(rows, replies, texts, to: &writer)
      writer.integer(Int64(clamping: reply.lsn.rawValue))
    case .order(let index): write(replies.orders[Int(index)], replies, to: &writer)
    case .buyer(let index): write(replies.buyers[Int(index)], replies, to: &writer)
    case .sales(let rows, let next):
      let isPage = shape == .sales
      if isPage {
        writer.array(3)
        writer.bulk(String(next))
        writer.array(Int(rows.count))
      }
      for index in rows.indices { write(replies.sales[index], replies, to: &writer) }
      if isPage { writer.integer(Int64(clamping: reply.lsn.rawValue)) }
    case .stats(let index): write(replies.stats[Int(index)], to: &writer)
    case .ids(let first, let count):
      if shape == .ids(isList: true) { writer.array(Int(count)) }
      // As texts: as numbers they lose their last digits in clients whose numbers are floating.
      for offset in 0..<UInt64(count) { writer.bulk(String(first + offset)) }
    case .history(let rows, let completeSince):
      writer.array(3)
      writer.integer(Int64(clamping: completeSince.rawValue))
      writeChanges(rows, replies, to: &writer)
      writer.integer(Int64(clamping: reply.lsn.rawValue))
    default:
      switch reply.outcome {
      case .unknownItem, .noSuchOrder, .noSuchSale: writer.null()
      // An overdue order had to be ended first, or ids to be set aside.
      case .noSpace: writer.error("READONLY the log has no room for the record that this answer needs")
      default: writer.error("ERR \(reply.outcome.name)")
      }
    }
  }

  private func writeItems(_ rows: IndexRange, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    switch shape {
    case .availables:
      writer.array(Int(rows.count))
      for index in rows.indices { writeAvailable(replies.items[index], to: &writer) }
    case .pools:
      writer.map(Int(rows.count))
      for index in rows.indices {
        writer.bulk(replies.items[index].item, of: replies)
        write(replies.items[index], to: &writer)
      }
    case .item:
      let balance = replies.items[Int(rows.start)]
      if balance.exists { write(balance, to: &writer) } else { writer.null() }
    default: writeAvailable(replies.items[Int(rows.start)], to: &writer)
    }
  }

  private func writeAvailable(_ balance: ItemBalance, to writer: inout RESPWriter) {
    if balance.exists { writer.integer(balance.sellable) } else { writer.null() }
  }

  private func write(_ balance: ItemBalance, to writer: inout RESPWriter) {
    writer.map(8)
    writer.pair("sellable", balance.sellable)
    writer.pair("available", balance.available)
    writer.pair("reserved", balance.reserved)
    writer.pair("sold", balance.sold)
    writer.pair("scrapped", balance.scrapped)
    writer.pair("supplied", balance.supplied)
    writer.pair("floor", balance.floor)
    writer.pair("version", Int64(clamping: balance.version))
  }

  private func writeNames(
    _ rows: IndexRange, _ replies: borrowing ReplyBatch, _ texts: [UInt8], to writer: inout RESPWriter
  ) {
    guard case .scan(let pattern?) = shape else {
      writer.array(Int(rows.count))
      for index in rows.indices { writer.bulk(replies.items[index].item, of: replies) }
      return
    }
    let glob = Array(texts[Int(pattern.offset)..<Int(pattern.offset) + Int(pattern.count)])
    let matching = rows.indices.filter { index in
      let name = replies.items[index].item
      return replies.bytes.withUnsafeBytes { bytes in
        let start = Int(name.offset)
        return Glob.matches(UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(name.count)]), glob)
      }
    }
    writer.array(matching.count)
    for index in matching { writer.bulk(replies.items[index].item, of: replies) }
  }

  private func write(_ order: OrderRecord, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    writer.map(order.isRetired ? 4 : 12)
    writer.pair("order", order.order, of: replies)
    writer.bulk("state")
    writer.bulk(order.state.name)
    writer.pair("changed", order.changedAt.milliseconds)
    writer.bulk("refund_required")
    writer.boolean(order.isRefundRequired)
    // Of an order whose full record is gone only its id, its state and its end are known.
    if order.isRetired { return }
    writer.pair("user", order.buyer, of: replies)
    writer.pair("created", order.createdAt.milliseconds)
    writer.pair("deadline", order.deadline.milliseconds)
    writer.pair("payload", order.payload, of: replies)
    writer.pair("sale", order.sale, of: replies)
    writer.bulk("late")
    writer.boolean(order.isLate)
    let subjects = replies.subjects(order.subjects)
    writer.bulk("subjects")
    writer.map(subjects.count)
    for subject in subjects {
      writer.bulk(subject.dimension)
      writer.bulk(subject.value)
    }
    writer.bulk("lines")
    writer.array(Int(order.lines.count))
    for index in order.lines.indices {
      writer.map(5)
      writer.pair("item", replies.orderLines[index].item, of: replies)
      writer.pair("quantity", replies.orderLines[index].quantity)
      writer.pair("confirmed", replies.orderLines[index].confirmed)
      writer.pair("cancelled", replies.orderLines[index].cancelled)
      writer.pair("returned", replies.orderLines[index].returned)
    }
  }

  private func write(_ buyer: BuyerRecord, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    writer.map(5)
    writer.pair("user", buyer.buyer, of: replies)
    writer.bulk("flagged")
    writer.boolean(buyer.isFlagged)
    writer.bulk("by_hand")
    writer.boolean(buyer.isFlaggedByHand)
    writer.pair("until", buyer.until.milliseconds)
    writer.pair("unpaid", Int64(buyer.unpaid))
  }

  private func write(_ sale: SaleRecord, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    writer.map(17)
    writer.pair("sale", sale.sale, of: replies)
    writer.bulk("state")
    writer.bulk(sale.state.name)
    writer.pair("start", sale.terms.start.milliseconds)
    writer.pair("end", sale.terms.end.milliseconds)
    writer.pair("pay_ms", sale.terms.holdMilliseconds)
    writer.pair("items", sale.items)
    writer.pair("available", sale.available)
    writer.pair("reserved", sale.reserved)
    writer.pair("sold", sale.sold)
    writer.pair("scrapped", sale.scrapped)
    writer.bulk("unpaid")
    writer.bulk("\(sale.terms.unpaid)")
    writer.bulk("flagged")
    writer.bulk("\(sale.terms.flagged)")
    writer.bulk("strict")
    writer.boolean(sale.terms.options.contains(.strictDeadline))
    writer.bulk("record")
    writer.boolean(sale.terms.options.contains(.recordsAttempts))
    writeLimits(sale.terms.limits, replies, to: &writer)
    writeEligible(sale.terms.eligible, replies, to: &writer)
    writeRefusals(sale.refused, to: &writer)
  }

  private func writeLimits(_ range: ByteRange, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    let start = Int(range.offset)
    let limits = Limit.decoded(Array(replies.bytes[start..<start + Int(range.count)])) ?? []
    writer.bulk("limits")
    writer.array(limits.count)
    for limit in limits {
      writer.map(4)
      writer.bulk("dimension")
      writer.bulk(limit.dimension)
      writer.bulk("counts")
      writer.bulk(limit.measure == .units ? "units" : "open orders")
      writer.pair("max", Int64(limit.max))
      writer.bulk("give_back")
      writer.boolean(limit.isGivenBackOnReturn)
    }
  }

  private func writeEligible(_ range: ByteRange, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    let pairs = replies.subjects(range)
    writer.bulk("eligible")
    writer.array(pairs.count)
    for pair in pairs {
      writer.array(2)
      writer.bulk(pair.dimension)
      writer.bulk(pair.value)
    }
  }

  private func writeRefusals(_ refused: RefusalCounts, to writer: inout RESPWriter) {
    writer.bulk("refused")
    writer.map(6)
    writer.pair("sold_out", Int64(clamping: refused.soldOut))
    writer.pair("limit", Int64(clamping: refused.limitReached))
    writer.pair("not_open", Int64(clamping: refused.saleNotOpen))
    writer.pair("unpaid", Int64(clamping: refused.unpaidExists))
    writer.pair("flagged", Int64(clamping: refused.buyerFlagged))
    writer.pair("not_eligible", Int64(clamping: refused.notEligible))
  }

  private func write(_ stats: StoreStats, to writer: inout RESPWriter) {
    let rows = StatsRows.of(stats)
    writer.map(rows.count)
    for row in rows {
      writer.bulk(row.name)
      writer.integer(row.value)
    }
  }

  /// `[version, lsn, ms, kind, reference, available delta, reserved delta, sold delta, scrapped delta, available]`, newest first.
  private func writeChanges(
    _ rows: IndexRange, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter
  ) {
    writer.array(Int(rows.count))
    for index in rows.indices {
      let change = replies.changes[index]
      writer.array(10)
      writer.integer(Int64(clamping: change.version))
      writer.integer(Int64(clamping: change.lsn.rawValue))
      writer.integer(change.time.milliseconds)
      writer.bulk(change.kind.name)
      writer.bulk(change.reference, of: replies)
      writer.integer(change.availableDelta)
      writer.integer(change.reservedDelta)
      writer.integer(change.soldDelta)
      writer.integer(change.scrappedDelta)
      writer.integer(change.available)
    }
  }
}

/// The store's totals by name: `STOCK.STATS`, and the section `stock` of `INFO`.
enum StatsRows {
  static func of(_ stats: StoreStats) -> [(name: StaticString, value: Int64)] {
    [
      ("items", Int64(clamping: stats.items)),
      ("orders_open", Int64(clamping: stats.ordersOpen)),
      ("orders_kept", Int64(clamping: stats.ordersKept)),
      ("fingerprints", Int64(clamping: stats.fingerprints)),
      ("operations", Int64(clamping: stats.operations)),
      ("supplied", stats.supplied),
      ("available", stats.available),
      ("reserved", stats.reserved),
      ("sold", stats.sold),
      ("scrapped", stats.scrapped),
      ("state_hash", Int64(bitPattern: stats.stateHash)),
      ("last_lsn", Int64(clamping: stats.lastLSN.rawValue)),
      ("durable_lsn", Int64(clamping: stats.durableLSN.rawValue)),
      ("snapshot_lsn", Int64(clamping: stats.snapshotLSN.rawValue)),
      ("log_bytes", Int64(clamping: stats.logBytes)),
      ("log_records", Int64(clamping: stats.logRecords)),
      ("log_groups", Int64(clamping: stats.logGroups)),
      ("expiry_lag_ms", stats.expiryLagMilliseconds),
      ("uptime_ms", stats.uptimeMilliseconds),
      ("recovery_ms", stats.recoveryMilliseconds),
      ("shards", Int64(clamping: stats.shards)),
      ("space_low", stats.isSpaceLow ? 1 : 0),
      ("now", stats.now.milliseconds),
    ]
  }
}

extension RESPWriter {
  mutating func pair(_ name: StaticString, _ value: Int64) {
    bulk(name)
    integer(value)
  }

  mutating func pair(_ name: StaticString, _ text: ByteRange, of replies: borrowing ReplyBatch) {
    bulk(name)
    bulk(text, of: replies)
  }
}
