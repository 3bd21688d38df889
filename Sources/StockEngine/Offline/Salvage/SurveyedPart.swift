/// A file of the log or of the archive whose header is whole: what it begins with, and how far it can be trusted.
struct SurveyedPart {
  let part: LogPart
  let firstLSN: LSN
  let firstGroup: UInt64
  /// Of the group before its first.
  let previousChain: UInt64
  /// When the segment was begun.
  let createdAt: Timestamp
  /// The record behind its sound beginning.
  var nextLSN: LSN
  /// Where the log goes on; nil if the file does not come to its seal whole.
  var next: LogPosition?
  /// What is wrong behind the sound beginning.
  var fault: EngineFault?
  /// The bytes of a group that was never acknowledged.
  var tornBytes = 0
  /// Of an archive file: every record is whole, and the indexes are not. It must be written anew.
  var needsIndexes = false
  /// Of a segment: what lies behind its seal does not belong there. It must be copied up to this byte only.
  var bytesToCopy: UInt64?
  /// The last record that it tells of, damaged or not.
  var lastKnownLSN: LSN

  /// The last record of its sound beginning; the one before its first if there is none.
  var lastLSN: LSN { LSN(nextLSN.rawValue - 1) }

  /// Whether it goes on exactly where the log has come to.
  func follows(_ position: LogPosition, _ lsn: LSN) -> Bool {
    part.sequence == position.segment && firstGroup == position.group && previousChain == position.chain
      && firstLSN.rawValue == lsn.rawValue + 1
  }

  func header(of store: StoreID) -> SegmentHeader {
    SegmentHeader(
      store: store, sequence: part.sequence, firstLSN: firstLSN, firstGroup: firstGroup, previousChain: previousChain,
      createdAt: createdAt)
  }
}

// MARK: Reading

extension SurveyedPart {
  /// - Parameter isLast: whether its tail may be torn.
  /// - Throws: what is wrong with its header, or why it cannot be read; then nothing of it follows anything.
  init(
    reading part: LogPart, isLast: Bool, _ storage: any Storage, _ store: StoreID,
    _ scratch: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) {
    switch part.form {
    case .archive: try self.init(archived: part, storage, store)
    case .segment: try self.init(segment: part, isLast, storage, store, scratch)
    }
  }

  private init(
    segment part: LogPart, _ isLast: Bool, _ storage: any Storage, _ store: StoreID,
    _ scratch: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) {
    let bytes = try storage.readSegment(part.path, direct: false)
    defer { bytes.deallocate() }
    var scan = try SegmentScan(name: part.path, bytes: bytes, store: store)
    while case .group = scan.next(into: scratch) {}
    let header = scan.header
    self.init(
      part: part, firstLSN: header.firstLSN, firstGroup: header.firstGroup, previousChain: header.previousChain,
      createdAt: header.createdAt, nextLSN: scan.nextLSN, lastKnownLSN: LSN(scan.nextLSN.rawValue - 1))
    if scan.isSealed { next = LogPosition(segment: part.sequence + 1, group: scan.nextGroup, chain: scan.chain) }
    switch scan.tail(isLast: isLast, scratch: scratch) {
    case .clean: break
    case .torn: tornBytes = scan.writtenBytesBehindEnd
    case .corrupt(let reason):
      fault = .corruptLog(part.path, offset: scan.end, lsn: scan.nextLSN, reason)
      // Behind a seal nothing was ever written; in front of it at least one record is damaged.
      if scan.isSealed { bytesToCopy = UInt64(scan.end) } else { lastKnownLSN = scan.nextLSN }
    }
  }

  private init(archived part: LogPart, _ storage: any Storage, _ store: StoreID) throws(EngineFault) {
    var reader = try ArchiveReader(storage, path: part.path, store: store)
    let header = reader.header
    self.init(
      part: part, firstLSN: header.firstLSN, firstGroup: header.firstGroup, previousChain: header.previousChain,
      createdAt: header.createdAt, nextLSN: header.firstLSN, lastKnownLSN: header.lastLSN)
    do throws(EngineFault) {
      try reader.verify()
      nextLSN = header.lastLSN.advanced(by: 1)
      next = header.next
    } catch  where !error.isOfOneFile {
      throw error
    } catch {
      fault = error
      readBlocks(&reader)
    }
  }

  /// How far the blocks of a damaged file are whole. If all are, and their records those of the segment, only its indexes are lost.
  private mutating func readBlocks(_ reader: inout ArchiveReader) {
    var check = RecordsCheck()
    for number in reader.blocks.indices {
      let block = reader.blocks[number]
      guard let raw = try? reader.read(block: number) else { return }
      var cursor = RecordCursor(raw, block.run)
      do throws(EventDecodingError) {
        while let record = try cursor.next() { check.add(record.bytes, lsn: record.lsn, time: record.time) }
      } catch {
        return
      }
      nextLSN = block.lastLSN.advanced(by: 1)
    }
    if check.value == reader.footer.recordsCheck {
      needsIndexes = true
      next = reader.header.next
    }
  }

  /// One group of a segment or one block of an archive file.
  struct Run {
    /// Sections and records; valid for the visit.
    var raw: UnsafeRawBufferPointer
    var run: RecordRun
    /// Where it lies in the file.
    var offset: Int
    /// Of a group: its header, and its bytes as they lie in the file.
    var group: (header: GroupHeader, image: UnsafeRawBufferPointer)?
  }

  /// Shows the groups or blocks of the sound beginning, up to the one that has a record.
  func forEachRun(
    through lsn: LSN, _ storage: any Storage, _ store: StoreID,
    _ visit: (Run) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    let last = min(lsn, lastLSN)
    switch part.form {
    case .segment: try forEachGroup(through: last, storage, store, visit)
    case .archive: try forEachBlock(through: last, storage, store, visit)
    }
  }

  private func forEachGroup(
    through last: LSN, _ storage: any Storage, _ store: StoreID,
    _ visit: (Run) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    let bytes = try storage.readSegment(part.path, direct: false)
    defer { bytes.deallocate() }
    try withGroupScratch { (raw) throws(EngineFault) in
      var scan = try SegmentScan(name: part.path, bytes: bytes, store: store)
      while scan.nextLSN <= last, case .group(let header, let offset) = scan.next(into: raw) {
        try visit(
          Run(
            raw: UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)]), run: header.run, offset: offset,
            group: (header, UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + header.paddedBytes]))))
      }
    }
  }

  private func forEachBlock(
    through last: LSN, _ storage: any Storage, _ store: StoreID,
    _ visit: (Run) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    var reader = try ArchiveReader(storage, path: part.path, store: store)
    for number in reader.blocks.indices where reader.blocks[number].firstLSN <= last {
      let block = reader.blocks[number]
      try visit(Run(raw: try reader.read(block: number), run: block.run, offset: Int(block.offset)))
    }
  }
}
