/// Reads a store's directory without running it: segments, groups, events, snapshots. Never writes.
///
/// A daemon may hold the directory meanwhile; its last segment then simply ends where it has come to.
public struct StoreInspector: Sendable {
  /// The identity that every file of the directory must carry.
  public let storeID: StoreID
  let directory: StoreDirectory

  /// Opens a directory for reading.
  /// - Throws: `notAStore` if it has no META; `corrupt`, `newerFormat` or `io` if that cannot be read.
  public init(path: String, storage: any Storage = POSIXStorage()) throws(EngineFault) {
    directory = StoreDirectory(storage: storage, path: path)
    guard let store = try directory.readMeta() else {
      throw EngineFault(.notAStore, "there is no META.", file: path, advice: "Name a store's directory.")
    }
    storeID = store
  }

  /// A directory whose META is not written yet, or not to be believed.
  init(directory: StoreDirectory, storeID: StoreID) {
    self.directory = directory
    self.storeID = storeID
  }

  /// A file of the log or of the archive.
  public struct SegmentFile: Sendable, Equatable {
    /// The number of the segment, from 1 on.
    public var sequence: UInt64
    /// Where it lies.
    public var path: String
    /// It lies in `archive/`, not in `log/`.
    public var isArchived: Bool
    /// Rewritten with an index; else the segment as the log wrote it.
    public var isRewritten: Bool

    init(_ part: LogPart) {
      sequence = part.sequence
      path = part.path
      isArchived = !part.isInLog
      isRewritten = part.form == .archive
    }
  }

  /// One file for each segment, oldest first. Where a segment is both in the log and in the archive, the archive's.
  public func segments() throws(EngineFault) -> [SegmentFile] {
    do {
      return try directory.logParts().map { SegmentFile($0) }
    } catch {
      throw .io(error, "Check the directory and its permissions.")
    }
  }

  /// One group of a segment, or one block of an archive file.
  public struct Group: Sendable, Equatable {
    /// The group's; nil for a block, which joins several.
    public var sequence: UInt64?
    /// Where it begins in its file, in bytes.
    public var offset: Int
    /// Its first record.
    public var firstLSN: LSN
    /// Its last record.
    public var lastLSN: LSN
    /// When it was committed, in log time.
    public var time: Timestamp
    /// Records in it.
    public var records: Int
    /// Bytes of the records before compression.
    public var rawBytes: Int
    /// Bytes of the records as they are stored.
    public var storedBytes: Int
    /// Bytes that it takes in the file, header and padding included.
    public var paddedBytes: Int
    /// LZ4; else the records are stored as they are.
    public var isCompressed: Bool
    /// It ends its segment with a seal.
    public var seals: Bool
  }

  /// What a segment comes to.
  public struct Segment: Sendable, Equatable {
    /// The file that was read.
    public var file: SegmentFile
    /// Size of the file.
    public var fileBytes = 0
    /// Its first record, or the one that would come first.
    public var firstLSN = LSN.zero
    /// Its last record; the one before the first if it is empty.
    public var lastLSN = LSN.zero
    /// Time of its first group.
    public var firstTime = Timestamp.zero
    /// Time of its last group.
    public var lastTime = Timestamp.zero
    /// Whole groups.
    public var groups = 0
    /// Records of these groups.
    public var records: UInt64 = 0
    /// Bytes of the records before compression.
    public var rawBytes = 0
    /// Bytes of the records as they are stored.
    public var storedBytes = 0
    /// Of a segment: it is whole. An archive file always is.
    public var isSealed = false
    /// Chain values: of the group before the segment, and of its last one.
    public var previousChain: UInt64 = 0
    /// See `previousChain`.
    public var chain: UInt64 = 0
    /// Where the last whole group ends, in bytes.
    public var end = 0
    /// What lies behind that.
    public var tail = TailState.clean

    /// How a segment ends, by the tail rule of `docs/log-format.md`.
    public enum TailState: Sendable, Equatable {
      case clean
      case torn(bytes: Int)
      case corrupt(String)
    }
  }

  /// Walks a segment group by group, or an archive file block by block.
  /// - Parameters:
  ///   - isLast: whether its tail may be torn.
  ///   - visit: each group with its events; the second argument decodes them, so a caller who needs none pays nothing.
  public func read(
    _ file: SegmentFile, isLast: Bool,
    visit: (Group, () throws(EngineFault) -> [LoggedEvent]) throws(EngineFault) -> Void
  ) throws(EngineFault) -> Segment {
    if file.isRewritten { return try readArchived(file, visit: visit) }
    let bytes: UnsafeMutableRawBufferPointer
    do throws(EngineFault) {
      bytes = try directory.storage.readSegment(file.path, direct: false)
    } catch  where error.code == .io {
      // A daemon may have archived it since the files were listed.
      guard let now = try segments().first(where: { $0.sequence == file.sequence }), now.isRewritten else {
        throw error
      }
      return try readArchived(now, visit: visit)
    }
    defer { bytes.deallocate() }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    var scan = try SegmentScan(name: file.path, bytes: bytes, store: storeID)
    var segment = Segment(file: file, fileBytes: bytes.count)
    segment.firstLSN = scan.header.firstLSN
    segment.firstTime = scan.header.createdAt
    while case .group(let header, let offset) = scan.next(into: raw) {
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      segment.groups += 1
      segment.records += UInt64(header.records)
      segment.rawBytes += Int(header.rawBytes)
      segment.storedBytes += header.paddedBytes
      try visit(Group(header, offset: offset)) { () throws(EngineFault) in
        try Self.events(body, header.run, file.path, offset)
      }
    }
    segment.lastLSN = LSN(scan.nextLSN.rawValue - 1)
    segment.lastTime = scan.lastTime
    segment.isSealed = scan.isSealed
    segment.previousChain = scan.header.previousChain
    segment.chain = scan.chain
    segment.end = scan.end
    segment.tail =
      switch scan.tail(isLast: isLast, scratch: raw) {
      case .clean: .clean
      case .torn: .torn(bytes: scan.writtenBytesBehindEnd)
      case .corrupt(let reason): .corrupt(reason)
      }
    return segment
  }

