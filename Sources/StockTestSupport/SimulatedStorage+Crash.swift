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
    for inode in (lostChanges + nameChanges).compactMap(\.inode) { seen[inode.number] = inode }
    return seen.values.sorted { $0.number < $1.number }
  }

  private func listUnsynced() -> [Unsynced] {
    var things: [Unsynced] = []
    for inode in inodes {
      if inode.hasUnsyncedSize { things.append(.size(file: inode.number)) }
      things += inode.dirtySectors.map { .sector(file: inode.number, $0) }
    }
    return things + (lostChanges + nameChanges).map { .name($0.description) }
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
      for change in lostChanges + nameChanges where isKept() { apply(change) }
      lostChanges = []
      nameChanges = []
      forgetWhatIsOutOfReach()
      names = durableNames
      directories = durableDirectories
      beginLife()
    }
  }

  /// A name is of no use if that of its directory was lost.
  private func forgetWhatIsOutOfReach() {
    var reached: Set<Substring> = [""]
    for path in durableDirectories.sorted() where reached.contains(Self.parent(path)) { reached.insert(path[...]) }
    durableDirectories = durableDirectories.filter { reached.contains($0[...]) }
    durableNames = durableNames.filter { reached.contains(Self.parent($0.key)) }
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

  /// Puts a file there, durably, and the directories that it lies in.
  package func place(_ bytes: [UInt8], at path: String) {
    lock.withLock {
      let inode = makeInode()
      bytes.withUnsafeBytes { inode.write($0, at: 0) }
      inode.sync()
      names[path] = inode
      durableNames[path] = inode
      var directory = Self.parent(path)
      while !directory.isEmpty {
        directories.insert(String(directory))
        durableDirectories.insert(String(directory))
        directory = Self.parent(String(directory))
      }
    }
  }

  /// Takes a directory away, durably, with all that lies in it.
  package func removeTree(_ path: String) {
    lock.withLock {
      func isKept(_ name: String) -> Bool { name != path && !name.hasPrefix(path + "/") }
      names = names.filter { isKept($0.key) }
      durableNames = durableNames.filter { isKept($0.key) }
      directories = directories.filter(isKept)
      durableDirectories = durableDirectories.filter(isKept)
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
    func twin(_ change: NameChange) -> NameChange {
      switch change {
      case .makeDirectory(let path): .makeDirectory(path)
      case .removeDirectory(let path): .removeDirectory(path)
      case .link(let path, let inode): .link(path, twin(inode))
      case .unlink(let path): .unlink(path)
      case .rename(let source, let target, let inode): .rename(source, target, twin(inode))
      case .renameDirectory(let source, let target): .renameDirectory(source, target)
      }
    }
    other.nameChanges = nameChanges.map(twin)
    other.lostChanges = lostChanges.map(twin)
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
      for path in directories.sorted() { hasher.combine(path) }
      return hasher.finalize()
    }
  }

  /// All files, for comparison.
  package var files: [String: [UInt8]] { lock.withLock { names.mapValues(\.cache.array) } }
}
