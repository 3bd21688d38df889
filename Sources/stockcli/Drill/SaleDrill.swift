import StockEngine
import StockWire

/// A sale's file with the orders that storm it: its object `drill`, as `data/README.md` tells.
struct SaleDrill: Sendable {
  var sale: SaleFile
  /// As long as the file says, and begun at once.
  var terms: WireSaleTerms
  var orders: Int
  var cartPercent: Int
  var cartLinesMax: Int
  var confirmPercent: Int
  var cancelPercent: Int

  static func read(_ path: String) throws(InputFault) -> SaleDrill {
    let sale = try SaleFile.read(path)
    guard let drill = sale.drill else {
      throw InputFault(line: nil, "drill is missing; it must say how the buyers behave")
    }
    return try SaleDrill(sale, drill)
  }

  private init(_ sale: SaleFile, _ drill: JSONInput) throws(InputFault) {
    var fields = try JSONFields(drill, path: "drill")
    func number(_ name: String, _ range: ClosedRange<Int64>) throws(InputFault) -> Int {
      try Int(
        fields.required(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
          $0.integer(in: range)
        })
    }
    self.sale = sale
    terms = try sale.terms(now: .zero, opened: nil)
    terms.end = Timestamp(milliseconds: terms.end.milliseconds - terms.start.milliseconds)
    terms.start = .zero
    orders = try number("orders", 1...10_000_000)
    cartPercent = try number("cartPercent", 0...100)
    cartLinesMax = try number("cartLinesMax", 1...Int64(min(sale.lines.count, Bounds.linesPerOrderMax)))
    confirmPercent = try number("confirmPercent", 0...100)
    cancelPercent = try number("cancelPercent", 0...100)
    let abandonPercent = try number("abandonPercent", 0...100)
    try fields.end()
    guard confirmPercent + cancelPercent + abandonPercent == 100 else {
      throw InputFault(line: nil, "drill: confirmPercent, cancelPercent and abandonPercent must add up to 100")
    }
    // The drill's buyers say nothing but who they are, and judge a refusal by what they were told before.
    guard sale.limits.allSatisfy({ $0.dimension == "user" && $0.measure == .units }), sale.eligible.isEmpty,
      sale.unpaid == .allow, sale.source == .pools, sale.lines.allSatisfy({ !$0.item.contains("@") })
    else {
      throw InputFault(
        line: nil,
        "a drill takes its units from the pool main, limits units of user alone, has no openTo, and allows unpaid orders"
      )
    }
  }

  func plan(prefix: String, seed: UInt64) -> SalePlan {
    SalePlan(
      prefix: prefix, sale: sale.id, terms: terms,
      items: sale.lines.map { SalePlan.Item(sku: $0.item, units: $0.quantity) }, ordersMax: orders,
      cartPercent: cartPercent, cartLinesMax: cartLinesMax, confirmPercent: confirmPercent,
      cancelPercent: cancelPercent, isSkewed: false, seed: seed)
  }
}
