/// A store's directory and its identity.
///
///     LOCK                     held by the running daemon
///     META                     the store's id and format
///     WATERMARK                how far the log was once durable
///     log/NNN.log              segments, by sequence; spare-N.tmp while one is prepared; *.torn what a crash left
///     snap/NNN.snap            snapshots, by LSN; *.broken what did not verify
///     archive/NNN.log          segments that snapshots cover
struct StoreDirectory: Sendable {
  let storage: any Storage
  let path: String

  /// - Parameter path: slashes at its end mean nothing.
  init(storage: any Storage, path: String) {
    self.storage = storage
    self.path = path.withoutSlashesAtItsEnd
  }

  var log: String { path + "/log" }
  var snapshots: String { path + "/snap" }
  var archive: String { path + "/archive" }
  var parent: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
  var meta: String { path + "/META" }

  /// Keeps other daemons out for as long as the result lives. Comes before any other open.
  func lock() throws(EngineFault) -> any StorageLock {
    do {
      try storage.createDirectory(path)
      let another = PlantedBug.lockLeftOut.isPlanted ? ".\(UInt64.random(in: 0 ... .max))" : ""
      return try storage.lock(path + "/LOCK" + another)
    } catch  where error.isBusy {
      throw EngineFault(
        .locked, "another stockd holds this directory.", file: path + "/LOCK",
        advice: "Nothing was changed. Stop the other one, or name another directory; never delete LOCK.")
    } catch {
      throw .io(error, "Check the path and its permissions.")
    }
  }

  /// The store's id; a store is made if the directory is empty.
  func openOrInitialize(newStore: StoreID, now: Timestamp) throws(EngineFault) -> StoreID {
    if let store = try readMeta() {
      try completeDirectories()
      return store
    }
    try checkIsEmpty()
    do {
      try storage.makeDirectories([log, snapshots, archive], in: path)
      try beginLog(newStore, now)
      try writeMeta(newStore, now)
    } catch {
      throw .io(error, "The store could not be made; nothing is lost. Make room or check the path.")
    }
    return newStore
  }

  /// A copy of a store may have come without the directories that were empty, or that nobody needs for a start. `log` is not
  /// made: without it records are missing, and recovery must say so.
  private func completeDirectories() throws(EngineFault) {
    do {
      // Also those that somebody else made: what is put into them must not go with their names.
      try storage.makeDirectories([snapshots, archive], in: path)
    } catch {
      throw .io(error, "Check the directory and its permissions.")
    }
  }

  /// An empty first segment comes before META, so that a store without a log is never taken for a new one.
  private func beginLog(_ store: StoreID, _ now: Timestamp) throws(StorageError) {
    for name in try storage.list(log) { try storage.unlink("\(log)/\(name)") }
    let header = SegmentHeader(
      store: store, sequence: 1, firstLSN: LSN(1), firstGroup: 1, previousChain: 0, createdAt: now)
    try replace("\(log)/\(LogFormat.segmentName(1))", with: header.encoded(), in: log)
  }

  /// Makes a file appear whole or not at all.
  func replace(_ target: String, with bytes: [UInt8], in directory: String) throws(StorageError) {
    let temporary = target + ".tmp"
    if try storage.list(directory).contains(where: { "\(directory)/\($0)" == temporary }) {
      try storage.unlink(temporary)
    }
    let file = try storage.open(temporary, .create)
    defer { file.close() }
    try file.write(bytes, at: 0)
    try file.sync()
    try name(temporary, target, in: directory)
  }

  /// Gives a file that is whole and durable its name, durably. If that fails the name is taken back: whether it lasts is not known
  /// then, and no later sync would tell, so nobody may find the file and rely on it.
  /// - Parameter target: nothing lies there that is still needed.
  func name(_ temporary: String, _ target: String, in directory: String) throws(StorageError) {
    try storage.rename(temporary, to: target)
    do throws(StorageError) {
      try storage.syncDirectory(directory)
    } catch {
      try? storage.unlink(target)
      throw error
    }
  }

