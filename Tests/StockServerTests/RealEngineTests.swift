import Glibc
import Logging
import StockEngine
import StockWire
import Testing

@testable import StockServer

/// The whole way: bytes, engine, log, disk, and back.
@Suite("The server on a real store", .serialized, .timeLimit(.minutes(1)))
struct RealEngineTests {
  private func serve(_ path: String, _ body: (Int) throws -> Void) async throws {
    var configuration = EngineConfiguration()
    configuration.segmentBytes = 4 << 20
    let inventory = try Inventory(path: path, configuration: configuration)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = StockServer(
      engine: inventory, listeners: [.tcp(host: "127.0.0.1", port: 0)], loops: 2, limits: ServerLimits(), logger: logger
    )
    try await server.start()
    guard case .tcp(_, let port) = server.boundAddresses[0] else { return }
    try body(port)
    await server.stop()
    try inventory.shutdown()
  }

  private func ask(_ client: SocketClient, _ fill: (inout RequestEncoder) -> Void) -> [WireReply] {
    var encoder = RequestEncoder()
    fill(&encoder)
    encoder.finish(id: 1)
    client.send(encoder.bytes)
    return client.frame()?.replies ?? []
  }

  @Test("a sale's day, a restart, and the retry of a client that heard nothing")
  func story() async throws {
    let scratch = ScratchDirectory()
    var highest = LSN.zero
    var store: StoreID?
    try await serve(scratch.path) { port in
      let client = SocketClient(port: port)
      store = client.greet()?.payload.withUnsafeBytes { try? HelloReply(payload: $0) }?.storeID
      let made = ask(client) { $0.preheat(operation: "op-1", lines: [WireLine("tea", 3), WireLine("cup@east", 1)]) }
      #expect(made.map(\.outcome) == [.done])
      let replies = ask(client) {
        $0.reserve(order: "o-1", buyer: "u-1", lines: [WireLine("tea", 2)])
        $0.reserve(order: "o-2", buyer: "u-2", lines: [WireLine("tea", 2), WireLine("cup@east", 1)])
        $0.confirm(order: "o-1")
        $0.get(items: ["tea", "cup@east", "none"])
        $0.order("o-1")
        $0.resolve(order: "o-3")
        $0.stats()
      }
      #expect(replies.map(\.outcome) == [.reserved, .soldOut, .confirmed, .found, .found, .fenced, .found])
      #expect(replies[1].body == .shortages([WireShortage(item: "tea", available: 1)]))
      if case .items(let items) = replies[3].body {
        #expect(items.map(\.item) == ["tea", "cup@east", "none"])
        #expect(items.map(\.available) == [1, 1, 0])
        #expect(items.map(\.exists) == [true, true, false])
      } else {
        Issue.record("not items: \(replies[3])")
      }
      if case .order(let order) = replies[4].body {
        #expect(order.order == "o-1" && order.state == .confirmed && order.buyer == "u-1")
        #expect(order.lines == [WireOrder.Line(item: "tea", quantity: 2, confirmed: 2)])
      } else {
        Issue.record("not an order: \(replies[4])")
      }
      let history = ask(client) { $0.history(item: "tea") }
      if case .history(let changes, _) = history[0].body {
        #expect(changes.map(\.kind) == [.confirmed, .reserved, .itemCreated])
      } else {
        Issue.record("not a history: \(history)")
      }
      highest = replies.map(\.lsn).max() ?? .zero
      #expect(highest > .zero)
    }
    try await serve(scratch.path) { port in
      let client = SocketClient(port: port)
      #expect(client.greet(Hello(highestLSN: highest, storeID: store))?.header.kind == .helloReply)
      let replies = ask(client) {
        $0.reserve(order: "o-1", buyer: "u-1", lines: [WireLine("tea", 2)])
        $0.reserve(order: "o-3", lines: [WireLine("tea", 1)])
        $0.get(items: ["tea"])
      }
      #expect(replies.map(\.outcome) == [.confirmed, .orderFenced, .found])
      #expect(replies.map(\.isRepeat) == [true, false, false])
      // What was refused in the last second before the stop was logged by it.
      if case .demand(let demand) = ask(client, { $0.demand(item: "tea") })[0].body {
        #expect(demand.rows.map(\.item) == ["tea"] && demand.next == nil && demand.since == .zero)
        #expect(demand.rows.map(\.reason) == [.soldOut] && demand.rows.map(\.units) == [2])
      } else {
        Issue.record("not a demand")
      }
      #expect(ask(client) { $0.demand(item: "none") }.map(\.outcome) == [.unknownItem])
      let ahead = SocketClient(port: port)
      #expect(ahead.greet(Hello(highestLSN: LSN(highest.rawValue + 1_000), storeID: store))?.error == .dataRegression)
    }
  }

