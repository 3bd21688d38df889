/// Reads the records of a group's raw bytes.
///
/// Body: sections, each {time since the section before, zigzag varint; number of records, varint; records}; a record is its
/// length (varint) and its events. The first section's time is relative to the group's.
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
  mutating func decode(_ raw: UnsafeRawBufferPointer, _ header: GroupHeader) throws(EventDecodingError) {
    entries.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    var reader = ByteReader(raw)
    var time = header.time
    var lsn = header.firstLSN
    while !reader.isAtEnd {
      time = time.adding(milliseconds: reader.takeSigned())
      let records = reader.takeVarint(max: UInt64(header.records))
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
    guard lsn.rawValue == header.firstLSN.rawValue + UInt64(header.records) else { throw .damaged }
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
