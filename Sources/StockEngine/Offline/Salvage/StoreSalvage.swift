/// Makes a new directory of the sound beginning of a store's log: a repair, and a return to an earlier moment. The store itself is
/// only read.
///
/// What it makes reads like a store that was never damaged and never went further. A new epoch begins behind the cut, so a client
/// that has seen more is told of the data regression, however far the log grows from there.
public struct StoreSalvage: Sendable {
  private let directory: StoreDirectory

  /// - Parameter path: a store's directory, damaged or not, that no daemon runs on.
  public init(path: String, storage: any Storage = POSIXStorage()) {
    directory = StoreDirectory(storage: storage, path: path)
  }

  /// Where the new store is to end.
  public enum Cut: Sendable, Equatable {
    /// Nothing was said: all that is sound. Nothing is made if that is not all that was there.
    case everything
    /// All, but for the group that a crash tore and that was never acknowledged.
    case acceptTorn
    /// This record, or the last one that can be had before it.
    case lsn(LSN)
    /// The last record before the first that is later than this.
    case time(Timestamp)
  }

  /// Looks what can be had, and makes it.
  /// - Parameters:
  ///   - target: the new directory; nil only looks.
  ///   - epochNonce: of the epoch that begins behind the cut.
  /// - Throws: `locked` if a daemon runs on the directory; `corrupt` or `missing` if there is no sound way to the cut, or if it
  ///   would cost acknowledged records and nobody said so.
  public func run(
    _ cut: Cut, to target: String? = nil, epochNonce: UInt32 = .random(in: .min ... .max)
  ) throws(EngineFault) -> SalvageReport {
    let held = try holdOff()
    defer { withExtendedLifetime(held) {} }
    var survey = try StoreSurvey(directory)
    while true {
      guard let path = survey.path(through: cut.lsn, at: cut.time) else { throw survey.noWay(cut) }
      do throws(EngineFault) {
        return try withFoldingMachine(survey.store) { (machines) throws(EngineFault) in
          try run(cut, target, epochNonce, survey, path, machines)
        }
      } catch {
        // Its pages were whole, and what they say comes to another state.
        guard let base = path.base, error.code == .corrupt, error.file == SnapshotCatalog.path(base, survey) else {
          throw error
        }
        survey.discredit(base, error)
      }
    }
  }

  /// Keeps daemons away while it is read, if the directory has a LOCK; none is made.
  private func holdOff() throws(EngineFault) -> (any StorageLock)? {
    do {
      guard try directory.storage.list(directory.path).contains("LOCK") else { return nil }
      return try directory.storage.lock(directory.path + "/LOCK")
    } catch  where error.isBusy {
      throw EngineFault(
        .locked, "a stockd runs on this directory.", file: directory.path + "/LOCK",
        advice: "Nothing was changed. Stop it, or make a backup and take that.")
    } catch {
      throw .io(error, "Nothing was changed. Check the directory and its permissions.")
    }
  }

  private func run(
    _ cut: Cut, _ target: String?, _ nonce: UInt32, _ survey: StoreSurvey, _ path: SalvagePath, _ machines: MachineSet
  ) throws(EngineFault) -> SalvageReport {
    let end = try survey.fold(path, through: cut.lsn, at: cut.time, into: machines)
    guard let exact = survey.path(through: end.lsn, at: cut.time) else { throw survey.noWay(cut) }
    var report = SalvageReport(survey, exact, end)
    report.openOrders = machines.machine(shard: 0).pointee.openOrders
    report.lost = try survey.lost(after: end.lsn)
    try cut.check(report, survey, isMade: target != nil, isWholeWay: end.lsn == path.lsn)
    guard let target else { return report }
    report.epoch = machines.epochs.next(nonce: nonce)
    let new = try NewDirectory.begin(at: target, source: directory.path, storage: directory.storage)
    do throws(EngineFault) {
      try SalvageWriter(survey: survey, path: exact, end: end).write(to: new, report.epoch, machines)
    } catch {
      new.discard()
      throw error
    }
    report.madePath = new.target
    return report
  }
}

