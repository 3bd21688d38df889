/// The identity of one store: 128 random bits, made once by `initialize` and carried by every file.
///
/// It seeds every check, so bytes of another store never verify here, and the hashes of keys, so nobody outside can aim at
/// one bucket.
public struct StoreID: Hashable, Sendable, BitwiseCopyable {
  public var low: UInt64
  public var high: UInt64

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
  public var description: String {
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hex(high) + hex(low)
  }
}
