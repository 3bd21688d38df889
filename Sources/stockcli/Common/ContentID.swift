/// Ids that follow from what is done, so that a second run of the same file does nothing twice.
enum ContentID {
  /// 128 bits of a text behind a prefix of up to 32 bytes.
  static func make(_ prefix: String, _ content: String) -> String {
    var low: UInt64 = 0xCBF2_9CE4_8422_2325
    var high: UInt64 = 0x6C62_272E_07BB_0142
    for byte in content.utf8 {
      low = (low ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      high = ((high ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15) ^ (high >> 29)
    }
    return prefix + hex(high) + hex(low)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
