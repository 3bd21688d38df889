/// The copying of one backup. Files that are copied stay copied: they never change, so each attempt has less to do than the last.
struct BackupCopy {
  private let source: StoreDirectory
  private let store: StoreID
  private let options: StoreBackup.Options
  private let pace: Pace

  /// Snapshots of the copy, by name; those that did not verify are told apart.
  private var snapshots: [String: SnapshotHeader] = [:]
  private var badSnapshots: Set<String> = []
  /// Sealed parts of the copy, by sequence.
  private var parts: [UInt64: Copied] = [:]

  private struct Copied {
    var isInLog: Bool
    var bytes: UInt64
  }

  /// Why an attempt ended early; the next may go on.
  private enum Outcome {
    case done(StoreBackup.Report)
    /// A file was gone when its turn came.
    case vanished(Gone)
  }

  private struct Gone: Equatable {
    var fault: EngineFault
    /// The segment that was being written.
    var highest: UInt64
  }

  init(_ source: StoreDirectory, _ store: StoreID, _ options: StoreBackup.Options) {
    self.source = source
    self.store = store
    self.options = options
    pace = Pace(restMilliseconds: options.restMilliseconds)
  }

  private var storage: any Storage { source.storage }
  private var catalog: SnapshotCatalog { SnapshotCatalog(directory: source, store: store) }

  mutating func run(into new: borrowing NewDirectory) throws(EngineFault) -> StoreBackup.Report {
    let attemptsMax = max(2, options.attemptsMax)
    var gone: [Gone] = []
    for attempt in 1...attemptsMax {
      switch try copy(into: new) {
      case .done(var report):
        report.attempts = attempt
        return report
      case .vanished(let file): gone.append(file)
      }
    }
    let last = gone[attemptsMax - 1]
    // A store that moves on does not miss the same file each time.
    if gone.allSatisfy({ $0 == last }) { throw last.fault }
    throw EngineFault(
      .io, "\(attemptsMax) times a file was gone before it was copied; the last one: \(last.fault.message)",
      file: last.fault.file, lsn: last.fault.lsn,
      advice:
        "The store was not changed. Try again when less is written, or give the archive more room (--archive-bytes-max)."
    )
  }

  private mutating func copy(into new: borrowing NewDirectory) throws(EngineFault) -> Outcome {
    // Before the files are listed: what was durable by now is in one of them, however far the store goes on meanwhile.
    let watermark = try watermark()
    try copySnapshots(into: new)
    let base = snapshots.values.max { $0.lsn < $1.lsn }
    guard let highest = try inLog().max() else {
      return .vanished(missing(base?.position.segment ?? 1, base, 0))
    }
    let first = base?.position.segment ?? 1
    guard first <= highest else { return .vanished(missing(first, base, highest)) }
    for sequence in first..<highest where parts[sequence] == nil {
      guard try copyPart(sequence, into: new) else { return .vanished(missing(sequence, base, highest)) }
    }
    if options.includesArchive { try copyHistory(before: first, into: new) }
    guard let end = try copyLast(highest, watermark, into: new) else {
      return .vanished(missing(highest, base, highest))
    }
    try dropSuperfluous(from: new, base, first)
    return .done(report(base, end, highest))
  }

  private func missing(_ sequence: UInt64, _ base: SnapshotHeader?, _ highest: UInt64) -> Gone {
    let fault = EngineFault(
      .missing, "segment \(sequence) is neither in log/ nor in archive/.",
      file: "\(source.log)/\(LogFormat.segmentName(sequence))", lsn: base?.lsn.advanced(by: 1),
      advice: "The store was not changed, and no copy was made. Bring the file back from a backup.")
    return Gone(fault: fault, highest: highest)
  }

  private func list(_ folder: String) throws(EngineFault) -> [String] {
    do { return try storage.list(folder) } catch { throw NewDirectory.unread(error) }
  }

  private func inLog() throws(EngineFault) -> [UInt64] {
    try list(source.log).compactMap { LogFormat.segmentSequence($0) }
  }

  /// - Returns: nil if it is not there any more.
  private func open(_ path: String) throws(EngineFault) -> (any StorageFile)? {
    do {
      return try storage.open(path, .read)
    } catch  where error.isNotFound {
      return nil
    } catch {
      throw NewDirectory.unread(error)
    }
  }

  // MARK: Snapshots

