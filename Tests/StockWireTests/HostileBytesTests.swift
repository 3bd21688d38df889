import StockEngine
import StockWire
import Testing

/// Bytes from anybody. Nothing may trap, read past the end, or answer with another number of commands than it was told.
@Suite("Hostile bytes")
struct HostileBytesTests {
  private static let seeds = [1, 2, UInt64.random(in: .min ... .max)]

  @Test("random bytes as any frame", arguments: seeds)
  func random(seed: UInt64) {
    var random = Seeded(state: seed)
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      read(bytes, count: Int.random(in: 1...4, using: &random), seed: seed)
    }
  }

  @Test("good requests with a few bytes changed, cut or doubled", arguments: seeds)
  func mutatedRequests(seed: UInt64) {
    var random = Seeded(state: seed)
    let good = (RequestTests.goldens + RequestTests.saleGoldens).map { bytes($0.notation) }
    for _ in 0..<10_000 {
      let count = Int.random(in: 1...4, using: &random)
      let payload = (0..<count).flatMap { _ in good.randomElement(using: &random)! }
      read(mutate(payload, using: &random), count: count, seed: seed)
    }
  }

  @Test("bodies that lie inside sound framing", arguments: seeds)
  func mutatedBodies(seed: UInt64) {
    var random = Seeded(state: seed)
    let good = (RequestTests.goldens + RequestTests.saleGoldens).map { bytes($0.notation) }
    for _ in 0..<10_000 {
      var command = good.randomElement(using: &random)!
      let body = mutate(Array(command.dropFirst(8)), using: &random)
      command.replaceSubrange(8..., with: body)
      withUnsafeBytes(of: UInt32(body.count).littleEndian) { command.replaceSubrange(4..<8, with: $0) }
      let meanings = decoded(command)
      #expect(meanings.count == 1 && !meanings[0].hasPrefix("fault"), "seed \(seed): \(hex(command))")
      read(command, count: 1, seed: seed)
    }
  }

  @Test("replies with a few bytes changed, cut or doubled", arguments: seeds)
  func mutatedReplies(seed: UInt64) {
    var random = Seeded(state: seed)
    let good = [
      "01 01 00 00 00000000 0201000000000000",
      "20 00 04 00 1A000000 0900000000000000  0200 03'tea' 0100000000000000 03'cup' 0000000000000000",
      """
      09 00 07 00 4C000000 0900000000000000
      03 06 0100000000000000 0200000000000000 0300000000000000 03'o-1' 03'u-7' 0200'pp'
      0100 03'tea' 0500000000000000 0200000000000000 0300000000000000 0100000000000000
      """,
      "01 00 10 00 0C000000 0900000000000000  0807060504030201 00100000",
      """
      02 00 0C 00 42000000 0900000000000000  0068E5CF8B010000 0200
      03'tea' 0300000000000000 0100000000000000 0700000000000000
      03'cup' 0200000000000000 0000000000000000 0000000000000000
      """,
      """
      09 00 0B 00 4F000000 0900000000000000  0300000000000000 0100
      0500000000000000 0600000000000000 10 0700000000000000 FEFFFFFFFFFFFFFF 0200000000000000
      0000000000000000 0000000000000000 0400000000000000 03'o-1'
      """,
      """
      09 00 18 00 38000000 0900000000000000  0400000000000000 01 0500000000000000 0600000000000000 0100
      0201000000000000 20 2C01000000000000 BC02000000000000 03'tea'
      """,
    ].map(bytes)
    for _ in 0..<10_000 {
      let count = Int.random(in: 1...3, using: &random)
      let payload = (0..<count).flatMap { _ in good.randomElement(using: &random)! }
      read(mutate(payload, using: &random), count: count, seed: seed)
    }
  }

  /// Reads bytes as everything that they might be.
  private func read(_ payload: [UInt8], count: Int, seed: UInt64) {
    var batch = CommandBatch()
    let isSound = payload.withUnsafeBytes { payload in
      (try? RequestDecoder.decode(payload: payload, count: count, into: &batch)) != nil
    }
    #expect(batch.count == (isSound ? count : 0), "seed \(seed): \(hex(payload))")
    // Every text of every command lies inside the batch: describing reads them all.
    for command in batch.commands { _ = describe(command, batch) }
    if let replies = replies(payload, count: count) {
      #expect(replies.count == count, "seed \(seed): \(hex(payload))")
    }
    payload.withUnsafeBytes { payload in
      if payload.count >= FrameHeader.bytes { _ = try? FrameHeader(payload) }
      _ = try? Hello(payload: payload)
      _ = try? HelloReply(payload: payload)
      _ = try? ErrorFrame(payload: payload)
    }
  }

  private func mutate(_ bytes: [UInt8], using random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random)!
      case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...8, using: &random), bytes.count))
      default: bytes.insert(contentsOf: bytes[place..<min(place + 4, bytes.count)], at: place)
      }
    }
    return bytes
  }
}
