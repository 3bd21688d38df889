/// Walks the records of a group or of a block without reading their events.
struct RecordCursor {
  struct Record {
    var lsn: LSN
    var time: Timestamp
    /// The events' bytes, without the length before them.
    var bytes: UnsafeRawBufferPointer
  }

  private let run: RecordRun
  private var reader: ByteReader
  private var lsn: LSN
  private var time: Timestamp
  private var left: UInt64 = 0

  init(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) {
    self.run = run
    reader = ByteReader(raw)
    lsn = run.firstLSN
    time = run.time
  }

  /// The next record; nil at the end.
  /// - Throws: if bytes whose check was right do not read as the records that they should be.
  mutating func next() throws(EventDecodingError) -> Record? {
    while left == 0 {
      if reader.isAtEnd {
        guard lsn.rawValue == run.firstLSN.rawValue + UInt64(run.records), !reader.hasFailed else { throw .damaged }
        return nil
      }
      time = time.adding(milliseconds: reader.takeSigned())
      left = reader.takeVarint(max: UInt64(run.records))
    }
    let length = Int(reader.takeVarint(max: UInt64(Bounds.recordBytesMax)))
    let start = reader.position
    reader.skip(length)
    guard length > 0, !reader.hasFailed else { throw .damaged }
    let record = Record(lsn: lsn, time: time, bytes: UnsafeRawBufferPointer(start: reader.base + start, count: length))
    left -= 1
    lsn = lsn.advanced(by: 1)
    return record
  }
}
