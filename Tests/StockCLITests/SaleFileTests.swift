import StockEngine
import StockWire
import Testing

@testable import stockcli

@Suite("A sale's file")
struct SaleFileTests {
  private func sale(_ json: String) throws -> SaleFile { try SaleFile(JSONParser.value(Array(json.utf8))) }

  /// A sale with these fields besides what it must have.
  private func sale(with fields: String, items: String = #"[{"sku": "tea", "units": 1}]"#) throws -> SaleFile {
    try sale(
      #"{"id": "s", "start": "now", "end": "+1h", "sourcePool": "main", "items": \#(items)\#(fields.isEmpty ? "" : ",") \#(fields)}"#
    )
  }

  private func fault(_ fields: String, items: String = #"[{"sku": "tea", "units": 1}]"#) -> String? {
    do {
      _ = try sale(with: fields, items: items)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func everyField() throws {
    let sale = try sale(
      """
      {"id": "618", "title": {"zh": "大促", "en": "Summer"}, "description": "for tests",
       "start": "2026-06-18T20:00:00+08:00", "end": "2026-06-18T12:10:00.5Z", "paymentTime": "90s",
       "returns": "giveBack", "unpaid": "replace", "flagged": "defer", "strictDeadline": true, "recordAttempts": true,
       "limits": [{"dimension": "user", "units": 5}, {"dimension": "ip", "openOrders": 0, "returns": "count"}],
       "openTo": {"region": ["bj", "sh", "bj"], "level": ["gold"]}, "sourcePool": "east",
       "items": [{"sku": "tea", "units": 3}, {"sku": "tea", "units": 4, "pool": "main"}], "drill": {"x": 1}}
      """)
    #expect(sale.titleText == "Summer / 大促")
    #expect(sale.lines == [WireLine("tea@east", 3), WireLine("tea", 4)])
    #expect(sale.source == .pools && sale.units == 7 && !sale.hasOffsets)
    #expect(sale.drill == .object(["x": .integer(1)]))
    let start = Timestamp(milliseconds: 1_781_784_000_000)
    #expect(
      try sale.terms(now: .zero, opened: nil)
        == WireSaleTerms(
          start: start, end: start.adding(milliseconds: 600_500), holdMilliseconds: 90_000, unpaid: .replace,
          flagged: .deferred, hasStrictDeadline: true, recordsAttempts: true,
          limits: [
            WireLimit("user", 5, isGivenBackOnReturn: true), WireLimit("ip", 0, measure: .openOrders),
          ],
          eligible: [WireSubject("level", "gold"), WireSubject("region", "bj"), WireSubject("region", "sh")]))
  }

  @Test func offsetsCountFromNowUntilTheSaleIsThere() throws {
    let sale = try sale(#"{"id":"s","start":"+30s","end":"+2h","newSupply":true,"items":[{"sku":"tea","units":1}]}"#)
    #expect(sale.hasOffsets && sale.source == .supply)
    let now = Timestamp(milliseconds: 1_000_000)
    let terms = try sale.terms(now: now, opened: nil)
    #expect(terms.start == now.adding(milliseconds: 30_000) && terms.end == now.adding(milliseconds: 7_200_000))
    let opened = WireSale(
      sale: "s", state: .open, terms: terms, items: 1, available: 1, reserved: 0, sold: 0, scrapped: 0)
    #expect(try sale.terms(now: now.adding(milliseconds: 5_000_000), opened: opened) == terms)
    var late = sale
    late.start = .at(now.adding(milliseconds: 7_200_000))
    #expect(throws: InputFault.self) { try late.terms(now: now, opened: nil) }
  }

  @Test func theOperationFollowsFromTheContentAlone() throws {
    let one = try sale(with: #""limits": [{"dimension": "user", "units": 5}], "title": "A""#)
    #expect(one.operationID(isPaused: false).utf8.count <= 48)
    // Another version of the tool must know the sales that this one opened.
    #expect(one.operationID(isPaused: false) == "sale-8b26b1b8219deee898b4f799ed032101")
    let renamed = try sale(with: #""title": "B", "limits": [{"units": 5, "dimension": "user"}]"#)
    #expect(one.operationID(isPaused: false) == renamed.operationID(isPaused: false))
    #expect(one.operationID(isPaused: false) != one.operationID(isPaused: true))
    let others = [
      "", #""limits": [{"dimension": "user", "units": 6}]"#, #""limits": [{"dimension": "user", "openOrders": 5}]"#,
      #""unpaid": "refuse""#, #""flagged": "refuse""#, #""paymentTime": "1m""#, #""strictDeadline": true"#,
      #""recordAttempts": true"#, #""openTo": {"a": ["b"]}"#,
      #""limits": [{"dimension":"user","units":5}],"returns":"giveBack""#,
    ]
    let ids = try others.map { try sale(with: $0).operationID(isPaused: false) }
    #expect(Set(ids + [one.operationID(isPaused: false)]).count == others.count + 1)
    #expect(try sale(with: "", items: #"[{"sku": "tea", "units": 2}]"#).operationID(isPaused: false) != ids[0])
  }

  /// One letter in two spellings is two names for the engine, and so for the file.
  @Test func spellingsAreApart() throws {
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    let items = #"[{"sku": "\#(one)", "units": 1}, {"sku": "\#(two)", "units": 2}]"#
    let sale = try sale(with: #""openTo": {"region": ["\#(one)", "\#(two)", "\#(one)"]}"#, items: items)
    func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
    #expect(bytes(sale.eligible.map(\.value)) == bytes([one, two]))
    #expect(bytes(sale.lines.map(\.item)) == bytes([one, two]))
    #expect(fault("", items: #"[{"sku": "\#(one)", "units": 1}, {"sku": "\#(one)", "units": 2}]"#) != nil)
  }

  @Test(arguments: [
    (#""colour": 1"#, "colour is not a field here; there are description, drill, end,"),
    (#""paymentTime": 90"#, "paymentTime is 90; it must be a time as 90s, 15m, 1h"),
    (#""unpaid": null"#, "unpaid is null; it must be allow, refuse or replace"),
    (#""flagged": "no""#, "flagged is \"no\"; it must be allow, refuse or defer"),
    (#""strictDeadline": "yes""#, "strictDeadline is \"yes\"; it must be true or false"),
    (#""limits": {}"#, "limits is an object; it must be a list of at most 8"),
    (#""limits": [5]"#, "limits[0] is 5; it must be an object"),
    (#""limits": [{"units": 5}]"#, "limits[0].dimension is missing; it must be 1 to 16 of a-z"),
    (#""limits": [{"dimension": "user"}]"#, "limits[0] must have one of the fields units and openOrders"),
    (#""limits": [{"dimension": "user", "units": 1, "openOrders": 1}]"#, "limits[0] must have one of the fields"),
    (#""limits": [{"dimension": "user", "units": -1}]"#, "limits[0].units is -1; it must be a whole number from 0"),
    (#""limits": [{"dimension": "user", "units": 1, "max": 1}]"#, "limits[0].max is not a field here"),
    (
      #""limits": [{"dimension": "user", "units": 1}, {"dimension": "user", "units": 2}]"#,
      "limits[1] limits user again"
    ),
    (#""openTo": {"Region": ["bj"]}"#, "openTo.Region is no dimension"),
    (#""openTo": {"region": []}"#, "openTo.region is empty"),
    (#""openTo": {"region": [""]}"#, "openTo.region[0] must be a text of 1 to 64 bytes"),
    (#""newSupply": true"#, "sourcePool and newSupply exclude each other"),
    (#""drill": 5"#, "drill is 5; it must be an object"),
  ])
  func whatIsWrongIsNamed(_ fields: String, _ message: String) {
    #expect(fault(fields)?.hasPrefix(message) == true, "\(fault(fields) ?? "no fault")")
  }

  @Test(arguments: [
    ("[]", "items is missing or empty"), (#"[{"sku": "tea"}]"#, "items[0].units is missing"),
    (#"[{"sku": "tea", "units": 0}]"#, "items[0].units is 0; it must be a whole number from 1 to 2147483647"),
    (#"[{"sku": "tea", "units": 1.5}]"#, "items[0].units is 1.5"),
    (#"[{"sku": "a b", "units": 1}]"#, "items[0].sku is"),
    (#"[{"sku": "tea", "units": 1, "pool": "~x"}]"#, "items[0].pool is \"~x\"; it must be a pool's name"),
    (#"[{"sku": "tea", "units": 1}, {"sku": "tea", "units": 1, "pool": "main"}]"#, "items[1] names tea again"),
  ])
  func itemsThatAreWrong(_ items: String, _ message: String) {
    #expect(fault("", items: items)?.hasPrefix(message) == true, "\(fault("", items: items) ?? "no fault")")
  }

  @Test(arguments: [
    "tomorrow", "2026-06-18", "2026-06-31T00:00:00Z", "2026-06-18T20:00:00", "1781784000000", "+", "-5s",
  ])
  func timesThatAreNone(_ text: String) {
    #expect(throws: InputFault.self) {
      try sale(#"{"id":"s","start":"\#(text)","end":"+1h","newSupply":true,"items":[{"sku":"tea","units":1}]}"#)
    }
  }

  @Test func zonesOfMoments() {
    let utc = Moment(argument: "2026-06-18T12:00:00Z")
    #expect(utc?.timestamp.milliseconds == 1_781_784_000_000)
    #expect(Moment(argument: "2026-06-18T20:00:00+08:00") == utc)
    #expect(Moment(argument: "2026-06-18T06:30:00-05:30") == utc)
    #expect(Moment(argument: "2026-06-18T12:00:00.000+00:00") == utc)
    #expect(Moment(argument: "2026-06-18T20:00:00+0800") == nil)
    for loose in [
      "2026-11-xx-21T20:00:00Z", "2026--11-21T20:00:00Z", "2026-+1-11T20:00:00Z", "26-11-21T20:00:00Z",
      "2026-11-21T20:zz:00:00Z", "2026-11-21T2:00:00Z", "999999999-11-21T20:00:00Z", "2026-11-21T20:00:0٣Z",
    ] { #expect(Moment(argument: loose) == nil, "\(loose)") }
    #expect(Moment(argument: "2026-06-18T20:00:00+24:00") == nil)
    #expect(Moment(argument: "2026-02-29T00:00:00Z") == nil)
    #expect(Moment(argument: "1781784000000") == utc)
    #expect(Moment(timestamp: Timestamp(milliseconds: -1)).text == "1969-12-31T23:59:59.999Z")
    #expect(Moment(argument: "2028-02-29T00:00:00Z") != nil)
  }

  @Test func theDemonstrationSale() throws {
    let path = #filePath.replacing("Tests/StockCLITests/SaleFileTests.swift", with: "data/sale.json")
    let drill = try SaleDrill.read(path)
    #expect(drill.sale.id == "FRIDAY-20H" && drill.sale.lines.count == 20 && drill.sale.units == 18_320)
    #expect(drill.sale.limits == [WireLimit("user", 5)])
    #expect(drill.orders == 50_000)
  }
}

@Suite("JSON")
struct JSONParserTests {
  private func value(_ text: String) throws -> JSONInput { try JSONParser.value(Array(text.utf8)) }

  @Test func values() throws {
    #expect(
      try value(" {\"a\" : [1, -2.5e3, true, false, null], \"b\":{}}\n")
        == .object([
          "a": .array([.integer(1), .number(-2500), .bool(true), .bool(false), .null]), "b": .object([:]),
        ]))
    #expect(try value("\u{FEFF}[]") == .array([]))
    #expect(try value(#""\"\\\/\b\f\n\r\tA\u8336\ud83c\udf75茶""#) == .string("\"\\/\u{8}\u{C}\n\r\tA茶🍵茶"))
    #expect(try value("9223372036854775807") == .integer(.max))
    #expect(try value("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try value("-0") == .integer(0))
  }

  @Test(arguments: [
    ("", 1, "column 1"), ("{", 1, "column 2"), ("[1,\n 2", 2, "column 3"), ("[1,]", 1, "column 4"),
    ("{\"a\":1,\n\"a\":2}", 2, "column 1: \"a\" comes twice"), ("{\"a\" 1}", 1, "column 6: a colon"),
    ("[1] 2", 1, "column 5: there is more"), ("01", 1, "column 1: 01 is no number"), ("+1", 1, "column 1"),
    ("1.", 1, "column 1"), ("-", 1, "column 1"), ("1e", 1, "column 1"), ("nul", 1, "column 1"),
    ("\"a", 1, "column 1: a text that does not end"), ("\"\n\"", 1, "column 2: a control character"),
    ("\"\\x\"", 1, "column 4"), ("\"\\u12\"", 1, "column 4"), ("\"\\ud83c\"", 1, "column 8: half"),
    ("\"\\ud83c\\u0041\"", 1, "column 14: half"), ("'a'", 1, "column 1: a value"),
  ])
  func mistakesHaveAPlace(_ text: String, _ line: Int, _ message: String) {
    #expect {
      _ = try value(text)
    } throws: { error in
      guard let fault = error as? InputFault else { return false }
      return fault.line == line && fault.message.hasPrefix(message)
    }
  }

  @Test func namesInTwoSpellingsAreTwo() throws {
    guard case .object(let object) = try value("{\"\u{E9}\": 1, \"e\u{301}\": 2}") else {
      Issue.record("not an object")
      return
    }
    #expect(object.count == 2)
    #expect(object["\u{E9}"] == .integer(1) && object["e\u{301}"] == .integer(2))
  }

  @Test func bytesThatAreNoText() {
    #expect(throws: InputFault.self) { try JSONParser.value([0x22, 0xFF, 0x22]) }
  }

  @Test func depthHasABound() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try value(nested(JSONParser.depthMax))
    #expect(throws: InputFault.self) { try value(nested(JSONParser.depthMax + 1)) }
    #expect(throws: InputFault.self) { try value(String(repeating: "[", count: 1_000_000)) }
  }
}
