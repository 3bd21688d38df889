import StockEngine

/// Sales, limits and buyers in words: `open op-1 S start=0 end=1h limit=user:2 A=100`.
extension ShopCommand {
  static func saleCommand(_ verb: String, _ words: inout Words, _ base: Int64) throws -> ShopCommand? {
    switch verb {
    case "open": return try opening(&words, base)
    case "add":
      let operation = try words.next("an operation id")
      let sale = try words.next("a sale")
      let takesFromPools = words.flag("from-pools")
      return .addToSale(operation: operation, sale: sale, takesFromPools: takesFromPools, lines: try words.lines())
    case "pause": return try change(&words, .pause)
    case "resume": return try change(&words, .resume)
    case "close": return try change(&words, .close)
    case "limit", "lift":
      let operation = try words.next("an operation id")
      let sku = try words.next("a SKU")
      let limit = try limit(try words.next("a limit, user:2"))
      return .limitSKU(operation: operation, sku: sku, limit, isLifted: verb == "lift")
    case "flag", "clear":
      return .flagBuyer(
        operation: try words.next("an operation id"), buyer: try words.next("a buyer"), isFlagged: verb == "flag")
    case "sale": return .sale(try words.next("a sale"))
    case "sales":
      let rows = words.option("rows").flatMap { UInt32($0) } ?? 1000
      return .sales(rowsMax: rows, cursor: words.option("cursor").flatMap { UInt64($0) } ?? 0)
    case "buyer": return .buyer(try words.next("a buyer"))
    default: return nil
    }
  }

  private static func change(_ words: inout Words, _ change: SwitchSale.Change) throws -> ShopCommand {
    .switchSale(operation: try words.next("an operation id"), sale: try words.next("a sale"), change)
  }

  private static func opening(_ words: inout Words, _ base: Int64) throws -> ShopCommand {
    let operation = try words.next("an operation id")
    let sale = try words.next("a sale")
    var opening = SaleOpening(
      sale: sale, start: base + (try words.time("start") ?? 0), end: base + (try words.time("end") ?? 86_400_000))
    opening.payMilliseconds = try words.time("pay") ?? 0
    switch words.option("unpaid") {
    case nil: break
    case "refuse": opening.unpaid = .refuse
    case "replace": opening.unpaid = .replace
    case let other?: throw Misspelling(description: "unpaid=\(other) is refuse or replace")
    }
    switch words.option("flagged") {
    case nil: break
    case "refuse": opening.flagged = .refuse
    case "defer": opening.flagged = .deferred
    case let other?: throw Misspelling(description: "flagged=\(other) is refuse or defer")
    }
    opening.isStrict = words.flag("strict")
    opening.recordsAttempts = words.flag("attempts")
    opening.isPaused = words.flag("paused")
    while let text = words.option("limit") { opening.limits.append(try limit(text)) }
    opening.eligible = try words.pairs("eligible")
    opening.takesFromPools = words.flag("from-pools")
    opening.lines = try words.lines()
    return .openSale(operation: operation, opening)
  }

  /// `user:2`, `user:1:orders`, `phone:2:return`.
  private static func limit(_ text: String) throws -> Limit {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count >= 2, let max = UInt32(parts[1]) else {
      throw Misspelling(description: "'\(text)' is no limit, dimension:maximum")
    }
    return Limit(
      dimension: parts[0], measure: parts.dropFirst(2).contains("orders") ? .openOrders : .units, max: max,
      isGivenBackOnReturn: parts.dropFirst(2).contains("return"))
  }
}
