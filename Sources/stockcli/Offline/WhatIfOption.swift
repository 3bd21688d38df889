import ArgumentParser
import StockEngine

/// One number that was otherwise: `stock=SKU:N`, `limit=DIM:N`, `limit=DIM:N:orders`, `limit=DIM:none`, `window=START..END`,
/// `pause=none`.
struct WhatIfOption: ExpressibleByArgument, Equatable {
  var change: WhatIf.Change

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let change = Self.change(parts[0], parts[1]) else { return nil }
    self.change = change
  }

  private static func change(_ name: String, _ value: String) -> WhatIf.Change? {
    switch name {
    case "stock":
      // A SKU may have colons of its own.
      guard let colon = value.lastIndex(of: ":"), let units = Int64(value[value.index(after: colon)...]) else {
        return nil
      }
      return .stock(sku: String(value[..<colon]), units: units)
    case "limit": return limit(value.split(separator: ":", omittingEmptySubsequences: false).map(String.init))
    case "window": return window(value)
    case "pause": return value == "none" ? .noPause : nil
    default: return nil
    }
  }

  private static func limit(_ parts: [String]) -> WhatIf.Change? {
    if parts.count == 2, parts[1] == "none" { return .noLimit(dimension: parts[0]) }
    guard parts.count == 2 || (parts.count == 3 && parts[2] == "orders"), let max = UInt32(parts[1]) else { return nil }
    return .limit(dimension: parts[0], measure: parts.count == 3 ? .openOrders : .units, max: max)
  }

  /// `START..END`, either of them left out to keep the recorded one.
  private static func window(_ text: String) -> WhatIf.Change? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let ends = [text[..<dots.lowerBound], text[dots.upperBound...]].map(String.init)
    let moments = ends.map { $0.isEmpty ? nil : Moment(argument: $0) }
    guard zip(ends, moments).allSatisfy({ $0.isEmpty || $1 != nil }), ends != ["", ""] else { return nil }
    return .window(start: moments[0]?.timestamp, end: moments[1]?.timestamp)
  }
}

extension WhatIf.Assumption: ExpressibleByArgument {}
