import StockEngine

// The commands of stock items: their first units, more units, corrections, floors and limits.

extension Keyword {
  fileprivate static let replace = Keyword("REPLACE")
  fileprivate static let reference = Keyword("REFERENCE")
  fileprivate static let reason = Keyword("REASON")
  fileprivate static let version = Keyword("VERSION")
  fileprivate static let force = Keyword("FORCE")
  fileprivate static let floor = Keyword("FLOOR")
  fileprivate static let limit = Keyword("LIMIT")
  fileprivate static let none = Keyword("NONE")
}

extension StockVerb {
  /// `op [REPLACE] ITEMS item qty ...`
  static func readPreheat(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let replace = arguments.takes(.replace)
    let lines = try itemLines(&arguments, &batch)
    batch.append(.preheat(Preheat(operation: operation, lines: lines, replace: replace)))
    return .countedChange(UInt16(truncatingIfNeeded: lines.count))
  }

  /// `op ITEMS item qty ...`
  static func readSupply(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let lines = try itemLines(&arguments, &batch)
    batch.append(.supply(Supply(operation: operation, lines: lines)))
    return .countedChange(UInt16(truncatingIfNeeded: lines.count))
  }

  private static func itemLines(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> IndexRange {
    guard arguments.takes(.items) else {
      throw arguments.isEmpty ? CommandFault.arity(arguments.verb.name) : CommandFault.syntax
    }
    return try arguments.lines(&batch)
  }

  /// `op item qty [REFERENCE r]`
  static func readRestock(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let line = try arguments.line(&batch)
    let reference = arguments.takes(.reference) ? try arguments.text() : .empty
    try arguments.finish()
    batch.append(.restock(Restock(operation: operation, line: line, reference: reference)))
    return .change
  }

  /// `op item delta [REASON r] [REFERENCE r] [FORCE]`; with `VERSION v` the number is not added but set, if the item is at that
  /// version.
  static func readAdjust(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let item = try arguments.text()
    let number = try arguments.integer()
    var adjust = Adjust(
      operation: operation, item: item, change: .by(number), force: false, reason: .empty, reference: .empty)
    while !arguments.isEmpty {
      let keyword = try arguments.keyword()
      if keyword == .reason {
        adjust.reason = try arguments.text()
      } else if keyword == .reference {
        adjust.reference = try arguments.text()
      } else if keyword == .version {
        adjust.change = .to(available: number, version: UInt64(try arguments.count()))
      } else if keyword == .force {
        adjust.force = true
      } else {
        throw CommandFault.syntax
      }
    }
    batch.append(.adjust(adjust))
    return .change
  }

  /// `op item FLOOR n` or `op sku LIMIT dimension n|NONE`: one of the two, since each is an operation of its own.
  static func readConfigure(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let item = try arguments.text()
    if arguments.takes(.floor) {
      let floor = try arguments.integer()
      if !arguments.isEmpty { throw onlyOne }
      batch.append(.configureItem(ConfigureItem(operation: operation, item: item, floor: floor)))
      return .change
    }
    guard arguments.takes(.limit) else {
      throw arguments.isEmpty ? CommandFault.arity(arguments.verb.name) : CommandFault.syntax
    }
    let dimension = try arguments.string()
    let isLifted = arguments.takes(.none)
    let max = isLifted ? 0 : try arguments.count(max: Int64(UInt32.max))
    if !arguments.isEmpty { throw onlyOne }
    let limit = Limit(dimension: dimension, max: UInt32(max))
    batch.append(
      .limitSKU(
        LimitSKU(
          operation: operation, item: item, limit: batch.store(Limit.encoded([limit])), isLifted: isLifted)))
    return .change
  }

  private static var onlyOne: CommandFault {
    CommandFault("FLOOR and LIMIT are operations of their own: send a command with an op of its own for each")
  }

  /// `op sku from to qty`
  static func readMove(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let sku = try arguments.slice()
    let from = try arguments.slice()
    let to = try arguments.slice()
    let quantity = try arguments.integer()
    try arguments.finish()
    let separator = CollectionOfOne(UInt8(ascii: "@"))
    let move = Move(
      operation: operation, from: batch.store(Array(sku) + separator + Array(from)),
      to: batch.store(Array(sku) + separator + Array(to)), quantity: quantity)
    batch.append(.move(move))
    return .change
  }

  /// `op user`
  static func readFlag(
    _ arguments: inout Arguments, _ batch: inout CommandBatch, isFlagged: Bool
  ) throws(CommandFault) -> ReplyShape {
    let operation = try arguments.text()
    let buyer = try arguments.text()
    try arguments.finish()
    batch.append(.flagBuyer(FlagBuyer(operation: operation, buyer: buyer, isFlagged: isFlagged)))
    return .status
  }
}
