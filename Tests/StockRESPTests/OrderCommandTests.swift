import StockEngine
import Testing

@testable import StockRESP

/// Requests and their answers, with a real engine between them.
@Suite("Commands of orders")
struct OrderCommandTests {
  private func shop(_ stock: String = "tea 100 cup 5 cup@east 7", rules: Rules = Rules()) throws -> Shop {
    let shop = try Shop(rules: rules)
    shop.play("STOCK.PREHEAT stock ITEMS \(stock) => [1 'OK' \(words(stock).count / 2)]")
    return shop
  }

  @Test("a reserve, its repeats, and what it ends in")
  func reserve() throws {
    let shop = try shop()
    shop.play(
      """
      STOCK.RESERVE o-1 tea 2 EX 60 => [1 'RESERVED' 98 T+60000]
      STOCK.RESERVE o-1 tea 2 EX 60 => [1 'RESERVED' 98 T+60000]
      stock.reserve o-1 tea 2 ex 900 => [1 'RESERVED' 98 T+60000]
      STOCK.RESERVE o-1 tea 3 => [-3 'IDCONFLICT' 'RESERVED']
      STOCK.DEDUCT o-1 tea 2 => [-3 'IDCONFLICT' 'RESERVED']
      STOCK.RESERVE o-2 tea 1 PX 1500 => [1 'RESERVED' 97 T+1500]
      STOCK.RESERVE o-3 tea@main 1 USER u-1 PAYLOAD 'a b' PX 1 => [1 'RESERVED' 96 T+1]
      STOCK.CONFIRM o-1 => [1 'CONFIRMED']
      STOCK.RESERVE o-1 tea 2 => [1 'CONFIRMED' ...]
      STOCK.CANCEL o-2 => [1 'CANCELLED']
      STOCK.RESERVE o-2 tea 1 => [-5 'CANCELLED']
      + 2
      STOCK.RESERVE o-3 tea 1 USER u-1 PAYLOAD 'a b' => [-5 'EXPIRED']
      STOCK.GET tea => 98
      """)
  }

  @Test("sold out names every short item; nothing was taken")
  func soldOut() throws {
    try shop().play(
      """
      STOCK.RESERVE o-1 cup 6 => [0 'SOLDOUT' 'cup' 5]
      STOCK.MRESERVE o-2 ITEMS cup 6 tea 1 cup@east 8 => [0 'SOLDOUT' 'cup' 5 'cup@east' 7]
      STOCK.DEDUCT o-3 cup 9 => [0 'SOLDOUT' 'cup' 5]
      STOCK.MDEDUCT o-4 ITEMS tea 101 => [0 'SOLDOUT' 'tea' 100]
      STOCK.MRESERVE o-2 EX 1 ITEMS cup 3 cup 3 => [0 'SOLDOUT' 'cup' 5]
      STOCK.RESERVE o-1 cup 5 EX 1 => [1 'RESERVED' 0 T+1000]
      STOCK.MGET tea cup cup@east => [100 0 7]
      """)
  }

  @Test("an item that is not there")
  func unknownItem() throws {
    try shop().play(
      """
      STOCK.RESERVE o-1 none 1 => [-1 'UNKNOWNITEM' 'none']
      STOCK.MRESERVE o-1 ITEMS none 1 tea 1 nil@east 2 => [-1 'UNKNOWNITEM' 'none' 'nil@east']
      STOCK.DEDUCT o-1 none 1 => [-1 'UNKNOWNITEM' 'none']
      """)
  }

  @Test("a cart, and carts that deduct")
  func carts() throws {
    try shop().play(
      """
      STOCK.MRESERVE o-1 USER u-1 EX 60 ITEMS tea 2 cup 1 => [1 'RESERVED' 2 T+60000]
      STOCK.MRESERVE o-1 USER u-1 EX 60 ITEMS cup 1 tea 2 => [1 'RESERVED' 2 T+60000]
      STOCK.MDEDUCT o-2 ITEMS tea 1 cup 1 => [1 'CONFIRMED' 2...]
      STOCK.DEDUCT o-3 tea 1 => [1 'CONFIRMED' 96...]
      STOCK.MDEDUCT o-2 ITEMS tea 1 cup 1 => [1 'CONFIRMED'...]
      STOCK.MRESERVE o-4 => -ERR wrong number of arguments for 'stock.mreserve' command
      STOCK.MRESERVE o-4 ITEMS => -ERR wrong number of arguments for 'stock.mreserve' command
      STOCK.MRESERVE o-4 ITEMS tea => -ERR wrong number of arguments for 'stock.mreserve' command
      STOCK.MRESERVE o-4 ITEMS tea 1 cup => -ERR wrong number of arguments for 'stock.mreserve' command
      STOCK.RESERVE o-4 tea 1 ITEMS cup 1 => -ERR syntax error
      """)
  }

