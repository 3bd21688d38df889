import StockModel
import StockTestSupport

@testable import StockEngine

/// An archive file on a disk of its own, for tests that damage it.
struct SmallArchive {
  let disk: SimulatedStorage
  let path: String
  let bytes: [UInt8]
  /// The segment that it was made from.
  let segment: [UInt8]
  let segmentPath: String

  static let commands = [
    "preheat op-1 A=10 红包@north=4", "reserve o-1 buyer=u1 A=2 红包@north=1 payload=gift", "deduct o-2 A=1",
    "return r-1 o-2 A=1 scrap", "cancel an-order-with-an-id-that-is-rather-long", "extend x-1 o-1 hold=60s",
  ]

  init(_ commands: [String] = Self.commands, effort: Codec.Effort = .high) throws {
    let store = try TestStore()
    for command in commands {
      try store.perform(command)
      store.advance(7)
    }
    try store.inventory.seal()
    store.stop()
    disk = store.storage
    disk.kill()
    let part = LogPart(
      sequence: 1, path: "\(TestStore.path)/log/\(LogFormat.segmentName(1))", form: .segment, isInLog: true)
    segmentPath = part.path
    segment = disk.bytes(part.path)!
    let catalog = Self.catalog(disk)
    let isMade = try catalog.archive(part, ArchiveCatalog.Manner(effort: effort))
    precondition(isMade)
    path = catalog.path(1)
    bytes = disk.bytes(path)!
  }

  static func catalog(_ disk: SimulatedStorage) -> ArchiveCatalog {
    ArchiveCatalog(directory: StoreDirectory(storage: disk, path: TestStore.path), store: TestStore.id)
  }

  func reader() throws(EngineFault) -> ArchiveReader { try ArchiveReader(disk, path: path, store: TestStore.id) }
}

/// A record as it stands in a file: what the archive must keep.
struct KeptRecord: Equatable {
  var lsn: LSN
  var time: Timestamp
  var bytes: [UInt8]

  init(_ record: RecordCursor.Record) {
    lsn = record.lsn
    time = record.time
    bytes = Array(record.bytes)
  }

  private static func all(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) throws -> [KeptRecord] {
    var cursor = RecordCursor(raw, run)
    var records: [KeptRecord] = []
    while let record = try cursor.next() { records.append(KeptRecord(record)) }
    return records
  }

  static func ofArchive(_ disk: SimulatedStorage, _ path: String) throws -> [KeptRecord] {
    var reader = try ArchiveReader(disk, path: path, store: TestStore.id)
    var records: [KeptRecord] = []
    for number in reader.blocks.indices { records += try all(reader.read(block: number), reader.blocks[number].run) }
    return records
  }

  static func ofSegment(_ bytes: [UInt8], _ name: String) throws -> [KeptRecord] {
    var bytes = bytes
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.groupRawBytesMax + 64, alignment: 64)
    defer { raw.deallocate() }
    return try bytes.withUnsafeMutableBytes { buffer in
      var scan = try SegmentScan(name: name, bytes: buffer, store: TestStore.id)
      var records: [KeptRecord] = []
      while case .group(let header, _) = scan.next(into: raw) {
        records += try all(UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)]), header.run)
      }
      return records
    }
  }
}
