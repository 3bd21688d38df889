import StockEngine
import Testing

@testable import StockRESP

@Suite("Commands of sales")
struct SaleCommandTests {
  @Test("a sale's life: opened, filled, paused, resumed, closed")
  func life() throws {
    let shop = try Shop()
    shop.play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 100 => [1 'OK' 1]
      STOCK.SALE OPEN 618 s-1 START T+1000 END T+9000 PAY 60 LIMIT user 2 FROM main ITEMS tea 10 => [1 'OK' 1]
      STOCK.SALE OPEN 618 s-1 START T+1000 END T+9000 PAY 60 LIMIT user 2 FROM main ITEMS tea 10 => [1 'OK' 1]
      STOCK.SALE OPEN 618 s-9 START T+1000 END T+9000 ITEMS tea 10 => [-5 'SALEEXISTS'...]
      STOCK.GET tea => 90
      STOCK.GET tea@~618 => 10
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE 618 => [-4 'SALENOTOPEN' ...]
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE none => [-4 'NOSUCHSALE'...]
      + 1000
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE 618 => [1 'RESERVED' 9 T+61000]
      STOCK.RESERVE o-2 tea 2 USER u-1 SALE 618 => [-2 'LIMIT' 'user' 2 1]
      STOCK.SALE PAUSE 618 s-2 => [1 'OK']
      STOCK.RESERVE o-3 tea 1 USER u-3 SALE 618 => [-4 'SALENOTOPEN' 'PAUSED' T+1000 T+9000]
      STOCK.SALE RESUME 618 s-3 => [1 'OK']
      STOCK.SALE ADD 618 s-4 FROM main ITEMS tea 5 => [1 'OK' 1]
      STOCK.SALE ADD 618 s-5 ITEMS cup 5 => [1 'OK' 1]
      STOCK.RESERVE o-3 tea 15 USER u-3 SALE 618 => [-2 'LIMIT' 'user' 2 0]
      STOCK.MRESERVE o-3 USER u-3 SALE 618 ITEMS tea 1 cup 1 => [1 'RESERVED' 2 T+61000]
      STOCK.SALE CLOSE 618 s-6 => [1 'OK']
      STOCK.SALE CLOSE 618 s-6 => [1 'OK']
      STOCK.RESERVE o-4 tea 1 USER u-4 SALE 618 => [-4 ...]
      STOCK.SALE CLOSE none s-7 => [-4 'NOSUCHSALE'...]
      STOCK.SALE:CODE PAUSE none s-8 => -4
      STOCK.SALE:CODE INFO 618 => -ERR :CODE is for commands that answer with a code...
      STOCK.SALE:CODE LIST => -ERR :CODE is for commands that answer with a code...
      """)
  }

  @Test("who may not buy: not eligible, flagged, unpaid")
  func refusals() throws {
    try Shop().play(
      """
      STOCK.SALE OPEN a s-1 START T+0 END T+9000 ELIGIBLE region east,west UNPAID REFUSE FLAGGED REFUSE ITEMS tea 10 => [1 'OK' 1]
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE a SUBJECT region north => [-8 'NOTELIGIBLE' 'region'...]
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE a => [-8 ...]
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE a SUBJECT region east EX 5 => [1 'RESERVED' 9 T+5000]
      STOCK.RESERVE o-2 tea 1 USER u-1 SALE a SUBJECT region east => [-6 'UNPAIDEXISTS' 'o-1']
      STOCK.RESERVE o-2 tea 1 USER u-1 SALE a SUBJECT region east REPLACE EX 5 => [1 'RESERVED' 9 T+5000]
      STOCK.RESERVE o-1 tea 1 USER u-1 SALE a SUBJECT region east => [-5 'CANCELLED']
      STOCK.FLAG f-1 u-2 => [1 'OK']
      STOCK.RESERVE o-3 tea 1 USER u-2 SALE a SUBJECT region west => [-7 'BUYERFLAGGED'...]
      STOCK.RESERVE:CODE o-3 tea 1 USER u-2 SALE a SUBJECT region west => -7
      STOCK.RESERVE:CODE o-3 tea 1 USER u-1 SALE a SUBJECT region west => -6
      STOCK.RESERVE:CODE o-3 tea 1 USER u-3 SALE a SUBJECT region no => -8
      STOCK.SALE OPEN b s-2 START T+0 END T+9000 FLAGGED DEFERRED ITEMS tea 10 => [1 'OK' 1]
      STOCK.RESERVE o-4 tea 1 USER u-2 SALE b => [1 'DEFERRED' ...]
      STOCK.RESERVE o-4 tea 1 USER u-2 SALE b => [1 'DEFERRED' ...]
      """)
  }

  @Test("what a sale is, and which there are")
  func reads() throws {
    let shop = try Shop()
    shop.play(
      """
      STOCK.SALE LIST => ['0' [] ...]
      STOCK.SALE INFO a => nil
      STOCK.SALE OPEN a s-1 START T+0 END T+9 PAY 5 LIMIT user 2 phone 3 OPENORDERS user 1 GIVEBACK STRICT RECORD PAUSED ITEMS tea 10 => [1 'OK' 1]
      STOCK.SALE OPEN b s-2 START T+0 END T+9 => [1 'OK' 0]
      HELLO 3 => {...}
      STOCK.SALE LIST => ['0' [{'sale' 'a', ...} {'sale' 'b', ...}] ...]
      STOCK.SALE LIST 0 COUNT 1 => [... [{'sale' 'a', ...}] ...]
      STOCK.SALE INFO none => _
      """)
    let sale = shop.say("STOCK.SALE INFO a")
    for part in [
      "'state' 'paused'", "'start' T+0", "'end' T+9", "'pay_ms' 5000", "'items' 1", "'available' 10", "'strict' #t",
      "'record' #t", "{'dimension' 'phone', 'counts' 'units', 'max' 3, 'give_back' #t}",
      "{'dimension' 'user', 'counts' 'open orders', 'max' 1, 'give_back' #t}",
    ] { #expect(sale.contains(part), "\(part) in \(sale)") }
  }

  @Test("values that are not UTF-8 are refused: no subject could have them")
  func valueBytes() throws {
    let open = request("STOCK.SALE OPEN a s START T+1 END T+2 ELIGIBLE region").dropFirst("*10".utf8.count)
    let bytes = Array("*11".utf8) + open + Array("$1\r\n".utf8) + [0xFF, 0x0D, 0x0A]
    #expect(notation(try Shop().send(bytes))[0].hasPrefix("-ERR "))
  }

  @Test("a dimension that is spelt like an option is refused, and so is an option that could be a dimension")
  func ambiguousLimits() throws {
    let open = "STOCK.SALE OPEN a s START T+1 END T+2"
    try Shop().play(
      """
      \(open) LIMIT user 2 pay 3 => -ERR 'pay' behind LIMIT or OPENORDERS could be a dimension or an option: ...
      \(open) LIMIT user 2 items 3 => -ERR 'items' behind LIMIT...
      \(open) LIMIT pay 3 => -ERR 'pay' behind LIMIT...
      \(open) OPENORDERS record 3 => -ERR 'record' behind LIMIT...
      \(open) OPENORDERS user 1 strict => -ERR 'strict' behind LIMIT...
      \(open) LIMIT START 3 => -ERR 'START' behind LIMIT...
      STOCK.SALE INFO a => nil
      \(open) limit user 2 PAY 3 openorders user 1 Strict record pay 4 ITEMS tea 1 => [1 'OK' 1]
      """)
  }

  @Test("a long pool's name is not written once a line")
  func longPool() throws {
    let pool = String(repeating: "p", count: 262_144)
    let pairs = Array(repeating: "a 1", count: 2_000).joined(separator: " ")
    let open = "OPEN s o START T+1 END T+2"
    for text in [
      "STOCK.SALE ADD s o FROM \(pool) ITEMS \(pairs)", "STOCK.SALE \(open) FROM \(pool) ITEMS a 1",
      "STOCK.SALE ADD s o FROM east ITEMS \(pairs)", "STOCK.SALE \(open) FROM east ITEMS \(pairs)",
    ] {
      let host = TestHost()
      var session = RESPSession(client: host.connect(1), host: host)
      var batch = CommandBatch()
      var slots: [RESPSession.Slot] = []
      let bytes = request(text)
      _ = bytes.withUnsafeBytes {
        session.decode($0, bounds: .init(commandsMax: 100, rowsMax: 65_536), batch: &batch, slots: &slots)
      }
      #expect(slots.count == 1 && batch.isEmpty)
      // The next text lies behind all that was stored.
      #expect(batch.store("").offset <= bytes.count)
    }
    let shop = try Shop()
    shop.play(
      """
      STOCK.SALE ADD s o FROM \(String(repeating: "p", count: 65)) ITEMS a 1 => -ERR \(Malformation.itemName.explanation)
      STOCK.SALE ADD s o FROM east ITEMS \(pairs) => -ERR \(Malformation.lineCount.explanation)
      """)
  }

  @Test("a sale's sums are made over all of its items: one to a batch")
  func readsAreCounted() throws {
    let shop = try Shop()
    _ = shop.say("STOCK.SALE OPEN a s START T+0 END T+9 ITEMS tea 10")
    let before = shop.batches.count
    let output = shop.send((0..<3).flatMap { _ in request("STOCK.SALE INFO a") + request("STOCK.GET tea") })
    #expect(notation(output).count == 6)
    #expect(shop.batches.dropFirst(before).count >= 3)
    #expect(shop.batches.dropFirst(before).reduce(0, +) == 6)
  }

  @Test("what cannot be read")
  func malformed() throws {
    let values = (0..<513).map { "v\($0)" }.joined(separator: ",")
    try Shop().play(
      """
      STOCK.SALE => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE HIRE a => -ERR unknown subcommand of STOCK.SALE...
      STOCK.SALE OPEN a => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE OPEN a s END T+1 => -ERR a sale needs START and END, in milliseconds since 1970
      STOCK.SALE OPEN a s START T+1 END T+1 ITEMS tea 1 => -ERR ...
      STOCK.SALE OPEN a s START T+2 END T+1 ITEMS tea 1 => -ERR ...
      STOCK.SALE OPEN a s START x END T+1 => -ERR value is not an integer or out of range
      STOCK.SALE OPEN a s START T+1 END T+2 COLOUR red => -ERR syntax error
      STOCK.SALE OPEN a s START T+1 END T+2 UNPAID SOMETIMES => -ERR syntax error
      STOCK.SALE OPEN a s START T+1 END T+2 FLAGGED REPLACE => -ERR syntax error
      STOCK.SALE OPEN a s START T+1 END T+2 PAY 0 => -ERR invalid expire time
      STOCK.SALE OPEN a s START T+1 END T+2 LIMIT user => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE OPEN a s START T+1 END T+2 LIMIT user 1 user 2 => -ERR ...
      STOCK.SALE OPEN a s START T+1 END T+2 LIMIT d1 1 d2 1 d3 1 d4 1 d5 1 d6 1 d7 1 d8 1 d9 1 => -ERR ...
      STOCK.SALE OPEN a s START T+1 END T+2 ELIGIBLE region \(values) => -ERR ...
      STOCK.SALE OPEN a s START T+1 END T+2 ELIGIBLE region east,east => -ERR ...
      STOCK.SALE OPEN a s START T+1 END T+2 ITEMS tea => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE OPEN a@b s START T+1 END T+2 => -ERR ...
      STOCK.SALE OPEN a s START T+1 END T+2 ITEMS tea@east 1 => -ERR ...
      STOCK.SALE ADD a s => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE ADD a s tea 1 => -ERR syntax error
      STOCK.SALE PAUSE a => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE PAUSE a s now => -ERR syntax error
      STOCK.SALE LIST 0 COUNT 0 => -ERR ...
      STOCK.SALE LIST 0 10 => -ERR syntax error
      STOCK.SALE INFO => -ERR wrong number of arguments for 'stock.sale' command
      STOCK.SALE LIST => ['0' [] ...]
      """)
  }
}
