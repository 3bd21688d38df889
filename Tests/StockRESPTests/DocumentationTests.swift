import Foundation
import StockEngine
import Testing

@testable import StockRESP

/// The tables and the grammar of `docs/resp.md`. Change both or neither.
@Suite("docs/resp.md")
struct DocumentationTests {
  private let page: Page

  init() throws { page = try Page() }

  // MARK: Grammar

  @Test(arguments: CommandCatalogue.specs.map(\.name))
  func tellsTheGrammarOf(_ name: String) throws {
    let told = page.grammar.filter { $0.name == name }
    #expect(told.count == 1)
    #expect(try #require(told.first).syntax == CommandCatalogue.spec(name)?.syntax)
  }

  @Test func tellsNoOtherCommand() {
    #expect(Set(page.grammar.map(\.name)) == Set(CommandCatalogue.specs.map(\.name)))
  }

  @Test func blanksAroundBracketsDoNotMatter() {
    #expect(Page.spaced("op [REPLACE] ITEMS {item qty} ...") == "op [ REPLACE ] ITEMS { item qty } ...")
    #expect(Page.spaced("{A|B\n  x}") == "{ A | B x }")
  }

  // MARK: Answers

  private struct Status: Hashable {
    var code: Int
    var status: String
    /// Empty for what took effect.
    var again: String

    init(code: Int, status: String, again: String) {
      self.code = code
      self.status = status
      self.again = again
    }

    init(_ outcome: Outcome) {
      code = ReplyWriter.code(outcome)
      status = "\(ReplyWriter.status(outcome))"
      again = outcome.isSuccess ? "" : outcome.mayRetryDiffer ? "yes" : "no"
    }
  }

  @Test func tellsEveryStatus() {
    let told = page.rows(under: ["code", "status"]).map {
      Status(code: Int($0[0]) ?? .min, status: $0[1].replacing("`", with: ""), again: $0[4])
    }
    #expect(Set(told) == Set(Outcome.allCases.filter(Self.isTold).map(Status.init)))
    #expect(Set(told).count == told.count)
  }

  /// Some are errors; a resolve says a state where another protocol says "found".
  private static func isTold(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .overloaded, .holdTooLong, .malformed, .unavailable, .found: false
    default: true
    }
  }

  @Test func tellsEveryCode() {
    let told = page.rows(under: ["code", "means"]).map { Int($0[0]) }
    #expect(told == Array((-9...1).reversed()))
  }

  // MARK: Limits

  @Test func tellsEveryLimit() {
    let limits = RESPLimits()
    let told = page.rows(under: ["limit", "at most"]).map { Int($0[1].filter(\.isNumber)) }
    #expect(
      told == [
        limits.argumentsMax, limits.argumentBytesMax, limits.requestBytesMax, limits.inlineBytesMax,
        limits.unauthenticatedArgumentsMax, limits.unauthenticatedArgumentBytesMax,
        limits.unauthenticatedAnswerBytesMax, Int(Glob.patternBytesMax),
      ])
  }
}

/// What the page says, by its parts.
private struct Page {
  /// Every command of the blocks that are marked `syntax`.
  let grammar: [(name: String, syntax: Syntax)]
  private let lines: [Substring]

  init() throws {
    let path = #filePath.replacing("Tests/StockRESPTests/DocumentationTests.swift", with: "docs/resp.md")
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    grammar = Self.commands(lines).map { command in
      let words = command.split(separator: " ", maxSplits: 1)
      return (words[0].lowercased(), Syntax(words.count > 1 ? Self.spaced(words[1]) : ""))
    }
  }

  /// One text for each command: its other lines are indented.
  private static func commands(_ lines: [Substring]) -> [String] {
    var commands: [String] = []
    var isSyntax = false
    for line in lines {
      if line.hasPrefix("```") {
        isSyntax = line == "```syntax"
      } else if isSyntax, line.hasPrefix(" ") {
        commands[commands.count - 1] += line
      } else if isSyntax {
        commands.append(String(line))
      }
    }
    return commands
  }

  /// As the catalogue writes it: a blank between any two words.
  static func spaced(_ text: some StringProtocol) -> String {
    var spaced = ""
    for character in text { spaced += "[]{}|".contains(character) ? " \(character) " : String(character) }
    return spaced.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The cells of the table whose head begins with these.
  func rows(under head: [String]) -> [[String]] {
    guard let start = lines.firstIndex(where: { Self.cells($0).starts(with: head) }) else { return [] }
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map(Self.cells)
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
