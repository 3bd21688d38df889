import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Damaged stores, and what a repair makes of them: the longest sound beginning, in a directory of its own, with every loss named.
@Suite struct SalvageTests {
  static let target = "/repaired"

  /// Runs a salvage and sees to it that the source stays as it is.
  static func salvage(
    _ disk: SimulatedStorage, _ cut: StoreSalvage.Cut, writes: Bool = true
  ) throws -> SalvageReport {
    let before = disk.files.filter { $0.key.hasPrefix(WholeStore.folder + "/") }
    defer {
      #expect(disk.files.filter { $0.key.hasPrefix(WholeStore.folder + "/") } == before, "the source was changed")
    }
    return try StoreSalvage(path: WholeStore.folder, storage: disk)
      .run(cut, to: writes ? target : nil, epochNonce: 4711)
  }

  /// The new directory on a disk of its own, under the name that tests open.
  static func moved(_ disk: SimulatedStorage, from folder: String = target) -> SimulatedStorage {
    let other = SimulatedStorage()
    for (path, bytes) in disk.files where path.hasPrefix(folder + "/") {
      other.place(bytes, at: WholeStore.folder + path.dropFirst(folder.count))
    }
    return other
  }

  /// What was made opens, is sound in every way, and goes on.
  @discardableResult
  static func checkMade(_ disk: SimulatedStorage, at elapsed: Int64, from folder: String = target) throws -> TestStore {
    let made = moved(disk, from: folder)
    let verified = try StoreInspector(path: WholeStore.folder, storage: made).verifyDeeply()
    #expect(verified.exitStatus == 0, "\(verified)")
    return try WholeStore.open(made, at: elapsed)
  }

  // MARK: Nothing is lost

  @Test func bothSnapshotsDamagedAndTheLogInTheArchive() throws {
    let store = try WholeStore()
    for path in store.paths(in: "snap") { try store.disk.flip(path, at: 300) }
    let report = try Self.salvage(store.disk, .everything)
    #expect(report.lsn == store.durable && report.lost.isEmpty && report.snapshotLSN == .zero)
    #expect(report.firstLSN == LSN(1) && report.faults.count == 2)
    #expect(try Self.checkMade(store.disk, at: store.elapsed).found == store.expected)
  }

  @Test func aDamagedMETAIsMadeFromTheSegments() throws {
    for isRemoved in [false, true] {
      let store = try WholeStore()
      let path = "\(WholeStore.folder)/META"
      let whole = try #require(store.disk.bytes(path))
      if isRemoved { store.disk.remove(path) } else { try store.disk.flip(path, at: 20) }
      let report = try Self.salvage(store.disk, .everything)
      #expect(report.isMetaRebuilt && report.lost.isEmpty && report.storeID == TestStore.id)
      let made = try Self.checkMade(store.disk, at: store.elapsed)
      #expect(try made.found == store.expected)
      let directory = StoreDirectory(storage: made.storage, path: WholeStore.folder)
      #expect(try directory.readMeta() == TestStore.id)
      #expect(try #require(made.storage.bytes(path)).count == whole.count)
    }
  }

