/// The numbers under which a sale is decided again.
struct SalePlan {
  var terms: SaleTerms
  var limits: [UInt8]
  var isPaused: Bool
  /// Units by SKU, where they are otherwise.
  var stock: [Int: Int64] = [:]
  /// It sells and ends by this window alone.
  var hasOwnWindow = false
  var isNeverPaused = false

  init(_ changes: [WhatIf.Change], _ tape: SaleTape) throws(WhatIf.Misfit) {
    terms = tape.terms
    // Nobody reads this run's own record of attempts.
    terms.options.remove(.recordsAttempts)
    isPaused = tape.isPaused
    limits = []
    var list = Limit.decoded(tape.limits) ?? []
    for change in changes {
      switch change {
      case .stock(let sku, let units): try setStock(sku, units, tape)
      case .limit(let dimension, let measure, let max):
        guard Self.isDimension(dimension) else { throw .dimension(dimension) }
        if let index = list.firstIndex(where: { $0.dimension == dimension && $0.measure == measure }) {
          list[index].max = max
        } else {
          list.append(Limit(dimension: dimension, measure: measure, max: max))
        }
      case .noLimit(let dimension):
        guard Self.isDimension(dimension) else { throw .dimension(dimension) }
        list.removeAll { $0.dimension == dimension }
      case .window(let start, let end):
        hasOwnWindow = true
        if let start { terms.start = start }
        if let end { terms.end = end }
      case .noPause:
        isNeverPaused = true
        isPaused = false
      }
    }
    if terms.end <= terms.start { throw .emptyWindow }
    if list.count > Bounds.limitsMax { throw .tooManyLimits }
    limits = Limit.encoded(list)
  }

  private mutating func setStock(_ name: String, _ units: Int64, _ tape: SaleTape) throws(WhatIf.Misfit) {
    guard let sku = tape.skus.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw .unknownSKU(name, has: tape.skus)
    }
    guard units >= 0, units <= Bounds.quantityMax else { throw .units(units) }
    stock[sku] = units
  }

  private static func isDimension(_ name: String) -> Bool {
    Array(name.utf8).withUnsafeBytes { Dimension.isName($0) }
  }
}
