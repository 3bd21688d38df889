import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// `verify` says of a store what a start would find, and names everything that is wrong in one run.
@Suite struct VerifyTests {
  private func verify(_ disk: SimulatedStorage) throws -> StoreInspector.Verification {
    try StoreInspector(path: WholeStore.folder, storage: disk).verify()
  }

  /// What a broken-off copy leaves.
  @Test func aDirectoryWithoutALog() throws {
    let snapshots = try WholeStore()
    for path in snapshots.paths(in: "log") { snapshots.disk.remove(path) }
    snapshots.disk.remove("\(WholeStore.folder)/WATERMARK")
    let archive = snapshots.disk.copy()
    for path in snapshots.paths(in: "snap") { archive.remove(path) }
    let meta = archive.copy()
    for path in snapshots.paths(in: "archive") { meta.remove(path) }
    for (disk, what) in [(snapshots.disk, "with snapshots"), (archive, "archive only"), (meta, "META only")] {
      #expect(throws: EngineFault.self, "\(what): a start refuses it") {
        try WholeStore.open(disk.copy(), at: snapshots.elapsed)
      }
      let result = try verify(disk)
      #expect(result.exitStatus == 4 && result.faults.map(\.code) == [.missing], "\(what): \(result)")
    }
  }

  @Test func aSnapshotUnderAnotherName() throws {
    let store = try WholeStore()
    let paths = store.paths(in: "snap")
    let older = try #require(store.disk.bytes(paths[0]))
    let name = "\(WholeStore.folder)/snap/\(SnapshotFormat.name(store.durable))"
    store.disk.place(older, at: name)
    let result = try verify(store.disk)
    #expect(result.exitStatus == 4 && result.faults.map(\.file) == [name], "\(result)")
    let deep = try StoreInspector(path: WholeStore.folder, storage: store.disk).verifyDeeply()
    #expect(deep.exitStatus == 4)
    let replayed = try StoreInspector(path: WholeStore.folder, storage: store.disk).replay(StoreInspector.ReplayLimit())
    #expect(replayed.lsn == store.durable, "a replay begins with one that is what it is called")
  }

  /// A file that may not be read says nothing of its bytes.
  @Test func aRefusalIsNoDamage() throws {
    let store = try WholeStore()
    let path = store.paths(in: "log")[0]
    store.disk.setJudge { _, operation in
      operation.kind == .open && operation.path == path ? .fail(13) : .proceed  // EACCES
    }
    let result = try verify(store.disk)
    #expect(result.exitStatus == 3 && result.faults.contains { $0.code == .io }, "\(result)")
    store.disk.setJudge(nil)
    #expect(try verify(store.disk).exitStatus == 0)
  }

  /// One that is damaged, and the one behind it is missing.
  @Test func everythingThatIsWrongIsNamed() throws {
    let store = try WholeStore()
    let paths = store.paths(in: "log")
    let missing = try #require(paths.dropFirst().first)
    try store.disk.flip(paths[0], at: 4096 + 100)
    store.disk.remove(missing)
    let result = try verify(store.disk)
    #expect(result.faults.contains { $0.code == .corrupt && $0.file == paths[0] }, "\(result)")
    #expect(
      result.faults.contains { $0.code == .missing && $0.message.contains("segment \(4) is not there") }, "\(result)")
  }
}
