/// Numbers as people read them.
enum Figures {
  /// 1234567 -> `1,234,567`.
  static func grouped(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// With so many decimals, rounded: 1.2345 -> `1.23`.
  static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int64((value.magnitude * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    return sign + String(scaled / scale) + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A duration with three figures and a unit that fits: `85 us`, `1.24 ms`, `2.05 s`.
  static func duration(nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    return switch nanoseconds {
    case 0..<1_000: "\(nanoseconds) ns"
    case 1_000..<1_000_000: threeFigures(value / 1e3) + " us"
    case 1_000_000..<1_000_000_000: threeFigures(value / 1e6) + " ms"
    default: threeFigures(value / 1e9) + " s"
    }
  }

  static func threeFigures(_ value: Double) -> String {
    decimal(value, places: value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
  }

  static func bytes(_ value: UInt64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var scaled = Double(value)
    var unit = 0
    while scaled >= 1024, unit < units.count - 1 {
      scaled /= 1024
      unit += 1
    }
    return unit == 0 ? "\(value) bytes" : threeFigures(scaled) + " " + units[unit]
  }
}