  @Test func aDamagedMETAAmongSegmentsOfTwoStores() throws {
    let store = try WholeStore()
    let other = try WholeStore(id: StoreID(low: 9, high: 9))
    try store.disk.flip("\(WholeStore.folder)/META", at: 20)
    let last = store.paths(in: "log")[2]
    store.disk.place(try #require(other.disk.bytes(last)), at: last)
    let fault = #expect(throws: EngineFault.self) { try Self.salvage(store.disk, .everything) }
    #expect(fault?.code == .otherStore)
  }

  /// The records of an archive file are whole, and an index is not: it is made anew.
  @Test func aDamagedIndexOfAnArchiveFile() throws {
    let store = try WholeStore()
    for path in store.paths(in: "snap") { store.disk.remove(path) }
    let archived = store.paths(in: "archive")[0]
    let reader = try ArchiveReader(store.disk, path: archived, store: TestStore.id)
    try store.disk.flip(archived, at: reader.footer.pagesOffset(.orders))
    let report = try Self.salvage(store.disk, .everything)
    #expect(report.lost.isEmpty && report.lsn == store.durable)
    let made = try Self.checkMade(store.disk, at: store.elapsed)
    #expect(try made.found == store.expected)
    #expect(try made.history("A") == WholeStore.open(store.disk.copy(), at: store.elapsed).history("A"))
  }

  /// A segment that a snapshot covers: the state needs it no more, the history does.
  @Test func aDamagedSegmentBeforeTheNewestSnapshot() throws {
    let store = try WholeStore()
    let third = store.paths(in: "log")[0]
    try store.disk.flip(third, at: 4096 + 100)
    let report = try Self.salvage(store.disk, .everything)
    #expect(report.lost.isEmpty && report.lsn == store.durable)
    #expect(report.firstLSN > LSN(1), "histories begin behind the damage")
    #expect(try Self.checkMade(store.disk, at: store.elapsed).found == store.expected)
  }

  @Test func aTwinInTheArchiveIsTaken() throws {
    let store = try WholeStore()
    let third = store.paths(in: "log")[0]
    let part = LogPart(sequence: 3, path: third, form: .segment, isInLog: true)
    #expect(try SmallArchive.catalog(store.disk).archive(part))
    for path in store.paths(in: "snap") { store.disk.remove(path) }
    try store.disk.flip(third, at: 4096 + 100)
    #expect(throws: EngineFault.self) { try WholeStore.open(store.disk.copy(), at: store.elapsed) }
    let report = try Self.salvage(store.disk, .everything)
    #expect(report.lost.isEmpty && report.firstLSN == LSN(1))
    #expect(try Self.checkMade(store.disk, at: store.elapsed).found == store.expected)
  }

  // MARK: Something is lost

  /// A store with one order a group, so that it is known what each LSN did.
  /// - Parameter isMarked: whether a watermark tells of all of them.
  static func storeOfOrders(
    sealsAfter: Set<Int> = [3, 6], isMarked: Bool = true
  ) throws -> (TestStore, lsns: [LSN]) {
    let store = try TestStore(segmentBytes: 64 << 10)
    try store.perform("preheat op-0 A=100")
    var lsns: [LSN] = []
    for number in 1...9 {
      store.advance(10)
      try store.perform("reserve o-\(number) A=1")
      lsns.append(store.inventory.durableLSN)
      if sealsAfter.contains(number) { try store.inventory.seal() }
    }
    if isMarked {
      store.advance(1500)
      try store.tick()
    }
    store.stop()
    store.storage.kill()
    if !isMarked { store.storage.remove("\(WholeStore.folder)/WATERMARK") }
    return (store, lsns)
  }

  private func expectLoss(_ disk: SimulatedStorage, keeps kept: Int, _ lsns: [LSN], unreadable: [ClosedRange<Int>])
    throws
  {
    let looked = try Self.salvage(disk, .everything, writes: false)
    #expect(looked.madePath == nil && disk.files.keys.allSatisfy { !$0.hasPrefix(Self.target) })
    let lost = looked.lost
    #expect(lost.range?.first == looked.lsn.advanced(by: 1))
    let gone = unreadable.flatMap { Array($0) }
    #expect(lost.records.flatMap(\.orders) == (kept + 1...9).filter { !gone.contains($0) }.map { "o-\($0)" })
    for number in kept + 1...9 {
      let lsn = lsns[number - 1]
      let isUnreadable = lost.unreadable.contains { $0.first <= lsn && lsn <= $0.last }
      #expect(isUnreadable == gone.contains(number), "order \(number)")
    }
    // Nobody said that it may be lost.
    let fault = #expect(throws: EngineFault.self) { try Self.salvage(disk, .everything) }
    #expect(fault?.code == .corrupt && fault?.advice.contains("--cut-at \(looked.lsn)") == true)
    #expect(throws: EngineFault.self) { try Self.salvage(disk, .acceptTorn) }
    #expect(throws: EngineFault.self) { try Self.salvage(disk, .lsn(looked.lsn.advanced(by: 1))) }
    #expect(disk.files.keys.allSatisfy { !$0.hasPrefix(Self.target + "/META") })

    let report = try Self.salvage(disk, .lsn(looked.lsn))
    #expect(report.lost == lost && report.madePath == Self.target)
    let made = try Self.checkMade(disk, at: 5000)
    for number in 1...9 {
      let answer = try made.perform("order o-\(number)")
      #expect(answer.outcome == (number <= kept ? .found : .noSuchOrder), "order \(number): \(answer)")
    }
    #expect(try made.perform("get A").number("A") == Int64(100 - kept))
    #expect(try made.perform("reserve n-1 A=1").outcome == .reserved)
    try made.snapshot()
    try made.restart()
    #expect(try made.perform("order n-1").outcome == .found)
  }

  @Test func aDamagedGroupInTheMiddle() throws {
    let (store, lsns) = try Self.storeOfOrders()
    let second = "\(WholeStore.folder)/log/\(LogFormat.segmentName(2))"
    // Its second group is the fifth order.
    try store.storage.flip(second, at: 4096 * 2 + 90)
    try expectLoss(store.storage, keeps: 4, lsns, unreadable: [5...5])
  }

  @Test func aRemovedSegmentInTheMiddle() throws {
    let (store, lsns) = try Self.storeOfOrders()
    store.storage.remove("\(WholeStore.folder)/log/\(LogFormat.segmentName(2))")
    try expectLoss(store.storage, keeps: 3, lsns, unreadable: [4...6])
  }

  @Test func aSegmentWithoutItsHeader() throws {
    let (store, lsns) = try Self.storeOfOrders()
    try store.storage.flip("\(WholeStore.folder)/log/\(LogFormat.segmentName(2))", at: 33)
    try expectLoss(store.storage, keeps: 3, lsns, unreadable: [])
  }

  @Test func theEndOfTheLogCutOff() throws {
    let (store, lsns) = try Self.storeOfOrders()
    let last = "\(WholeStore.folder)/log/\(LogFormat.segmentName(3))"
    let bytes = try #require(store.storage.bytes(last))
    store.storage.place(Array(bytes[..<(4096 * 2)]), at: last)
    // The watermark knows that there was more.
    try expectLoss(store.storage, keeps: 7, lsns, unreadable: [8...9])
  }

  @Test func aTornTail() throws {
    let (store, lsns) = try Self.storeOfOrders()
    let disk = store.storage
    let last = "\(WholeStore.folder)/log/\(LogFormat.segmentName(3))"
    var bytes = try #require(disk.bytes(last))
    let group = Array(bytes[4096..<4096 + 512])
    bytes.replaceSubrange(4096 * 4..<4096 * 4 + 512, with: group.map { $0 ^ 1 })
    disk.place(bytes, at: last)
    let looked = try Self.salvage(disk, .everything, writes: false)
    #expect(looked.tornBytes > 0 && looked.lost.isEmpty && looked.lsn == lsns[8])
    #expect(throws: EngineFault.self) { try Self.salvage(disk, .everything) }
    let report = try Self.salvage(disk, .acceptTorn)
    #expect(report.lsn == lsns[8])
    #expect(try Self.checkMade(disk, at: 5000).perform("order o-9").outcome == .found)
  }

  @Test func nothingThatCouldBeHad() throws {
    let (store, _) = try Self.storeOfOrders()
    store.storage.remove("\(WholeStore.folder)/log/\(LogFormat.segmentName(1))")
    let fault = #expect(throws: EngineFault.self) { try Self.salvage(store.storage, .everything) }
    #expect(fault?.code == .missing && fault?.advice.isEmpty == false)
  }

  // MARK: Rules

  @Test func aRunningStoreIsLeftAlone() throws {
    let store = try TestStore()
    store.storage.place([], at: "\(TestStore.path)/LOCK")
    let fault = #expect(throws: EngineFault.self) {
      try StoreSalvage(path: TestStore.path, storage: store.storage).run(.everything)
    }
    #expect(fault?.code == .locked)
  }

