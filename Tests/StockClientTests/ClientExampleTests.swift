import FoundationEssentials
import Glibc
import Logging
import StockClient
import StockEngine
import StockServer
import StockWire
import Testing

/// A real server on a real log, in this process, for the length of `body`.
func withServer(_ body: (ServerAddress) async throws -> Void) async throws {
  var name = Array("/tmp/stockd-client-test-XXXXXX".utf8CString)
  #expect(mkdtemp(&name) != nil)
  let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { try? FileManager.default.removeItem(atPath: path) }
  var configuration = EngineConfiguration()
  configuration.segmentBytes = 4 << 20
  configuration.freeBytesMin = 0
  let inventory = try Inventory(path: path + "/data", configuration: configuration)
  let server = StockServer(
    engine: inventory, listeners: [.tcp(host: "127.0.0.1", port: 0)], loops: 1, limits: ServerLimits(),
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  try await server.start()
  guard let address = ServerAddress("\(server.boundAddresses[0])") else {
    Issue.record("a server tells where it listens")
    return
  }
  try await body(address)
  await server.stop()
  try inventory.shutdown()
}

@Suite("The examples of docs/client.md")
struct ClientExampleTests {
  @Test func sellsTeaOnARealServer() async throws {
    try await withServer { address in
      let verdict = try await sellTea(at: address)
      #expect(verdict == "sold; 98 of 100 left, the order is confirmed.")
      // Once more: the same ids, the same answers, no other tea.
      let again = try await sellTea(at: address)
      #expect(again == verdict)
    }
  }

  @Test func sellsTicketsOnARealServer() async throws {
    try await withServer { address in
      let told = try await sellTickets(at: address)
      #expect(
        told == ["2 held, 1 left", "1 held, 0 left", "limit by phone: 3 of 4", "open: 500 left, 1 held, 2 sold"])
    }
  }

  @Test(arguments: ["ClientExample", "SaleExample"])
  func standsInThePageWordForWord(_ example: String) throws {
    let root = #filePath.replacing("Tests/StockClientTests/ClientExampleTests.swift", with: "")
    let source = try String(
      contentsOf: URL(filePath: root + "Tests/StockClientTests/\(example).swift"), encoding: .utf8)
    let page = try String(contentsOf: URL(filePath: root + "docs/client.md"), encoding: .utf8)
    #expect(page.contains("```swift\n" + source + "```\n"))
  }
}

