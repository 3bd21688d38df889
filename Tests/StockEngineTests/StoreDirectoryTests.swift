import StockTestSupport
import Testing

@testable import StockEngine

/// A store's directory, and the way to it: once the store has answered, none of their names goes with the power.
@Suite struct StoreDirectoryTests {
  private func open(_ path: String, on disk: SimulatedStorage) throws(EngineFault) -> Inventory {
    var configuration = EngineConfiguration()
    configuration.segmentBytes = 32 << 10
    configuration.runsUpkeep = false
    configuration.freeBytesMin = 0
    return try Inventory(
      path: path, storage: disk, clock: ManualClock(wallMilliseconds: TestStore.base), configuration: configuration)
  }

  /// Opens the store and leaves it as a kill would.
  private func identity(_ path: String, on disk: SimulatedStorage) throws(EngineFault) -> StoreID {
    let inventory = try open(path, on: disk)
    disk.stop()
    inventory.abandon()
    disk.kill()
    return inventory.storeID
  }

  /// With a slash at its end, and in directories that are made for it.
  @Test(arguments: ["/store", "/store/", "/srv/shops/tea/store", "/srv/shops/tea/store//"])
  func aNewStoreOutlivesThePower(_ path: String) throws {
    let disk = SimulatedStorage()
    let store = try identity(path, on: disk)
    disk.losePower { _ in false }
    #expect(try identity(path, on: disk) == store)
  }

  /// The start that makes the directories is killed before each of its operations. Whatever the next one finds made, it makes durable.
  @Test func killedWhileItWasMade() throws {
    let path = "/srv/tea/store"
    let whole = SimulatedStorage()
    whole.keepMoments()
    _ = try identity(path, on: whole)
    #expect(whole.keptMoments.count > 20)
    for (place, moment) in whole.keptMoments.enumerated() {
      let disk = moment.disk
      disk.kill()
      let store = try identity(path, on: disk)
      disk.losePower { _ in false }
      #expect(try identity(path, on: disk) == store, "killed before operation \(place), \(moment.operation)")
    }
  }

  /// The machine loses its power there, and with it any part of what was not synced: the next start is not refused.
  @Test(arguments: CrashPointTests.Loss.allCases)
  func withoutPowerWhileItWasMade(_ loss: CrashPointTests.Loss) throws {
    let path = "/srv/tea/store"
    let whole = SimulatedStorage()
    whole.keepMoments()
    _ = try identity(path, on: whole)
    for (place, moment) in whole.keptMoments.enumerated() {
      let count = moment.disk.unsynced.count
      // What is lost alone matters, too: a directory without what lies in it, and the other way round.
      let single: [Int?] = loss == .nothingLost ? (0..<count).map { $0 } : []
      for alone in [nil] + single {
        let disk = moment.disk.copy()
        let keeps = loss.keeps(count, UInt64(place))
        disk.losePower { number in alone.map { $0 != number } ?? keeps(number) }
        let what = alone.map { "the unsynced \($0) alone" } ?? "\(loss)"
        #expect(throws: Never.self, "lost before operation \(place), \(moment.operation): \(what)") {
          _ = try identity(path, on: disk)
        }
      }
    }
  }

  /// A copy of a store came without the directories that nobody needs for a start. What is put into them stays.
  @Test func directoriesThatAreMadeLater() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    store.losePower()
    for name in ["snap", "archive"] { store.storage.removeTree("\(TestStore.path)/\(name)") }
    try store.open()
    for number in 1...4 {
      try store.perform("reserve o-\(number) A=1")
      try store.snapshot()
    }
    #expect(!store.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    let shown = try Observation(store)
    try store.crash()
    #expect(try Observation(store) == shown)
  }

  /// Without its log a store is not taken for an empty one, and the refusal says what is not there.
  @Test func aStoreWithoutItsLog() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    store.losePower()
    store.storage.removeTree("\(TestStore.path)/log")
    let fault = #expect(throws: EngineFault.self) { try store.open() }
    #expect(fault?.code == .missing && fault?.file?.hasSuffix(LogFormat.segmentName(1)) == true)
  }

  /// The sync of a name on the way is refused, once. The next start takes nothing for durable that this one made.
  @Test func aNameThatWasNotSynced() throws {
    let path = "/srv/tea/store"
    for directory in ["/", "/srv", "/srv/tea", path] {
      let disk = SimulatedStorage()
      let refusals = Counter()
      disk.setJudge { _, operation in
        operation.kind == .syncDirectory && operation.path == directory && refusals.next() == 0
          ? .fail(SimulatedStorage.eio) : .proceed
      }
      #expect(throws: EngineFault.self) { try self.identity(path, on: disk) }
      disk.kill()
      let store = try identity(path, on: disk)
      disk.losePower { _ in false }
      #expect(try identity(path, on: disk) == store, "the sync of \(directory) was refused")
    }
  }

  /// A directory that somebody else made, where nothing may be opened or synced, is no reason to refuse.
  @Test(arguments: [Int32(13), 22, 30])
  func aWayThatIsNotOurs(_ number: Int32) throws {
    let disk = SimulatedStorage()
    try disk.createDirectory("/srv/tea")
    disk.setJudge { _, operation in
      operation.kind == .syncDirectory && operation.path == "/" ? .fail(number) : .proceed
    }
    _ = try identity("/srv/tea/store", on: disk)
    let other = SimulatedStorage()
    other.setJudge { _, operation in
      operation.kind == .syncDirectory && operation.path == "/" ? .fail(number) : .proceed
    }
    // But a name of ours that cannot be made durable is.
    #expect(throws: EngineFault.self) { _ = try identity("/srv/tea/store", on: other) }
    other.stop()
  }

  @Test func directoriesOfTheOperatingSystem() throws {
    let scratch = "/tmp/stockd-directories-\(UInt64.random(in: 0 ... .max))"
    let storage = POSIXStorage()
    try storage.createDirectory("\(scratch)/a/b/")
    defer {
      for name in ["/a/b", "/a", ""] { try? storage.removeDirectory(scratch + name) }
    }
    try storage.createDirectory("\(scratch)/a/b")
    #expect(try storage.list(scratch) == ["a"] && storage.list("\(scratch)/a") == ["b"])
    #expect(try !storage.makeDirectory("\(scratch)/a"))
    #expect(throws: StorageError.self) { _ = try storage.makeDirectory("\(scratch)/c/d") }
    #expect(throws: StorageError.self) { try storage.removeDirectory("\(scratch)/a") }
  }
}
