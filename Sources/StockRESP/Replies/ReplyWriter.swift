import StockEngine

/// Writes the answers of commands: outcomes as values in flat arrays, `[code, STATUS, ...]`.
struct ReplyWriter {
  let shape: ReplyShape
  /// `STOCK.X:CODE`: the code alone.
  let codeOnly: Bool

  func write(_ reply: Reply, _ replies: borrowing ReplyBatch, texts: [UInt8], to writer: inout RESPWriter) {
    switch reply.outcome {
    case .malformed, .unavailable, .overloaded, .holdTooLong: writer.error(Self.error(reply))
    default:
      switch shape {
      case .hold, .cartHold, .change, .countedChange, .status, .resolution: writeOutcome(reply, replies, to: &writer)
      case .available, .availables, .item, .pools, .order, .buyer, .sale, .sales, .scan, .stats, .ids, .serverInfo,
        .changes:
        writeRead(reply, replies, texts: texts, to: &writer)
      }
    }
  }

  // MARK: Outcomes

  private func writeOutcome(_ reply: Reply, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    let code = Self.code(reply.outcome)
    if codeOnly { return writer.integer(Int64(code)) }
    if reply.outcome.isSuccess {
      writeSuccess(reply, replies, to: &writer)
    } else {
      writeRefusal(reply, code, replies, to: &writer)
    }
  }

  @inline(__always)
  private func head(_ elements: Int, _ code: Int, _ status: StaticString, _ writer: inout RESPWriter) {
    writer.array(elements)
    writer.integer(Int64(code))
    writer.bulk(status)
  }

  private func writeSuccess(_ reply: Reply, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    let status = Self.status(reply.outcome)
    switch reply.body {
    case .hold(let available, let deadline):
      let isExtension = reply.outcome == .extended
      head(isExtension ? 3 : 4, 1, status, &writer)
      if !isExtension { writer.integer(shape.lines ?? available) }
      writer.integer(deadline.milliseconds)
    case .available(let available):
      if case .status = shape { return head(2, 1, status, &writer) }
      head(3, 1, status, &writer)
      writer.integer(shape.lines ?? available)
    case .placed(let rows, let deadline): writePlaced(reply, rows, deadline, replies, to: &writer)
    case .state(let state):
      if case .resolution = shape { return head(2, 1, Self.status(state), &writer) }
      head(2, 1, status, &writer)
    default:
      guard let lines = shape.countedLines else { return head(2, 1, status, &writer) }
      head(3, 1, status, &writer)
      writer.integer(lines)
    }
  }

  /// What was taken of each item follows: item, units, and how many of these are not in stock.
  private func writePlaced(
    _ reply: Reply, _ rows: IndexRange, _ deadline: Timestamp, _ replies: borrowing ReplyBatch,
    to writer: inout RESPWriter
  ) {
    let hasDeadline = reply.outcome != .confirmed
    head((hasDeadline ? 4 : 3) + 3 * Int(rows.count), 1, Self.status(reply.outcome), &writer)
    writer.integer(shape.lines ?? replies.placed[Int(rows.start)].available)
    if hasDeadline { writer.integer(deadline.milliseconds) }
    for index in rows.indices {
      writer.bulk(replies.placed[index].item, of: replies)
      writer.integer(replies.placed[index].quantity)
      writer.integer(replies.placed[index].backordered)
    }
  }

  private func writeRefusal(
    _ reply: Reply, _ code: Int, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter
  ) {
    let status = Self.status(reply.outcome)
    switch reply.body {
    case .shortages(let rows):
      // An item that there is has a number beside it; one that there is not has none.
      let hasNumbers = reply.outcome == .soldOut
      head(2 + (hasNumbers ? 2 : 1) * Int(rows.count), code, status, &writer)
      for index in rows.indices {
        writer.bulk(replies.shortages[index].item, of: replies)
        if hasNumbers { writer.integer(replies.shortages[index].available) }
      }
    case .limit(let index):
      let limit = replies.limits[Int(index)]
      let hasNumbers = reply.outcome == .limitReached
      head(3 + (hasNumbers ? 2 : 0) + (limit.item.isEmpty ? 0 : 1), code, status, &writer)
      writer.bulk(limit.dimension, of: replies)
      if hasNumbers {
        writer.integer(limit.max)
        writer.integer(limit.used)
      }
      if !limit.item.isEmpty { writer.bulk(limit.item, of: replies) }
    case .unpaid(let order):
      head(3, code, status, &writer)
      writer.bulk(order, of: replies)
    case .sales(let rows, _) where !rows.isEmpty:
      let sale = replies.sales[Int(rows.start)]
      head(5, code, status, &writer)
      writer.bulk(sale.state.name.uppercased())
      writer.integer(sale.terms.start.milliseconds)
      writer.integer(sale.terms.end.milliseconds)
    case .version(let version, let available):
      head(4, code, status, &writer)
      writer.integer(Int64(clamping: version))
      writer.integer(available)
    case .state(let state) where reply.outcome == .idConflict:
      head(3, code, status, &writer)
      writer.bulk(Self.status(state))
    case .state(let state): head(2, code, Self.status(state), &writer)
    case .available(let available):
      head(3, code, status, &writer)
      writer.integer(available)
    default: head(2, code, status, &writer)
    }
  }
}

extension ReplyShape {
  /// Of a cart or a change of several items, which answer with it where one item's answer has what is left of it.
  var lines: Int64? {
    if case .cartHold(let lines) = self { return Int64(lines) }
    return countedLines
  }

  var countedLines: Int64? {
    if case .countedChange(let lines) = self { return Int64(lines) }
    return nil
  }
}

extension RESPWriter {
  /// A text of the replies.
  @inline(__always)
  mutating func bulk(_ range: ByteRange, of replies: borrowing ReplyBatch) {
    let start = Int(range.offset)
    replies.bytes.withUnsafeBytes {
      bulk(UnsafeRawBufferPointer(rebasing: $0[start..<start + Int(range.count)]))
    }
  }
}
