import NIOCore
import StockEngine
import StockWire
import Testing

@testable import StockClient

/// A batch goes out in frames that the server takes, whatever it asks for.
@Suite struct BatchFramesTests {
  private func commands(_ batch: StockBatch) throws -> [Int] {
    try batch.frames(within: FrameLimits()).map { frame in
      try frame.bytes.withUnsafeReadableBytes { bytes in
        let payload = UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.bytes...])
        let rows = try RequestDecoder.checkFraming(payload: payload, count: frame.commands)
        #expect(rows <= Wire.rowsPerFrameMax)
      }
      return frame.commands
    }
  }

  @Test func readsOfMoreRowsThanAFrameMayAskFor() throws {
    var sales = StockBatch()
    for number in 0..<33 { sales.sale("s-\(number)") }
    #expect(try commands(sales) == [16, 16, 1])

    var orders = StockBatch()
    for number in 0..<1_025 { orders.order("o-\(number)") }
    #expect(try commands(orders) == [1_024, 1])

    var pages = StockBatch()
    for _ in 0..<66 { pages.list(rowsMax: 1_000) }
    pages.stats()
    #expect(try commands(pages) == [65, 2])
  }

  @Test func writesAskForNone() throws {
    var batch = StockBatch()
    for number in 0..<1_000 { batch.cancel(order: "o-\(number)") }
    batch.order("o-1")
    #expect(try commands(batch) == [1_001])
  }

  @Test func whatReadsTheLogGoesAlone() throws {
    var batch = StockBatch()
    batch.order("o-1")
    batch.history("tea")
    batch.order("o-2")
    #expect(try commands(batch) == [1, 1, 1])
  }
}
