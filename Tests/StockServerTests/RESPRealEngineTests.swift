import Logging
import StockEngine
import Testing

@testable import StockServer

/// The whole way of RESP: bytes, engine, log, disk, and back.
@Suite("RESP on a real store", .serialized, .timeLimit(.minutes(5)))
struct RESPRealEngineTests {
  private func serve(_ path: String, _ body: (Int, String) throws -> Void) async throws {
    var configuration = EngineConfiguration()
    configuration.segmentBytes = 4 << 20
    let inventory = try Inventory(path: path + "/data", configuration: configuration)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let socket = path + "/resp.sock"
    let server = StockServer(
      engine: inventory, listeners: [], respListeners: [.tcp(host: "127.0.0.1", port: 0), .unix(path: socket)],
      version: "1.2.3", loops: 2, limits: ServerLimits(), logger: logger)
    try await server.start()
    guard case .tcp(_, let port) = server.boundRESPAddresses[0] else { return }
    try body(port, socket)
    await server.stop()
    try inventory.shutdown()
  }

  @Test("a sale's day by TCP and by a Unix socket, a restart, and the retry of a client that heard nothing")
  func story() async throws {
    let scratch = ScratchDirectory()
    try await serve(scratch.path) { port, socket in
      let client = SocketClient(port: port)
      let local = SocketClient(path: socket)
      #expect(
        client.ask("STOCK.PREHEAT p-1 ITEMS tea 3 cup@east 1", "STOCK.DEDUCT o-1 tea 2", "STOCK.GET tea")
          == ["*3 :1 $2 OK :2", "*3 :1 $9 CONFIRMED :1", ":1"])
      #expect(local.ask("STOCK.RESERVE o-2 tea 2", "STOCK.GET tea") == ["*4 :0 $7 SOLDOUT $3 tea :1", ":1"])
      let info = local.ask("INFO")[0] ?? ""
      for line in ["stockd_version:1.2.3", "tcp_port:\(port)", "connected_clients:2", "items:2"] {
        #expect(info.contains(line), "\(line)")
      }
      #expect(local.ask("CLIENT INFO")[0]?.contains("laddr=\(socket)") == true)
      #expect(client.ask("STOCK.CHECK", "STOCK.SNAPSHOT", "STOCK.GET tea") == ["*3 :1 $2 OK :2", "+OK", ":1"])
      #expect(client.ask("STOCK.HISTORY tea COUNT 1")[0]?.contains(" *1 *10 :2 ") == true)
    }
    try await serve(scratch.path) { port, _ in
      let client = SocketClient(port: port)
      #expect(
        client.ask("STOCK.DEDUCT o-1 tea 2", "STOCK.DEDUCT o-1 tea 1", "STOCK.GET tea", "STOCK.CHECK")
          .map { $0?.prefix(18) } == ["*3 :1 $9 CONFIRMED", "*3 :-3 $10 IDCONFL", ":1", "*3 :1 $2 OK :2"])
    }
  }

  @Test("1,000 orders in one pipeline, in their order, on commands that depend on one another")
  func pipeline() async throws {
    let scratch = ScratchDirectory()
    try await serve(scratch.path) { port, _ in
      let client = SocketClient(port: port)
      #expect(client.ask("STOCK.PREHEAT p-1 ITEMS tea 1000") == ["*3 :1 $2 OK :1"])
      client.say((0..<1_000).map { "STOCK.RESERVE:CODE o-\($0) tea 1\r\nSTOCK.GET tea\r\n" }.joined())
      for number in 0..<1_000 {
        #expect(client.answer() == ":1")
        #expect(client.answer() == ":\(999 - number)")
      }
      #expect(client.ask("STOCK.RESERVE:CODE o-1000 tea 1") == [":0"])
    }
  }
}
