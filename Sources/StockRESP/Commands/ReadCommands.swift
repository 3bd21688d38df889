import StockEngine

// The commands that change nothing.

extension Keyword {
  fileprivate static let match = Keyword("MATCH")
  fileprivate static let count = Keyword("COUNT")
  fileprivate static let before = Keyword("BEFORE")
}

extension StockVerb {
  /// `item`
  static func readGet(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    try readOneItem(&arguments, &batch)
    return .available
  }

  /// `item`
  static func readInfo(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    try readOneItem(&arguments, &batch)
    return .item
  }

  private static func readOneItem(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) {
    guard arguments.left == 1 else { throw CommandFault.arity(arguments.verb.name) }
    batch.append(.get(Get(lines: try arguments.items(&batch))))
  }

  /// `item ...`
  static func readMultipleGet(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    if arguments.isEmpty { throw CommandFault.arity(arguments.verb.name) }
    batch.append(.get(Get(lines: try arguments.items(&batch))))
    return .availables
  }

  /// `sku`
  static func readPools(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    let sku = try arguments.text()
    try arguments.finish()
    batch.append(.pools(ReadPools(sku: sku)))
    return .pools
  }

  /// `order`
  static func readOrderRead(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let order = try arguments.text()
    try arguments.finish()
    batch.append(.order(ReadOrder(order: order)))
    return .order
  }

  /// `user`
  static func readBuyer(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    let buyer = try arguments.text()
    try arguments.finish()
    batch.append(.buyer(ReadBuyer(buyer: buyer)))
    return .buyer
  }

  /// `cursor [MATCH pattern] [COUNT n]`. The batch takes what the pattern begins with; the rest is matched when the page is
  /// written.
  static func readScan(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    let cursor = UInt64(try arguments.count())
    var rowsMax: Int64 = 10
    var prefix = ByteRange.empty
    var pattern: ArgumentRange?
    while !arguments.isEmpty {
      let keyword = try arguments.keyword()
      if keyword == .count {
        rowsMax = try arguments.rowCount()
      } else if keyword == .match {
        let text = try arguments.text()
        if text.count > Glob.patternBytesMax {
          throw CommandFault("a pattern has at most \(Glob.patternBytesMax) bytes")
        }
        pattern = ArgumentRange(offset: text.offset, count: text.count)
        prefix = ByteRange(offset: text.offset, count: Glob.literalPrefixCount(batch.text(text)))
      } else {
        throw CommandFault.syntax
      }
    }
    batch.append(.list(List(cursor: cursor, rowsMax: UInt32(rowsMax), prefix: prefix)))
    return .scan(pattern: pattern)
  }

  static func readStats(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> ReplyShape {
    try arguments.finish()
    batch.append(.stats)
    return .stats
  }

  /// `[n]`
  static func readNextIDs(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let isList = !arguments.isEmpty
    let count = isList ? try arguments.count(max: Int64(Bounds.idsPerCommandMax)) : 1
    try arguments.finish()
    batch.append(.nextIDs(NextIDs(count: UInt32(count))))
    return .ids(isList: isList)
  }

  /// `item [COUNT n] [BEFORE version]`
  static func readHistory(_ arguments: inout Arguments, _ batch: inout CommandBatch) throws(CommandFault) -> Errand {
    let item = try arguments.text()
    var rowsMax: Int64 = 10
    var before: Int64 = 0
    while !arguments.isEmpty {
      let keyword = try arguments.keyword()
      if keyword == .count {
        rowsMax = try arguments.rowCount()
      } else if keyword == .before {
        before = try arguments.count()
      } else {
        throw CommandFault.syntax
      }
    }
    // The batch checks it; it is not the batch's to answer.
    batch.append(.history(History(item: item, beforeVersion: UInt64(before), rowsMax: UInt32(rowsMax))))
    defer { batch.removeLast() }
    if case .malformed(let malformation)? = batch.commands.last { throw CommandFault(malformation.explanation) }
    return .history(item: batch.string(item), beforeVersion: UInt64(before), rowsMax: Int(rowsMax))
  }

  static func readCheck(_ arguments: inout Arguments) throws(CommandFault) -> Errand {
    try arguments.finish()
    return .check
  }

  static func readSnapshot(_ arguments: inout Arguments) throws(CommandFault) -> Errand {
    try arguments.finish()
    return .snapshot
  }
}

/// Redis's patterns: `*`, `?`, `[a-z]`, `[^x]`, and `\` before a character that is meant.
enum Glob {
  /// Every name of a page is compared with it, on an event loop. The longest name, each byte of it escaped, fits.
  static let patternBytesMax: UInt32 = 2 * UInt32(Bounds.itemNameBytesMax)

  /// How many bytes of a pattern every match begins with.
  static func literalPrefixCount(_ pattern: [UInt8]) -> UInt32 {
    UInt32(pattern.prefix { byte in !special.contains(byte) }.count)
  }

  private static let special: [UInt8] = Array("*?[\\".utf8)

  static func matches(_ text: UnsafeRawBufferPointer, _ pattern: [UInt8]) -> Bool {
    var at = 0
    var place = 0
    // Where to go back to: behind the last star, and the text that it has taken so far.
    var star: (pattern: Int, text: Int)?
    while at < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place + 1, at)
        place += 1
      } else if place < pattern.count, let next = one(pattern, place, text[at]) {
        place = next
        at += 1
      } else if let back = star {
        star = (back.pattern, back.text + 1)
        place = back.pattern
        at = back.text + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// - Returns: the place behind the part of the pattern that takes this byte; nil if it does not.
  private static func one(_ pattern: [UInt8], _ place: Int, _ byte: UInt8) -> Int? {
    switch pattern[place] {
    case UInt8(ascii: "?"): place + 1
    case UInt8(ascii: "["): set(pattern, place + 1, byte)
    case UInt8(ascii: "\\") where place + 1 < pattern.count: pattern[place + 1] == byte ? place + 2 : nil
    default: pattern[place] == byte ? place + 1 : nil
    }
  }

  private static func set(_ pattern: [UInt8], _ start: Int, _ byte: UInt8) -> Int? {
    var at = start
    let isNegated = at < pattern.count && pattern[at] == UInt8(ascii: "^")
    if isNegated { at += 1 }
    var isIn = false
    while at < pattern.count, pattern[at] != UInt8(ascii: "]") {
      if pattern[at] == UInt8(ascii: "\\"), at + 1 < pattern.count { at += 1 }
      if at + 2 < pattern.count, pattern[at + 1] == UInt8(ascii: "-"), pattern[at + 2] != UInt8(ascii: "]") {
        let bounds = (min(pattern[at], pattern[at + 2]), max(pattern[at], pattern[at + 2]))
        if byte >= bounds.0 && byte <= bounds.1 { isIn = true }
        at += 3
      } else {
        if pattern[at] == byte { isIn = true }
        at += 1
      }
    }
    return isIn != isNegated ? min(at + 1, pattern.count) : nil
  }
}
