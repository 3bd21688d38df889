import StockModel
import StockTestSupport
import Synchronization
import Testing

@testable import StockEngine

/// The archive of a store: what goes there, when, and what is read from it.
@Suite struct ArchiveTests {
  private static let archive = "\(TestStore.path)/archive"
  private static let log = "\(TestStore.path)/log"

  private static let story = [
    "preheat p A=100 B@north=50", "reserve o-1 buyer=u1 A=2 B@north=1", "supply s A=3", "confirm o-1",
    "reserve o-2 A=1",
    "cancel o-2", "adjust a A -1 reason=broken", "return r o-1 A=1 scrap", "deduct d A=1", "reserve o-3 B@north=4",
    "confirm o-3", "reserve o-4 A=5", "confirmLines c-1 o-4 A=1", "cancelLines c-2 o-4 A=1 reason=less", "confirm o-4",
    "ship w-1 o-4", "deliver w-2 o-4", "nextIDs 9",
  ]

  /// A store whose story lies in several segments, each covered but the last two.
  private func liveStore(archiveBytesMax: UInt64 = 1 << 30, age: Int64 = 0) throws -> TestStore {
    let store = try TestStore(segmentBytes: 32 << 10, opens: false)
    store.configuration.archiveBytesMax = archiveBytesMax
    store.configuration.archiveMillisecondsMax = age
    try store.open()
    for command in Self.story {
      try store.perform(command)
      try store.snapshot()
      store.advance(1000)
    }
    return store
  }

  private func archivist(_ disk: SimulatedStorage, bytesMax: UInt64 = 1 << 30, faults: Faults = Faults()) -> Archivist {
    Archivist(
      catalog: SmallArchive.catalog(disk), bytesMax: bytesMax, millisecondsMax: 0,
      syncLog: { () throws(StorageError) in try disk.syncDirectory(Self.log) }, report: { faults.append($0) })
  }

  final class Faults: Sendable {
    private let heard = Mutex<[EngineFault]>([])
    var all: [EngineFault] { heard.withLock { $0 } }
    func append(_ fault: EngineFault) { heard.withLock { $0.append(fault) } }
  }

  // MARK: Reading

