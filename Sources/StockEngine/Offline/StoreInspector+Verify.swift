extension StoreInspector {
  /// What a check of a whole directory found.
  public struct Verification: Sendable, Equatable {
    public var segments = 0
    public var groups = 0
    public var records: UInt64 = 0
    public var snapshots = 0
    public var lastLSN = LSN.zero
    /// The last group was never acknowledged; the next start saves and cuts it.
    public var tornBytes = 0
    /// Damage to acknowledged bytes, or files that are not there.
    public var faults: [EngineFault] = []

    /// Nothing looked at yet.
    public init() {}

    /// 0 ok, 1 torn tail, 4 corrupt.
    public var exitStatus: Int32 { !faults.isEmpty ? 4 : tornBytes > 0 ? 1 : 0 }
  }

  /// Checks every byte of every segment and snapshot, that they follow each other, and that folding the log gives the state
  /// that its seals name. Goes on after a fault, so that one run names every damaged file.
  public func verify() -> Verification {
    var result = Verification()
    do throws(EngineFault) {
      verifySnapshots(try snapshotPaths(), &result)
      try verifyContinuation(&result)
      try verifySegments(try segments(), &result)
      if result.faults.isEmpty { result.lastLSN = try replay(Replay.Limit()).lsn }
    } catch {
      result.faults.append(error)
    }
    return result
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
    guard let newest, result.faults.isEmpty else { return }
    let header = try catalog.open(newest).header
    guard try !segments().contains(where: { $0.sequence == header.position.segment && !$0.isArchived }) else { return }
    result.faults.append(
      EngineFault(
        .missing, "the newest snapshot reaches LSN \(header.lsn), and segment \(header.position.segment) behind it is not there.",
        file: "\(directory.log)/\(LogFormat.segmentName(header.position.segment))", lsn: header.lsn.advanced(by: 1),
        advice: "Bring the file back (look in archive/ and in backups)."))
  }

  private func verifySegments(_ files: [SegmentFile], _ result: inout Verification) throws(EngineFault) {
    var expected: (sequence: UInt64, lsn: LSN, chain: UInt64)?
    for (index, file) in files.enumerated() {
      if let expected, file.sequence != expected.sequence {
        result.faults.append(
          EngineFault(
            .missing, "segment \(expected.sequence) is not there; segment \(file.sequence) is.", file: file.path,
            lsn: expected.lsn, advice: "Bring the file back from a backup."))
      }
      do throws(EngineFault) {
        let segment = try read(file, isLast: index == files.count - 1) { (_, _) throws(EngineFault) in }
        result.segments += 1
        result.groups += segment.groups
        result.records += segment.records
        if let expected, expected.sequence == file.sequence, expected.lsn != segment.firstLSN {
          throw EngineFault.corruptLog(
            file.path, offset: 0, lsn: segment.firstLSN, "the segment begins with another LSN than \(expected.lsn).")
        }
        if let expected, expected.sequence == file.sequence, expected.chain != segment.previousChain {
          throw EngineFault.corruptLog(
            file.path, offset: 0, lsn: segment.firstLSN, "the segment does not continue the chain of the one before it.")
        }
        switch segment.tail {
        case .clean: break
        case .torn(let bytes): result.tornBytes = bytes
        case .corrupt(let reason):
          throw EngineFault.corruptLog(
            file.path, offset: segment.end, lsn: segment.lastLSN.advanced(by: 1), reason)
        }
        expected = (file.sequence + 1, segment.lastLSN.advanced(by: 1), segment.chain)
      } catch {
        result.faults.append(error)
        expected = nil
      }
    }
  }
}