  /// The newest good one; with the archive the one before it too, from which earlier moments can be had.
  private mutating func copySnapshots(into new: borrowing NewDirectory) throws(EngineFault) {
    let wanted = options.includesArchive ? SnapshotCatalog.kept : 1
    var found = 0
    for name in try list(source.snapshots).filter({ SnapshotFormat.lsn($0) != nil }).sorted(by: >) where found < wanted
    {
      if badSnapshots.contains(name) { continue }
      if snapshots[name] == nil {
        guard let file = try open(catalog.path(name)) else { continue }
        defer { file.close() }
        try copySnapshot(name, file, into: new)
      }
      if snapshots[name] != nil { found += 1 }
    }
  }

  private mutating func copySnapshot(
    _ name: String, _ file: any StorageFile, into new: borrowing NewDirectory
  ) throws(EngineFault) {
    let target = "\(new.directory.snapshots)/\(name)"
    _ = try new.copy(file, to: target, pace: pace)
    do throws(EngineFault) {
      var reader = try SnapshotCatalog(directory: new.directory, store: store).open(name)
      _ = try reader.verify()
      snapshots[name] = reader.header
    } catch  where error.code == .corrupt {
      // As a start would: the one before it, and more of the log.
      badSnapshots.insert(name)
      try new.remove(target)
    }
  }

  // MARK: Sealed parts

  /// - Returns: false if it is neither in the log nor in the archive.
  private mutating func copyPart(_ sequence: UInt64, into new: borrowing NewDirectory) throws(EngineFault) -> Bool {
    let segment = LogFormat.segmentName(sequence)
    if let file = try open("\(source.log)/\(segment)") {
      defer { file.close() }
      parts[sequence] = Copied(isInLog: true, bytes: try copySealed(file, to: "\(new.directory.log)/\(segment)", new))
      return true
    }
    let archived = ArchiveFormat.name(sequence)
    if let file = try open("\(source.archive)/\(archived)") {
      defer { file.close() }
      parts[sequence] = Copied(
        isInLog: false, bytes: try new.copy(file, to: "\(new.directory.archive)/\(archived)", pace: pace))
      return true
    }
    if let file = try open("\(source.archive)/\(segment)") {
      defer { file.close() }
      parts[sequence] = Copied(
        isInLog: false, bytes: try copySealed(file, to: "\(new.directory.archive)/\(segment)", new))
      return true
    }
    return false
  }

