import StockEngine

extension SimulatedStorage {
  /// Something that a power loss may keep or lose.
  package enum Unsynced: Equatable, Sendable, CustomStringConvertible {
    case sector(file: Int, Int)
    case size(file: Int)
    case name(String)

    package var description: String {
      switch self {
      case .sector(let file, let sector): "sector \(sector) of file \(file)"
      case .size(let file): "size of file \(file)"
      case .name(let change): change
      }
    }
  }

  /// Everything that is not durable, in a fixed order.
  package var unsynced: [Unsynced] { lock.withLock { listUnsynced() } }

  private var inodes: [SimulatedInode] {
    var seen: [Int: SimulatedInode] = [:]
    for inode in names.values { seen[inode.number] = inode }
    for inode in durableNames.values { seen[inode.number] = inode }
    return seen.values.sorted { $0.number < $1.number }
  }

  private func listUnsynced() -> [Unsynced] {
    var things: [Unsynced] = []
    for inode in inodes {
      if inode.hasUnsyncedSize { things.append(.size(file: inode.number)) }
      things += inode.dirtySectors.map { .sector(file: inode.number, $0) }
    }
    return things + nameChanges.map { .name($0.description) }
  }

  /// The machine loses power. What was synced stays; of the rest, what `keeps` says, by its place in `unsynced`. Files and
  /// locks of the life before are worthless; the next life begins.
  package func losePower(keeping keeps: (Int) -> Bool) {
    lock.withLock {
      var number = 0
      func isKept() -> Bool {
        number += 1
        return keeps(number - 1)
      }
      for inode in inodes { inode.losePower(isKept) }
      for change in nameChanges where isKept() { apply(change) }
      nameChanges = []
      names = durableNames
      directories = durableDirectories
      beginLife()
    }
  }

  /// Keeps a random part of what was not synced; a seed in four keeps nothing, one everything.
  package func losePower(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    switch random.below(4) {
    case 0: losePower { _ in false }
    case 1: losePower { _ in true }
    default:
      let chances = [2, 3, 8][random.below(3)]
      losePower { _ in random.oneIn(chances) }
    }
  }

  /// The process dies and the machine lives on: the page cache survives, but is no more durable than before.
  package func kill() {
    lock.withLock { beginLife() }
  }

  // MARK: Looking and meddling

  /// A file's bytes as programs see them.
  package func bytes(_ path: String) -> [UInt8]? { lock.withLock { names[path]?.cache.array } }

  package func paths(in directory: String) -> [String] {
    lock.withLock { names.keys.filter { Self.parent($0) == directory }.sorted() }
  }

  /// Puts a file there, durably.
  package func place(_ bytes: [UInt8], at path: String) {
    lock.withLock {
      let inode = makeInode()
      bytes.withUnsafeBytes { inode.write($0, at: 0) }
      inode.sync()
      names[path] = inode
      durableNames[path] = inode
    }
  }

  package func remove(_ path: String) {
    lock.withLock {
      names[path] = nil
      durableNames[path] = nil
    }
  }

  /// Another disk in the same state, in a machine of its own.
  package func copy() -> SimulatedStorage { lock.withLock { twin() } }

  /// Inside the lock.
  func twin() -> SimulatedStorage {
    let other = SimulatedStorage()
    var twins: [Int: SimulatedInode] = [:]
    for inode in inodes { twins[inode.number] = inode.twin }
    func twin(_ inode: SimulatedInode) -> SimulatedInode { twins[inode.number] ?? inode.twin }
    other.names = names.mapValues(twin)
    other.durableNames = durableNames.mapValues(twin)
    other.nameChanges = nameChanges.map { change in
      switch change {
      case .link(let path, let inode): .link(path, twin(inode))
      case .unlink(let path): .unlink(path)
      case .rename(let source, let target, let inode): .rename(source, target, twin(inode))
      case .renameDirectory(let source, let target): .renameDirectory(source, target)
      }
    }
    other.directories = directories
    other.durableDirectories = durableDirectories
    other.startInodes(after: inodes.last?.number ?? 0)
    return other
  }

  /// Equal for disks of equal files, in this process.
  package var contentHash: Int {
    lock.withLock {
      var hasher = Hasher()
      for (path, inode) in names.sorted(by: { $0.key < $1.key }) {
        hasher.combine(path)
        hasher.combine(inode.cache.count)
        hasher.combine(bytes: UnsafeRawBufferPointer(start: inode.cache.base, count: inode.cache.count))
      }
      return hasher.finalize()
    }
  }

  /// All files, for comparison.
  package var files: [String: [UInt8]] { lock.withLock { names.mapValues(\.cache.array) } }
}
