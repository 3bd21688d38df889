import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Stores whose damage lies where the log ended: nothing behind it tells that there was more, and a repair must not take that for nothing.
@Suite struct SalvageEndTests {
  private static let folder = WholeStore.folder
  private static func segment(_ number: UInt64) -> String { "\(folder)/log/\(LogFormat.segmentName(number))" }

  private func salvage(
    _ disk: SimulatedStorage, _ cut: StoreSalvage.Cut, writes: Bool = true
  ) throws -> SalvageReport { try SalvageTests.salvage(disk, cut, writes: writes) }

  /// Nine orders in three segments, killed before a watermark told of any.
  private func store() throws -> (disk: SimulatedStorage, lsns: [LSN]) {
    let (store, lsns) = try SalvageTests.storeOfOrders(isMarked: false)
    return (store.storage, lsns)
  }

  /// Where the last block of a file begins that holds anything.
  private func lastBlock(_ disk: SimulatedStorage, _ path: String) throws -> Int {
    let bytes = try #require(disk.bytes(path))
    return try #require(bytes.lastIndex { $0 != 0 }) / LogFormat.blockBytes * LogFormat.blockBytes
  }

  /// Nothing is made unless the cut is named, whoever asks.
  private func expectUnknownEnd(_ disk: SimulatedStorage, keeps kept: Int, _ lsns: [LSN], amount: String) throws {
    #expect(throws: EngineFault.self, "a start refuses it") { try WholeStore.open(disk.copy(), at: 5000) }
    let looked = try salvage(disk, .everything, writes: false)
    #expect(looked.lost.isEndUnknown && !looked.lost.isEmpty && looked.lost.amount == amount, "\(looked.lost)")
    #expect(looked.lsn >= lsns[kept - 1] && looked.lsn < lsns[kept])
    for cut in [.everything, .acceptTorn, .time(.distantFuture)] as [StoreSalvage.Cut] {
      let fault = #expect(throws: EngineFault.self, "\(cut)") { try salvage(disk, cut) }
      #expect(
        fault?.code == .corrupt && fault?.lsn == looked.lsn.advanced(by: 1), "\(cut): \(String(describing: fault))")
    }
    let beyond = #expect(throws: EngineFault.self) { try salvage(disk, .lsn(looked.lsn.advanced(by: 50))) }
    #expect(beyond?.code == .corrupt, "it may have been there")
    #expect(disk.files.keys.allSatisfy { !$0.hasPrefix(SalvageTests.target) || !$0.hasSuffix("META") })

