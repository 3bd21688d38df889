import StockEngine
import Testing

@testable import stockcli

@Suite("What is printed")
struct OutputTests {
  @Test(arguments: [
    ("tea", 3), ("", 0), ("极光", 4), ("5G手机", 6), ("曜石黑", 6), ("ｆｕｌｌ", 8), ("한국어", 6), ("ひらがな", 8), ("é", 1),
    ("e\u{301}", 1), ("👍", 2), ("👨‍👩‍👧", 2), ("❤️", 2), ("《书》", 6), ("，。", 4), ("“x”", 3), ("·", 1), ("\u{200B}", 0),
    ("𠮷", 2),
  ])
  func widthInColumns(_ text: String, _ width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  private var table: Table {
    Table(
      [.text("item"), .number("sold"), .text("name")],
      rows: [
        [.string("PHN-1"), .integer(1234), .string("极光 12")], [.string("茶"), .integer(-5), .null],
        [.string("a,\"b\""), .null, .bool(true)],
      ])
  }

  @Test func tablesAlignWithChineseText() {
    #expect(
      table.text(.table) == """
        ITEM    SOLD  NAME
        PHN-1  1,234  极光 12
        茶        -5  -
        a,"b"      -  yes
        """)
    let wide = Table(
      [.text("name"), .number("n")], rows: [[.string("极光手机"), .integer(1)], [.string("tea"), .integer(22)]])
    #expect(wide.text(.table) == "NAME       N\n极光手机   1\ntea       22")
  }

  @Test func aNarrowTerminalHidesTheLeastImportantColumns() {
    var table = Table(
      [.text("item"), .number("sold", rank: 1), .number("floor", rank: 2), .text("note")],
      rows: [[.string("茶叶"), .integer(1), .integer(0), .string("")]])
    #expect(table.fitting(25) == (table, []))
    #expect(table.fitting(24).hidden == [])
    let (narrower, one) = table.fitting(19)
    #expect(narrower.text(.table) == "ITEM  SOLD  NOTE\n茶叶     1")
    #expect(one == ["floor"])
    let (narrowest, two) = table.fitting(1)
    #expect(narrowest.text(.table) == "ITEM  NOTE\n茶叶")
    #expect(two == ["sold", "floor"])
    table.rows = []
    #expect(table.fitting(16).hidden == ["floor"])
  }