  /// The same rows, the same events, the same balances, whether the log was archived or not; on 1 shard and on 4.
  @Test(arguments: [1, 4])
  func everythingReadsTheSame(shards: Int) throws {
    let kept = try TestStore(shards: shards, segmentBytes: 32 << 10)
    let moved = try TestStore(shards: shards, segmentBytes: 32 << 10)
    for command in Self.story {
      for store in [kept, moved] { try store.perform(command) }
      try kept.inventory.seal()
      try moved.snapshot()
      for store in [kept, moved] { store.advance(1000) }
    }
    #expect(kept.storage.paths(in: Self.archive).isEmpty)
    #expect(moved.storage.paths(in: Self.archive).count > 5)
    for item in ["A", "B@north"] {
      for rows in [1, 3, 1000] {
        for before: UInt64 in [0, 2, 5] {
          #expect(
            moved.history(item, beforeVersion: before, rowsMax: rows)
              == kept.history(item, beforeVersion: before, rowsMax: rows))
        }
      }
    }
    #expect(try moved.events() == kept.events())
    let one = try StoreInspector(path: TestStore.path, storage: kept.storage)
    let other = try StoreInspector(path: TestStore.path, storage: moved.storage)
    for order in ["o-1", "o-3", "o-4", "nobody"] {
      var filter = StoreInspector.EventFilter()
      filter.order = order
      #expect(try Self.found(other, filter) == Self.found(one, filter))
    }
    var filter = StoreInspector.EventFilter()
    filter.order = "o-4"
    #expect(
      try Self.found(other, filter).map(\.kind) == [
        .reserved, .partlyConfirmed, .partlyCancelled, .confirmed, .shipped, .delivered,
      ])
    filter = StoreInspector.EventFilter()
    filter.operation = "s"
    #expect(try Self.found(other, filter).map(\.kind) == [.operationDone])
    for lsn in 1...UInt64(12) {
      var limit = StoreInspector.ReplayLimit()
      limit.lsn = LSN(lsn)
      #expect(try other.replay(limit, fromStart: true) == one.replay(limit, fromStart: true))
    }
    #expect(one.verify().faults.isEmpty && other.verify().faults.isEmpty)
    #expect(one.verify().records == other.verify().records)
  }

  private static func found(
    _ inspector: StoreInspector, _ filter: StoreInspector.EventFilter
  ) throws -> [StockEngine.LoggedEvent] {
    var events: [StockEngine.LoggedEvent] = []
    try inspector.events(filter) {
      events.append($0)
      return true
    }
    return events
  }

  /// A history reads no more than it may, and says how far it got.
  @Test func historyWithinItsBytes() throws {
    let store = try liveStore()
    let whole = store.history("A")
    #expect(whole.number("since") == 1)
    var seen: Set<Int> = []
    store.stop()
    store.storage.kill()
    for bytes: UInt64 in stride(from: 0, to: 60_000, by: 400) {
      // Of a copy: every start adds a little to the log, which would be read first.
      let copy = try TestStore(storage: store.storage.copy(), opens: false)
      copy.configuration = store.configuration
      copy.configuration.historyBytesMax = bytes
      copy.advance(store.clock.wallMilliseconds - TestStore.base)
      try copy.open()
      let part = copy.history("A")
      let since = try #require(part.number("since"))
      seen.insert(part.words.count)
      #expect(part.words.dropLast().elementsEqual(whole.words.dropLast().prefix(part.words.count - 1)))
      // Complete: every row from there on is shown.
      #expect(part.words.count == whole.words.count || since > 1)
    }
    #expect(seen.count > 3, "the bound made no difference: \(seen)")
  }

  // MARK: Damage

  /// A damaged segment is told of and stays, and the others go.
  @Test func aDamagedSegmentStays() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story {
      try store.perform(command)
      try store.inventory.seal()
    }
    store.stop()
    let disk = store.storage
    disk.kill()
    let path = "\(Self.log)/\(LogFormat.segmentName(3))"
    var bytes = try #require(disk.bytes(path))
    bytes[LogFormat.segmentHeaderBytes + 100] ^= 1
    disk.place(bytes, at: path)
    let faults = Faults()
    #expect(archivist(disk, faults: faults).run(before: 6, now: .zero, ArchiveCatalog.Manner()) == 4)
    #expect(faults.all.map(\.code) == [.corrupt])
    #expect(faults.all.first?.file?.hasSuffix(LogFormat.segmentName(3)) == true)
    #expect(disk.bytes(path) == bytes)
    #expect(
      disk.paths(in: Self.archive).map { $0.suffix(7) } == ["001.arc", "002.arc", "004.arc", "005.arc"].map { $0[...] })
  }

  /// `verify` names a damaged archive file, and a gap.
  @Test func verifyReadsTheArchive() throws {
    let store = try liveStore()
    let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
    #expect(inspector.verify().faults.isEmpty)
    let paths = store.storage.paths(in: Self.archive)
    var bytes = try #require(store.storage.bytes(paths[2]))
    let whole = bytes
    bytes[ArchiveFormat.headerBytes + 5] ^= 1
    store.storage.place(bytes, at: paths[2])
    #expect(inspector.verify().faults.contains { $0.code == .corrupt && $0.file == paths[2] })
    store.storage.remove(paths[2])
    #expect(inspector.verify().faults.map(\.code) == [.missing])
    store.storage.place(whole, at: paths[2])
    #expect(inspector.verify().faults.isEmpty)
  }

  // MARK: The way back

  /// Without a snapshot the state comes from the archive; the next snapshot makes that unnecessary again.
  @Test(arguments: [1, 4])
  func recoversFromTheArchive(shards: Int) throws {
    let store = try liveStore()
    let expected = try Observation(store)
    let hash = store.stats.stateHash
    store.stop()
    let disk = store.storage
    disk.kill()
    for path in disk.paths(in: "\(TestStore.path)/snap") { disk.remove(path) }
    let again = try TestStore(shards: shards, segmentBytes: 32 << 10, storage: disk)
    #expect(again.inventory.recovery.archivedSegments > 5)
    #expect(again.inventory.recovery.snapshotLSN == .zero)
    #expect(try Observation(again) == expected)
    #expect(again.stats.stateHash == hash)
    #expect(again.history("A").number("since") == 1)
    try again.perform("supply more A=1")
    try again.snapshot()
    try again.restart()
    #expect(again.inventory.recovery.archivedSegments == 0)
    #expect(try again.perform("get A").number("A") == 96)
  }

  /// A gap, a damaged file, or an archive that has let go of its beginning: refused, nothing changed.
  @Test func anArchiveThatDoesNotReachBack() throws {
    let store = try liveStore()
    store.stop()
    store.storage.kill()
    for path in store.storage.paths(in: "\(TestStore.path)/snap") { store.storage.remove(path) }
    let paths = store.storage.paths(in: Self.archive)
    for path in [paths[0], paths[4]] {
      let disk = store.storage.copy()
      disk.remove(path)
      #expect(
        #expect(throws: EngineFault.self) { _ = try TestStore(segmentBytes: 32 << 10, storage: disk) }?.code == .missing
      )
      var bytes = try #require(store.storage.bytes(path))
      bytes[bytes.count / 2] ^= 1
      disk.place(bytes, at: path)
      let fault = #expect(throws: EngineFault.self) { _ = try TestStore(segmentBytes: 32 << 10, storage: disk) }
      #expect(fault?.code == .corrupt)
      #expect(disk.bytes(path) == bytes)
    }
    // A log that ends before the archive does is not the newest.
    let disk = store.storage.copy()
    for path in disk.paths(in: Self.log) { disk.remove(path) }
    #expect(
      #expect(throws: EngineFault.self) { _ = try TestStore(segmentBytes: 32 << 10, storage: disk) }?.code == .missing)
  }

  // MARK: Crashes

  /// Power is lost before each operation of archiving: segment, archive file or both are there, nothing else is needed, every
  /// record is, and the next run ends with the archive file alone.
  @Test(arguments: CrashPointTests.Loss.allCases)
  func everyOperationOfArchiving(_ loss: CrashPointTests.Loss) throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story.prefix(5) {
      try store.perform(command)
      try store.inventory.seal()
    }
    store.stop()
    let disk = store.storage
    disk.kill()
    let expected = try LogReader(storage: disk).events()
    let observed = try Observation(TestStore(segmentBytes: 32 << 10, storage: disk.copy()))
    disk.keepMoments()
    #expect(archivist(disk).run(before: 4, now: .zero, ArchiveCatalog.Manner()) == 3)
    let moments = disk.keptMoments
    #expect(moments.count > 20)
    for (place, moment) in moments.enumerated() {
      let disk = moment.disk
      disk.losePower(keeping: loss.keeps(disk.unsynced.count, UInt64(place)))
      let what = "power lost before operation \(place), \(moment.operation), with \(loss)"
      #expect(try LogReader(storage: disk).events() == expected, "\(what)")
      let found = try Observation(TestStore(segmentBytes: 32 << 10, storage: disk.copy()))
      #expect(found == observed, "\(what)")
      let faults = Faults()
      _ = archivist(disk, faults: faults).run(before: 4, now: .zero, ArchiveCatalog.Manner())
      #expect(faults.all.isEmpty, "\(what)")
      #expect(
        disk.paths(in: Self.archive).map { $0.suffix(7) } == ["001.arc", "002.arc", "003.arc"].map { $0[...] },
        "\(what)")
      #expect(!disk.paths(in: Self.log).contains { $0.hasSuffix(LogFormat.segmentName(3)) }, "\(what)")
      #expect(try LogReader(storage: disk).events() == expected, "\(what)")
    }
  }

  /// Each operation refused once: told of, nothing lost, done by the next run.
  @Test(arguments: [SimulatedStorage.eio, SimulatedStorage.enospc])
  func everyOperationRefused(_ number: Int32) throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story.prefix(4) {
      try store.perform(command)
      try store.inventory.seal()
    }
    store.stop()
    store.storage.kill()
    let expected = try LogReader(storage: store.storage).events()
    let whole = store.storage.copy()
    _ = archivist(whole).run(before: 3, now: .zero, ArchiveCatalog.Manner())
    let operations = whole.trace.count
    #expect(operations > 30)
    for place in 0..<operations {
      let disk = store.storage.copy()
      disk.setJudge { count, _ in count == place ? .fail(number) : .proceed }
      let faults = Faults()
      _ = archivist(disk, faults: faults).run(before: 3, now: .zero, ArchiveCatalog.Manner())
      disk.setJudge(nil)
      #expect(try LogReader(storage: disk).events() == expected, "\(whole.trace[place])")
      _ = archivist(disk).run(before: 3, now: .zero, ArchiveCatalog.Manner())
      #expect(disk.paths(in: Self.archive).map { $0.suffix(7) } == ["001.arc", "002.arc"].map { $0[...] })
      #expect(try LogReader(storage: disk).events() == expected, "\(whole.trace[place])")
    }
  }

  /// The name of an archive file was not made durable, and not taken back either, since the disk refused that too. The next run, on a disk
  /// that works again, does not take the file for durable and its segment away.
  @Test func anArchiveFileThatMayVanish() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story.prefix(4) {
      try store.perform(command)
      try store.inventory.seal()
    }
    store.stop()
    let disk = store.storage
    disk.kill()
    let expected = try LogReader(storage: disk).events()
    let isRefusing = Counter()
    disk.setJudge { _, operation in
      if operation.kind == .syncDirectory && operation.path == Self.archive { isRefusing.next() }
      return isRefusing.count > 0 ? .fail(SimulatedStorage.eio) : .proceed
    }
    let faults = Faults()
    #expect(archivist(disk, faults: faults).run(before: 3, now: .zero, ArchiveCatalog.Manner()) == 0)
    #expect(!faults.all.isEmpty)
    disk.setJudge(nil)
    #expect(disk.paths(in: Self.archive).contains { $0.hasSuffix(".arc") })
    #expect(archivist(disk).run(before: 3, now: .zero, ArchiveCatalog.Manner()) == 2)
    disk.losePower { _ in false }
    #expect(try LogReader(storage: disk).events() == expected)
  }

  /// A stop in the middle leaves the segment and nothing else.
  @Test func cancelled() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat p A=1")
    try store.inventory.seal()
    let manner = ArchiveCatalog.Manner(isCancelled: { true })
    let part = try #require(try StoreDirectory(storage: store.storage, path: TestStore.path).logParts().first)
    #expect(try !SmallArchive.catalog(store.storage).archive(part, manner))
    #expect(store.storage.paths(in: Self.archive).isEmpty)
  }

  /// A damaged archive file beside its segment is written anew.
  @Test func aDamagedTwinIsReplaced() throws {
    let small = try SmallArchive()
    var bytes = small.bytes
    bytes[bytes.count - 3] ^= 1
    small.disk.place(bytes, at: small.path)
    #expect(archivist(small.disk).run(before: 2, now: .zero, ArchiveCatalog.Manner()) == 1)
    #expect(small.disk.bytes(small.path) == small.bytes)
    #expect(small.disk.bytes(small.segmentPath) == nil)
  }

  // MARK: Segments that earlier versions moved

  @Test func movedSegmentsAreReadAndRewritten() throws {
    let store = try liveStore()
    let expected = try store.events()
    let rows = store.history("A")
    store.stop()
    let disk = store.storage
    disk.kill()
    // As an earlier version would have left it.
    let twin = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story {
      try twin.perform(command)
      try twin.inventory.seal()
      twin.advance(1000)
    }
    let sequences = disk.paths(in: Self.archive).compactMap {
      ArchiveFormat.sequence(String($0.split(separator: "/").last!))
    }
    #expect(sequences.count > 5)
    for sequence in sequences {
      disk.remove(SmallArchive.catalog(disk).path(sequence))
      let name = LogFormat.segmentName(sequence)
      disk.place(try #require(twin.storage.bytes("\(Self.log)/\(name)")), at: "\(Self.archive)/\(name)")
    }
    let again = try TestStore(segmentBytes: 32 << 10, storage: disk)
    #expect(again.history("A") == rows)
    #expect(try again.events().prefix(expected.count).elementsEqual(expected))
    try again.perform("supply more A=1")
    try again.snapshot()
    #expect(disk.paths(in: Self.archive).allSatisfy { $0.hasSuffix(".arc") })
    #expect(again.history("A").words.dropFirst().dropLast().elementsEqual(rows.words.dropLast()))
    #expect(try again.events().prefix(expected.count).elementsEqual(expected))
  }

  // MARK: Retention

  @Test func letsGoByAge() throws {
    let store = try liveStore(age: 5000)
    let paths = store.storage.paths(in: Self.archive)
    let newest = try #require(
      try SnapshotCatalog(
        directory: StoreDirectory(storage: store.storage, path: TestStore.path), store: TestStore.id
      ).newestTime())
    let headers = try paths.map { try ArchiveReader.header(store.storage, path: $0, store: TestStore.id) }
    #expect(headers.count > 1 && headers.count < 8)
    #expect(headers.allSatisfy { newest.milliseconds - $0.latestTime.milliseconds <= 5000 })
    #expect(try #require(store.history("A").number("since")) > 1)
    let all = try liveStore()
    #expect(all.storage.paths(in: Self.archive).count > headers.count)
  }

  /// The oldest go first, so that a crash leaves no gap.
  @Test func trimmingLeavesNoGap() throws {
    let store = try liveStore()
    store.stop()
    let disk = store.storage
    disk.kill()
    disk.keepMoments()
    let bytes = disk.paths(in: Self.archive).reduce(0) { $0 + (disk.bytes($1)?.count ?? 0) }
    try SmallArchive.catalog(disk).trim(bytesMax: UInt64(bytes / 2), expiry: nil)
    #expect(disk.keptMoments.count > 3)
    for (place, moment) in disk.keptMoments.enumerated() {
      for loss in [nil] + CrashPointTests.Loss.allCases {
        let disk = moment.disk.copy()
        if let loss { disk.losePower(keeping: loss.keeps(disk.unsynced.count, UInt64(place))) }
        let sequences = try StoreDirectory(storage: disk, path: TestStore.path).logParts().map(\.sequence)
        let what = "before \(moment.operation), \(loss.map { "power lost with \($0)" } ?? "killed")"
        #expect(sequences == Array(sequences[0]...sequences.last!), "\(what)")
      }
    }
    let left = disk.paths(in: Self.archive).reduce(0) { $0 + (disk.bytes($1)?.count ?? 0) }
    #expect(left <= bytes / 2 && left > 0)
  }

  @Test func noArchiveAtAll() throws {
    let store = try liveStore(archiveBytesMax: 0)
    #expect(store.storage.paths(in: Self.archive).isEmpty)
    #expect(store.storage.paths(in: Self.log).count < 6)
    #expect(try #require(store.history("A").number("since")) > 1)
  }

  /// A stop does not wait for the rewriting; the next snapshot catches up.
  @Test func aStopLeavesTheRewriting() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story.prefix(5) {
      try store.perform(command)
      try store.restart()
    }
    #expect(store.storage.paths(in: Self.archive).isEmpty)
    #expect(store.storage.paths(in: "\(TestStore.path)/snap").count == 2)
    try store.perform("supply more A=1")
    try store.snapshot()
    #expect(store.storage.paths(in: Self.archive).count >= 4)
  }
}
