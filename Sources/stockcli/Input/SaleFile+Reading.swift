import StockEngine
import StockWire

// How a sale's file is read: every message names the field and what it must be.

extension SaleFile {
  init(_ root: JSONInput) throws(InputFault) {
    var fields = try JSONFields(root, path: "")
    id = try fields.required(
      "id", "a name of 1 to \(Bounds.saleBytesMax) bytes without spaces, control characters or @"
    ) {
      Self.name($0, bytesMax: Bounds.saleBytesMax)
    }
    title = try fields.optional("title", "a text, or an object of texts by language", Self.title) ?? [:]
    _ = try fields.optional("description", "a text", \.text)
    let momentRule = "a time as 2026-11-11T20:00:00+08:00, or one from now as +30s, +15m, +2h"
    start = try fields.required("start", momentRule, Self.moment)
    end = try fields.required("end", momentRule, Self.moment)
    holdMilliseconds =
      try fields.optional("paymentTime", "a time as 90s, 15m, 1h") { value in
        value.text.flatMap(TimeOption.init(argument:)).map { Int64($0.nanoseconds / 1_000_000) }
      } ?? 0
    unpaid =
      try fields.optional("unpaid", "allow, refuse or replace") {
        Self.choice($0, ["allow": .allow, "refuse": .refuse, "replace": .replace])
      } ?? .allow
    flagged =
      try fields.optional("flagged", "allow, refuse or defer") {
        Self.choice($0, ["allow": .allow, "refuse": .refuse, "defer": .deferred])
      } ?? .allow
    hasStrictDeadline = try fields.optional("strictDeadline", "true or false", \.isTrue) ?? false
    recordsAttempts = try fields.optional("recordAttempts", "true or false", \.isTrue) ?? false
    limits = try Self.limits(&fields)
    eligible = try Self.eligible(&fields)
    let pool = try fields.optional("sourcePool", "a pool's name") { Self.pool($0) }
    let isNew = try fields.optional("newSupply", "true or false", \.isTrue) ?? false
    if (pool != nil) == isNew {
      throw InputFault(
        line: nil,
        isNew
          ? "sourcePool and newSupply exclude each other: the units are taken from a pool, or they are new"
          : "sourcePool is missing; it must be the pool that the units are taken from (or newSupply true, if they are new)"
      )
    }
    source = isNew ? .supply : .pools
    lines = try Self.lines(&fields, pool: pool)
    drill = try fields.optional("drill", "an object") { value in
      guard case .object = value else { return nil }
      return value
    }
    try fields.end()
  }

  // MARK: Parts

  private static func limits(_ fields: inout JSONFields) throws(InputFault) -> [WireLimit] {
    let returnsRule = "count (units that come back go on counting) or giveBack (they may be bought again)"
    func returns(_ fields: inout JSONFields) throws(InputFault) -> Bool? {
      try fields.optional("returns", returnsRule) { choice($0, ["count": false, "giveBack": true]) }
    }
    let giveBack = try returns(&fields) ?? false
    var limits: [WireLimit] = []
    for (path, value) in try fields.list("limits", max: Bounds.limitsMax) {
      var limit = try JSONFields(value, path: path)
      let dimension = try limit.required("dimension", dimensionRule) { $0.text.flatMap(Self.dimension) }
      let numberRule = "a whole number from 0 to \(UInt32.max)"
      func number(_ value: JSONInput) -> UInt32? { value.integer(in: 0...Int64(UInt32.max)).map { UInt32($0) } }
      let units = try limit.optional("units", numberRule, number)
      let orders = try limit.optional("openOrders", numberRule, number)
      guard let max = units ?? orders, units == nil || orders == nil else {
        throw InputFault(line: nil, "\(path) must have one of the fields units and openOrders")
      }
      let givesBack = try returns(&limit) ?? giveBack
      try limit.end()
      let new = WireLimit(
        dimension, max, measure: units == nil ? .openOrders : .units, isGivenBackOnReturn: givesBack)
      guard !limits.contains(where: { $0.dimension == new.dimension && $0.measure == new.measure }) else {
        throw InputFault(line: nil, "\(path) limits \(dimension) again; each dimension has one limit of a kind")
      }
      limits.append(new)
    }
    return limits
  }

