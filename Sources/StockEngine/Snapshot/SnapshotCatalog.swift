/// The snapshots of a store: finding the newest good one, publishing a new one, dropping old ones.
struct SnapshotCatalog: Sendable {
  let directory: StoreDirectory
  let store: StoreID

  /// How many are kept. A segment may go only once the oldest of them covers it.
  static let kept = 2

  private var storage: any Storage { directory.storage }

  func names() throws(StorageError) -> [String] {
    try storage.list(directory.snapshots).filter { SnapshotFormat.lsn($0) != nil }
  }

  func path(_ name: String) -> String { "\(directory.snapshots)/\(name)" }

  /// - Throws: `corrupt` too if the file holds another snapshot than its name says.
  func open(_ name: String) throws(EngineFault) -> SnapshotReader {
    let file: any StorageFile
    do {
      file = try storage.open(path(name), .read)
    } catch {
      throw .unreadSnapshot(path(name), error)
    }
    let reader = try SnapshotReader(file: file, name: path(name), store: store)
    guard SnapshotFormat.lsn(name) == reader.header.lsn else {
      throw .damagedSnapshot(path(name), "the file holds the snapshot of LSN \(reader.header.lsn).")
    }
    return reader
  }

  /// Loads the newest snapshot that verifies; those that do not are put aside as `.broken` and reported.
  /// - Parameter machines: empty, every shard held.
  func loadNewest(into machines: MachineSet) throws(EngineFault) -> (header: SnapshotHeader?, broken: [String]) {
    let candidates: [String]
    do {
      for name in try storage.list(directory.snapshots) where name.hasSuffix(".tmp") { try storage.unlink(path(name)) }
      candidates = try names().sorted(by: >)
    } catch {
      throw .io(error, "Nothing was changed. Check the directory.")
    }
    var broken: [String] = []
    for name in candidates {
      do throws(EngineFault) {
        return (try load(name, into: machines), broken)
      } catch  where error.code == .corrupt {
        // Its pages may have verified, and what they say come to another state: nothing of it may stay.
        machines.empty(store)
        try putAside(name)
        broken.append(path(name))
      }
    }
    return (nil, broken)
  }

  private func load(_ name: String, into machines: MachineSet) throws(EngineFault) -> SnapshotHeader {
    var check = try open(name)
    _ = try check.verify()
    var reader = try open(name)
    _ = try reader.load(into: machines)
    for shard in machines.held {
      let machine = machines.machine(shard: shard)
      machine.pointee.time = max(machine.pointee.time, reader.header.time)
    }
    return reader.header
  }

  private func putAside(_ name: String) throws(EngineFault) {
    do {
      try storage.rename(path(name), to: path(name) + ".broken")
      try storage.syncDirectory(directory.snapshots)
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  /// Writes a snapshot, reads it back past the page cache, and only then gives it its name.
  /// - Returns: its size in bytes.
  func publish(
    _ machine: borrowing Machine, _ header: SnapshotHeader, pace: Pace = .none
  ) throws(EngineFault) -> Int {
    let name = SnapshotFormat.name(header.lsn)
    let temporary = path(name) + ".tmp"
    let bytes: Int
    do {
      if try storage.list(directory.snapshots).contains(name) { return 0 }
      bytes = try write(machine, header, to: temporary, pace)
    } catch {
      try? storage.unlink(temporary)
      throw Self.fault(error)
    }
    try verify(temporary, pace)
    do {
      if PlantedBug.snapshotNameNotSynced.isPlanted {
        try storage.rename(temporary, to: path(name))
      } else {
        try directory.name(temporary, path(name), in: directory.snapshots)
      }
    } catch {
      throw Self.fault(error)
    }
    return bytes
  }

  private func write(
    _ machine: borrowing Machine, _ header: SnapshotHeader, to path: String, _ pace: Pace
  ) throws(StorageError) -> Int {
    let file = try storage.open(path, .create)
    defer { file.close() }
    var writer = SnapshotWriter(file: file, header: header, pace: pace)
    return try writer.write(machine)
  }

  private static func fault(_ error: StorageError) -> EngineFault {
    .io(error, "The snapshot was not made; the log keeps everything. Make room or check the disk.")
  }

  private func verify(_ temporary: String, _ pace: Pace) throws(EngineFault) {
    let file: any StorageFile
    do {
      file = try storage.open(temporary, .readDirect)
    } catch {
      throw .io(error, "Check the disk.")
    }
    var reader = try SnapshotReader(file: file, name: temporary, store: store, pace: pace)
    _ = try reader.verify()
  }

  /// Drops all but the newest `kept`.
  /// - Returns: the first segment that the oldest kept one still needs.
  func prune() throws(EngineFault) -> UInt64? {
    do {
      let sorted = try names().sorted(by: >)
      for name in sorted.dropFirst(Self.kept) { try storage.unlink(path(name)) }
      if sorted.count > Self.kept { try storage.syncDirectory(directory.snapshots) }
      guard sorted.count >= Self.kept else { return nil }
    } catch {
      throw .io(error, "Old snapshots could not be dropped.")
    }
    return try firstNeededSegment()
  }

  /// The time that the newest snapshot stands for.
  func newestTime() throws(EngineFault) -> Timestamp? {
    let newest: String?
    do {
      newest = try names().max()
    } catch {
      throw .io(error, "The snapshots could not be listed.")
    }
    return try newest.map { (name) throws(EngineFault) in try open(name).header.time }
  }

  private func firstNeededSegment() throws(EngineFault) -> UInt64? {
    let oldest: String?
    do {
      oldest = PlantedBug.truncatedAgainstNewest.isPlanted ? try names().max() : try names().min()
    } catch {
      throw .io(error, "Old snapshots could not be listed.")
    }
    guard let oldest else { return nil }
    return try open(oldest).header.position.segment
  }
}