  @Test("pools by rank: what was taken of each")
  func pools() throws {
    let shop = try shop("cup@east 3 cup@west 4")
    shop.play(
      """
      STOCK.RESERVE o-1 cup 4 POOLS east,west EX 60 => [1 'RESERVED' 0 T+60000 'cup@west' 4 0]
      STOCK.MRESERVE o-2 POOLS west,east EX 60 ITEMS cup 1 => [1 'RESERVED' 1 T+60000 'cup@east' 1 0]
      STOCK.RESERVE o-3 cup 9 POOLS west,east => [0 'SOLDOUT' 'cup@west' 0 'cup@east' 2]
      STOCK.DEDUCT o-4 cup 1 POOLS west,east => [1 'CONFIRMED' 1 'cup@east' 1 0]
      STOCK.RESERVE o-3 cup 1 POOLS a,b,c,d,e,f,g,h,i => -ERR ...
      STOCK.RESERVE o-3 cup 1 POOLS west,, => -ERR ...
      """)
  }

  @Test("a limit: the dimension, what is allowed, what is used")
  func limits() throws {
    try shop().play(
      """
      STOCK.CONFIGURE l-1 tea LIMIT user 3 => [1 'OK']
      STOCK.CONFIGURE l-2 tea LIMIT phone 2 => [1 'OK']
      STOCK.RESERVE o-0 tea 1 USER u-1 => [-8 'SUBJECTMISSING' 'phone'...]
      STOCK.RESERVE o-1 tea 2 USER u-1 SUBJECT phone 138 EX 60 => [1 'RESERVED' 98 T+60000]
      STOCK.RESERVE o-2 tea 2 USER u-1 SUBJECT phone 139 => [-2 'LIMIT' 'user' 3 2...]
      STOCK.RESERVE o-3 tea 1 USER u-2 SUBJECT phone 138 => [-2 'LIMIT' 'phone' 2 2...]
      STOCK.RESERVE o-4 tea 1 SUBJECT phone 139 SUBJECT user u-1 EX 60 => [1 'RESERVED' 97 T+60000]
      STOCK.RESERVE o-5 tea 1 SUBJECT phone 140 USER u-1 => [-2 'LIMIT' 'user' 3 3...]
      STOCK.CANCEL o-4 => [1 'CANCELLED']
      STOCK.RESERVE o-5 tea 1 SUBJECT phone 140 USER u-1 EX 60 => [1 'RESERVED' 97 T+60000]
      STOCK.CONFIGURE l-3 tea LIMIT user NONE => [1 'OK']
      STOCK.RESERVE o-6 tea 2 SUBJECT phone 141 USER u-1 EX 60 => [1 'RESERVED' 95 T+60000]
      """)
  }

  @Test("confirm and cancel: whole, twice, and after one another")
  func ends() throws {
    try shop().play(
      """
      STOCK.CONFIRM none => [-5 'NOSUCHORDER']
      STOCK.RESERVE o-1 tea 1 EX 60 => [1 'RESERVED' 99 T+60000]
      STOCK.CONFIRM o-1 => [1 'CONFIRMED']
      STOCK.CONFIRM o-1 => [1 'CONFIRMED']
      STOCK.CANCEL o-1 => [-5 'CONFIRMED']
      STOCK.RESERVE o-2 tea 1 EX 60 => [1 'RESERVED' 98 T+60000]
      STOCK.CANCEL o-2 REASON 'not wanted' => [1 'CANCELLED']
      STOCK.CANCEL o-2 => [1 'CANCELLED']
      STOCK.CONFIRM o-2 => [-5 'CANCELLED']
      STOCK.CANCEL never => [1 'FENCED']
      STOCK.CANCEL never => [1 'FENCED']
      STOCK.RESERVE never tea 1 => [-5 'FENCED']
      STOCK.GET tea => 99
      """)
  }

  @Test("a confirm that is late: the stock is there again, or it is not")
  func lateConfirm() throws {
    try shop("tea 1").play(
      """
      STOCK.RESERVE o-1 tea 1 EX 1 => [1 'RESERVED' 0 T+1000]
      + 1001
      STOCK.CONFIRM o-1 => [1 'LATECONFIRMED']
      STOCK.CONFIRM o-1 => [1 ...]
      STOCK.RETURN r-1 o-1 ITEMS tea 1 => [1 'RETURNED'...]
      STOCK.RESERVE o-2 tea 1 EX 1 => [1 'RESERVED' 0 T+2001]
      + 1001
      STOCK.RESERVE o-3 tea 1 EX 60 => [1 'RESERVED' 0 T+62002]
      STOCK.CONFIRM o-2 => [-5 'EXPIRED']
      """)
  }

