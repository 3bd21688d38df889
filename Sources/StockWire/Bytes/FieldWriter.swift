/// Writes fixed-width little-endian fields into memory that was sized for them before.
struct FieldWriter {
  private let base: UnsafeMutableRawPointer
  private(set) var offset = 0
  private let end: Int

  init(_ bytes: UnsafeMutableRawBufferPointer) {
    base = bytes.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 1)!
    end = bytes.count
  }

  @inline(__always)
  private mutating func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    precondition(end - offset >= MemoryLayout<Value>.size, "a frame is sized before it is written")
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    offset += MemoryLayout<Value>.size
  }

  @inline(__always) mutating func u8(_ value: UInt8) { store(value) }
  @inline(__always) mutating func u16(_ value: UInt16) { store(value) }
  @inline(__always) mutating func u32(_ value: UInt32) { store(value) }
  @inline(__always) mutating func u64(_ value: UInt64) { store(value) }
  @inline(__always) mutating func i64(_ value: Int64) { store(value) }

  mutating func bytes(_ source: UnsafeRawBufferPointer) {
    precondition(end - offset >= source.count, "a frame is sized before it is written")
    if let address = source.baseAddress, source.count > 0 {
      (base + offset).copyMemory(from: address, byteCount: source.count)
    }
    offset += source.count
  }

  /// A text with its length in one byte.
  mutating func text8(_ source: UnsafeRawBufferPointer) {
    u8(UInt8(source.count))
    bytes(source)
  }

  /// A text with its length in two bytes.
  mutating func text16(_ source: UnsafeRawBufferPointer) {
    u16(UInt16(source.count))
    bytes(source)
  }
}