  private static func eligible(_ fields: inout JSONFields) throws(InputFault) -> [WireSubject] {
    let rule = "an object of lists of values by dimension, as {\"region\": [\"bj\", \"sh\"]}"
    let object = try fields.optional("openTo", rule) { value -> [ExactText: JSONInput]? in
      guard case .object(let object) = value else { return nil }
      return object
    }
    var subjects: [WireSubject] = []
    var known: Set<[ExactText]> = []
    for name in (object ?? [:]).keys.sorted().map(\.string) {
      guard dimension(name) != nil else {
        throw InputFault(line: nil, "openTo.\(name) is no dimension; it must be \(dimensionRule)")
      }
      var values = try JSONFields(.object(object ?? [:]), path: "openTo")
      for (path, value) in try values.list(name, max: Bounds.eligibleValuesMax) {
        guard let text = value.text, (1...Bounds.subjectBytesMax).contains(text.utf8.count) else {
          throw InputFault(line: nil, "\(path) must be a text of 1 to \(Bounds.subjectBytesMax) bytes")
        }
        let subject = WireSubject(name, text)
        if known.insert([ExactText(name), ExactText(text)]).inserted { subjects.append(subject) }
      }
      guard subjects.last?.dimension == name else {
        throw InputFault(line: nil, "openTo.\(name) is empty; nobody could buy")
      }
    }
    guard subjects.count <= Bounds.eligibleValuesMax else {
      throw InputFault(line: nil, "openTo has \(subjects.count) values; \(Bounds.eligibleValuesMax) are allowed")
    }
    return subjects
  }

  private static func lines(_ fields: inout JSONFields, pool: String?) throws(InputFault) -> [WireLine] {
    var lines: [WireLine] = []
    var places: [ExactText: String] = [:]
    for (path, value) in try fields.list("items", max: Bounds.itemsPerSaleMax) {
      var item = try JSONFields(value, path: path)
      let skuRule = "a SKU of 1 to \(Bounds.skuBytesMax) bytes without spaces, control characters or @"
      let sku = try item.required("sku", skuRule) { name($0, bytesMax: Bounds.skuBytesMax) }
      let units = try item.required("units", "a whole number from 1 to \(Bounds.quantityMax)") {
        $0.integer(in: 1...Bounds.quantityMax)
      }
      // New units have no pool to come from, and then this field is unknown.
      let own = pool == nil ? nil : try item.optional("pool", "a pool's name") { self.pool($0) }
      try item.end()
      let source = own ?? pool ?? "main"
      let line = WireLine(source == "main" ? sku : "\(sku)@\(source)", UInt32(units))
      if let first = places.updateValue(path, forKey: ExactText(line.item)) {
        throw InputFault(line: nil, "\(path) names \(line.item) again, after \(first)")
      }
      lines.append(line)
    }
    guard !lines.isEmpty else { throw InputFault(line: nil, "items is missing or empty; a sale sells something") }
    return lines
  }

  // MARK: Values

  private static let dimensionRule = "1 to \(Bounds.dimensionBytesMax) of a-z, 0-9, -, _ and ."

  private static func dimension(_ text: String) -> String? {
    let isName = text.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }
    return isName && (1...Bounds.dimensionBytesMax).contains(text.utf8.count) ? text : nil
  }

  private static func name(_ value: JSONInput, bytesMax: Int) -> String? {
    value.text.flatMap { StockRows.fault(part: $0, "", bytesMax: bytesMax) == nil ? $0 : nil }
  }

  /// A sale's own pool is no source.
  private static func pool(_ value: JSONInput) -> String? {
    name(value, bytesMax: Bounds.poolBytesMax).flatMap { $0.utf8.first == UInt8(ascii: "~") ? nil : $0 }
  }

  private static func choice<Value>(_ value: JSONInput, _ choices: [String: Value]) -> Value? {
    value.text.flatMap { choices[$0] }
  }

  private static func title(_ value: JSONInput) -> [ExactText: String]? {
    switch value {
    case .string(let text): return ["": text]
    case .object(let object):
      let texts = object.compactMapValues(\.text)
      return texts.count == object.count ? texts : nil
    case .array, .integer, .number, .bool, .null: return nil
    }
  }

  private static func moment(_ value: JSONInput) -> WindowTime? {
    guard let text = value.text else { return nil }
    if text == "now" { return .later(milliseconds: 0) }
    if text.hasPrefix("+") {
      return TimeOption(argument: String(text.dropFirst())).map {
        .later(milliseconds: Int64($0.nanoseconds / 1_000_000))
      }
    }
    // A bare number is milliseconds elsewhere, and a mistake here.
    return text.contains("T") ? Moment(argument: text).map { .at($0.timestamp) } : nil
  }
}
