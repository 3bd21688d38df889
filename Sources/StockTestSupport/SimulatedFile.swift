import Glibc
import StockEngine
import Synchronization

/// An open file of a simulated disk.
final class SimulatedFile: StorageFile {
  let path: String
  private let storage: SimulatedStorage
  private let inode: SimulatedInode
  private let readsDisk: Bool
  private let life: Int
  private let isClosed = Atomic(false)

  /// Called inside the storage's lock.
  init(_ storage: SimulatedStorage, _ path: String, _ inode: SimulatedInode, readsDisk: Bool) {
    self.storage = storage
    self.path = path
    self.inode = inode
    self.readsDisk = readsDisk
    life = storage.life
    storage.openFiles.add(1, ordering: .relaxed)
  }

  deinit { close() }

  private func operation(_ kind: SimulatedStorage.Kind, _ offset: UInt64 = 0, _ count: Int = 0)
    -> SimulatedStorage.Operation
  {
    SimulatedStorage.Operation(kind: kind, path: path, offset: offset, count: count)
  }

  func size() throws(StorageError) -> UInt64 {
    storage.approach(operation(.size))
    return try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.size), life: life)
      return UInt64(readsDisk ? inode.countSeenDirectly : inode.cache.count)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    storage.approach(operation(.read, offset, buffer.count))
    return try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.read, offset, buffer.count), life: life)
      let end = readsDisk ? inode.countSeenDirectly : inode.cache.count
      let start = min(Int(offset), end)
      let count = min(buffer.count, end - start)
      guard count > 0 else { return 0 }
      if readsDisk {
        inode.readDirectly(start..<start + count, into: buffer.baseAddress!)
      } else {
        memcpy(buffer.baseAddress!, inode.cache.base + start, count)
      }
      return count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError) {
    storage.approach(operation(.write, offset, bytes.count))
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
    storage.approach(operation(.truncate, size))
    try storage.lock.withLock { () throws(StorageError) in
      _ = try storage.begin(operation(.truncate, size), life: life)
      inode.resize(Int(size))
    }
  }

  func writeOut() throws(StorageError) {
    storage.approach(operation(.writeOut))
    try storage.lock.withLock { () throws(StorageError) in
      do throws(StorageError) {
        _ = try storage.begin(operation(.writeOut), life: life)
      } catch {
        if !storage.isStopped && life == storage.life { inode.markClean() }
        throw error
      }
    }
  }

  func sync() throws(StorageError) {
    storage.approach(operation(.sync))
    try storage.lock.withLock { () throws(StorageError) in
      do throws(StorageError) {
        _ = try storage.begin(operation(.sync), life: life)
      } catch {
        if !storage.isStopped && life == storage.life { inode.markClean() }
        throw error
      }
      if !storage.liesAboutSyncs { inode.sync() }
    }
  }

  func close() {
    if !isClosed.exchange(true, ordering: .relaxed) { storage.openFiles.subtract(1, ordering: .relaxed) }
  }
}
