import Testing

@testable import StockRESP

@Suite("Values as bytes, in both dialects")
struct WriterTests {
  private func written(_ version: RESPVersion, _ body: (inout RESPWriter) -> Void) -> String {
    var writer = RESPWriter(capacity: 1)
    writer.version = version
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static let numbers: [Int64] = [
    0, 1, 9, 10, 99, 100, 12_345, -1, -9, -10, .max, .min, .max - 1, 999_999_999_999_999_999, 1_000_000_000_000_000_000,
  ]

  @Test("integers", arguments: numbers)
  func integer(_ value: Int64) {
    for version in [RESPVersion.two, .three] { #expect(written(version) { $0.integer(value) } == ":\(value)\r\n") }
  }

  @Test("what both dialects write alike")
  func alike() {
    for version in [RESPVersion.two, .three] {
      #expect(written(version) { $0.array(0) } == "*0\r\n")
      #expect(written(version) { $0.array(12) } == "*12\r\n")
      #expect(written(version) { $0.bulk("") } == "$0\r\n\r\n")
      #expect(written(version) { $0.bulk("tea" as StaticString) } == "$3\r\ntea\r\n")
      #expect(written(version) { $0.bulk(String("茶")) } == "$3\r\n茶\r\n")
      #expect(written(version) { $0.simple("OK") } == "+OK\r\n")
      #expect(written(version) { $0.error("ERR a\r\nb\nc") } == "-ERR a  b c\r\n")
    }
  }

  @Test("what differs")
  func differs() {
    func both(_ body: (inout RESPWriter) -> Void) -> [String] { [written(.two, body), written(.three, body)] }
    #expect(both { $0.map(0) } == ["*0\r\n", "%0\r\n"])
    #expect(both { $0.map(7) } == ["*14\r\n", "%7\r\n"])
    #expect(both { $0.null() } == ["$-1\r\n", "_\r\n"])
    #expect(both { $0.boolean(true) } == [":1\r\n", "#t\r\n"])
    #expect(both { $0.boolean(false) } == [":0\r\n", "#f\r\n"])
    #expect(both { $0.set(3) } == ["*3\r\n", "~3\r\n"])
    #expect(both { $0.verbatim("ä") } == ["$2\r\nä\r\n", "=6\r\ntxt:ä\r\n"])
    #expect(both { $0.verbatim("") } == ["$0\r\n\r\n", "=4\r\ntxt:\r\n"])
  }

  @Test("it grows, and forgets what it was")
  func grows() {
    var writer = RESPWriter(capacity: 1)
    var expected = ""
    for round in 0..<2 {
      let text = String(repeating: "x", count: round == 0 ? 3 << 20 : 100)
      writer.bulk(text)
      for number in 0..<1_000 as Range<Int64> { writer.integer(number) }
      expected = "$\(text.utf8.count)\r\n\(text)\r\n" + (0..<1_000).map { ":\($0)\r\n" }.joined()
      #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
      writer.removeAll()
      #expect(writer.count == 0)
    }
  }
}
