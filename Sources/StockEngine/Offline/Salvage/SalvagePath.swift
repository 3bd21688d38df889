/// A way through a store's files: what a state can be folded from without a gap, and how far that leads.
struct SalvagePath {
  /// Where the fold begins; nil for LSN 1.
  var base: StoreSurvey.Snapshot?
  /// Files that are whole and end before the cut, the oldest first; those before the base are history.
  var whole: [SurveyedPart] = []
  /// How many of them lie before the base.
  var historyCount = 0
  /// The file of which only the beginning is taken; nil if the log is to go on in a new segment.
  var last: SurveyedPart?
  /// Of the last segment.
  var position: LogPosition
  /// The last record that the way leads to.
  var lsn: LSN

  /// The files that are folded, in order.
  var folded: [SurveyedPart] { Array(whole[historyCount...]) + (last.map { [$0] } ?? []) }

  /// The first record that the files have.
  var firstLSN: LSN { whole.first?.firstLSN ?? last?.firstLSN ?? lsn.advanced(by: 1) }
}

extension StoreSurvey {
  /// The way that leads furthest, but not beyond a limit; of two that lead equally far the one with less to fold.
  /// - Returns: nil if there is none: no good snapshot before the limit, and no log from LSN 1 on.
  func path(through limit: LSN, at time: Timestamp = .distantFuture) -> SalvagePath? {
    var best = path(from: nil, through: limit)
    for snapshot in snapshots.reversed() where snapshot.header.lsn <= limit && snapshot.header.time <= time {
      guard let path = path(from: snapshot, through: limit) else { continue }
      if best == nil || path.lsn >= best!.lsn { best = path }
    }
    return best
  }

  private func path(from base: Snapshot?, through limit: LSN) -> SalvagePath? {
    let start = base?.header.position ?? LogPosition(segment: 1, group: 1, chain: 0)
    var path = SalvagePath(base: base, position: start, lsn: base?.header.lsn ?? .zero)
    while true {
      let following = (parts[path.position.segment] ?? []).filter { $0.follows(path.position, path.lsn) }
      if let whole = following.last(where: { $0.next != nil && $0.lastLSN <= limit }), let next = whole.next {
        path.whole.append(whole)
        path.position = next
        path.lsn = whole.lastLSN
        continue
      }
      path.last = following.max { $0.lastLSN < $1.lastLSN }
      break
    }
    if base == nil && path.whole.isEmpty && path.last == nil { return nil }
    if let last = path.last { path.lsn = min(limit, last.lastLSN) }
    addHistory(&path, before: start, base?.header.lsn ?? .zero)
    return path
  }

  /// Whole files before the base, as far back as they follow each other.
  private func addHistory(_ path: inout SalvagePath, before start: LogPosition, _ lsn: LSN) {
    var position = start
    var lsn = lsn
    while let before = parts[position.segment - 1]?.last(where: { $0.next == position && $0.lastLSN == lsn }) {
      path.whole.insert(before, at: 0)
      path.historyCount += 1
      position = LogPosition(segment: before.part.sequence, group: before.firstGroup, chain: before.previousChain)
      lsn = LSN(before.firstLSN.rawValue - 1)
    }
  }

  /// The snapshots that a start can go on from, given the files of a way.
  func snapshots(on path: SalvagePath) -> [Snapshot] {
    snapshots.filter { snapshot in
      let header = snapshot.header
      if header.lsn > path.lsn { return false }
      if header.position == path.position { return true }
      let next = path.whole.first { $0.part.sequence == header.position.segment }
      return next.map { $0.follows(header.position, header.lsn) } ?? false
    }
  }

  /// Folds a way, up to a limit.
  /// - Returns: the last record that was folded, and its time.
  func fold(
    _ path: SalvagePath, through limit: LSN, at time: Timestamp, into machines: MachineSet
  ) throws(EngineFault) -> (lsn: LSN, time: Timestamp) {
    if let base = path.base {
      var reader = try SnapshotCatalog(directory: directory, store: store).open(base.name)
      _ = try reader.load(into: machines)
    }
    var replayer = Replayer(
      machines: machines, after: path.base?.header.lsn ?? .zero, at: path.base?.header.time ?? .zero)
    for surveyed in path.folded where replayer.cutAt == nil {
      try surveyed.forEachRun(through: min(limit, path.lsn), storage, store) { (run) throws(EngineFault) in
        if replayer.cutAt != nil { return }
        try replayer.fold(
          run.raw, run.run, until: limit, untilTime: time, file: surveyed.part.path, offset: run.offset)
      }
    }
    return (replayer.lsn, replayer.time)
  }
}
