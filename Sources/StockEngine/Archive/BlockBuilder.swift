/// Joins records into the raw bytes of a block: sections as in the log, one for each run of records of the same time.
struct BlockBuilder: ~Copyable {
  private var body = ByteWriter(capacity: ArchiveFormat.blockRawBytesMax)
  /// The records of the section that is open; its count comes before them.
  private var section = ByteWriter(capacity: ArchiveFormat.blockRawBytesMax)
  private var sectionTime = Timestamp.zero
  private var sectionRecords: UInt64 = 0
  private var previousTime = Timestamp.zero
  private(set) var firstLSN = LSN.zero
  private(set) var firstTime = Timestamp.zero
  private(set) var latestTime = Timestamp.zero
  private(set) var records: UInt32 = 0

  /// A section's time and count, and a record's length, as varints.
  private static let headBytesMax = 16

  init() {}

  var isEmpty: Bool { records == 0 }
  var run: RecordRun { RecordRun(firstLSN: firstLSN, time: firstTime, records: records) }

  /// Whether the block is to be closed before this record.
  func isFull(before record: UnsafeRawBufferPointer) -> Bool {
    !isEmpty && body.count + section.count + record.count + 2 * Self.headBytesMax > ArchiveFormat.blockRawBytes
  }

  mutating func append(_ record: RecordCursor.Record) {
    if isEmpty {
      firstLSN = record.lsn
      firstTime = record.time
      latestTime = record.time
      previousTime = record.time
      sectionTime = record.time
    } else if record.time != sectionTime {
      endSection()
      sectionTime = record.time
    }
    section.makeRoom(Self.headBytesMax + record.bytes.count)
    section.putVarint(UInt64(record.bytes.count))
    section.put(bytes: record.bytes)
    sectionRecords += 1
    records += 1
    latestTime = max(latestTime, record.time)
  }

  private mutating func endSection() {
    if sectionRecords == 0 { return }
    body.makeRoom(2 * Self.headBytesMax + section.count)
    body.putSigned(sectionTime.milliseconds - previousTime.milliseconds)
    body.putVarint(sectionRecords)
    body.put(bytes: section.bytes)
    section.removeAll()
    sectionRecords = 0
    previousTime = sectionTime
  }

  /// Ends the block.
  /// - Returns: its raw bytes, valid until the next call.
  mutating func close() -> UnsafeRawBufferPointer {
    endSection()
    precondition(body.count <= ArchiveFormat.blockRawBytesMax, "a block of \(body.count) bytes")
    // A reader of keys may look beyond a text's end.
    body.makeRoom(CommandBatch.slackBytes)
    return body.bytes
  }

  mutating func removeAll() {
    body.removeAll()
    records = 0
  }
}
