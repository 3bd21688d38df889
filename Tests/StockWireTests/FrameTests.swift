import StockEngine
import StockWire
import Testing

@Suite("Frames, byte by byte")
struct FrameTests {
  private let store = StoreID(low: 0x1112_1314_1516_1718, high: 0x2122_2324_2526_2728)

  @Test("header")
  func header() throws {
    let header = FrameHeader(length: 0x0102_0304, kind: .request, count: 0x0506, id: 0x1122_3344_5566_7788)
    let golden = bytes("04030201 03 00 0605 88 77 66 55 44 33 22 11")
    var written = [UInt8](repeating: 0xFF, count: 16)
    written.withUnsafeMutableBytes { header.write(to: $0) }
    #expect(written == golden)
    #expect(try golden.withUnsafeBytes { try FrameHeader($0) } == header)
  }

  @Test(
    "headers that are refused",
    arguments: [
      "00000000 00 00 0000 0000000000000000",  // kind 0
      "00000000 08 00 0000 0000000000000000",  // kind after the last
      "00000000 03 01 0100 0000000000000000",  // a flag: replies out of order is kept for later
      "00000000 03 00 0000 0000000000000000",  // a request of nothing
      "00000000 06 00 0100 0000000000000000",  // a ping that counts
    ])
  func refusedHeader(_ notation: String) {
    #expect(throws: WireFault.self) { try bytes(notation).withUnsafeBytes { try FrameHeader($0) } }
  }

  @Test("hello")
  func hello() throws {
    let hello = Hello(
      versionMin: 1, versionMax: 2, highestLSN: LSN(0x0A0B), storeID: store, epoch: Epoch(number: 2, nonce: 0x0C0D))
    let golden = bytes(
      """
      30000000 01 00 0000 0700000000000000
      'STOCKD' 0D0A 0100 0200 00000000 0B0A000000000000 18171615 14131211 28272625 24232221 0D0C0000 02000000
      """)
    #expect(hello.frame(id: 7) == golden)
    #expect(try payload(golden) { try Hello(payload: $0) } == hello)
    // What follows the known fields is for later versions.
    #expect(try payload(golden + [1, 2, 3]) { try Hello(payload: $0) } == hello)
  }

  @Test("hello of a client that has never been here")
  func firstHello() throws {
    let golden = bytes(
      """
      30000000 01 00 0000 0000000000000000
      'STOCKD' 0D0A 0100 0100 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000
      """)
    #expect(Hello().frame() == golden)
    #expect(try payload(golden) { try Hello(payload: $0) }.storeID == nil)
  }

  @Test(
    "hellos that are refused",
    arguments: [
      ("'GET / HTTP/1.1' 0D0A", ErrorCode.notStockd),
      ("'STOCK'", .notStockd),
      ("'STOCKD' 0D0A 0100", .malformedFrame),
      (
        "'STOCKD' 0D0A 0200 0100 00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
        .malformedFrame
      ),
      (
        "'STOCKD' 0D0A 0100 0100 01000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
        .malformedFrame
      ),
      ("'STOCKD' 0D0A 0100 0100 00000000 0000000000000000 0000000000000000 0000000000000000", .malformedFrame),
    ])
  func refusedHello(_ notation: String, _ code: ErrorCode) {
    let error = #expect(throws: WireFault.self) {
      try bytes(notation).withUnsafeBytes { try Hello(payload: $0) }
    }
    #expect(error?.code == code)
  }

  @Test("hello reply")
  func helloReply() throws {
    let reply = HelloReply(
      frameBytesMax: 1 << 20, commandsPerFrameMax: 16384, framesInFlightMax: 1024, storeID: store,
      durableLSN: LSN(42), now: Timestamp(milliseconds: 1_700_000_000_000), epoch: Epoch(number: 3, nonce: 0x0E0F))
    let golden = bytes(
      """
      38000000 02 00 0000 0700000000000000
      0100 0000 00001000 00400000 00040000 18171615 14131211 28272625 24232221
      2A00000000000000 0068E5CF 8B010000 0F0E0000 03000000
      """)
    #expect(reply.frame(id: 7) == golden)
    #expect(try payload(golden) { try HelloReply(payload: $0) } == reply)
  }

  @Test("ping and pong")
  func pingPong() {
    #expect(PingFrame.ping(id: 9) == bytes("00000000 06 00 0000 0900000000000000"))
    #expect(PingFrame.pong(id: 9) == bytes("00000000 07 00 0000 0900000000000000"))
  }

  @Test("error")
  func error() throws {
    var frame = ErrorFrame(WireFault(.frameTooLarge))
    frame.text = "too long"
    let golden = bytes("0E000000 05 00 0000 0300000000000000 0500 00 00 0800 'too long'")
    #expect(frame.frame(id: 3) == golden)
    #expect(try payload(golden) { try ErrorFrame(payload: $0) } == frame)
    #expect(frame.code == .frameTooLarge)
  }

  @Test("error codes keep their numbers")
  func codes() {
    #expect(
      ErrorCode.allCases.map { "\($0.rawValue) \($0.name) \($0.mayRetryDiffer)" } == [
        "1 notStockd false", "2 unsupportedVersion false", "3 dataRegression false", "4 otherStore false",
        "5 frameTooLarge false", "6 malformedFrame false", "7 tooManyConnections true", "8 helloTimeout true",
        "9 shuttingDown true", "10 slowReader true", "11 tooManyInFlight true", "12 logFailed true",
        "13 tooManyCommands false", "14 tooManyRows false",
      ])
  }

  private func payload<Value>(_ frame: [UInt8], _ read: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    try Array(frame.dropFirst(FrameHeader.bytes)).withUnsafeBytes(read)
  }
}