  @Test("by line: confirm keeps or releases the rest, cancel gives lines back")
  func lines() throws {
    try shop().play(
      """
      STOCK.MRESERVE o-1 EX 60 ITEMS tea 3 cup 2 => [1 'RESERVED' 2 T+60000]
      STOCK.CONFIRM o-1 OP c-1 ITEMS tea 1 => [1 'CONFIRMED']
      STOCK.CONFIRM o-1 OP c-1 ITEMS tea 1 => [1 'CONFIRMED']
      STOCK.CONFIRM o-1 OP c-1 ITEMS tea 2 => [-3 'IDCONFLICT'...]
      STOCK.CONFIRM o-1 OP c-2 ITEMS tea 9 => [-5 'EXCEEDSHELD'...]
      STOCK.CANCEL o-1 REASON less OP c-3 ITEMS cup 1 => [1 'CANCELLED']
      STOCK.CONFIRM o-1 OP c-4 REMAINDER KEEP ITEMS tea 1 => [1 'CONFIRMED']
      STOCK.CONFIRM o-1 OP c-5 REMAINDER release ITEMS cup 1 => [1 'CONFIRMED']
      STOCK.MGET tea cup => [98 4]
      STOCK.CONFIRM o-1 OP c-6 REMAINDER ALL ITEMS cup 1 => -ERR syntax error
      STOCK.CONFIRM o-1 ITEMS cup 1 => -ERR syntax error
      STOCK.CONFIRM o-1 OP c-6 => -ERR syntax error
      STOCK.CANCEL o-1 OP c-6 cup 1 => -ERR syntax error
      STOCK.CANCEL o-1 ITEMS cup 1 => -ERR syntax error
      """)
  }

  @Test("a later deadline")
  func extend() throws {
    try shop().play(
      """
      STOCK.RESERVE o-1 tea 1 EX 60 => [1 'RESERVED' 99 T+60000]
      STOCK.EXTEND o-1 e-1 EX 120 => [1 'EXTENDED' T+120000]
      STOCK.EXTEND o-1 e-1 EX 120 => [1 'EXTENDED' T+120000]
      STOCK.EXTEND o-1 e-2 PX 120001 => [1 'EXTENDED' T+120001]
      STOCK.EXTEND none e-3 EX 5 => [-5 'NOSUCHORDER']
      STOCK.EXTEND o-1 e-3 EX 0 => -ERR invalid expire time
      STOCK.EXTEND o-1 e-3 => -ERR wrong number of arguments for 'stock.extend' command
      STOCK.EXTEND o-1 e-3 EX 1 PX 1 => -ERR syntax error
      STOCK.EXTEND o-1 e-4 EX 9223372036854775 => -ERR the payment time is longer than this server allows (--hold-max)
      STOCK.CONFIRM o-1 => [1 'CONFIRMED']
      STOCK.EXTEND o-1 e-5 EX 500 => [-5 'CONFIRMED']
      """)
  }

  @Test("check-back, and a warehouse's marks")
  func marks() throws {
    try shop().play(
      """
      STOCK.RESOLVE never => [1 'FENCED']
      STOCK.RESERVE never tea 1 => [-5 'FENCED']
      STOCK.RESERVE o-1 tea 1 EX 60 => [1 'RESERVED' 99 T+60000]
      STOCK.RESOLVE o-1 => [1 'RESERVED']
      STOCK.SHIP o-1 s-1 => [-5 'RESERVED']
      STOCK.CONFIRM o-1 => [1 'CONFIRMED']
      STOCK.RESOLVE o-1 => [1 'CONFIRMED']
      STOCK.DELIVER o-1 d-1 => [-5 'CONFIRMED']
      STOCK.SHIP o-1 s-1 => [1 'SHIPPED']
      STOCK.SHIP o-1 s-1 => [1 'SHIPPED']
      STOCK.RESERVE o-1 tea 1 => [1 ...]
      STOCK.DELIVER o-1 d-1 => [1 'DELIVERED']
      STOCK.RESOLVE o-1 => [1 'DELIVERED']
      STOCK.SHIP none s-2 => [-5 'NOSUCHORDER']
      """)
  }

  @Test("returns: to be sold again, or scrapped")
  func returns() throws {
    try shop().play(
      """
      STOCK.MDEDUCT o-1 ITEMS tea 3 cup 2 => [1 'CONFIRMED' 2...]
      STOCK.RETURN r-1 o-1 ITEMS tea 1 => [1 'RETURNED'...]
      STOCK.RETURN r-1 o-1 ITEMS tea 1 => [1 'RETURNED'...]
      STOCK.RETURN r-1 o-1 ITEMS tea 2 => [-3 'IDCONFLICT'...]
      STOCK.RETURN r-2 o-1 SCRAP ITEMS cup 1 => [1 'RETURNED'...]
      STOCK.RETURN r-3 o-1 ITEMS tea 9 => [-5 'EXCEEDSSOLD'...]
      STOCK.RETURN r-4 none ITEMS tea 1 => [-5 'NOSUCHORDER']
      STOCK.RETURN r-5 o-1 => [1 'RETURNED'...]
      STOCK.MGET tea cup => [100 4]
      STOCK.RETURN r-6 o-1 SCRAPPED ITEMS tea 1 => -ERR syntax error
      """)
  }

