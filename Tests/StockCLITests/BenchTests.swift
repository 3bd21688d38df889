import StockClient
import StockEngine
import StockWire
import Testing

@testable import stockcli

@Suite("The load generator's frames")
struct BenchTests {
  private func plan(_ mix: BenchMix, batch: Int, buyers: Int = 1000) -> BenchPlan {
    BenchPlan(
      address: .local, connections: 1, threads: 1, depth: 1, batch: batch, skus: 100, skew: .uniform, mix: mix,
      buyers: buyers, warmUpNanoseconds: 0, durationNanoseconds: 0, ordersMax: nil, holdMilliseconds: 900_000, seed: 1,
      run: "bfedcba9")
  }

  @Test(arguments: BenchMix.allCases, [0, 1000])
  func templatesAreSoundRequests(_ mix: BenchMix, _ buyers: Int) throws {
    for phase in mix.cycle.indices {
      let template = FrameTemplate(plan(mix, batch: 7, buyers: buyers), phase: phase)
      #expect(template.slots.count == 7)
      #expect(template.nextPhase == (phase + 7) % mix.cycle.count)
      var batch = CommandBatch()
      try template.bytes.withUnsafeBytes { bytes in
        let header = try FrameHeader(bytes)
        #expect(header.count == 7)
        try RequestDecoder.decode(
          payload: UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.bytes...]), count: 7, into: &batch)
      }
      for index in 0..<7 {
        if case .malformed(let malformation) = batch.commands[index] { Issue.record("\(malformation)") }
      }
    }
  }

  @Test func digitsLieWhereTheyShould() {
    var bytes = Array("____________".utf8)
    bytes.withUnsafeMutableBytes { DigitPairs().writeNumber(0x1234_5678_9ABC, to: $0.baseAddress!) }
    #expect(String(decoding: bytes, as: UTF8.self) == "123456789abc")
    bytes = Array("0______".utf8)
    bytes.withUnsafeMutableBytes { DigitPairs().writeBuyer(98_765, to: $0.baseAddress!) }
    #expect(String(decoding: bytes, as: UTF8.self) == "0098765")
    #expect(BenchPlan.itemName(1_234_567) == "bench-01234567")
  }

  @Test func skewsAreWhatTheySay() {
    #expect(Set(BenchSkew.hot.series(skus: 100, count: 1000, seed: 1)) == [0])
    let uniform = BenchSkew.uniform.series(skus: 10, count: 10_000, seed: 1)
    let zipf = BenchSkew.zipf(1).series(skus: 10, count: 10_000, seed: 1)
    for sku in 0..<10 { #expect((800..<1200).contains(uniform.count { $0 == sku })) }
    // 1 / H(10) is 0.341.
    #expect((3200..<3650).contains(zipf.count { $0 == 0 }))
    #expect(BenchSkew(argument: "zipf:1.2") == .zipf(1.2))
    #expect(BenchSkew(argument: "zipf:-1") == nil)
    #expect(BenchSkew(argument: "cold") == nil)
  }

  @Test func repliesAreCountedByOutcome() throws {
    func reply(_ outcome: UInt8, isRepeat: Bool, body: [UInt8]) -> [UInt8] {
      [outcome, isRepeat ? 1 : 0, 0, 0, UInt8(body.count), 0, 0, 0] + [UInt8](repeating: 0, count: 8) + body
    }
    let payload =
      reply(2, isRepeat: false, body: [1, 2, 3]) + reply(32, isRepeat: true, body: [])
      + reply(2, isRepeat: false, body: [])
    var tally = BenchTally()
    try payload.withUnsafeBytes { try tally.countReplies($0, count: 3) }
    #expect(tally.outcomes[2] == 2)
    #expect(tally.outcomes[32] == 1)
    #expect(tally.repeats == 1)
    #expect(throws: BenchFault.self) { try payload.withUnsafeBytes { try tally.countReplies($0, count: 4) } }
    #expect(throws: BenchFault.self) { try payload.withUnsafeBytes { try tally.countReplies($0, count: 2) } }
  }
}
