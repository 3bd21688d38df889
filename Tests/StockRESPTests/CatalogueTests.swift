import StockEngine
import Testing

@testable import StockRESP

@Suite("COMMAND: what there is, and what it takes")
struct CatalogueTests {
  /// With the name; negative: at least so many.
  static let arities: [(String, Int)] = [
    ("stock.preheat", -5), ("stock.supply", -5), ("stock.configure", -5), ("stock.restock", -4), ("stock.adjust", -4),
    ("stock.move", 6), ("stock.get", 2), ("stock.mget", -2), ("stock.info", 2), ("stock.pools", 2),
    ("stock.reserve", -4), ("stock.mreserve", -5), ("stock.deduct", -4), ("stock.mdeduct", -5), ("stock.confirm", -2),
    ("stock.cancel", -2), ("stock.extend", 5), ("stock.resolve", 2), ("stock.ship", 3), ("stock.deliver", 3),
    ("stock.return", -3), ("stock.sale", -2), ("stock.flag", 3), ("stock.clear", 3), ("stock.order", 2),
    ("stock.user", 2), ("stock.history", -2), ("stock.scan", -2), ("stock.stats", 1), ("stock.check", 1),
    ("stock.snapshot", 1), ("stock.nextid", -1), ("hello", -1), ("auth", -2), ("ping", -1), ("echo", 2), ("quit", 1),
    ("reset", 1), ("select", 2), ("client", -2), ("command", -1), ("config", -3), ("info", -1), ("eval", -3),
    ("evalsha", -3), ("eval_ro", -3), ("evalsha_ro", -3), ("script", -2),
  ]

  @Test("the arity of every command, and no other commands")
  func arity() throws {
    let shop = try Shop()
    #expect(shop.say("COMMAND COUNT") == "\(Self.arities.count)")
    #expect(shop.say("COMMAND LIST") == "[" + Self.arities.map { "'\($0.0)'" }.sorted().joined(separator: " ") + "]")
    for (name, arity) in Self.arities {
      #expect(shop.say("COMMAND INFO \(name)").hasPrefix("[['\(name)' \(arity) ["), "\(name)")
    }
  }

  @Test("fewer words than the arity are refused by every command that the engine would decide")
  func tooFew() throws {
    let shop = try Shop()
    for (name, arity) in Self.arities where name.hasPrefix("stock.") {
      for count in 0..<abs(arity) - 1 {
        let answer = shop.say(([name] + [String](repeating: "x", count: count)).joined(separator: " "))
        #expect(answer.hasPrefix("-ERR "), "\(name) with \(count): \(answer)")
      }
    }
    #expect(shop.say("STOCK.STATS").hasPrefix("['items' 0 "))
  }

