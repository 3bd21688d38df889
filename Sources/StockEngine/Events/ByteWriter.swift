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

  /// Leaves a byte for the length of what follows; `endLength` fills it in.
  @inline(__always)
  mutating func beginLength() -> Int {
    makeRoom(1)
    put(UInt8(0))
    return count
  }

  /// Writes the length of what was put since `beginLength`, which returned `start`. Short pieces, the rule, need no move.
  @inline(__always)
  mutating func endLength(from start: Int) {
    let length = count &- start
    if length < 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: start &- 1, as: UInt8.self)
    } else {
      endLongLength(from: start)
    }
  }

  @inline(never)
  private mutating func endLongLength(from start: Int) {
    let length = count - start
    let lengthBytes = (UInt64.bitWidth - UInt64(length).leadingZeroBitCount + 6) / 7
    makeRoom(lengthBytes)
    (base + start - 1 + lengthBytes).copyMemory(from: base + start, byteCount: length)
    count = start - 1
    putVarint(UInt64(length))
    count += length
  }
}
