/// Picks events out of the log's files for who looks back: of a segment all are looked at, of an archive file those of the blocks that
/// are asked for. Counts the bytes that it reads. Blocks: call it off the event loops.
struct LogPartReader {
  private let directory: StoreDirectory
  private let store: StoreID
  private let until: LSN
  /// What was read of the files so far.
  private(set) var bytesRead: UInt64 = 0
  private let raw = ScratchBytes(LogFormat.groupRawBytesMax + CommandBatch.slackBytes)

  /// - Parameter until: what lies behind this record is not looked at.
  init(directory: StoreDirectory, store: StoreID, until: LSN) {
    self.directory = directory
    self.store = store
    self.until = until
  }

  /// What is made of an event; nil if it is not wanted.
  typealias Pick<Found> = (RecordDecoder.Entry, EventSource) -> Found?

  /// The log and the archive as one, by sequence.
  func parts() throws(EngineFault) -> [UInt64: LogPart] {
    do {
      return Dictionary(uniqueKeysWithValues: try directory.logParts().map { ($0.sequence, $0) })
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  /// When a part was begun: no record of the parts before it is later. Its own first ones may be earlier, by as long as the seal before
  /// it took to be synced.
  func start(of part: LogPart) throws(EngineFault) -> Timestamp {
    switch part.form {
    case .archive: return try ArchiveReader.header(directory.storage, path: part.path, store: store).createdAt
    case .segment:
      let bytes = try directory.storage.readSegment(part.path, direct: false, bytesMax: LogFormat.segmentHeaderBytes)
      defer { bytes.deallocate() }
      return try SegmentScan(name: part.path, bytes: bytes, store: store).header.createdAt
    }
  }

  /// When a part's first record was decided: no refusal of the part is earlier, since all shards are held while one is logged.
  func firstTime(of part: LogPart) throws(EngineFault) -> Timestamp {
    switch part.form {
    case .archive: return try ArchiveReader.header(directory.storage, path: part.path, store: store).firstTime
    case .segment:
      let bytes = try directory.storage.readSegment(
        part.path, direct: false, bytesMax: LogFormat.segmentHeaderBytes + LogFormat.groupHeaderBytes)
      defer { bytes.deallocate() }
      let header = try SegmentScan(name: part.path, bytes: bytes, store: store).header
      let group = UnsafeRawBufferPointer(rebasing: bytes[LogFormat.segmentHeaderBytes...])
      // One without a group has no record that anybody could ask for.
      return GroupHeader(decoding: group, store: store, segment: header.sequence)?.time ?? header.createdAt
    }
  }

  // MARK: Segments

  /// What one segment holds of what is wanted.
  struct Segment<Found> {
    /// In the order of the log.
    var found: [Found] = []
    /// Its first record.
    var firstLSN: LSN
    fileprivate var nextLSN: LSN
  }

  /// What the segment takes in its file.
  /// - Parameter isNewest: it may have room that was prepared and not written yet.
  func bytes(of part: LogPart, isNewest: Bool) throws(EngineFault) -> Int {
    try isNewest ? writtenBytes(of: part) : size(of: part)
  }

  /// - Parameter count: what ``bytes(of:isNewest:)`` said.
  mutating func segment<Found>(
    _ part: LogPart, reading count: Int, isNewest: Bool, _ pick: Pick<Found>
  ) throws(EngineFault) -> Segment<Found> {
    let segment = try read(part, count, pick)
    if isNewest && segment.nextLSN <= until {
      // The end was not where it seemed.
      return try read(part, try size(of: part), pick)
    }
    return segment
  }

  /// - Parameter count: of the file's bytes, how many to read.
  private mutating func read<Found>(
    _ part: LogPart, _ count: Int, _ pick: Pick<Found>
  ) throws(EngineFault) -> Segment<Found> {
    let bytes = try directory.storage.readSegment(part.path, direct: false, bytesMax: count)
    defer { bytes.deallocate() }
    bytesRead += UInt64(bytes.count)
    var scan = try SegmentScan(name: part.path, bytes: bytes, store: store)
    var decoder = RecordDecoder()
    var segment = Segment<Found>(firstLSN: scan.header.firstLSN, nextLSN: scan.nextLSN)
    while case .group(let header, let offset) = scan.next(into: raw.bytes), header.firstLSN <= until {
      let body = UnsafeRawBufferPointer(rebasing: raw.bytes[..<Int(header.rawBytes)])
      do {
        try decoder.decode(body, header.run)
      } catch {
        throw .corruptLog(part.path, offset: offset, lsn: header.firstLSN, "a group's records do not read.")
      }
      collect(decoder, body, pick, into: &segment.found)
    }
    segment.nextLSN = scan.nextLSN
    return segment
  }

  private func collect<Found>(
    _ decoder: RecordDecoder, _ raw: UnsafeRawBufferPointer, _ pick: Pick<Found>, into found: inout [Found]
  ) {
    decoder.withSource(raw) { source in
      for entry in decoder.entries where entry.lsn <= until {
        if let one = pick(entry, source) { found.append(one) }
      }
    }
  }

  private func size(of part: LogPart) throws(EngineFault) -> Int {
    try withFile(part) { (file) throws(StorageError) in Int(try file.size()) }
  }

  /// Where the zeros of a segment that is being written begin. No written sector is all zero and groups follow each other, so
  /// halving finds it.
  private func writtenBytes(of part: LogPart) throws(EngineFault) -> Int {
    try withFile(part) { (file) throws(StorageError) in
      let size = Int(try file.size())
      var sector = [UInt8](repeating: 0, count: LogFormat.sectorBytes)
      var (low, high) = (
        LogFormat.segmentHeaderBytes / LogFormat.blockBytes, (size + LogFormat.blockBytes - 1) / LogFormat.blockBytes
      )
      while low < high {
        let middle = (low + high) / 2
        if try file.isZero(at: middle * LogFormat.blockBytes, &sector) { high = middle } else { low = middle + 1 }
      }
      return min(size, low * LogFormat.blockBytes)
    }
  }

  private func withFile(
    _ part: LogPart, _ body: (any StorageFile) throws(StorageError) -> Int
  ) throws(EngineFault) -> Int {
    do throws(StorageError) {
      let file = try directory.storage.open(part.path, .read)
      defer { file.close() }
      return try body(file)
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  // MARK: Archive

  mutating func open(archived part: LogPart) throws(EngineFault) -> ArchiveReader {
    let reader = try ArchiveReader(directory.storage, path: part.path, store: store)
    bytesRead += reader.bytesRead
    return reader
  }

  /// The blocks that name any of the items, in order.
  mutating func blocks(
    naming items: some Collection<ItemNumber>, in reader: inout ArchiveReader
  ) throws(EngineFault) -> [Int] {
    let before = reader.bytesRead
    var numbers: Set<Int> = []
    for item in items { numbers.formUnion(try reader.blocks(naming: .item(item))) }
    bytesRead += reader.bytesRead - before
    return numbers.sorted()
  }

  /// What one block holds of what is wanted, in the order of the log.
  mutating func block<Found>(
    _ number: Int, of reader: inout ArchiveReader, _ pick: Pick<Found>
  ) throws(EngineFault) -> [Found] {
    let before = reader.bytesRead
    let raw = try reader.read(block: number)
    bytesRead += reader.bytesRead - before
    var decoder = RecordDecoder()
    do {
      try decoder.decode(raw, reader.blocks[number].run)
    } catch {
      throw reader.unreadable(error, block: number)
    }
    var found: [Found] = []
    collect(decoder, raw, pick, into: &found)
    return found
  }
}

/// Memory to read into, for as long as it is held.
private final class ScratchBytes {
  let bytes: UnsafeMutableRawBufferPointer
  init(_ count: Int) { bytes = .allocate(byteCount: count, alignment: 64) }
  deinit { bytes.deallocate() }
}

extension StorageFile {
  /// Whether a sector is all zero, or behind the end.
  fileprivate func isZero(at offset: Int, _ sector: inout [UInt8]) throws(StorageError) -> Bool {
    let result = sector.withUnsafeMutableBytes { buffer -> Result<Bool, StorageError> in
      do throws(StorageError) {
        let got = try read(into: buffer, at: UInt64(offset))
        return .success(StockEngine.isZero(UnsafeRawBufferPointer(rebasing: buffer[..<got])))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
