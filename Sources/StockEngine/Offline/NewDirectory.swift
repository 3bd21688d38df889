/// A store's directory in the making: filled under another name, checked there, and given its own name last. Whenever the work
/// ends early, nothing lies under the name that was asked for, and what lies beside it is no store: it has no META.
struct NewDirectory: ~Copyable {
  /// The name that it is to have.
  let target: String
  /// Where it is filled.
  let directory: StoreDirectory
  private let held: any StorageLock

  static let suffix = ".partial"
  private static let ownNames: Set = ["LOCK", "META.tmp", "log", "snap", "archive"]
  private static let copyBytes = 1 << 20

  private var storage: any Storage { directory.storage }

  /// Begins it. What an earlier run left half-done under the temporary name is cleared away.
  /// - Throws: `configuration` if there is something under the name, or if it and `source` overlap; `locked` if another run fills it.
  static func begin(at path: String, source: String, storage: any Storage) throws(EngineFault) -> NewDirectory {
    let target = path.withoutSlashesAtItsEnd
    let directory = StoreDirectory(storage: storage, path: target + Self.suffix)
    guard !["", "/", ".", ".."].contains(target.lastPathComponent) else {
      throw EngineFault(
        .configuration, "this is no name for a new directory.", file: path,
        advice: "Nothing was changed. Name a directory that is not there yet.")
    }
    let store = storage.canonical(source) + "/"
    let parent = storage.canonical(directory.parent)
    for name in [target, directory.path] {
      let made = (parent == "/" ? "" : parent) + "/\(name.lastPathComponent)/"
      guard !made.hasPrefix(store), !store.hasPrefix(made) else {
        throw EngineFault(
          .configuration, "the new directory, or \(directory.path) while it is made, overlaps with the store's.",
          file: target, advice: "Nothing was changed. Name a directory beside the store's.")
      }
    }
    let isTaken: Bool
    do { isTaken = try storage.list(directory.parent).contains(target.lastPathComponent) } catch {
      throw Self.notMade(error)
    }
    guard !isTaken else {
      throw EngineFault(
        .configuration, "there is something under this name.", file: target,
        advice: "Nothing was changed. Name a directory that is not there yet.")
    }
    let held = try Self.hold(directory)
    try Self.clear(directory)
    do {
      try storage.makeDirectories([directory.log, directory.snapshots, directory.archive], in: directory.path)
    } catch {
      throw Self.notMade(error)
    }
    return NewDirectory(target: target, directory: directory, held: held)
  }

  private init(target: String, directory: StoreDirectory, held: any StorageLock) {
    self.target = target
    self.directory = directory
    self.held = held
  }

  private static func hold(_ directory: StoreDirectory) throws(EngineFault) -> any StorageLock {
    do {
      try directory.storage.createDirectory(directory.path)
      return try directory.storage.lock(directory.path + "/LOCK")
    } catch  where error.isBusy {
      throw EngineFault(
        .locked, "another run fills this directory.", file: directory.path,
        advice: "Nothing was changed. Wait for it, or name another directory.")
    } catch {
      throw notMade(error)
    }
  }

  private static func notMade(_ error: StorageError) -> EngineFault {
    .io(
      error, "The new directory was not made; the store was not changed. Make room or check the disk, then try again.")
  }

  private static func clear(_ directory: StoreDirectory) throws(EngineFault) {
    let names: [String]
    do { names = try directory.storage.list(directory.path) } catch { throw notMade(error) }
    if names.contains("META") {
      throw EngineFault(
        .configuration, "a whole store lies under the temporary name: it was finished, and not renamed.",
        file: directory.path, advice: "Nothing was changed. Rename it, or remove it, then try again.")
    }
    guard names.allSatisfy({ ownNames.contains($0) }) else {
      throw EngineFault(
        .configuration, "there are other files under the temporary name.", file: directory.path,
        advice: "Nothing was changed. Move them away, or name another directory.")
    }
    do { try removeFiles(directory) } catch { throw notMade(error) }
  }

  private static func removeFiles(_ directory: StoreDirectory) throws(StorageError) {
    for folder in [directory.log, directory.snapshots, directory.archive] {
      for name in try directory.storage.list(folder) { try directory.storage.unlink("\(folder)/\(name)") }
    }
  }

