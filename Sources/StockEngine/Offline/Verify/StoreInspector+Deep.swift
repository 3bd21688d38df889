extension StoreInspector {
  /// What ``verify()`` does, and that the files say the same in every way that they can be read: each kept snapshot is the one before
  /// it and the log between them, byte for byte, and the log from its beginning leads to the state that the newest snapshot leads to.
  public func verifyDeeply() -> Verification {
    var result = verify()
    guard result.faults.isEmpty else {
      result.unchecked.append("snapshots against the log: the faults come first")
      return result
    }
    do throws(EngineFault) {
      try compareSnapshots(&result)
      try replayEverything(&result)
    } catch {
      result.faults.append(error)
    }
    return result
  }

  private func compareSnapshots(_ result: inout Verification) throws(EngineFault) {
    let names: [String]
    do { names = try catalog.names().sorted() } catch { throw .io(error, "Check the directory and its permissions.") }
    if names.isEmpty { result.unchecked.append("snapshots: there are none") }
    for (index, name) in names.enumerated() {
      let before = index > 0 ? names[index - 1] : nil
      let from = try before.map { (name) throws(EngineFault) in try catalog.open(name).header }
      let target = try catalog.open(name).header
      let start = from.map { "the snapshot of LSN \($0.lsn)" } ?? "LSN 1"
      if let gap = try gap(from: from?.position.segment ?? 1, before: target.position.segment) {
        result.unchecked.append("the snapshot of LSN \(target.lsn) against \(start): segment \(gap) is not there")
        continue
      }
      try compare(name, target, with: before)
      result.checked.append("\(start) and the log behind it are the snapshot of LSN \(target.lsn)")
    }
  }

  /// The first segment that is missing of a row.
  private func gap(from first: UInt64, before end: UInt64) throws(EngineFault) -> UInt64? {
    let there = Set(try segments().map(\.sequence))
    return (first..<max(first, end)).first { !there.contains($0) }
  }

  /// Folds from one snapshot to the next and writes the state as a snapshot again, into nothing but a comparison.
  private func compare(_ name: String, _ target: SnapshotHeader, with before: String?) throws(EngineFault) {
    let path = catalog.path(name)
    let difference = try withFoldingMachine(storeID) { (machines) throws(EngineFault) -> UInt64? in
      var header: SnapshotHeader?
      if let before {
        var reader = try catalog.open(before)
        _ = try reader.load(into: machines)
        header = reader.header
      }
      try fold(after: header, through: target, machines)
      let comparison = try SnapshotComparison(with: catalog.open(name))
      var writer = SnapshotWriter(file: comparison, header: target)
      do throws(StorageError) { _ = try writer.write(machines.machine(shard: 0).pointee) } catch {
        throw .unreadSnapshot(path, error)
      }
      return comparison.difference
    }
    guard let difference else { return }
    throw EngineFault(
      .corrupt, "the snapshot holds another state than the log leads to.", file: path, offset: difference,
      lsn: target.lsn,
      advice:
        "Its bytes are whole, so it was written so: a bug of stockd, or of the memory. Nothing was changed. Keep the directory and report it; test the memory."
    )
  }

  private func fold(
    after header: SnapshotHeader?, through target: SnapshotHeader, _ machines: MachineSet
  ) throws(EngineFault) {
    var replayer = Replayer(machines: machines, after: header?.lsn ?? .zero, at: header?.time ?? .zero)
    let first = header?.position.segment ?? 1
    let wanted = first..<max(first, target.position.segment)
    try withGroupScratch { (raw) throws(EngineFault) in
      for file in try segments() where wanted.contains(file.sequence) {
        _ = try fold(file, ReplayLimit(), &replayer, raw) { (_, _) in }
      }
    }
    guard replayer.lsn == target.lsn, replayer.time == target.time else {
      throw .corruptLog(
        "\(directory.log)/\(LogFormat.segmentName(target.position.segment - 1))", offset: 0, lsn: replayer.lsn,
        "the log before the snapshot of LSN \(target.lsn) ends with LSN \(replayer.lsn).")
    }
  }

  private func replayEverything(_ result: inout Verification) throws(EngineFault) {
    guard let first = try segments().first?.sequence, first == 1 else {
      result.unchecked.append("the log from LSN 1: its first segments are not there")
      return
    }
    let whole = try replay(ReplayLimit(), fromStart: true)
    let short = try replay(ReplayLimit())
    guard whole.stateHash == short.stateHash, whole.lsn == short.lsn, whole.balances == short.balances else {
      throw EngineFault(
        .corrupt,
        "the log from LSN 1 leads to state \(whole.stateHash) at LSN \(whole.lsn), from the snapshot of LSN \(short.fromSnapshot) on to \(short.stateHash) at LSN \(short.lsn).",
        file: directory.log, lsn: short.lsn,
        advice:
          "A bug of stockd, or of the memory. Nothing was changed. Keep the directory and report it; test the memory.")
    }
    result.checked.append("the log from LSN 1 leads to the state of LSN \(whole.lsn)")
  }
}
