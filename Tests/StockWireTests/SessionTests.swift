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
}
