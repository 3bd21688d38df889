import StockEngine

extension SimulatedStorage {
  /// Something that a power loss may keep or lose.
  public enum Unsynced: Equatable, Sendable, CustomStringConvertible {
    case sector(file: Int, Int)
    case size(file: Int)
    case name(String)

    public var description: String {
      switch self {
      case .sector(let file, let sector): "sector \(sector) of file \(file)"
      case .size(let file): "size of file \(file)"
      case .name(let change): change
      }
    }
  }

  /// Everything that is not durable, in a fixed order.
  public var unsynced: [Unsynced] { lock.withLock { listUnsynced() } }

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
      for sector in inode.isDirty.indices where inode.isDirty[sector] {
        things.append(.sector(file: inode.number, sector))
      }
    }
    return things + nameChanges.map { .name($0.description) }
  }

  /// The machine loses power. What was synced stays; of the rest, what `keeps` says, by its place in `unsynced`. Files and
  /// locks of the life before are worthless; the next life begins.
  public func losePower(keeping keeps: (Int) -> Bool) {
    lock.withLock {
      var number = 0
      func isKept() -> Bool {
        number += 1
        return keeps(number - 1)
      }
      for inode in inodes { Self.lose(inode, isKept) }
      for change in nameChanges where isKept() { apply(change) }
      nameChanges = []
      names = durableNames
      beginLife()
    }
  }

  private static func lose(_ inode: SimulatedInode, _ isKept: () -> Bool) {
    let keepsSize = inode.hasUnsyncedSize ? isKept() : true
    if keepsSize && inode.hasUnsyncedSize {
      if inode.cache.count > inode.disk.count {
        inode.disk.append(contentsOf: repeatElement(0, count: inode.cache.count - inode.disk.count))
      } else {
        inode.disk.removeLast(inode.disk.count - inode.cache.count)
      }
    }
    for sector in inode.isDirty.indices where inode.isDirty[sector] && isKept() {
      let range = inode.range(sector, of: min(inode.disk.count, inode.cache.count))
      inode.disk.replaceSubrange(range, with: inode.cache[range])
    }
    inode.cache = inode.disk
    inode.isDirty = Array(repeating: false, count: (inode.cache.count + sectorBytes - 1) / sectorBytes)
    inode.hasUnsyncedSize = false
  }

  /// Keeps a random part of what was not synced; a seed in four keeps nothing, one everything.
  public func losePower(seed: UInt64) {
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
  public func kill() {
    lock.withLock { beginLife() }
  }

  // MARK: Looking and meddling

  /// A file's bytes as programs see them.
  public func bytes(_ path: String) -> [UInt8]? { lock.withLock { names[path]?.cache } }

  public func paths(in directory: String) -> [String] {
    lock.withLock { names.keys.filter { Self.parent($0) == directory }.sorted() }
  }

  /// Puts a file there, durably.
  public func place(_ bytes: [UInt8], at path: String) {
    lock.withLock {
      let inode = SimulatedInode(number: 1_000_000 + names.count)
      bytes.withUnsafeBytes { inode.write($0, at: 0) }
      inode.sync()
      names[path] = inode
      durableNames[path] = inode
    }
  }

  public func remove(_ path: String) {
    lock.withLock {
      names[path] = nil
      durableNames[path] = nil
    }
  }

  /// Another disk with the same durable and visible files.
  public func copy() -> SimulatedStorage {
    let other = SimulatedStorage()
    lock.withLock {
      for (path, inode) in names {
        let twin = SimulatedInode(number: inode.number)
        twin.cache = inode.cache
        twin.isDirty = inode.isDirty
        twin.sync()
        other.names[path] = twin
        other.durableNames[path] = twin
      }
      other.directories = directories
      other.startInodes(after: inodes.last?.number ?? 0)
    }
    return other
  }

  /// All files, for comparison.
  public var files: [String: [UInt8]] { lock.withLock { names.mapValues(\.cache) } }
}
