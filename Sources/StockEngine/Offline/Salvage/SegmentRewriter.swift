/// Writes a log's last segment anew: records of another file up to a cut, then the group that seals it.
struct SegmentRewriter: ~Copyable {
  private let put: Write
  private let store: StoreID
  private var end: LogEnd
  private var offset: Int
  private var image = GroupImage()

  /// What it writes with.
  typealias Write = (UnsafeRawBufferPointer, Int) throws(EngineFault) -> Void

  /// - Parameter write: puts bytes at an offset of the new file.
  init(_ header: SegmentHeader, write: @escaping Write) throws(EngineFault) {
    put = write
    store = header.store
    end = LogEnd(
      segment: header.sequence, nextGroup: header.firstGroup, nextLSN: header.firstLSN, chain: header.previousChain)
    offset = LogFormat.segmentHeaderBytes
    let result = header.encoded().withUnsafeBytes { bytes -> Result<Void, EngineFault> in
      do throws(EngineFault) {
        return .success(try write(bytes, 0))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Takes over a group or block, as it is if it may stay whole.
  mutating func append(_ run: SurveyedPart.Run, through last: LSN) throws(EngineFault) {
    precondition(run.run.firstLSN == end.nextLSN, "records that do not follow each other")
    if run.run.lastLSN > last { return try appendBeginning(of: run, through: last) }
    if let group = run.group, group.header.sequence == end.nextGroup, group.header.previousChain == end.chain,
      !group.header.flags.contains(.seals)
    {
      try put(group.image, offset)
      advance(group.header, bytes: group.image.count)
    } else {
      try append(run.raw, run.run)
    }
  }

  /// The records of a group up to the cut, in a group of their own.
  private mutating func appendBeginning(of run: SurveyedPart.Run, through last: LSN) throws(EngineFault) {
    let group = PendingGroup()
    var section = ByteWriter(capacity: 4096)
    var records = 0
    var (time, first) = (run.run.time, run.run.firstLSN)
    var cursor = RecordCursor(run.raw, run.run)
    do throws(EventDecodingError) {
      while let record = try cursor.next(), record.lsn <= last {
        if records > 0 && record.time != time {
          group.append(section.bytes, records: records, at: time, firstLSN: first)
          section.removeAll()
          records = 0
        }
        if records == 0 { (time, first) = (record.time, record.lsn) }
        section.makeRoom(record.bytes.count + 10)
        section.putVarint(UInt64(record.bytes.count))
        section.put(bytes: record.bytes)
        records += 1
      }
    } catch {
      preconditionFailure("records that were folded do not read")
    }
    if records > 0 { group.append(section.bytes, records: records, at: time, firstLSN: first) }
    if group.isEmpty { return }
    try append(group.body.bytes, RecordRun(firstLSN: group.firstLSN, time: group.time, records: group.records))
  }

  private mutating func append(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) throws(EngineFault) {
    var header = GroupHeader(
      flags: [], sequence: end.nextGroup, firstLSN: run.firstLSN, time: run.time, records: run.records,
      rawBytes: UInt32(raw.count), previousChain: end.chain)
    image.encode(raw, &header, store: store, segment: end.segment)
    try put(image.bytes, offset)
    advance(header, bytes: image.count)
  }

  private mutating func advance(_ header: GroupHeader, bytes: Int) {
    end.nextGroup += 1
    end.nextLSN = header.lastLSN.advanced(by: 1)
    end.chain = header.chain
    offset += bytes
  }

  /// Begins an epoch and seals.
  /// - Parameter machines: the state at the end.
  /// - Returns: the record that does so.
  mutating func close(_ epoch: Epoch, _ machines: MachineSet, at time: Timestamp) throws(EngineFault) -> LSN {
    let closing = ClosingGroup(beginning: epoch, in: machines, at: time, after: end, store: store)
    try put(closing.image.bytes, offset)
    return end.nextLSN
  }
}
