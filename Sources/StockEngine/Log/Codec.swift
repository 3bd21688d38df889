import CLZ4

/// How a body is stored: a group's, a snapshot page's, an archive block's. The numbers are on disk.
enum Codec {
  static let stored: UInt8 = 0
  static let lz4: UInt8 = 1

  enum Effort {
    /// Keeps up with a log at full speed.
    case fast
    /// A quarter smaller, at a tenth of the speed.
    case high
  }

  /// Measured on orders: within 1 % of the densest, in two thirds of its time.
  private static let denseLevel: Int32 = 4

  /// Room that any `rawBytes` bytes fit when they are compressed.
  static func bound(_ rawBytes: Int) -> Int { Int(LZ4_compressBound(Int32(rawBytes))) }

  /// Compresses into `target`, or copies what would not get smaller.
  static func encode(
    _ raw: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ effort: Effort = .fast
  ) -> (codec: UInt8, bytes: Int) {
    guard let source = raw.baseAddress, let place = target.baseAddress else { return (stored, 0) }
    let text = source.assumingMemoryBound(to: CChar.self)
    let room = place.assumingMemoryBound(to: CChar.self)
    let count =
      switch effort {
      case .fast: LZ4_compress_default(text, room, Int32(raw.count), Int32(target.count))
      case .high: LZ4_compress_HC(text, room, Int32(raw.count), Int32(target.count), denseLevel)
      }
    if count > 0 && Int(count) < raw.count { return (lz4, Int(count)) }
    target.copyMemory(from: raw)
    return (stored, raw.count)
  }

  /// Restores exactly `rawBytes` bytes. The caller has compared a check before.
  /// - Returns: false if these are not the bytes that were written, or the codec is not known.
  static func decode(
    _ codec: UInt8, _ body: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, rawBytes: Int
  ) -> Bool {
    precondition(target.count >= rawBytes, "no room for \(rawBytes) bytes")
    guard let source = body.baseAddress, let place = target.baseAddress else { return rawBytes == 0 }
    switch codec {
    case stored:
      guard body.count == rawBytes else { return false }
      target.copyMemory(from: body)
      return true
    case lz4:
      return LZ4_decompress_safe(
        source.assumingMemoryBound(to: CChar.self), place.assumingMemoryBound(to: CChar.self), Int32(body.count),
        Int32(rawBytes)) == Int32(rawBytes)
    default: return false
    }
  }
}
