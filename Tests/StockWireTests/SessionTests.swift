import Foundation
import StockEngine
import Testing

@testable import StockWire

/// The worked example of `docs/protocol.md`, section 9. Change both or neither.
@Suite("The session in docs/protocol.md")
struct SessionTests {
  @Test("hello")
  func hello() {
    #expect(
      Hello().frame(id: 1)
        == bytes(
          """
          30000000 01 00 0000 0100000000000000
          'STOCKD' 0D0A  0100 0100  00000000  0000000000000000  0000000000000000 0000000000000000  0000000000000000
          """))
  }

  @Test("hello reply")
  func helloReply() {
    let reply = HelloReply(
      frameBytesMax: UInt32(Wire.frameBytesMax), commandsPerFrameMax: UInt32(Bounds.commandsPerBatchMax),
      framesInFlightMax: UInt32(Wire.framesInFlightMax),
      storeID: StoreID(low: 0x1112_1314_1516_1718, high: 0x2122_2324_2526_2728), durableLSN: LSN(42),
      now: Timestamp(milliseconds: 1_700_000_000_000), epoch: Epoch(number: 1, nonce: 0x0102_0304))
    #expect(
      reply.frame(id: 1)
        == bytes(
          """
          38000000 02 00 0000 0100000000000000
          0100 0000  00001000 00400000 00040000  1817161514131211 2827262524232221
          2A00000000000000  0068E5CF8B010000  0403020101000000
          """))
  }

  @Test("a reserve")
  func reserve() {
    var encoder = RequestEncoder()
    encoder.reserve(order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)], holdMilliseconds: 900_000)
    encoder.finish(id: 5)
    #expect(
      encoder.bytes
        == bytes(
          """
          24000000 03 00 0100 0500000000000000
          10 00 0000 1C000000   A0BB0D0000000000  03'o-1'  03'u-7'  0000  0100 03'tea' 02000000
          """))
  }

  @Test("its reply")
  func reply() {
    #expect(
      replies(bytes("02 00 01 00 10000000 0900000000000000   6200000000000000  0068E5CF8B010000"))
        == [
          WireReply(.reserved, lsn: LSN(9), .hold(available: 98, deadline: Timestamp(milliseconds: 1_700_000_000_000)))
        ])
  }

  @Test("a reserve in a sale")
  func reserveInSale() {
    #expect(
      saleReserve()
        == bytes(
          """
          3C000000 03 00 0100 0600000000000000
          10 70 0000 34000000   0000000000000000  03'o-1'  03'u-7'  0000  0100 03'tea' 02000000
          03'618'  1200 02'ip' 04'10.1' 05'phone' 03'138'
          """))
  }

  private func saleReserve() -> [UInt8] {
    var encoder = RequestEncoder()
    encoder.reserve(
      order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)],
      terms: WireReserveTerms(
        sale: "618", subjects: [WireSubject("phone", "138"), WireSubject("ip", "10.1")], replacesUnpaid: true))
    encoder.finish(id: 6)
    return encoder.bytes
  }

  private func openSale() -> [UInt8] {
    var encoder = RequestEncoder()
    encoder.openSale(
      operation: "op", sale: "618",
      terms: WireSaleTerms(
        start: Timestamp(milliseconds: 1_700_000_000_000), end: Timestamp(milliseconds: 1_700_003_600_000),
        holdMilliseconds: 300_000, unpaid: .replace, flagged: .deferred, hasStrictDeadline: true, recordsAttempts: true,
        limits: [WireLimit("user", 2, isGivenBackOnReturn: true), WireLimit("phone", 1, measure: .openOrders)],
        eligible: [WireSubject("region", "sh"), WireSubject("region", "bj")]), isPaused: true, source: .pools,
      lines: [WireLine("tea", 20), WireLine("tea@east", 5)])
    encoder.finish(id: 7)
    return encoder.bytes
  }

  private func demand() -> [UInt8] {
    var encoder = RequestEncoder()
    encoder.demand(
      item: "tea", DemandQuery(from: Timestamp(milliseconds: 120_000), bucket: .minute, rowsMax: 20))
    encoder.finish(id: 8)
    return encoder.bytes
  }

  /// The page itself, so that it cannot fall behind.
  @Test("the page shows these bytes")
  func page() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
    let session = try #require(text.components(separatedBy: "## 9. A session").last)
    let blocks = session.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    var reserve = RequestEncoder()
    reserve.reserve(order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)], holdMilliseconds: 900_000)
    reserve.finish(id: 5)
    let helloReply = HelloReply(
      frameBytesMax: UInt32(Wire.frameBytesMax), commandsPerFrameMax: UInt32(Bounds.commandsPerBatchMax),
      framesInFlightMax: UInt32(Wire.framesInFlightMax),
      storeID: StoreID(low: 0x1112_1314_1516_1718, high: 0x2122_2324_2526_2728), durableLSN: LSN(42),
      now: Timestamp(milliseconds: 1_700_000_000_000), epoch: Epoch(number: 1, nonce: 0x0102_0304))
    let shown = blocks.map { bytes($0) }
    try #require(shown.count == 9)
    #expect(shown[0] == Hello().frame(id: 1))
    #expect(shown[1] == helloReply.frame(id: 1))
    #expect(shown[2] == reserve.bytes)
    #expect(
      replies(Array(shown[3].dropFirst(FrameHeader.bytes))) == [
        WireReply(.reserved, lsn: LSN(9), .hold(available: 98, deadline: Timestamp(milliseconds: 1_700_000_000_000)))
      ])
    #expect(shown[4] == saleReserve())
    #expect(
      replies(Array(shown[5].dropFirst(FrameHeader.bytes))) == [
        WireReply(
          .limitReached, lsn: LSN(9),
          .limit(WireLimitRefusal(dimension: "user", measure: .units, item: "", max: 2, used: 1)))
      ])
    #expect(shown[6] == openSale())
    #expect(shown[7] == demand())
    let minute = Timestamp(milliseconds: 120_000)
    #expect(
      replies(Array(shown[8].dropFirst(FrameHeader.bytes))) == [
        WireReply(
          .found, lsn: LSN(9),
          .demand(
            WireDemand(
              rows: [WireDemand.Row(time: minute, rawReason: 32, attempts: 300, units: 700, item: "tea")],
              since: minute, next: DemandCursor(time: Timestamp(milliseconds: 180_000), key: 0))))
      ])
    for block in shown { #expect(block.count == FrameHeader.bytes + Int(block[0])) }
  }
}
