import StockEngine
import StockWire

/// A sale as the live view draws it: a few lines, none wider than the terminal.
struct SaleView {
  let sale: WireSale
  /// The server's time.
  let now: Timestamp
  let meter: SaleMeter

  func lines(width: Int) -> [String] {
    var lines = [head, bar(min(width, Self.barWidthMax)), ""]
    lines += figures
    let reasons = sale.refused.byReason.filter { $0.value > 0 }
    lines.append(Self.row("refused", Figures.grouped(sale.refused.total), ""))
    lines += reasons.map { Self.row("  " + $0.key, Figures.grouped($0.value), "") }
    return lines.map { Self.clipped($0, width) }
  }

  private static let barWidthMax = 80

  private var units: Int64 { sale.available + sale.reserved + sale.sold + sale.scrapped }

  private var head: String {
    let window =
      switch sale.state {
      case .scheduled: "begins in " + Self.span(sale.terms.start, since: now)
      case .open, .paused: "ends in " + Self.span(sale.terms.end, since: now)
      case .closed where sale.terms.end > now: "before its end at \(UTC.text(sale.terms.end))"
      case .closed: "since \(UTC.text(sale.terms.end))"
      }
    return "\(sale.sale)  \(sale.state.name)  \(window)  \(Figures.grouped(sale.items)) SKUs"
  }

  /// Sold, then reserved, then what is left.
  private func bar(_ width: Int) -> String {
    let room = max(width - 2, 1)
    func columns(_ value: Int64) -> Int { units > 0 ? Int(Double(value) / Double(units) * Double(room)) : 0 }
    let sold = columns(sale.sold + sale.scrapped)
    let taken = max(sold, columns(sale.sold + sale.scrapped + sale.reserved))
    return "[" + String(repeating: "#", count: sold) + String(repeating: "=", count: taken - sold)
      + String(repeating: ".", count: room - taken) + "]"
  }

  private var figures: [String] {
    func share(_ value: Int64) -> String {
      if units == 0 { return "" }
      let percent = Figures.decimal(Double(value) / Double(units) * 100, places: 1)
      return String(repeating: " ", count: max(0, 5 - percent.count)) + percent + " %"
    }
    let rate = meter.unitsPerSecond.map { Figures.decimal($0, places: 1) } ?? "-"
    return [
      Self.row("left", Figures.grouped(sale.available), share(sale.available)),
      Self.row("reserved", Figures.grouped(sale.reserved), share(sale.reserved) + (units > 0 ? "  =" : "")),
      Self.row("sold", Figures.grouped(sale.sold), share(sale.sold) + (units > 0 ? "  #" : "")),
      Self.row("rate", rate, "units/s"),
      Self.row("sold out", sellOut, ""),
    ]
  }

  private var sellOut: String {
    if sale.state == .closed { return "-" }
    return switch meter.secondsToSellOut(sale) {
    case 0?: "now"
    case let seconds? where seconds < 1e8: "in " + Self.span(milliseconds: Int64(seconds * 1000))
    case _?, nil: "-"
    }
  }

  private static func row(_ name: String, _ value: String, _ remark: String) -> String {
    let left = name + String(repeating: " ", count: max(1, 16 - name.count))
    let line = left + String(repeating: " ", count: max(0, 14 - value.count)) + value
    return remark.isEmpty ? line : line + "  " + remark
  }

  private static func span(_ end: Timestamp, since start: Timestamp) -> String {
    span(milliseconds: max(0, end.milliseconds - start.milliseconds))
  }

  /// The two largest units: `2d 3h`, `12m 5s`, `8s`.
  static func span(milliseconds: Int64) -> String {
    let seconds = (milliseconds + 999) / 1000
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
    return parts[first...].prefix(2).map { "\($0.0)\($0.1)" }.joined(separator: " ")
  }

  /// Cut so that it takes at most so many columns.
  static func clipped(_ text: String, _ width: Int) -> String {
    if DisplayWidth.of(text) <= width { return text }
    var clipped = ""
    var columns = 0
    for character in text {
      columns += DisplayWidth.of(character)
      if columns > width { break }
      clipped.append(character)
    }
    return clipped
  }
}
