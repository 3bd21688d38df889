/// One file's part of the log: a segment, or the archive file that was made of one.
struct LogPart: Equatable, Sendable {
  enum Form: Sendable {
    /// As the log wrote it: in `log/`, or in `archive/` where earlier versions moved it unchanged.
    case segment
    case archive
  }

  var sequence: UInt64
  var path: String
  var form: Form
  var isInLog: Bool
}

extension StoreDirectory {
  /// Every file, by sequence. A sequence has two when a crash came between the making of an archive file and the end of its
  /// segment: the archive file stands first.
  func allLogParts() throws(StorageError) -> [LogPart] {
    var parts: [LogPart] = []
    // The log comes first: a segment that is archived between the two listings is then seen twice, not missed.
    for name in try storage.list(log) {
      guard let sequence = LogFormat.segmentSequence(name) else { continue }
      parts.append(LogPart(sequence: sequence, path: "\(log)/\(name)", form: .segment, isInLog: true))
    }
    for name in try storage.list(archive) {
      let path = "\(archive)/\(name)"
      if let sequence = ArchiveFormat.sequence(name) {
        parts.append(LogPart(sequence: sequence, path: path, form: .archive, isInLog: false))
      } else if let sequence = LogFormat.segmentSequence(name) {
        parts.append(LogPart(sequence: sequence, path: path, form: .segment, isInLog: false))
      }
    }
    return parts.sorted { ($0.sequence, $0.rank) < ($1.sequence, $1.rank) }
  }

  /// One part for each sequence: the archive file where there is one.
  func logParts() throws(StorageError) -> [LogPart] {
    try allLogParts().reduce(into: []) { parts, part in
      if parts.last?.sequence != part.sequence { parts.append(part) }
    }
  }

  /// One part for each sequence: the segment in `log/` where there is one, since it is what was acknowledged.
  func logPartsForFolding() throws(StorageError) -> [UInt64: LogPart] {
    try allLogParts().reduce(into: [:]) { parts, part in
      if part.isInLog || parts[part.sequence] == nil { parts[part.sequence] = part }
    }
  }
}

extension LogPart {
  fileprivate var rank: Int {
    switch (form, isInLog) {
    case (.archive, _): 0
    case (.segment, false): 1
    case (.segment, true): 2
    }
  }
}
