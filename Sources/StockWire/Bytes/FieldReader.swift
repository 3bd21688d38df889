/// Reads fixed-width little-endian fields, front to back, and never past the end.
///
/// A read that does not fit answers 0 and marks the reader; the caller asks ``isComplete`` once, at the end of a body, so that the
/// path of a good body has one branch a field and no error values.
struct FieldReader {
  private let base: UnsafeRawPointer
  private(set) var offset: Int
  private let end: Int
  private(set) var isBroken = false

  /// - Parameter range: within `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a reader stays inside its bytes")
    // An empty buffer may have no address; nothing is ever loaded through this one.
    base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    offset = range.lowerBound
    end = range.upperBound
  }

  /// What was read makes no sense: the body is as good as cut off.
  mutating func fail() {
    isBroken = true
    offset = end
  }

  /// Everything was read, and nothing was missing.
  var isComplete: Bool { !isBroken && offset == end }
  var remaining: Int { end - offset }

  @inline(__always)
  private mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) -> Value {
    let size = MemoryLayout<Value>.size
    guard end - offset >= size else {
      isBroken = true
      offset = end
      return 0
    }
    defer { offset += size }
    return Value(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  @inline(__always) mutating func u8() -> UInt8 { load(UInt8.self) }
  @inline(__always) mutating func u16() -> UInt16 { load(UInt16.self) }
  @inline(__always) mutating func u32() -> UInt32 { load(UInt32.self) }
  @inline(__always) mutating func u64() -> UInt64 { load(UInt64.self) }
  @inline(__always) mutating func i64() -> Int64 { load(Int64.self) }

  /// Skips `count` bytes and answers where they lie.
  @inline(__always)
  mutating func skip(_ count: Int) -> Range<Int> {
    guard end - offset >= count else {
      isBroken = true
      offset = end
      return offset..<offset
    }
    defer { offset += count }
    return offset..<offset + count
  }

  /// A text with its length in one byte.
  @inline(__always) mutating func text8() -> Range<Int> { skip(Int(u8())) }
  /// A text with its length in two bytes.
  @inline(__always) mutating func text16() -> Range<Int> { skip(Int(u16())) }

  /// A copy of bytes that ``skip(_:)`` or a text answered.
  func copy(_ range: Range<Int>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
  }
}
