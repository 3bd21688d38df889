import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Reading a segment whose unused tail is cut off at the same moment, as the log's helper does once it is sealed.
@Suite struct SegmentReadTests {
  @Test func aTailThatIsCutMeanwhileIsNoDamage() throws {
    let storage = try ShrinkingStorage(bytes: [UInt8](repeating: 7, count: 8192), to: 4096)
    let bytes = try storage.readSegment(ShrinkingStorage.path, direct: false)
    defer { bytes.deallocate() }
    #expect(bytes.count == 4096 && bytes.allSatisfy { $0 == 7 })
  }

  /// A disk that gives fewer bytes than the file has lost some.
  @Test func fewerBytesThanThereAreIsDamage() throws {
    let storage = try ShrinkingStorage(bytes: [UInt8](repeating: 7, count: 8192), to: 8192, readMax: 100)
    let fault = #expect(throws: EngineFault.self) {
      try storage.readSegment(ShrinkingStorage.path, direct: false).deallocate()
    }
    #expect(fault?.code == .corrupt)
  }

  /// Who reads beside a daemon finds a segment in the archive that was still in the log when the files were listed.
  @Test func aSegmentThatIsArchivedMeanwhile() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
    try store.inventory.seal()
    let first = try #require(try inspector.segments().first)
    var before: [StockEngine.LoggedEvent] = []
    _ = try inspector.read(first, isLast: false) { (_, events) throws(EngineFault) in before += try events() }
    for order in 1...3 {
      try store.perform("reserve o-\(order) A=1")
      try store.snapshot()
    }
    #expect(store.storage.bytes(first.path) == nil, "it is still in the log, so this tests nothing")
    var after: [StockEngine.LoggedEvent] = []
    _ = try inspector.read(first, isLast: false) { (_, events) throws(EngineFault) in after += try events() }
    #expect(after.map(\.lsn) == before.map(\.lsn) && after.map(\.kind) == before.map(\.kind))
  }
}

/// A simulated disk on which a file is cut as soon as its size was asked for.
private struct ShrinkingStorage: Storage {
  static let path = "/store/file"
  private let storage = SimulatedStorage()
  private let size: UInt64
  private let readMax: Int

  /// - Parameters:
  ///   - size: to which the file is cut.
  ///   - readMax: bytes that a read gives at most.
  init(bytes: [UInt8], to size: UInt64, readMax: Int = .max) throws(StorageError) {
    self.size = size
    self.readMax = readMax
    try storage.createDirectory("/store")
    let file = try storage.open(Self.path, .create)
    try file.write(bytes, at: 0)
    file.close()
  }

  func makeDirectory(_ path: String) throws(StorageError) -> Bool { try storage.makeDirectory(path) }
  func removeDirectory(_ path: String) throws(StorageError) { try storage.removeDirectory(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try storage.list(directory) }
  func rename(_ source: String, to target: String) throws(StorageError) { try storage.rename(source, to: target) }
  func unlink(_ path: String) throws(StorageError) { try storage.unlink(path) }
  func syncDirectory(_ path: String) throws(StorageError) { try storage.syncDirectory(path) }
  func freeBytes(_ path: String) throws(StorageError) -> UInt64 { try storage.freeBytes(path) }
  func lock(_ path: String) throws(StorageError) -> any StorageLock { try storage.lock(path) }

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    ShrinkingFile(try storage.open(path, .write), to: size, readMax: readMax)
  }
}

private final class ShrinkingFile: StorageFile {
  private let file: any StorageFile
  private let finalSize: UInt64
  private let readMax: Int

  init(_ file: any StorageFile, to size: UInt64, readMax: Int) {
    self.file = file
    self.readMax = readMax
    finalSize = size
  }

  var path: String { file.path }

  func size() throws(StorageError) -> UInt64 {
    let size = try file.size()
    try file.truncate(to: min(size, finalSize))
    return size
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(readMax)), at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError) {
    try file.write(bytes, at: offset)
  }
  func truncate(to size: UInt64) throws(StorageError) { try file.truncate(to: size) }
  func sync() throws(StorageError) { try file.sync() }
  func writeOut() throws(StorageError) { try file.writeOut() }
  func close() { file.close() }
}
