import Logging
import StockEngine
import StockWire
import Testing

@testable import StockServer

/// Several loops over several shards, with clients on all of them, while segments are sealed and snapshots made: what the thread
/// sanitizer has to see (`make tsan`), and what a race would break.
@Suite("Many loops", .serialized, .timeLimit(.minutes(2)))
struct ManyLoopsTests {
  private static let clients = 8
  private static let rounds = 40
  private static let items = (0..<8).map { "sku-\($0)" }
  private static let units: UInt32 = 100

  @Test("clients on every loop race for the same units, and each unit is sold once")
  func racing() async throws {
    let scratch = ScratchDirectory()
    var configuration = EngineConfiguration()
    configuration.shards = 4
    configuration.segmentBytes = 64 << 10
    configuration.snapshotBytes = 64 << 10
    configuration.freeBytesMin = 0
    let inventory = try Inventory(path: scratch.path, configuration: configuration)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = StockServer(
      engine: inventory, listeners: [.tcp(host: "127.0.0.1", port: 0)], loops: 4, limits: ServerLimits(), logger: logger
    )
    try await server.start()
    guard case .tcp(_, let port) = server.boundAddresses[0] else { return }
    let made = Self.ask(SocketClient(port: port)) {
      $0.preheat(operation: "p", lines: Self.items.map { WireLine($0, Self.units) })
    }
    #expect(made.map(\.outcome) == [.done])

    let won = await withTaskGroup(of: [String: UInt32].self) { group in
      for number in 0..<Self.clients { group.addTask { Self.shop(port: port, client: number) } }
      return await group.reduce(into: [:]) { total, part in total.merge(part, uniquingKeysWith: +) }
    }
    // Clients ask for more than there is, so everything goes, and nothing goes twice.
    #expect(won == Dictionary(uniqueKeysWithValues: Self.items.map { ($0, Self.units) }))
    await server.stop()
    #expect(inventory.check().faults == 0)
    try inventory.shutdown()
  }

  /// Holds a unit of every item in each round, alternately as carts; gives every third order back, and takes it again.
  /// - Returns: the units of each item that it was told to have.
  private static func shop(port: Int, client number: Int) -> [String: UInt32] {
    let client = SocketClient(port: port)
    _ = client.greet()
    var units: [String: UInt32] = [:]
    for round in 0..<rounds {
      let lines = items.indices.map { WireLine(items[($0 + number) % items.count], 1) }
      let replies = ask(client, isGreeted: true) { request in
        for (index, line) in lines.enumerated() {
          request.reserve(order: "\(number)-\(round)-\(index)", buyer: "u-\(number)", lines: [line])
        }
        request.cancel(order: "\(number)-\(round)-0")
        request.reserve(order: "\(number)-\(round)-again", buyer: "u-\(number)", lines: [lines[0]])
        request.get(items: items)
      }
      guard replies.count == items.count + 3 else { return [:] }
      for index in 1..<items.count where replies[index].outcome == .reserved {
        units[lines[index].item, default: 0] += 1
      }
      if replies[items.count + 1].outcome == .reserved { units[lines[0].item, default: 0] += 1 }
    }
    return units
  }

  private static func ask(
    _ client: SocketClient, isGreeted: Bool = false, _ fill: (inout RequestEncoder) -> Void
  ) -> [WireReply] {
    if !isGreeted { _ = client.greet() }
    var encoder = RequestEncoder()
    fill(&encoder)
    encoder.finish(id: 1)
    client.send(encoder.bytes)
    return client.frame()?.replies ?? []
  }
}
