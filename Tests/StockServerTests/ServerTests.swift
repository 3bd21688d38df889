import Logging
import StockEngine
import StockWire
import Testing

@testable import StockServer

/// Real sockets on loopback, an engine whose log the test holds back. `.serialized`, since the clients block.
@Suite("The server over sockets", .serialized, .timeLimit(.minutes(1)))
struct ServerTests {
  private func serve(
    _ engine: HeldEngine = HeldEngine(), loops: Int = 2, _ change: (inout ServerLimits) -> Void = { _ in },
    _ body: (Int, StockServer) async throws -> Void
  ) async throws {
    var limits = ServerLimits()
    limits.drainMilliseconds = 2_000
    change(&limits)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = StockServer(
      engine: engine, listeners: [.tcp(host: "127.0.0.1", port: 0)], loops: loops, limits: limits, logger: logger)
    try await server.start()
    guard case .tcp(_, let port) = server.boundAddresses[0] else { return }
    try await body(port, server)
    await server.stop()
  }

  /// Another client is served as ever.
  private func expectHealthy(_ port: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    let client = SocketClient(port: port)
    #expect(client.greet()?.header.kind == .helloReply, sourceLocation: sourceLocation)
    client.send(SocketClient.request(id: 77, count: 3))
    #expect(client.frame()?.replies.map(\.outcome) == [.done, .done, .done], sourceLocation: sourceLocation)
  }

  // MARK: The usual

