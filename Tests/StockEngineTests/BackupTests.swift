import StockModel
import StockTestSupport
import Synchronization
import Testing

@testable import StockEngine

/// Copies of a store that is at work: they hold all that was acknowledged before, and nothing that the store could still lose.
@Suite struct BackupTests {
  private static let target = "/backup"

  /// Does something to the store before one of a backup's own operations.
  private final class MeddlingStorage: Storage, @unchecked Sendable {
    private let base: SimulatedStorage
    private let meddle: (Int) throws -> Void
    private(set) var operations = 0
    private(set) var error: (any Error)?

    init(_ base: SimulatedStorage, _ meddle: @escaping (Int) throws -> Void) {
      self.base = base
      self.meddle = meddle
    }

    private func step() {
      do { try meddle(operations) } catch { self.error = error }
      operations += 1
    }

    func makeDirectory(_ path: String) throws(StorageError) -> Bool { try base.makeDirectory(path) }
    func removeDirectory(_ path: String) throws(StorageError) { try base.removeDirectory(path) }
    func list(_ directory: String) throws(StorageError) -> [String] {
      step()
      return try base.list(directory)
    }
    func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
      step()
      return try base.open(path, mode)
    }
    func rename(_ source: String, to target: String) throws(StorageError) { try base.rename(source, to: target) }
    func unlink(_ path: String) throws(StorageError) { try base.unlink(path) }
    func syncDirectory(_ path: String) throws(StorageError) { try base.syncDirectory(path) }
    func freeBytes(_ path: String) throws(StorageError) -> UInt64 { try base.freeBytes(path) }
    func lock(_ path: String) throws(StorageError) -> any StorageLock { try base.lock(path) }
  }

  private static func options(archive: Bool = true) -> StoreBackup.Options {
    var options = StoreBackup.Options()
    options.restMilliseconds = 0
    options.includesArchive = archive
    return options
  }

  /// A store at work, with archive files, snapshots and orders `o-1` to `o-8`.
  private func liveStore(archiveBytesMax: UInt64 = 1 << 30) throws -> TestStore {
    let store = try TestStore(segmentBytes: 32 << 10, opens: false)
    store.configuration.archiveBytesMax = archiveBytesMax
    try store.open()
    try store.perform("preheat op-1 A=1000")
    for number in 1...8 {
      store.advance(10)
      try store.perform("reserve o-\(number) A=1")
      if number % 2 == 0 { try store.snapshot() }
    }
    try store.perform("confirm o-8")
    return store
  }

  /// The copy is a part of the store's past, has what was acknowledged, and goes on.
  private func check(
    _ report: StoreBackup.Report, of store: TestStore, after acknowledged: LSN, _ what: String
  ) throws {
    #expect(report.lsn >= acknowledged && report.lsn <= store.inventory.durableLSN, "\(what): \(report)")
    let copy = SalvageTests.moved(store.storage, from: Self.target)
    var limit = StoreInspector.ReplayLimit()
    limit.lsn = report.lsn
    let inspector = try StoreInspector(path: TestStore.path, storage: copy)
    let found = try inspector.replay(StoreInspector.ReplayLimit())
    #expect(found.lsn == report.lsn)
    if store.configuration.archiveBytesMax > 0 {
      // Without an archive the store itself may not reach back to that moment any more.
      let expected = try StoreInspector(path: TestStore.path, storage: store.storage).replay(limit)
      #expect(found.stateHash == expected.stateHash && found.balances == expected.balances, "\(what)")
    }
    let verified = inspector.verifyDeeply()
    #expect(verified.exitStatus == 0, "\(what): \(verified)")
    let opened = try WholeStore.open(copy, at: store.now)
    #expect(opened.inventory.epochs.current != store.inventory.epochs.current, "a start of its own")
    for number in 1...8 { #expect(try opened.perform("order o-\(number)").outcome == .found, "\(what)") }
    #expect(try opened.perform("reserve n-1 A=1").outcome == .reserved)
  }

  @Test(arguments: [true, false])
  func aStoreAtWork(archive: Bool) throws {
    let store = try liveStore()
    let before = store.storage.files
    let acknowledged = store.inventory.durableLSN
    let report = try StoreBackup(path: TestStore.path, storage: store.storage)
      .run(to: Self.target, Self.options(archive: archive))
    #expect(report.lsn == acknowledged && report.attempts == 1)
    #expect(store.storage.files.filter { $0.key.hasPrefix(TestStore.path + "/") } == before, "nothing is written there")
    #expect((report.archiveFiles > 0) == archive)
    try check(report, of: store, after: acknowledged, "archive \(archive)")
    if archive {
      let copy = SalvageTests.moved(store.storage, from: Self.target)
      #expect(try LogReader(storage: copy).events() == LogReader(storage: store.storage).events())
    }
  }

  /// Before each operation of a backup the store goes on and seals; makes snapshots and archives; does all of it.
  @Test(arguments: [1 << 30, 0] as [UInt64], [true, false])
  func whateverTheStoreDoesMeanwhile(archiveBytesMax: UInt64, archive: Bool) throws {
    try goOnMeanwhile(archiveBytesMax, archive, makesSnapshots: true)
    try goOnMeanwhile(archiveBytesMax, archive, makesSnapshots: false)
  }

  private func goOnMeanwhile(_ archiveBytesMax: UInt64, _ archive: Bool, makesSnapshots: Bool) throws {
    var place = 0
    var again = 0
    while true {
      let store = try liveStore(archiveBytesMax: archiveBytesMax)
      let acknowledged = store.inventory.durableLSN
      let storage = MeddlingStorage(store.storage) { operation in
        guard operation == place else { return }
        for round in 1...3 {
          try store.perform("reserve m-\(round) A=1")
          if round != 2 { if makesSnapshots { try store.snapshot() } else { try store.inventory.seal() } }
        }
        try store.perform("reserve m-9 A=1")
        // The watermark lies in a segment that was not there when the backup began.
        for _ in 0..<2 {
          store.advance(1500)
          try store.tick()
        }
      }
      let report = try StoreBackup(path: TestStore.path, storage: storage)
        .run(to: Self.target, Self.options(archive: archive))
      #expect(storage.error == nil)
      if report.attempts > 1 { again += 1 }
      try check(report, of: store, after: acknowledged, "meddled before operation \(place)")
      place += 1
      if place >= storage.operations { break }
    }
    #expect(place > 15)
    if archiveBytesMax == 0 && makesSnapshots {
      #expect(again > 0, "no attempt was ever in vain: the test tests nothing")
    }
    print(
      "backup, archive of \(archiveBytesMax) bytes, \(archive ? "with" : "without"): \(place) places, \(again) began again"
    )
  }

  /// Files that always go faster than they are copied end in a refusal, not in a copy with a hole.
  @Test func aStoreThatIsTooFast() throws {
    let store = try liveStore(archiveBytesMax: 0)
    var number = 0
    let storage = MeddlingStorage(store.storage) { _ in
      number += 1
      try store.perform("reserve m-\(number) A=1")
      try store.snapshot()
      try store.perform("reserve n-\(number) A=1")
      try store.snapshot()
    }
    let fault = #expect(throws: EngineFault.self) {
      try StoreBackup(path: TestStore.path, storage: storage).run(to: Self.target, Self.options())
    }
    #expect(fault?.message.hasPrefix("8 times a file was gone") == true, "\(String(describing: fault))")
    #expect(fault?.code == .io, "the store is not damaged: later is another chance")
    #expect(store.storage.files.keys.allSatisfy { !$0.hasPrefix(Self.target + "/") })
  }

  /// What is missing again where nothing moves is damage, and is not looked for eight times.
  @Test func aFileThatIsMissing() throws {
    let store = try WholeStore()
    let path = store.paths(in: "log")[1]
    store.disk.remove(path)
    let fault = #expect(throws: EngineFault.self) {
      try StoreBackup(path: WholeStore.folder, storage: store.disk).run(to: Self.target, Self.options())
    }
    #expect(fault?.code == .missing && fault?.file == path, "\(String(describing: fault))")
  }

  /// A group that lies in the page cache and never reached the disk is not in the copy: the store will lose it.
  @Test func aGroupThatIsNotDurableIsLeftOut() throws {
    let store = try liveStore()
    let acknowledged = store.inventory.durableLSN
    store.storage.setJudge { _, operation in
      operation.kind == .sync && operation.path.contains("/log/") ? .fail(SimulatedStorage.eio) : .proceed
    }
    #expect(throws: EngineFault.self) { try store.perform("reserve never A=1") }
    store.storage.setJudge(nil)
    let report = try StoreBackup(path: TestStore.path, storage: store.storage).run(to: Self.target, Self.options())
    #expect(report.lsn == acknowledged)
    let copy = try WholeStore.open(SalvageTests.moved(store.storage, from: Self.target), at: 5000)
    #expect(try copy.perform("order never").outcome == .noSuchOrder)
    store.losePower()
    try store.open()
    #expect(try store.perform("order never").outcome == .noSuchOrder, "the store has lost it")
  }

  /// If the sync of what was read fails, nobody knows whether it is durable.
  @Test func aSyncThatFailsIsNoBackup() throws {
    let store = try liveStore()
    store.storage.setJudge { _, operation in
      operation.kind == .sync && operation.path.hasPrefix(TestStore.path) ? .fail(SimulatedStorage.eio) : .proceed
    }
    let fault = #expect(throws: EngineFault.self) {
      try StoreBackup(path: TestStore.path, storage: store.storage).run(to: Self.target, Self.options())
    }
    #expect(fault?.code == .io)
    #expect(store.storage.files.keys.allSatisfy { !$0.hasPrefix(Self.target + "/") })
  }

  /// A damaged store is refused, and the place is named: a backup is a check of all that it copies.
  @Test func damageIsNotCopied() throws {
    for (folder, number) in [("log", 0), ("log", 1), ("archive", 0)] {
      let store = try WholeStore()
      let path = store.paths(in: folder)[number]
      var bytes = try #require(store.disk.bytes(path))
      bytes[folder == "log" ? 4200 : 150] ^= 1
      store.disk.place(bytes, at: path)
      let fault = #expect(throws: EngineFault.self) {
        try StoreBackup(path: WholeStore.folder, storage: store.disk).run(to: Self.target, Self.options())
      }
      #expect(
        fault?.code == .corrupt && fault?.file == path,
        "\(path): \(String(describing: fault))")
    }
    // Acknowledged records cut off exactly at a group.
    let store = try WholeStore()
    let last = try #require(store.paths(in: "log").last)
    store.disk.place(Array(try #require(store.disk.bytes(last))[..<8192]), at: last)
    let fault = #expect(throws: EngineFault.self) {
      try StoreBackup(path: WholeStore.folder, storage: store.disk).run(to: Self.target, Self.options())
    }
    #expect(fault?.code == .corrupt && fault?.file == last)
  }

  /// Power lost before each operation of a backup: under the name there is nothing, or all of it.
  @Test(arguments: CrashPointTests.Loss.allCases)
  func everyOperationOfABackup(_ loss: CrashPointTests.Loss) throws {
    let store = try WholeStore()
    let backup = { (disk: SimulatedStorage) throws(EngineFault) in
      try StoreBackup(path: WholeStore.folder, storage: disk).run(to: Self.target, Self.options())
    }
    store.disk.keepMoments()
    _ = try backup(store.disk)
    let moments = store.disk.keptMoments
    #expect(moments.count > 30)
    for (place, moment) in moments.enumerated() {
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let isWhole = moment.disk.bytes("\(Self.target)/META") != nil
      if !isWhole {
        #expect(moment.disk.files.keys.allSatisfy { !$0.hasPrefix(Self.target + "/") }, "\(place): \(moment.operation)")
        if moment.disk.bytes("\(Self.target).partial/META") != nil { continue }
        _ = try backup(moment.disk)
      }
      let made = try SalvageTests.checkMade(moment.disk, at: store.elapsed, from: Self.target)
      #expect(try made.found == store.expected, "\(place): \(moment.operation)")
    }
  }
}
