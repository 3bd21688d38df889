/// How far the log was once durable, written beside it every second: a log that ends before that has lost acknowledged bytes,
/// however clean its end looks. It lags behind the truth, never ahead of it, so it refuses nothing that is whole.
///
/// File WATERMARK: two slots of 512 bytes, written in turn, so that a torn write leaves the other. Slot: magic 8, store id 16,
/// count of writes 8, LSN 8, check of bytes 0 ..< 40 8, then 0x57.
struct Watermark: Sendable {
  let directory: StoreDirectory
  let store: StoreID
  private(set) var lsn = LSN.zero
  private var writes: UInt64 = 0
  private var file: (any StorageFile)?

  private static let magic: UInt64 = 0x0A4B_524D_5257_5453  // "STWRMRK\n"
  private static let slotBytes = 512
  private static let checkedBytes = 40

  private var path: String { directory.path + "/WATERMARK" }

  init(directory: StoreDirectory, store: StoreID) {
    self.directory = directory
    self.store = store
  }

  /// Reads what the last run left; a file that is not there, or of which no slot is whole, says nothing.
  mutating func read() throws(StorageError) {
    let bytes: [UInt8]
    do throws(StorageError) {
      bytes = try directory.storage.readAll(path)
    } catch  where error.isNotFound {
      return
    }
    for slot in 0..<2 where bytes.count >= (slot + 1) * Self.slotBytes {
      let part = bytes[slot * Self.slotBytes..<(slot + 1) * Self.slotBytes]
      Array(part).withUnsafeBytes { takeSlot($0) }
    }
  }

  private mutating func takeSlot(_ slot: UnsafeRawBufferPointer) {
    var reader = ByteReader(slot)
    let magic: UInt64 = reader.take()
    let found = StoreID(low: reader.take(), high: reader.take())
    let count: UInt64 = reader.take()
    let at = LSN(reader.take())
    let check: UInt64 = reader.take()
    let computed = hashBytes(UnsafeRawBufferPointer(rebasing: slot[..<Self.checkedBytes]), seed: Self.magic)
    guard magic == Self.magic, found == store, check == computed else { return }
    writes = max(writes, count)
    lsn = max(lsn, at)
  }

  /// Makes a higher watermark durable.
  mutating func advance(to durable: LSN) throws(StorageError) {
    guard durable > lsn else { return }
    var writer = ByteWriter(capacity: Self.slotBytes)
    writer.put(Self.magic)
    writer.put(store.low)
    writer.put(store.high)
    writer.put(writes + 1)
    writer.put(durable.rawValue)
    writer.put(hashBytes(writer.bytes, seed: Self.magic))
    let padding = [UInt8](repeating: 0x57, count: Self.slotBytes - writer.count)
    let file = try opened()
    try file.write(Array(writer.bytes) + padding, at: (writes + 1) % 2 * UInt64(Self.slotBytes))
    if !PlantedBug.watermarkNotSynced.isPlanted { try file.sync() }
    writes += 1
    lsn = durable
  }

  private mutating func opened() throws(StorageError) -> any StorageFile {
    if let file { return file }
    let storage = directory.storage
    let isThere = try storage.list(directory.path).contains("WATERMARK")
    let opened = try storage.open(path, isThere ? .write : .create)
    if !isThere && !PlantedBug.watermarkNameNotSynced.isPlanted { try syncName(opened) }
    file = opened
    return opened
  }

  /// A name that may not last is taken back: nobody would sync it again.
  private func syncName(_ opened: any StorageFile) throws(StorageError) {
    do {
      try directory.storage.syncDirectory(directory.path)
    } catch {
      opened.close()
      try? directory.storage.unlink(path)
      throw error
    }
  }
}
