import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// One bit wrong, anywhere: the exact state, or a refusal that names the place. Never a third thing.
@Suite struct BitFlipTests {
  @Test func everyBitOfTheLastSegment() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    var bytes = log.bytes
    bytes.withUnsafeMutableBytes { buffer in
      for offset in 0..<log.boundaries.last! {
        for bit in 0..<8 {
          buffer[offset] ^= 1 << bit
          let verdict = scanner.scan(buffer, name: log.name, isLast: true)
          buffer[offset] ^= 1 << bit
          let expected =
            offset < LogFormat.segmentHeaderBytes
            ? nil : Verdict(groups: log.groups(before: offset), tail: .corrupt)
          if verdict != expected { Issue.record("bit \(bit) at \(offset): \(String(describing: verdict))") }
        }
      }
    }
  }

  /// Behind the last group nothing was ever written: a bit there is cut away, and nothing is lost.
  @Test func everySectorBehindTheLastGroup() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    var bytes = log.bytes
    for offset in stride(from: log.boundaries.last!, to: bytes.count, by: 97) {
      bytes[offset] ^= 16
      let verdict = bytes.withUnsafeMutableBytes { scanner.scan($0, name: log.name, isLast: true) }
      bytes[offset] ^= 16
      #expect(verdict == Verdict(groups: log.states.count - 1, tail: .torn), "at \(offset)")
    }
  }

  @Test func everyBitOfASealedSegment() throws {
    let log = try SmallLog(earlierSegments: 2)
    let name = LogFormat.segmentName(2)
    var bytes = try #require(log.disk.bytes("\(TestStore.path)/log/\(name)"))
    let scanner = Scanner()
    bytes.withUnsafeMutableBytes { buffer in
      for offset in buffer.indices {
        for bit in 0..<8 {
          buffer[offset] ^= 1 << bit
          let verdict = scanner.scan(buffer, name: name, isLast: false)
          buffer[offset] ^= 1 << bit
          if verdict != nil && verdict?.tail != .corrupt { Issue.record("bit \(bit) at \(offset): \(verdict!)") }
        }
      }
    }
  }

  /// The store itself refuses, and says where.
  @Test(arguments: Seeds.runs(old: [1]))
  func theStoreRefuses(seed: UInt64) throws {
    let log = try SmallLog(earlierSegments: 2)
    var random = SplitMix64(seed: seed)
    let paths =
      (1...3).map { "\(TestStore.path)/log/\(LogFormat.segmentName(UInt64($0)))" } + ["\(TestStore.path)/META"]
    for _ in 0..<80 {
      let path = random.pick(paths)
      var bytes = try #require(log.disk.bytes(path))
      let offset = random.below(path == log.path ? log.boundaries.last! : bytes.count)
      bytes[offset] ^= 1 << UInt8(random.below(8))
      let damaged = bytes
      let fault = #expect(throws: EngineFault.self, "\(path) at \(offset), seed \(seed)") {
        _ = try log.open(path, damaged)
      }
      #expect(fault?.code == .corrupt, "\(path) at \(offset), seed \(seed): \(String(describing: fault))")
      #expect(fault?.file.map { path.hasSuffix($0) } == true)
      if !path.hasSuffix("META") {
        let named = try #require(fault?.offset)
        #expect(named <= UInt64(offset) && UInt64(offset) - named < 16 << 10, "\(path) at \(offset): names \(named)")
      }
    }
  }

  // MARK: META, snapshots

  @Test func everyBitOfMETA() throws {
    let log = try SmallLog()
    let path = "\(TestStore.path)/META"
    var bytes = try #require(log.disk.bytes(path))
    let directory = StoreDirectory(storage: log.disk, path: TestStore.path)
    for offset in bytes.indices {
      for bit in 0..<8 {
        bytes[offset] ^= 1 << bit
        log.disk.place(bytes, at: path)
        bytes[offset] ^= 1 << bit
        let fault = #expect(throws: EngineFault.self, "bit \(bit) at \(offset)") { _ = try directory.readMeta() }
        #expect(fault?.code == .corrupt)
      }
    }
  }

  /// A store with two snapshots and more log behind them.
  private func storeWithSnapshots() throws -> (TestStore, snapshots: [String]) {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=50 B@north=50")
    try store.perform("reserve o-1 buyer=u1 A=2 B@north=1 payload=gift")
    try store.snapshot()
    try store.perform("confirm o-1")
    try store.perform("reserve o-2 A=1")
    try store.perform("cancel o-3")
    try store.snapshot()
    try store.perform("reserve o-4 A=1")
    return (store, store.storage.paths(in: "\(TestStore.path)/snap"))
  }

  @Test func everyBitOfASnapshot() throws {
    let (store, snapshots) = try storeWithSnapshots()
    let path = try #require(snapshots.last)
    var bytes = try #require(store.storage.bytes(path))
    let disk = store.storage
    for offset in bytes.indices {
      for bit in 0..<8 {
        bytes[offset] ^= 1 << bit
        disk.place(bytes, at: path)
        bytes[offset] ^= 1 << bit
        let fault = #expect(throws: EngineFault.self, "bit \(bit) at \(offset)") {
          var reader = try SnapshotReader(file: disk.open(path, .read), name: path, store: TestStore.id)
          _ = try reader.verify()
        }
        #expect(fault?.code == .corrupt)
      }
    }
  }

  @Test func everyCutOfASnapshot() throws {
    let (store, snapshots) = try storeWithSnapshots()
    let path = try #require(snapshots.last)
    let bytes = try #require(store.storage.bytes(path))
    let disk = store.storage
    for place in bytes.indices {
      disk.place(Array(bytes[..<place]), at: path)
      let fault = #expect(throws: EngineFault.self, "cut at \(place)") {
        var reader = try SnapshotReader(file: disk.open(path, .read), name: path, store: TestStore.id)
        _ = try reader.verify()
      }
      #expect(fault?.code == .corrupt)
    }
  }

  /// A snapshot whose pages are whole and whose state is not what its footer says (a fault of the memory, a bug): nothing of it
  /// stays, and the one before it is taken.
  @Test(arguments: [1, 4])
  func aSnapshotOfAnotherState(shards: Int) throws {
    let (store, snapshots) = try storeWithSnapshots()
    let expected = try Observation(store)
    store.stop()
    let disk = store.storage
    disk.kill()
    let newest = try #require(snapshots.last)
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    var machine = Machine(store: TestStore.id, tracksDeadlines: false)
    let header = try withUnsafeMutablePointer(to: &machine) { pointer in
      var machines = MachineSet(places: places, shards: 1, store: TestStore.id)
      machines.hold(pointer, shard: 0)
      var reader = try SnapshotReader(file: disk.open(newest, .read), name: newest, store: TestStore.id)
      _ = try reader.load(into: machines)
      return reader.header
    }
    machine.stateHash &+= 1
    disk.remove(newest)
    let file = try disk.open(newest, .create)
    var writer = SnapshotWriter(file: file, header: header)
    _ = try writer.write(machine)
    file.close()

    let again = try TestStore(shards: shards, segmentBytes: 32 << 10, storage: disk)
    #expect(again.inventory.recovery.brokenSnapshots == [newest])
    #expect(try Observation(again) == expected)
  }

  /// A damaged snapshot is put aside; the one before it and more of the log give the same state.
  @Test(arguments: Seeds.runs(old: [1]))
  func theStoreFallsBack(seed: UInt64) throws {
    let (store, snapshots) = try storeWithSnapshots()
    #expect(snapshots.count == 2)
    let expected = try Observation(store)
    let hash = store.stats.stateHash
    store.stop()
    store.storage.kill()
    var random = SplitMix64(seed: seed)
    for trial in 0..<40 {
      let disk = store.storage.copy()
      // Either or both of them.
      let damaged = trial % 4 == 0 ? snapshots : [snapshots[trial % 2]]
      for path in damaged {
        var bytes = try #require(disk.bytes(path))
        bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        disk.place(bytes, at: path)
      }
      if damaged.count == 2 {
        // The log before them is in the archive, and it is whole. Without it the store says which segment is not there.
        let poorer = disk.copy()
        for path in poorer.paths(in: "\(TestStore.path)/archive") { poorer.remove(path) }
        let fault = #expect(throws: EngineFault.self) { _ = try TestStore(segmentBytes: 32 << 10, storage: poorer) }
        #expect(fault?.code == .missing)
        #expect(fault?.file?.hasSuffix(LogFormat.segmentName(1)) == true)
      }
      let again = try TestStore(segmentBytes: 32 << 10, storage: disk)
      #expect(try Observation(again) == expected, "seed \(seed), trial \(trial)")
      #expect(again.stats.stateHash == hash)
      let newest = snapshots.last { !damaged.contains($0) }
      // Recovery looks at snapshots from the newest on until one is good.
      let broken = damaged.filter { newest == nil || $0 > newest! }
      #expect(again.inventory.recovery.brokenSnapshots.sorted() == broken.sorted())
      for path in broken { #expect(disk.bytes(path + ".broken") != nil && disk.bytes(path) == nil) }
    }
  }

  /// Without an archive the log itself keeps what the older of the two snapshots needs.
  @Test func theStoreFallsBackWithoutAnArchive() throws {
    let store = try TestStore(segmentBytes: 32 << 10, opens: false)
    store.configuration.archiveBytesMax = 0
    try store.open()
    try store.perform("preheat op-1 A=50 B@north=50")
    for number in 1...3 {
      try store.perform("reserve o-\(number) A=1")
      try store.snapshot()
    }
    try store.perform("confirm o-1")
    let expected = try Observation(store)
    store.stop()
    store.storage.kill()
    let newest = try #require(store.storage.paths(in: "\(TestStore.path)/snap").last { $0.hasSuffix(".snap") })
    #expect(store.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    var bytes = try #require(store.storage.bytes(newest))
    bytes[bytes.count / 2] ^= 1
    store.storage.place(bytes, at: newest)
    try store.open()
    #expect(store.inventory.recovery.brokenSnapshots == [newest])
    #expect(try Observation(store) == expected)
  }
}