  @Test("an order in parts, the warehouse's marks, and ids, over a restart")
  func parts() async throws {
    let scratch = ScratchDirectory()
    var lastID: UInt64 = 0
    try await serve(scratch.path) { port in
      let client = SocketClient(port: port)
      _ = client.greet()
      let replies = ask(client) {
        $0.preheat(operation: "op-1", lines: [WireLine("tea", 9), WireLine("cup", 9)])
        $0.reserve(order: "o-1", lines: [WireLine("tea", 3), WireLine("cup", 2)])
        $0.confirmLines(operation: "c-1", order: "o-1", lines: [WireLine("tea", 1)])
        $0.confirmLines(operation: "c-2", order: "o-1", lines: [WireLine("tea", 3)])
        $0.cancelLines(operation: "c-3", order: "o-1", lines: [WireLine("cup", 1)], reason: "less")
        $0.ship(operation: "s-1", order: "o-1")
        $0.nextIDs(3)
        $0.nextIDs(1)
      }
      #expect(
        replies.map(\.outcome) == [.done, .reserved, .confirmed, .exceedsHeld, .cancelled, .wrongState, .done, .done])
      #expect(replies[2].body == .state(.reserved) && replies[5].body == .state(.reserved))
      guard case .ids(let first, count: 3) = replies[6].body, case .ids(let next, count: 1) = replies[7].body else {
        Issue.record("no ids: \(replies[6...])")
        return
      }
      #expect(next > first + 2)
      lastID = next
    }
    try await serve(scratch.path) { port in
      let client = SocketClient(port: port)
      _ = client.greet()
      let replies = ask(client) {
        $0.confirmLines(operation: "c-1", order: "o-1", lines: [WireLine("tea", 1)])
        $0.confirmLines(operation: "c-4", order: "o-1", lines: [WireLine("tea", 1)], remainder: .release)
        $0.order("o-1")
        $0.ship(operation: "s-1", order: "o-1")
        $0.deliver(operation: "d-1", order: "o-1")
        $0.deliver(operation: "d-1", order: "o-1")
        $0.nextIDs(4096)
      }
      #expect(replies.map(\.outcome) == [.confirmed, .confirmed, .found, .shipped, .delivered, .delivered, .done])
      #expect(replies.map(\.isRepeat) == [true, false, false, false, false, true, false])
      #expect(replies[0].body == .state(.reserved) && replies[1].body == .state(.confirmed))
      if case .order(let order) = replies[2].body {
        #expect(
          Set(order.lines) == [
            WireOrder.Line(item: "tea", quantity: 3, confirmed: 2, cancelled: 1),
            WireOrder.Line(item: "cup", quantity: 2, cancelled: 2),
          ])
      } else {
        Issue.record("not an order: \(replies[2])")
      }
      if case .ids(let first, _) = replies[6].body {
        #expect(first > lastID)
      } else {
        Issue.record("no ids: \(replies[6])")
      }
    }
  }

  @Test("bytes that were changed on their way reach a real engine: it stands, and others are served")
  func mutated() async throws {
    let scratch = ScratchDirectory()
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    try await serve(scratch.path) { port in
      for round in 0..<300 {
        var encoder = RequestEncoder()
        encoder.preheat(operation: "op-\(round)", lines: [WireLine("i-\(round)", 5)])
        encoder.reserve(order: "o-\(round)", buyer: "u", payload: [1, 2], lines: [WireLine("i-\(round)", 1)])
        encoder.returnLines(operation: "r-\(round)", order: "o-\(round)")
        encoder.extend(operation: "e-\(round)", order: "o-\(round)", holdMilliseconds: 5)
        encoder.adjust(operation: "a-\(round)", item: "i-\(round)", change: .to(available: 9, version: 1))
        encoder.list(rowsMax: 10)
        encoder.order("o-\(round)")
        encoder.finish(id: 1)
        var bytes = encoder.bytes
        for _ in 0..<1 + random(3) {
          bytes[FrameHeader.bytes + random(bytes.count - FrameHeader.bytes)] = UInt8(random(256))
        }
        let client = SocketClient(port: port)
        _ = client.greet()
        client.send(bytes)
        let frame = client.frame()
        #expect(frame?.replies.count == 7 || frame?.error == .malformedFrame, "seed \(seed), round \(round)")
      }
    }
  }
}
