/// Numbers with units, as people write them. Nil for everything else, an overflow too.
enum Units {
  static func bytes(_ text: String) -> UInt64? {
    scaled(
      text,
      [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("K", 1 << 10), ("M", 1 << 20),
        ("G", 1 << 30), ("", 1),
      ])
  }

  /// In milliseconds. A bare number is refused: it is not clear of what.
  static func milliseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    let units: [(String, UInt64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    return scaled(text, units).flatMap { Int64(exactly: $0) }
  }

  private static func scaled(_ text: String, _ units: [(suffix: String, factor: UInt64)]) -> UInt64? {
    for unit in units where text.hasSuffix(unit.suffix) {
      let digits = text.dropLast(unit.suffix.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt64(digits) else {
        if unit.suffix.isEmpty { return nil }
        continue
      }
      let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
      return overflow ? nil : product
    }
    return nil
  }
}
