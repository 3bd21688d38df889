import Testing

@testable import StockRESP

@Suite("Commands of items, and reads")
struct StockCommandTests {
  @Test("preheat and supply: all or none, counted")
  func preheat() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 cup@east 5 => [1 'OK' 2]
      STOCK.PREHEAT p-1 ITEMS tea 10 cup@east 5 => [1 'OK' 2]
      STOCK.PREHEAT p-1 ITEMS tea 11 => [-3 'IDCONFLICT'...]
      STOCK.PREHEAT p-2 ITEMS tea 10 ink 1 => [-5 'ITEMEXISTS'...]
      STOCK.GET ink => nil
      STOCK.PREHEAT p-3 REPLACE ITEMS tea 20 => [1 'OK' 1]
      STOCK.GET tea => 20
      STOCK.SUPPLY s-1 ITEMS tea 5 cup@east 1 => [1 'OK' 2]
      STOCK.SUPPLY s-1 ITEMS tea 5 cup@east 1 => [1 'OK' 2]
      STOCK.SUPPLY s-2 ITEMS none 1 tea 1 => [-1 'UNKNOWNITEM' 'none']
      STOCK.MGET tea cup@east none => [25 6 nil]
      STOCK.PREHEAT p-4 => -ERR wrong number of arguments for 'stock.preheat' command
      STOCK.PREHEAT p-4 REPLACE => -ERR wrong number of arguments for 'stock.preheat' command
      STOCK.PREHEAT p-4 tea 1 => -ERR syntax error
      STOCK.SUPPLY s-3 ITEMS tea => -ERR wrong number of arguments for 'stock.supply' command
      STOCK.SUPPLY s-3 REPLACE ITEMS tea 1 => -ERR syntax error
      STOCK.PREHEAT:CODE p-5 ITEMS nib 1 => 1
      STOCK.SUPPLY:CODE s-4 ITEMS none 1 => -1
      """)
  }

  @Test("restock, adjust, move")
  func corrections() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 tea@east 1 => [1 'OK' 2]
      STOCK.RESTOCK r-1 tea 5 => [1 'OK' 15]
      STOCK.RESTOCK r-1 tea 5 => [1 'OK' 15]
      STOCK.RESTOCK r-2 tea 5 REFERENCE 'bill 7' => [1 'OK' 20]
      STOCK.RESTOCK r-3 none 5 => [-1 'UNKNOWNITEM' ...]
      STOCK.RESTOCK r-3 tea 5 6 => -ERR syntax error
      STOCK.ADJUST a-1 tea -3 REASON broken => [1 'OK' 17]
      STOCK.ADJUST a-2 tea 3 => [1 'OK' 20]
      STOCK.ADJUST a-3 tea -21 => [-5 'BELOWFLOOR' ...]
      STOCK.ADJUST a-4 tea -21 FORCE => [1 'OK' -1]
      STOCK.ADJUST a-5 tea 7 VERSION 1 => [-5 'VERSIONMISMATCH' 6 -1]
      STOCK.ADJUST a-6 tea 7 VERSION 6 => [1 'OK' 7]
      STOCK.ADJUST a-7 tea 0 => -ERR ...
      STOCK.ADJUST a-7 tea 1 VERSION -1 => -ERR value is not an integer or out of range
      STOCK.ADJUST a-7 tea 1 WHY => -ERR syntax error
      STOCK.MOVE m-1 tea main east 2 => [1 'OK' 5]
      STOCK.MOVE m-1 tea main east 2 => [1 'OK' 5]
      STOCK.MOVE m-2 tea main east 9 => [...]
      STOCK.MGET tea tea@east => [5 3]
      STOCK.MOVE m-3 tea main main 1 => -ERR ...
      STOCK.MOVE m-3 tea main => -ERR wrong number of arguments for 'stock.move' command
      """)
  }

  @Test("a floor, a limit; each is an operation of its own")
  func configure() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 => [1 'OK' 1]
      STOCK.CONFIGURE c-1 tea FLOOR 4 => [1 'OK' ...]
      STOCK.GET tea => 6
      STOCK.CONFIGURE c-2 tea FLOOR -5 => [1 'OK' ...]
      STOCK.GET tea => 15
      STOCK.CONFIGURE c-3 tea LIMIT user 2 => [1 'OK']
      STOCK.CONFIGURE c-4 tea LIMIT user NONE => [1 'OK']
      STOCK.CONFIGURE c-5 none FLOOR 1 => [-1 'UNKNOWNITEM' ...]
      STOCK.CONFIGURE c-5 tea => -ERR wrong number of arguments for 'stock.configure' command
      STOCK.CONFIGURE c-5 tea CEILING 1 => -ERR syntax error
      STOCK.CONFIGURE c-5 tea LIMIT user -1 => -ERR value is not an integer or out of range
      STOCK.CONFIGURE c-5 tea LIMIT user 4294967296 => -ERR value is not an integer or out of range
      STOCK.CONFIGURE c-5 tea LIMIT \(String(repeating: "u", count: 300)) 1 => -ERR ...
      STOCK.CONFIGURE c-5 tea FLOOR 1 LIMIT user 1 => -ERR ...
      """)
  }

  @Test("an item, its pools, several at once; what is not there is nil")
  func items() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 tea@east 3 => [1 'OK' 2]
      STOCK.RESERVE o-1 tea 2 => [1 ...]
      STOCK.DEDUCT o-2 tea 1 => [1 ...]
      STOCK.GET tea => 7
      STOCK.GET tea@main => 7
      STOCK.GET none => nil
      STOCK.MGET tea none tea@east => [7 nil 3]
      STOCK.INFO tea => ['sellable' 7 'available' 7 'reserved' 2 'sold' 1 'scrapped' 0 'supplied' 10 'floor' 0 'version' 3]
      STOCK.INFO none => nil
      STOCK.POOLS tea => ['tea' ['sellable' 7 ...] 'tea@east' ['sellable' 3 ...]]
      STOCK.GET => -ERR wrong number of arguments for 'stock.get' command
      STOCK.GET tea cup => -ERR wrong number of arguments for 'stock.get' command
      STOCK.MGET => -ERR wrong number of arguments for 'stock.mget' command
      STOCK.GET 'a b' => -ERR ...
      HELLO 3 => {...}
      STOCK.INFO tea => {'sellable' 7, 'available' 7, 'reserved' 2, 'sold' 1, 'scrapped' 0, 'supplied' 10, 'floor' 0, 'version' 3}
      STOCK.GET none => _
      STOCK.INFO none => _
      STOCK.MGET none tea => [_ 7]
      STOCK.POOLS tea => {'tea' {'sellable' 7, ...}, 'tea@east' {...}}
      HELLO 2 => [...]
      STOCK.GET none => nil
      """)
  }

  @Test("an order as a map, a buyer as a map, nil for what is not there")
  func orders() throws {
    let shop = try Shop()
    shop.play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 => [1 'OK' 1]
      STOCK.RESERVE o-1 tea 2 USER u-1 SUBJECT phone 138 PAYLOAD 'a b' EX 60 => [1 ...]
      HELLO 3 => {...}
      STOCK.ORDER none => _
      STOCK.USER u-1 => {'user' 'u-1', 'flagged' #f, 'by_hand' #f, 'until' 0, 'unpaid' 0}
      """)
    let order = shop.say("STOCK.ORDER o-1")
    for part in [
      "'order' 'o-1'", "'state' 'reserved'", "'user' 'u-1'", "'deadline' T+60000", "'payload' 'a b'", "'created' T+0",
      "'refund_required' #f", "'subjects' {'phone' '138'}",
      "'lines' [{'item' 'tea', 'quantity' 2, 'confirmed' 0, 'cancelled' 0, 'returned' 0}]",
    ] { #expect(order.contains(part), "\(part) in \(order)") }
    shop.play(
      """
      STOCK.FLAG f-1 u-1 => [1 'OK']
      STOCK.FLAG f-1 u-1 => [1 'OK']
      STOCK.USER u-1 => {'user' 'u-1', 'flagged' #t, 'by_hand' #t, ...}
      STOCK.CLEAR f-2 u-1 => [1 'OK']
      STOCK.USER u-1 => {'user' 'u-1', 'flagged' #f, ...}
      STOCK.FLAG f-3 => -ERR wrong number of arguments for 'stock.flag' command
      STOCK.FLAG:CODE f-3 u-2 => 1
      HELLO 2 => [...]
      STOCK.ORDER none => nil
      STOCK.USER u-2 => ['user' 'u-2' 'flagged' 1 'by_hand' 1 ...]
      """)
  }

  @Test("names of items page by page, by pattern")
  func scan() throws {
    let shop = try Shop()
    shop.play("STOCK.PREHEAT p-1 ITEMS tea-1 1 tea-2 1 cup-1 1 tea-1@east 1 => [1 'OK' 4]")
    #expect(shop.say("STOCK.SCAN 0 MATCH nothing*") == "['0' [] 2]")
    #expect(shop.say("STOCK.SCAN 0 MATCH cup-1") == "['0' ['cup-1'] 2]")
    #expect(names(shop, "MATCH tea-*") == ["tea-1", "tea-1@east", "tea-2"])
    #expect(names(shop, "match *-1 count 1") == ["cup-1", "tea-1"])
    #expect(names(shop, "COUNT 2") == ["cup-1", "tea-1", "tea-1@east", "tea-2"])
    #expect(names(shop, "MATCH [ct]*") == ["cup-1", "tea-1", "tea-1@east", "tea-2"])
    shop.play(
      """
      STOCK.SCAN => -ERR wrong number of arguments for 'stock.scan' command
      STOCK.SCAN x => -ERR value is not an integer or out of range
      STOCK.SCAN -1 => -ERR value is not an integer or out of range
      STOCK.SCAN 0 COUNT 0 => -ERR ...
      STOCK.SCAN 0 COUNT 1001 => -ERR ...
      STOCK.SCAN 0 MATCH => -ERR wrong number of arguments for 'stock.scan' command
      STOCK.SCAN 0 NOVALUES => -ERR syntax error
      STOCK.SCAN 0 MATCH [\(String(repeating: "x", count: 258)) => -ERR a pattern has at most 258 bytes
      STOCK.SCAN 9223372036854775807 => ['0' [] 2]
      """)
  }

  /// Follows the cursor to its end.
  private func names(_ shop: Shop, _ options: String) -> [String] {
    var names: [String] = []
    var cursor = "0"
    for _ in 0..<100 {
      let parts = shop.say("STOCK.SCAN \(cursor) \(options)").split(separator: "'").map(String.init)
      names += stride(from: 3, to: parts.count, by: 2).map { parts[$0] }
      cursor = parts[1]
      if cursor == "0" { return names.sorted() }
    }
    return ["no end"]
  }

  @Test("a history, newest first, and from a version on")
  func history() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 => [1 'OK' 1]
      STOCK.RESERVE o-1 tea 2 => [1 ...]
      STOCK.HISTORY tea => [1 [[2 3 T+0 'reserved' 'o-1' -2 2 0 0 8] [1 2 T+0 'itemCreated' '' 10 0 0 0 10]] 3]
      STOCK.HISTORY tea COUNT 1 => [3 [[2 ...]] 3]
      STOCK.HISTORY tea COUNT 5 BEFORE 2 => [1 [[1 ...]] 3]
      STOCK.HISTORY tea@main COUNT 1 => [3 [[2 ...]] 3]
      STOCK.HISTORY none => nil
      STOCK.HISTORY 'a b' => -ERR ...
      STOCK.HISTORY tea COUNT 0 => -ERR ...
      STOCK.HISTORY tea COUNT 1001 => -ERR ...
      STOCK.HISTORY tea BEFORE -1 => -ERR value is not an integer or out of range
      STOCK.HISTORY tea SINCE 1 => -ERR syntax error
      STOCK.HISTORY => -ERR wrong number of arguments for 'stock.history' command
      HELLO 3 => {...}
      STOCK.HISTORY none => _
      """)
  }

  @Test("totals, the check, a snapshot, ids")
  func store() throws {
    let shop = try Shop()
    shop.play(
      """
      STOCK.PREHEAT p-1 ITEMS tea 10 cup 1 => [1 'OK' 2]
      STOCK.RESERVE o-1 tea 2 => [1 ...]
      STOCK.STATS => ['items' 2 'orders_open' 1 ...]
      STOCK.STATS all => -ERR syntax error
      STOCK.CHECK => [1 'OK' 2]
      STOCK.CHECK:CODE => 1
      STOCK.CHECK all => -ERR syntax error
      STOCK.SNAPSHOT => +OK
      STOCK.SNAPSHOT:CODE => 1
      STOCK.NEXTID 0 => -ERR ...
      STOCK.NEXTID 4097 => -ERR value is not an integer or out of range
      STOCK.NEXTID 1 1 => -ERR syntax error
      """)
    func one() -> Int64? { Int64(shop.say("STOCK.NEXTID").replacing("'", with: "")) }
    guard let first = one(), let second = one() else {
      Issue.record("no ids")
      return
    }
    #expect(second > first && first > 0)
    let three = shop.say("STOCK.NEXTID 3").split { !$0.isNumber }.compactMap { Int64($0) }
    #expect(three.count == 3 && three == three.sorted() && Set(three).count == 3 && three[0] > second)
  }
}