    _ = try salvage(disk, .lsn(looked.lsn))
    let made = try SalvageTests.checkMade(disk, at: 5000)
    for number in 1...9 {
      #expect(try made.perform("order o-\(number)").outcome == (number <= kept ? .found : .noSuchOrder))
    }
  }

  @Test func theLastGroupIsDamaged() throws {
    for offset in [90, 20] {
      let (disk, lsns) = try store()
      let place = try lastBlock(disk, Self.segment(3))
      try disk.change(Self.segment(3)) { bytes in
        bytes[place + offset] ^= 4
        // A sector that was never written would show that nobody was told of the group.
        for sector in stride(from: place, to: place + 4096, by: 512)
        where bytes[sector..<sector + 512].allSatisfy({ $0 == 0 }) {
          bytes[sector] = 1
        }
      }
      try expectUnknownEnd(disk, keeps: 8, lsns, amount: "1 record or more")
    }
  }

  @Test func theLastSegmentIsDamagedAltogether() throws {
    let (disk, lsns) = try store()
    try disk.change(Self.segment(3)) { bytes in
      for index in bytes.indices { bytes[index] = 0xA5 }
    }
    try expectUnknownEnd(disk, keeps: 6, lsns, amount: "an unknown number of records")
  }

  /// Only the archive is left, and a snapshot.
  @Test func theLogIsGone() throws {
    let store = try WholeStore()
    for path in store.paths(in: "log") { store.disk.remove(path) }
    store.disk.remove("\(Self.folder)/WATERMARK")
    let looked = try salvage(store.disk, .everything, writes: false)
    #expect(looked.lost.isEndUnknown && looked.lost.range == nil)
    #expect(throws: EngineFault.self) { try salvage(store.disk, .everything) }
    _ = try salvage(store.disk, .lsn(looked.lsn))
    try SalvageTests.checkMade(store.disk, at: store.elapsed)
  }

  /// What follows a seal is nobody's record: all that was acknowledged can be had.
  @Test func bytesBehindASeal() throws {
    let (disk, lsns) = try store()
    let place = try lastBlock(disk, Self.segment(2)) + LogFormat.blockBytes
    try disk.change(Self.segment(2)) { bytes in
      bytes = Array(bytes.prefix(place)) + [UInt8](repeating: 0xA5, count: LogFormat.blockBytes)
    }
    #expect(throws: EngineFault.self) { try WholeStore.open(disk.copy(), at: 5000) }
    let whole = disk.copy()
    let report = try salvage(whole, .everything)
    #expect(report.lost.isEmpty && report.lsn == lsns[8] && report.faults.count == 1)
    let made = try SalvageTests.checkMade(whole, at: 5000)
    for number in 1...9 { #expect(try made.perform("order o-\(number)").outcome == .found) }
    // The seal itself, and what comes just before it.
    let sealed = LSN(lsns[6].rawValue - 1)
    for lsn in [sealed, lsns[5]] {
      let cut = disk.copy()
      #expect(try salvage(cut, .lsn(lsn)).lsn == lsn)
      #expect(try SalvageTests.checkMade(cut, at: 5000).perform("order o-7").outcome == .noSuchOrder)
    }
  }

  /// The way to a moment ends at a gap before it: what lies between is not silently left out.
  @Test func aMomentBehindAGap() throws {
    let store = try WholeStore()
    let oldest = try #require(store.paths(in: "snap").first)
    let archived = store.paths(in: "archive")
    let second = try ArchiveReader(store.disk, path: archived[1], store: TestStore.id).header
    let catalog = SnapshotCatalog(
      directory: StoreDirectory(storage: store.disk, path: Self.folder), store: TestStore.id)
    let base = try catalog.open(oldest.lastPathComponent).header
    #expect(base.position.segment > second.sequence && second.firstTime < base.time)
    let moment = Timestamp(milliseconds: base.time.milliseconds - 1)
    #expect(try salvage(store.disk.copy(), .time(moment)).lsn >= second.firstLSN, "as long as nothing is damaged")
    try store.disk.change(archived[1]) { bytes in
      for index in bytes.indices { bytes[index] ^= 0xA5 }
    }
    let fault = #expect(throws: EngineFault.self) { try salvage(store.disk, .time(moment)) }
    #expect(fault?.code == .corrupt && fault?.lsn == second.firstLSN, "\(String(describing: fault))")
    // A moment before the gap can be had.
    let first = try ArchiveReader(store.disk, path: archived[0], store: TestStore.id).header
    let early = Timestamp(milliseconds: first.firstTime.milliseconds)
    #expect(try salvage(store.disk, .time(early)).lsn < second.firstLSN)
    try SalvageTests.checkMade(store.disk, at: store.elapsed)
  }

  /// A header with right checks and a place that no log has.
  @Test func aSnapshotThatNamesNoSegment() throws {
    let store = try WholeStore()
    for path in store.paths(in: "snap") {
      var header = try SnapshotHeader(
        decodingFileOf: store.disk, path)
      header.position.segment = 0
      try store.disk.change(path) { bytes in
        bytes.replaceSubrange(..<SnapshotFormat.headerBytes, with: header.encoded())
      }
    }
    let report = try salvage(store.disk, .everything)
    #expect(report.lost.isEmpty && report.faults.count == 2 && report.snapshotLSN == .zero)
    #expect(try SalvageTests.checkMade(store.disk, at: store.elapsed).found == store.expected)
  }

  // MARK: The new directory

  /// Its last step fails: what lies under the temporary name must not look like a store, nor stop the next run.
  @Test func aRenameThatFails() throws {
    let store = try WholeStore()
    store.disk.setJudge { _, operation in
      operation.kind == .rename && operation.path.hasPrefix(SalvageTests.target + ".partial to")
        || operation.kind == .rename && operation.path == SalvageTests.target + ".partial"
        ? .fail(SimulatedStorage.eio) : .proceed
    }
    let fault = #expect(throws: EngineFault.self) { try salvage(store.disk, .everything) }
    #expect(fault?.code == .io)
    store.disk.setJudge(nil)
    let left = store.disk.files.keys.filter { $0.hasPrefix(SalvageTests.target) }
    #expect(left.allSatisfy { $0.hasSuffix("/LOCK") }, "\(left)")
    _ = try salvage(store.disk, .everything)
    #expect(try SalvageTests.checkMade(store.disk, at: store.elapsed).found == store.expected)
  }

  @Test(arguments: [".", "..", "/", "", "new/.", "new/.."])
  func whatIsNoName(_ name: String) throws {
    let store = try WholeStore()
    let before = store.disk.files
    let fault = #expect(throws: EngineFault.self) {
      try StoreSalvage(path: Self.folder, storage: store.disk).run(.everything, to: name)
    }
    #expect(fault?.code == .configuration && store.disk.files == before)
  }
}

extension SnapshotHeader {
  fileprivate init(decodingFileOf disk: SimulatedStorage, _ path: String) throws {
    let bytes = try #require(disk.bytes(path))
    self = try Array(bytes.prefix(SnapshotFormat.headerBytes)).withUnsafeBytes {
      try SnapshotHeader(decoding: $0, file: path, store: TestStore.id)
    }
  }
}