  /// Without META there may be nothing but what a broken-off initialization leaves.
  private func checkIsEmpty() throws(EngineFault) {
    let names: [String]
    let segments: [String]
    do throws(StorageError) {
      names = try storage.list(path).filter {
        !["LOCK", "META.tmp", "log", "snap", "archive", "WATERMARK"].contains($0)
      }
      segments = try storage.list(log)
      let others = try storage.list(snapshots) + storage.list(archive)
      let first = LogFormat.segmentName(1)
      let isStart = segments.allSatisfy { $0 == first || $0 == first + ".tmp" }
      guard names.isEmpty, others.isEmpty, isStart, try !hasGroups(segments) else {
        throw StorageError("open", path, number: 0, reason: "not empty")
      }
    } catch  where error.number == 0 {
      throw EngineFault(
        .notAStore, "the directory is not empty and has no META.", file: path,
        advice: "Nothing was changed. Name an empty directory; if a store was here, restore its META from a backup.")
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  private func hasGroups(_ segments: [String]) throws(StorageError) -> Bool {
    for name in segments {
      let file = try storage.open("\(log)/\(name)", .read)
      defer { file.close() }
      if try file.size() > UInt64(LogFormat.segmentHeaderBytes) { return true }
    }
    return false
  }

  // META: magic 8, version 2, 0 2, 0 4, store id 16, time 8, check 8.

  private static let metaMagic: UInt64 = 0x0A54_454D_4B54_5353  // "SSTKMET\n"
  private static let metaBytes = 48

  private func writeMeta(_ store: StoreID, _ now: Timestamp) throws(StorageError) {
    try replace(meta, with: Self.encodedMeta(store, now), in: path)
  }

  /// The bytes of META.
  /// - Parameter now: when the store was made.
  static func encodedMeta(_ store: StoreID, _ now: Timestamp) -> [UInt8] {
    var writer = ByteWriter(capacity: metaBytes)
    writer.put(metaMagic)
    writer.put(LogFormat.version)
    writer.put(UInt16(0))
    writer.put(UInt32(0))
    writer.put(store.low)
    writer.put(store.high)
    writer.put(now.milliseconds)
    writer.put(hashBytes(writer.bytes, seed: metaMagic))
    return Array(writer.bytes)
  }

  func readMeta() throws(EngineFault) -> StoreID? {
    let bytes: [UInt8]
    do throws(StorageError) {
      bytes = try storage.readAll(meta)
    } catch  where error.isNotFound {
      return nil
    } catch {
      throw .io(error, "Check the disk.")
    }
    return try decodeMeta(bytes)
  }

  private func decodeMeta(_ bytes: [UInt8]) throws(EngineFault) -> StoreID {
    let (isWhole, fields) = bytes.withUnsafeBytes { buffer in
      var reader = ByteReader(buffer)
      let magic: UInt64 = reader.take()
      let version: UInt16 = reader.take()
      reader.skip(6)
      let store = StoreID(low: reader.take(), high: reader.take())
      reader.skip(8)
      let computed = hashBytes(
        UnsafeRawBufferPointer(rebasing: buffer[..<min(reader.position, buffer.count)]), seed: Self.metaMagic)
      let check: UInt64 = reader.take()
      let isWhole = magic == Self.metaMagic && check == computed && !reader.hasFailed && buffer.count == Self.metaBytes
      return (isWhole, (version: version, store: store))
    }
    guard isWhole else {
      throw EngineFault(
        .corrupt, "META is damaged.", file: meta,
        advice: "Nothing was changed. Restore META from a backup; every segment's header names the same store id.")
    }
    guard fields.version <= LogFormat.version else {
      throw EngineFault(
        .newerFormat, "the store has format \(fields.version), this stockd reads up to \(LogFormat.version).",
        file: meta,
        advice: "Nothing was changed. Start the newer stockd again.")
    }
    return fields.store
  }
}

extension String {
  /// The same directory in one spelling.
  var withoutSlashesAtItsEnd: String {
    var path = self
    while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// What stands behind the last slash.
  var lastPathComponent: String { split(separator: "/").last.map { String($0) } ?? "" }
}

extension Storage {
  func readAll(_ path: String) throws(StorageError) -> [UInt8] {
    let file = try open(path, .read)
    defer { file.close() }
    let size = Int(try file.size())
    var bytes = [UInt8](repeating: 0, count: size)
    var failure: StorageError?
    var got = 0
    bytes.withUnsafeMutableBytes { buffer in
      do throws(StorageError) { got = try file.read(into: buffer, at: 0) } catch { failure = error }
    }
    if let failure { throw failure }
    return Array(bytes[..<got])
  }
}

extension EngineFault {
  static func io(_ error: StorageError, _ advice: String) -> EngineFault {
    EngineFault(error.isNoSpace ? .noSpace : .io, "\(error).", file: error.path, advice: advice)
  }
}
