import Glibc
import StockWire
import Testing

@testable import stockcli

@Suite("What is read")
struct InputTests {
  /// The rows of a file with this content.
  private func rows(_ content: String, ending: String = "csv") throws -> [StockRows.Next] {
    try withFile(content, ending: ending) { path in
      var rows = try StockRows(path: path, format: nil)
      var all: [StockRows.Next] = []
      while let next = try rows.next() { all.append(next) }
      return all
    }
  }

  private func withFile<Value>(_ content: String, ending: String, _ body: (String) throws -> Value) throws -> Value {
    var name = Array("/tmp/stockcli-test-XXXXXX.\(ending)".utf8CString)
    let descriptor = mkstemps(&name, Int32(ending.utf8.count + 1))
    #expect(descriptor >= 0)
    Messages.raw(content, to: descriptor)
    close(descriptor)
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    return try body(path)
  }

  private func row(_ line: Int, _ item: String, _ quantity: UInt32) -> StockRows.Next {
    .row(StockRow(line: line, item: item, quantity: quantity))
  }

  @Test func csvWithQuotedFields() throws {
    #expect(
      try rows(
        #"""
        sku,name_en,pool,quantity
        tea,"Tea, ""green""",main,5
        cup,"two
        lines",east,7\#r

        pot,Pot,,0
        """#) == [row(2, "tea", 5), row(3, "cup@east", 7), row(6, "pot", 0)])
  }

  @Test func csvColumnsInAnyOrderAndAMark() throws {
    #expect(try rows("\u{FEFF}sku,x,quantity\ntea,1,5") == [row(2, "tea", 5)])
    #expect(try rows("quantity,sku\n5,tea\n") == [row(2, "tea", 5)])
  }

  @Test func rowsThatAreWrongKeepTheirLine() throws {
    let all = try rows(
      "sku,quantity\ntea,x\ncup,-1\n,5\na b,5\nc@d,5\nlast\nok,1\nq,\"1\"2\n" + String(repeating: "k", count: 65) + ",1"
    )
    let lines: [Int?] = all.map { next in
      switch next {
      case .row: nil
      case .bad(let fault): fault.line
      }
    }
    #expect(lines == [2, 3, 4, 5, 6, 7, nil, 9, 10])
  }

  @Test func aHeaderMustNameItsColumns() throws {
    #expect(throws: InputFault(line: 1, "the first line must name the columns sku and quantity")) {
      _ = try rows("name,amount\ntea,5")
    }
    #expect(throws: InputFault.self) { _ = try rows("") }
    #expect(throws: InputFault.self) { _ = try StockRows(path: "/nowhere.csv", format: nil) }
  }

  @Test func ndjson() throws {
    let content =
      "{\"sku\":\"tea\",\"quantity\":5}\n\n{\"sku\":\"茶\",\"pool\":\"east\",\"quantity\":7}\r\n{\"sku\":1}\nnot json"
    for ending in ["ndjson", "txt"] {
      let all = try rows(content, ending: ending)
      #expect(Array(all.prefix(2)) == [row(1, "tea", 5), row(3, "茶@east", 7)])
      #expect(all.count == 4)
      guard case .bad(let fault) = all[2] else {
        Issue.record("line 4 is wrong")
        return
      }
      #expect(fault.line == 4)
    }
  }

  @Test func theCatalogueReadsWithoutAFault() throws {
    let path = #filePath.replacing("Tests/StockCLITests/InputTests.swift", with: "data/catalogue.csv")
    var rows = try StockRows(path: path, format: nil)
    var count = 0
    while let next = try rows.next() {
      guard case .row = next else {
        Issue.record("\(next)")
        return
      }
      count += 1
    }
    #expect(count == 4028)
  }

  @Test func aRowsOperationFollowsFromItsContentAlone() {
    let id = PreheatRun.operationID(StockRow(line: 2, item: "tea", quantity: 5), replace: false)
    #expect(id == PreheatRun.operationID(StockRow(line: 9, item: "tea", quantity: 5), replace: false))
    #expect(id != PreheatRun.operationID(StockRow(line: 2, item: "tea", quantity: 6), replace: false))
    #expect(id != PreheatRun.operationID(StockRow(line: 2, item: "tea", quantity: 5), replace: true))
    #expect(id.utf8.count <= 64)
    var ids: Set<String> = []
    for item in 0..<50_000 {
      ids.insert(
        PreheatRun.operationID(StockRow(line: 1, item: "SKU-\(item)", quantity: UInt32(item % 7)), replace: false))
    }
    #expect(ids.count == 50_000)
  }

  @Test(arguments: [
    ("500ms", 500), ("2s", 2000), ("15m", 900_000), ("1h", 3_600_000), ("3", 3000), ("1.5s", 1500), ("2d", 172_800_000),
  ])
  func times(_ text: String, _ milliseconds: Int) {
    #expect(TimeOption(argument: text)?.duration == .milliseconds(milliseconds))
  }

  @Test(arguments: ["", "s", "-1s", "0s", "x", "1y", "nan"])
  func timesThatAreNone(_ text: String) {
    #expect(TimeOption(argument: text) == nil)
  }

  @Test func lines() {
    #expect(LineArgument(argument: "tea=2")?.line == WireLine("tea", 2))
    #expect(LineArgument(argument: "tea@east")?.line == WireLine("tea@east", 1))
    #expect(LineArgument(argument: "a=b=3")?.line == WireLine("a=b", 3))
    #expect(LineArgument(argument: "tea=0") == nil)
    #expect(LineArgument(argument: "=2") == nil)
  }
}
