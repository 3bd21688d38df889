import StockEngine

// The commands of orders: `STOCK.RESERVE order item qty [options]` and what follows it in an order's life.

extension Keyword {
  fileprivate static let user = Keyword("USER")
  fileprivate static let subject = Keyword("SUBJECT")
  fileprivate static let sale = Keyword("SALE")
  fileprivate static let seconds = Keyword("EX")
  fileprivate static let milliseconds = Keyword("PX")
  fileprivate static let payload = Keyword("PAYLOAD")
  fileprivate static let replace = Keyword("REPLACE")
  fileprivate static let pools = Keyword("POOLS")
  fileprivate static let operation = Keyword("OP")
  fileprivate static let reason = Keyword("REASON")
  fileprivate static let remainder = Keyword("REMAINDER")
  fileprivate static let keep = Keyword("KEEP")
  fileprivate static let release = Keyword("RELEASE")
  fileprivate static let scrap = Keyword("SCRAP")
}

extension StockVerb {
  /// `order item qty [USER u] [SUBJECT dimension value] [SALE id] [EX s | PX ms] [PAYLOAD p] [REPLACE] [POOLS p1,p2]`; a cart's
  /// options come before its `ITEMS item qty ...`.
  static func readOrder(
    _ arguments: inout Arguments, _ batch: inout CommandBatch, isCart: Bool, deducts: Bool
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    var reserve = Reserve(
      order: order, buyer: .empty, payload: .empty, lines: isCart ? .empty : try arguments.line(&batch),
      holdMilliseconds: 0, issuedAt: .zero)
    var subjects = Subjects()
    var hasHold = false
    while !arguments.isEmpty {
      let keyword = try arguments.keyword()
      if keyword == .items, isCart {
        reserve.lines = try arguments.lines(&batch)
      } else if keyword == .user {
        reserve.buyer = try arguments.text()
      } else if keyword == .seconds, !hasHold {
        hasHold = true
        reserve.holdMilliseconds = try arguments.seconds()
      } else if keyword == .milliseconds, !hasHold {
        hasHold = true
        reserve.holdMilliseconds = try arguments.milliseconds()
      } else if keyword == .sale {
        reserve.sale = try arguments.text()
      } else if keyword == .subject {
        try subjects.take(&arguments, &reserve.buyer)
      } else if keyword == .payload {
        reserve.payload = try arguments.text()
      } else if keyword == .replace {
        reserve.replacesUnpaid = true
      } else if keyword == .pools {
        reserve.pools = try arguments.ranking(&batch)
      } else {
        throw CommandFault.syntax
      }
    }
    if isCart && reserve.lines.isEmpty { throw CommandFault.arity(arguments.verb.name) }
    let lines = UInt16(truncatingIfNeeded: min(reserve.lines.count, UInt32(UInt16.max)))
    if !subjects.isEmpty { reserve.subjects = batch.store(subjects.encoded) }
    batch.append(deducts ? .deduct(reserve) : .reserve(reserve))
    return isCart ? .cartHold(lines: lines) : .hold
  }

  /// `order [OP op [REMAINDER KEEP|RELEASE] ITEMS item qty ...]`
  static func readConfirm(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    if arguments.isEmpty {
      batch.append(.confirm(Confirm(order: order)))
      return .status
    }
    guard arguments.takes(.operation) else { throw CommandFault.syntax }
    let operation = try arguments.text()
    var remainder = ConfirmLines.Remainder.keep
    if arguments.takes(.remainder) {
      if arguments.takes(.release) {
        remainder = .release
      } else if !arguments.takes(.keep) {
        throw CommandFault.syntax
      }
    }
    guard arguments.takes(.items) else { throw CommandFault.syntax }
    let lines = try arguments.lines(&batch)
    batch.append(
      .confirmLines(ConfirmLines(operation: operation, order: order, lines: lines, remainder: remainder)))
    return .status
  }

