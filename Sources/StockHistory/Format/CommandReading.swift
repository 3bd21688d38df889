import StockEngine
import StockModel

// The command of a line: `op` and the fields that go with it, by the names that `docs/histories.md` gives them.

extension ShopCommand {
  init(_ fields: inout HistoryFields) throws(HistoryFault) {
    let op = try fields.needed("op")
    if let command = try Self.ofStock(op, &fields) {
      self = command
    } else if let command = try Self.ofOrder(op, &fields) {
      self = command
    } else if let command = try Self.ofSale(op, &fields) {
      self = command
    } else if let command = try Self.ofRead(op, &fields) {
      self = command
    } else {
      throw fields.fault("\(op) is no command that is checked")
    }
  }

  private static func ofStock(_ op: String, _ fields: inout HistoryFields) throws(HistoryFault) -> ShopCommand? {
    switch op {
    case "preheat":
      return .preheat(
        operation: try fields.id("operation"), lines: try fields.lines(from: 0, countMax: Bounds.linesPerOperationMax),
        replace: try fields.flag("replace"))
    case "supply":
      return .supply(operation: try fields.id("operation"), lines: try fields.lines())
    case "restock":
      return .restock(
        operation: try fields.id("operation"),
        line: Line(try fields.item("item"), try fields.needed("quantity", 1...Bounds.quantityMax)),
        reference: try fields.string("reference") ?? "")
    case "adjust": return try adjust(&fields)
    case "configure":
      let units = -HistoryLimits.unitsMax...HistoryLimits.unitsMax
      return .configure(
        operation: try fields.id("operation"), item: try fields.item("item"), floor: try fields.integer("floor", units))
    case "move":
      return .move(
        operation: try fields.id("operation"), from: try fields.item("item"), to: try fields.item("to"),
        quantity: try fields.needed("quantity", 1...Bounds.quantityMax))
    case "limitSKU":
      return .limitSKU(
        operation: try fields.id("operation"), sku: try fields.item("sku"), try fields.limit(fields.take("limit")),
        isLifted: try fields.flag("lift"))
    default: return nil
    }
  }

  private static func adjust(_ fields: inout HistoryFields) throws(HistoryFault) -> ShopCommand {
    let operation = try fields.id("operation")
    let item = try fields.item("item")
    let force = try fields.flag("force")
    let reason = try fields.string("reason") ?? ""
    let units = -HistoryLimits.unitsMax...HistoryLimits.unitsMax
    if let by = try fields.integer("by", units) {
      return .adjust(operation: operation, item: item, by: by, force: force, reason: reason)
    }
    return .adjustTo(
      operation: operation, item: item, available: try fields.needed("available", units),
      version: UInt64(try fields.needed("itemVersion", 0...Int64.max)), force: force, reason: reason)
  }

  private static func ofOrder(_ op: String, _ fields: inout HistoryFields) throws(HistoryFault) -> ShopCommand? {
    switch op {
    case "reserve": return .reserve(try placement(&fields))
    case "deduct": return .deduct(try placement(&fields))
    case "confirm": return .confirm(order: try fields.id("order"))
    case "cancel": return .cancel(order: try fields.id("order"), reason: try fields.string("reason") ?? "")
    case "resolve": return .resolve(order: try fields.id("order"))
    case "extend":
      return .extend(
        operation: try fields.id("operation"), order: try fields.id("order"),
        holdMilliseconds: try fields.needed("hold", 1...HistoryLimits.millisecondsMax))
    case "return":
      return .returnLines(
        operation: try fields.id("operation"), order: try fields.id("order"),
        lines: fields.has("lines") ? try fields.lines() : [], isScrapped: try fields.flag("scrap"))
    case "confirmLines":
      return .confirmLines(
        operation: try fields.id("operation"), order: try fields.id("order"), lines: try fields.lines(),
        isRelease: try fields.flag("release"))
    case "cancelLines":
      return .cancelLines(
        operation: try fields.id("operation"), order: try fields.id("order"), lines: try fields.lines(),
        reason: try fields.string("reason") ?? "")
    case "ship": return .ship(operation: try fields.id("operation"), order: try fields.id("order"))
    case "deliver": return .deliver(operation: try fields.id("operation"), order: try fields.id("order"))
    case "nextIDs": return .nextIDs(UInt32(try fields.needed("count", 1...Int64(Bounds.idsPerCommandMax))))
    default: return nil
    }
  }

  private static func placement(_ fields: inout HistoryFields) throws(HistoryFault) -> Placement {
    var placement = Placement(order: try fields.id("order"), lines: try fields.lines())
    placement.buyer = try fields.string("buyer") ?? ""
    placement.payload = try fields.string("payload") ?? ""
    placement.holdMilliseconds = try fields.integer("hold", 0...HistoryLimits.millisecondsMax) ?? 0
    placement.issuedAt = try fields.integer("issuedAt", 0...HistoryLimits.millisecondsMax) ?? 0
    placement.sale = try fields.string("sale") ?? ""
    placement.subjects = try fields.subjects("subjects")
    placement.replacesUnpaid = try fields.flag("replaceUnpaid")
    placement.pools = try fields.strings("pools") ?? []
    return placement
  }

