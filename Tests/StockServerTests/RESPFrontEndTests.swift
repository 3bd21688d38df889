import CAllocationCount
import StockEngine
import StockRESP
import Testing

@testable import StockServer

/// What a read costs beside its commands: at one command a read it is a command's cost.
@Suite(.enabled(if: stock_counts_allocations() != 0, "the sanitizer has an allocator of its own"))
struct RESPFrontEndTests {
  @Test("a warm read of one command does not copy what the session remembers")
  func oneRead() {
    let directory = ClientDirectory(
      census: ConnectionCensus(connectionsMax: 1), connectionsMax: 1, version: "", password: nil)
    let client = directory.add(address: "", localAddress: "", close: {})
    var front = FrontEnd.resp(
      RESPFrontEnd(session: RESPSession(client: client, host: directory), directory: directory))
    let limits = ServerLimits()
    var machine = ConnectionMachine(limits: limits, now: 0, greets: false)
    var scratch = LoopScratch()
    let bytes = Array("*4\r\n$13\r\nSTOCK.RESERVE\r\n$3\r\no-1\r\n$3\r\ntea\r\n$1\r\n1\r\n".utf8)
    var counts: [UInt] = []
    for _ in 0..<4 {
      let before = stock_allocations()
      let consumed = bytes.withUnsafeBytes {
        front.decode($0, &machine, limits: limits, greeting: nil, into: &scratch).consumed
      }
      counts.append(stock_allocations() - before)
      #expect(consumed == bytes.count && scratch.batch.count == 1)
      scratch.removeAll()
    }
    #expect(counts[3] == 0, "\(counts)")
  }
}
