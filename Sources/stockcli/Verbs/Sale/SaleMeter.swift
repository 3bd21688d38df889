import StockEngine
import StockWire

/// How fast a sale sells: the change of what is reserved or sold over the last seconds.
struct SaleMeter {
  private struct Sample {
    var nanoseconds: UInt64
    var taken: Int64
  }

  /// How far back it looks; further if nothing was seen for longer.
  static let windowNanoseconds: UInt64 = 5_000_000_000

  private var samples: [Sample] = []

  /// - Parameter nanoseconds: of a clock that never goes back.
  mutating func add(_ sale: WireSale, at nanoseconds: UInt64) {
    samples.append(Sample(nanoseconds: nanoseconds, taken: sale.reserved + sale.sold))
    while samples.count > 2, nanoseconds - samples[1].nanoseconds >= Self.windowNanoseconds { samples.removeFirst() }
  }

  /// Units a second; below 0 if more come back than go. Nil before the second look.
  var unitsPerSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.nanoseconds > first.nanoseconds else { return nil }
    return Double(last.taken - first.taken) / (Double(last.nanoseconds - first.nanoseconds) / 1e9)
  }

  /// Seconds until the sale is sold out if it goes on like this; nil: it will not be.
  func secondsToSellOut(_ sale: WireSale) -> Double? {
    // What a closed sale had left went back.
    if sale.state == .closed { return nil }
    if sale.available <= 0 { return 0 }
    guard let rate = unitsPerSecond, rate > 0 else { return nil }
    return Double(sale.available) / rate
  }
}