  private static func ofSale(_ op: String, _ fields: inout HistoryFields) throws(HistoryFault) -> ShopCommand? {
    switch op {
    case "openSale": return .openSale(operation: try fields.id("operation"), try opening(&fields))
    case "addToSale":
      return .addToSale(
        operation: try fields.id("operation"), sale: try fields.id("sale"),
        takesFromPools: try fields.flag("fromPools"), lines: try fields.lines())
    case "pauseSale": return try change(&fields, .pause)
    case "resumeSale": return try change(&fields, .resume)
    case "closeSale": return try change(&fields, .close)
    case "flagBuyer", "clearBuyer":
      return .flagBuyer(
        operation: try fields.id("operation"), buyer: try fields.id("buyer"), isFlagged: op == "flagBuyer")
    default: return nil
    }
  }

  private static func change(
    _ fields: inout HistoryFields, _ change: SwitchSale.Change
  ) throws(HistoryFault) -> ShopCommand {
    .switchSale(operation: try fields.id("operation"), sale: try fields.id("sale"), change)
  }

  private static func opening(_ fields: inout HistoryFields) throws(HistoryFault) -> SaleOpening {
    let times = 0...HistoryLimits.millisecondsMax
    var opening = SaleOpening(
      sale: try fields.id("sale"), start: try fields.needed("start", times), end: try fields.needed("end", times))
    opening.payMilliseconds = try fields.integer("pay", times) ?? 0
    opening.unpaid = try fields.choice("unpaid", Self.unpaidPolicies) ?? .allow
    opening.flagged = try fields.choice("flagged", Self.flaggedPolicies) ?? .allow
    opening.isStrict = try fields.flag("strict")
    opening.recordsAttempts = try fields.flag("attempts")
    opening.isPaused = try fields.flag("paused")
    for limit in try fields.list("limits") ?? [] { opening.limits.append(try fields.limit(limit)) }
    opening.eligible = try fields.subjects("openTo")
    opening.takesFromPools = try fields.flag("fromPools")
    if fields.has("lines") { opening.lines = try fields.lines() }
    return opening
  }

  static let unpaidPolicies: [(String, SaleTerms.UnpaidPolicy)] = [
    ("allow", .allow), ("refuse", .refuse), ("replace", .replace),
  ]
  static let flaggedPolicies: [(String, SaleTerms.FlaggedPolicy)] = [
    ("allow", .allow), ("refuse", .refuse), ("defer", .deferred),
  ]
  static let measures: [(String, Limit.Measure)] = [("units", .units), ("openOrders", .openOrders)]

  private static func ofRead(_ op: String, _ fields: inout HistoryFields) throws(HistoryFault) -> ShopCommand? {
    switch op {
    case "get":
      guard let items = try fields.strings("items"), !items.isEmpty else { throw fields.fault("items are missing") }
      return .get(items)
    case "order": return .order(try fields.id("order"))
    case "stats": return .stats
    case "pools": return .pools(try fields.item("sku"))
    case "sale": return .sale(try fields.id("sale"))
    case "buyer": return .buyer(try fields.id("buyer"))
    default: return nil
    }
  }
}

extension HistoryFields {
  /// A text that names something: not empty.
  mutating func id(_ name: String) throws(HistoryFault) -> String {
    let text = try needed(name)
    if text.isEmpty { throw fault("\(name) is empty") }
    return text
  }

  mutating func item(_ name: String) throws(HistoryFault) -> String { try id(name) }

  /// `[["tea",2],["mug",1]]`, at least one.
  mutating func lines(
    from least: Int64 = 1, countMax: Int = Bounds.linesPerOperationMax
  ) throws(HistoryFault) -> [ShopCommand.Line] {
    guard let items = try list("lines") else { throw fault("lines are missing") }
    guard (1...countMax).contains(items.count) else { throw fault("lines are 1 to \(countMax)") }
    var lines: [ShopCommand.Line] = []
    lines.reserveCapacity(items.count)
    for item in items {
      guard case .list(let pair) = item, pair.count == 2, case .string(let name) = pair[0], !name.isEmpty,
        case .integer(let quantity) = pair[1], (least...Bounds.quantityMax).contains(quantity)
      else { throw fault("a line is [\"item\",\(least) to \(Bounds.quantityMax)]") }
      lines.append(ShopCommand.Line(name, quantity))
    }
    return lines
  }

  /// `[["phone","138"]]`.
  mutating func subjects(_ name: String) throws(HistoryFault) -> [ShopCommand.Subject] {
    var subjects: [ShopCommand.Subject] = []
    for item in try list(name) ?? [] {
      guard case .list(let pair) = item, pair.count == 2, case .string(let dimension) = pair[0],
        case .string(let value) = pair[1]
      else { throw fault("\(name) is a list of [\"dimension\",\"value\"]") }
      subjects.append(ShopCommand.Subject(dimension, value))
    }
    return subjects
  }

  /// `{"dimension":"user","max":2,"measure":"units","giveBack":true}`.
  func limit(_ item: JSONItem?) throws(HistoryFault) -> Limit {
    guard case .object(let members)? = item else { throw fault("a limit is an object") }
    var fields = HistoryFields(line: line, members)
    let limit = Limit(
      dimension: try fields.id("dimension"), measure: try fields.choice("measure", ShopCommand.measures) ?? .units,
      max: UInt32(try fields.needed("max", 0...Int64(UInt32.max))), isGivenBackOnReturn: try fields.flag("giveBack"))
    try fields.end()
    return limit
  }
}
