import Testing

@testable import StockRESP

@Suite("Patterns of names, as Redis matches them")
struct GlobTests {
  static let table: [(String, String, Bool)] = [
    ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true), ("**", "x", true), ("***", "", true),
    ("?", "", false), ("?", "a", true), ("?", "ab", false), ("??", "ab", true), ("?*", "a", true),
    ("abc", "abc", true), ("abc", "ab", false), ("abc", "abcd", false), ("abc", "ABC", false),
    ("a*c", "abbbc", true), ("a*c", "ac", true), ("a*c", "acb", false), ("*c", "ccc", true), ("a*", "a", true),
    ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("*ab", "aab", true), ("a*a*a", "aa", false),
    ("tea@*", "tea@east", true), ("tea@*", "tea", false),
    ("[abc]", "b", true), ("[abc]", "d", false), ("[^abc]", "d", true), ("[^abc]", "a", false), ("[a-c]x", "bx", true),
    ("[c-a]", "b", true), ("[a-c]", "d", false), ("[^a-c]", "b", false), ("[0-9][0-9]", "42", true), ("[]", "a", false),
    ("[abc", "c", true), ("[abc", "d", false), ("[", "a", false), ("[^", "a", true), ("x[", "x", false),
    ("[\\]]", "]", true), ("[\\-]", "-", true), ("[\\^a]", "^", true), ("[*]", "*", true), ("[*]", "a", false),
    ("\\*", "*", true), ("\\*", "a", false), ("\\?", "?", true), ("\\[a]", "[a]", true), ("\\\\", "\\", true),
    ("a\\", "a\\", true), ("a\\", "a", false), ("h\\llo", "hllo", true), ("*\\*", "ab*", true),
    ("h[^e]llo", "hallo", true),
  ]

  private func matches(_ pattern: String, _ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { Glob.matches($0, Array(pattern.utf8)) }
  }

  @Test("patterns", arguments: table)
  func pattern(_ pattern: String, _ text: String, _ expected: Bool) { #expect(matches(pattern, text) == expected) }

  @Test("many stars take no time")
  func stars() {
    let text = String(repeating: "a", count: 129)
    #expect(!matches(String(repeating: "*a", count: 60) + "*b", text))
    #expect(matches(String(repeating: "*a", count: 60) + "*", text))
  }

  @Test("what every match begins with")
  func prefixes() {
    for (pattern, count) in [("", 0), ("abc", 3), ("ab*c", 2), ("*", 0), ("a?", 1), ("ab[c]", 2), ("a\\*", 1)] {
      #expect(Glob.literalPrefixCount(Array(pattern.utf8)) == count)
    }
  }

  @Test("random patterns agree with a plain recursive matcher")
  func random() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let pattern = String(
        (0..<Int.random(in: 0...6, using: &random)).map { _ in "ab*?".randomElement(using: &random)! })
      let text = String((0..<Int.random(in: 0...7, using: &random)).map { _ in "ab".randomElement(using: &random)! })
      #expect(matches(pattern, text) == Self.plain(Array(pattern)[...], Array(text)[...]), "\(pattern) \(text)")
    }
  }

  private static func plain(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return plain(pattern.dropFirst(), text) || (!text.isEmpty && plain(pattern, text.dropFirst()))
    }
    guard let byte = text.first, first == "?" || first == byte else { return false }
    return plain(pattern.dropFirst(), text.dropFirst())
  }
}