  /// Copies a sealed segment up to its seal, every group checked.
  private func copySealed(
    _ file: any StorageFile, to target: String, _ new: borrowing NewDirectory
  ) throws(EngineFault) -> UInt64 {
    let bytes = try file.readAll()
    defer { bytes.deallocate() }
    let end = try withGroupScratch { (raw) throws(EngineFault) -> Int in
      var scan = try SegmentScan(name: file.path, bytes: bytes, store: store)
      while case .group = scan.next(into: raw) {}
      switch scan.tail(isLast: false, scratch: raw) {
      case .clean: return scan.end
      case .torn:
        throw .corruptLog(file.path, offset: scan.end, lsn: scan.nextLSN, "the segment does not end in its seal.")
      case .corrupt(let reason): throw .corruptLog(file.path, offset: scan.end, lsn: scan.nextLSN, reason)
      }
    }
    try write(UnsafeRawBufferPointer(rebasing: bytes[..<end]), to: target, new)
    return UInt64(end)
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, to target: String, _ new: borrowing NewDirectory
  ) throws(EngineFault) {
    var pace = pace
    try new.make(target) { (file) throws(EngineFault) in
      do throws(StorageError) {
        var offset = 0
        while offset < bytes.count {
          let step = min(Pace.stepBytes, bytes.count - offset)
          try file.write(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + step]), at: UInt64(offset))
          offset += step
          if pace.isStepFull(after: step) {
            try file.writeOut()
            pace.rest()
          }
        }
      } catch {
        throw .io(error, "The backup was not made; the store was not changed. Make room, then try again.")
      }
    }
  }

  /// Whole files before the base, back to where they end: the oldest go when the archive is full.
  private mutating func copyHistory(before first: UInt64, into new: borrowing NewDirectory) throws(EngineFault) {
    var sequence = first
    while sequence > 1 {
      sequence -= 1
      if parts[sequence] == nil, try !copyPart(sequence, into: new) { return }
    }
  }

  // MARK: The segment that is written

  private struct End {
    var lsn: LSN
    var time: Timestamp
    var bytes: Int
  }

  /// - Returns: nil if it is not there any more.
  private func copyLast(
    _ sequence: UInt64, _ watermark: LSN, into new: borrowing NewDirectory
  ) throws(EngineFault) -> End? {
    let name = LogFormat.segmentName(sequence)
    var stuckAt = -1
    while true {
      guard let file = try open("\(source.log)/\(name)") else { return nil }
      defer { file.close() }
      guard let bytes = try readDirectly(file.path) else { return nil }
      defer { bytes.deallocate() }
      let judged = try judge(bytes, file.path, watermark)
      guard let fault = judged.fault else {
        do { try file.sync() } catch {
          throw .io(error, "What the copy was to hold may not be durable. Check the disk.")
        }
        try write(UnsafeRawBufferPointer(rebasing: bytes[..<judged.end.bytes]), to: "\(new.directory.log)/\(name)", new)
        return judged.end
      }
      // Groups may have been written behind the place that was being read. What does not move is damage.
      if judged.end.bytes == stuckAt { throw fault }
      stuckAt = judged.end.bytes
    }
  }

  /// - Returns: nil if it is not there any more.
  private func readDirectly(_ path: String) throws(EngineFault) -> UnsafeMutableRawBufferPointer? {
    do throws(EngineFault) {
      return try storage.readSegment(path, direct: true)
    } catch {
      if try list(source.log).contains(path.lastPathComponent) { throw error }
      return nil
    }
  }

  private func judge(
    _ bytes: UnsafeMutableRawBufferPointer, _ path: String, _ watermark: LSN
  ) throws(EngineFault) -> (end: End, fault: EngineFault?) {
    try withGroupScratch { (raw) throws(EngineFault) in
      var scan = try SegmentScan(name: path, bytes: bytes, store: store)
      while case .group = scan.next(into: raw) {}
      let end = End(lsn: LSN(scan.nextLSN.rawValue - 1), time: scan.lastTime, bytes: scan.end)
      if case .corrupt(let reason) = scan.tail(isLast: true, scratch: raw) {
        return (end, .corruptLog(path, offset: scan.end, lsn: scan.nextLSN, reason))
      }
      if end.lsn < watermark {
        return (
          end,
          .corruptLog(
            path, offset: scan.end, lsn: scan.nextLSN,
            "the log ends with LSN \(end.lsn), but LSN \(watermark) was once durable.")
        )
      }
      return (end, nil)
    }
  }

  private func watermark() throws(EngineFault) -> LSN {
    var mark = Watermark(directory: source, store: store)
    do { try mark.read() } catch { throw NewDirectory.unread(error) }
    return mark.lsn
  }

  // MARK: What came out

  /// What earlier attempts copied and the last one does not need: snapshots beyond those that are kept, files before a gap.
  private mutating func dropSuperfluous(
    from new: borrowing NewDirectory, _ base: SnapshotHeader?, _ first: UInt64
  ) throws(EngineFault) {
    var oldest = first
    while oldest > 1, parts[oldest - 1] != nil { oldest -= 1 }
    for sequence in parts.keys where sequence < oldest { try drop(sequence, from: new) }
    let kept = snapshots.sorted { $0.key > $1.key }.prefix(options.includesArchive ? SnapshotCatalog.kept : 1)
    for (name, header) in snapshots {
      if kept.contains(where: { $0.key == name }), header.position.segment >= oldest { continue }
      try new.remove("\(new.directory.snapshots)/\(name)")
      snapshots[name] = nil
    }
  }

  private mutating func drop(_ sequence: UInt64, from new: borrowing NewDirectory) throws(EngineFault) {
    guard let part = parts.removeValue(forKey: sequence) else { return }
    let folder = part.isInLog ? new.directory.log : new.directory.archive
    for name in try list(folder) where name.hasPrefix(LogFormat.paddedNumber(sequence)) {
      try new.remove("\(folder)/\(name)")
    }
  }

  private func report(_ base: SnapshotHeader?, _ end: End, _ highest: UInt64) -> StoreBackup.Report {
    StoreBackup.Report(
      storeID: store, lsn: end.lsn, time: end.time, snapshotLSN: base?.lsn ?? .zero,
      segments: parts.values.count(where: \.isInLog) + 1, archiveFiles: parts.values.count { !$0.isInLog },
      bytes: parts.values.reduce(UInt64(end.bytes)) { $0 + $1.bytes }, attempts: 1)
  }
}

extension StorageFile {
  /// All bytes, in memory that the caller frees.
  fileprivate func readAll() throws(EngineFault) -> UnsafeMutableRawBufferPointer {
    do throws(StorageError) {
      let size = Int(try size())
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: LogFormat.blockBytes)
      do throws(StorageError) {
        let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<size]), at: 0)
        return UnsafeMutableRawBufferPointer(rebasing: bytes[..<got])
      } catch {
        bytes.deallocate()
        throw error
      }
    } catch {
      throw NewDirectory.unread(error)
    }
  }
}
