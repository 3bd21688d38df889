import StockEngine

/// The commands as a shop's engineer would write them: `reserve o-1 buyer=u1 A=1 B=2 hold=15m`.
extension ShopCommand {
  package struct Misspelling: Error, CustomStringConvertible {
    package var description: String
    package init(description: String) { self.description = description }
  }

  /// - Parameter base: the moment that an `issued=` is counted from.
  package init(_ text: String, base: Int64 = 0) throws {
    var words = Words(text)
    let verb = try words.next("a command")
    self =
      try Self.stockCommand(verb, &words) ?? Self.saleCommand(verb, &words, base) ?? Self.orderCommand(
        verb, &words, base)
      ?? Self.readCommand(verb, &words)
      ?? { throw Misspelling(description: "no command is called '\(verb)'") }()
    if let extra = words.rest.first { throw Misspelling(description: "'\(extra)' means nothing to \(verb)") }
  }

  private static func stockCommand(_ verb: String, _ words: inout Words) throws -> ShopCommand? {
    switch verb {
    case "preheat":
      return .preheat(
        operation: try words.next("an operation id"), lines: try words.lines(), replace: words.flag("replace"))
    case "supply": return .supply(operation: try words.next("an operation id"), lines: try words.lines())
    case "restock":
      let operation = try words.next("an operation id")
      let reference = words.option("ref") ?? ""
      let lines = try words.lines()
      guard lines.count == 1 else { throw Misspelling(description: "restock takes one line") }
      return .restock(operation: operation, line: lines[0], reference: reference)
    case "adjust": return try adjust(&words)
    case "configure":
      let operation = try words.next("an operation id")
      let floor = words.option("floor").flatMap { Int64($0) }
      return .configure(operation: operation, item: try words.next("an item"), floor: floor)
    case "move":
      let operation = try words.next("an operation id")
      let (from, to) = (try words.next("an item"), try words.next("an item"))
      guard let quantity = Int64(try words.next("units")) else { throw Misspelling(description: "move takes units") }
      return .move(operation: operation, from: from, to: to, quantity: quantity)
    default: return nil
    }
  }

  /// `adjust op A +3`, `adjust op A -3 force`, `adjust op A to=5 version=2`.
  private static func adjust(_ words: inout Words) throws -> ShopCommand {
    let operation = try words.next("an operation id")
    let item = try words.next("an item")
    let reason = words.option("reason") ?? ""
    let force = words.flag("force")
    if let available = words.option("to").flatMap({ Int64($0) }) {
      guard let version = words.option("version").flatMap({ UInt64($0) }) else {
        throw Misspelling(description: "adjust to= needs version=")
      }
      return .adjustTo(
        operation: operation, item: item, available: available, version: version, force: force, reason: reason)
    }
    let change = try words.next("a change, +3 or -3")
    guard let by = Int64(change) else { throw Misspelling(description: "'\(change)' is no change") }
    return .adjust(operation: operation, item: item, by: by, force: force, reason: reason)
  }

  private static func orderCommand(_ verb: String, _ words: inout Words, _ base: Int64) throws -> ShopCommand? {
    switch verb {
    case "reserve": return .reserve(try placement(&words, base))
    case "deduct": return .deduct(try placement(&words, base))
    case "confirm": return .confirm(order: try words.next("an order"))
    case "cancel": return .cancel(order: try words.next("an order"), reason: words.option("reason") ?? "")
    case "resolve": return .resolve(order: try words.next("an order"))
    case "extend":
      let operation = try words.next("an operation id")
      let order = try words.next("an order")
      guard let hold = try words.time("hold") else { throw Misspelling(description: "extend needs hold=") }
      return .extend(operation: operation, order: order, holdMilliseconds: hold)
    case "return":
      let operation = try words.next("an operation id")
      let order = try words.next("an order")
      let isScrapped = words.flag("scrap")
      return .returnLines(operation: operation, order: order, lines: try words.lines(), isScrapped: isScrapped)
    case "confirmLines":
      let operation = try words.next("an operation id")
      let order = try words.next("an order")
      let isRelease = words.flag("release")
      return .confirmLines(operation: operation, order: order, lines: try words.lines(), isRelease: isRelease)
    case "cancelLines":
      let operation = try words.next("an operation id")
      let order = try words.next("an order")
      let reason = words.option("reason") ?? ""
      return .cancelLines(operation: operation, order: order, lines: try words.lines(), reason: reason)
    case "ship": return .ship(operation: try words.next("an operation id"), order: try words.next("an order"))
    case "deliver": return .deliver(operation: try words.next("an operation id"), order: try words.next("an order"))
    case "nextIDs":
      guard let count = UInt32(try words.next("a count")) else {
        throw Misspelling(description: "nextIDs needs a count")
      }
      return .nextIDs(count)
    default: return nil
    }
  }

