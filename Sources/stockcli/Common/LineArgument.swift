import ArgumentParser
import StockEngine
import StockWire

/// `ITEM=QUANTITY`; `ITEM` alone is one unit.
struct LineArgument: ExpressibleByArgument, Equatable {
  var line: WireLine

  init?(argument: String) {
    var item = argument[...]
    var quantity: UInt32 = 1
    if let equals = argument.lastIndex(of: "=") {
      guard let number = UInt32(argument[argument.index(after: equals)...]), number > 0, number <= Bounds.quantityMax
      else { return nil }
      quantity = number
      item = argument[..<equals]
    }
    guard !item.isEmpty else { return nil }
    line = WireLine(String(item), quantity)
  }
}

/// A number of units, 1 to 2^31-1.
struct QuantityArgument: ExpressibleByArgument, Equatable {
  var units: UInt32

  init(_ units: UInt32) { self.units = units }

  init?(argument: String) {
    guard let units = UInt32(argument), units > 0, units <= Bounds.quantityMax else { return nil }
    self.units = units
  }

  var defaultValueDescription: String { String(units) }
}

/// Ids for those who give none. They are printed, so that a retry can use them again.
enum NewID {
  static func make(_ kind: String) -> String {
    var random = SystemRandomNumberGenerator()
    let digits = String(random.next() as UInt64, radix: 36)
    return "\(kind)-" + String(repeating: "0", count: max(0, 13 - digits.count)) + digits
  }
}
