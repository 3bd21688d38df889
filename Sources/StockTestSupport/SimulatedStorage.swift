import StockEngine
import Synchronization

/// A disk in memory that loses, tears and refuses like a real one, when it is told to.
///
/// What is written stays in the page cache until its file is synced, sector by sector of 512 bytes; names, those of directories
/// too, stay volatile until their directory is synced. Losing power keeps what was synced and, of the rest, whatever the test says.
/// What a sync that failed was to make durable no later sync does.
///
/// `@unchecked Sendable`: everything is read and written under `lock`.
package final class SimulatedStorage: Storage, @unchecked Sendable {
  package static let sectorBytes = 512

  let lock = TestLock()
  /// Names as programs see them, and as the disk has them.
  var names: [String: SimulatedInode] = [:]
  var durableNames: [String: SimulatedInode] = [:]
  var nameChanges: [NameChange] = []
  /// Changes that a failed sync left behind: a power loss may keep them, a later sync does not.
  var lostChanges: [NameChange] = []
  var directories: Set<String> = []
  var durableDirectories: Set<String> = []
  private var locks: Set<String> = []
  private var nextInode = 0
  /// Files that were opened in an earlier life of the machine refuse everything.
  private(set) var life = 0
  private var judge: Judge?
  private var holdsWrites = false
  private var heldWrites = 0
  private var operations: [Operation] = []
  private var keepsMoments = false
  private var moments: [(operation: Operation, disk: SimulatedStorage)] = []
  /// What the disk can hold.
  private var capacityBytes: UInt64 = 1 << 40
  let openFiles = Atomic(0)

  package init() {}

  // MARK: What happened

  package enum Kind: String, Sendable {
    case makeDirectory, removeDirectory, list, create, open, read, write, truncate, sync, writeOut, rename, unlink,
      syncDirectory, freeBytes, lock, size
  }

  /// One file operation, as the engine asked for it.
  package struct Operation: Sendable, Equatable, CustomStringConvertible {
    package var kind: Kind
    package var path: String
    package var offset: UInt64 = 0
    package var count = 0

    package var changesDisk: Bool {
      switch kind {
      case .create, .write, .truncate, .sync, .writeOut, .rename, .unlink, .syncDirectory, .makeDirectory,
        .removeDirectory:
        true
      case .list, .open, .read, .freeBytes, .lock, .size: false
      }
    }

    package var description: String { "\(kind.rawValue) \(path)" + (count > 0 ? " \(offset)+\(count)" : "") }
  }

  package var trace: [Operation] { lock.withLock { operations } }
  package func clearTrace() { lock.withLock { operations.removeAll() } }

  /// Keeps a copy of the disk as it was before each operation that changes it, from here on.
  package func keepMoments() { lock.withLock { keepsMoments = true } }

  package var keptMoments: [(operation: Operation, disk: SimulatedStorage)] { lock.withLock { moments } }

  // MARK: Faults

  package enum Verdict: Sendable {
    case proceed
    /// Refuse with this errno; nothing is done. A refused sync marks its pages, or names, clean all the same.
    case fail(Int32)
    /// Write the first half, then refuse; what is no write is refused as a whole.
    case failHalfway(Int32)
    /// The machine stops before the operation, and refuses everything from here on.
    case stop
  }

  /// Decides an operation's fate; the number counts the operations since the judge was set.
  package typealias Judge = @Sendable (_ number: Int, _ operation: Operation) -> Verdict

  private var judged = 0
  /// Called before each operation, outside the lock: another thread may go first, or time pass. Set it before the storage is used.
  package var onOperation: (@Sendable (Operation) -> Void)?
  private(set) var liesAboutSyncs = false

  package func setJudge(_ judge: Judge?) {
    lock.withLock {
      self.judge = judge
      judged = 0
    }
  }

  /// A bug on purpose: `sync` says that it is done and does nothing. For tests of the tests.
  package func lieAboutSyncs() { lock.withLock { liesAboutSyncs = true } }

  package static let eio: Int32 = 5
  package static let enospc: Int32 = 28

  /// The disk's size. What is written beyond it is refused with ENOSPC.
  package var capacity: UInt64 {
    get { lock.withLock { capacityBytes } }
    set { lock.withLock { capacityBytes = newValue } }
  }

  /// Files that somebody has open: what a store that is closed must not have.
  package var openFileCount: Int { openFiles.load(ordering: .relaxed) }

  /// Bytes of all files, as they would read now.
  package var usedBytes: UInt64 { lock.withLock { used } }

  private var used: UInt64 { names.values.reduce(0) { $0 + UInt64($1.cache.count) } }

  /// Whether the machine has stopped.
  package var isOff: Bool { lock.withLock { isStopped } }

  /// Refuses everything from here on: a machine without power. `losePower` or `kill` start the next life.
  package func stop() {
    lock.withLock {
      isStopped = true
      holdsWrites = false
    }
    lock.broadcast()
  }

  /// Lets nobody write to a log until `releaseWrites`.
  package func holdWrites() { lock.withLock { holdsWrites = true } }

  /// Inside the lock.
  private(set) var isStopped = false

  func startInodes(after number: Int) { nextInode = max(nextInode, number) }

  func makeInode() -> SimulatedInode {
    nextInode += 1
    return SimulatedInode(number: nextInode)
  }

  /// Waits until a write to a log is held.
  package func waitForHeldWrite() { lock.withLock { while heldWrites == 0 { lock.wait() } } }

  package func releaseWrites() {
    lock.withLock { holdsWrites = false }
    lock.broadcast()
  }

  // MARK: Lives

  func beginLife() {
    life += 1
    isStopped = false
    judge = nil
    holdsWrites = false
    locks = []
  }

  func approach(_ operation: Operation) { onOperation?(operation) }

  /// Inside the lock: records an operation and asks the judge.
  /// - Returns: the errno of a `write` of which the caller does the first half; other operations have no halves and are refused here.
  func begin(_ operation: Operation, life: Int? = nil) throws(StorageError) -> Int32? {
    if let life, life != self.life { throw Self.refusal(operation, Self.eio) }
    if isStopped { throw Self.refusal(operation, Self.eio) }
    operations.append(operation)
    if keepsMoments && operation.changesDisk { moments.append((operation, twin())) }
    guard let judge else { return nil }
    judged += 1
    switch judge(judged - 1, operation) {
    case .proceed: return nil
    case .fail(let number): throw Self.refusal(operation, number)
    case .failHalfway(let number):
      guard operation.kind == .write else { throw Self.refusal(operation, number) }
      return number
    case .stop:
      isStopped = true
      throw Self.refusal(operation, Self.eio)
    }
  }

  static func refusal(_ operation: Operation, _ number: Int32) -> StorageError {
    let reason = [
      2: "No such file", 5: "Input/output error", 11: "Busy", 17: "File exists", 28: "No space left on device",
      39: "Directory not empty",
    ]
    return StorageError(
      operation.kind.rawValue, operation.path, number: number, reason: reason[Int(number)] ?? "refused")
  }

  func waitWhileHeld(_ path: String) {
    guard holdsWrites, path.contains("/log/") else { return }
    heldWrites += 1
    lock.broadcast()
    while holdsWrites { lock.wait() }
    heldWrites -= 1
  }

  func checkRoom(for bytes: Int, _ operation: Operation) throws(StorageError) {
    if bytes > 0 && used + UInt64(bytes) > capacityBytes { throw Self.refusal(operation, Self.enospc) }
  }

  // MARK: Storage

  package func makeDirectory(_ path: String) throws(StorageError) -> Bool {
    approach(Operation(kind: .makeDirectory, path: path))
    return try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .makeDirectory, path: path)
      _ = try begin(operation)
      try checkParent(of: path, operation)
      guard directories.insert(path).inserted else { return false }
      nameChanges.append(.makeDirectory(path))
      return true
    }
  }

  package func removeDirectory(_ path: String) throws(StorageError) {
    approach(Operation(kind: .removeDirectory, path: path))
    try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .removeDirectory, path: path)
      _ = try begin(operation)
      guard directories.contains(path) else { throw Self.refusal(operation, 2) }
      let isEmpty = !(Array(names.keys) + directories).contains { Self.parent($0) == path }
      guard isEmpty else { throw Self.refusal(operation, 39) }
      directories.remove(path)
      nameChanges.append(.removeDirectory(path))
    }
  }

  private func isDirectory(_ path: Substring) -> Bool { path.isEmpty || directories.contains(String(path)) }

  private func checkParent(of path: String, _ operation: Operation) throws(StorageError) {
    if !isDirectory(Self.parent(path)) { throw Self.refusal(operation, 2) }
  }

  package func list(_ directory: String) throws(StorageError) -> [String] {
    approach(Operation(kind: .list, path: directory))
    return try lock.withLock { () throws(StorageError) in
      _ = try begin(Operation(kind: .list, path: directory))
      let directory = directory == "/" ? "" : directory
      return (Array(names.keys) + directories).filter { Self.parent($0) == directory }
        .map { String(Substring($0.utf8.dropFirst(directory.utf8.count + 1))) }.sorted()
    }
  }

  static func parent(_ path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ""
  }

  package func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    approach(Operation(kind: mode == .create ? .create : .open, path: path))
    return try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: mode == .create ? .create : .open, path: path)
      _ = try begin(operation)
      if mode == .create {
        try checkParent(of: path, operation)
        guard names[path] == nil else { throw Self.refusal(operation, 17) }
        let inode = makeInode()
        names[path] = inode
        nameChanges.append(.link(path, inode))
        return SimulatedFile(self, path, inode, readsDisk: false)
      }
      guard let inode = names[path] else { throw Self.refusal(operation, 2) }
      return SimulatedFile(self, path, inode, readsDisk: mode == .readDirect)
    }
  }

  package func rename(_ source: String, to target: String) throws(StorageError) {
    approach(Operation(kind: .rename, path: source))
    try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .rename, path: source)
      _ = try begin(operation)
      if directories.contains(source) {
        guard !directories.contains(target) else { throw Self.refusal(operation, 39) }
        Self.move(source, to: target, &names, &directories)
        nameChanges.append(.renameDirectory(source, target))
        return
      }
      guard let inode = names[source] else { throw Self.refusal(operation, 2) }
      try checkParent(of: target, operation)
      names[source] = nil
      names[target] = inode
      nameChanges.append(.rename(source, target, inode))
    }
  }

  /// Gives a directory another name, and with it all that lies in it.
  static func move(
    _ source: String, to target: String, _ names: inout [String: SimulatedInode], _ directories: inout Set<String>
  ) {
    func moved(_ path: String) -> String {
      path == source || path.hasPrefix(source + "/") ? target + path.dropFirst(source.count) : path
    }
    names = Dictionary(uniqueKeysWithValues: names.map { (moved($0.key), $0.value) })
    directories = Set(directories.map(moved))
  }

  package func unlink(_ path: String) throws(StorageError) {
    approach(Operation(kind: .unlink, path: path))
    try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .unlink, path: path)
      _ = try begin(operation)
      guard names[path] != nil else { throw Self.refusal(operation, 2) }
      names[path] = nil
      nameChanges.append(.unlink(path))
    }
  }

  package func syncDirectory(_ path: String) throws(StorageError) {
    approach(Operation(kind: .syncDirectory, path: path))
    try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .syncDirectory, path: path)
      let directory = path == "/" ? "" : path
      do throws(StorageError) {
        if let failure = try begin(operation) { throw Self.refusal(operation, failure) }
      } catch {
        if !isStopped { lostChanges += takeChanges(of: directory) }
        throw error
      }
      guard isDirectory(directory[...]) else { throw Self.refusal(operation, 2) }
      for change in takeChanges(of: directory) {
        apply(change)
        // What is durable now is what comes of its names.
        lostChanges.removeAll { !$0.names.isDisjoint(with: change.names) }
      }
    }
  }

  private func takeChanges(of directory: String) -> [NameChange] {
    let taken = nameChanges.filter { $0.concerns(directory) }
    nameChanges.removeAll { $0.concerns(directory) }
    return taken
  }

  func apply(_ change: NameChange) {
    switch change {
    case .makeDirectory(let path): durableDirectories.insert(path)
    case .removeDirectory(let path): durableDirectories.remove(path)
    case .link(let path, let inode): durableNames[path] = inode
    case .unlink(let path): durableNames[path] = nil
    case .rename(let source, let target, let inode):
      durableNames[source] = nil
      durableNames[target] = inode
    case .renameDirectory(let source, let target):
      Self.move(source, to: target, &durableNames, &durableDirectories)
    }
  }

  package func freeBytes(_ path: String) throws(StorageError) -> UInt64 {
    approach(Operation(kind: .freeBytes, path: path))
    return try lock.withLock { () throws(StorageError) in
      _ = try begin(Operation(kind: .freeBytes, path: path))
      return capacityBytes - min(used, capacityBytes)
    }
  }

  package func lock(_ path: String) throws(StorageError) -> any StorageLock {
    approach(Operation(kind: .lock, path: path))
    return try lock.withLock { () throws(StorageError) in
      let operation = Operation(kind: .lock, path: path)
      _ = try begin(operation)
      guard locks.insert(path).inserted else { throw Self.refusal(operation, 11) }
      return SimulatedLock(self, path, life)
    }
  }

  fileprivate func release(_ path: String, _ life: Int) {
    lock.withLock { if life == self.life { locks.remove(path) } }
  }
}

private final class SimulatedLock: StorageLock {
  private let storage: SimulatedStorage
  private let path: String
  private let life: Int

  init(_ storage: SimulatedStorage, _ path: String, _ life: Int) {
    self.storage = storage
    self.path = path
    self.life = life
  }

  deinit { storage.release(path, life) }
}
