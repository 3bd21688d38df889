import StockModel
import StockTestSupport

/// The words of a request: cut at blanks; what stands in single quotes is one word. `T+5` is five milliseconds behind a test's first
/// moment.
func words(_ text: String) -> [String] {
  var words: [String] = []
  var word: String?
  var quoted = false
  for character in text {
    if character == "'" {
      quoted.toggle()
      word = word ?? ""
    } else if character == " ", !quoted {
      if let word { words.append(word) }
      word = nil
    } else {
      word = (word ?? "") + String(character)
    }
  }
  if let word { words.append(word) }
  precondition(!quoted, "a quote is open in \(text)")
  return words.map { word in
    word.hasPrefix("T+") ? "\(TestStore.base + Int64(word.dropFirst(2))!)" : word
  }
}

/// A request as client libraries send it.
func multibulk(_ words: [String]) -> [UInt8] { multibulk(words.map { Array($0.utf8) }) }

func multibulk(_ arguments: [[UInt8]]) -> [UInt8] {
  arguments.reduce(Array("*\(arguments.count)\r\n".utf8)) { $0 + Array("$\($1.count)\r\n".utf8) + $1 + [0x0D, 0x0A] }
}

func request(_ text: String) -> [UInt8] { multibulk(words(text)) }

/// Answers in one line each: `1`, `'bulk'`, `+simple`, `-ERR ...`, `nil` (the bulk that is none), `_`, `#t`, `[...]`, `~[...]`,
/// `{key value, ...}`, `=text`. Moments of a test are `T+5`.
func notation(_ bytes: [UInt8]) -> [String] {
  var reader = AnswerReader(bytes: bytes)
  var answers: [String] = []
  while reader.at < bytes.count {
    guard let answer = reader.answer() else { return answers + ["BROKEN at \(reader.at)"] }
    answers.append(answer)
  }
  return answers
}

/// Reads answers as strictly as no client does.
struct AnswerReader {
  let bytes: [UInt8]
  private(set) var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Returns: nil if the bytes are no whole answer.
  mutating func answer() -> String? {
    guard let line = line(), let type = line.first else { return nil }
    let rest = String(decoding: line.dropFirst(), as: UTF8.self)
    switch type {
    case UInt8(ascii: ":"): return Int64(rest).map(Self.number)
    case UInt8(ascii: "+"), UInt8(ascii: "-"): return String(decoding: line, as: UTF8.self)
    case UInt8(ascii: "_"): return rest.isEmpty ? "_" : nil
    case UInt8(ascii: "#"): return rest == "t" || rest == "f" ? "#" + rest : nil
    case UInt8(ascii: "$"): return rest == "-1" ? "nil" : text(rest).map { "'\($0)'" }
    case UInt8(ascii: "="): return text(rest).flatMap { $0.hasPrefix("txt:") ? "=" + $0.dropFirst(4) : nil }
    case UInt8(ascii: "*"): return elements(rest, 1).map { "[" + $0.joined(separator: " ") + "]" }
    case UInt8(ascii: "~"): return elements(rest, 1).map { "~[" + $0.joined(separator: " ") + "]" }
    case UInt8(ascii: "%"):
      guard let values = elements(rest, 2) else { return nil }
      let pairs = stride(from: 0, to: values.count, by: 2).map { values[$0] + " " + values[$0 + 1] }
      return "{" + pairs.joined(separator: ", ") + "}"
    default: return nil
    }
  }

  private static func number(_ value: Int64) -> String {
    let since = value - TestStore.base
    return (0..<100_000_000_000).contains(since) ? "T+\(since)" : "\(value)"
  }

  private mutating func line() -> ArraySlice<UInt8>? {
    guard let end = bytes[at...].firstIndex(of: 0x0D), end + 1 < bytes.count, bytes[end + 1] == 0x0A else { return nil }
    defer { at = end + 2 }
    return bytes[at..<end]
  }

  private mutating func text(_ length: String) -> String? {
    guard let count = Int(length), count >= 0, at + count + 2 <= bytes.count, bytes[at + count] == 0x0D,
      bytes[at + count + 1] == 0x0A
    else { return nil }
    defer { at += count + 2 }
    return String(decoding: bytes[at..<at + count], as: UTF8.self)
  }

  private mutating func elements(_ length: String, _ factor: Int) -> [String]? {
    guard let count = Int(length), count >= 0, count <= bytes.count else { return nil }
    var values: [String] = []
    for _ in 0..<count * factor {
      guard let value = answer() else { return nil }
      values.append(value)
    }
    return values
  }
}