  /// `order [REASON r] [OP op ITEMS item qty ...]`
  static func readCancel(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    let reason = arguments.takes(.reason) ? try arguments.text() : .empty
    if arguments.isEmpty {
      batch.append(.cancel(Cancel(order: order, reason: reason)))
      return .status
    }
    guard arguments.takes(.operation) else { throw CommandFault.syntax }
    let operation = try arguments.text()
    guard arguments.takes(.items) else { throw CommandFault.syntax }
    let lines = try arguments.lines(&batch)
    batch.append(.cancelLines(CancelLines(operation: operation, order: order, lines: lines, reason: reason)))
    return .status
  }

  /// `order op EX s | PX ms`
  static func readExtend(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    let operation = try arguments.text()
    let hold: Int64
    if arguments.takes(.seconds) {
      hold = try arguments.seconds()
    } else if arguments.takes(.milliseconds) {
      hold = try arguments.milliseconds()
    } else {
      throw arguments.isEmpty ? CommandFault.arity(arguments.verb.name) : CommandFault.syntax
    }
    try arguments.finish()
    batch.append(.extend(Extend(operation: operation, order: order, holdMilliseconds: hold)))
    return .status
  }

  /// `order`
  static func readResolve(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    try arguments.finish()
    batch.append(.resolve(Resolve(order: order)))
    return .resolution
  }

  /// `order op`
  static func readMark(
    _ arguments: inout Arguments, _ batch: inout CommandBatch, isDelivery: Bool
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    let mark = Mark(operation: try arguments.text(), order: order)
    try arguments.finish()
    batch.append(isDelivery ? .deliver(mark) : .ship(mark))
    return .status
  }

  /// `op order [SCRAP] ITEMS item qty ...`; without `ITEMS` everything that is out.
  static func readReturn(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let order = try arguments.text()
    let disposition: ReturnLines.Disposition = arguments.takes(.scrap) ? .scrapped : .available
    var lines = IndexRange.empty
    if arguments.takes(.items) { lines = try arguments.lines(&batch) }
    try arguments.finish()
    batch.append(
      .returnLines(ReturnLines(operation: operation, order: order, lines: lines, disposition: disposition)))
    return .status
  }
}

/// The subjects of one order, as they come.
private struct Subjects {
  private var pairs: [(dimension: String, value: String)] = []

  var isEmpty: Bool { pairs.isEmpty }
  var encoded: [UInt8] { SubjectList.encoded(pairs) }

  /// `dimension value`. The buyer is the subject of dimension `user`.
  mutating func take(_ arguments: inout Arguments, _ buyer: inout ByteRange) throws(CommandFault) {
    let dimension = try arguments.string()
    if dimension == "user" {
      buyer = try arguments.text()
      return
    }
    let value = try arguments.slice()
    // Two subjects that are not UTF-8 would become one if their bytes were replaced.
    guard dimension.utf8.count <= Bounds.dimensionBytesMax, value.count <= Bounds.subjectBytesMax,
      let text = String(validating: value, as: UTF8.self)
    else { throw CommandFault(Malformation.subject.explanation) }
    pairs.append((dimension, text))
  }
}

extension Arguments {
  /// Seconds, above 0, as milliseconds.
  mutating func seconds() throws(CommandFault) -> Int64 {
    let seconds = try integer()
    guard seconds > 0, seconds <= Int64.max / 1000 else { throw CommandFault("invalid expire time") }
    return seconds * 1000
  }

  /// Milliseconds, above 0.
  mutating func milliseconds() throws(CommandFault) -> Int64 {
    let milliseconds = try integer()
    if milliseconds <= 0 { throw CommandFault("invalid expire time") }
    return milliseconds
  }

  /// `p1,p2`: pools, the best first.
  fileprivate mutating func ranking(_ batch: inout CommandBatch) throws(CommandFault) -> PoolRanking {
    let start = batch.poolCount
    let names = try list()
    guard names.count <= Bounds.poolsPerReserveMax else { throw CommandFault(Malformation.lineCount.explanation) }
    for name in names { batch.appendPool(name) }
    return PoolRanking(start: UInt32(truncatingIfNeeded: start), count: UInt8(names.count))
  }
}
