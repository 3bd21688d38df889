import Logging
import StockEngine
import Testing

@testable import StockServer

/// RESP on real sockets, with an engine whose log the test holds back. What it decides is always `done`.
@Suite("RESP over sockets", .serialized, .timeLimit(.minutes(5)))
struct RESPServerTests {
  private func serve(
    _ engine: HeldEngine = HeldEngine(), password: String? = nil, loops: Int = 2, logger: Logger? = nil,
    _ change: (inout ServerLimits) -> Void = { _ in }, _ body: (Int, StockServer) async throws -> Void
  ) async throws {
    var limits = ServerLimits()
    limits.drainMilliseconds = 2_000
    change(&limits)
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let server = StockServer(
      engine: engine, listeners: [], respListeners: [.tcp(host: "127.0.0.1", port: 0)],
      respPassword: password.map { Array($0.utf8) }, version: "1.2.3", loops: loops, limits: limits,
      logger: logger ?? silent)
    try await server.start()
    guard case .tcp(_, let port) = server.boundRESPAddresses[0] else { return }
    try await body(port, server)
    await server.stop()
  }

  private func expectHealthy(_ port: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    let client = SocketClient(port: port)
    #expect(client.ask("PING", "STOCK.CONFIRM o") == ["+PONG", "*2 :1 $2 OK"], sourceLocation: sourceLocation)
  }

  /// How the held engine answers a command of an order.
  private let done = "*2 :1 $2 OK"

  // MARK: The gate

  @Test(
    "no answer leaves before the log has what it rests on",
    arguments: [
      "STOCK.RESERVE o-1 tea 1", "STOCK.GET tea", "STOCK.RESERVE o-1 tea 0", "INFO", "EVAL STOCK.CONFIRM 1 o-1",
    ])
  func gate(_ command: String) async throws {
    let engine = HeldEngine(holds: true)
    // With one loop `other` is answered after all that was done for `client`.
    try await serve(engine, loops: 1) { port, _ in
      let client = SocketClient(port: port)
      let other = SocketClient(port: port)
      // What was answered before a command waits for nothing; what comes behind it waits in line.
      client.say("PING\r\n\(command)\r\nPING\r\n")
      try await engine.appended(1)
      client.say("ECHO last\r\n")
      #expect(other.ask("PING") == ["+PONG"])
      #expect(!client.hasInput)
      engine.makeDurable(upTo: 1)
      #expect(client.answer() == "+PONG")
      #expect(client.answer() != nil)
      #expect(client.answer() == "+PONG")
      #expect(client.answer() == "$4 last")
    }
  }

