extension StoreInspector {
  /// What a check of a whole directory found.
  public struct Verification: Sendable, Equatable {
    /// Segments that were read whole.
    public var segments = 0
    /// Groups in them.
    public var groups = 0
    /// Records in them.
    public var records: UInt64 = 0
    /// Snapshots that are sound.
    public var snapshots = 0
    /// The last record of the log; 0 if there is a fault.
    public var lastLSN = LSN.zero
    /// The last group was never acknowledged; the next start saves and cuts it.
    public var tornBytes = 0
    /// Damage to acknowledged bytes, or files that are not there.
    public var faults: [EngineFault] = []
    /// What a deep check has compared, each in a sentence.
    public var checked: [String] = []
    /// What it could not compare, and why.
    public var unchecked: [String] = []

    /// Nothing looked at yet.
    public init() {}

    /// 0 ok, 1 torn tail, 3 something could not be read, which says nothing of its bytes, 4 damaged.
    public var exitStatus: Int32 {
      if faults.contains(where: \.isOfOneFile) { return 4 }
      return !faults.isEmpty ? 3 : tornBytes > 0 ? 1 : 0
    }
  }

  /// Checks every byte of every segment, archive file and snapshot, that the indexes name what the records name, that the files follow
  /// each other, that folding the log gives the state that its seals name, and that it reaches the watermark. Goes on after a fault,
  /// so that one run names every damaged file.
  public func verify() -> Verification {
    var result = Verification()
    do throws(EngineFault) {
      // Before the log: on a running store that goes on meanwhile.
      let watermark = try watermark()
      verifySnapshots(try snapshotPaths(), &result)
      try verifyContinuation(&result)
      try verifySegments(try allFiles(), &result)
      if result.faults.isEmpty {
        result.lastLSN = try replay(Replay.Limit()).lsn
        try check(result.lastLSN, reaches: watermark)
      }
    } catch {
      result.faults.append(error)
    }
    return result
  }

  private func watermark() throws(EngineFault) -> LSN {
    var watermark = Watermark(directory: directory, store: storeID)
    do { try watermark.read() } catch { throw .io(error, "Check the disk.") }
    return watermark.lsn
  }

  private func check(_ last: LSN, reaches watermark: LSN) throws(EngineFault) {
    guard last < watermark else { return }
    let path = try allFiles().last { !$0.isArchived }?.path ?? directory.log
    throw EngineFault(
      .corrupt, "the log ends with LSN \(last), but LSN \(watermark) was once durable.", file: path,
      lsn: last.advanced(by: 1),
      advice: "Acknowledged records are not there; nothing was changed. stockcli repair tells what can be had.")
  }

  private func verifySnapshots(_ paths: [String], _ result: inout Verification) {
    for path in paths {
      do throws(EngineFault) {
        _ = try verifySnapshot(path)
        result.snapshots += 1
      } catch {
        result.faults.append(error)
      }
    }
  }

  /// The log must go on where the newest snapshot ends, or a start is refused.
  private func verifyContinuation(_ result: inout Verification) throws(EngineFault) {
    let newest: String?
    do {
      newest = try catalog.names().max()
    } catch {
      throw .io(error, "Check the directory and its permissions.")
    }
    guard result.faults.isEmpty else { return }
    let header = try newest.map { (name) throws(EngineFault) in try catalog.open(name).header }
    let first = header?.position.segment ?? 1
    let files = try allFiles().filter { $0.sequence >= first }
    // A start folds what lies in the archive too, but the last segment must be in the log.
    let highest = files.map(\.sequence).max() ?? first
    let missing =
      !files.contains { $0.sequence == first }
      ? first : !files.contains { $0.sequence == highest && !$0.isArchived } ? highest + 1 : nil
    guard let missing else { return }
    let need =
      header.map { "the newest snapshot reaches LSN \($0.lsn), and the log must go on from there to its end in log/" }
      ?? "there is no snapshot, so the log must begin with LSN 1 and end in log/"
    result.faults.append(
      EngineFault(
        .missing, "segment \(missing) is not there; \(need).",
        file: "\(directory.log)/\(LogFormat.segmentName(missing))", lsn: header?.lsn.advanced(by: 1),
        advice: "Bring the file back from a backup."))
  }

  /// Every file: of a segment that is in the log and in the archive, both.
  private func allFiles() throws(EngineFault) -> [SegmentFile] {
    do {
      return try directory.allLogParts().map { SegmentFile($0) }
    } catch {
      throw .io(error, "Check the directory and its permissions.")
    }
  }

  /// Where a file must begin; behind a damaged one only its number is known.
  private struct Continuation {
    var sequence: UInt64
    var lsn: LSN?
    var chain: UInt64?
  }

  private func verifySegments(_ files: [SegmentFile], _ result: inout Verification) throws(EngineFault) {
    var expected: Continuation?
    /// What the file before was expected to follow: its twin must follow the same.
    var before: Continuation?
    for (index, file) in files.enumerated() {
      let isTwin = index > 0 && files[index - 1].sequence == file.sequence
      let afterTwin = isTwin ? expected : nil
      if isTwin { expected = before }
      if let expected, file.sequence != expected.sequence {
        result.faults.append(
          EngineFault(
            .missing, "segment \(expected.sequence) is not there; segment \(file.sequence) is.", file: file.path,
            lsn: expected.lsn, advice: "Bring the file back from a backup."))
      }
      before = expected
      do throws(EngineFault) {
        let segment = try verifySegment(file, isLast: index == files.count - 1, after: expected, &result)
        result.segments += 1
        if !isTwin {
          result.groups += segment.groups
          result.records += segment.records
        }
        expected = Continuation(
          sequence: file.sequence + 1, lsn: segment.lastLSN.advanced(by: 1), chain: segment.chain)
      } catch {
        result.faults.append(error)
        expected = afterTwin ?? Continuation(sequence: file.sequence + 1)
      }
    }
  }

  private func verifySegment(
    _ file: SegmentFile, isLast: Bool, after expected: Continuation?, _ result: inout Verification
  ) throws(EngineFault) -> Segment {
    if file.isRewritten {
      var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
      try reader.verify()
    }
    let segment = try read(file, isLast: isLast) { (_, _) throws(EngineFault) in }
    if let expected, expected.sequence == file.sequence {
      if let lsn = expected.lsn, lsn != segment.firstLSN {
        throw EngineFault.corruptLog(
          file.path, offset: 0, lsn: segment.firstLSN, "the segment begins with another LSN than \(lsn).")
      }
      guard expected.chain == nil || expected.chain == segment.previousChain else {
        throw EngineFault.corruptLog(
          file.path, offset: 0, lsn: segment.firstLSN, "the segment does not continue the chain of the one before it.")
      }
    }
    switch segment.tail {
    case .clean: break
    case .torn(let bytes): result.tornBytes = bytes
    case .corrupt(let reason):
      throw EngineFault.corruptLog(file.path, offset: segment.end, lsn: segment.lastLSN.advanced(by: 1), reason)
    }
    return segment
  }
}