  @Test func aNameThatIsTaken() throws {
    let store = try WholeStore()
    store.disk.place([1], at: "/taken/file")
    for target in ["/taken", "/store", "/store/inside"] {
      try store.disk.createDirectory("/taken")
      let fault = #expect(throws: EngineFault.self) {
        try StoreSalvage(path: WholeStore.folder, storage: store.disk).run(.everything, to: target)
      }
      #expect(fault?.code == .configuration, "\(target): \(String(describing: fault))")
    }
  }

  /// A client that saw more than the cut is refused, however far the log grows; one that saw less goes on.
  @Test func whoSawMoreIsFoundOut() throws {
    let store = try WholeStore()
    let alive = try WholeStore.open(store.disk.copy(), at: store.elapsed)
    let epoch = alive.inventory.epochs.starts[0].epoch
    _ = try Self.salvage(store.disk, .lsn(LSN(store.durable.rawValue - 2)))
    let made = try Self.checkMade(store.disk, at: store.elapsed)
    for number in 1...9 { _ = try made.perform("reserve n-\(number) A=1") }
    let history = made.inventory.epochs
    let durable = made.inventory.durableLSN
    #expect(durable > store.durable, "the LSNs behind the cut were given again")
    #expect(history.starts.contains { $0.epoch.nonce == 4711 && $0.firstLSN.rawValue == store.durable.rawValue - 1 })
    #expect(history.includes(LSN(store.durable.rawValue - 2), in: epoch, durable: durable))
    #expect(!history.includes(LSN(store.durable.rawValue - 1), in: epoch, durable: durable))
    #expect(!history.includes(store.durable, in: epoch, durable: durable))
    // Nor is the later start of the damaged store a part of this history.
    #expect(!history.includes(alive.inventory.durableLSN, in: alive.inventory.epochs.current, durable: durable))
  }

  /// Power lost before each operation of a repair: under the name there is nothing, or all of it.
  @Test(arguments: CrashPointTests.Loss.allCases)
  func everyOperationOfARepair(_ loss: CrashPointTests.Loss) throws {
    let store = try WholeStore()
    let expected = store.expected
    let cut = StoreSalvage.Cut.everything
    store.disk.keepMoments()
    _ = try Self.salvage(store.disk, cut)
    let moments = store.disk.keptMoments
    #expect(moments.count > 30)
    var whole = 0
    for (place, moment) in moments.enumerated() {
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      if moment.disk.bytes("\(Self.target)/META") != nil {
        #expect(try Self.checkMade(moment.disk, at: store.elapsed).found == expected, "\(place): \(moment.operation)")
        whole += 1
        continue
      }
      #expect(moment.disk.files.keys.allSatisfy { !$0.hasPrefix(Self.target + "/") }, "\(place): \(moment.operation)")
      do {
        _ = try Self.salvage(moment.disk, cut)
      } catch let fault as EngineFault {
        // It was whole, and only its name was missing.
        #expect(fault.message.hasPrefix("a whole store lies under the temporary name"), "\(place): \(fault)")
        #expect(moment.disk.bytes("\(Self.target).partial/META") != nil)
        continue
      }
      #expect(try Self.checkMade(moment.disk, at: store.elapsed).found == expected, "again after \(place)")
    }
    store.disk.losePower { _ in false }
    #expect(try Self.checkMade(store.disk, at: store.elapsed).found == expected, "what was reported must stay")
    print("repair stopped before \(moments.count) operations with \(loss): \(whole) times it had its name")
  }
}
