import StockEngine

/// A JSON value of a file, before anybody knows what it should be.
enum JSONInput: Equatable, Sendable {
  case object([ExactText: JSONInput])
  case array([JSONInput])
  case string(String)
  case integer(Int64)
  case number(Double)
  case bool(Bool)
  case null

  /// Reads a whole file; `-` is standard input.
  static func read(_ path: String) throws(InputFault) -> JSONInput {
    try JSONParser.value(ByteSource(path: path).all(bytesMax: bytesMax))
  }

  /// Room for the largest sale with the longest names.
  static let bytesMax = 64 << 20

  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var isTrue: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  func integer(in range: ClosedRange<Int64>) -> Int64? {
    guard case .integer(let integer) = self, range.contains(integer) else { return nil }
    return integer
  }

  /// As a message shows it.
  fileprivate var excerpt: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .string(let text): "\"\(text.prefix(40))\""
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .null: "null"
    }
  }
}

/// One object of a file, taken field by field. What nobody took is unknown, and refused.
struct JSONFields {
  private let path: String
  private var rest: [ExactText: JSONInput]
  private var known: [String] = []

  /// - Parameter path: where the object stands, as messages say it: `limits[2]`; empty for the whole file.
  init(_ value: JSONInput, path: String) throws(InputFault) {
    guard case .object(let fields) = value else {
      throw InputFault(line: nil, "\(path.isEmpty ? "the file" : path) is \(value.excerpt); it must be an object")
    }
    self.path = path
    rest = fields
  }

  func name(of field: String) -> String { path.isEmpty ? field : "\(path).\(field)" }

  /// - Parameters:
  ///   - rule: what the field must be, for the message.
  ///   - read: nil: it is not that.
  /// - Returns: nil if there is no such field.
  mutating func optional<Value>(
    _ field: String, _ rule: String, _ read: (JSONInput) -> Value?
  ) throws(InputFault) -> Value? {
    known.append(field)
    guard let value = rest.removeValue(forKey: ExactText(field)) else { return nil }
    guard let result = read(value) else {
      throw InputFault(line: nil, "\(name(of: field)) is \(value.excerpt); it must be \(rule)")
    }
    return result
  }

  mutating func required<Value>(
    _ field: String, _ rule: String, _ read: (JSONInput) -> Value?
  ) throws(InputFault) -> Value {
    guard let value = try optional(field, rule, read) else {
      throw InputFault(line: nil, "\(name(of: field)) is missing; it must be \(rule)")
    }
    return value
  }

  /// The elements of a list, each with its place; none if there is no such field.
  mutating func list(_ field: String, max: Int) throws(InputFault) -> [(path: String, value: JSONInput)] {
    let values = try optional(field, "a list of at most \(max)") { value -> [JSONInput]? in
      guard case .array(let values) = value, values.count <= max else { return nil }
      return values
    }
    let name = name(of: field)
    return (values ?? []).enumerated().map { ("\(name)[\($0.offset)]", $0.element) }
  }

  func end() throws(InputFault) {
    guard let unknown = rest.keys.min() else { return }
    throw InputFault(
      line: nil, "\(name(of: unknown.string)) is not a field here; there are \(known.sorted().joined(separator: ", "))")
  }
}