  @Test("a name of too many bytes, a quantity of none: the command is an error, the others are not")
  func malformed() throws {
    let long = String(repeating: "x", count: 65)
    try shop().play(
      """
      STOCK.RESERVE \(long) tea 1 => -ERR ...
      STOCK.RESERVE '' tea 1 => -ERR ...
      STOCK.RESERVE o-1 tea 0 => -ERR ...
      STOCK.RESERVE o-1 tea -1 => -ERR ...
      STOCK.RESERVE o-1 tea 2147483648 => -ERR ...
      STOCK.RESERVE o-1 tea one => -ERR value is not an integer or out of range
      STOCK.RESERVE o-1 'a b' 1 => -ERR ...
      STOCK.RESERVE o-1 tea 1 USER \(long) => -ERR ...
      STOCK.RESERVE o-1 tea 1 USER => -ERR wrong number of arguments for 'stock.reserve' command
      STOCK.RESERVE o-1 tea 1 SUBJECT phone => -ERR wrong number of arguments for 'stock.reserve' command
      STOCK.RESERVE o-1 tea 1 SUBJECT Phone 1 => -ERR ...
      STOCK.RESERVE o-1 tea 1 SUBJECT phone \(long) => -ERR ...
      STOCK.RESERVE o-1 tea 1 SUBJECT phone 1 SUBJECT phone 2 => -ERR ...
      STOCK.RESERVE o-1 tea 1 PAYLOAD \(String(repeating: "p", count: 1025)) => -ERR ...
      STOCK.RESERVE o-1 tea 1 EX 0 => -ERR invalid expire time
      STOCK.RESERVE o-1 tea 1 PX -5 => -ERR invalid expire time
      STOCK.RESERVE o-1 tea 1 EX 9223372036854775807 => -ERR invalid expire time
      STOCK.RESERVE o-1 tea 1 PX 9223372036854775807 => -ERR the payment time is longer than this server allows (--hold-max)
      STOCK.RESERVE o-1 tea 1 EX 1 PX 1 => -ERR syntax error
      STOCK.RESERVE o-1 tea 1 NX => -ERR syntax error
      STOCK.RESERVE o-1 tea => -ERR wrong number of arguments for 'stock.reserve' command
      STOCK.RESERVE => -ERR wrong number of arguments for 'stock.reserve' command
      STOCK.RESERVE o-1 tea 1 PX 5 => [1 'RESERVED' 99 T+5]
      """)
  }

  @Test("subjects that are not UTF-8 are refused: two of them could become one")
  func subjectBytes() throws {
    let shop = try shop()
    let head = ["STOCK.RESERVE", "o-1", "tea", "1", "SUBJECT", "phone"].map { Array($0.utf8) }
    #expect(notation(shop.send(multibulk(head + [[0xFF]])))[0].hasPrefix("-ERR "))
  }

  @Test("the code alone: what a script would have returned")
  func codes() throws {
    try shop().play(
      """
      STOCK.RESERVE:CODE o-1 tea 1 => 1
      stock.reserve:code o-1 tea 1 => 1
      STOCK.RESERVE:CODE o-1 tea 2 => -3
      STOCK.RESERVE:CODE o-2 tea 200 => 0
      STOCK.RESERVE:CODE o-2 none 1 => -1
      STOCK.MRESERVE:CODE o-3 ITEMS tea 1 cup 1 => 1
      STOCK.DEDUCT:CODE o-4 tea 1 => 1
      STOCK.MDEDUCT:CODE o-5 ITEMS tea 1 => 1
      STOCK.CONFIRM:CODE o-1 => 1
      STOCK.CANCEL:CODE o-1 => -5
      STOCK.CANCEL:CODE o-3 => 1
      STOCK.EXTEND:CODE o-3 e-1 EX 1 => -5
      STOCK.RESOLVE:CODE o-1 => 1
      STOCK.SHIP:CODE o-1 s-1 => 1
      STOCK.DELIVER:CODE o-1 d-1 => 1
      STOCK.RETURN:CODE r-1 o-1 => 1
      STOCK.RESERVE:CODE o-6 tea => -ERR wrong number of arguments for 'stock.reserve:code' command
      STOCK.GET:CODE tea => -ERR unknown command 'STOCK.GET:CODE', with args beginning with: 'tea' 
      """)
  }
}
