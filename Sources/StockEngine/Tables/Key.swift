/// A key in a table's slot: up to 23 bytes lie in the slot itself, a longer one in the arena.
///
/// Inline: the bytes from the low end of `word0` on, zero-filled; the count in the top byte of `word2`.
/// Long: `word0` the key's hash, `word1` the arena reference and the count, `longMark` in the top byte of `word2`.
struct PackedKey: BitwiseCopyable {
  var word0: UInt64
  var word1: UInt64
  var word2: UInt64

  static let inlineBytesMax = 23
  static let longMark: UInt64 = 0xFF

  var isLong: Bool { word2 >> 56 == Self.longMark }
  var count: Int { isLong ? Int(word1 >> 32) : Int(word2 >> 56) }
  var arenaReference: ArenaReference { ArenaReference(rawValue: UInt32(truncatingIfNeeded: word1)) }

  init(word0: UInt64, word1: UInt64, word2: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
  }

  init(long key: Key, at reference: ArenaReference) {
    word0 = key.hash
    word1 = UInt64(key.count) << 32 | UInt64(reference.rawValue)
    word2 = Self.longMark << 56
  }
}

/// A key that is looked up: its bytes, its packed words (if short) and its hash.
struct Key: BitwiseCopyable {
  /// Valid while the batch or group that it came from is.
  let bytes: UnsafePointer<UInt8>
  let count: Int
  let hash: UInt64
  let packed: PackedKey

  /// - Parameter bytes: readable for `CommandBatch.slackBytes` beyond the key.
  @inline(__always)
  init(_ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64) {
    self.bytes = bytes
    self.count = count
    if count <= PackedKey.inlineBytesMax {
      let raw = UnsafeRawPointer(bytes)
      var word0 = raw.loadUnaligned(as: UInt64.self)
      var word1 = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      var word2 = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
      if count < 8 {
        word0 &= Self.lowBytes(count)
        word1 = 0
        word2 = 0
      } else if count < 16 {
        word1 &= Self.lowBytes(count &- 8)
        word2 = 0
      } else {
        word2 &= Self.lowBytes(count &- 16)
      }
      word2 |= UInt64(truncatingIfNeeded: count) &<< 56
      packed = PackedKey(word0: word0, word1: word1, word2: word2)
      hash = Self.hash(word0, word1, word2, seed: seed)
    } else {
      hash = hashBytes(UnsafeRawBufferPointer(start: bytes, count: count), seed: seed)
      packed = PackedKey(word0: 0, word1: 0, word2: PackedKey.longMark << 56)
    }
  }

  /// Part of the format: a SKU's partition, in its item number, comes from it.
  @inline(__always)
  static func hash(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, seed: UInt64) -> UInt64 {
    let first = mix(word0 ^ MixConstant.a ^ seed, word1 ^ MixConstant.b)
    return mix(first ^ word2 ^ MixConstant.c, seed ^ MixConstant.d)
  }

  @inline(__always)
  private static func lowBytes(_ count: Int) -> UInt64 { (1 &<< (8 &* UInt64(truncatingIfNeeded: count))) &- 1 }

  var partition: Partition { Partition(UInt8(truncatingIfNeeded: hash >> 56)) }

  @inline(__always)
  func matches(_ stored: PackedKey, in arena: borrowing Arena) -> Bool {
    if count <= PackedKey.inlineBytesMax {
      return stored.word0 == packed.word0 && stored.word1 == packed.word1 && stored.word2 == packed.word2
    }
    return matchesLong(stored, in: arena)
  }

  @inline(never)
  private func matchesLong(_ stored: PackedKey, in arena: borrowing Arena) -> Bool {
    guard stored.isLong, stored.word0 == hash, stored.count == count else { return false }
    let other = arena.pointer(stored.arenaReference).assumingMemoryBound(to: UInt8.self)
    for index in 0..<count where other[index] != bytes[index] { return false }
    return true
  }
}
