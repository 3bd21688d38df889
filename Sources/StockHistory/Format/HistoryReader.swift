import StockEngine
import StockModel

/// Reads a history, piece by piece as it comes from a file: `docs/histories.md`.
package struct HistoryReader {
  private var history = ClientHistory()
  private var rest: [UInt8] = []
  private var line = 0
  private var hasHeader = false
  private let operationsMax: Int

  /// A line has at most so many bytes.
  package static let lineBytesMax = 1 << 20
  /// A history has at most so many operations: they are kept in memory, each in about half a kilobyte.
  package static let operationsMax = 10_000_000

  package init(operationsMax: Int = Self.operationsMax) { self.operationsMax = operationsMax }

  /// A whole history.
  package static func read(_ bytes: [UInt8]) throws(HistoryFault) -> ClientHistory {
    var reader = HistoryReader()
    try reader.take(bytes)
    return try reader.finish()
  }

  package mutating func take(_ piece: [UInt8]) throws(HistoryFault) {
    var start = 0
    while let end = piece[start...].firstIndex(of: 0x0A) {
      if rest.isEmpty {
        try takeLine(piece, start..<end)
      } else {
        rest += piece[start..<end]
        let whole = rest
        rest.removeAll(keepingCapacity: true)
        try takeLine(whole, 0..<whole.count)
      }
      start = end + 1
    }
    rest += piece[start...]
    if rest.count > Self.lineBytesMax { throw HistoryFault(line: line + 1, "longer than \(Self.lineBytesMax) bytes") }
  }

  package mutating func finish() throws(HistoryFault) -> ClientHistory {
    if !rest.isEmpty {
      let whole = rest
      rest = []
      try takeLine(whole, 0..<whole.count)
    }
    if !hasHeader {
      throw HistoryFault("there is no header; the first line is {\"format\":\"\(HistoryHeader.format)\",...}")
    }
    return history
  }

  private mutating func takeLine(_ bytes: [UInt8], _ range: Range<Int>) throws(HistoryFault) {
    line += 1
    if range.allSatisfy({ bytes[$0] == 0x20 || bytes[$0] == 0x0D }) { return }
    if range.count > Self.lineBytesMax { throw HistoryFault(line: line, "longer than \(Self.lineBytesMax) bytes") }
    let number = line
    let result = bytes.withUnsafeBufferPointer { bytes -> Result<[JSONMember], HistoryFault> in
      do throws(HistoryFault) {
        return .success(try JSONLine.object(UnsafeBufferPointer(rebasing: bytes[range]), line: number))
      } catch {
        return .failure(error)
      }
    }
    var fields = HistoryFields(line: line, try result.get())
    if !hasHeader {
      history.header = try HistoryHeader(&fields)
      hasHeader = true
    } else if fields.has("given") {
      history.given.append(try GivenItem(&fields))
    } else {
      guard history.operations.count < operationsMax else {
        throw HistoryFault(line: line, "more than \(operationsMax) operations")
      }
      history.operations.append(try HistoryOperation(&fields))
    }
    try fields.end()
  }
}

/// The fields of a line, taken one by one, so that one that nobody knows is noticed.
struct HistoryFields {
  let line: Int
  private var members: [JSONMember]

