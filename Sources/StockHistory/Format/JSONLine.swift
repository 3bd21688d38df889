/// One JSON value of a history's line. Numbers are whole.
enum JSONItem: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case list([JSONItem])
  case object([JSONMember])
}

struct JSONMember: Equatable, Sendable {
  var name: String
  var value: JSONItem
}

/// Reads the one JSON object of a line (RFC 8259, but for numbers with a fraction: a history has none).
struct JSONLine {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let line: Int
  private var at = 0

  private static let depthMax = 8

  static func object(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(HistoryFault) -> [JSONMember] {
    var reader = JSONLine(bytes: bytes, line: line)
    guard case .object(let members) = try reader.value(depth: 0) else { throw reader.fault("an object was to come") }
    reader.skipSpace()
    guard reader.at == bytes.count else { throw reader.fault("there is more behind the object") }
    return members
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, line: Int) {
    self.bytes = bytes
    self.line = line
  }

  private func fault(_ message: String) -> HistoryFault { HistoryFault(line: line, "byte \(at + 1): \(message)") }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(HistoryFault) -> JSONItem {
    skipSpace()
    guard at < bytes.count, depth < Self.depthMax else { throw fault("a value was to come") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object(try members(depth))
    case UInt8(ascii: "["): return .list(try elements(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .integer(try integer())
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONItem) throws(HistoryFault) -> JSONItem {
    for index in 0..<word.utf8CodeUnitCount {
      guard at < bytes.count, bytes[at] == word.utf8Start[index] else { throw fault("no word of JSON") }
      at += 1
    }
    return value
  }

  private mutating func integer() throws(HistoryFault) -> Int64 {
    let isNegative = take(UInt8(ascii: "-"))
    let start = at
    var number: Int64 = 0
    while at < bytes.count, case let digit = bytes[at] &- 48, digit < 10 {
      let (scaled, overflows) = number.multipliedReportingOverflow(by: 10)
      let (sum, passes) = scaled.subtractingReportingOverflow(Int64(digit))
      if overflows || passes { throw fault("a number beyond 64 bits") }
      number = sum
      at += 1
    }
    guard at > start else { throw fault("a value was to come") }
    if at < bytes.count, [0x2E, 0x65, 0x45].contains(bytes[at]) { throw fault("a whole number was to come") }
    if !isNegative && number == .min { throw fault("a number beyond 64 bits") }
    return isNegative ? number : -number
  }

  private mutating func members(_ depth: Int) throws(HistoryFault) -> [JSONMember] {
    at += 1
    var members: [JSONMember] = []
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("a name was to come") }
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw fault("a colon was to come") }
      if members.contains(where: { $0.name == name }) { throw fault("\(name) comes twice") }
      members.append(JSONMember(name: name, value: try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault("a comma or the end of the object was to come") }
    return members
  }

  private mutating func elements(_ depth: Int) throws(HistoryFault) -> [JSONItem] {
    at += 1
    var elements: [JSONItem] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault("a comma or the end of the list was to come") }
    return elements
  }

  // MARK: Texts

  private mutating func string() throws(HistoryFault) -> String {
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 {
      at += 1
    }
    guard at < bytes.count, bytes[at] >= 0x20 else { throw fault("a text without an end, or a control character") }
    if bytes[at] == UInt8(ascii: "\"") {
      defer { at += 1 }
      return try text(UnsafeBufferPointer(rebasing: bytes[start..<at]))
    }
    at = start
    return try escapedString()
  }

  private func text(_ utf8: UnsafeBufferPointer<UInt8>) throws(HistoryFault) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else { throw fault("a text is not UTF-8") }
    return text
  }

  private mutating func escapedString() throws(HistoryFault) -> String {
    var unescaped: [UInt8] = []
    while at < bytes.count, bytes[at] >= 0x20 {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: unescaped, as: UTF8.self) else { throw fault("a text is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &unescaped)
      default: unescaped.append(byte)
      }
    }
    throw fault("a text without an end, or a control character")
  }

  private static let escapes: [UInt8: UInt8] = [
    0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
  ]

  private mutating func escape(into unescaped: inout [UInt8]) throws(HistoryFault) {
    guard at < bytes.count else { throw fault("a text without an end") }
    let byte = bytes[at]
    at += 1
    if let plain = Self.escapes[byte] {
      unescaped.append(plain)
      return
    }
    guard byte == UInt8(ascii: "u") else { throw fault("no escape of JSON") }
    var unit = try hexadecimal()
    if unit >= 0xD800, unit < 0xDC00, at + 1 < bytes.count, bytes[at] == 0x5C, bytes[at + 1] == UInt8(ascii: "u") {
      at += 2
      let low = try hexadecimal()
      guard low >= 0xDC00, low < 0xE000 else { throw fault("half of a pair of surrogates") }
      unit = 0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw fault("half of a pair of surrogates") }
    unescaped += Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(HistoryFault) -> UInt32 {
    guard at + 4 <= bytes.count,
      let unit = UInt32(try text(UnsafeBufferPointer(rebasing: bytes[at..<at + 4])), radix: 16)
    else { throw fault("four hexadecimal digits were to come") }
    at += 4
    return unit
  }
}