  @Test func aDemandCurve() {
    let begin = Timestamp(milliseconds: 1_750_000_000_000)
    func row(_ second: Int64, _ item: String, _ reason: UInt8, _ attempts: UInt64, _ units: Int64) -> DemandTable.Row {
      DemandTable.Row(
        time: begin.adding(milliseconds: second * 1000), item: item, reason: reason, attempts: attempts, units: units)
    }
    let rows = [
      row(0, "茶", 32, 1200, 2400), row(0, "茶@~618", 32, 300, 300), row(0, "茶@~618", 41, 30, 60),
      row(1, "茶", 63, 1, 1), row(1, "茶@~618", 41, 10, 20),
    ]
    var table = DemandTable(byItem: false)
    for row in rows { table.append(row) }
    let narrow = """
      TIME                      REASON        ATTEMPTS  UNITS
      2025-06-15T15:06:40.000Z  soldOut          1,500  2,700
      2025-06-15T15:06:40.000Z  limitReached        30     60
      2025-06-15T15:06:41.000Z  limitReached        10     20
      2025-06-15T15:06:41.000Z  outcome63            1      1
      total                     soldOut          1,500  2,700
      total                     limitReached        40     80
      total                     outcome63            1      1
      """
    // No terminal, or one without room for a bar.
    #expect(table.table(width: nil).text(.table) == narrow)
    #expect(table.table(width: 62).text(.table) == narrow)
    let wide = table.table(width: 63).text(.table).split(separator: "\n")
    #expect(wide[1].hasSuffix("1,500  2,700  ######") && DisplayWidth.of(String(wide[1])) == 63)
    #expect(wide[2].hasSuffix("30     60  #") && wide[4].hasSuffix("1      1  #") && wide[5].hasSuffix("2,700"))
    let widest = table.table(width: 500).text(.table).split(separator: "\n")
    #expect(widest[1].hasSuffix(" " + String(repeating: "#", count: 40)))
    #expect(
      table.plain.text(.csv).hasPrefix(
        "time,reason,attempts,units\n2025-06-15T15:06:40.000Z,soldOut,1500,2700\n"))
    #expect(!table.plain.text(.csv).contains("total"))
    var apart = DemandTable(byItem: true)
    for row in rows { apart.append(row) }
    #expect(apart.rows == rows && apart.totals == table.totals)
    #expect(apart.plain.text(.ndjson).contains(#""item":"茶@~618","reason":"limitReached","attempts":30,"units":60}"#))
    #expect(DemandTable(byItem: true).table(width: 100).text(.table) == "TIME  ITEM  REASON  ATTEMPTS  UNITS")
    #expect(DemandTable.marks(1, of: 3, 6) == 2 && DemandTable.marks(0, of: 3, 6) == 0)
  }

  @Test func aLongRecordBreaksBetweenItsWords() {
    let record = Record("reserved", ["order": .string("单-1"), "available": .integer(97), "lsn": .integer(6)])
    #expect(record.lines(width: .max) == "reserved  order=单-1  available=97  lsn=6")
    #expect(record.lines(width: 30) == "reserved  order=单-1\n  available=97  lsn=6")
    #expect(record.lines(width: 1) == "reserved\n  order=单-1\n  available=97\n  lsn=6")
  }

  @Test func programsReadCSVAndJSON() {
    #expect(table.text(.csv) == "item,sold,name\nPHN-1,1234,极光 12\n茶,-5,\n\"a,\"\"b\"\"\",,true")
    #expect(
      table.text(.ndjson) == """
        {"item":"PHN-1","sold":1234,"name":"极光 12"}
        {"item":"茶","sold":-5,"name":null}
        {"item":"a,\\"b\\"","sold":null,"name":true}
        """)
    #expect(Table([.text("a")], rows: []).text(.json) == "[]")
    #expect(Table([.text("a")], rows: [[.integer(1)]]).text(.json) == "[\n  {\n    \"a\": 1\n  }\n]")
  }

  @Test func jsonEscapes() {
    #expect(JSONValue.string("a\"\\\n\u{1}é").text == #""a\"\\\n\u0001é""#)
    #expect(JSONValue.number(2.5).text == "2.5")
    #expect(JSONValue.number(3).text == "3")
    #expect(JSONValue.number(.nan).text == "null")
    #expect(JSONValue.bytes([0xFF, 0x00]) == .string("0xff00"))
  }

  @Test func recordsAreALineOrAnObject() {
    let record = Record("reserved", ["order": .string("o-1"), "available": .integer(97), "deadline": .null])
    #expect(record.text(.table) == "reserved  order=o-1  available=97")
    #expect(record.text(.ndjson) == #"{"outcome":"reserved","order":"o-1","available":97,"deadline":null}"#)
    #expect(record.text(.csv) == "outcome,order,available,deadline\nreserved,o-1,97,")
  }

  @Test func figures() {
    #expect(Figures.grouped(0) == "0")
    #expect(Figures.grouped(999) == "999")
    #expect(Figures.grouped(-1_234_567) == "-1,234,567")
    #expect(Figures.decimal(1.005, places: 1) == "1.0")
    #expect(Figures.decimal(-0.04, places: 1) == "0.0")
    #expect(Figures.decimal(12.345, places: 2) == "12.35")
    #expect(Figures.duration(nanoseconds: 850) == "850 ns")
    #expect(Figures.duration(nanoseconds: 1_240_000) == "1.24 ms")
    #expect(Figures.duration(nanoseconds: 85_400) == "85.4 us")
    #expect(Figures.duration(nanoseconds: 2_050_000_000) == "2.05 s")
    #expect(Figures.bytes(1536) == "1.50 KiB")
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    ] as [(Int64, String)])
  func moments(_ milliseconds: Int64, _ text: String) {
    #expect(UTC.text(Timestamp(milliseconds: milliseconds)) == text)
  }
}