  @Test("many rounds of hold and release: no wake-up is lost")
  func wakeUps() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      for round in 1...1_000 as ClosedRange<UInt64> {
        client.say("STOCK.CONFIRM o-\(round)\r\n")
        try await engine.appended(round)
        engine.makeDurable(upTo: round)
        #expect(client.answer() == done)
      }
    }
  }

  // MARK: Order

  @Test("a pipeline of 1,000 commands of all kinds is answered in order")
  func pipeline() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      var expected: [String] = []
      var commands = ""
      for number in 0..<1_000 {
        switch number % 7 {
        case 0: commands += "ECHO \(number)\r\n"; expected.append("$\("\(number)".count) \(number)")
        case 1: commands += "*2\r\n$13\r\nSTOCK.CONFIRM\r\n$1\r\no\r\n"; expected.append(done)
        case 2:
          commands += "FOO\(number)\r\n";
          expected.append("-ERR unknown command 'FOO\(number)', with args beginning with: ")
        case 3: commands += "STOCK.HISTORY tea\r\n"; expected.append("*3 :1 *0 :0")
        case 4: commands += "STOCK.CHECK\r\n"; expected.append("*3 :1 $2 OK :0")
        case 5: commands += "STOCK.SNAPSHOT\r\n"; expected.append("+OK")
        default: commands += "STOCK.CANCEL:CODE o\r\n"; expected.append(":1")
        }
      }
      client.say(commands)
      for answer in expected { #expect(client.answer() == answer) }
    }
  }

  @Test("commands of one read are one batch")
  func oneBatch() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      client.say(String(repeating: "STOCK.CONFIRM o\r\n", count: 50))
      for _ in 0..<50 { #expect(client.answer() == done) }
      #expect(engine.batches == [50])
    }
  }

  @Test("a connection whose input is many batches lets the others of its loop have their turn")
  func turns() async throws {
    let engine = HeldEngine()
    let one: (inout ServerLimits) -> Void = {
      $0.commandsPerFrameMax = 1
      $0.turnMicroseconds = 0
    }
    try await serve(engine, loops: 1, one) { port, _ in
      let greedy = SocketClient(port: port)
      let second = SocketClient(port: port)
      let other = SocketClient(port: port)
      for client in [greedy, second, other] { #expect(client.ask("PING") == ["+PONG"]) }
      engine.stick()
      greedy.say(String(repeating: "STOCK.CONFIRM o\n", count: 100))
      try await engine.appended(1)
      // The loop is in the middle of the first command while these come.
      second.say(String(repeating: "STOCK.CONFIRM o\n", count: 100))
      other.say("STOCK.CANCEL o\n")
      engine.unstick()
      #expect(other.answer() == "*2 :1 $2 OK")
      for client in [greedy, second] { for _ in 0..<100 { #expect(client.answer() == done) } }
      let place = try #require(engine.cancelledAt)
      #expect(place < 50, "after \(place) of 201 commands")
      #expect(greedy.ask("STOCK.CONFIRM o", "PING", "STOCK.CHECK") == [done, "+PONG", "*3 :1 $2 OK :0"])
    }
  }

  @Test("input that is many batches: the end of it, and leaving in the middle of it")
  func turnsAtTheEnd() async throws {
    let one: (inout ServerLimits) -> Void = {
      $0.commandsPerFrameMax = 1
      $0.turnMicroseconds = 0
    }
    try await serve(loops: 1, one) { port, _ in
      let client = SocketClient(port: port)
      client.say(String(repeating: "STOCK.CONFIRM o\n", count: 100))
      client.finishSending()
      for _ in 0..<100 { #expect(client.answer() == done) }
      #expect(client.isAtEnd)
      let leaving = SocketClient(port: port)
      leaving.say(String(repeating: "STOCK.CONFIRM o\n", count: 10) + "QUIT\n" + "PING\n")
      for _ in 0..<10 { #expect(leaving.answer() == done) }
      #expect(leaving.answer() == "+OK")
      #expect(leaving.isAtEnd)
      let faulty = SocketClient(port: port)
      faulty.say(String(repeating: "STOCK.CONFIRM o\n", count: 10) + "*x\r\n")
      for _ in 0..<10 { #expect(faulty.answer() == done) }
      #expect(faulty.answer() == "-ERR Protocol error: invalid multibulk length")
      #expect(faulty.isAtEnd)
    }
  }

  @Test("an HTTP request: nothing of its body is done, and it is logged, once")
  func http() async throws {
    let engine = HeldEngine()
    let lines = LogLines()
    try await serve(engine, loops: 1, logger: lines.logger) { port, _ in
      for _ in 0..<2 {
        let page = SocketClient(port: port)
        page.say(
          "POST / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: text/plain\r\n\r\nSTOCK.ADJUST x tea -100 FORCE\r\n"
        )
        #expect(page.answer() == "-ERR Protocol error: this is no HTTP server")
        #expect(page.isAtEnd)
      }
      expectHealthy(port)
      #expect(engine.batches == [1])
      #expect(lines.warnings.count == 1)
      #expect(lines.warnings.first?.hasPrefix("somebody sent an HTTP request") == true)
    }
  }

  @Test("one byte at a time")
  func singleBytes() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      for byte in Array("*2\r\n$13\r\nSTOCK.CONFIRM\r\n$1\r\no\r\nPING\r\n".utf8) { client.send([byte]) }
      #expect(client.answer() == done)
      #expect(client.answer() == "+PONG")
    }
  }

  @Test("errands answer behind what waits for the log")
  func errandBehindHold() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      client.say("STOCK.CONFIRM o\r\nSTOCK.CHECK\r\nPING\r\n")
      try await engine.appended(1)
      expectPing(port)
      #expect(!client.hasInput)
      engine.makeDurable(upTo: 1)
      #expect([client.answer(), client.answer(), client.answer()] == [done, "*3 :1 $2 OK :0", "+PONG"])
    }
  }

  private func expectPing(_ port: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(SocketClient(port: port).ask("PING") == ["+PONG"], sourceLocation: sourceLocation)
  }

  // MARK: Leaving

  @Test("QUIT: everything before it is answered, nothing behind it, then the connection ends")
  func quit() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine, loops: 1) { port, _ in
      let client = SocketClient(port: port)
      client.say("STOCK.CONFIRM o\r\nQUIT\r\nPING\r\n")
      try await engine.appended(1)
      // The one loop is done with the client before it answers another.
      #expect(SocketClient(port: port).ask("PING") == ["+PONG"])
      #expect(!client.hasInput)
      engine.makeDurable(upTo: 1)
      #expect(client.answer() == done)
      #expect(client.answer() == "+OK")
      #expect(client.isAtEnd)
      #expect(engine.batches == [1])
    }
  }

  @Test("QUIT behind an errand")
  func quitBehindErrand() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      client.say("STOCK.CHECK\r\nQUIT\r\n")
      #expect(client.answer() == "*3 :1 $2 OK :0")
      #expect(client.answer() == "+OK")
      #expect(client.isAtEnd)
    }
  }

  @Test("a client that ends its input still gets its answers")
  func halfClose() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      client.say("STOCK.CONFIRM o\r\nSTOCK.CHECK\r\nPING\r\n*1\r\n$4\r\nPI")
      client.finishSending()
      try await engine.appended(1)
      engine.makeDurable(upTo: 1)
      #expect([client.answer(), client.answer(), client.answer()] == [done, "*3 :1 $2 OK :0", "+PONG"])
      #expect(client.isAtEnd)
    }
  }

  @Test("QUIT, and then the client's end, behind megabytes of answers: all of them arrive")
  func quitBehindMuch() async throws {
    try await serve(HeldEngine(), loops: 1, { $0.outputBytesMax = 32 << 20 }) { port, _ in
      let client = SocketClient(port: port, receiveBytes: 4_096)
      let text = String(repeating: "x", count: 60_000)
      for _ in 0..<160 { client.say("ECHO \(text)\r\n") }
      client.say("QUIT\r\n")
      // The one loop has seen that, and then the end, before it answers another.
      let other = SocketClient(port: port)
      #expect(other.ask("PING") == ["+PONG"])
      client.finishSending()
      #expect(other.ask("PING") == ["+PONG"])
      for number in 0..<160 {
        #expect(client.answer()?.count == text.count + "$60000 ".count, "answer \(number) was lost")
      }
      #expect(client.answer() == "+OK")
      #expect(client.isAtEnd)
    }
  }

  @Test(
    "a broken protocol: what came before is answered, then the reason, then the end",
    arguments: [
      ("*x\r\n", "invalid multibulk length"), ("*5000\r\n", "invalid multibulk length"),
      ("*1\r\n$-1\r\n", "invalid bulk length"), ("*1\r\n$999999999\r\n", "invalid bulk length"),
      ("*1\r\n:1\r\n", "expected '$', got ':'"), ("*1\r\n$1\r\nabc", "expected CRLF after an argument"),
      ("ECHO \"a\r\n", "unbalanced quotes in request"),
      (String(repeating: "x", count: 70_000), "too big inline request"),
    ])
  func fault(_ bytes: String, _ reason: String) async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      client.say("PING\r\nSTOCK.CONFIRM o\r\n\(bytes)\r\nPING\r\n")
      #expect(client.answer() == "+PONG")
      #expect(client.answer() == done)
      #expect(client.answer() == "-ERR Protocol error: \(reason)")
      #expect(client.isAtEnd)
      expectHealthy(port)
    }
  }

  @Test("CLIENT KILL ends another, oneself after the answer, and is told what it found")
  func kill() async throws {
    try await serve(HeldEngine(), loops: 1) { port, server in
      let client = SocketClient(port: port)
      let other = SocketClient(port: port)
      let third = SocketClient(port: port)
      guard let own = client.ask("CLIENT ID")[0]?.dropFirst(), let id = other.ask("CLIENT ID")[0]?.dropFirst() else {
        Issue.record("no ids")
        return
      }
      #expect(third.ask("PING") == ["+PONG"])
      #expect(client.ask("CLIENT KILL ID \(own)", "CLIENT KILL ID \(id)", "PING") == [":0", ":1", "+PONG"])
      #expect(other.isAtEnd)
      #expect(third.ask("PING") == ["+PONG"])
      let line = client.ask("CLIENT INFO")[0] ?? ""
      let address = line.split(separator: " ").first { $0.hasPrefix("addr=") }?.dropFirst(5) ?? ""
      #expect(client.ask("CLIENT KILL \(address)") == ["+OK"])
      #expect(client.isAtEnd)
      #expect(third.ask("PING") == ["+PONG"])
      try await until { server.connectionCount == 1 }
      let list = third.ask("CLIENT LIST")[0] ?? ""
      #expect(list.split(separator: "\n").count == 1)
    }
  }

  // MARK: Limits

  @Test("before the password: deadline, size of a request, and how much is answered")
  func unauthenticated() async throws {
    try await serve(HeldEngine(), password: "pw", { $0.helloTimeoutMilliseconds = 2_000 }) { port, _ in
      let silent = SocketClient(port: port)
      let refused = SocketClient(port: port)
      refused.say("PING\r\n*11\r\n")
      #expect(refused.answer() == "-NOAUTH Authentication required.")
      #expect(refused.answer() == "-ERR Protocol error: unauthenticated multibulk length")
      #expect(refused.isAtEnd)
      let large = SocketClient(port: port)
      large.say("*2\r\n$4\r\nAUTH\r\n$16385\r\n")
      #expect(large.answer() == "-ERR Protocol error: unauthenticated bulk length")
      let flood = SocketClient(port: port)
      flood.say(String(repeating: "a\n", count: 4_000))
      var answers = 0
      while let answer = flood.answer(), answer.hasPrefix("-NOAUTH") { answers += 1 }
      #expect(answers > 100 && answers < 1_000)
      let known = SocketClient(port: port)
      #expect(known.ask("AUTH pw", "STOCK.CONFIRM o") == ["+OK", done])
      #expect(silent.answer() == "-NOAUTH no password came in time")
      #expect(silent.isAtEnd)
      #expect(known.ask("PING") == ["+PONG"])
    }
  }

  @Test("too many connections are told so as Redis tells it")
  func tooMany() async throws {
    try await serve(HeldEngine(), { $0.connectionsMax = 1 }) { port, _ in
      let inside = SocketClient(port: port)
      #expect(inside.ask("PING") == ["+PONG"])
      let outside = SocketClient(port: port)
      #expect(outside.answer() == "-ERR max number of clients reached")
      #expect(outside.isAtEnd)
      #expect(inside.ask("PING") == ["+PONG"])
    }
  }

  @Test(
    "a client that does not read is held back; others are served",
    arguments: ["STOCK.CONFIRM o\r\n", "PING\r\n", "COMMAND DOCS\r\n", "CLIENT LIST\r\n", "INFO\r\n"])
  func neverReads(_ command: String) async throws {
    try await serve(HeldEngine(), loops: 1, { $0.outputBytesMax = 64 << 10 }) { port, server in
      let client = SocketClient(port: port, receiveBytes: 4096)
      // Of these 32 MiB the server takes what fits its limits and the sockets' buffers.
      #expect(client.flood(Array(String(repeating: command, count: 1_000).utf8), most: 32 << 20))
      expectHealthy(port)
      #expect(server.connectionCount >= 1)
    }
  }

  // MARK: The end

  @Test("a failed log: connections end, and no answer is invented")
  func logFails() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      let idle = SocketClient(port: port)
      #expect(idle.ask("PING") == ["+PONG"])
      client.say("STOCK.CONFIRM o\r\n")
      try await engine.appended(1)
      engine.fail()
      #expect(client.isAtEnd)
      #expect(idle.isAtEnd)
      #expect(SocketClient(port: port).isAtEnd)
    }
  }

  @Test("a stop: what was decided leaves, and nothing else")
  func stops() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, server in
      let client = SocketClient(port: port)
      let idle = SocketClient(port: port)
      #expect(idle.ask("PING") == ["+PONG"])
      client.say("STOCK.CONFIRM o\r\n")
      try await engine.appended(1)
      async let stopped: Void = server.stop()
      engine.makeDurable(upTo: 1)
      #expect(client.answer() == done)
      #expect(client.isAtEnd)
      #expect(idle.isAtEnd)
      await stopped
    }
  }

  @Test("INFO counts, over all listeners")
  func facts() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      #expect(client.ask("CONFIG GET maxclients") == ["*2 $10 maxclients $5 10000"])
      client.say("HELLO 3\r\nPING\r\n")
      #expect(client.answer()?.hasPrefix("%7 $6 server $6 stockd $7 version $5 7.2.0 $5 proto :3 $2 id :1 ") == true)
      #expect(client.answer() == "+PONG")
    }
  }
}