  @Test("INFO, DOCS and GETKEYS in both dialects")
  func docs() throws {
    let shop = try Shop()
    shop.play(
      """
      COMMAND INFO STOCK.GET nothing => [['stock.get' 2 [+readonly +fast] 1 1 1 ['@stock'] [] [] []] nil]
      COMMAND DOCS nothing => []
      COMMAND DOCS stock.ship => ['stock.ship' ['summary' 'A sold order is on its way' 'since' '0.1.0' 'group' 'stock' 'complexity' ... 'arguments' [['name' 'order' 'type' 'string'] ['name' 'op' 'type' 'string']]]]
      COMMAND GETKEYS STOCK.RESERVE o-1 tea 1 => ['o-1']
      COMMAND GETKEYS STOCK.SALE OPEN friday op => ['friday']
      COMMAND GETKEYS stock.sale info friday => ['friday']
      COMMAND GETKEYS STOCK.SALE LIST 0 => -ERR The command has no key arguments
      COMMAND GETKEYS STOCK.SALE LIST => -ERR The command has no key arguments
      COMMAND GETKEYS STOCK.MGET tea cup => ['tea' 'cup']
      COMMAND GETKEYS STOCK.NEXTID 5 => -ERR The command has no key arguments
      COMMAND GETKEYS STOCK.SCAN 0 => -ERR The command has no key arguments
      COMMAND GETKEYS PING => -ERR The command has no key arguments
      COMMAND GETKEYS EVAL STOCK.RESERVE 2 o-1 tea 1 => ['o-1' 'tea']
      COMMAND GETKEYS EVAL STOCK.CHECK 0 => -ERR The command has no key arguments
      COMMAND GETKEYS EVAL STOCK.GET 2 tea => -ERR Invalid arguments specified for command
      COMMAND GETKEYS EVAL STOCK.GET -1 tea => -ERR Invalid arguments specified for command
      COMMAND GETKEYS STOCK.GET => -ERR Invalid number of arguments specified for command
      COMMAND GETKEYS STOCK.GET tea cup => -ERR Invalid number of arguments specified for command
      COMMAND INFO stock.sale => [['stock.sale' -2 [+write] 2 2 1 ...]]
      COMMAND INFO stock.mget => [['stock.mget' -2 [...] 1 -1 1 ...]]
      COMMAND INFO stock.nextid => [['stock.nextid' -1 [...] 0 0 0 ...]]
      COMMAND INFO stock.stats => [['stock.stats' 1 [...] 0 0 0 ...]]
      COMMAND GETKEYS NOTHING a => -ERR Invalid command specified
      COMMAND GETKEYS => -ERR Invalid command specified
      COMMAND HELP => ['COMMAND | COMMAND COUNT | ...']
      COMMAND FIND x => -ERR unknown subcommand 'FIND'. Try COMMAND HELP.
      COMMAND COUNT x => -ERR syntax error
      HELLO 3 => {...}
      COMMAND INFO nothing STOCK.GET => [_ ['stock.get' 2 ~[+readonly +fast] 1 1 1 ~['@stock'] [] [] []]]
      COMMAND DOCS nothing => {}
      COMMAND DOCS stock.nextid => {'stock.nextid' {... 'arguments' [{'name' 'n', 'type' 'integer', 'flags' ~[+optional]}]}}
      """)
    let reserve = shop.say("COMMAND DOCS STOCK.RESERVE")
    for part in [
      "{'name' 'user', 'type' 'string', 'token' 'USER', 'flags' ~[+optional]}",
      "{'name' 'qty', 'type' 'integer'}", "'token' 'EX'", "'type' 'oneof'",
    ] { #expect(reserve.contains(part), "\(part) in \(reserve)") }
    #expect(shop.say("COMMAND").hasPrefix("[["))
    #expect(shop.say("COMMAND DOCS").contains("'stock.sale'"))
  }

  @Test("10,000 COMMAND DOCS in one read: the batches are bounded, and all are answered")
  func manyDocs() throws {
    let shop = try Shop()
    let one = shop.send(request("COMMAND DOCS")).count
    let count = 200
    let all = shop.send((0..<count).flatMap { _ in request("COMMAND DOCS") })
    #expect(all.count == one * count)
    #expect(shop.answerBytesMax <= RESPLimits().writtenBytesMax + one)
  }

  @Test("many INFO in one read, too")
  func manyInfos() throws {
    let shop = try Shop()
    let output = shop.send((0..<3_000).flatMap { _ in Array("INFO\n".utf8) })
    var reader = AnswerReader(bytes: output)
    var count = 0
    while reader.answer() != nil { count += 1 }
    #expect(count == 3_000)
    #expect(shop.answerBytesMax < 2 << 20)
  }
}

@Suite("Syntaxes are read")
struct SyntaxTests {
  private func words(_ text: String) -> (Int, Bool) { Syntax(text).words }

  @Test("the fewest words, and whether there are never more")
  func counts() {
    #expect(words("") == (0, true))
    #expect(words("a B c") == (3, true))
    #expect(words("a [ B c ]") == (1, false))
    #expect(words("a ...") == (1, false))
    #expect(words("{ a b } ...") == (2, false))
    #expect(words("{ A a | B b }") == (2, true))
    #expect(words("{ A | B b c }") == (1, false))
    #expect(words("A | B") == (1, true))
    #expect(words("[ A a | B ] c") == (1, false))
  }

  @Test("trees")
  func trees() {
    #expect(Syntax("a").nodes == [.value("a")])
    #expect(Syntax("A b").nodes == [.token("A"), .value("b")])
    #expect(Syntax("[ A b ]").nodes == [.optional(.sequence([.token("A"), .value("b")]))])
    #expect(Syntax("{ a b } ...").nodes == [.several(.sequence([.value("a"), .value("b")]))])
    #expect(Syntax("[ A | B ]").nodes == [.optional(.choice([.token("A"), .token("B")]))])
    #expect(Syntax("x A a | B").nodes == [.choice([.sequence([.value("x"), .token("A"), .value("a")]), .token("B")])])
  }
}
