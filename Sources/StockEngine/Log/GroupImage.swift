import Glibc

/// Turns the gathered records of one group into the bytes that are written, and back. Buffers are kept from group to group.
///
/// `@unchecked Sendable`: the memory is owned by this value alone, and it cannot be copied.
struct GroupImage: ~Copyable, @unchecked Sendable {
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init() {
    let bytes = LogFormat.roundUp(
      LogFormat.groupHeaderBytes + Codec.bound(LogFormat.groupRawBytesMax))
    buffer = .allocate(byteCount: bytes, alignment: LogFormat.blockBytes)
  }

  deinit { buffer.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  /// Compresses, masks, checks and pads. Fills in the header's fields that come of it.
  mutating func encode(_ raw: UnsafeRawBufferPointer, _ header: inout GroupHeader, store: StoreID, segment: UInt64) {
    precondition(raw.count > 0 && raw.count <= LogFormat.groupRawBytesMax, "a group of \(raw.count) bytes")
    let body = buffer.baseAddress! + LogFormat.groupHeaderBytes
    let (codec, stored) = Codec.encode(
      raw, into: UnsafeMutableRawBufferPointer(rebasing: buffer[LogFormat.groupHeaderBytes...]))
    header.codec = codec
    header.storedBytes = UInt32(stored)
    let end = LogFormat.groupHeaderBytes + Int(header.storedBytes)
    count = header.paddedBytes
    UnsafeMutableRawBufferPointer(rebasing: buffer[end..<count]).initializeMemory(
      as: UInt8.self, repeating: LogFormat.groupPadding)
    header.mask = 0
    var attempt: UInt64 = 0
    while hasZeroSector() && !PlantedBug.zeroSectorNotMasked.isPlanted {
      // An all-zero sector must mean "never written": change the body until none is left.
      attempt += 1
      Self.xor(body, Int(header.storedBytes), with: header.mask)
      header.mask = mix(attempt ^ MixConstant.a, MixConstant.b)
      Self.xor(body, Int(header.storedBytes), with: header.mask)
    }
    let seed = GroupHeader.seed(store, segment: segment, sequence: header.sequence)
    header.bodyCheck = hashBytes(UnsafeRawBufferPointer(start: body, count: Int(header.storedBytes)), seed: seed)
    header.encode(into: buffer.baseAddress!, seed: seed)
  }

  /// The first sector holds the header, the last one the padding or the body's end; the body's own sectors are looked at.
  private func hasZeroSector() -> Bool {
    var offset = LogFormat.sectorBytes
    while offset + LogFormat.sectorBytes <= count {
      if buffer[offset] == 0, isZero(UnsafeRawBufferPointer(rebasing: buffer[offset..<offset + LogFormat.sectorBytes]))
      {
        return true
      }
      offset += LogFormat.sectorBytes
    }
    return false
  }

  private static func xor(_ body: UnsafeMutableRawPointer, _ count: Int, with mask: UInt64) {
    if mask == 0 { return }
    for index in 0..<count {
      let byte = body.load(fromByteOffset: index, as: UInt8.self)
      let key = UInt8(truncatingIfNeeded: mask >> UInt64(index % 8 * 8))
      body.storeBytes(of: byte ^ key, toByteOffset: index, as: UInt8.self)
    }
  }

  /// Checks the body, then decompresses it into exactly the stated size.
  /// - Parameter target: room for the raw bytes and the slack behind them.
  /// - Returns: false if the check or the codec says that these are not the bytes that were written.
  static func decode(
    _ header: GroupHeader, body: UnsafeMutableRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    store: StoreID,
    segment: UInt64
  ) -> Bool {
    let seed = GroupHeader.seed(store, segment: segment, sequence: header.sequence)
    let isRight = hashBytes(UnsafeRawBufferPointer(body), seed: seed) == header.bodyCheck
    guard isRight || PlantedBug.bodyNotChecked.isPlanted else { return false }
    xor(body.baseAddress!, body.count, with: header.mask)
    defer { xor(body.baseAddress!, body.count, with: header.mask) }
    return Codec.decode(header.codec, UnsafeRawBufferPointer(body), into: target, rawBytes: Int(header.rawBytes))
  }
}

/// Whether all bytes are zero.
func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool { isFilled(bytes, with: 0) }

/// Whether all bytes are the same as `byte`: the first is, and each equals the one before.
func isFilled(_ bytes: UnsafeRawBufferPointer, with byte: UInt8) -> Bool {
  guard let base = bytes.baseAddress, bytes.count > 0 else { return true }
  return bytes[0] == byte && memcmp(base, base + 1, bytes.count - 1) == 0
}
