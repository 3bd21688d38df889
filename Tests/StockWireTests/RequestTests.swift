import StockEngine
import StockWire
import Testing

@Suite("Commands, byte by byte")
struct RequestTests {
  /// One command: how a client says it, its bytes, what the server reads.
  struct Golden: Sendable, CustomTestStringConvertible {
    var encode: @Sendable (inout RequestEncoder) -> Void
    var notation: String
    var meaning: String

    var testDescription: String { meaning }
  }

  static let goldens: [Golden] = [
    Golden(
      encode: { $0.preheat(operation: "op", lines: [WireLine("a", 5), WireLine("b@east", 0)]) },
      notation: "01 00 0000 16000000  02'op' 0200 01'a' 05000000 06'b@east' 00000000",
      meaning: "preheat op [a*5,b@east*0] replace=false"),
    Golden(
      encode: { $0.preheat(operation: "op", lines: [WireLine("a", 5)], replace: true) },
      notation: "01 01 0000 0B000000  02'op' 0100 01'a' 05000000",
      meaning: "preheat op [a*5] replace=true"),
    Golden(
      encode: { $0.supply(operation: "op", lines: [WireLine("a", 0x7FFF_FFFF)]) },
      notation: "02 00 0000 0B000000  02'op' 0100 01'a' FFFFFF7F",
      meaning: "supply op [a*2147483647]"),
    Golden(
      encode: { $0.restock(operation: "op", item: "a@main", quantity: 3, reference: "po-9") },
      notation: "03 00 0000 14000000  02'op' 06'a@main' 03000000 0400'po-9'",
      meaning: "restock op [a*3] po-9"),
    Golden(
      encode: { $0.adjust(operation: "op", item: "a", change: .by(-2), reason: "broken", reference: "r") },
      notation: "04 00 0000 18000000  02'op' 01'a' FEFFFFFFFFFFFFFF 0600'broken' 0100'r'",
      meaning: "adjust op a by(-2) force=false broken r"),
    Golden(
      encode: { $0.adjust(operation: "op", item: "a", change: .to(available: 7, version: 258), force: true) },
      notation: "04 03 0000 19000000  02'op' 01'a' 0700000000000000 0201000000000000 0000 0000",
      meaning: "adjust op a to(available: 7, version: 258) force=true  "),
    Golden(
      encode: { $0.configure(operation: "op", item: "a@east", floor: -2) },
      notation: "05 01 0000 12000000  02'op' 06'a@east' FEFFFFFFFFFFFFFF",
      meaning: "configure op a@east floor=-2"),
    Golden(
      encode: { $0.move(operation: "op", from: "a@main", to: "a@east", quantity: 3) },
      notation: "06 00 0000 15000000  02'op' 06'a@main' 06'a@east' 03000000",
      meaning: "move op a -> a@east 3"),
    Golden(
      encode: { $0.reserve(order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)], holdMilliseconds: 900_000) },
      notation: "10 00 0000 1C000000  A0BB0D0000000000 03'o-1' 03'u-7' 0000 0100 03'tea' 02000000",
      meaning: "reserve o-1 buyer=u-7 payload= [tea*2] hold=900000 issued=0"),
    Golden(
      encode: {
        $0.reserve(
          order: "o-1".utf8.span, buyer: "u-7".utf8.span, item: "tea".utf8.span, quantity: 2, holdMilliseconds: 900_000)
      },
      notation: "10 00 0000 1C000000  A0BB0D0000000000 03'o-1' 03'u-7' 0000 0100 03'tea' 02000000",
      meaning: "reserve o-1 buyer=u-7 payload= [tea*2] hold=900000 issued=0"),
    Golden(
      encode: {
        $0.reserve(
          order: "o-1", payload: [0xCA, 0xFE], lines: [WireLine("a", 1), WireLine("b", 2)],
          issuedAt: Timestamp(milliseconds: 1_700_000_000_000))
      },
      notation:
        """
        10 01 0000 27000000  0000000000000000 0068E5CF8B010000 03'o-1' 00 0200 CAFE
        0200 01'a' 01000000 01'b' 02000000
        """,
      meaning: "reserve o-1 buyer= payload=ca fe [a*1,b*2] hold=0 issued=1700000000000"),
    Golden(
      encode: { $0.reserve(order: "o-1", lines: [WireLine("a", 1), WireLine("b", 2)], pools: ["east", "main"]) },
      notation:
        """
        10 02 0000 28000000  0000000000000000 03'o-1' 00 0000 0200 01'a' 01000000 01'b' 02000000
        02 04'east' 04'main'
        """,
      meaning: "reserve o-1 buyer= payload= [a@east*1,a*1,b@east*2,b*2] hold=0 issued=0 pools=2"),
    Golden(
      encode: {
        $0.deduct(
          order: "o-1", lines: [WireLine("a", 1)], issuedAt: Timestamp(milliseconds: 1_700_000_000_000), pools: ["w"])
      },
      notation:
        "13 03 0000 22000000  0000000000000000 0068E5CF8B010000 03'o-1' 00 0000 0100 01'a' 01000000 01 01'w'",
      meaning: "deduct o-1 buyer= payload= [a@w*1] hold=0 issued=1700000000000 pools=1"),
    Golden(
      encode: { $0.confirm(order: "o-1") },
      notation: "11 00 0000 04000000  03'o-1'",
      meaning: "confirm o-1"),
    Golden(
      encode: { $0.cancel(order: "o-1", reason: "why") },
      notation: "12 00 0000 09000000  03'o-1' 0300'why'",
      meaning: "cancel o-1 why"),
    Golden(
      encode: { $0.deduct(order: "o-1", buyer: "u", lines: [WireLine("a", 1)]) },
      notation: "13 00 0000 18000000  0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000",
      meaning: "deduct o-1 buyer=u payload= [a*1] hold=0 issued=0"),
    Golden(
      encode: { $0.extend(operation: "op", order: "o-1", holdMilliseconds: 60_000) },
      notation: "14 00 0000 0F000000  02'op' 03'o-1' 60EA000000000000",
      meaning: "extend op o-1 hold=60000"),
    Golden(
      encode: { $0.resolve(order: "o-1") },
      notation: "15 00 0000 04000000  03'o-1'",
      meaning: "resolve o-1"),
    Golden(
      encode: { $0.returnLines(operation: "op", order: "o-1") },
      notation: "18 00 0000 09000000  02'op' 03'o-1' 0000",
      meaning: "return op o-1 [] available"),
    Golden(
      encode: { $0.returnLines(operation: "op", order: "o-1", lines: [WireLine("a", 1)], disposition: .scrapped) },
      notation: "18 01 0000 0F000000  02'op' 03'o-1' 0100 01'a' 01000000",
      meaning: "return op o-1 [a*1] scrapped"),
    Golden(
      encode: { $0.ship(operation: "op", order: "o-1") },
      notation: "16 00 0000 07000000  02'op' 03'o-1'",
      meaning: "ship op o-1"),
    Golden(
      encode: { $0.deliver(operation: "op", order: "o-1") },
      notation: "17 00 0000 07000000  02'op' 03'o-1'",
      meaning: "deliver op o-1"),
    Golden(
      encode: { $0.confirmLines(operation: "op", order: "o-1", lines: [WireLine("a", 1)]) },
      notation: "19 00 0000 0F000000  02'op' 03'o-1' 0100 01'a' 01000000",
      meaning: "confirmLines op o-1 [a*1] keep"),
    Golden(
      encode: { $0.confirmLines(operation: "op", order: "o-1", lines: [WireLine("a", 1)], remainder: .release) },
      notation: "19 01 0000 0F000000  02'op' 03'o-1' 0100 01'a' 01000000",
      meaning: "confirmLines op o-1 [a*1] release"),
    Golden(
      encode: { $0.cancelLines(operation: "op", order: "o-1", lines: [WireLine("a", 1)], reason: "why") },
      notation: "1A 00 0000 14000000  02'op' 03'o-1' 0100 01'a' 01000000 0300'why'",
      meaning: "cancelLines op o-1 [a*1] why"),
    Golden(
      encode: { $0.nextIDs(4096) },
      notation: "48 00 0000 04000000  00100000",
      meaning: "nextIDs 4096"),
    Golden(
      encode: { $0.get(items: ["a", "b@east"]) },
      notation: "40 00 0000 0B000000  0200 01'a' 06'b@east'",
      meaning: "get [a*0,b@east*0]"),
    Golden(
      encode: { $0.list(cursor: 256, rowsMax: 10, prefix: "ph") },
      notation: "41 00 0000 0F000000  0001000000000000 0A000000 02'ph'",
      meaning: "list 256 rows=10 ph"),
    Golden(
      encode: { $0.order("o-1") },
      notation: "42 00 0000 04000000  03'o-1'",
      meaning: "order o-1"),
    Golden(
      encode: { $0.history(item: "a", beforeVersion: 9, rowsMax: 20) },
      notation: "43 00 0000 0E000000  0900000000000000 14000000 01'a'",
      meaning: "history a before=9 rows=20"),
    Golden(
      encode: {
        $0.demand(
          item: "tea",
          DemandQuery(
            from: Timestamp(milliseconds: 2), key: 3, until: Timestamp(milliseconds: 4), bucket: .minute, rowsMax: 20))
      },
      notation:
        "4A 00 0000 21000000  0200000000000000 0300000000000000 0400000000000000 14000000 02 03'tea'",
      meaning: "demand tea from=2 key=3 until=4 minute rows=20"),
    Golden(
      encode: { $0.stats() },
      notation: "44 00 0000 00000000",
      meaning: "stats"),
    Golden(
      encode: { $0.pools(sku: "tea") },
      notation: "45 00 0000 04000000  03'tea'",
      meaning: "pools tea"),
  ]

  static let saleGoldens: [Golden] = [
    Golden(
      encode: {
        $0.reserve(
          order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)],
          terms: WireReserveTerms(
            sale: "618", subjects: [WireSubject("phone", "138"), WireSubject("ip", "10.1")], replacesUnpaid: true))
      },
      notation:
        """
        10 70 0000 34000000  0000000000000000 03'o-1' 03'u-7' 0000 0100 03'tea' 02000000
        03'618' 1200 02'ip' 04'10.1' 05'phone' 03'138'
        """,
      meaning:
        "reserve o-1 buyer=u-7 payload= [tea@~618*2] hold=0 issued=0 sale=618 subjects=02 69 70 04 31 30 2e 31 05 70 68 6f 6e 65 03 31 33 38 replaces"
    ),
    Golden(
      encode: {
        $0.reserve(
          order: "o-1", lines: [WireLine("tea", 2)], issuedAt: Timestamp(milliseconds: 1_700_000_000_000),
          terms: WireReserveTerms(sale: "618"))
      },
      notation:
        """
        10 11 0000 25000000  0000000000000000 0068E5CF8B010000 03'o-1' 00 0000 0100 03'tea' 02000000 03'618'
        """,
      meaning: "reserve o-1 buyer= payload= [tea@~618*2] hold=0 issued=1700000000000 sale=618"),
    Golden(
      encode: {
        $0.deduct(
          order: "o-1", buyer: "u", lines: [WireLine("a@east", 1)],
          terms: WireReserveTerms(subjects: [WireSubject("ip", "1")], replacesUnpaid: true))
      },
      notation: "13 20 0000 24000000  0000000000000000 03'o-1' 01'u' 0000 0100 06'a@east' 01000000 0500 02'ip' 01'1'",
      meaning: "deduct o-1 buyer=u payload= [a@east*1] hold=0 issued=0 subjects=02 69 70 01 31"),
    Golden(
      encode: { $0.limitSKU(operation: "op", sku: "tea", limit: WireLimit("user", 2, isGivenBackOnReturn: true)) },
      notation: "07 00 0000 13000000  02'op' 03'tea' 0B 04'user' 00 01 02000000",
      meaning: "limitSKU op tea 04 75 73 65 72 00 01 02 00 00 00 lifted=false"),
    Golden(
      encode: {
        $0.limitSKU(operation: "op", sku: "tea", limit: WireLimit("phone", 0, measure: .openOrders), isLifted: true)
      },
      notation: "07 01 0000 14000000  02'op' 03'tea' 0C 05'phone' 01 00 00000000",
      meaning: "limitSKU op tea 05 70 68 6f 6e 65 01 00 00 00 00 00 lifted=true"),
    Golden(
      encode: {
        $0.openSale(
          operation: "op", sale: "618",
          terms: WireSaleTerms(
            start: Timestamp(milliseconds: 1_700_000_000_000), end: Timestamp(milliseconds: 1_700_003_600_000),
            holdMilliseconds: 300_000, unpaid: .replace, flagged: .deferred, hasStrictDeadline: true,
            recordsAttempts: true,
            limits: [WireLimit("user", 2, isGivenBackOnReturn: true), WireLimit("phone", 1, measure: .openOrders)],
            eligible: [WireSubject("region", "sh"), WireSubject("region", "bj")]), isPaused: true, source: .pools,
          lines: [WireLine("tea", 20), WireLine("tea@east", 5)])
      },
      notation:
        """
        20 01 0000 69000000  02'op' 03'618' 0068E5CF8B010000 80561CD08B010000 E093040000000000 02 02 03
        1700 05'phone' 01 00 01000000 04'user' 00 01 02000000  1400 06'region' 02'bj' 06'region' 02'sh'
        01 0200 03'tea' 14000000 08'tea@east' 05000000
        """,
      meaning:
        "openSale op 618 1700000000000 ms..<1700003600000 ms hold=300000 replace deferred options=3 limits=05 70 68 6f 6e 65 01 00 01 00 00 00 04 75 73 65 72 00 01 02 00 00 00 eligible=06 72 65 67 69 6f 6e 02 62 6a 06 72 65 67 69 6f 6e 02 73 68 paused=true pools [tea*20,tea@~618*20,tea@east*5,tea@~618*5]"
    ),
    Golden(
      encode: {
        $0.openSale(
          operation: "op", sale: "618",
          terms: WireSaleTerms(start: Timestamp(milliseconds: 1), end: Timestamp(milliseconds: 2)))
      },
      notation:
        """
        20 00 0000 29000000  02'op' 03'618' 0100000000000000 0200000000000000 0000000000000000 00 00 00
        0000 0000 00 0000
        """,
      meaning: "openSale op 618 1 ms..<2 ms hold=0 allow allow options=0 limits= eligible= paused=false supply []"),
    Golden(
      encode: { $0.addToSale(operation: "op", sale: "618", source: .pools, lines: [WireLine("tea", 5)]) },
      notation: "21 00 0000 12000000  02'op' 03'618' 01 0100 03'tea' 05000000",
      meaning: "addToSale op 618 pools [tea*5,tea@~618*5]"),
    Golden(
      encode: { $0.switchSale(operation: "op", sale: "618", change: .pause) },
      notation: "22 00 0000 07000000  02'op' 03'618'", meaning: "pause op 618"),
    Golden(
      encode: { $0.switchSale(operation: "op", sale: "618", change: .resume) },
      notation: "23 00 0000 07000000  02'op' 03'618'", meaning: "resume op 618"),
    Golden(
      encode: { $0.switchSale(operation: "op", sale: "618", change: .close) },
      notation: "24 00 0000 07000000  02'op' 03'618'", meaning: "close op 618"),
    Golden(
      encode: { $0.flagBuyer(operation: "op", buyer: "u-7") },
      notation: "28 00 0000 07000000  02'op' 03'u-7'", meaning: "flag op u-7 true"),
    Golden(
      encode: { $0.flagBuyer(operation: "op", buyer: "u-7", isFlagged: false) },
      notation: "29 00 0000 07000000  02'op' 03'u-7'", meaning: "flag op u-7 false"),
    Golden(encode: { $0.sale("618") }, notation: "46 00 0000 04000000  03'618'", meaning: "sale 618"),
    Golden(
      encode: { $0.sales(cursor: 256, rowsMax: 10) },
      notation: "47 00 0000 0C000000  0001000000000000 0A000000", meaning: "sales 256 rows=10"),
    Golden(encode: { $0.buyer("u-7") }, notation: "49 00 0000 04000000  03'u-7'", meaning: "buyer u-7"),
  ]

  @Test("encoded and decoded", arguments: goldens + saleGoldens)
  func golden(_ golden: Golden) {
    let payload = bytes(golden.notation)
    var encoder = RequestEncoder()
    golden.encode(&encoder)
    encoder.finish(id: 5)
    let header = bytes("\(hex([UInt8(payload.count)])) 000000 03 00 0100 0500000000000000")
    #expect(hex(encoder.bytes) == hex(header + payload))
    #expect(decoded(payload) == [golden.meaning])
  }

  @Test("every operation has a golden")
  func complete() {
    let operations = Set((Self.goldens + Self.saleGoldens).map { bytes($0.notation)[0] })
    #expect(operations == Set(StockEngine.Operation.allCases.map(\.rawValue)))
  }

  @Test("many commands keep their order, and an encoder can be used again")
  func many() {
    var encoder = RequestEncoder()
    for round in 0..<2 {
      encoder.begin()
      encoder.confirm(order: "o-\(round)")
      encoder.stats()
      encoder.order("o-2")
      encoder.finish(id: 1)
      let payload = Array(encoder.bytes.dropFirst(FrameHeader.bytes))
      #expect(decoded(payload, count: 3) == ["confirm o-\(round)", "stats", "order o-2"])
    }
  }

  /// A bad command keeps its place, and only that.
  @Test(
    "malformed",
    arguments: [
      ("00 00 0000 00000000", "unknownOperation"),
      ("09 00 0000 00000000", "unknownOperation"),
      ("05 00 0000 05000000 02'op' 01'a'", "unreadable"),  // nothing is configured
      ("05 02 0000 0D000000 02'op' 01'a' 0000000000000000", "unreadable"),  // a field of a later version
      ("05 01 0000 0D000000 02'op' 01'a' 0000008000000000", "quantity"),
      ("05 01 0000 0D000000 02'op' 01'@' 0000000000000000", "itemName"),
      ("06 00 0000 10000000 02'op' 01'a' 06'a@main' 01000000", "itemName"),  // one pool
      ("06 00 0000 10000000 02'op' 01'a' 06'b@east' 01000000", "itemName"),  // two SKUs
      ("06 00 0000 0F000000 02'op' 01'a' 05'a@~11' 01000000", "itemName"),  // a sale's pool
      ("06 00 0000 10000000 02'op' 01'a' 06'a@east' 00000000", "quantity"),
      ("FF 00 0000 04000000 03'o-1'", "unknownOperation"),
      ("11 01 0000 04000000 03'o-1'", "unreadable"),  // a flag that confirm does not have
      ("10 02 0000 1C000000 A0BB0D0000000000 03'o-1' 03'u-7' 0000 0100 03'tea' 02000000", "unreadable"),
      ("11 00 0100 04000000 03'o-1'", "unreadable"),  // the reserved field
      ("11 00 0000 03000000 03'o-'", "unreadable"),  // a text that ends too early
      ("11 00 0000 05000000 03'o-1' 00", "unreadable"),  // a byte too many
      ("10 00 0000 07000000 A0BB0D00000000", "unreadable"),
      ("01 00 0000 05000000 02'op' FFFF", "unreadable"),  // lines that are not there
      ("11 00 0000 01000000 00", "idLength"),
      ("10 00 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 00000000", "quantity"),
      ("10 00 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 00000080", "quantity"),
      ("10 00 0000 12000000 0000000000000000 03'o-1' 01'u' 0000 0000", "lineCount"),
      ("10 00 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'@' 01000000", "itemName"),
      ("10 00 0000 18000000 FFFFFFFFFFFFFFFF 03'o-1' 01'u' 0000 0100 01'a' 01000000", "holdTime"),
      ("41 00 0000 0D000000 0000000000000000 00000000 00", "rowCount"),
      ("19 02 0000 0F000000 02'op' 03'o-1' 0100 01'a' 01000000", "unreadable"),  // a remainder that is not known
      ("19 00 0000 09000000 02'op' 03'o-1' 0000", "lineCount"),
      ("1A 00 0000 0B000000 02'op' 03'o-1' 0000 0000", "lineCount"),
      ("16 00 0000 05000000 00 03'o-1'", "idLength"),
      ("17 00 0000 04000000 02'op' 00", "idLength"),
      ("48 00 0000 04000000 00000000", "idCount"),
      ("48 00 0000 04000000 01100000", "idCount"),
      ("45 00 0000 04000000 03'a@b'", "itemName"),
      // Ranked pools: a line that names one itself, a sale's pool, one twice, none there, nine.
      ("10 02 0000 1F000000 0000000000000000 03'o-1' 00 0000 0100 03'a@e' 01000000 01 04'east'", "itemName"),
      ("10 02 0000 1A000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 01 01'~'", "itemName"),
      ("10 02 0000 1C000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 02 01'e' 01'e'", "itemName"),
      ("10 02 0000 1A000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 01 01'@'", "itemName"),
      ("10 02 0000 19000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 01 00", "itemName"),
      ("10 02 0000 1A000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 02 01'e'", "unreadable"),
      (
        "10 02 0000 2A000000 0000000000000000 03'o-1' 00 0000 0100 01'a' 01000000 09"
          + "01'a' 01'b' 01'c' 01'd' 01'e' 01'f' 01'g' 01'h' 01'i'", "lineCount"
      ),
      // A sale and subjects.
      ("10 10 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000", "unreadable"),  // no sale there
      ("10 10 0000 1B000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 02'a@'", "sale"),
      ("10 10 0000 1F000000 0000000000000000 03'o-1' 01'u' 0000 0100 06'a@east' 01000000 01'S'", "sale"),
      ("10 00 0000 1B000000 0000000000000000 03'o-1' 01'u' 0000 0100 04'a@~S' 01000000", "itemName"),
      ("10 20 0000 1E000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 0400 02'ip' 00", "subject"),
      ("10 20 0000 20000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 0600 02'IP' 02'ab'", "subject"),
      ("10 20 0000 21000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 0700 04'user' 01'x'", "subject"),
      (  // out of order
        "10 20 0000 22000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 0800 01'b' 01'x' 01'a' 01'x'",
        "subject"
      ),
      (  // a dimension twice
        "10 20 0000 22000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000 0800 01'a' 01'x' 01'a' 01'y'",
        "subject"
      ),
      // Deduct has no such flag.
      ("13 40 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000", "unreadable"),
      ("10 80 0000 18000000 0000000000000000 03'o-1' 01'u' 0000 0100 01'a' 01000000", "unreadable"),
      ("07 00 0000 13000000  02'op' 03'tea' 0B 04'user' 02 00 02000000", "limit"),
      ("07 00 0000 13000000  02'op' 03'tea' 0B 04'user' 00 02 02000000", "limit"),
      ("07 00 0000 08000000  02'op' 03'tea' 00", "limit"),
      ("07 00 0000 18000000  02'op' 08'tea@east' 0B 04'user' 00 00 02000000", "itemName"),
      (  // ends before it starts
        "20 00 0000 29000000 02'op' 03'618' 0200000000000000 0200000000000000 0000000000000000 00 00 00 0000 0000 00 0000",
        "sale"
      ),
      (  // an unknown policy, and an unknown option
        "20 00 0000 29000000 02'op' 03'618' 0100000000000000 0200000000000000 0000000000000000 03 00 00 0000 0000 00 0000",
        "unreadable"
      ),
      (
        "20 00 0000 29000000 02'op' 03'618' 0100000000000000 0200000000000000 0000000000000000 00 00 04 0000 0000 00 0000",
        "sale"
      ),
      (
        "20 00 0000 29000000 02'op' 03'618' 0100000000000000 0200000000000000 FFFFFFFFFFFFFFFF 00 00 00 0000 0000 00 0000",
        "holdTime"
      ),
      ("21 00 0000 12000000  02'op' 03'618' 02 0100 03'tea' 05000000", "unreadable"),
      ("21 00 0000 0A000000  02'op' 03'618' 01 0000", "lineCount"),
      ("21 00 0000 17000000  02'op' 03'618' 00 0100 08'tea@east' 05000000", "sale"),
      ("22 00 0000 04000000  02'op' 00", "sale"),
      ("28 00 0000 04000000  02'op' 00", "buyerLength"),
      ("46 00 0000 01000000  00", "sale"),
      ("47 00 0000 0C000000  0000000000000000 E9030000", "rowCount"),
      ("49 00 0000 01000000  00", "buyerLength"),
    ])
  func malformed(_ notation: String, _ malformation: String) {
    let before = "11 00 0000 04000000 03'o-1'"
    let after = "44 00 0000 00000000"
    #expect(
      decoded(bytes(before + notation + after), count: 3) == ["confirm o-1", "malformed \(malformation)", "stats"])
  }

  @Test(
    "a demand that is not well formed",
    arguments: [
      // A bucket that this version does not know.
      ("4A 00 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 14000000 04 01'a'", "unreadable"),
      // A flag; a byte too many; a byte too few.
      ("4A 01 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 01'a'", "unreadable"),
      ("4A 00 0000 20000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 01'a' 00", "unreadable"),
      ("4A 00 0000 1E000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 01", "unreadable"),
      ("4A 00 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 00000000 00 01'a'", "rowCount"),
      ("4A 00 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 E9030000 00 01'a'", "rowCount"),
      ("4A 00 0000 1E000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 00", "itemName"),
      ("4A 00 0000 20000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 02'a@'", "itemName"),
    ])
  func malformedDemand(_ notation: String, _ malformation: String) {
    #expect(decoded(bytes(notation)) == ["malformed \(malformation)"])
  }

  @Test("what a frame's orders rank is bounded, for each frame anew")
  func rankedLines() throws {
    var encoder = RequestEncoder()
    let lines = (0..<256).map { WireLine("sku-\($0)", 1) }
    let pools = ["a", "b", "c", "d", "e", "f", "g", "h"]
    let fitting = Bounds.rankedLinesPerBatchMax / (256 * 8)
    for order in 0..<fitting + 1 { encoder.reserve(order: "o-\(order)", lines: lines, pools: pools) }
    encoder.reserve(order: "plain", lines: lines)
    encoder.finish(id: 1)
    var batch = CommandBatch()
    for _ in 0..<2 {
      try Array(encoder.bytes.dropFirst(16)).withUnsafeBytes {
        try RequestDecoder.decode(payload: $0, count: fitting + 2, into: &batch)
      }
    }
    let isTaken = batch.commands.map { if case .malformed(.batchFull) = $0 { false } else { true } }
    let frame = Array(repeating: true, count: fitting) + [false, true]
    #expect(isTaken == frame + frame)
    #expect(batch.rankedLineCount == 2 * Bounds.rankedLinesPerBatchMax)
    batch.removeAll()
    #expect(batch.rankedLineCount == 0)
  }

  @Test("a history and a demand must be alone")
  func notAlone() {
    let history = "43 00 0000 0E000000  0900000000000000 14000000 01'a'"
    #expect(decoded(bytes(history + "44 00 0000 00000000"), count: 2) == ["malformed notAlone", "stats"])
    #expect(decoded(bytes(history + history), count: 2) == ["malformed notAlone", "malformed notAlone"])
    let demand = "4A 00 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 01'a'"
    #expect(decoded(bytes(demand)) == ["demand a from=0 key=0 until=0 second rows=20"])
    #expect(decoded(bytes(demand + history), count: 2) == ["malformed notAlone", "malformed notAlone"])
  }

  @Test(
    "framing that ends the connection",
    arguments: [
      ("44 00 0000 00000000", 2),  // fewer than it says
      ("44 00 0000 00000000 44 00 0000 00000000", 1),  // more than it says
      ("44 00 0000 000000", 1),  // half a header
      ("11 00 0000 05000000 03'o-1'", 1),  // a body past the end
      ("11 00 0000 FFFFFFFF 03'o-1'", 1),
    ])
  func brokenFraming(_ notation: String, _ count: Int) {
    #expect(decoded(bytes(notation), count: count) == ["fault malformedFrame"])
  }

  @Test(
    "rows that a frame's reads may answer",
    arguments: [
      ("40 00 0000 0B000000  0200 01'a' 06'b@east'", 2),
      ("40 00 0000 02000000  FFFF", 256),
      ("41 00 0000 0F000000  0001000000000000 0A000000 02'ph'", 512),
      ("41 00 0000 0F000000  0001000000000000 FFFFFFFF 02'ph'", 1000),
      ("41 00 0000 04000000  00010000", 0),
      ("42 00 0000 04000000  03'o-1'", 64),
      ("43 00 0000 0E000000  0900000000000000 14000000 01'a'", 20),
      ("4A 00 0000 1F000000  0000000000000000 0000000000000000 0000000000000000 14000000 00 01'a'", 20),
      ("4A 00 0000 1C000000  0000000000000000 0000000000000000 0000000000000000 FFFFFFFF", 1000),
      ("4A 00 0000 10000000  0000000000000000 0000000000000000", 0),
      ("44 00 0000 00000000", 0),
      ("48 00 0000 04000000  00100000", 0),
      ("45 00 0000 04000000  03'tea'", 256),
      ("46 00 0000 04000000  03'618'", 4096),
      ("47 00 0000 0C000000  0000000000000000 E9030000", 64000),
      ("49 00 0000 04000000  03'u-7'", 0),
      ("11 00 0000 04000000  03'o-1'", 0),
      ("FF 00 0000 00000000", 0),
    ])
  func rows(_ notation: String, _ rows: Int) throws {
    #expect(try bytes(notation).withUnsafeBytes { try RequestDecoder.checkFraming(payload: $0, count: 1) } == rows)
    #expect(
      try bytes(notation + notation).withUnsafeBytes { try RequestDecoder.checkFraming(payload: $0, count: 2) } == 2
        * rows)
  }

  @Test("several frames share a batch")
  func severalFrames() throws {
    var batch = CommandBatch()
    for order in ["o-1", "o-2"] {
      var encoder = RequestEncoder()
      encoder.reserve(order: order, lines: [WireLine("a@main", 1)])
      encoder.finish(id: 1)
      try Array(encoder.bytes.dropFirst(16)).withUnsafeBytes {
        try RequestDecoder.decode(payload: $0, count: 1, into: &batch)
      }
    }
    #expect(
      batch.commands.map { describe($0, batch) } == [
        "reserve o-1 buyer= payload= [a*1] hold=0 issued=0", "reserve o-2 buyer= payload= [a*1] hold=0 issued=0",
      ])
  }
}
