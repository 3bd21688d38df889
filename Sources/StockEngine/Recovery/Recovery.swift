/// What recovery found and did.
public struct RecoveryReport: Sendable, Equatable {
  /// The last record that the snapshot covered; 0 if there was none.
  public var snapshotLSN = LSN.zero
  /// The last record that was found.
  public var lastLSN = LSN.zero
  /// Its time.
  public var lastTime = Timestamp.zero
  /// Events folded behind the snapshot.
  public var events: UInt64 = 0
  /// Segments folded, from the log and from the archive.
  public var segments = 0
  /// Those that were no longer in the log: no snapshot was left that covers them.
  public var archivedSegments = 0
  /// Bytes of an unacknowledged group that a crash left; saved beside the log, then cut.
  public var tornBytes = 0
  /// Where those bytes were saved.
  public var tornFile: String?
  /// Snapshots that did not verify and were put aside.
  public var brokenSnapshots: [String] = []
  /// How long it took.
  public var milliseconds: Int64 = 0
  /// What this start began.
  public var epoch = Epoch.none
  /// It stands in the log already: recovery wrote a record itself.
  var isEpochLogged = false
  /// What it met and did, in that order.
  public var steps: [RecoveryStep] = []
}

/// Something that recovery can meet and does.
public enum RecoveryStep: String, Sendable, CaseIterable {
  /// Removed what an unfinished preparation of a segment, or an unfinished copy, left in the log.
  case removedTemporaries
  /// Loaded a snapshot.
  case loadedSnapshot
  /// Found no snapshot.
  case foundNoSnapshot
  /// Put a snapshot aside that did not verify.
  case putSnapshotAside
  /// Folded segments that were in the archive only.
  case foldedArchive
  /// Folded segments of the log before the last.
  case foldedSealedSegments
  /// The last segment was sealed; its successor was never begun.
  case foundLastSealed
  /// The last segment had no group yet.
  case foundLastEmpty
  /// Saved the bytes of a group that was never acknowledged.
  case savedTornTail
  /// Copied the last segment's groups into a fresh file, and sealed it.
  case copiedLast
}

/// Brings the machines to the last durable state: newest good snapshot, then the log behind it; without a snapshot the whole
/// log, which begins in the archive. Then readies the log so that nothing is ever appended to a recovered file.
struct Recovery {
  let directory: StoreDirectory
  let store: StoreID
  /// Of the epoch that begins with what this start writes.
  let epochNonce: UInt32
  private(set) var report = RecoveryReport()

  private var storage: any Storage { directory.storage }

  init(directory: StoreDirectory, store: StoreID, epochNonce: UInt32) {
    self.directory = directory
    self.store = store
    self.epochNonce = epochNonce
  }

  /// - Parameter machines: empty, every shard held.
  /// - Returns: where the log goes on, in a segment that is yet to be made.
  mutating func run(into machines: MachineSet) throws(EngineFault) -> LogPosition {
    try syncEverything()
    let (snapshot, broken) = try SnapshotCatalog(directory: directory, store: store).loadNewest(into: machines)
    report.brokenSnapshots = broken
    if !broken.isEmpty { report.steps.append(.putSnapshotAside) }
    report.steps.append(snapshot == nil ? .foundNoSnapshot : .loadedSnapshot)
    report.snapshotLSN = snapshot?.lsn ?? .zero
    try removeTemporaries()
    let position = try foldParts(try parts(from: snapshot), snapshot, machines)
    if !report.isEpochLogged { report.epoch = machines.epochs.next(nonce: epochNonce) }
    return position
  }

  /// What is read here must be durable, or a decision would rest on bytes that can still vanish.
  private func syncEverything() throws(EngineFault) {
    do {
      for folder in [directory.log, directory.snapshots] {
        for name in try storage.list(folder) where name.hasSuffix(".log") || name.hasSuffix(".snap") {
          let file = try storage.open("\(folder)/\(name)", .write)
          defer { file.close() }
          if !PlantedBug.recoveredNotSynced.isPlanted { try file.sync() }
        }
        if !PlantedBug.recoveredNotSynced.isPlanted { try sync(folder) }
      }
    } catch {
      throw .io(error, "Nothing was changed. Check the disk, then start stockd again.")
    }
  }

  private func sync(_ folder: String) throws(StorageError) {
    do throws(StorageError) {
      try storage.syncDirectory(folder)
    } catch  where error.isNotFound {
      // Whoever looks for what is missing in it says so better.
    }
  }

  // MARK: Segments

  private mutating func removeTemporaries() throws(EngineFault) {
    do {
      let names = try storage.list(directory.log).filter { $0.hasSuffix(".tmp") }
      for name in names { try storage.unlink("\(directory.log)/\(name)") }
      if !names.isEmpty { report.steps.append(.removedTemporaries) }
    } catch {
      throw .io(error, "Nothing was changed. Check the directory.")
    }
  }

