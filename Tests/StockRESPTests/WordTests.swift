import Testing

@testable import StockRESP

@Suite("Names and numbers")
struct WordTests {
  private func keyword(_ text: String) -> Keyword { Array(text.utf8).withUnsafeBytes { Keyword($0) } }

  @Test("an option's name is taken in any case, and whole")
  func keywords() {
    #expect(keyword("remainder") == Keyword("REMAINDER"))
    #expect(keyword("ReMaInDeR") == Keyword("REMAINDER"))
    #expect(keyword("REMAINDEX") != Keyword("REMAINDER"))
    #expect(keyword("OPENORDEX") != Keyword("OPENORDER"))
    #expect(keyword("EX") != Keyword("PX"))
    #expect(keyword("EX\0") != Keyword("EX"))
    #expect(keyword("") != Keyword("EX"))
    #expect(keyword("E\u{58}") == Keyword("EX"))
    #expect(keyword(String(repeating: "A", count: 16)) == Keyword("AAAAAAAAAAAAAAAA"))
    #expect(keyword("`{") != Keyword("@["))
  }

  static let integers: [(String, Int64?)] = [
    ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("007", 7),
    ("9223372036854775807", .max), ("-9223372036854775807", -.max), ("9223372036854775808", nil),
    ("-9223372036854775808", nil), ("9999999999999999999", nil), ("18446744073709551617", nil),
    ("00000000000000000001", nil), ("", nil), ("-", nil), ("--1", nil), ("+1", nil), (" 1", nil), ("1 ", nil),
    ("1.0", nil), ("1e3", nil), ("0x10", nil), ("\u{663}", nil), ("12a", nil),
  ]

  @Test("integers", arguments: integers)
  func integer(_ text: String, _ expected: Int64?) {
    let value = Array(text.utf8).withUnsafeBytes { try? Arguments.integer($0) }
    #expect(value == expected)
  }

  private func verb(_ text: String) -> VerbReference? { Array(text.utf8).withUnsafeBytes { VerbTable.shared.verb($0) } }

  @Test("every command is found by its name in any case; those with a code also as :CODE")
  func verbs() {
    for stock in StockVerb.allCases {
      for name in [stock.name, stock.name.lowercased()] {
        #expect(verb(name) == .stock(stock, codeOnly: false))
        #expect(verb(name + ":code") == (stock.hasCode ? .stock(stock, codeOnly: true) : nil))
      }
      #expect(verb(stock.name + "X") == nil)
      #expect(verb(String(stock.name.dropLast())) == nil)
    }
    for house in HouseVerb.allCases { #expect(verb(house.name.lowercased()) == .house(house)) }
    #expect(verb("StOcK.ReSeRvE:CoDe") == .stock(.reserve, codeOnly: true))
  }

  @Test("names of 24 bytes and more, and none, are nobody's")
  func longNames() {
    for count in [0, 23, 24, 25, 1_000] { #expect(verb(String(repeating: "S", count: count)) == nil) }
    #expect(verb("STOCK.RESERVE\0") == nil)
    #expect(verb("STOCK.RESERVE" + String(repeating: "\0", count: 12)) == nil)
  }
}
