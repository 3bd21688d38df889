import CAllocationCount
import StockEngine
import StockModel
import StockTestSupport
import Testing

@testable import StockRESP

/// Once warm, reading a command and writing its answer allocates nothing, whatever the batch.
@Suite(.enabled(if: stock_counts_allocations() != 0, "the sanitizer has an allocator of its own"))
struct RESPAllocationTests {
  @Test("a pipeline of reserves with USER and EX")
  func reserves() throws {
    let counts = try [100, 1_000].map { count in
      try allocations(
        (0..<count).flatMap { request("STOCK.RESERVE order-\($0)-of-a-shop tea 1 USER user-\($0) EX 900") }, count)
    }
    #expect(counts[1] <= counts[0], "of 100 and of 1,000 commands: \(counts)")
    // A batch may have a few of its own.
    #expect(counts[0] <= 4, "\(counts)")
  }

  /// Allocations of decoding, and of writing answers, when everything has its size.
  private func allocations(_ bytes: [UInt8], _ count: Int) throws -> UInt {
    let host = TestHost()
    var session = RESPSession(client: host.connect(1), host: host)
    var batch = CommandBatch()
    var slots: [RESPSession.Slot] = []
    var writer = RESPWriter()
    var replies = ReplyBatch()
    let store = try TestStore()
    _ = try store.perform([.preheat(operation: "op", lines: [ShopCommand.Line("tea", 5_000)], replace: false)])
    let executor = store.inventory.makeExecutor()
    var last: UInt = 0
    for round in 0..<3 {
      batch.removeAll()
      slots.removeAll(keepingCapacity: true)
      writer.removeAll()
      let before = stock_allocations()
      bytes.withUnsafeBytes { bytes in
        _ = session.decode(
          bytes, bounds: .init(commandsMax: 16_384, rowsMax: 65_536), batch: &batch, slots: &slots)
      }
      last = stock_allocations() - before
      if round == 0 { executor.execute(&batch, into: &replies) }
      let decoded = stock_allocations()
      for index in slots.indices { session.write(slots[index], replies, to: &writer) }
      last += stock_allocations() - decoded
      #expect(batch.count == count && slots.count == count)
    }
    return last
  }
}