@Suite("The client against a real server")
struct RealServerTests {
  @Test func everyCommandIsUnderstood() async throws {
    try await withServer { address in
      let client = try await StockClient.connect(to: address)
      #expect(try await client.preheat(operation: "p", lines: [WireLine("tea", 10)]).success?.available == 10)
      #expect(try await client.preheat(operation: "q", lines: [WireLine("tea", 1)]).refusal?.outcome == .itemExists)
      #expect(try await client.supply(operation: "s", lines: [WireLine("tea", 5)]).success?.available == 15)
      #expect(try await client.restock(operation: "r", item: "tea", quantity: 5).success?.available == 20)
      #expect(try await client.adjust(operation: "a", item: "tea", change: .by(-1)).success?.available == 19)
      #expect(
        try await client.move(operation: "m", from: "tea", to: "tea@east", quantity: 5).success?.available == 14)
      #expect(
        try await client.move(operation: "n", from: "tea@east", to: "tea", quantity: 5).success?.available == 0)
      #expect(try await client.configure(operation: "c", item: "tea", floor: 19).success?.available == 0)
      #expect(try await client.configure(operation: "d", item: "tea", floor: 0).success?.available == 19)
      #expect(try await client.reserve(order: "o-1", lines: [WireLine("tea", 2)]).success?.available == 17)
      #expect(try await client.extend(operation: "e", order: "o-1", hold: .seconds(3600)).success?.isRepeat == false)
      #expect(try await client.confirm(order: "o-1").success?.isLate == false)
      #expect(try await client.confirm(order: "o-1").success?.isRepeat == true)
      #expect(try await client.cancel(order: "o-1").refusal?.outcome == .alreadyConfirmed)
      #expect(try await client.deduct(order: "o-2", lines: [WireLine("tea", 1)]).success?.available == 16)
      #expect(try await client.returnLines(operation: "t", order: "o-1").success?.isRepeat == false)
      #expect(try await client.resolve(order: "o-3").success?.state == .fenced)
      #expect(try await client.reserve(order: "o-3", lines: [WireLine("tea", 1)]).refusal?.outcome == .orderFenced)
      let soldOut = try await client.reserve(order: "o-4", lines: [WireLine("tea", 99)]).refusal
      #expect(soldOut?.shortages == [WireShortage(item: "tea", available: 18)])
      #expect(try await client.order("o-1").success?.value.state == .returned)
      #expect(try await client.order("o-9").refusal?.outcome == .noSuchOrder)
      #expect(try await client.get(["tea"]).success?.value.first?.sold == 1)
      #expect(try await client.stats().success?.value.items == 2)
      let history = try await client.history(of: "tea").success?.value.changes
      #expect(history?.first?.kind == .returned)
      #expect(try await client.demand(for: "coffee").refusal?.outcome == .unknownItem)
      let demand = try await client.demand(for: "tea", DemandQuery(bucket: .hour)).success
      #expect(demand?.value.next == nil && demand?.lsn != nil)
      _ = try await client.configure(operation: "f", item: "tea@east", floor: -3)
      let ahead = try await client.reserve(order: "b-1", lines: [WireLine("tea@east", 2)]).success
      #expect(ahead?.lines == [WirePlacedLine(item: "tea@east", quantity: 2, backordered: 2, available: 1)])
      #expect(ahead?.available == 1 && ahead?.deadline != nil)
      let again = try await client.reserve(order: "b-1", lines: [WireLine("tea@east", 2)]).success
      #expect(again?.lines == [] && again?.available == 1 && again?.isRepeat == true)
      let sold = try await client.deduct(order: "b-2", lines: [WireLine("tea", 1), WireLine("tea@east", 1)]).success
      #expect(sold?.lines.map(\.backordered) == [0, 1])
      #expect(sold?.available == 17)
      let ranked = try await client.reserve(order: "p-1", pools: ["east", "main"], lines: [WireLine("tea", 2)]).success
      #expect(ranked?.lines == [WirePlacedLine(item: "tea", quantity: 2, backordered: 0, available: 15)])
      let outright = try await client.deduct(order: "p-2", pools: ["main"], lines: [WireLine("tea", 1)]).success
      #expect(outright?.lines.map(\.item) == ["tea"] && outright?.available == 14)
      let none = try await client.deduct(order: "p-3", pools: ["east", "main"], lines: [WireLine("tea", 99)]).refusal
      #expect(none?.shortages.map(\.item) == ["tea@east", "tea"])
      let pools = try await client.pools(of: "tea").success?.value
      #expect(pools?.map(\.item) == ["tea", "tea@east"] && pools?.map(\.floor) == [0, -3])
      #expect(try await client.pools(of: "coffee").success?.value == [])
      var listed = 0
      for try await page in client.list() { listed += page.value.items.count }
      #expect(listed == 2)
      await client.close()
    }
  }

  @Test func manyTasksShareOneConnection() async throws {
    try await withServer { address in
      let client = try await StockClient.connect(to: address)
      _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 500)])
      let sold = try await withThrowingTaskGroup(of: Int.self) { group in
        for buyer in 0..<40 {
          group.addTask {
            var sold = 0
            for number in 0..<20 {
              let id = "o-\(buyer)-\(number)"
              guard try await client.reserve(order: id, lines: [WireLine("tea", 1)]).success != nil else { continue }
              if try await client.confirm(order: id).success != nil { sold += 1 }
            }
            return sold
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(sold == 500)
      #expect(try await client.get(["tea"]).success?.value.first?.sold == 500)
      await client.close()
    }
  }
}
