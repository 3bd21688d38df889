import Glibc

/// Memory for tables, cut from regions of 2 MiB that the kernel may back with one page: random accesses to millions of
/// entries wait for the page table otherwise (measured: a quarter of a reserve). A region whose blocks have all gone is given
/// back; what grows and what stays should therefore not share regions.
///
/// `@unchecked Sendable`: everything is read and written under `lock`.
final class LargePages: @unchecked Sendable {
  /// Pages of slabs and arenas, which stay.
  static let slabs = LargePages()
  /// Index tables, which go when they have doubled: those of one size lie together, and leave together.
  static let tables = LargePages()

  private static let regionBytes = 2 << 20
  private static let blockBytesMin = 4096

  private struct Region {
    var liveBlocks = 0
    /// A background thread's regions are of small pages: the first touch of a large one can occupy a processor for
    /// milliseconds.
    let isForBackground: Bool
  }

  /// The region of which blocks are cut.
  private struct Cut {
    var region: UnsafeMutableRawPointer
    var used = 0
  }

  private let lock = Lock(isShared: true)
  private var regions: [UnsafeMutableRawPointer: Region] = [:]
  /// Apart, so that what somebody waits for never lies in a background thread's small pages.
  private var foreground: Cut?
  private var background: Cut?
  /// Regions that are touched already. A first touch of 2 MiB took 5 ms on a virtual machine whose host had to find the memory,
  /// so a thread does it ahead of need.
  private var ready: [UnsafeMutableRawPointer] = []
  private let wanted = Condition()
  private var isPreparing = false
  private static let readyMax = 8

  private static func roundUp(_ bytes: Int) -> Int { (bytes + blockBytesMin - 1) / blockBytesMin * blockBytesMin }

  /// Memory aligned to cache lines; not zeroed.
  func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    if bytes < Self.blockBytesMin { return .allocate(byteCount: bytes, alignment: 64) }
    let size = Self.roundUp(bytes)
    if size > Self.regionBytes / 2 {
      return Self.map(size, Thread.isCurrentBackground ? MADV_NOHUGEPAGE : MADV_HUGEPAGE)
    }
    let isForBackground = Thread.isCurrentBackground
    return lock.withLock { isForBackground ? cut(size, from: &background, true) : cut(size, from: &foreground, false) }
  }

  private func cut(_ size: Int, from current: inout Cut?, _ isForBackground: Bool) -> UnsafeMutableRawPointer {
    var cut =
      if let current, current.used + size <= Self.regionBytes { current } else {
        Cut(region: takeRegion(isForBackground: isForBackground))
      }
    let block = cut.region + cut.used
    cut.used += size
    regions[cut.region, default: Region(isForBackground: isForBackground)].liveBlocks += 1
    current = cut
    return block
  }

  func deallocate(_ block: UnsafeMutableRawPointer, bytes: Int) {
    if bytes < Self.blockBytesMin { return block.deallocate() }
    let size = Self.roundUp(bytes)
    if size > Self.regionBytes / 2 {
      munmap(block, size)
      return
    }
    let mask = UInt(Self.regionBytes - 1)
    guard let home = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: block) & ~mask) else { return }
    lock.withLock {
      guard var region = regions[home] else { preconditionFailure("a block of no region of these") }
      region.liveBlocks -= 1
      regions[home] = region
      guard region.liveBlocks == 0 else { return }
      // A region of which blocks are still cut starts anew.
      if foreground?.region == home {
        foreground?.used = 0
      } else if background?.region == home {
        background?.used = 0
      } else {
        regions[home] = nil
        giveBack(home, region)
      }
    }
  }

  private func giveBack(_ memory: UnsafeMutableRawPointer, _ region: Region) {
    if ready.count < Self.readyMax && !region.isForBackground {
      ready.append(memory)
    } else {
      munmap(memory, Self.regionBytes)
    }
  }

  private func takeRegion(isForBackground: Bool) -> UnsafeMutableRawPointer {
    // What is ready is for threads that somebody waits for; a snapshot being made would take it all.
    if isForBackground { return Self.map(Self.regionBytes, MADV_NOHUGEPAGE) }
    wanted.signal()
    return ready.popLast() ?? Self.map(Self.regionBytes)
  }

  /// Keeps a few regions ready from here on.
  func startPreparing() {
    let starts = lock.withLock { () -> Bool in
      defer { isPreparing = true }
      return !isPreparing
    }
    if starts { _ = Thread(name: "stockd-memory", .background, isShared: true) { [self] in prepare() } }
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

  /// Makes so many bytes ready now, in the proportion in which orders use them: an order's record and its extras against its
  /// place in the index.
  static func prepare(bytes: Int) {
    slabs.prepare(bytes: bytes / 4 * 3)
    tables.prepare(bytes: bytes / 4)
  }

  private func prepare(bytes: Int) {
    for _ in 0..<bytes / Self.regionBytes {
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

  /// Address space aligned to a region.
  /// - Parameter advice: whether large pages are welcome.
  private static func map(_ bytes: Int, _ advice: Int32 = MADV_HUGEPAGE) -> UnsafeMutableRawPointer {
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
    madvise(start, bytes, advice)
    return start
  }
}
