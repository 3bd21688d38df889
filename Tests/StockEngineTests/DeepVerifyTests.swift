import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// `verify --deep`: what is whole byte by byte must also say the same in every way that it can be read.
@Suite struct DeepVerifyTests {
  private func verify(_ disk: SimulatedStorage) throws -> StoreInspector.Verification {
    try StoreInspector(path: WholeStore.folder, storage: disk).verifyDeeply()
  }

  @Test func aSoundStore() throws {
    let store = try WholeStore()
    let files = store.disk.files
    let result = try verify(store.disk)
    #expect(result.exitStatus == 0 && result.checked.count == 3 && result.unchecked.isEmpty, "\(result)")
    #expect(store.disk.files == files, "it only reads")
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    let store = try WholeStore()
    for path in store.paths(in: "archive") { store.disk.remove(path) }
    let result = try verify(store.disk)
    #expect(result.exitStatus == 0 && result.checked.count == 1 && result.unchecked.count == 2, "\(result)")
    #expect(result.unchecked[0].contains("segment 1 is not there"))
  }

  /// A snapshot that is whole, with right checks and the right hash of another state.
  @Test func aSnapshotOfAnotherState() throws {
    var script = Array(WholeStore.script.prefix(4))
    let store = try WholeStore(script)
    script[2] = ["cancel o-3", "deduct o-4 A=2"]
    let other = try WholeStore(script)
    let path = try #require(store.paths(in: "snap").last)
    let catalog = SnapshotCatalog(
      directory: StoreDirectory(storage: store.disk, path: WholeStore.folder), store: TestStore.id)
    let header = try catalog.open(path.lastPathComponent).header
    try withFoldingMachine(TestStore.id) { (machines) throws(EngineFault) in
      let others = SnapshotCatalog(
        directory: StoreDirectory(storage: other.disk, path: WholeStore.folder), store: TestStore.id)
      var reader = try others.open(path.lastPathComponent)
      _ = try reader.load(into: machines)
      store.disk.remove(path)
      do throws(StorageError) {
        var writer = SnapshotWriter(file: try store.disk.open(path, .create), header: header)
        _ = try writer.write(machines.machine(shard: 0).pointee)
      } catch {
        throw .io(error, "")
      }
    }
    // No seal lies behind it, so nothing but the comparison tells.
    #expect(try StoreInspector(path: WholeStore.folder, storage: store.disk).verify().exitStatus == 0)
    let result = try verify(store.disk)
    #expect(result.exitStatus == 4, "\(result)")
    #expect(
      result.faults.map(\.file) == [path] && result.faults[0].message.hasPrefix("the snapshot holds another state"))
  }

  @Test func damageComesFirst() throws {
    let store = try WholeStore()
    let path = store.paths(in: "log")[1]
    var bytes = try #require(store.disk.bytes(path))
    bytes[4200] ^= 1
    store.disk.place(bytes, at: path)
    let result = try verify(store.disk)
    #expect(result.exitStatus == 4 && result.checked.isEmpty && result.unchecked.count == 1)
  }
}