  @Test("hello, requests, pings: answered in order, with their ids")
  func session() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      let hello = client.greet()
      #expect(hello?.header == FrameHeader(length: 56, kind: .helloReply, id: 1))
      client.send(SocketClient.request(id: 5, count: 2) + PingFrame.ping(id: 6) + SocketClient.request(id: 7))
      let frames = (0..<3).compactMap { _ in client.frame() }
      try #require(frames.map(\.header.id) == [5, 6, 7])
      #expect(frames.map(\.header.kind) == [.reply, .pong, .reply])
      #expect(frames.map(\.header.count) == [2, 0, 1])
      #expect(frames[0].replies.map(\.lsn) == [LSN(1), LSN(2)])
    }
  }

  @Test("requests right behind the hello")
  func eager() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      client.send(Hello().frame(id: 1) + SocketClient.request(id: 2))
      #expect(client.frame()?.header.kind == .helloReply)
      #expect(client.frame()?.header.id == 2)
    }
  }

  @Test("frames of one read are one batch")
  func oneBatch() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send((1...10).flatMap { SocketClient.request(id: $0, count: 5) })
      for id in 1...10 { #expect(client.frame()?.header.id == UInt64(id)) }
      #expect(engine.batches == [50])
    }
  }

  @Test("more commands in a read than a batch takes are several batches")
  func severalBatches() async throws {
    let engine = HeldEngine()
    try await serve(engine, { $0.frameBytesMax = 4 << 20 }) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      let max = Bounds.commandsPerBatchMax
      client.send(SocketClient.request(id: 1, count: max) + SocketClient.request(id: 2, count: max))
      #expect(client.frame()?.header.count == UInt16(max))
      #expect(client.frame()?.header.count == UInt16(max))
      #expect(engine.batches == [max, max])
    }
  }

  @Test("reads of more rows than a batch may answer are several batches")
  func manyRows() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send((1...4).flatMap { SocketClient.lists(id: $0, count: 30) })
      for id in 1...4 as ClosedRange<UInt64> { #expect(client.frame()?.header.id == id) }
      #expect(engine.batches == [60, 60])
    }
  }

  @Test("one byte at a time")
  func singleBytes() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      for byte in Hello().frame(id: 1) { client.send([byte]) }
      #expect(client.frame()?.header.kind == .helloReply)
      for byte in SocketClient.request(id: 5, count: 3) { client.send([byte]) }
      #expect(client.frame()?.replies.count == 3)
    }
  }

  @Test("a client that ends its input still gets its replies")
  func halfClose() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send(SocketClient.request(id: 5))
      client.finishSending()
      try await engine.appended(1)
      engine.makeDurable(upTo: 1)
      #expect(client.frame()?.header.id == 5)
      #expect(client.isAtEnd)
    }
  }

  @Test("half-closed with megabytes of answers on their way: all of them arrive")
  func halfCloseBehindMuch() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine, loops: 1, { $0.outputBytesMax = 32 << 20 }) { port, _ in
      let client = SocketClient(port: port, receiveBytes: 4_096)
      _ = client.greet()
      let count = Bounds.commandsPerBatchMax
      for id in 1...16 as ClosedRange<UInt64> { client.send(SocketClient.request(id: id, count: count)) }
      client.finishSending()
      try await engine.appended(UInt64(16 * count))
      // The one loop has seen the end before it greets another.
      let other = SocketClient(port: port)
      #expect(other.greet()?.header.kind == .helloReply)
      engine.makeDurable(upTo: UInt64(16 * count))
      for id in 1...16 as ClosedRange<UInt64> {
        let frame = try #require(client.frame(), "frame \(id) was lost")
        #expect(frame.header.id == id && frame.header.count == UInt16(count))
      }
      #expect(client.isAtEnd)
    }
  }

  // MARK: The gate

  @Test("no reply leaves before its record is durable; then all that may, in order")
  func gate() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let first = SocketClient(port: port)
      let second = SocketClient(port: port)
      _ = first.greet()
      _ = second.greet()
      first.send(SocketClient.request(id: 5))
      try await engine.appended(1)
      second.send(SocketClient.request(id: 6))
      try await engine.appended(2)
      // A ping waits in line too. Its place shows that the loop has handled it without letting anything go.
      first.send(PingFrame.ping(id: 7))
      #expect(!first.hasInput && !second.hasInput)
      engine.makeDurable(upTo: 1)
      #expect(first.frame()?.header.id == 5)
      #expect(first.frame()?.header.id == 7)
      #expect(!second.hasInput)
      engine.makeDurable(upTo: 2)
      #expect(second.frame()?.header.id == 6)
    }
  }

  @Test("many rounds of hold and release: no wake-up is lost")
  func wakeUps() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      for round in 1...2_000 {
        client.send(SocketClient.request(id: UInt64(round)))
        try await engine.appended(UInt64(round))
        engine.makeDurable(upTo: UInt64(round))
        #expect(client.frame()?.header.id == UInt64(round))
      }
    }
  }

  @Test("a failed log: nothing that is not durable leaves, and connections end")
  func logFails() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, _ in
      let client = SocketClient(port: port)
      let idle = SocketClient(port: port)
      _ = client.greet()
      _ = idle.greet()
      client.send(SocketClient.request(id: 5))
      try await engine.appended(1)
      engine.fail()
      #expect(client.frame()?.error == .logFailed)
      #expect(client.isAtEnd)
      #expect(idle.frame()?.error == .logFailed)
      let late = SocketClient(port: port)
      #expect(late.frame()?.error == .logFailed)
    }
  }

  @Test("a history and a demand are answered in their places")
  func history() async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send(
        SocketClient.request(id: 1) + SocketClient.history(id: 2) + SocketClient.request(id: 3)
          + SocketClient.demand(id: 4) + SocketClient.request(id: 5))
      let frames = (0..<5).compactMap { _ in client.frame() }
      try #require(frames.map(\.header.id) == [1, 2, 3, 4, 5])
      #expect(frames[1].replies.map(\.body) == [.history([], completeSince: LSN(1))])
      #expect(
        frames[3].replies.map(\.body) == [
          .demand(WireDemand(rows: [], since: Timestamp(milliseconds: 7), next: nil))
        ])
    }
  }

  // MARK: The hello

  @Test("a server behind what the client has seen refuses")
  func dataRegression() async throws {
    try await serve(HeldEngine(durable: 10)) { port, _ in
      #expect(SocketClient(port: port).greet(Hello(highestLSN: LSN(10)))?.header.kind == .helloReply)
      let client = SocketClient(port: port)
      #expect(client.greet(Hello(highestLSN: LSN(11)))?.error == .dataRegression)
      #expect(client.isAtEnd)
    }
  }

  @Test("another store, another version")
  func refusedHellos() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      #expect(SocketClient(port: port).greet(Hello(storeID: engine.storeID))?.header.kind == .helloReply)
      #expect(SocketClient(port: port).greet(Hello(storeID: StoreID(low: 9, high: 9)))?.error == .otherStore)
      #expect(SocketClient(port: port).greet(Hello(versionMin: 2, versionMax: 9))?.error == .unsupportedVersion)
      #expect(SocketClient(port: port).greet(Hello(versionMin: 0, versionMax: 0))?.error == .unsupportedVersion)
      #expect(SocketClient(port: port).greet(Hello(versionMin: 1, versionMax: 9))?.header.kind == .helloReply)
    }
  }

  @Test("no hello in time")
  func helloTimeout() async throws {
    try await serve(HeldEngine(), { $0.helloTimeoutMilliseconds = 1_500 }) { port, _ in
      let silent = SocketClient(port: port)
      let slow = SocketClient(port: port)
      slow.send(Array(Hello().frame().prefix(20)))
      #expect(silent.frame()?.error == .helloTimeout)
      #expect(silent.isAtEnd)
      #expect(slow.frame()?.error == .helloTimeout)
      expectHealthy(port)
    }
  }

  // MARK: Hostile

  /// Bytes that the server must not take, and what it says.
  struct Refused: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var code: ErrorCode

    init(_ description: String, _ bytes: [UInt8], _ code: ErrorCode) {
      testDescription = description
      self.bytes = bytes
      self.code = code
    }

    /// A header with an id of zeros, and zeros behind it.
    init(_ description: String, header: [UInt8], zeros: Int = 0, _ code: ErrorCode) {
      self.init(description, header + [UInt8](repeating: 0, count: 8 + zeros), code)
    }
  }

  @Test(
    "first frames that are refused",
    arguments: [
      Refused("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), .notStockd),
      Refused("zeros", [UInt8](repeating: 0, count: 64), .notStockd),
      Refused("100,000 bytes 255", [UInt8](repeating: 0xFF, count: 100_000), .notStockd),
      Refused("a request", SocketClient.request(id: 1), .notStockd),
      Refused("a byte too long", header: [0xF1, 0x01, 0, 0, 1, 0, 0, 0], .frameTooLarge),
      Refused("4 GiB", header: [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], .frameTooLarge),
      Refused("no magic", header: [0x28, 0, 0, 0, 1, 0, 0, 0], zeros: 40, .notStockd),
    ])
  func refusedFirstFrame(_ refused: Refused) async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      client.send(refused.bytes)
      #expect(client.frame()?.error == refused.code)
      #expect(client.isAtEnd)
      expectHealthy(port)
    }
  }

  @Test(
    "frames that end the connection",
    arguments: [
      // The length is refused by the header alone: the payload never comes.
      Refused("a byte too long", header: [1, 0, 16, 0, 3, 0, 1, 0], .frameTooLarge),
      Refused("4 GiB", header: [0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 1, 0], .frameTooLarge),
      Refused("16,385 commands", header: [8, 0, 0, 0, 3, 0, 1, 0x40], .tooManyCommands),
      Refused("reads of 66,000 rows", SocketClient.lists(id: 9, count: 66), .tooManyRows),
      Refused("an unknown kind", header: [0, 0, 0, 0, 9, 0, 0, 0], .malformedFrame),
      Refused("a server's kind", header: [0, 0, 0, 0, 4, 0, 1, 0], .malformedFrame),
      Refused("a ping with a payload", header: [4, 0, 0, 0, 6, 0, 0, 0], zeros: 4, .malformedFrame),
      Refused("half a command", header: [4, 0, 0, 0, 3, 0, 1, 0], zeros: 4, .malformedFrame),
      Refused("a second hello", Hello().frame(), .malformedFrame),
    ])
  func refusedFrame(_ refused: Refused) async throws {
    try await serve { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      // What came before is answered first, what comes after never.
      client.send(SocketClient.request(id: 5) + refused.bytes + SocketClient.request(id: 6))
      #expect(client.frame()?.header.id == 5)
      #expect(client.frame()?.error == refused.code)
      #expect(client.isAtEnd)
      expectHealthy(port)
    }
  }

  @Test("a frame that is cut off by the end of the connection has no effect")
  func truncated() async throws {
    let engine = HeldEngine()
    try await serve(engine) { port, _ in
      do {
        let client = SocketClient(port: port)
        _ = client.greet()
        client.send(Array(SocketClient.request(id: 5).dropLast()))
        client.finishSending()
        #expect(client.isAtEnd)
      }
      #expect(engine.batches.isEmpty)
      expectHealthy(port)
    }
  }

  @Test("too many connections are told so; those inside are served")
  func tooManyConnections() async throws {
    try await serve(HeldEngine(), { $0.connectionsMax = 2 }) { port, server in
      let inside = [SocketClient(port: port), SocketClient(port: port)]
      for client in inside { #expect(client.greet()?.header.kind == .helloReply) }
      let outside = SocketClient(port: port)
      #expect(outside.frame()?.error == .tooManyConnections)
      #expect(outside.isAtEnd)
      for client in inside {
        client.send(PingFrame.ping(id: 3))
        #expect(client.frame()?.header.kind == .pong)
      }
      #expect(server.connectionCount == 2)
    }
  }

  @Test("a client that never reads is held back, then closed")
  func neverReads() async throws {
    try await serve(
      HeldEngine(), loops: 1,
      {
        $0.outputBytesMax = 64 << 10
        $0.writeStallMilliseconds = 500
      }
    ) { port, server in
      let client = SocketClient(port: port, receiveBytes: 4096)
      _ = client.greet()
      let flood = SocketClient.request(id: 5, count: 1_000)
      var pending = flood
      // The server stops reading, so the client's socket fills, and then the server closes. (Whether the client hears of that
      // at once is the kernel's affair: with its window shut it may not.)
      try await until {
        if let taken = client.sendWithoutWaiting(pending) {
          pending.removeFirst(taken)
          if pending.isEmpty { pending = flood }
        }
        return server.connectionCount == 0
      }
      expectHealthy(port)
    }
  }

  @Test("while one client does not read, others are served")
  func othersAreServed() async throws {
    try await serve(HeldEngine(), loops: 1, { $0.outputBytesMax = 64 << 10 }) { port, server in
      let client = SocketClient(port: port, receiveBytes: 4096)
      _ = client.greet()
      // Of these 64 MiB the server takes what fits its limits and the sockets' buffers.
      #expect(client.flood(SocketClient.request(id: 5, count: 1_000), most: 64 << 20))
      expectHealthy(port)
      #expect(server.connectionCount >= 1)
    }
  }

  @Test("frames in flight are bounded: the rest waits in the socket, and is answered later")
  func framesInFlight() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine, { $0.framesInFlightMax = 4 }) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send((1...10).flatMap { SocketClient.request(id: $0) })
      var answered: UInt64 = 0
      for taken in [4, 8, 10] as [UInt64] {
        try await engine.appended(taken)
        #expect(engine.appendedLSN == LSN(taken))
        engine.makeDurable(upTo: taken)
        while answered < taken {
          answered += 1
          #expect(client.frame()?.header.id == answered)
        }
      }
    }
  }

  @Test("frames in flight are bounded with a log that is durable at once: nothing is left lying")
  func framesInFlightAtOnce() async throws {
    try await serve(HeldEngine(), { $0.framesInFlightMax = 4 }) { port, _ in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send((1...10).flatMap { SocketClient.request(id: $0) })
      // The limit is reached in the middle of a read, and lifted before anybody waits for the log.
      for id in 1...10 as ClosedRange<UInt64> { #expect(client.frame()?.header.id == id) }
    }
  }

  @Test("random bytes after a good hello, from many clients: nobody else notices")
  func garbage() async throws {
    var random = SystemRandomNumberGenerator()
    try await serve { port, _ in
      for _ in 0..<50 {
        let client = SocketClient(port: port)
        _ = client.greet()
        client.send((0..<500).map { _ in UInt8.random(in: .min ... .max, using: &random) })
      }
      expectHealthy(port)
    }
  }

  // MARK: The end

  @Test("a stop lets what was decided leave, then says why")
  func stops() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine) { port, server in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send(SocketClient.request(id: 5))
      try await engine.appended(1)
      async let stopped: Void = server.stop()
      engine.makeDurable(upTo: 1)
      #expect(client.frame()?.header.id == 5)
      #expect(client.frame()?.error == .shuttingDown)
      #expect(client.isAtEnd)
      await stopped
    }
  }

  @Test("a stop does not wait for ever")
  func stopIsBounded() async throws {
    let engine = HeldEngine(holds: true)
    try await serve(engine, { $0.drainMilliseconds = 50 }) { port, server in
      let client = SocketClient(port: port)
      _ = client.greet()
      client.send(SocketClient.request(id: 5))
      try await engine.appended(1)
      await server.stop()
      #expect(client.isAtEnd)
    }
  }

  @Test("only loopback", arguments: ["0.0.0.0", "::", "10.1.2.3", "8.8.8.8"])
  func loopbackOnly(_ host: String) async throws {
    let server = StockServer(
      engine: HeldEngine(), listeners: [.tcp(host: host, port: 0)], loops: 1, limits: ServerLimits(),
      logger: Logger(label: "test"))
    let fault = await #expect(throws: EngineFault.self) { try await server.start() }
    #expect(fault?.code == .configuration)
  }
}
