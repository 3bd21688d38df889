import Synchronization

/// The local file log: groups in preallocated segments, written with pwrite and made durable with fdatasync.
///
/// `@unchecked Sendable`: the writing state is touched by the log's thread alone (or before it starts); what others ask for
/// is atomic.
final class SegmentedLog: CommitLog, @unchecked Sendable {
  private let storage: any Storage
  private let directory: String
  private let store: StoreID
  private let segmentBytes: Int
  private let preallocator: SegmentPreallocator
  private let names: LogDirectory
  private let clock: @Sendable () -> Timestamp
  private let onSeal: @Sendable (UInt64) -> Void

  private var image = GroupImage()
  private var file: (any StorageFile)?
  /// The file's name by now; it was opened under another.
  private var path = ""
  private var sequence: UInt64
  private var nextGroup: UInt64
  private var chain: UInt64
  private var offset = 0
  private var isFailed = false

  private let used = Atomic(0)
  private let bytes = Atomic<UInt64>(0)
  private let rawBytes = Atomic<UInt64>(0)
  private let groups = Atomic<UInt64>(0)
  private let records = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - sequence: of the segment that `open` will begin.
  ///   - onSeal: called with the successor's sequence after a segment was sealed and that was begun.
  init(
    storage: any Storage, directory: String, store: StoreID, segmentBytes: Int, position: LogPosition,
    preallocator: SegmentPreallocator, names: LogDirectory, clock: @escaping @Sendable () -> Timestamp,
    onSeal: @escaping @Sendable (UInt64) -> Void
  ) {
    self.storage = storage
    self.directory = directory
    self.store = store
    self.segmentBytes = segmentBytes
    self.preallocator = preallocator
    self.names = names
    self.clock = clock
    self.onSeal = onSeal
    sequence = position.segment
    nextGroup = position.group
    chain = position.chain
  }

  /// Begins the segment, before anything is appended.
  func open(firstLSN: LSN) throws(EngineFault) {
    do {
      try beginSegment(firstLSN: firstLSN)
    } catch {
      throw Self.fault(error, "the log's next segment could not be made", lsn: firstLSN)
    }
  }

  var room: LogRoom {
    let left = max(0, segmentBytes - used.load(ordering: .relaxed))
    return LogRoom(bytes: left + preallocator.readyBytes, isLow: preallocator.isSpaceLow)
  }

  var wantsSeal: Bool {
    used.load(ordering: .relaxed) > segmentBytes - max(segmentBytes / 8, LogFormat.blockBytes * 2)
      && preallocator.isReady
  }

  var totals: LogTotals {
    LogTotals(
      bytes: bytes.load(ordering: .relaxed), rawBytes: rawBytes.load(ordering: .relaxed),
      groups: groups.load(ordering: .relaxed), records: records.load(ordering: .relaxed))
  }

  func barrier() -> CommitResult { .durable }

  func append(_ group: PendingGroup) -> CommitResult {
    precondition(!isFailed, "the log was used after it failed")
    guard let file else { preconditionFailure("the log was used before it was opened") }
    var header = GroupHeader(
      flags: group.end == .open ? [] : .seals, sequence: nextGroup, firstLSN: group.firstLSN, time: group.time,
      records: group.records, rawBytes: UInt32(group.body.count), previousChain: chain)
    image.encode(group.body.bytes, &header, store: store, segment: sequence)
    do {
      try file.write(image.bytes, at: UInt64(offset))
      try sync(file)
    } catch {
      isFailed = true
      var error = error
      error.path = path
      return .unknown(
        EngineFault(
          .logFailed, "\(error).", file: path, offset: UInt64(offset), lsn: group.firstLSN,
          advice:
            "Everything acknowledged is safe. Commands from LSN \(group.firstLSN) on were not answered; their fate is decided at the next start. Check the disk, then start stockd again; clients retry under the same ids."
        ))
    }
    nextGroup += 1
    chain = header.chain
    offset += image.bytes.count
    used.store(offset, ordering: .relaxed)
    bytes.add(UInt64(image.bytes.count), ordering: .relaxed)
    rawBytes.add(UInt64(group.body.count), ordering: .relaxed)
    groups.add(1, ordering: .relaxed)
    records.add(UInt64(group.records), ordering: .relaxed)
    switch group.end {
    case .open: return .durable
    case .sealed: return roll(after: group.lastLSN)
    case .closed:
      // Everything is durable, so a disk without room for the next segment is no failure. The follower has not heard of the seal
      // then: a snapshot that covered it would need a segment behind it.
      _ = roll(after: group.lastLSN)
      return .durable
    }
  }

  private func sync(_ file: any StorageFile) throws(StorageError) {
    if PlantedBug.groupNotSynced.isPlanted { return }
    do {
      try file.sync()
    } catch {
      guard PlantedBug.failedSyncRetried.isPlanted else { throw error }
      try file.sync()
    }
  }

  private func roll(after lsn: LSN) -> CommitResult {
    let sealed = file
    let usedBytes = UInt64(offset)
    file = nil
    defer { if let sealed { preallocator.dismiss(sealed, usedBytes: usedBytes) } }
    do {
      sequence += 1
      try beginSegment(firstLSN: LSN(lsn.rawValue + 1))
    } catch {
      isFailed = true
      // The group is durable, but nothing can follow it; to say so would let replies leave that a stop then contradicts.
      return .unknown(Self.fault(error, "the log's next segment could not be made", lsn: lsn))
    }
    onSeal(sequence)
    return .durable
  }

  /// Seal and sync come before the next segment is renamed in; the directory is synced before anything is appended to it.
  private func beginSegment(firstLSN: LSN) throws(StorageError) {
    let (file, path) = try preallocator.take()
    defer { preallocator.resume() }
    let header = SegmentHeader(
      store: store, sequence: sequence, firstLSN: firstLSN, firstGroup: nextGroup, previousChain: chain,
      createdAt: clock())
    let target = "\(directory)/\(LogFormat.segmentName(sequence))"
    let bytes = header.encoded()
    do throws(StorageError) {
      try file.write(bytes, at: 0)
      try file.sync()
      try storage.rename(path, to: target)
      if !PlantedBug.segmentNameNotSynced.isPlanted { try syncNames() }
    } catch {
      file.close()
      throw error
    }
    self.file = file
    self.path = target
    offset = LogFormat.segmentHeaderBytes
    used.store(offset, ordering: .relaxed)
    self.bytes.add(UInt64(offset), ordering: .relaxed)
  }

  private func syncNames() throws(StorageError) {
    do {
      try names.sync()
    } catch {
      guard PlantedBug.failedNameSyncOverlooked.isPlanted else { throw error }
    }
  }

  func close() {
    file?.close()
    file = nil
    preallocator.stop()
  }

  static func fault(_ error: StorageError, _ what: String, lsn: LSN) -> EngineFault {
    EngineFault(
      error.isNoSpace ? .noSpace : .logFailed, "\(what): \(error).", file: error.path, lsn: lsn,
      advice: "Everything acknowledged is safe. Make room or check the disk, then start stockd again.")
  }
}

/// Where the log goes on.
struct LogPosition: Equatable {
  var segment: UInt64
  var group: UInt64
  var chain: UInt64
}
