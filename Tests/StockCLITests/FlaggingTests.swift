import StockClient
import StockEngine
import StockWire
import Testing

@testable import stockcli

/// What the engine's rule about unpaid orders comes to in the daemon that an operator starts.
@Suite("Flagging by a real process", .serialized)
struct FlaggingTests {
  /// Places an order that expires within a millisecond and waits until it has.
  private func leaveUnpaid(_ order: String, _ client: StockClient) async throws {
    let hold = try await client.reserve(
      order: order, buyer: "lazy", hold: .milliseconds(1), lines: [WireLine("tea", 1)])
    #expect(hold.success != nil)
    for _ in 0..<10_000 {
      if try await client.order(order).success?.value.state == .expired { return }
    }
    Issue.record("\(order) never expired")
  }

  @Test func buyersWhoLeaveOrdersUnpaidAreFlaggedIfTheDaemonIsToldTo() async throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data", logFile: scratch.path + "/log",
      extraArguments: [
        "--free-bytes-min", "0", "--segment-bytes", "4MiB", "--unpaid-flag-after", "2", "--unpaid-period", "1h",
        "--flag-for", "2h",
      ])
    let client = try await StockClient.connect(to: try daemon.start().address)
    let now = try #require(try await client.stats().success).value.now
    var terms = WireSaleTerms(start: now, end: now.adding(milliseconds: 600_000))
    terms.flagged = .refuse
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 10)])
    _ = try await client.openSale(operation: "s", sale: "s", terms: terms, lines: [WireLine("tea", 10)])

    try await leaveUnpaid("o-1", client)
    let first = try #require(try await client.buyer("lazy").success).value
    #expect(!first.isFlagged && first.unpaid == 1)
    try await leaveUnpaid("o-2", client)
    let second = try #require(try await client.buyer("lazy").success).value
    #expect(second.isFlagged && !second.isFlaggedByHand && second.unpaid == 2)
    let expiredAt = try #require(try await client.order("o-2").success).value.changedAt
    #expect(second.until == expiredAt.adding(milliseconds: 2 * 60 * 60 * 1000))
    let refused = try await client.reserve(order: "o-3", buyer: "lazy", sale: "s", lines: [WireLine("tea", 1)])
    #expect(refused.refusal?.outcome == .buyerFlagged)

    await client.close()
    #expect(daemon.stop() == .exited(0))
    scratch.remove()
  }
}
