import Glibc
import StockEngine

/// Bytes that grow and shrink; new ones are zero. By hand, since tests run unoptimized.
final class SimulatedBytes {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var count = 0
  private var capacity = 4096

  init() { base = .allocate(byteCount: capacity, alignment: 16) }
  deinit { base.deallocate() }

  func resize(_ newCount: Int) {
    if newCount > capacity {
      capacity = max(newCount, capacity * 2)
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      memcpy(larger, base, count)
      base.deallocate()
      base = larger
    }
    if newCount > count { memset(base + count, 0, newCount - count) }
    count = newCount
  }

  func set(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if bytes.count > 0 { memcpy(base + offset, bytes.baseAddress!, bytes.count) }
  }

  func copy(_ other: SimulatedBytes, _ range: Range<Int>) {
    if !range.isEmpty { memcpy(base + range.lowerBound, other.base + range.lowerBound, range.count) }
  }

  func become(_ other: SimulatedBytes) {
    resize(other.count)
    copy(other, 0..<other.count)
  }

  var twin: SimulatedBytes {
    let twin = SimulatedBytes()
    twin.become(self)
    return twin
  }

  var array: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }
}

/// A file: in the page cache and on the disk.
///
/// `@unchecked Sendable`: it is touched only under the lock of its storage.
final class SimulatedInode: @unchecked Sendable {
  let number: Int
  private(set) var cache = SimulatedBytes()
  private(set) var disk = SimulatedBytes()
  /// A byte for each sector of the cache: 1 if it was written and not synced.
  private var dirty = SimulatedBytes()
  /// The length on the disk is not that of the cache.
  private(set) var hasUnsyncedSize = false
  /// Pages that a failed sync left clean are in the cache, and not on the disk.
  private var hasLostPages = false

  init(number: Int) { self.number = number }

  private static func sectors(_ bytes: Int) -> Int {
    (bytes + SimulatedStorage.sectorBytes - 1) / SimulatedStorage.sectorBytes
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if bytes.isEmpty { return }
    resize(max(cache.count, offset + bytes.count))
    cache.set(bytes, at: offset)
    let first = offset / SimulatedStorage.sectorBytes
    memset(dirty.base + first, 1, Self.sectors(offset + bytes.count) - first)
  }

  func resize(_ count: Int) {
    guard count != cache.count else { return }
    cache.resize(count)
    dirty.resize(Self.sectors(count))
    hasUnsyncedSize = true
  }

  func sync() {
    if hasLostPages {
      // What an earlier sync lost is clean by now, and nobody writes it.
      disk.resize(cache.count)
      for sector in dirtySectors { disk.copy(cache, range(sector, of: cache.count)) }
    } else {
      disk.become(cache)
    }
    clean()
  }

  /// After a sync that failed, the kernel takes the pages for clean though the disk has not got them.
  func markClean() {
    if !dirtySectors.isEmpty { hasLostPages = true }
    clean()
  }

  private func clean() {
    memset(dirty.base, 0, dirty.count)
    hasUnsyncedSize = false
  }

  var dirtySectors: [Int] {
    if memchr(dirty.base, 1, dirty.count) == nil { return [] }
    return (0..<dirty.count).filter { dirty.base.load(fromByteOffset: $0, as: UInt8.self) != 0 }
  }

  private func range(_ sector: Int, of count: Int) -> Range<Int> {
    let start = sector * SimulatedStorage.sectorBytes
    return min(start, count)..<min(start + SimulatedStorage.sectorBytes, count)
  }

  /// Takes a power loss: of what was not synced, keeps what `isKept` says, asked in the order of `unsynced`.
  func losePower(_ isKept: () -> Bool) {
    if hasUnsyncedSize && isKept() { disk.resize(cache.count) }
    for sector in dirtySectors where isKept() { disk.copy(cache, range(sector, of: min(disk.count, cache.count))) }
    cache.become(disk)
    dirty.resize(0)
    dirty.resize(Self.sectors(cache.count))
    hasUnsyncedSize = false
    hasLostPages = false
  }

  /// The length that a read past the cache sees.
  var countSeenDirectly: Int { hasUnsyncedSize ? max(disk.count, cache.count) : disk.count }

  /// What a read past the cache sees: dirty pages (they are written out first), and what the disk has of the rest.
  ///
  /// - Parameter range: within `countSeenDirectly`.
  func readDirectly(_ range: Range<Int>, into buffer: UnsafeMutableRawPointer) {
    let synced = range.clamped(to: 0..<disk.count)
    memset(buffer, 0, range.count)
    memcpy(buffer + (synced.lowerBound - range.lowerBound), disk.base + synced.lowerBound, synced.count)
    for sector in dirtySectors {
      let written = self.range(sector, of: min(cache.count, countSeenDirectly)).clamped(to: range)
      memcpy(buffer + (written.lowerBound - range.lowerBound), cache.base + written.lowerBound, written.count)
    }
  }

  var twin: SimulatedInode {
    let twin = SimulatedInode(number: number)
    twin.cache = cache.twin
    twin.disk = disk.twin
    twin.dirty = dirty.twin
    twin.hasUnsyncedSize = hasUnsyncedSize
    twin.hasLostPages = hasLostPages
    return twin
  }
}
