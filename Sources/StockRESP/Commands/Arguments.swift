import StockEngine

/// A command that cannot be read. It is answered in its place; nothing of it was done.
struct CommandFault: Error, Equatable {
  /// With its prefix: `ERR ...`.
  var message: String

  init(_ message: String) { self.message = "ERR " + message }

  static let syntax = CommandFault("syntax error")
  static let notInteger = CommandFault("value is not an integer or out of range")

  static func arity(_ name: String) -> CommandFault {
    CommandFault("wrong number of arguments for '\(name.lowercased())' command")
  }
}

/// An option's name, in any case: its first 16 bytes as upper-case letters, and its length. No option's name is longer.
struct Keyword: Equatable, BitwiseCopyable {
  private let head: UInt64
  private let tail: UInt64
  private let count: Int

  @inline(__always)
  init(_ text: UnsafeRawBufferPointer) {
    head = Self.word(text, from: 0)
    tail = text.count > 8 ? Self.word(text, from: 8) : 0
    count = text.count
  }

  @inline(__always)
  private static func word(_ text: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
    var word: UInt64 = 0
    var shift: UInt64 = 0
    for index in start..<min(start &+ 8, text.count) {
      let byte = text[index]
      let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      word |= UInt64(isLower ? byte &- 0x20 : byte) &<< shift
      shift &+= 8
    }
    return word
  }

  /// - Parameter text: in upper case.
  @inline(__always)
  init(_ text: StaticString) {
    self.init(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

/// The arguments of one command, read front to back.
///
/// Their bytes were adopted by the batch, so texts are ranges of it.
struct Arguments {
  let verb: VerbReference
  private let bytes: UnsafeRawBufferPointer
  private let ranges: UnsafeBufferPointer<ArgumentRange>
  /// From an offset in `bytes` to one in the batch.
  private let shift: UInt32
  private var next: Int

  /// - Parameters:
  ///   - first: the argument behind the command's name.
  ///   - adopted: where the batch has the first byte of `bytes`.
  init(
    of verb: VerbReference, _ bytes: UnsafeRawBufferPointer, _ ranges: UnsafeBufferPointer<ArgumentRange>, first: Int,
    adopted: Int
  ) {
    self.verb = verb
    self.bytes = bytes
    self.ranges = ranges
    shift = UInt32(truncatingIfNeeded: adopted)
    next = first
  }

  var left: Int { ranges.count - next }
  var isEmpty: Bool { left == 0 }

  // MARK: One argument

  @inline(__always)
  private mutating func take() throws(CommandFault) -> ArgumentRange {
    guard next < ranges.count else { throw CommandFault.arity(verb.name) }
    defer { next &+= 1 }
    return ranges[next]
  }

  @inline(__always)
  private func slice(_ range: ArgumentRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(range.offset)..<Int(range.offset) + Int(range.count)])
  }

  @inline(__always)
  private func inBatch(_ range: ArgumentRange) -> ByteRange {
    ByteRange(offset: range.offset &+ shift, count: range.count)
  }

  /// A text, where the batch has it.
  @inline(__always)
  mutating func text() throws(CommandFault) -> ByteRange { inBatch(try take()) }

  /// A text, for the moment of decoding.
  @inline(__always)
  mutating func slice() throws(CommandFault) -> UnsafeRawBufferPointer { slice(try take()) }

  mutating func string() throws(CommandFault) -> String { String(decoding: try slice(), as: UTF8.self) }

  /// A decimal number.
  @inline(__always)
  mutating func integer() throws(CommandFault) -> Int64 { try Self.integer(try slice()) }

  /// A number that cannot be negative.
  mutating func count(max: Int64 = .max) throws(CommandFault) -> Int64 {
    let value = try integer()
    guard value >= 0, value <= max else { throw CommandFault.notInteger }
    return value
  }

  /// Rows of a page.
  mutating func rowCount() throws(CommandFault) -> Int64 {
    let rows = try integer()
    guard rows >= 1, rows <= Int64(Bounds.rowsPerPageMax) else {
      throw CommandFault(Malformation.rowCount.explanation)
    }
    return rows
  }

  static func integer(_ text: UnsafeRawBufferPointer) throws(CommandFault) -> Int64 {
    var at = 0
    let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
    if isNegative { at = 1 }
    guard at < text.count, text.count - at <= 19 else { throw CommandFault.notInteger }
    var magnitude: UInt64 = 0
    while at < text.count {
      let digit = text[at] &- UInt8(ascii: "0")
      if digit > 9 { throw CommandFault.notInteger }
      magnitude = magnitude &* 10 &+ UInt64(digit)
      at += 1
    }
    if magnitude > UInt64(Int64.max) { throw CommandFault.notInteger }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  /// The next argument as an option's name.
  @inline(__always)
  mutating func keyword() throws(CommandFault) -> Keyword { Keyword(try slice()) }

  /// Takes the next argument if it is this keyword.
  mutating func takes(_ keyword: Keyword) -> Bool {
    guard next < ranges.count, Keyword(slice(ranges[next])) == keyword else { return false }
    next += 1
    return true
  }

  func isNext(_ keyword: Keyword) -> Bool { next < ranges.count && Keyword(slice(ranges[next])) == keyword }

  /// - Throws: if something is left.
  @inline(__always)
  func finish() throws(CommandFault) {
    if next != ranges.count { throw CommandFault.syntax }
  }

  // MARK: Lines

  /// `item quantity`
  @inline(__always)
  mutating func line(_ batch: inout CommandBatch) throws(CommandFault) -> IndexRange {
    let start = batch.lineCount
    let item = try text()
    batch.appendLine(item: item, quantity: try integer())
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: 1)
  }

  /// `item quantity ...` up to the end.
  mutating func lines(_ batch: inout CommandBatch) throws(CommandFault) -> IndexRange {
    guard left > 0, left % 2 == 0 else { throw CommandFault.arity(verb.name) }
    let start = batch.lineCount
    while left > 0 {
      let item = try text()
      batch.appendLine(item: item, quantity: try integer())
    }
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: UInt32(batch.lineCount - start))
  }

  /// `item ...` up to the end.
  mutating func items(_ batch: inout CommandBatch) throws(CommandFault) -> IndexRange {
    let start = batch.lineCount
    while left > 0 { batch.appendLine(item: try text(), quantity: 0) }
    return IndexRange(start: UInt32(truncatingIfNeeded: start), count: UInt32(batch.lineCount - start))
  }

  /// Cuts the next argument at its commas; each part where the batch has it.
  mutating func list() throws(CommandFault) -> [ByteRange] {
    let range = try take()
    let text = slice(range)
    var parts: [ByteRange] = []
    var start = 0
    for at in 0...text.count where at == text.count || text[at] == UInt8(ascii: ",") {
      parts.append(ByteRange(offset: range.offset &+ UInt32(start) &+ shift, count: UInt32(at - start)))
      start = at + 1
    }
    return parts
  }
}
