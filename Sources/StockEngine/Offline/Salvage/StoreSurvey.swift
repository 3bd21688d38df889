/// Every file of a store's directory, read once: what each holds, and what is wrong with it. Nothing is changed.
struct StoreSurvey {
  /// A snapshot whose pages are whole.
  struct Snapshot {
    var name: String
    var header: SnapshotHeader
  }

  let directory: StoreDirectory
  let store: StoreID
  /// The bytes that META must have.
  let meta: [UInt8]
  /// Files of the log and of the archive whose headers are whole, by sequence; an archive file before its segment.
  private(set) var parts: [UInt64: [SurveyedPart]] = [:]
  /// Newest first.
  private(set) var snapshots: [Snapshot] = []
  /// How far the log was once durable, if that is known.
  private(set) var watermark = LSN.zero
  /// Of the segments that lie in the log itself, the highest: the one that was being written.
  private var lastInLog: UInt64?
  /// Everything that is damaged, or not there.
  private(set) var faults: [EngineFault] = []

  var storage: any Storage { directory.storage }

  init(_ directory: StoreDirectory) throws(EngineFault) {
    self.directory = directory
    let identity = try StoreIdentity(directory)
    store = identity.store
    meta = identity.meta
    if let fault = identity.fault { faults.append(fault) }
    let files: [LogPart]
    let snapshots: [String]
    do throws(StorageError) {
      files = try directory.allLogParts()
      snapshots = try SnapshotCatalog(directory: directory, store: store).names().sorted(by: >)
      var mark = Watermark(directory: directory, store: store)
      try mark.read()
      watermark = mark.lsn
    } catch {
      throw .io(error, "Nothing was changed. Check the directory and its permissions.")
    }
    try readParts(files)
    try readSnapshots(snapshots)
  }

  private mutating func readParts(_ files: [LogPart]) throws(EngineFault) {
    let last = files.last { $0.isInLog }?.sequence
    lastInLog = last
    var found: [UInt64: [SurveyedPart]] = [:]
    var wrong: [EngineFault] = []
    try withGroupScratch { (scratch) throws(EngineFault) in
      for part in files {
        do throws(EngineFault) {
          let isLast = part.isInLog && part.sequence == last
          let surveyed = try SurveyedPart(reading: part, isLast: isLast, storage, store, scratch)
          if let fault = surveyed.fault { wrong.append(fault) }
          found[part.sequence, default: []].append(surveyed)
        } catch  where error.isOfOneFile {
          wrong.append(error)
        }
      }
    }
    parts = found
    faults += wrong
  }

  private mutating func readSnapshots(_ names: [String]) throws(EngineFault) {
    let catalog = SnapshotCatalog(directory: directory, store: store)
    for name in names {
      do throws(EngineFault) {
        var reader = try catalog.open(name)
        _ = try reader.verify()
        snapshots.append(Snapshot(name: name, header: reader.header))
      } catch  where error.isOfOneFile {
        faults.append(error)
      }
    }
  }

  /// A snapshot that did not load as it promised is none.
  mutating func discredit(_ snapshot: Snapshot, _ fault: EngineFault) {
    snapshots.removeAll { $0.name == snapshot.name }
    faults.append(fault)
  }

  /// The highest record that any file tells of: what was once there.
  var lastKnownLSN: LSN {
    var last = max(watermark, snapshots.first?.header.lsn ?? .zero)
    for part in parts.values.joined() { last = max(last, part.lastKnownLSN) }
    return last
  }

  /// Nobody can say how far the log went: the segment that was being written is not there, cannot be read, or is damaged where
  /// it ends.
  var isEndUnknown: Bool {
    let next = max(parts.keys.max() ?? 1, snapshots.map(\.header.position.segment).max() ?? 1)
    guard let lastInLog, lastInLog >= next, let last = parts[lastInLog]?.last(where: \.part.isInLog) else {
      return true
    }
    return last.fault != nil && last.next == nil
  }
}

extension EngineFault {
  /// Damage is one file's, and the others may be whole; a disk that refuses, or a newer format, concerns all.
  var isOfOneFile: Bool {
    switch code {
    case .corrupt, .otherStore, .missing: true
    case .newerFormat, .notAStore, .locked, .logFailed, .noSpace, .io, .configuration: false
    }
  }
}

/// Who a store is. If META does not say it, the headers of its segments do.
private struct StoreIdentity {
  var store: StoreID
  var meta: [UInt8]
  /// What is wrong with META.
  var fault: EngineFault?

  init(_ directory: StoreDirectory) throws(EngineFault) {
    do throws(EngineFault) {
      if let known = try directory.readMeta() {
        store = known
        meta = try Self.bytes(directory)
        return
      }
      fault = EngineFault(
        .missing, "META is not there.", file: directory.meta,
        advice: "A repair makes it anew from the segments' headers, which name the same store.")
    } catch  where error.code == .corrupt {
      fault = error
    }
    let headers = try Self.headers(directory)
    guard let first = headers.first else {
      throw EngineFault(
        fault?.code == .missing ? .notAStore : .corrupt,
        "META does not say which store this is, and no segment's header does.", file: directory.meta,
        advice: "Nothing was changed. Restore META and the log from a backup.")
    }
    if let other = headers.first(where: { $0.store != first.store }) {
      throw EngineFault(
        .otherStore,
        "META does not say which store this is, and segments of two lie here: \(first.store), \(other.store).",
        file: "\(directory.log)/\(LogFormat.segmentName(other.sequence))",
        advice: "Nothing was changed. Move the files of the other store away.")
    }
    store = first.store
    let created = headers.map(\.createdAt).min() ?? first.createdAt
    meta = StoreDirectory.encodedMeta(store, created)
  }

  private static func bytes(_ directory: StoreDirectory) throws(EngineFault) -> [UInt8] {
    do { return try directory.storage.readAll(directory.meta) } catch { throw .io(error, "Check the disk.") }
  }

  private static func headers(_ directory: StoreDirectory) throws(EngineFault) -> [SegmentHeader] {
    var headers: [SegmentHeader] = []
    let files: [LogPart]
    do { files = try directory.allLogParts() } catch { throw .io(error, "Check the directory and its permissions.") }
    for part in files where part.form == .segment {
      guard
        let bytes = try? directory.storage.readSegment(
          part.path, direct: false, bytesMax: LogFormat.segmentHeaderBytes)
      else { continue }
      defer { bytes.deallocate() }
      if let header = try? SegmentHeader(decoding: UnsafeRawBufferPointer(bytes)), header.sequence == part.sequence {
        headers.append(header)
      }
    }
    return headers
  }
}