  init(line: Int, _ members: [JSONMember]) {
    self.line = line
    self.members = members
  }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }
  func fault(_ message: String) -> HistoryFault { HistoryFault(line: line, message) }

  mutating func take(_ name: String) -> JSONItem? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    return members.remove(at: index).value
  }

  mutating func integer(_ name: String, _ range: ClosedRange<Int64>) throws(HistoryFault) -> Int64? {
    switch take(name) {
    case nil: return nil
    case .integer(let number) where range.contains(number): return number
    default: throw fault("\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  mutating func needed(_ name: String, _ range: ClosedRange<Int64>) throws(HistoryFault) -> Int64 {
    guard let number = try integer(name, range) else { throw fault("\(name) is missing") }
    return number
  }

  mutating func string(_ name: String) throws(HistoryFault) -> String? {
    switch take(name) {
    case nil: return nil
    case .string(let text): return text
    default: throw fault("\(name) is a text")
    }
  }

  mutating func needed(_ name: String) throws(HistoryFault) -> String {
    guard let text = try string(name) else { throw fault("\(name) is missing") }
    return text
  }

  mutating func flag(_ name: String) throws(HistoryFault) -> Bool {
    switch take(name) {
    case nil: return false
    case .bool(let flag): return flag
    default: throw fault("\(name) is true or false")
    }
  }

  mutating func list(_ name: String) throws(HistoryFault) -> [JSONItem]? {
    switch take(name) {
    case nil: return nil
    case .list(let items): return items
    default: throw fault("\(name) is a list")
    }
  }

  mutating func strings(_ name: String) throws(HistoryFault) -> [String]? {
    guard let items = try list(name) else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(items.count)
    for item in items {
      guard case .string(let text) = item else { throw fault("\(name) is a list of texts") }
      texts.append(text)
    }
    return texts
  }

  /// A word for one of some things.
  mutating func choice<Value>(_ name: String, _ choices: [(String, Value)]) throws(HistoryFault) -> Value? {
    guard let text = try string(name) else { return nil }
    guard let choice = choices.first(where: { $0.0 == text }) else {
      throw fault("\(name) is one of \(choices.map(\.0).joined(separator: ", "))")
    }
    return choice.1
  }

  func end() throws(HistoryFault) {
    if let member = members.first { throw fault("nothing is called \(member.name) here") }
  }
}

extension HistoryHeader {
  init(_ fields: inout HistoryFields) throws(HistoryFault) {
    guard try fields.string("format") == Self.format else {
      throw fields.fault("the first line is a header, with \"format\":\"\(Self.format)\"")
    }
    let version = try fields.needed("version", 1...Int64.max)
    guard version == Self.version else {
      throw fields.fault("version \(version) is newer than this program, which knows \(Self.version)")
    }
    from = LSN(UInt64(try fields.integer("from", 0...Int64.max) ?? 0))
    guard case .object(let members)? = fields.take("rules") else { return }
    var own = HistoryFields(line: fields.line, members)
    for (name, path) in Self.ruleNames {
      if let value = try own.integer(name, 0...HistoryLimits.millisecondsMax) { rules[keyPath: path] = value }
    }
    rules.unpaidFlagThreshold = Int(
      try own.integer("unpaidFlagThreshold", 0...Int64(Rules.unpaidFlagThresholdMax))
        ?? Int64(rules.unpaidFlagThreshold))
    try own.end()
  }

  static var ruleNames: [(String, WritableKeyPath<Rules, Int64>)] {
    [
      ("holdMilliseconds", \.holdMilliseconds), ("holdMillisecondsMax", \.holdMillisecondsMax),
      ("endedRetentionMilliseconds", \.endedRetentionMilliseconds),
      ("soldRetentionMilliseconds", \.soldRetentionMilliseconds),
      ("idRetentionMilliseconds", \.idRetentionMilliseconds),
      ("outageShiftMillisecondsMax", \.outageShiftMillisecondsMax),
      ("unpaidPeriodMilliseconds", \.unpaidPeriodMilliseconds), ("flagMilliseconds", \.flagMilliseconds),
    ]
  }
}

/// What a number of a history may be: so that nothing that is computed with it overflows.
enum HistoryLimits {
  static let millisecondsMax: Int64 = 1 << 50
  static let unitsMax: Int64 = 1 << 53
}

extension GivenItem {
  init(_ fields: inout HistoryFields) throws(HistoryFault) {
    let name = ReferenceModel.short(try fields.needed("given"))
    let range = -HistoryLimits.unitsMax...HistoryLimits.unitsMax
    var item = ReferenceModel.Item()
    item.available = try fields.needed("available", range)
    item.reserved = try fields.integer("reserved", range) ?? 0
    item.sold = try fields.integer("sold", range) ?? 0
    item.scrapped = try fields.integer("scrapped", range) ?? 0
    item.floor = try fields.integer("floor", range) ?? 0
    item.version = try fields.needed("itemVersion", 0...Int64.max)
    item.supplied = try fields.needed("supplied", range)
    self.init(name: name, item: item)
  }
}

extension HistoryOperation {
  private static let outcomes = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.name, $0) })

  init(_ fields: inout HistoryFields) throws(HistoryFault) {
    let client = try fields.needed("client", 0...Int64.max)
    let called = try fields.needed("call", 0...Int64.max)
    let returned = try fields.integer("return", 0...Int64.max)
    let isResent = try fields.flag("resent")
    var answer: Answer?
    if let name = try fields.string("outcome") {
      guard let outcome = Self.outcomes[name] else { throw fields.fault("no outcome is called \(name)") }
      var said = Answer(outcome, again: try fields.flag("repeat"), try fields.strings("says") ?? [])
      said.lsn = LSN(UInt64(try fields.needed("lsn", 0...Int64.max)))
      answer = said
    }
    guard (answer == nil) == (returned == nil) else {
      throw fields.fault("return and outcome come together; a command without an answer has neither")
    }
    if let returned, returned < called { throw fields.fault("return is before call") }
    self.init(
      line: fields.line, client: client, called: called, returned: returned, isResent: isResent,
      command: try ShopCommand(&fields), answer: answer,
      logTime: try fields.integer("logTime", 0...HistoryLimits.millisecondsMax))
  }
}