  private func readArchived(
    _ file: SegmentFile, visit: (Group, () throws(EngineFault) -> [LoggedEvent]) throws(EngineFault) -> Void
  ) throws(EngineFault) -> Segment {
    var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
    let header = reader.header
    let footer = reader.footer
    for number in reader.blocks.indices {
      let raw = try reader.read(block: number)
      let block = reader.blocks[number]
      try visit(Group(block)) { () throws(EngineFault) in
        try Self.events(raw, block.run, file.path, Int(block.offset))
      }
    }
    return Segment(
      file: file, fileBytes: footer.fileBytes, firstLSN: header.firstLSN, lastLSN: header.lastLSN,
      firstTime: header.createdAt, lastTime: header.latestTime, groups: Int(header.groups), records: footer.records,
      rawBytes: Int(footer.rawBytes), storedBytes: footer.fileBytes, isSealed: true,
      previousChain: header.previousChain,
      chain: header.chain, end: footer.fileBytes)
  }

  static func events(
    _ body: UnsafeRawBufferPointer, _ run: RecordRun, _ path: String, _ offset: Int
  ) throws(EngineFault) -> [LoggedEvent] {
    var decoder = RecordDecoder()
    do {
      try decoder.decode(body, run)
    } catch {
      throw .corruptLog(path, offset: offset, lsn: run.firstLSN, "the checks are right, but the records do not read.")
    }
    return decoder.withSource(body) { source in decoder.entries.map { LoggedEvent($0, source) } }
  }

  // MARK: Snapshots

  /// A snapshot file and what it says it holds.
  public struct Snapshot: Sendable, Equatable {
    /// Where the snapshot lies.
    public var path: String
    /// Size of the file.
    public var bytes: Int
    /// The last record that it covers.
    public var lsn: LSN
    /// The time of that record.
    public var time: Timestamp
    /// Stock items in it.
    public var items: UInt64 = 0
    /// Full records of orders in it.
    public var orders: UInt64 = 0
    /// Fingerprints of ended orders in it.
    public var fingerprints: UInt64 = 0
    /// Operation ids in it.
    public var operations: UInt64 = 0
    /// The hash of the state that it holds.
    public var stateHash: UInt64 = 0
    /// Units that came in, less those that went out by adjustment, over all items.
    public var supplied: Int64 = 0
    /// Units that nobody holds, over all items.
    public var available: Int64 = 0
    /// Units of orders that are not paid yet, over all items.
    public var reserved: Int64 = 0
    /// Units of confirmed orders, less returns, over all items.
    public var sold: Int64 = 0
    /// Units that came back and cannot be sold again, over all items.
    public var scrapped: Int64 = 0
  }

  var catalog: SnapshotCatalog { SnapshotCatalog(directory: directory, store: storeID) }

  /// Paths of the snapshots, oldest first.
  public func snapshotPaths() throws(EngineFault) -> [String] {
    do {
      return try catalog.names().map { catalog.path($0) }
    } catch {
      throw .io(error, "Check the directory and its permissions.")
    }
  }

  /// Checks every page of a snapshot.
  public func verifySnapshot(_ path: String) throws(EngineFault) -> Snapshot {
    let name = path.lastPathComponent
    var reader = try catalog.open(name)
    let totals = try reader.verify()
    var bytes = 0
    do {
      let file = try directory.storage.open(path, .read)
      bytes = Int(try file.size())
      file.close()
    } catch {
      throw .io(error, "Check the disk.")
    }
    return Snapshot(
      path: path, bytes: bytes, lsn: reader.header.lsn, time: reader.header.time, items: totals.items,
      orders: totals.orders, fingerprints: totals.fingerprints, operations: totals.operations,
      stateHash: totals.stateHash, supplied: totals.sums.supplied, available: totals.sums.available,
      reserved: totals.sums.reserved, sold: totals.sums.sold, scrapped: totals.sums.scrapped)
  }
}

extension StoreInspector.Group {
  init(_ header: GroupHeader, offset: Int) {
    self.init(
      sequence: header.sequence, offset: offset, firstLSN: header.firstLSN, lastLSN: header.lastLSN, time: header.time,
      records: Int(header.records), rawBytes: Int(header.rawBytes), storedBytes: Int(header.storedBytes),
      paddedBytes: header.paddedBytes, isCompressed: header.codec == Codec.lz4,
      seals: header.flags.contains(.seals))
  }

  init(_ block: ArchiveBlock) {
    self.init(
      sequence: nil, offset: Int(block.offset), firstLSN: block.firstLSN, lastLSN: block.lastLSN, time: block.firstTime,
      records: Int(block.records), rawBytes: Int(block.rawBytes), storedBytes: Int(block.storedBytes),
      paddedBytes: Int(block.storedBytes), isCompressed: block.codec == UInt32(Codec.lz4), seals: false)
  }
}
