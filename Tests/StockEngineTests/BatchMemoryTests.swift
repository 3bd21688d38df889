import Testing

@testable import StockEngine

@Suite("The memory that a batch keeps")
struct BatchMemoryTests {
  @Test("what batches usually need is kept, what one of them needed once is not")
  func kept() {
    var batch = CommandBatch()
    for (bytes, isKept) in [(1 << 20, true), (9 << 20, false)] {
      _ = batch.store([UInt8](repeating: UInt8(ascii: "x"), count: bytes))
      batch.removeAll()
      #expect((batch.bytes.capacity >= 1 << 20) == isKept, "\(bytes) bytes")
      #expect(batch.bytes.isEmpty)
    }
    for (lines, isKept) in [(10_000, true), (300_000, false)] {
      for _ in 0..<lines {
        batch.appendLine(item: .empty, quantity: 1)
        batch.appendPool(.empty)
      }
      batch.removeAll()
      #expect((batch.lines.capacity >= 10_000) == isKept, "\(lines) lines")
      #expect((batch.pools.capacity >= 10_000) == isKept, "\(lines) pools")
      #expect(batch.lineCount == 0 && batch.poolCount == 0)
    }
  }
}
