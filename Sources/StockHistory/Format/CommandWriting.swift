import StockEngine
import StockModel

extension HistoryLine {
  /// `op` and what goes with it, as `ShopCommand.init(_:)` reads it.
  mutating func put(_ command: ShopCommand) {
    switch command {
    case .preheat(let operation, let lines, let replace):
      begin("preheat", operation)
      put(lines)
      put("replace", replace)
    case .supply(let operation, let lines):
      begin("supply", operation)
      put(lines)
    case .restock(let operation, let line, let reference):
      begin("restock", operation)
      put("item", line.item)
      put("quantity", line.quantity)
      put("reference", reference, unless: "")
    case .adjust(let operation, let item, let by, let force, let reason):
      begin("adjust", operation)
      put("item", item)
      put("by", by)
      put("force", force)
      put("reason", reason, unless: "")
    case .adjustTo(let operation, let item, let available, let version, let force, let reason):
      begin("adjust", operation)
      put("item", item)
      put("available", available)
      put("itemVersion", Int64(version))
      put("force", force)
      put("reason", reason, unless: "")
    case .configure(let operation, let item, let floor):
      begin("configure", operation)
      put("item", item)
      if let floor { put("floor", floor) }
    case .move(let operation, let from, let to, let quantity):
      begin("move", operation)
      put("item", from)
      put("to", to)
      put("quantity", quantity)
    case .limitSKU(let operation, let sku, let limit, let isLifted):
      begin("limitSKU", operation)
      put("sku", sku)
      putObject("limit") { $0.put(limit) }
      put("lift", isLifted)
    case .reserve(let placement): put("reserve", placement)
    case .deduct(let placement): put("deduct", placement)
    case .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines, .cancelLines, .ship, .deliver, .nextIDs:
      putSettling(command)
    case .openSale(let operation, let opening):
      begin("openSale", operation)
      put(opening)
    case .addToSale(let operation, let sale, let takesFromPools, let lines):
      begin("addToSale", operation)
      put("sale", sale)
      put("fromPools", takesFromPools)
      put(lines)
    case .switchSale(let operation, let sale, let change):
      switch change {
      case .pause: begin("pauseSale", operation)
      case .resume: begin("resumeSale", operation)
      case .close: begin("closeSale", operation)
      }
      put("sale", sale)
    case .flagBuyer(let operation, let buyer, let isFlagged):
      begin(isFlagged ? "flagBuyer" : "clearBuyer", operation)
      put("buyer", buyer)
    case .get, .list, .order, .stats, .pools, .sale, .sales, .buyer: putRead(command)
    }
  }

  private mutating func begin(_ op: String, _ operation: String) {
    put("op", op)
    put("operation", operation)
  }

  private mutating func put(_ lines: [ShopCommand.Line]) {
    if lines.isEmpty { return }
    putList("lines", lines) { json, line in json.putPair(line.item) { $0.append(line.quantity) } }
  }

  private mutating func put(_ name: StaticString, _ subjects: [ShopCommand.Subject]) {
    if subjects.isEmpty { return }
    putList(name, subjects) { json, subject in json.putPair(subject.dimension) { $0.quote(subject.value) } }
  }

  private mutating func put(_ limit: Limit) {
    put("dimension", limit.dimension)
    put("max", Int64(limit.max))
    if limit.measure == .openOrders { put("measure", "openOrders") }
    put("giveBack", limit.isGivenBackOnReturn)
  }

  private mutating func put(_ op: String, _ placement: ShopCommand.Placement) {
    put("op", op)
    put("order", placement.order)
    put("buyer", placement.buyer, unless: "")
    put("payload", placement.payload, unless: "")
    put(placement.lines)
    put("hold", placement.holdMilliseconds, unless: 0)
    put("issuedAt", placement.issuedAt, unless: 0)
    put("sale", placement.sale, unless: "")
    put("subjects", placement.subjects)
    put("replaceUnpaid", placement.replacesUnpaid)
    if !placement.pools.isEmpty { put("pools", placement.pools) }
  }

  private mutating func putSettling(_ command: ShopCommand) {
    switch command {
    case .extend(let operation, let order, let hold):
      begin("extend", operation)
      put("order", order)
      put("hold", hold)
    case .returnLines(let operation, let order, let lines, let isScrapped):
      begin("return", operation)
      put("order", order)
      put(lines)
      put("scrap", isScrapped)
    case .confirmLines(let operation, let order, let lines, let isRelease):
      begin("confirmLines", operation)
      put("order", order)
      put(lines)
      put("release", isRelease)
    case .cancelLines(let operation, let order, let lines, let reason):
      begin("cancelLines", operation)
      put("order", order)
      put(lines)
      put("reason", reason, unless: "")
    case .ship(let operation, let order):
      begin("ship", operation)
      put("order", order)
    case .deliver(let operation, let order):
      begin("deliver", operation)
      put("order", order)
    case .cancel(let order, let reason):
      put("op", "cancel")
      put("order", order)
      put("reason", reason, unless: "")
    case .confirm(let order):
      put("op", "confirm")
      put("order", order)
    case .resolve(let order):
      put("op", "resolve")
      put("order", order)
    case .nextIDs(let count):
      put("op", "nextIDs")
      put("count", Int64(count))
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .limitSKU, .reserve, .deduct, .openSale,
      .addToSale, .switchSale, .flagBuyer, .get, .list, .order, .stats, .pools, .sale, .sales, .buyer:
      preconditionFailure("\(command) settles no order")
    }
  }

  private mutating func put(_ opening: ShopCommand.SaleOpening) {
    put("sale", opening.sale)
    put("start", opening.start)
    put("end", opening.end)
    put("pay", opening.payMilliseconds, unless: 0)
    if opening.unpaid != .allow { put("unpaid", opening.unpaid == .refuse ? "refuse" : "replace") }
    if opening.flagged != .allow { put("flagged", opening.flagged == .refuse ? "refuse" : "defer") }
    put("strict", opening.isStrict)
    put("attempts", opening.recordsAttempts)
    put("paused", opening.isPaused)
    if !opening.limits.isEmpty { putList("limits", opening.limits) { json, limit in json.object { $0.put(limit) } } }
    put("openTo", opening.eligible)
    put("fromPools", opening.takesFromPools)
    put(opening.lines)
  }

  private mutating func putRead(_ command: ShopCommand) {
    switch command {
    case .get(let items):
      put("op", "get")
      put("items", items)
    case .order(let order):
      put("op", "order")
      put("order", order)
    case .stats: put("op", "stats")
    case .pools(let sku):
      put("op", "pools")
      put("sku", sku)
    case .sale(let sale):
      put("op", "sale")
      put("sale", sale)
    case .buyer(let buyer):
      put("op", "buyer")
      put("buyer", buyer)
    case .list, .sales: preconditionFailure("pages are not recorded: no order of them is promised")
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .limitSKU, .reserve, .deduct, .openSale,
      .addToSale, .switchSale, .flagBuyer, .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines,
      .cancelLines, .ship, .deliver, .nextIDs:
      preconditionFailure("\(command) is no read")
    }
  }
}