  private static func placement(_ words: inout Words, _ base: Int64) throws -> Placement {
    let order = try words.next("an order")
    let buyer = words.option("buyer") ?? ""
    let payload = words.option("payload") ?? ""
    let hold = try words.time("hold") ?? 0
    let issued = try words.time("issued")
    let sale = words.option("sale") ?? ""
    let subjects = try words.pairs("subject")
    let replaces = words.flag("replace")
    let pools = words.option("pools")?.split(separator: ",").map(String.init) ?? []
    var placement = Placement(order: order, lines: try words.lines())
    placement.sale = sale
    placement.subjects = subjects
    placement.replacesUnpaid = replaces
    placement.buyer = buyer
    placement.payload = payload
    placement.holdMilliseconds = hold
    placement.issuedAt = issued.map { base + $0 } ?? 0
    placement.pools = pools
    return placement
  }

  private static func readCommand(_ verb: String, _ words: inout Words) throws -> ShopCommand? {
    switch verb {
    case "get": return .get(words.takeRest())
    case "order": return .order(try words.next("an order"))
    case "stats": return .stats
    case "pools": return .pools(try words.next("a SKU"))
    case "list":
      let rows = words.option("rows").flatMap { UInt32($0) } ?? 1000
      let cursor = words.option("cursor").flatMap { UInt64($0) } ?? 0
      return .list(prefix: words.option("prefix") ?? "", rowsMax: rows, cursor: cursor)
    default: return nil
    }
  }
}

/// The words of a line, taken one by one.
struct Words {
  var rest: [String]

  init(_ text: String) { rest = text.split(separator: " ").map(String.init) }

  mutating func next(_ what: String) throws -> String {
    guard !rest.isEmpty else { throw ShopCommand.Misspelling(description: "\(what) is missing") }
    return rest.removeFirst()
  }

  mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  mutating func option(_ name: String) -> String? {
    guard let index = rest.firstIndex(where: { $0.hasPrefix(name + "=") }) else { return nil }
    return String(rest.remove(at: index).dropFirst(name.count + 1))
  }

  /// Every `name=dimension:value,value` that is left.
  mutating func pairs(_ name: String) throws -> [ShopCommand.Subject] {
    var pairs: [ShopCommand.Subject] = []
    while let text = option(name) {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ShopCommand.Misspelling(description: "'\(text)' is no dimension:value") }
      for value in parts[1].split(separator: ",") { pairs.append(ShopCommand.Subject(parts[0], String(value))) }
    }
    return pairs
  }

  mutating func time(_ name: String) throws -> Int64? {
    guard let text = option(name) else { return nil }
    guard let time = Times.parse(text) else { throw ShopCommand.Misspelling(description: "'\(text)' is no time") }
    return time
  }

  mutating func takeRest() -> [String] {
    defer { rest = [] }
    return rest
  }

  /// Every `item=units` that is left.
  mutating func lines() throws -> [ShopCommand.Line] {
    var lines: [ShopCommand.Line] = []
    rest.removeAll { word in
      let parts = word.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let units = Int64(parts[1]) else { return false }
      lines.append(ShopCommand.Line(String(parts[0]), units))
      return true
    }
    return lines
  }
}
