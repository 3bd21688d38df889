import StockTestSupport
import Testing

@testable import StockEngine

/// What the tail rule rests on: no sector that was written is all zero, an idle log covers its last group with another, and how far
/// the log was once durable is written down beside it.
@Suite struct TailGuardTests {
  @Test func noWrittenSectorIsAllZero() throws {
    // Random bytes outgrow themselves in LZ4 by more than the zeros save, so the body is stored as it is.
    var random = SplitMix64(seed: 1)
    var raw = (0..<400 << 10).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    raw.replaceSubrange(8192..<8192 + 1536, with: [UInt8](repeating: 0, count: 1536))
    var header = GroupHeader(
      flags: [], sequence: 1, firstLSN: LSN(1), time: Timestamp(milliseconds: 1), records: 1,
      rawBytes: UInt32(raw.count), previousChain: 0)
    var image = GroupImage()
    raw.withUnsafeBytes { image.encode($0, &header, store: TestStore.id, segment: 1) }
    #expect(header.storedBytes == header.rawBytes, "the body is not stored raw, so this tests nothing")
    var bytes = Array(image.bytes)
    for start in stride(from: 0, to: bytes.count, by: 512) where bytes[start..<start + 512].allSatisfy({ $0 == 0 }) {
      Issue.record("the sector at \(start) is all zero")
    }
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: raw.count + CommandBatch.slackBytes, alignment: 64)
    defer { target.deallocate() }
    let isRight = bytes.withUnsafeMutableBytes { bytes in
      let body = UnsafeMutableRawBufferPointer(
        rebasing: bytes[LogFormat.groupHeaderBytes..<LogFormat.groupHeaderBytes + Int(header.storedBytes)])
      return GroupImage.decode(header, body: body, into: target, store: TestStore.id, segment: 1)
    }
    #expect(isRight && Array(target[..<raw.count]) == raw)
  }

  /// One heartbeat when the log falls idle; further ones only as long as an outage must be measurable.
  @Test func anIdleLogBeats() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=10")
    let last = store.inventory.lastLSN
    try store.tick()
    store.advance(90)
    try store.tick()
    #expect(store.inventory.lastLSN == last)
    store.advance(20)
    try store.tick()
    #expect(try store.events(after: last).map(\.kind) == [.heartbeat])
    store.advance(60_000)
    try store.tick()
    #expect(store.inventory.lastLSN == last.advanced(by: 1), "nobody has anything to lose")
    try store.perform("reserve o-1 A=1 hold=10m")
    try store.tick()
    let open = store.inventory.lastLSN
    for _ in 0..<40 {
      store.advance(1000)
      try store.tick()
    }
    let beats = try store.events(after: open)
    #expect(beats.allSatisfy { $0.kind == .heartbeat } && (7...9).contains(beats.count), "\(beats)")
  }

  /// A log that ends in a whole group, but before what was once durable, has lost something. The watermark outlives the power.
  @Test func aLogThatEndsBeforeItsWatermark() throws {
    let store = try TestStore(segmentBytes: SmallLog.segmentBytes)
    try store.perform("preheat op-1 A=10")
    let path = try #require(store.storage.paths(in: "\(TestStore.path)/log").last { $0.hasSuffix(".log") })
    let before = try #require(store.storage.bytes(path))
    let end = store.inventory.lastLSN
    try store.perform("reserve o-1 A=1")
    store.advance(2000)
    try store.tick()
    store.losePower()
    store.storage.place(before, at: path)
    let fault = #expect(throws: EngineFault.self) { try store.open() }
    #expect(fault?.code == .corrupt)
    #expect(fault?.file == path)
    #expect(fault?.lsn == end.advanced(by: 1))
  }

  /// If its name could not be made durable the file is made again, and its name with it.
  @Test func aWatermarkWhoseNameWasNotSynced() throws {
    let store = try TestStore(segmentBytes: SmallLog.segmentBytes)
    try store.perform("preheat op-1 A=10")
    store.storage.setJudge { _, operation in
      operation.kind == .syncDirectory && operation.path == TestStore.path ? .fail(SimulatedStorage.eio) : .proceed
    }
    store.advance(2000)
    try store.tick()
    store.storage.setJudge(nil)
    #expect(store.storage.bytes("\(TestStore.path)/WATERMARK") == nil)
    try store.perform("reserve o-1 A=1")
    store.advance(2000)
    try store.tick()
    store.losePower()
    #expect(store.storage.bytes("\(TestStore.path)/WATERMARK") != nil)
  }
}
