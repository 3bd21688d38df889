/// The identity of one store: 128 random bits, made once by `initialize` and carried by every file.
///
/// It seeds every check, so bytes of another store never verify here, and the hashes of keys, so nobody outside can aim at
/// one bucket.
public struct StoreID: Hashable, Sendable, BitwiseCopyable {
  /// The lower 64 bits.
  public var low: UInt64
  /// The upper 64 bits.
  public var high: UInt64

  /// An id that was read. A new one comes from ``random()``.
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// A new identity from the system's random source.
  public static func random() -> StoreID {
    StoreID(low: .random(in: 1 ... .max), high: .random(in: 1 ... .max))
  }

  /// Seeds the hashes of keys.
  var keySeed: UInt64 { mix(low ^ 0x9E37_79B9_7F4A_7C15, high) }
}

extension StoreID: CustomStringConvertible {
  /// 32 hex digits, the upper half first.
  public var description: String {
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(high) + hex(low)
  }
}