  /// The parts of the log from the snapshot on, without a gap. What was archived is taken from there; the last part is what was
  /// being written, so it is always in the log.
  private func parts(from snapshot: SnapshotHeader?) throws(EngineFault) -> [LogPart] {
    let found: [UInt64: LogPart]
    do {
      found = try directory.logPartsForFolding()
    } catch {
      throw .io(error, "Nothing was changed. Check the directory.")
    }
    let first = snapshot?.position.segment ?? 1
    let inLog = found.values.filter { $0.isInLog && $0.sequence >= first }
    guard let last = inLog.map(\.sequence).max() else { throw missing(first, snapshot) }
    if let newest = found.keys.max(), newest > last { throw missing(last + 1, snapshot) }
    var parts: [LogPart] = []
    for sequence in first...last {
      guard let part = found[sequence] else { throw missing(sequence, snapshot) }
      parts.append(part)
    }
    return parts
  }

  private func missing(_ sequence: UInt64, _ snapshot: SnapshotHeader?) -> EngineFault {
    let need =
      snapshot.map { "the newest good snapshot reaches LSN \($0.lsn), and the log must go on from there" }
      ?? "there is no good snapshot, so the log must begin with LSN 1"
    return EngineFault(
      .missing, "segment \(sequence) is not there; \(need).",
      file: "\(directory.log)/\(LogFormat.segmentName(sequence))",
      advice:
        "Nothing was changed. Neither log/ nor archive/ has it: bring the file back from a backup, then start again.")
  }

  private mutating func foldParts(
    _ parts: [LogPart], _ snapshot: SnapshotHeader?, _ machines: MachineSet
  ) throws(EngineFault) -> LogPosition {
    var position = snapshot?.position ?? LogPosition(segment: 1, group: 1, chain: 0)
    var replayer = Replayer(machines: machines, after: snapshot?.lsn ?? .zero, at: snapshot?.time ?? .zero)
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    for (index, part) in parts.enumerated() {
      switch part.form {
      case .archive: position = try foldArchived(part, position, &replayer)
      case .segment:
        position = try foldSegment(part, isLast: index == parts.count - 1, position, &replayer, machines, raw)
      }
      report.segments += 1
      if !part.isInLog { report.archivedSegments += 1 }
    }
    if report.archivedSegments > 0 { report.steps.append(.foldedArchive) }
    if report.segments > report.archivedSegments + 1 { report.steps.append(.foldedSealedSegments) }
    return position
  }

  private func foldArchived(
    _ part: LogPart, _ position: LogPosition, _ replayer: inout Replayer
  ) throws(EngineFault) -> LogPosition {
    var reader = try ArchiveReader(storage, path: part.path, store: store)
    let header = reader.header
    guard header.previousChain == position.chain, header.firstGroup == position.group,
      header.firstLSN.rawValue == replayer.lsn.rawValue + 1
    else { throw Self.doesNotFollow(part.path, header.firstLSN) }
    try reader.fold(into: &replayer)
    return header.next
  }

  private mutating func foldSegment(
    _ part: LogPart, isLast: Bool, _ position: LogPosition, _ replayer: inout Replayer, _ machines: MachineSet,
    _ raw: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) -> LogPosition {
    let path = part.path
    let bytes = try storage.readSegment(
      path, direct: isLast && !PlantedBug.lastSegmentReadFromCache.isPlanted)
    defer { bytes.deallocate() }
    var scan = try SegmentScan(name: path, bytes: bytes, store: store)
    guard scan.header.previousChain == position.chain, scan.header.firstGroup == position.group,
      scan.header.firstLSN.rawValue == replayer.lsn.rawValue + 1
    else { throw Self.doesNotFollow(path, scan.header.firstLSN) }
    while case .group(let header, let offset) = scan.next(into: raw) {
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      try replayer.fold(body, header.run, file: path, offset: offset)
    }
    if isLast { try checkWatermark(scan, path) }
    try judgeTail(scan, path, bytes, isLast: isLast, scratch: raw)
    guard isLast else { return LogPosition(segment: part.sequence + 1, group: scan.nextGroup, chain: scan.chain) }
    report.lastTime = replayer.time
    report.events = replayer.events
    let next = try closeLast(scan, path, bytes, machines, at: report.lastTime)
    report.lastLSN = LSN(scan.nextLSN.rawValue - 1)
    if next.group > scan.nextGroup { report.lastLSN = scan.nextLSN }
    return next
  }

  private static func doesNotFollow(_ path: String, _ lsn: LSN) -> EngineFault {
    .corruptLog(
      path, offset: 0, lsn: lsn,
      "the segment does not follow the one before it (or the snapshot): its chain, group or LSN differ.")
  }

  private func checkWatermark(_ scan: borrowing SegmentScan, _ path: String) throws(EngineFault) {
    var watermark = Watermark(directory: directory, store: store)
    do {
      try watermark.read()
    } catch {
      throw .io(error, "Nothing was changed. Check the disk.")
    }
    guard scan.nextLSN <= watermark.lsn, !PlantedBug.watermarkOverlooked.isPlanted else { return }
    throw .corruptLog(
      path, offset: scan.end, lsn: scan.nextLSN,
      "the log ends with LSN \(scan.nextLSN.rawValue - 1), but LSN \(watermark.lsn) was once durable.")
  }