  /// Gives back the space of what will not be finished. META goes first: without it nobody takes the rest for a store.
  func discard() {
    do throws(StorageError) {
      if try storage.list(directory.path).contains("META") {
        try storage.unlink(directory.meta)
        try storage.syncDirectory(directory.path)
      }
      try Self.removeFiles(directory)
    } catch {
      // The disk refuses; what ended the work is told already, and the next run clears the rest away.
    }
  }

  // MARK: Filling

  /// Makes a file and lets it be filled; it is synced on return.
  func make(
    _ path: String, _ fill: (any StorageFile) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    let file: any StorageFile
    do { file = try storage.open(path, .create) } catch { throw Self.notMade(error) }
    defer { file.close() }
    try fill(file)
    do { try file.sync() } catch { throw Self.notMade(error) }
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: any StorageFile, at offset: Int) throws(EngineFault) {
    do { try file.write(bytes, at: UInt64(offset)) } catch { throw Self.notMade(error) }
  }

  /// Copies an open file, or its first `bytesMax` bytes, in steps that let others write between them.
  /// - Returns: how many bytes were copied.
  func copy(
    _ source: any StorageFile, to path: String, bytesMax: UInt64 = .max, pace: Pace = .none
  ) throws(EngineFault) -> UInt64 {
    var pace = pace
    var offset: UInt64 = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.copyBytes, alignment: LogFormat.blockBytes)
    defer { buffer.deallocate() }
    try make(path) { (file) throws(EngineFault) in
      while true {
        let wanted = Int(min(UInt64(buffer.count), bytesMax - offset))
        let count: Int
        do throws(StorageError) {
          count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
        } catch {
          throw Self.unread(error)
        }
        if count == 0 { return }
        do throws(StorageError) {
          try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
          offset += UInt64(count)
          if pace.isStepFull(after: count) {
            try file.writeOut()
            pace.rest()
          }
        } catch {
          throw Self.notMade(error)
        }
      }
    }
    return offset
  }

  static func unread(_ error: StorageError) -> EngineFault {
    error.isReadFailure
      ? EngineFault(
        .corrupt, "\(error).", file: error.path,
        advice:
          "The disk cannot give these bytes back. The store was not changed; copy what can be read, and check the disk."
      )
      : .io(error, "The new directory was not made; the store was not changed. Check permissions and the disk.")
  }

  func remove(_ path: String) throws(EngineFault) {
    do { try storage.unlink(path) } catch { throw Self.notMade(error) }
  }

  // MARK: Ending

  /// Reads everything back as a start would, folds it, and gives it its name.
  /// - Parameters:
  ///   - last: the record that it must end with.
  ///   - meta: the bytes of META.
  ///   - source: what it was made of, in which a damaged file is to be looked for.
  func finish(store: StoreID, last: LSN, meta: [UInt8], from source: StoreDirectory) throws(EngineFault) {
    do {
      for folder in [directory.log, directory.snapshots, directory.archive] { try storage.syncDirectory(folder) }
    } catch {
      throw Self.notMade(error)
    }
    let found = StoreInspector(directory: directory, storeID: store).verify()
    if let fault = found.faults.first { throw told(fault, of: source) }
    guard found.lastLSN == last, found.tornBytes == 0 else {
      throw EngineFault(
        .corrupt, "what was written reads back up to LSN \(found.lastLSN), not \(last).", file: directory.path,
        advice: "The store was not changed. Check the disk that the new directory lies on.")
    }
    do {
      try directory.replace(directory.meta, with: meta, in: directory.path)
      try storage.rename(directory.path, to: target)
    } catch {
      throw Self.notMade(error)
    }
    do { try storage.syncDirectory(directory.parent) } catch {
      throw .io(
        error,
        "\(target) was made and is whole, but its name may not outlive a power loss. Check the disk, then sync it.")
    }
  }

  /// A fault of what was made, with the name of the file that it was made of: the copy is about to go.
  private func told(_ fault: EngineFault, of source: StoreDirectory) -> EngineFault {
    guard let file = fault.file, file.hasPrefix(directory.path + "/") else { return fault }
    var told = fault
    told.file = source.path + file.dropFirst(directory.path.count)
    told.advice =
      "Its copy reads so, and was removed; the store was not changed. If stockcli verify finds the store sound, the disk of the copy is to blame. \(fault.advice)"
    return told
  }
}
