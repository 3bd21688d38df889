import StockEngine

/// A file's bytes: in the page cache and on the disk.
///
/// `@unchecked Sendable`: it is touched only under the lock of its storage.
final class SimulatedInode: @unchecked Sendable {
  let number: Int
  var cache: [UInt8] = []
  var disk: [UInt8] = []
  /// By sector of the cache: written and not synced.
  var isDirty: [Bool] = []
  /// The length on the disk is not that of the cache.
  var hasUnsyncedSize = false

  init(number: Int) { self.number = number }

  private static func sectors(_ bytes: Int) -> Int {
    (bytes + SimulatedStorage.sectorBytes - 1) / SimulatedStorage.sectorBytes
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if bytes.isEmpty { return }
    resize(max(cache.count, offset + bytes.count))
    cache.withUnsafeMutableBytes { cache in
      (cache.baseAddress! + offset).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
    }
    let first = offset / SimulatedStorage.sectorBytes
    for sector in first ..< Self.sectors(offset + bytes.count) { isDirty[sector] = true }
  }

  func resize(_ count: Int) {
    guard count != cache.count else { return }
    if count > cache.count {
      cache.append(contentsOf: repeatElement(0, count: count - cache.count))
    } else {
      cache.removeLast(cache.count - count)
    }
    let sectors = Self.sectors(count)
    if sectors > isDirty.count {
      isDirty.append(contentsOf: repeatElement(false, count: sectors - isDirty.count))
    } else {
      isDirty.removeLast(isDirty.count - sectors)
    }
    hasUnsyncedSize = true
  }

  func sync() {
    disk = cache
    markClean()
  }

  /// After a sync that failed, the kernel takes the pages for clean though the disk has not got them.
  func markClean() {
    for sector in isDirty.indices { isDirty[sector] = false }
    hasUnsyncedSize = false
  }

  func range(_ sector: Int, of count: Int) -> Range<Int> {
    let start = sector * SimulatedStorage.sectorBytes
    return min(start, count) ..< min(start + SimulatedStorage.sectorBytes, count)
  }

  /// What a read past the cache sees: dirty pages (they are written out first), and what the disk has of the rest.
  var seenDirectly: [UInt8] {
    var bytes = disk
    if bytes.count < cache.count && hasUnsyncedSize {
      bytes.append(contentsOf: repeatElement(0, count: cache.count - bytes.count))
    }
    for sector in isDirty.indices where isDirty[sector] {
      let range = range(sector, of: min(cache.count, bytes.count))
      bytes.replaceSubrange(range, with: cache[range])
    }
    return bytes
  }
}

/// An open file of a simulated disk.
final class SimulatedFile: StorageFile {
  let path: String
  private let storage: SimulatedStorage
  private let inode: SimulatedInode
  private let readsDisk: Bool
  private let life: Int

  /// Called inside the storage's lock.
  init(_ storage: SimulatedStorage, _ path: String, _ inode: SimulatedInode, readsDisk: Bool) {
    self.storage = storage
    self.path = path
    self.inode = inode
    self.readsDisk = readsDisk
    life = storage.life
  }

  private func operation(_ kind: SimulatedStorage.Kind, _ offset: UInt64 = 0, _ count: Int = 0) -> SimulatedStorage.Operation {
    SimulatedStorage.Operation(kind: kind, path: path, offset: offset, count: count)
  }

  func size() throws(StorageError) -> UInt64 {
    try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.size), life: life)
      return UInt64(readsDisk ? inode.seenDirectly.count : inode.cache.count)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.read, offset, buffer.count), life: life)
      let bytes = readsDisk ? inode.seenDirectly : inode.cache
      let start = min(Int(offset), bytes.count)
      let count = min(buffer.count, bytes.count - start)
      guard count > 0 else { return 0 }
      bytes.withUnsafeBytes { buffer.baseAddress!.copyMemory(from: $0.baseAddress! + start, byteCount: count) }
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError) {
    try storage.lock.withLock { () throws(StorageError) in
      storage.waitWhileHeld(path)
      let operation = operation(.write, offset, bytes.count)
      let failure = try storage.begin(operation, life: life)
      try storage.checkRoom(for: Int(offset) + bytes.count - inode.cache.count, operation)
      if let failure {
        inode.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: Int(offset))
        throw SimulatedStorage.refusal(operation, failure)
      }
      inode.write(bytes, at: Int(offset))
    }
  }

  func truncate(to size: UInt64) throws(StorageError) {
    try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.truncate, size), life: life)
      inode.resize(Int(size))
    }
  }

  func sync() throws(StorageError) {
    try storage.lock.withLock { () throws(StorageError) in
      do throws(StorageError) {
        if let failure = try storage.begin(operation(.sync), life: life) {
          throw SimulatedStorage.refusal(operation(.sync), failure)
        }
      } catch {
        if !storage.isStopped && life == storage.life { inode.markClean() }
        throw error
      }
      inode.sync()
    }
  }

  func close() {}
}
