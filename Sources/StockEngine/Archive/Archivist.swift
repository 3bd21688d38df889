/// Moves what snapshots cover from the log to the archive, and keeps the archive within its bounds.
struct Archivist: Sendable {
  let catalog: ArchiveCatalog
  /// 0: nothing is archived.
  let bytesMax: UInt64
  /// 0: files stay however old they are.
  let millisecondsMax: Int64
  /// Makes the names in the log's directory durable.
  let syncLog: @Sendable () throws(StorageError) -> Void
  /// Hears of every segment that could not be archived.
  let report: @Sendable (EngineFault) -> Void

  private var storage: any Storage { catalog.directory.storage }

  /// Archives every segment before the first that a snapshot still needs, oldest first, then lets old files go. Faults are
  /// reported, not thrown: the log keeps what could not be archived, and the next run tries again.
  /// - Parameter now: log time, that ages count from.
  /// - Returns: how many segments have left the log.
  func run(before firstNeeded: UInt64, now: Timestamp, _ manner: ArchiveCatalog.Manner) -> Int {
    var archived = 0
    do throws(EngineFault) {
      for part in try covered(before: firstNeeded) {
        if manner.isCancelled() { return archived }
        do throws(EngineFault) {
          if try take(part, manner) && part.isInLog { archived += 1 }
        } catch  where Self.concernsOneFile(error) {
          report(error)
        }
      }
    } catch {
      report(error)
    }
    do {
      try catalog.trim(
        bytesMax: bytesMax, expiry: millisecondsMax > 0 ? now.adding(milliseconds: -millisecondsMax) : nil)
    } catch {
      report(.io(error, "The archive could not be kept within its bounds. Check the disk."))
    }
    return archived
  }

  /// Damage is one file's; without space or with a disk that refuses, the next file would fare no better.
  private static func concernsOneFile(_ fault: EngineFault) -> Bool {
    switch fault.code {
    case .corrupt, .otherStore, .newerFormat, .missing: true
    case .notAStore, .locked, .logFailed, .noSpace, .io, .configuration: false
    }
  }

  private func covered(before firstNeeded: UInt64) throws(EngineFault) -> [LogPart] {
    do {
      try catalog.removeTemporaries()
      return try catalog.directory.allLogParts().filter { $0.form == .segment && $0.sequence < firstNeeded }
    } catch {
      throw .io(error, "Covered segments stay in the log. Check the directory.")
    }
  }

  /// - Returns: false if it was cancelled.
  private func take(_ part: LogPart, _ manner: ArchiveCatalog.Manner) throws(EngineFault) -> Bool {
    if bytesMax > 0 {
      // A crash may have come between the two; what is there and sound needs no second writing.
      if try catalog.isSound(part.sequence, pace: manner.pace) {
        try catalog.nameAgain(part.sequence)
      } else {
        guard try catalog.archive(part, manner) else { return false }
      }
    }
    do {
      try storage.unlink(part.path)
      if part.isInLog { try syncLog() } else { try storage.syncDirectory(catalog.directory.archive) }
    } catch {
      throw .io(error, "A segment was archived and is still in the log too, which does no harm. Check the disk.")
    }
    return true
  }
}
