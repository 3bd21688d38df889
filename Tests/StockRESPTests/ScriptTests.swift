import StockEngine
import Testing

@testable import StockRESP

@Suite("Scripts that are names of commands")
struct ScriptTests {
  /// Made by `printf %s STOCK.RESERVE | sha1sum`.
  static let reserve = "5169260a26545a9e89af116ebc2c80781d5fd5ec"
  static let reserveCode = "a2af488f6b71c6c287616dc8f399731a929d0738"
  static let get = "eb710b91a9bef4a5bcf9a31fbe12ffd8c6e5bb07"
  static let lower = "f0f09255df97d1afe3a2c63e9119b5c39dc5211e"

  @Test("digests are SHA-1 of the name, known without a LOAD")
  func digests() throws {
    try Shop().play(
      """
      SCRIPT EXISTS \(Self.reserve) \(Self.reserveCode) \(Self.reserve.uppercased()) 0123456789012345678901234567890123456789 x => [1 1 1 0 0]
      SCRIPT LOAD STOCK.RESERVE => '\(Self.reserve)'
      SCRIPT LOAD STOCK.RESERVE:CODE => '\(Self.reserveCode)'
      SCRIPT LOAD 'return 1' => -ERR Lua scripts are not supported...
      SCRIPT LOAD PING => -ERR Lua scripts are not supported...
      SCRIPT LOAD => -ERR ...
      SCRIPT EXISTS => -ERR ...
      SCRIPT FLUSH => +OK
      SCRIPT EXISTS \(Self.reserve) => [1]
      SCRIPT KILL => -ERR ...
      """)
  }

  @Test("another spelling is another digest, known from then on")
  func spellings() throws {
    try Shop().play(
      """
      SCRIPT LOAD ' stock.reserve ' => '\(Self.lower)'
      SCRIPT EXISTS \(Self.lower) => [1]
      STOCK.PREHEAT p ITEMS tea 3 => [1 'OK' 1]
      EVALSHA \(Self.lower) 1 o-1 tea 1 PX 5 => [1 'RESERVED' 2 T+5]
      """)
    // So many are remembered, whoever sent them; a digest that would not be known is not given out.
    let shop = try Shop()
    let answers = (1...1_100).map { shop.say("SCRIPT LOAD 'STOCK.CHECK\(String(repeating: " ", count: $0))'") }
    #expect(answers.last == "-" + ScriptNames.tooMany.message)
    for (blanks, answer) in zip(1..., answers) where !answer.hasPrefix("-") && blanks % 100 == 0 {
      #expect(shop.say("SCRIPT EXISTS \(answer.dropFirst().dropLast())") == "[1]")
    }
    shop.play(
      """
      SCRIPT LOAD ' stock.reserve ' => '\(Self.lower)'
      SCRIPT LOAD STOCK.RESERVE => '\(Self.reserve)'
      EVAL 'stock.check  \t ' 0 => [1 'OK' 0]
      """)
  }

  @Test("EVAL_RO and EVALSHA_RO: commands that change nothing, and no others")
  func readOnly() throws {
    let refused = "-ERR Write commands are not allowed from read-only scripts..."
    try Shop().play(
      """
      STOCK.PREHEAT p ITEMS tea 9 => [1 'OK' 1]
      EVAL_RO STOCK.GET 1 tea => 9
      eval_ro stock.mget 2 tea cup => [9 nil]
      EVALSHA_RO \(Self.get) 1 tea => 9
      EVAL_RO STOCK.SALE 2 INFO s => nil
      EVAL_RO STOCK.HISTORY 1 tea => [...]
      EVAL_RO STOCK.CHECK 0 => [1 'OK' 1]
      EVAL_RO STOCK.RESERVE 1 o-1 tea 1 => \(refused)
      EVALSHA_RO \(Self.reserve) 1 o-1 tea 1 => \(refused)
      EVAL_RO STOCK.NEXTID 0 => \(refused)
      EVAL_RO STOCK.SNAPSHOT 0 => \(refused)
      EVAL_RO STOCK.SALE 3 PAUSE s o => \(refused)
      EVAL_RO STOCK.RESERVE 1 o-1 => -ERR wrong number of arguments for 'stock.reserve' command
      EVAL_RO 'return 1' 0 => -ERR Lua scripts are not supported...
      EVALSHA_RO 0123456789012345678901234567890123456789 0 => -NOSCRIPT No matching script. Please use EVAL.
      EVAL_RO STOCK.GET => -ERR wrong number of arguments for 'eval_ro' command
      STOCK.ORDER o-1 => nil
      STOCK.GET tea => 9
      """)
  }

  @Test("keys and arguments are the command's arguments, in order, wherever they are cut")
  func eval() throws {
    try Shop().play(
      """
      STOCK.PREHEAT p ITEMS tea 9 => [1 'OK' 1]
      EVAL STOCK.RESERVE 2 o-1 tea 1 PX 5 => [1 'RESERVED' 8 T+5]
      EVAL 'STOCK.RESERVE' 0 o-2 tea 1 PX 5 => [1 'RESERVED' 7 T+5]
      EVAL stock.reserve:code 5 o-3 tea 1 PX 5 => 1
      EVAL ' STOCK.GET ' 1 tea => 6
      EVALSHA \(Self.reserve) 2 o-4 tea 1 PX 5 => [1 'RESERVED' 5 T+5]
      EVALSHA \(Self.reserve.uppercased()) 2 o-4 tea 1 PX 5 => [1 'RESERVED' 5 T+5]
      EVALSHA \(Self.reserveCode) 1 o-5 tea 99 => 0
      EVAL STOCK.STATS 0 => ['items' 1 ...]
      EVAL STOCK.CHECK 0 => [1 'OK' 1]
      EVAL STOCK.HISTORY 1 tea COUNT 1 => [... [[5 ...]] ...]
      EVAL STOCK.RESERVE 0 => -ERR wrong number of arguments for 'stock.reserve' command
      """)
  }

  @Test("what is no script: Lua, other commands, wrong counts; NOSCRIPT is for unknown digests alone")
  func refused() throws {
    let lua =
      "-ERR Lua scripts are not supported; a script is the name of a command, as in EVAL \"STOCK.RESERVE\" 2 ..."
    try Shop().play(
      """
      EVAL 'return redis.call("DECR",KEYS[1])' 1 tea => \(lua)
      EVAL '' 0 => \(lua)
      EVAL PING 0 => \(lua)
      EVAL EVAL 1 STOCK.GET 0 => \(lua)
      EVAL STOCK.NOTHING 0 => \(lua)
      EVALSHA 0123456789012345678901234567890123456789 0 => -NOSCRIPT No matching script. Please use EVAL.
      EVALSHA x 0 => -NOSCRIPT No matching script. Please use EVAL.
      EVAL STOCK.GET => -ERR wrong number of arguments for 'eval' command
      EVAL => -ERR wrong number of arguments for 'eval' command
      EVALSHA \(Self.reserve) => -ERR wrong number of arguments for 'evalsha' command
      EVAL STOCK.GET x tea => -ERR value is not an integer or out of range
      EVAL STOCK.GET -1 tea => -ERR Number of keys can't be negative
      EVAL STOCK.GET 2 tea => -ERR Number of keys can't be greater than number of args
      EVAL STOCK.GET 9223372036854775807 tea => -ERR Number of keys can't be greater than number of args
      """)
  }
}
