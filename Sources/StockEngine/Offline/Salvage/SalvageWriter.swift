/// Fills a new directory with the files of a way, the last segment cut, and the group that seals it.
struct SalvageWriter {
  let survey: StoreSurvey
  let path: SalvagePath
  /// The last record that is taken.
  let end: (lsn: LSN, time: Timestamp)

  func write(to new: borrowing NewDirectory, _ epoch: Epoch, _ machines: MachineSet) throws(EngineFault) {
    let catalog = SnapshotCatalog(directory: survey.directory, store: survey.store)
    for snapshot in survey.snapshots(on: path) {
      try copy(catalog.path(snapshot.name), to: "\(new.directory.snapshots)/\(snapshot.name)", new)
    }
    for surveyed in path.whole {
      let name = surveyed.part.path.lastPathComponent
      let folder = surveyed.part.isInLog ? new.directory.log : new.directory.archive
      if surveyed.needsIndexes {
        try rewriteArchive(surveyed, to: "\(folder)/\(name)", new)
        continue
      }
      try copy(surveyed.part.path, to: "\(folder)/\(name)", new, bytesMax: surveyed.bytesToCopy ?? .max)
    }
    let last = try writeLast(to: new, epoch, machines)
    try new.finish(store: survey.store, last: last, meta: survey.meta, from: survey.directory)
  }

  private func copy(
    _ source: String, to target: String, _ new: borrowing NewDirectory, bytesMax: UInt64 = .max
  ) throws(EngineFault) {
    let file: any StorageFile
    do { file = try survey.storage.open(source, .read) } catch { throw NewDirectory.unread(error) }
    defer { file.close() }
    _ = try new.copy(file, to: target, bytesMax: bytesMax)
  }

  /// The same records with indexes made anew.
  private func rewriteArchive(
    _ surveyed: SurveyedPart, to target: String, _ new: borrowing NewDirectory
  ) throws(EngineFault) {
    let header = try ArchiveReader.header(survey.storage, path: surveyed.part.path, store: survey.store)
    try new.make(target) { (file) throws(EngineFault) in
      var writer = ArchiveWriter(file: file, store: survey.store, segment: header.sequence, effort: .high, pace: .none)
      try surveyed.forEachRun(through: header.lastLSN, survey.storage, survey.store) { (run) throws(EngineFault) in
        try writer.append(run.raw, run.run)
      }
      _ = try writer.finish(
        ArchiveWriter.Source(
          header: surveyed.header(of: survey.store), lastLSN: header.lastLSN, groups: header.groups,
          chain: header.chain,
          bytes: Int(header.segmentBytes)))
    }
  }

  /// - Returns: the record that seals it.
  private func writeLast(
    to new: borrowing NewDirectory, _ epoch: Epoch, _ machines: MachineSet
  ) throws(EngineFault) -> LSN {
    let header =
      path.last?.header(of: survey.store)
      ?? SegmentHeader(
        store: survey.store, sequence: path.position.segment, firstLSN: end.lsn.advanced(by: 1),
        firstGroup: path.position.group, previousChain: path.position.chain, createdAt: end.time)
    var sealed = LSN.zero
    let target = "\(new.directory.log)/\(LogFormat.segmentName(header.sequence))"
    try new.make(target) { (file) throws(EngineFault) in
      var rewriter = try SegmentRewriter(header) { (bytes, offset) throws(EngineFault) in
        do throws(StorageError) {
          try file.write(bytes, at: UInt64(offset))
        } catch {
          throw .io(error, "The new directory was not made; the store was not changed. Make room, then try again.")
        }
      }
      try path.last?.forEachRun(through: end.lsn, survey.storage, survey.store) { (run) throws(EngineFault) in
        try rewriter.append(run, through: end.lsn)
      }
      sealed = try rewriter.close(epoch, machines, at: end.time)
    }
    return sealed
  }
}
