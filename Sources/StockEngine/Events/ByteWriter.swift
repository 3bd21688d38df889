/// A growing buffer of bytes, little-endian. Room is made once for each event; after that stores are unchecked.
///
/// `@unchecked Sendable`: the memory is owned by this value alone, and it cannot be copied.
struct ByteWriter: ~Copyable, @unchecked Sendable {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  mutating func removeAll() { count = 0 }

  /// Takes back everything after `count` bytes.
  mutating func truncate(to count: Int) {
    precondition(count <= self.count)
    self.count = count
  }

  @inline(__always)
  mutating func makeRoom(_ bytes: Int) {
    if count &+ bytes > capacity { grow(bytes) }
  }

  @inline(never)
  private mutating func grow(_ bytes: Int) {
    capacity = max(capacity * 2, count + bytes)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
  }

  // MARK: Stores, after `makeRoom`

  @inline(__always)
  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    assert(count + MemoryLayout<Value>.size <= capacity, "no room was made")
    base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
    count &+= MemoryLayout<Value>.size
  }

  /// LEB128: seven bits a byte, the lowest first; at most ten bytes.
  @inline(__always)
  mutating func putVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  /// Zigzag, so that small negative numbers stay short.
  @inline(__always)
  mutating func putSigned(_ value: Int64) {
    putVarint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  @inline(__always)
  mutating func put(bytes source: UnsafeRawBufferPointer) {
    guard let address = source.baseAddress, source.count > 0 else { return }
    assert(count + source.count <= capacity, "no room was made")
    (base + count).copyMemory(from: address, byteCount: source.count)
    count &+= source.count
  }

  @inline(__always)
  mutating func putText(_ source: UnsafeRawBufferPointer) {
    putVarint(UInt64(source.count))
    put(bytes: source)
  }

  /// Puts a length before what was written from `start` on.
  mutating func insertLength(at start: Int) {
    let length = UInt64(count - start)
    makeRoom(10)
    var encoded: [UInt8] = []
    var rest = length
    while rest >= 0x80 {
      encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    encoded.append(UInt8(rest))
    (base + start + encoded.count).copyMemory(from: base + start, byteCount: Int(length))
    for (index, byte) in encoded.enumerated() { base.storeBytes(of: byte, toByteOffset: start + index, as: UInt8.self) }
    count += encoded.count
  }
}
