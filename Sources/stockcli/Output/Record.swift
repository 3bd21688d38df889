/// One thing with named values: what an action did, what a read found.
struct Record: Equatable, Sendable {
  struct Field: Equatable, Sendable {
    var name: String
    var value: JSONValue
  }

  /// What became of it, in a word.
  var outcome: String
  var fields: [Field]

  init(_ outcome: String, _ fields: KeyValuePairs<String, JSONValue>) {
    self.outcome = outcome
    self.fields = fields.map { Field(name: $0.key, value: $0.value) }
  }

  private var all: [Field] { [Field(name: "outcome", value: .string(outcome))] + fields }

  /// As a line of words (without what is empty or not so), as JSON, or as CSV with a header.
  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: words.joined(separator: "  ")
    case .json: object.prettyText
    case .ndjson: object.text
    case .csv: Table(all.map { .text($0.name) }, rows: [all.map(\.value)]).text(.csv)
    }
  }

  private var words: [String] {
    [outcome]
      + fields.filter { $0.value != .null && $0.value != .bool(false) }.map { "\($0.name)=\($0.value.plainText)" }
  }

  /// The words in lines of at most so many columns, if each fits; later lines are indented.
  func lines(width: Int) -> String {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, DisplayWidth.of(last) + 2 + DisplayWidth.of(word) <= width {
        lines[lines.count - 1] = last + "  " + word
      } else {
        lines.append(lines.isEmpty ? word : "  " + word)
      }
    }
    return lines.joined(separator: "\n")
  }

  var object: JSONValue { .object(all.map { JSONValue.Member(name: $0.name, value: $0.value) }) }
}

extension JSONValue {
  static func optional(_ value: (some BinaryInteger)?) -> JSONValue { value.map { .integer($0) } ?? .null }

  /// Bytes that are mostly text: as text, or as hex if they are none.
  static func bytes(_ bytes: [UInt8]) -> JSONValue {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      return .string(text)
    }
    return .string("0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}
