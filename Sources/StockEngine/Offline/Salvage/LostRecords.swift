/// What lies behind a cut, as far as it can still be read somewhere: the ids that somebody must look after.
public struct LostRecords: Sendable, Equatable {
  /// One record that is not in the new directory.
  public struct Record: Sendable, Equatable {
    /// Its place in the log.
    public var lsn: LSN
    /// When it was decided, in log time.
    public var time: Timestamp
    /// Orders that it is about.
    public var orders: [String] = []
    /// Operation ids that it used.
    public var operations: [String] = []
    /// What it did, each event in a word.
    public var events: [String] = []
  }

  /// LSNs without a gap.
  public struct Range: Sendable, Equatable {
    /// The first.
    public var first: LSN
    /// The last.
    public var last: LSN
    /// How many.
    public var count: UInt64 { last.rawValue - first.rawValue + 1 }
  }

  /// From the first behind the cut to the last that any file tells of; nil if nothing is lost.
  public internal(set) var range: Range?
  /// Those that name an order or an operation, in the order of the log; the first `recordsMax` of them.
  public internal(set) var records: [Record] = []
  /// There are more than `records` holds.
  public internal(set) var isCut = false
  /// What no file can be read for any more.
  public internal(set) var unreadable: [Range] = []

  /// Nobody can say how far the log went, so more may be lost than `range`, or something although that is nil.
  public internal(set) var isEndUnknown = false

  /// How many records are described.
  public static let recordsMax = 10_000

  /// Nothing is lost.
  public var isEmpty: Bool { range == nil && !isEndUnknown }

  /// How much it is, for people.
  public var amount: String {
    switch (range?.count, isEndUnknown) {
    case (nil, false): "no records"
    case (nil, true): "an unknown number of records"
    case (let count?, false): count == 1 ? "1 record" : "\(count) records"
    case (let count?, true): count == 1 ? "1 record or more" : "\(count) records or more"
    }
  }
}

extension StoreSurvey {
  /// Looks through every group and block of every file, those behind damage too, for what lies behind a cut.
  func lost(after cut: LSN) throws(EngineFault) -> LostRecords {
    let files: [LogPart]
    do {
      files = try directory.allLogParts()
    } catch {
      throw .io(error, "Nothing was changed. Check the directory and its permissions.")
    }
    var search = LostSearch(cut)
    try withGroupScratch { (raw) throws(EngineFault) in
      for part in files {
        let twins = parts[part.sequence] ?? []
        if twins.contains(where: { $0.part == part && $0.next != nil && $0.lastLSN <= cut }) { continue }
        switch part.form {
        case .segment: search.look(inSegment: part, self, raw)
        case .archive: search.look(inArchived: part, self)
        }
      }
    }
    var lost = search.result(last: lastKnownLSN)
    lost.isEndUnknown = isEndUnknown
    return lost
  }
}

/// Collects what lies behind a cut. Twins and copies of a record count once.
private struct LostSearch {
  private let cut: LSN
  private var records: [LSN: LostRecords.Record] = [:]
  private var isCut = false
  private var seen: [LostRecords.Range] = []
  private var decoder = RecordDecoder()

  init(_ cut: LSN) { self.cut = cut }

  mutating func look(inSegment part: LogPart, _ survey: StoreSurvey, _ raw: UnsafeMutableRawBufferPointer) {
    guard let bytes = try? survey.storage.readSegment(part.path, direct: false) else { return }
    defer { bytes.deallocate() }
    try? SegmentScan.eachValidGroup(
      from: LogFormat.segmentHeaderBytes, of: bytes, store: survey.store, segment: part.sequence, into: raw
    ) { (group, _, records) throws(EngineFault) in
      note(records, group.run)
      return true
    }
  }

  mutating func look(inArchived part: LogPart, _ survey: StoreSurvey) {
    do throws(EngineFault) {
      var reader = try ArchiveReader(survey.storage, path: part.path, store: survey.store)
      for number in reader.blocks.indices where reader.blocks[number].lastLSN > cut {
        let block = reader.blocks[number]
        if let raw = try? reader.read(block: number) { note(raw, block.run) }
      }
    } catch {
      // Its faults are told of already; what cannot be opened has nothing to show.
    }
  }

  private mutating func note(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) {
    guard run.lastLSN > cut else { return }
    seen.append(LostRecords.Range(first: max(run.firstLSN, cut.advanced(by: 1)), last: run.lastLSN))
    if records.count >= LostRecords.recordsMax {
      isCut = true
      return
    }
    do throws(EventDecodingError) { try decoder.decode(raw, run) } catch { return }
    decoder.withSource(raw) { source in
      var found: LostRecords.Record?
      for entry in decoder.entries where entry.lsn > cut {
        if let before = found, before.lsn != entry.lsn { keep(before) }
        if found?.lsn != entry.lsn { found = LostRecords.Record(lsn: entry.lsn, time: entry.time) }
        let event = LoggedEvent(entry, source)
        found?.events.append(event.kind.name)
        if let order = event.order, found?.orders.contains(order) == false { found?.orders.append(order) }
        if let operation = event.operation { found?.operations.append(operation) }
      }
      if let found { keep(found) }
    }
  }

  private mutating func keep(_ record: LostRecords.Record) {
    if record.orders.isEmpty && record.operations.isEmpty { return }
    records[record.lsn] = record
  }

  func result(last known: LSN) -> LostRecords {
    let last = max(known, seen.map(\.last).max() ?? .zero)
    guard last > cut else { return LostRecords() }
    var result = LostRecords()
    result.range = LostRecords.Range(first: cut.advanced(by: 1), last: last)
    let sorted = records.values.sorted { $0.lsn < $1.lsn }
    result.records = Array(sorted.prefix(LostRecords.recordsMax))
    result.isCut = isCut || sorted.count > LostRecords.recordsMax
    var next = cut.advanced(by: 1)
    for range in seen.sorted(by: { $0.first < $1.first }) {
      if range.first > next {
        result.unreadable.append(LostRecords.Range(first: next, last: LSN(range.first.rawValue - 1)))
      }
      next = max(next, range.last.advanced(by: 1))
    }
    if next <= last { result.unreadable.append(LostRecords.Range(first: next, last: last)) }
    return result
  }
}
