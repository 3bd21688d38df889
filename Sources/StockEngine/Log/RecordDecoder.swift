/// What a row of records begins with: in a group of the log, or in a block of the archive.
struct RecordRun: Equatable {
  var firstLSN: LSN
  /// What the first section's time counts from.
  var time: Timestamp
  var records: UInt32

  var lastLSN: LSN { LSN(firstLSN.rawValue + UInt64(records) - 1) }
}

extension GroupHeader {
  var run: RecordRun { RecordRun(firstLSN: firstLSN, time: time, records: records) }
}

/// Reads the records of a group's raw bytes.
///
/// Body: sections, each {time since the section before, zigzag varint; number of records, varint; records}; a record is its
/// length (varint) and its events. The first section's time is relative to the group's. A block of the archive reads the same.
struct RecordDecoder {
  /// One event with its record's place and time. Texts refer to the group's raw bytes, lines to the decoder's.
  struct Entry {
    var lsn: LSN
    var time: Timestamp
    var event: Event
  }

  private(set) var entries: [Entry] = []
  private(set) var lines: [EventLine] = []

  init() {}

  /// - Throws: if bytes whose check was right do not read as records.
  mutating func decode(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) throws(EventDecodingError) {
    entries.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    var reader = ByteReader(raw)
    var time = run.time
    var lsn = run.firstLSN
    while !reader.isAtEnd {
      time = time.adding(milliseconds: reader.takeSigned())
      let records = reader.takeVarint(max: UInt64(run.records))
      for _ in 0..<records {
        let length = Int(reader.takeVarint(max: UInt64(Bounds.recordBytesMax)))
        let sectionEnd = reader.end
        guard length > 0, reader.position + length <= sectionEnd else { throw .damaged }
        reader.end = reader.position + length
        while !reader.isAtEnd {
          if let event = try reader.takeEvent(lines: &lines, at: time) {
            entries.append(Entry(lsn: lsn, time: time, event: event))
          }
        }
        reader.end = sectionEnd
        lsn = LSN(lsn.rawValue + 1)
      }
      if reader.hasFailed { throw .damaged }
    }
    guard lsn.rawValue == run.firstLSN.rawValue + UInt64(run.records) else { throw .damaged }
  }

  func withSource<Result>(_ raw: UnsafeRawBufferPointer, _ body: (EventSource) -> Result) -> Result {
    lines.withUnsafeBufferPointer { lines in
      let noLines = UnsafePointer<EventLine>(bitPattern: 64)!
      return body(
        EventSource(
          bytes: raw.baseAddress!.assumingMemoryBound(to: UInt8.self), lines: lines.baseAddress ?? noLines))
    }
  }
}
