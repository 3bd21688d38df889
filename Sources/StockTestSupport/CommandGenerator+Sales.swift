import StockEngine
import StockModel

extension CommandGenerator {
  /// One of the last sales, or one that is not there.
  mutating func sale() -> String {
    lastOpened.isEmpty || random.oneIn(40) ? "NONE" : random.pick(lastOpened)
  }

  /// Puts a placement into a sale, or not, and gives it subjects.
  mutating func sell(_ placement: inout ShopCommand.Placement) {
    // One in four is a plain order, limited by nothing but its SKU and its buyer: such orders are decided a shorter way.
    if random.oneIn(4) { return }
    if !random.oneIn(6) {
      placement.subjects.append(ShopCommand.Subject("phone", random.oneIn(2) ? "138" : "139"))
    }
    if !random.oneIn(3) { placement.subjects.append(ShopCommand.Subject("region", random.oneIn(3) ? "bj" : "sh")) }
    placement.replacesUnpaid = random.oneIn(4)
    if random.oneIn(3) || lastOpened.isEmpty { return }
    placement.sale = sale()
    placement.lines = placement.lines.prefix(random.oneIn(3) ? 3 : 1).map {
      ShopCommand.Line(ReferenceModel.sku($0.item), $0.quantity)
    }
  }

  mutating func nextOfSales(now: Int64) -> ShopCommand {
    let operation = operation()
    switch random.below(100) {
    case 0..<16: return .openSale(operation: operation, opening(now: now))
    case 16..<42:
      let takesFromPools = random.oneIn(2)
      return .addToSale(
        operation: operation, sale: sale(), takesFromPools: takesFromPools, lines: stock(takesFromPools))
    case 42..<48: return .switchSale(operation: operation, sale: sale(), .pause)
    case 48..<58: return .switchSale(operation: operation, sale: sale(), .resume)
    case 58..<62: return .switchSale(operation: operation, sale: sale(), .close)
    case 62..<74:
      let limit = Limit(
        dimension: random.oneIn(3) ? "phone" : "user", measure: random.oneIn(3) ? .openOrders : .units,
        max: UInt32(1 + random.below(8)), isGivenBackOnReturn: random.oneIn(2))
      return .limitSKU(
        operation: operation, sku: ReferenceModel.sku(line(1).item), limit, isLifted: random.oneIn(4))
    case 74..<80: return .flagBuyer(operation: operation, buyer: random.pick(buyerNames), isFlagged: true)
    case 80..<86: return .flagBuyer(operation: operation, buyer: random.pick(buyerNames), isFlagged: false)
    case 86..<93: return .sale(sale())
    default: return .buyer(random.pick(buyerNames))
    }
  }

  mutating func nextOpening(now: Int64) -> ShopCommand {
    .openSale(operation: operation(), opening(now: now))
  }

  /// Mostly a new sale; now and then the id of an old one.
  private mutating func opening(now: Int64) -> ShopCommand.SaleOpening {
    if saleCount == 0 || !random.oneIn(8) { saleCount += 1 }
    let start = now + Int64(random.below(40) - 30) * 1000
    var opening = ShopCommand.SaleOpening(
      sale: "S\(saleCount)", start: start, end: start + Int64(1 + random.below(200)) * 1000)
    opening.payMilliseconds = random.oneIn(3) ? Int64(random.below(62)) * 1000 : 0
    opening.unpaid = random.pick(SaleTerms.UnpaidPolicy.allCases)
    opening.flagged = random.pick(SaleTerms.FlaggedPolicy.allCases)
    opening.isStrict = random.oneIn(4)
    opening.isPaused = random.oneIn(8)
    opening.recordsAttempts = !saleCount.isMultiple(of: 3)
    if random.oneIn(2) {
      opening.limits.append(
        Limit(dimension: "user", max: UInt32(1 + random.below(8)), isGivenBackOnReturn: random.oneIn(2)))
    }
    if random.oneIn(3) {
      opening.limits.append(
        Limit(dimension: "phone", max: UInt32(2 + random.below(8)), isGivenBackOnReturn: random.oneIn(2)))
    }
    if random.oneIn(3) {
      opening.limits.append(Limit(dimension: "user", measure: .openOrders, max: UInt32(1 + random.below(3))))
    }
    if random.oneIn(6) { opening.eligible.append(ShopCommand.Subject("region", "sh")) }
    if random.oneIn(12) {
      opening.eligible += [ShopCommand.Subject("user", "u1"), ShopCommand.Subject("user", "u2")]
    }
    opening.takesFromPools = random.oneIn(2)
    opening.lines = random.oneIn(8) ? [] : stock(opening.takesFromPools)
    return opening
  }

  /// New units of plain SKUs, or units of items.
  private mutating func stock(_ takesFromPools: Bool) -> [ShopCommand.Line] {
    var lines = lines(12)
    if !takesFromPools && random.oneIn(2) { lines += items.dropLast().map { ShopCommand.Line($0, 8) } }
    return takesFromPools ? lines : lines.map { ShopCommand.Line(ReferenceModel.sku($0.item), $0.quantity) }
  }
}
