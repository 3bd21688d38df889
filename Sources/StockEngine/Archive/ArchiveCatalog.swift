/// The archive of a store: making files of covered segments, and letting old ones go.
struct ArchiveCatalog: Sendable {
  let directory: StoreDirectory
  let store: StoreID

  private var storage: any Storage { directory.storage }

  func path(_ sequence: UInt64) -> String { "\(directory.archive)/\(ArchiveFormat.name(sequence))" }

  /// How archiving goes about it.
  struct Manner: Sendable {
    var effort = Codec.Effort.high
    var pace = Pace.none
    /// Asked now and then; what was begun is given up.
    var isCancelled: @Sendable () -> Bool = { false }
  }

  /// Rewrites a sealed segment as an archive file, reads that back past the page cache, and only then gives it its name. The
  /// file is durable under it on return; the segment stays.
  /// - Returns: false if it was cancelled.
  /// - Throws: `corrupt` if the segment is damaged: it is not archived, since its bytes may still be told right one day.
  func archive(_ part: LogPart, _ manner: Manner = Manner()) throws(EngineFault) -> Bool {
    let temporary = temporaryPath(part.sequence)
    do throws(EngineFault) {
      guard let footer = try write(part, to: temporary, manner) else {
        try? storage.unlink(temporary)
        return false
      }
      var reader = try ArchiveReader(storage, path: temporary, store: store, direct: true)
      guard reader.footer == footer else {
        throw .damagedArchive(temporary, "the file that was written reads as another.")
      }
      try reader.verify(pace: manner.pace)
    } catch {
      try? storage.unlink(temporary)
      throw error
    }
    try name(temporary, part.sequence)
    return true
  }

  private func temporaryPath(_ sequence: UInt64) -> String {
    "\(directory.archive)/\(LogFormat.paddedNumber(sequence))\(ArchiveFormat.temporarySuffix)"
  }

  private func name(_ temporary: String, _ sequence: UInt64) throws(EngineFault) {
    do {
      try directory.name(temporary, path(sequence), in: directory.archive)
    } catch {
      throw .io(error, "The segment stays in the log. Check the disk.")
    }
  }

  /// Gives a file that is there its name once more, durably. The sync of its first may have failed, and another sync alone would not
  /// say that it lasts.
  func nameAgain(_ sequence: UInt64) throws(EngineFault) {
    if PlantedBug.archiveNameTrusted.isPlanted { return }
    do {
      try storage.rename(path(sequence), to: temporaryPath(sequence))
    } catch {
      throw .io(error, "The segment stays in the log. Check the disk.")
    }
    try name(temporaryPath(sequence), sequence)
  }

  private func write(_ part: LogPart, to target: String, _ manner: Manner) throws(EngineFault) -> ArchiveFooter? {
    let bytes = try storage.readSegment(part.path, direct: false)
    defer { bytes.deallocate() }
    var scan = try SegmentScan(name: part.path, bytes: bytes, store: store)
    let file: any StorageFile
    do {
      file = try storage.open(target, .create)
    } catch {
      throw .io(error, "The segment stays in the log. Make room or check the disk.")
    }
    defer { file.close() }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    var writer = ArchiveWriter(
      file: file, store: store, segment: part.sequence, effort: manner.effort, pace: manner.pace)
    while case .group(let header, let offset) = scan.next(into: raw) {
      if manner.isCancelled() { return nil }
      do throws(EngineFault) {
        try writer.append(UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)]), header.run)
      } catch  where error.file == nil {
        throw EngineFault(
          error.code, error.message, file: part.path, offset: UInt64(offset), lsn: header.firstLSN, advice: error.advice
        )
      }
    }
    try checkEnd(scan, part.path, raw)
    return try writer.finish(
      ArchiveWriter.Source(
        header: scan.header, lastLSN: LSN(scan.nextLSN.rawValue - 1), groups: scan.nextGroup - scan.header.firstGroup,
        chain: scan.chain, bytes: scan.end))
  }

  private func checkEnd(
    _ scan: borrowing SegmentScan, _ path: String, _ scratch: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) {
    switch scan.tail(isLast: false, scratch: scratch) {
    case .clean: return
    case .torn:
      throw .corruptLog(path, offset: scan.end, lsn: scan.nextLSN, "a sealed segment does not end in its seal.")
    case .corrupt(let reason): throw .corruptLog(path, offset: scan.end, lsn: scan.nextLSN, reason)
    }
  }

  /// Whether the archive file of a sequence is there and every byte of it is right.
  func isSound(_ sequence: UInt64, pace: Pace) throws(EngineFault) -> Bool {
    do throws(StorageError) {
      guard try storage.list(directory.archive).contains(ArchiveFormat.name(sequence)) else { return false }
    } catch {
      throw .io(error, "Check the directory.")
    }
    do throws(EngineFault) {
      var reader = try ArchiveReader(storage, path: path(sequence), store: store)
      try reader.verify(pace: pace)
      return true
    } catch  where error.code == .corrupt {
      return false
    }
  }

  /// Drops what broken-off work left.
  func removeTemporaries() throws(StorageError) {
    for name in try storage.list(directory.archive) where name.hasSuffix(ArchiveFormat.temporarySuffix) {
      try storage.unlink("\(directory.archive)/\(name)")
    }
  }

  /// Lets the oldest files go: what does not fit `bytesMax`, and what ended before `expiry`. Oldest first, so that what is left
  /// has no gap whenever it stops.
  func trim(bytesMax: UInt64, expiry: Timestamp?) throws(StorageError) {
    let parts = try directory.allLogParts().filter { !$0.isInLog }
    var last = try lastBeyond(bytesMax, parts)
    if let expiry { last = max(last, lastBefore(expiry, parts)) }
    let doomed = parts.filter { $0.sequence <= last }
    for part in doomed {
      try storage.unlink(part.path)
      // One by one: of several, the power could take back any.
      try storage.syncDirectory(directory.archive)
    }
  }

  /// The newest sequence that, with all that is newer, takes more than so many bytes; 0 if all fit.
  private func lastBeyond(_ bytesMax: UInt64, _ parts: [LogPart]) throws(StorageError) -> UInt64 {
    var total: UInt64 = 0
    for part in parts.reversed() {
      let file = try storage.open(part.path, .read)
      defer { file.close() }
      total += try file.size()
      if total > bytesMax { return part.sequence }
    }
    return 0
  }

  /// The newest sequence whose records are all older; 0 if none is. Segments that were moved as they are do not say when they
  /// end: they go with what comes after them.
  private func lastBefore(_ expiry: Timestamp, _ parts: [LogPart]) -> UInt64 {
    var last: UInt64 = 0
    for part in parts where part.form == .archive {
      // A damaged file is told of by who reads it, and goes with what comes after it.
      guard let header = try? ArchiveReader.header(storage, path: part.path, store: store) else { continue }
      if header.latestTime >= expiry { break }
      last = part.sequence
    }
    return last
  }
}
