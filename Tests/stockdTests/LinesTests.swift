import Logging
import StockEngine
import Testing

@testable import stockd

@Suite("What the daemon says")
struct LinesTests {
  @Test(
    "UTC",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
      (4_102_444_800_000, "2100-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func utc(_ milliseconds: Int64, _ text: String) {
    #expect(UTC.text(milliseconds: milliseconds) == text)
  }

  private func line(_ message: String, _ metadata: Logger.Metadata, _ format: LogFormat) -> String {
    StderrLogHandler.line(milliseconds: 0, level: .info, message: message, metadata: metadata, format: format)
  }

  @Test("text lines")
  func text() {
    #expect(
      line("made \"it\"", ["lsn": "7", "file": "a b", "empty": ""], .text)
        == "1970-01-01T00:00:00.000Z info     made \"it\" empty=\"\" file=\"a b\" lsn=7\n")
  }

  @Test("JSON lines")
  func json() {
    #expect(
      line("a \"b\" \\ \n\u{1B}[31m", ["k": "极光\t"], .json)
        == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"message\":\"a \\\"b\\\" \\\\ \\n\\u001b[31m\",\"k\":\"极光\\u0009\"}\n"
    )
  }

  @Test("nothing in a message breaks a line or reaches the terminal")
  func forged() {
    #expect(
      !line("a\nforged \u{1B}[2J\u{9B}", ["k": "b\nc"], .text).dropLast().contains { $0.isNewline || $0 == "\u{1B}" })
  }

  @Test("last words")
  func obituary() {
    let fault = EngineFault(
      .corrupt, "a group does not verify.", file: "log/1", offset: 4096, lsn: LSN(7), advice: "Restore a copy.")
    #expect(
      Obituary.text(fault) == """
        stockd cannot go on: a group does not verify.
          where: file log/1, offset 4096, LSN 7
          safe:  nothing was changed or cut. Do not delete or repair files before they are copied.
          next:  Restore a copy.
          (corrupt, exit status 65)
        """)
  }

  @Test("a catalogue with quotes, commas, pools and both line ends")
  func catalogue() throws {
    let csv = "sku,name_en,pool,quantity\nA,\"Bats, Pair\",main,3\r\nB,\"65\"\" 4K\",east,0\nC,x,main,7"
    #expect(
      try Catalogue(csv: csv).rows == [
        .init(item: "A", quantity: 3), .init(item: "B@east", quantity: 0), .init(item: "C", quantity: 7),
      ])
    #expect(throws: UsageFault.self) { try Catalogue(csv: "sku,quantity\nA,x\n") }
    #expect(throws: UsageFault.self) { try Catalogue(csv: "sku,quantity\nA\n") }
    #expect(throws: UsageFault.self) { try Catalogue(csv: "") }
  }
}