  private mutating func judgeTail(
    _ scan: borrowing SegmentScan, _ path: String, _ bytes: UnsafeMutableRawBufferPointer, isLast: Bool,
    scratch: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) {
    switch scan.tail(isLast: isLast, scratch: scratch) {
    case .clean: return
    case .corrupt(let reason):
      throw .corruptLog(path, offset: scan.end, lsn: scan.nextLSN, reason)
    case .torn:
      let rest = bytes[scan.end...]
      let kept = rest.prefix(LogFormat.roundUp(scan.writtenBytesBehindEnd))
      let target = "\(directory.log)/\(LogFormat.paddedNumber(scan.header.sequence))-\(scan.end).torn"
      do {
        if !PlantedBug.tornTailNotSaved.isPlanted {
          try directory.replace(target, with: Array(kept), in: directory.log)
        }
      } catch {
        throw .io(error, "A torn tail could not be saved, so it was not cut. Make room, then start again.")
      }
      report.steps.append(.savedTornTail)
      report.tornBytes = scan.writtenBytesBehindEnd
      report.tornFile = target
    }
  }

  /// Copies the last segment's good groups into a fresh file and seals it there; a segment without groups is begun anew.
  /// - Parameter time: of the last record. The seal bears it too, not the present: should this start be cut short, the next one
  ///   still sees when the outage began.
  private mutating func closeLast(
    _ scan: borrowing SegmentScan, _ path: String, _ bytes: UnsafeMutableRawBufferPointer, _ machines: MachineSet,
    at time: Timestamp
  ) throws(EngineFault) -> LogPosition {
    let sequence = scan.header.sequence
    if scan.isSealed {
      report.steps.append(.foundLastSealed)
      // A copy that an earlier start made may have its name from a sync that failed. The seal must not go once there is a successor.
      if !Self.trustsWhatItFinds { try copy(bytes[..<scan.end], and: [], over: path) }
      return LogPosition(segment: sequence + 1, group: scan.nextGroup, chain: scan.chain)
    }
    if scan.end == LogFormat.segmentHeaderBytes {
      report.steps.append(.foundLastEmpty)
      return LogPosition(segment: sequence, group: scan.nextGroup, chain: scan.chain)
    }
    report.epoch = machines.epochs.next(nonce: epochNonce)
    report.isEpochLogged = true
    let closing = ClosingGroup(
      beginning: report.epoch, in: machines, at: time,
      after: LogEnd(segment: sequence, nextGroup: scan.nextGroup, nextLSN: scan.nextLSN, chain: scan.chain),
      store: store)
    try copy(bytes[..<scan.end], and: Array(closing.image.bytes), over: path)
    report.steps.append(.copiedLast)
    return closing.next
  }

  /// The copy makes good for what the sync or the direct read at the start would have missed, so bugs of these leave it out, too.
  private static var trustsWhatItFinds: Bool {
    PlantedBug.sealedCopyTrusted.isPlanted || PlantedBug.recoveredNotSynced.isPlanted
      || PlantedBug.lastSegmentReadFromCache.isPlanted
  }

  private func copy(
    _ groups: Slice<UnsafeMutableRawBufferPointer>, and closing: [UInt8], over path: String
  ) throws(EngineFault) {
    do {
      let fresh = path + ".tmp"
      let file = try storage.open(fresh, .create)
      defer { file.close() }
      try file.write(UnsafeRawBufferPointer(rebasing: groups), at: 0)
      if !closing.isEmpty { try file.write(closing, at: UInt64(groups.count)) }
      try file.sync()
      try storage.rename(fresh, to: path)
      try storage.syncDirectory(directory.log)
    } catch {
      throw .io(error, "The log was read, but its last segment could not be copied. Make room, then start again.")
    }
  }
}

extension Storage {
  /// A whole segment, or its first `bytesMax` bytes, in memory that the caller frees.
  func readSegment(
    _ path: String, direct: Bool, bytesMax: Int = .max
  ) throws(EngineFault) -> UnsafeMutableRawBufferPointer {
    do throws(StorageError) {
      let file = try open(path, direct ? .readDirect : .read)
      defer { file.close() }
      let size = min(Int(try file.size()), bytesMax)
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: LogFormat.blockBytes)
      do throws(StorageError) {
        let got = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<size]), at: 0)
        // The unused tail of a sealed segment may be cut off while it is read.
        if got < size, try UInt64(got) < file.size() {
          throw StorageError("read", path, number: 5, reason: "the file is shorter than it says")
        }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[..<got])
      } catch {
        bytes.deallocate()
        throw error
      }
    } catch  where !error.isReadFailure {
      throw .io(error, "Nothing was changed. Check permissions and the limit of open files.")
    } catch {
      throw EngineFault(
        .corrupt, "\(error).", file: path,
        advice:
          "The disk cannot read acknowledged bytes. Nothing was changed. Copy what can be read, then restore a backup.")
    }
  }
}
