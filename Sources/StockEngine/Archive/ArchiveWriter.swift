/// Writes an archive file: block after block, then the directory, the indexes and the footer; the header, which says what came
/// of it, at last.
struct ArchiveWriter: ~Copyable {
  private let file: any StorageFile
  private let store: StoreID
  private let segment: UInt64
  private let effort: Codec.Effort
  private var pace: Pace
  private var block = BlockBuilder()
  private var index: ArchiveIndexBuilder
  private var directory = ByteWriter(capacity: 64 * 1024)
  private var stored: UnsafeMutableRawBufferPointer
  private var offset = ArchiveFormat.headerBytes
  private var footer = ArchiveFooter()
  private var recordsCheck = RecordsCheck()
  private var firstTime: Timestamp?
  private var latestTime = Timestamp.zero

  init(file: any StorageFile, store: StoreID, segment: UInt64, effort: Codec.Effort, pace: Pace) {
    self.file = file
    self.store = store
    self.segment = segment
    self.effort = effort
    self.pace = pace
    index = ArchiveIndexBuilder(store: store)
    stored = .allocate(byteCount: Codec.bound(ArchiveFormat.blockRawBytesMax), alignment: 64)
  }

  deinit { stored.deallocate() }

  /// Takes the records of a group.
  mutating func append(_ raw: UnsafeRawBufferPointer, _ run: RecordRun) throws(EngineFault) {
    do {
      var cursor = RecordCursor(raw, run)
      while let record = try nextRecord(&cursor) {
        recordsCheck.add(record.bytes, lsn: record.lsn, time: record.time)
        if block.isFull(before: record.bytes) { try endBlock() }
        block.append(record)
        if firstTime == nil { firstTime = record.time }
        latestTime = max(latestTime, record.time)
      }
    } catch {
      throw Self.fault(error)
    }
  }

  /// A record that does not read is damage, as it is for a fold.
  private func nextRecord(_ cursor: inout RecordCursor) throws(WriteError) -> RecordCursor.Record? {
    do throws(EventDecodingError) { return try cursor.next() } catch { throw .unreadable(error) }
  }

  private enum WriteError: Error {
    case storage(StorageError)
    case unreadable(EventDecodingError)
  }

  private static func fault(_ error: WriteError) -> EngineFault {
    switch error {
    case .storage(let error): .io(error, "The segment stays in the log. Make room or check the disk.")
    case .unreadable(.damaged):
      EngineFault(
        .corrupt, "a group's check is right, but its records do not read.", advice: "The segment stays in the log.")
    case .unreadable(.newer(let kind)):
      EngineFault(
        .newerFormat, "the log has events of kind \(kind), which this stockd does not know.",
        advice: "The segment stays in the log. Start the newer stockd again.")
    }
  }

  private mutating func endBlock() throws(WriteError) {
    if block.isEmpty { return }
    let run = block.run
    let (firstLSN, firstTime, latestTime) = (run.firstLSN, run.time, block.latestTime)
    let raw = block.close()
    let number = Int(footer.blocks)
    do throws(EventDecodingError) { try index.add(block: number, raw, run) } catch { throw .unreadable(error) }
    let (codec, count) = Codec.encode(raw, into: stored, effort)
    let bytes = UnsafeRawBufferPointer(rebasing: stored[..<count])
    let seed = ArchiveFormat.seed(store, segment: segment, .block(number))
    ArchiveBlock(
      offset: UInt64(offset), check: hashBytes(bytes, seed: seed), firstLSN: firstLSN, firstTime: firstTime,
      latestTime: latestTime, storedBytes: UInt32(bytes.count), rawBytes: UInt32(raw.count), records: run.records,
      codec: UInt32(codec)
    ).encode(into: &directory)
    footer.blocks += 1
    footer.records += UInt64(run.records)
    footer.rawBytes += UInt64(raw.count)
    footer.storedBytes += UInt64(bytes.count)
    block.removeAll()
    try put(bytes)
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(WriteError) {
    var start = 0
    while start < bytes.count {
      let end = min(start + Pace.stepBytes, bytes.count)
      do throws(StorageError) {
        try file.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: UInt64(offset))
        if pace.isStepFull(after: end - start) {
          if pace.restMilliseconds > 0 { try file.writeOut() }
          pace.rest()
        }
      } catch {
        throw .storage(error)
      }
      offset += end - start
      start = end
    }
  }

  /// What the segment was found to be, at its end.
  struct Source {
    var header: SegmentHeader
    var lastLSN: LSN
    var groups: UInt64
    var chain: UInt64
    var bytes: Int
  }

  /// Writes what follows the blocks, and the header; syncs.
  mutating func finish(_ source: Source) throws(EngineFault) -> ArchiveFooter {
    do {
      try endBlock()
      footer.recordsCheck = recordsCheck.value
      footer.directoryCheck = hashBytes(
        directory.bytes, seed: ArchiveFormat.seed(store, segment: segment, .directory))
      try put(directory.bytes)
      for kind in ArchiveIndexKind.allCases {
        let image = ArchiveIndexImage(kind, index.take(kind), store: store, segment: segment)
        footer[kind] = image.totals
        try put(image.pages.bytes)
        try put(image.fences.bytes)
      }
      try writeEnds(source)
    } catch {
      throw Self.fault(error)
    }
    return footer
  }

  private mutating func writeEnds(_ source: Source) throws(WriteError) {
    let header = ArchiveHeader(
      store: store, sequence: segment, firstLSN: source.header.firstLSN, lastLSN: source.lastLSN,
      firstGroup: source.header.firstGroup, groups: source.groups, previousChain: source.header.previousChain,
      chain: source.chain, firstTime: firstTime ?? .zero, latestTime: latestTime, createdAt: source.header.createdAt,
      segmentBytes: UInt64(source.bytes))
    let bytes = header.encoded()
    footer.headerCheck = bytes.withUnsafeBytes { ArchiveHeader.check(of: $0) }
    do throws(StorageError) {
      try file.write(footer.encoded(seed: ArchiveFormat.seed(store, segment: segment, .footer)), at: UInt64(offset))
      try file.write(bytes, at: 0)
      if !PlantedBug.archiveNotSynced.isPlanted { try file.sync() }
    } catch {
      throw .storage(error)
    }
  }
}
