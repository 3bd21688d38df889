import Glibc

/// Memory for tables, from regions that the kernel may back with 2 MiB pages: random accesses to millions of entries wait
/// for the page table otherwise. Blocks are powers of two; freed ones are used again for the same size.
///
/// `@unchecked Sendable`: the lists are read and written under `lock`.
final class LargePages: @unchecked Sendable {
  static let shared = LargePages()

  private static let regionBytes = 2 << 20
  private static let blockBytesMin = 4096

  private let lock = Lock()
  private var free: [[UnsafeMutableRawPointer]] = Array(repeating: [], count: 64)
  private var region: UnsafeMutableRawPointer?
  private var regionUsed = 0
  /// Regions that are mapped and touched already. Clearing 2 MiB can take a millisecond, so a thread does it ahead of need.
  private var ready: [UnsafeMutableRawPointer] = []
  private let wanted = Condition()
  private var isPreparing = false
  private static let readyMax = 8

  private static func blockBytes(_ bytes: Int) -> Int {
    let least = max(bytes, blockBytesMin)
    return least & (least - 1) == 0 ? least : 1 << (Int.bitWidth - least.leadingZeroBitCount)
  }

  /// Memory aligned to cache lines; not zeroed.
  func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    if bytes < Self.blockBytesMin { return .allocate(byteCount: bytes, alignment: 64) }
    let size = Self.blockBytes(bytes)
    return lock.withLock { () -> UnsafeMutableRawPointer in
      if let block = free[size.trailingZeroBitCount].popLast() { return block }
      if size >= Self.regionBytes { return Self.map(size) }
      // Blocks are at most half a region and powers of two, so alignment comes by itself when they are cut in order of size;
      // here they are cut in order of asking, so round up.
      let start = (regionUsed + size - 1) / size * size
      if let region, start + size <= Self.regionBytes {
        regionUsed = start + size
        return region + start
      }
      let fresh = takeRegion()
      region = fresh
      regionUsed = size
      return fresh
    }
  }

  private func takeRegion() -> UnsafeMutableRawPointer {
    if ready.count <= Self.readyMax / 2 { wanted.signal() }
    return ready.popLast() ?? Self.map(Self.regionBytes)
  }

  /// Keeps a few regions ready from here on.
  func startPreparing() {
    let starts = lock.withLock { () -> Bool in
      defer { isPreparing = true }
      return !isPreparing
    }
    if starts { _ = Thread(name: "stockd-memory", isBackground: true) { [self] in prepare() } }
  }

  private func prepare() {
    lock.lock()
    while true {
      while ready.count >= Self.readyMax { wanted.wait(lock) }
      lock.unlock()
      let region = Self.touchedRegion()
      lock.lock()
      ready.append(region)
    }
  }

  /// Makes so many bytes ready now.
  func prepare(bytes: Int) {
    for _ in 0 ..< bytes / Self.regionBytes {
      let region = Self.touchedRegion()
      lock.withLock { ready.append(region) }
    }
  }

  private static func touchedRegion() -> UnsafeMutableRawPointer {
    let region = map(regionBytes)
    for offset in stride(from: 0, to: regionBytes, by: 4096) {
      region.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    }
    return region
  }

  func deallocate(_ block: UnsafeMutableRawPointer, bytes: Int) {
    if bytes < Self.blockBytesMin { return block.deallocate() }
    let size = Self.blockBytes(bytes)
    lock.withLock { free[size.trailingZeroBitCount].append(block) }
  }

  /// Address space aligned to a region, with the kernel told that large pages are welcome.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
    let length = bytes + regionBytes
    guard let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapped != MAP_FAILED
    else { preconditionFailure("out of memory: the kernel refused \(length) bytes") }
    let address = UInt(bitPattern: mapped)
    let aligned = (address + UInt(regionBytes) - 1) / UInt(regionBytes) * UInt(regionBytes)
    let before = Int(aligned - address)
    if before > 0 { munmap(mapped, before) }
    let after = length - before - bytes
    let start = mapped + before
    if after > 0 { munmap(start + bytes, after) }
    madvise(start, bytes, MADV_HUGEPAGE)
    return start
  }
}
