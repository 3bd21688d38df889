/// Reads what `ByteWriter` wrote. A read past the end gives 0 and marks the reader as failed; the caller asks once, at the end.
struct ByteReader {
  let base: UnsafeRawPointer
  var position: Int
  var end: Int
  private(set) var hasFailed = false

  init(_ bytes: UnsafeRawBufferPointer) {
    // An empty buffer may have no address; any will do, since nothing is read from it.
    base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
    position = 0
    end = bytes.count
  }

  var isAtEnd: Bool { position >= end }

  mutating func fail() {
    hasFailed = true
    position = end
  }

  @inline(__always)
  mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type = Value.self) -> Value {
    guard position &+ MemoryLayout<Value>.size <= end else {
      fail()
      return 0
    }
    let value = base.loadUnaligned(fromByteOffset: position, as: Value.self)
    position &+= MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }

  @inline(__always)
  mutating func takeVarint() -> UInt64 {
    let first: UInt8 = take()
    if first < 0x80 { return UInt64(first) }
    return takeLongVarint(first)
  }

  @inline(__always)
  private mutating func takeLongVarint(_ first: UInt8) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while true {
      let byte: UInt8 = take()
      if shift == 63 && byte > 1 {
        fail()
        return 0
      }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 {
        fail()
        return 0
      }
    }
  }

  @inline(__always)
  mutating func takeSigned() -> Int64 {
    let value = takeVarint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A varint that must not exceed `max`.
  @inline(__always)
  mutating func takeVarint(max: UInt64) -> UInt64 {
    let value = takeVarint()
    guard value <= max else {
      fail()
      return 0
    }
    return value
  }

  /// A text's place: its length as a varint, then its bytes.
  @inline(__always)
  mutating func takeText(max: Int) -> ByteRange {
    let count = Int(takeVarint(max: UInt64(max)))
    guard position &+ count <= end else {
      fail()
      return .empty
    }
    let range = ByteRange(offset: position, count: count)
    position &+= count
    return range
  }

  @inline(__always)
  mutating func skip(_ count: Int) {
    guard count >= 0, position &+ count <= end else { return fail() }
    position &+= count
  }
}
