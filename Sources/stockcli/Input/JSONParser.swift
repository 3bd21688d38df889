import StockEngine

/// Reads one JSON value (RFC 8259), and says where it is wrong: by line and column, in bytes. A name that comes twice in an object
/// is wrong too: nobody could say which one counts.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  static let depthMax = 32

  /// The value that is the whole text.
  static func value(_ bytes: [UInt8]) throws(InputFault) -> JSONInput {
    var parser = JSONParser(bytes: bytes)
    // A byte order mark is no part of the text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.fault("there is more behind the end of the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func fault(_ message: String) -> InputFault {
    let before = bytes[..<min(position, bytes.count)]
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return InputFault(line: 1 + before.count { $0 == 0x0A }, "column \(column): \(message)")
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  // MARK: Values

  private mutating func value() throws(InputFault) -> JSONInput {
    skipSpace()
    guard let first = next else { throw fault("the text ends, and a value was to come") }
    switch first {
    case UInt8(ascii: "{"): return try nested { (parser) throws(InputFault) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(InputFault) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      throw fault("a value was to come: an object, a list, a text in double quotes, a number, true, false or null")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(InputFault) -> JSONInput
  ) throws(InputFault) -> JSONInput {
    guard depth < Self.depthMax else { throw fault("more than \(Self.depthMax) values within each other") }
    depth += 1
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(InputFault) -> JSONInput {
    var object: [ExactText: JSONInput] = [:]
    if take(UInt8(ascii: "}")) { return .object(object) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("a field's name in double quotes was to come") }
      let start = position
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw fault("a colon was to come behind \"\(name)\"") }
      guard object.updateValue(try value(), forKey: ExactText(name)) == nil else {
        position = start
        throw fault("\"\(name)\" comes twice")
      }
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault("a comma or } was to come") }
    return .object(object)
  }

  private mutating func array() throws(InputFault) -> JSONInput {
    var array: [JSONInput] = []
    if take(UInt8(ascii: "]")) { return .array(array) }
    repeat { array.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault("a comma or ] was to come") }
    return .array(array)
  }

  private mutating func word(_ word: String, _ value: JSONInput) throws(InputFault) -> JSONInput {
    guard bytes[position...].starts(with: word.utf8) else { throw fault("true, false or null was to come") }
    position += word.utf8.count
    return value
  }

  // MARK: Numbers

  private mutating func number() throws(InputFault) -> JSONInput {
    let start = position
    while let byte = next, Self.isOfNumber(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if Self.isWhole(text), let integer = Int64(text) { return .integer(integer) }
    // Swift reads more spellings than JSON has; those begin or end with something else than a digit.
    guard Self.isWhole(String(text.prefix { $0 == "-" || $0.isNumber })), text.last?.isNumber == true,
      let number = Double(text)
    else {
      position = start
      throw fault("\(text.prefix(40)) is no number")
    }
    return .number(number)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  /// Digits without a zero before them, perhaps with a minus.
  private static func isWhole(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.allSatisfy(\.isNumber) && (digits.count == 1 || !digits.hasPrefix("0"))
  }

  // MARK: Texts

  private mutating func string() throws(InputFault) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let result = String(validating: text, as: UTF8.self) else {
          position = start
          throw fault("a text that is not UTF-8")
        }
        return result
      case UInt8(ascii: "\\"): text += try escape().utf8
      case 0..<0x20: throw fault("a control character within a text; it is written as \\n, \\t or \\u00XX")
      default:
        text.append(byte)
        position += 1
      }
    }
    position = start
    throw fault("a text that does not end")
  }

  private mutating func escape() throws(InputFault) -> String {
    position += 1
    guard let byte = next else { throw fault("the text ends within an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicode()
    default: throw fault("an escape that JSON does not have")
    }
  }

  /// One scalar behind `\u`: four hexadecimal digits, or two times four for what lies above U+FFFF.
  private mutating func unicode() throws(InputFault) -> String {
    let high = try hex()
    var value = UInt32(high)
    if (0xD800..<0xDC00).contains(high), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try hex()
      guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
      value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
    }
    guard let scalar = UnicodeScalar(value) else { throw fault("half of a surrogate pair") }
    return String(scalar)
  }

  private mutating func hex() throws(InputFault) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits were to come behind \\u") }
    position += 4
    return value
  }
}
