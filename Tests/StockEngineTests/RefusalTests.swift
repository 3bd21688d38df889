import Foundation
import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Directories that must not be opened, and what is said about them.
@Suite struct RefusalTests {
  private static let log = "\(TestStore.path)/log"

  private func refusal(_ disk: SimulatedStorage, shards: Int = 1) throws -> EngineFault {
    let before = disk.files
    let fault = #expect(throws: EngineFault.self) {
      _ = try TestStore(shards: shards, segmentBytes: SmallLog.segmentBytes, storage: disk)
    }
    for (path, bytes) in before where path.hasSuffix(".log") || path.hasSuffix("META") {
      #expect(disk.bytes(path) == bytes, "\(path) was changed by a store that refused")
    }
    return try #require(fault)
  }

  // MARK: Locks

  @Test func aSecondDaemon() throws {
    let first = try TestStore()
    let fault = #expect(throws: EngineFault.self) { _ = try TestStore(storage: first.storage) }
    #expect(fault?.code == .locked)
    #expect(fault?.exitStatus == 75)
    try first.shutdown()
    _ = try TestStore(storage: first.storage)
  }

  @Test func aSecondDaemonOnARealDirectory() throws {
    let path = FileManager.default.temporaryDirectory.path + "/stockd-test-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = EngineConfiguration()
    configuration.segmentBytes = 64 << 10
    configuration.runsUpkeep = false
    do {
      let first = try Inventory(path: path, configuration: configuration)
      let fault = #expect(throws: EngineFault.self) { _ = try Inventory(path: path, configuration: configuration) }
      #expect(fault?.code == .locked)
      try first.shutdown()
    }
    let again = try Inventory(path: path, configuration: configuration)
    // The first start's epoch, and the seal of its stop.
    #expect(again.recovery.lastLSN == LSN(2))
    again.abandon()
  }

  // MARK: Other stores, newer formats

  private func otherStore() throws -> SimulatedStorage {
    let other = try TestStore(segmentBytes: SmallLog.segmentBytes, opens: false)
    other.configuration.newStore = StoreID(low: 7, high: 8)
    try other.open()
    try other.perform("preheat op-1 A=50 B@north=50")
    try other.snapshot()
    try other.perform("reserve o-1 A=1")
    other.stop()
    other.storage.kill()
    return other.storage
  }

  @Test(arguments: [1, 2, 3])
  func aSegmentOfAnotherStore(_ sequence: UInt64) throws {
    let log = try SmallLog(earlierSegments: 2)
    let name = "\(Self.log)/\(LogFormat.segmentName(sequence))"
    let header = SegmentHeader(
      store: StoreID(low: 7, high: 8), sequence: sequence, firstLSN: LSN(1), firstGroup: 1, previousChain: 0,
      createdAt: .zero)
    log.disk.place(header.encoded(), at: name)
    let fault = try refusal(log.disk)
    #expect(fault.code == .otherStore)
    #expect(fault.exitStatus == 65)
  }

  @Test func aSnapshotOfAnotherStore() throws {
    let other = try otherStore()
    let path = try #require(other.paths(in: "\(TestStore.path)/snap").first)
    let log = try SmallLog(earlierSegments: 2)
    log.disk.place(try #require(other.bytes(path)), at: path)
    #expect(try refusal(log.disk).code == .otherStore)
  }

  @Test func theMETAOfAnotherStore() throws {
    let other = try otherStore()
    let log = try SmallLog(earlierSegments: 2)
    log.disk.place(try #require(other.bytes("\(TestStore.path)/META")), at: "\(TestStore.path)/META")
    #expect(try refusal(log.disk).code == .otherStore)
  }

  /// Bytes at an offset changed, and the check behind them made right again.
  private func patched(_ bytes: [UInt8], _ offset: Int, _ value: UInt8, checkedBytes: Int, seed: UInt64) -> [UInt8] {
    var bytes = bytes
    bytes[offset] = value
    let check = bytes[..<checkedBytes].withUnsafeBytes { hashBytes($0, seed: seed) }
    withUnsafeBytes(of: check.littleEndian) { bytes.replaceSubrange(checkedBytes..<checkedBytes + 8, with: $0) }
    return bytes
  }

  @Test(arguments: [8, 10])
  func aNewerSegment(_ offset: Int) throws {
    let log = try SmallLog()
    log.disk.place(patched(log.bytes, offset, 2, checkedBytes: 72, seed: LogFormat.segmentMagic), at: log.path)
    let fault = try refusal(log.disk)
    #expect(fault.code == .newerFormat)
    #expect(fault.file.map { log.path.hasSuffix($0) } == true)
  }

  @Test func aSegmentWithFeaturesThatMayBeIgnored() throws {
    let log = try SmallLog()
    log.disk.place(patched(log.bytes, 12, 2, checkedBytes: 72, seed: LogFormat.segmentMagic), at: log.path)
    let store = try TestStore(segmentBytes: SmallLog.segmentBytes, storage: log.disk)
    #expect(try Observation(store) == log.states.last)
  }

  @Test func aNewerMETA() throws {
    let log = try SmallLog()
    let path = "\(TestStore.path)/META"
    let bytes = try #require(log.disk.bytes(path))
    log.disk.place(patched(bytes, 8, 2, checkedBytes: 40, seed: 0x0A54_454D_4B54_5353), at: path)
    #expect(try refusal(log.disk).code == .newerFormat)
  }

  @Test(arguments: [8, 10])
  func aNewerSnapshot(_ offset: Int) throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=1")
    try store.snapshot()
    store.stop()
    store.storage.kill()
    let path = try #require(store.storage.paths(in: "\(TestStore.path)/snap").first)
    let bytes = try #require(store.storage.bytes(path))
    store.storage.place(patched(bytes, offset, 2, checkedBytes: 72, seed: SnapshotFormat.magic), at: path)
    let fault = #expect(throws: EngineFault.self) { try store.open() }
    #expect(fault?.code == .newerFormat)
    // It is not damage: the file stays where it is.
    #expect(store.storage.bytes(path) != nil)
  }

  /// A group as a newer stockd could have written it.
  private func appendGroup(_ log: SmallLog, events: [UInt8]) throws -> [UInt8] {
    var bytes = log.bytes
    let end = log.boundaries.last!
    var copy = bytes
    var header = try copy.withUnsafeMutableBytes { buffer -> GroupHeader in
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.groupRawBytesMax + 64, alignment: 64)
      defer { raw.deallocate() }
      var scan = try SegmentScan(name: log.name, bytes: buffer, store: TestStore.id)
      while case .group = scan.next(into: raw) {}
      return GroupHeader(
        flags: [], sequence: scan.nextGroup, firstLSN: scan.nextLSN, time: scan.lastTime, records: 1, rawBytes: 0,
        previousChain: scan.chain)
    }
    let record = [UInt8(events.count)] + events
    let group = record.withUnsafeBytes {
      PendingGroup.single($0, records: 1, at: header.time, firstLSN: header.firstLSN, end: .open)
    }
    header.rawBytes = UInt32(group.body.count)
    var image = GroupImage()
    image.encode(group.body.bytes, &header, store: TestStore.id, segment: LogFormat.segmentSequence(log.name)!)
    bytes.replaceSubrange(end..<end + image.bytes.count, with: image.bytes)
    return bytes
  }

  @Test func anEventOfANewerFormat() throws {
    let log = try SmallLog()
    log.disk.place(try appendGroup(log, events: [0x60, 1, 2, 3]), at: log.path)
    let fault = try refusal(log.disk)
    #expect(fault.code == .newerFormat)
    #expect(fault.offset == UInt64(log.boundaries.last!))
    #expect(fault.lsn != nil)
  }

  @Test func anEventThatMayBeSkipped() throws {
    let log = try SmallLog()
    // Kind 0xC7, four bytes; then a heartbeat.
    log.disk.place(try appendGroup(log, events: [0xC7, 4, 9, 9, 9, 9, EventKind.heartbeat.rawValue]), at: log.path)
    let store = try TestStore(segmentBytes: SmallLog.segmentBytes, storage: log.disk)
    #expect(try Observation(store) == log.states.last)
  }

  /// The check is right, but the bytes are no events: a bug or a bad memory, and no reason to go on.
  @Test(arguments: [
    [UInt8(EventKind.reserved.rawValue), 0, 200], [EventKind.returned.rawValue, 1, 65, 0, 9], [0xC7, 100, 1],
  ])
  func recordsThatDoNotRead(_ events: [UInt8]) throws {
    let log = try SmallLog()
    log.disk.place(try appendGroup(log, events: events), at: log.path)
    let fault = try refusal(log.disk)
    #expect(fault.code == .corrupt)
    #expect(fault.offset == UInt64(log.boundaries.last!))
  }

  // MARK: Missing parts

  @Test(arguments: [1, 2])
  func aSegmentIsMissing(_ sequence: UInt64) throws {
    let log = try SmallLog(earlierSegments: 2)
    log.disk.remove("\(Self.log)/\(LogFormat.segmentName(sequence))")
    let fault = try refusal(log.disk)
    #expect(fault.code == .missing)
    #expect(fault.exitStatus == 66)
    #expect(fault.file?.hasSuffix(LogFormat.segmentName(sequence)) == true)
  }

  /// The log before the newest snapshot is not needed; after it, it is.
  @Test func segmentsAroundASnapshot() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=50 B@north=50")
    try store.snapshot()
    try store.perform("reserve o-1 A=1")
    let state = try Observation(store)
    store.stop()
    store.storage.kill()
    let names = store.storage.paths(in: Self.log).filter { $0.hasSuffix(".log") }
    #expect(names.count == 2)
    let without = store.storage.copy()
    without.remove(names[1])
    #expect(try refusal(without).code == .missing)
    store.storage.remove(names[0])
    try store.open()
    #expect(try Observation(store) == state)
  }

  @Test func theLogIsGone() throws {
    let log = try SmallLog()
    for path in log.disk.paths(in: Self.log) { log.disk.remove(path) }
    #expect(try refusal(log.disk).code == .missing)
  }

  @Test func twoSegmentsSwapped() throws {
    let log = try SmallLog(earlierSegments: 3)
    let paths = [UInt64(2), 3].map { "\(Self.log)/\(LogFormat.segmentName($0))" }
    let bytes = try paths.map { try #require(log.disk.bytes($0)) }
    log.disk.place(bytes[1], at: paths[0])
    log.disk.place(bytes[0], at: paths[1])
    let fault = try refusal(log.disk)
    #expect(fault.code == .corrupt)
  }

  /// A segment of an earlier life of the same store: right id, right number, wrong chain.
  @Test func aSegmentOfABackup() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=50")
    try store.inventory.seal()
    let backup = store.storage.copy()
    backup.losePower { _ in true }
    try store.perform("reserve o-1 A=1")
    try store.inventory.seal()
    try store.perform("reserve o-2 A=1")
    store.stop()
    store.storage.kill()
    let other = try TestStore(segmentBytes: 32 << 10, storage: backup)
    try other.perform("reserve o-1 A=2")
    try other.inventory.seal()
    let path = "\(Self.log)/\(LogFormat.segmentName(2))"
    store.storage.place(try #require(other.storage.bytes(path)), at: path)
    let fault = try refusal(store.storage)
    #expect(fault.code == .corrupt)
    #expect(fault.file?.hasSuffix(LogFormat.segmentName(3)) == true)
  }

  // MARK: Not a store

  @Test func aDirectoryWithOtherThings() throws {
    let disk = SimulatedStorage()
    disk.place([1, 2, 3], at: "\(TestStore.path)/holiday.jpg")
    let fault = try refusal(disk)
    #expect(fault.code == .notAStore)
    #expect(fault.exitStatus == 78)
  }

  @Test func aStoreWithoutItsMETA() throws {
    let log = try SmallLog()
    log.disk.remove("\(TestStore.path)/META")
    #expect(try refusal(log.disk).code == .notAStore)
  }

  @Test func aConfigurationThatCannotBe() throws {
    for change: (inout EngineConfiguration) -> Void in [
      { $0.shards = 3 }, { $0.shards = 0 }, { $0.shards = 128 }, { $0.segmentBytes = 4096 },
      { $0.segmentBytes = 70_000 },
      { $0.rules.holdMilliseconds = 0 }, { $0.rules.holdMillisecondsMax = 1 }, { $0.rules.idRetentionMilliseconds = 1 },
      { $0.rules.holdMillisecondsMax = 41 * 86_400_000 }, { $0.rules.endedRetentionMilliseconds = -1 },
    ] {
      let store = try TestStore(opens: false)
      change(&store.configuration)
      let fault = #expect(throws: EngineFault.self) { try store.open() }
      #expect(fault?.code == .configuration)
    }
  }

  /// An order in a state that this version does not know: whoever wrote it was newer, and the file stays where it is.
  @Test func aSnapshotWithAStateOfTheFuture() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A=10")
    try store.perform("reserve o-1 A=2")
    try store.snapshot()
    store.stop()
    let disk = store.storage
    disk.kill()
    let path = try #require(disk.paths(in: "\(TestStore.path)/snap").last)
    let lsn = try #require(SnapshotFormat.lsn(String(path.split(separator: "/").last!)))
    var bytes = try #require(disk.bytes(path))
    // The second page holds the order; so short a page is stored as it is.
    let first = SnapshotFormat.headerBytes
    func length(_ page: Int) -> Int { bytes[page + 16..<page + 20].reversed().reduce(0) { $0 << 8 | Int($1) } }
    let page = first + SnapshotFormat.pageHeaderBytes + length(first)
    try #require(
      bytes[page + 4] == SnapshotFormat.PageKind.orders.rawValue && bytes[page + 5] == Codec.stored)
    let body = page + SnapshotFormat.pageHeaderBytes
    try #require(bytes[body..<body + 5].elementsEqual([3] + Array("o-1".utf8) + [OrderState.reserved.rawValue]))
    bytes[body + 4] = 200
    let seed = SnapshotFormat.seed(TestStore.id, lsn, page: 1)
    func put(_ value: UInt64, _ offset: Int) {
      for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    put(bytes[body..<body + length(page)].withUnsafeBytes { hashBytes($0, seed: seed) }, page + 24)
    put(
      bytes[page..<page + SnapshotFormat.checkedPageHeaderBytes].withUnsafeBytes { hashBytes($0, seed: seed) },
      page + 32)
    disk.place(bytes, at: path)
    let fault = try refusal(disk)
    #expect(fault.code == .newerFormat)
    #expect(fault.message.contains("state 200"))
    #expect(disk.bytes(path) == bytes)
  }

  /// Every fault says what happened, where, and what to do.
  @Test func faultsReadWell() throws {
    let log = try SmallLog()
    var bytes = log.bytes
    bytes[log.boundaries[1] + 100] ^= 1
    log.disk.place(bytes, at: log.path)
    let fault = try refusal(log.disk)
    #expect(
      fault.description
        == "corrupt: group 5 is damaged, but group 6 behind it is whole, so it was once durable. [file /store/log/00000000000000000002.log offset 8192 LSN 5] Acknowledged records are damaged; nothing was changed and nothing was cut. Copy the directory, check the disk, then restore the file from a backup; stockcli verify names every damaged place, stockcli repair what can be had."
    )
  }
}