extension SnapshotCatalog {
  fileprivate static func path(_ snapshot: StoreSurvey.Snapshot, _ survey: StoreSurvey) -> String {
    SnapshotCatalog(directory: survey.directory, store: survey.store).path(snapshot.name)
  }
}

// MARK: What a cut may cost

extension StoreSalvage.Cut {
  var lsn: LSN {
    switch self {
    case .everything, .acceptTorn, .time: LSN(.max)
    case .lsn(let lsn): lsn
    }
  }

  var time: Timestamp {
    switch self {
    case .everything, .acceptTorn, .lsn: .distantFuture
    case .time(let time): time
    }
  }

  /// - Parameter isWholeWay: no record behind the last one was met: there is none, or no way leads to it.
  fileprivate func check(
    _ report: SalvageReport, _ survey: StoreSurvey, isMade: Bool, isWholeWay: Bool
  ) throws(EngineFault) {
    let next = report.lsn.advanced(by: 1)
    switch self {
    case .everything:
      guard isMade else { return }
      if !report.lost.isEmpty {
        throw EngineFault(
          .corrupt, "\(report.lost.amount) that may have been acknowledged would be lost.",
          file: survey.faults.first?.file, offset: survey.faults.first?.offset, lsn: next,
          advice: "Nothing was changed. See what they are without --apply, then name the cut: --cut-at \(report.lsn).")
      }
      if report.tornBytes > 0 {
        throw EngineFault(
          .corrupt, "the log ends with \(report.tornBytes) bytes of a group that was never acknowledged.",
          file: survey.directory.log, lsn: next,
          advice: "Nothing was changed. Start stockd, which saves and cuts them; or add --accept-torn.")
      }
    case .acceptTorn:
      guard !report.lost.isEmpty else { return }
      throw EngineFault(
        .corrupt,
        "more than a torn tail is wrong: \(report.lost.amount) that may have been acknowledged would be lost.",
        file: survey.faults.first?.file, offset: survey.faults.first?.offset, lsn: next,
        advice:
          "Nothing was changed. stockcli repair tells what they are; name the last record that is to be kept, LSN \(report.lsn) at most."
      )
    case .lsn(let lsn):
      guard lsn > report.lsn else { return }
      guard report.lost.isEndUnknown || lsn <= report.lost.range?.last ?? .zero else {
        throw EngineFault(
          .configuration, "the log ends with LSN \(report.lost.range?.last ?? report.lsn).",
          file: survey.directory.path,
          advice: "Nothing was changed. Name a record that was there.")
      }
      throw EngineFault(
        .corrupt, "only the records up to LSN \(report.lsn) can be had without a gap.",
        file: survey.faults.first?.file, offset: survey.faults.first?.offset, lsn: next,
        advice: "Nothing was changed. Name LSN \(report.lsn) or one before it.")
    case .time:
      guard isWholeWay, !report.lost.isEmpty else { return }
      throw EngineFault(
        .corrupt,
        "only the records up to LSN \(report.lsn) can be had without a gap, and later ones may lie before that time.",
        file: survey.faults.first?.file, offset: survey.faults.first?.offset, lsn: next,
        advice: "Nothing was changed. Name LSN \(report.lsn), or a time before that record's.")
    }
  }
}

extension StoreSurvey {
  /// Why nothing can be had.
  fileprivate func noWay(_ cut: StoreSalvage.Cut) -> EngineFault {
    if let oldest = snapshots.last, cut != .everything, cut != .acceptTorn {
      return EngineFault(
        .missing, "the log before that moment is not there; the oldest that can be had is LSN \(oldest.header.lsn).",
        file: directory.log, lsn: oldest.header.lsn,
        advice: "Nothing was changed. Name a later moment, or take an older backup.")
    }
    return faults.first
      ?? EngineFault(
        .missing, "there is neither a good snapshot nor a log from LSN 1 on.", file: directory.log,
        advice: "Nothing was changed. Bring files back from a backup.")
  }
}
