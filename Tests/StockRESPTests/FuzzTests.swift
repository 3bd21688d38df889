import StockEngine
import StockTestSupport
import Testing

@testable import StockRESP

/// Requests that were changed on their way, at a real engine: whatever comes, it is answered in the protocol or ends the
/// connection. A trap ends the test, and all others with it.
@Suite("Mutated requests")
struct FuzzTests {
  static let seeds = [
    "STOCK.PREHEAT p-1 REPLACE ITEMS tea 10 cup@east 5", "STOCK.SUPPLY s-1 ITEMS tea 5",
    "STOCK.RESTOCK r-1 tea 5 REFERENCE x",
    "STOCK.CONFIGURE c-1 tea FLOOR 4", "STOCK.CONFIGURE c-2 tea LIMIT user 2",
    "STOCK.CONFIGURE c-3 tea LIMIT user NONE",
    "STOCK.ADJUST a-1 tea -3 REASON r REFERENCE f VERSION 3 FORCE", "STOCK.MOVE m-1 tea main east 1", "STOCK.GET tea",
    "STOCK.MGET tea cup@east none", "STOCK.INFO tea", "STOCK.POOLS tea",
    "STOCK.RESERVE o-1 tea 1 USER u SUBJECT phone 1 EX 60 PAYLOAD p REPLACE",
    "STOCK.RESERVE o-2 cup 1 POOLS east,main PX 5",
    "STOCK.MRESERVE o-3 SALE 618 USER u ITEMS tea 1 cup 2", "STOCK.DEDUCT:CODE o-4 tea 1",
    "STOCK.MDEDUCT o-5 ITEMS tea 1",
    "STOCK.CONFIRM o-1 OP c REMAINDER RELEASE ITEMS tea 1", "STOCK.CANCEL o-2 REASON r OP d ITEMS cup 1",
    "STOCK.EXTEND o-3 e EX 9", "STOCK.RESOLVE o-6", "STOCK.SHIP o-4 w", "STOCK.DELIVER o-4 v",
    "STOCK.RETURN t o-4 SCRAP ITEMS tea 1",
    "STOCK.SALE OPEN 618 s-1 START T+0 END T+99999 PAY 60 LIMIT user 2 phone 3 OPENORDERS user 1 GIVEBACK ELIGIBLE region a,b FROM main UNPAID REFUSE FLAGGED DEFERRED STRICT RECORD PAUSED ITEMS tea 1",
    "STOCK.SALE ADD 618 s-2 FROM main ITEMS tea 1", "STOCK.SALE RESUME 618 s-3", "STOCK.SALE INFO 618",
    "STOCK.SALE LIST 0 COUNT 9", "STOCK.FLAG f u", "STOCK.CLEAR g u", "STOCK.ORDER o-1", "STOCK.USER u",
    "STOCK.HISTORY tea COUNT 3 BEFORE 9", "STOCK.SCAN 0 MATCH t[a-e]* COUNT 9", "STOCK.STATS", "STOCK.CHECK",
    "STOCK.NEXTID 9", "HELLO 3 AUTH default x SETNAME y", "AUTH x", "PING x", "ECHO x", "RESET", "SELECT 0",
    "CLIENT LIST",
    "CLIENT SETINFO LIB-NAME x", "CLIENT KILL ID 3", "COMMAND INFO stock.get", "COMMAND DOCS stock.get ping",
    "COMMAND GETKEYS stock.get x", "CONFIG GET s*", "INFO stock server", "EVAL STOCK.GET 1 tea",
    "EVALSHA 0123456789012345678901234567890123456789 0", "SCRIPT EXISTS x", "SCRIPT LOAD stock.get", "MULTI", "GET x",
  ]
  private static let extremes = [
    "9223372036854775807", "-9223372036854775807", "-9223372036854775808", "4294967295", "4294967296", "2147483647",
    "2147483648", "0", "-1", "65535", "", "\u{0}", ",", "@", "~", "*", "[", "\\", "茶", "ITEMS", "USER", "EX",
  ]

  @Test(.timeLimit(.minutes(1)))
  func mutated() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix64(seed: seed)
    let deadline = ContinuousClock.now + .seconds(2)
    var requests = 0
    while ContinuousClock.now < deadline {
      let shop = try Shop(shards: requests % 2 == 0 ? 1 : 4)
      while shop.ending == .goesOn, ContinuousClock.now < deadline {
        let count = Int.random(in: 1...20, using: &random)
        let bytes = (0..<count).flatMap { _ in Self.request(&random) }
        let answers = notation(shop.send(bytes))
        requests += count
        #expect(answers.allSatisfy { !$0.hasPrefix("BROKEN") }, "seed \(seed): \(answers.last ?? "")")
        #expect(answers.allSatisfy(Shop.hasKnownPrefix), "seed \(seed): \(answers)")
        if Int.random(in: 0..<8, using: &random) == 0 {
          shop.store.advance(Int64.random(in: 0...100_000, using: &random))
        }
      }
      let report = shop.store.inventory.check()
      #expect(report.faults == 0, "seed \(seed): \(report.samples)")
    }
    #expect(requests > 500, "seed \(seed)")
  }

  /// A request with some words exchanged, doubled, dropped or made extreme, and some bytes of it, now and then, changed.
  private static func request(_ random: inout SplitMix64) -> [UInt8] {
    var arguments = words(seeds.randomElement(using: &random)!)
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let at = Int.random(in: 0..<arguments.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: arguments[at] = extremes.randomElement(using: &random)!
      case 1: arguments.insert(arguments.randomElement(using: &random)!, at: at)
      case 2 where arguments.count > 1: arguments.remove(at: at)
      case 3: arguments[at] = String(repeating: arguments[at], count: Int.random(in: 1...40, using: &random))
      default: arguments.swapAt(at, Int.random(in: 0..<arguments.count, using: &random))
      }
    }
    var bytes = multibulk(arguments)
    guard Int.random(in: 0..<10, using: &random) == 0 else { return bytes }
    // Behind the framing's first line, so that the connection often survives.
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let at = Int.random(in: 4..<bytes.count, using: &random)
      if (UInt8(ascii: "0")...UInt8(ascii: "z")).contains(bytes[at]) {
        bytes[at] = UInt8.random(in: .min ... .max, using: &random)
      }
    }
    return bytes
  }

  /// Bytes that are no requests at all.
  @Test func noise() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix64(seed: seed)
    let alphabet = Array("*$:+-0123456789\r\n\"'\\ xSTOCK.GET\0\u{FF}".utf8)
    for _ in 0..<2_000 {
      var parser = RESPRequestParser(limits: RESPLimits())
      let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      bytes.withUnsafeBytes { bytes in
        var start = 0
        loop: for end in 1...bytes.count {
          while start < end {
            switch parser.next(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) {
            case .needsMore: continue loop
            case .fault: break loop
            case .request(let count), .inline(let count), .nothing(let count):
              #expect(count > 0 && start + count <= end, "seed \(seed)")
              start += count
            }
          }
        }
      }
    }
  }
}
