/// Walks the log from the newest part to the oldest and undoes an item's changes one by one, so that every row shows the balance
/// that it led to. Of an archived part only the blocks that name the item are read.
struct HistoryReader {
  private let directory: StoreDirectory
  private let store: StoreID
  private let number: ItemNumber
  private let until: LSN
  private let beforeVersion: UInt64
  private let rowsMax: Int
  private let bytesMax: UInt64

  private var version: UInt64
  private var available: Int64
  /// What was read of the files so far.
  private(set) var bytesRead: UInt64 = 0
  private var rows = 0
  /// Every change from here on was seen.
  private var completeSince: LSN
  private let raw: ScratchBytes

  init(
    directory: StoreDirectory, store: StoreID, item: ItemBalance, until: LSN, beforeVersion: UInt64, rowsMax: Int,
    bytesMax: UInt64
  ) {
    self.directory = directory
    self.store = store
    number = item.number
    self.until = until
    self.beforeVersion = beforeVersion
    self.rowsMax = rowsMax
    self.bytesMax = bytesMax
    version = item.version
    available = item.available
    completeSince = until.advanced(by: 1)
    raw = ScratchBytes(LogFormat.groupRawBytesMax + CommandBatch.slackBytes)
  }

  /// One change as the log tells it.
  private struct Change {
    var lsn: LSN
    var time: Timestamp
    var kind: EventKind
    var reference: [UInt8]
    var availableDelta: Int64 = 0
    var reservedDelta: Int64 = 0
    var soldDelta: Int64 = 0
    var scrappedDelta: Int64 = 0

    init(_ entry: RecordDecoder.Entry, reference: [UInt8], availableDelta: Int64 = 0) {
      lsn = entry.lsn
      time = entry.time
      kind = entry.event.kind
      self.reference = reference
      self.availableDelta = availableDelta
    }
  }

  mutating func run(into replies: inout ReplyBatch, lsn: LSN) throws(EngineFault) {
    let start = replies.changes.count
    var parts = try parts()
    var sequence = parts.keys.max() ?? 0
    while !isDone, let part = parts[sequence] {
      guard let isWhole = try take(part, &replies) else {
        parts = try self.parts()
        continue
      }
      if !isWhole { break }
      sequence -= 1
    }
    if rows == rowsMax, let last = replies.changes.last { completeSince = last.lsn }
    var reply = Reply(
      .found,
      .history(IndexRange(start: start, count: replies.changes.count - start), completeSince: min(completeSince, until))
    )
    reply.lsn = lsn
    replies.append(reply)
  }

  private var isDone: Bool { rows == rowsMax || version == 0 }

  private func parts() throws(EngineFault) -> [UInt64: LogPart] {
    do {
      return Dictionary(uniqueKeysWithValues: try directory.logParts().map { ($0.sequence, $0) })
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  /// - Returns: whether all of the part was read; nil if it went to the archive, or from it, since the look at the directory.
  private mutating func take(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool? {
    do throws(EngineFault) {
      switch part.form {
      case .segment: return try takeSegment(part, &replies)
      case .archive: return try takeArchived(part, &replies)
      }
    } catch  where error.code == .io {
      if try parts()[part.sequence] == part { throw error }
      return nil
    }
  }

  /// Whether so many bytes more may be read. The newest part always is, or a history would say nothing.
  private func isAffordable(_ bytes: UInt64) -> Bool { bytesRead == 0 || bytesRead + bytes <= bytesMax }

  // MARK: Segments

  private mutating func takeSegment(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool {
    // Only the newest part, which is always read, can have room that was prepared and not written yet.
    let isNewest = bytesRead == 0
    let written = try isNewest ? writtenBytes(of: part) : size(of: part)
    guard isAffordable(UInt64(written)) else { return false }
    var (found, firstLSN, next) = try changes(of: part, written)
    if isNewest && next <= until {
      // The end was not where it seemed.
      (found, firstLSN, next) = try changes(of: part, try size(of: part))
    }
    append(found, to: &replies)
    completeSince = firstLSN
    return true
  }

  /// - Parameter count: of the file's bytes, how many to read.
  private mutating func changes(of part: LogPart, _ count: Int) throws(EngineFault) -> ([Change], first: LSN, next: LSN)
  {
    let bytes = try directory.storage.readSegment(part.path, direct: false, bytesMax: count)
    defer { bytes.deallocate() }
    bytesRead += UInt64(bytes.count)
    var scan = try SegmentScan(name: LogFormat.segmentName(part.sequence), bytes: bytes, store: store)
    var decoder = RecordDecoder()
    var found: [Change] = []
    while case .group(let header, let offset) = scan.next(into: raw.bytes), header.firstLSN <= until {
      let body = UnsafeRawBufferPointer(rebasing: raw.bytes[..<Int(header.rawBytes)])
      do {
        try decoder.decode(body, header.run)
      } catch {
        throw .corruptLog(part.path, offset: offset, lsn: header.firstLSN, "a group's records do not read.")
      }
      collect(decoder, body, into: &found)
    }
    return (found, scan.header.firstLSN, scan.nextLSN)
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

  private mutating func takeArchived(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool {
    guard isAffordable(0) else { return false }
    var reader = try ArchiveReader(directory.storage, path: part.path, store: store)
    let before = bytesRead
    let numbers = try reader.blocks(naming: .item(number))
    var decoder = RecordDecoder()
    for block in numbers.reversed() {
      if isDone { break }
      bytesRead = before + reader.bytesRead
      guard isAffordable(UInt64(reader.blocks[block].storedBytes)) else {
        // Nothing between this block and the last one that was read names the item.
        completeSince = min(completeSince, reader.blocks[block].lastLSN.advanced(by: 1))
        return false
      }
      let raw = try reader.read(block: block)
      do {
        try decoder.decode(raw, reader.blocks[block].run)
      } catch {
        throw reader.unreadable(error, block: block)
      }
      var found: [Change] = []
      collect(decoder, raw, into: &found)
      append(found, to: &replies)
    }
    bytesRead = before + reader.bytesRead
    completeSince = reader.header.firstLSN
    return true
  }

  // MARK: Changes

  private func collect(_ decoder: RecordDecoder, _ raw: UnsafeRawBufferPointer, into found: inout [Change]) {
    decoder.withSource(raw) { source in
      for entry in decoder.entries where entry.lsn <= until {
        if let change = Self.change(entry, source, of: number) { found.append(change) }
      }
    }
  }

  private mutating func append(_ changes: [Change], to replies: inout ReplyBatch) {
    for change in changes.reversed() where !isDone { append(change, to: &replies) }
  }

  private mutating func append(_ change: Change, to replies: inout ReplyBatch) {
    if beforeVersion == 0 || version < beforeVersion {
      let reference = change.reference.withUnsafeBytes { replies.store($0) }
      replies.changes.append(
        ItemChange(
          lsn: change.lsn, time: change.time, kind: change.kind, version: version,
          availableDelta: change.availableDelta, reservedDelta: change.reservedDelta, soldDelta: change.soldDelta,
          scrappedDelta: change.scrappedDelta, available: available, reference: reference))
      rows += 1
    }
    available -= change.availableDelta
    if version > 0 { version -= 1 }
  }

  private static func change(
    _ entry: RecordDecoder.Entry, _ source: EventSource, of number: ItemNumber
  ) -> Change? {
    func order(_ moved: Event.Moved, _ apply: (inout Change, Int64) -> Void) -> Change? {
      guard let line = source.lines(moved.lines).first(where: { $0.item == number }) else { return nil }
      var change = Change(entry, reference: Array(source.text(moved.order)))
      apply(&change, Int64(line.quantity))
      return change
    }
    switch entry.event {
    case .itemCreated(let item, _, let delta) where item == number,
      .itemReplaced(let item, let delta) where item == number:
      return Change(entry, reference: [], availableDelta: delta)
    case .supplied(let item, let quantity, let reference) where item == number:
      return Change(entry, reference: Array(source.text(reference)), availableDelta: quantity)
    case .adjusted(let item, let delta, let reason, _) where item == number:
      return Change(entry, reference: Array(source.text(reason)), availableDelta: delta)
    case .configured(let item, let floor) where item == number:
      return Change(entry, reference: Array("floor=\(floor)".utf8))
    case .moved(let from, _, let quantity) where from == number:
      return Change(entry, reference: [], availableDelta: -quantity)
    case .moved(_, let to, let quantity) where to == number:
      return Change(entry, reference: [], availableDelta: quantity)
    case .reserved(let placed):
      return order(Event.Moved(order: placed.order, lines: placed.lines)) {
        $0.availableDelta = -$1
        $0.reservedDelta = $1
      }
    case .deducted(let placed):
      return order(Event.Moved(order: placed.order, lines: placed.lines)) {
        $0.availableDelta = -$1
        $0.soldDelta = $1
      }
    case .confirmed(let moved), .partlyConfirmed(let moved):
      return order(moved) {
        $0.reservedDelta = -$1
        $0.soldDelta = $1
      }
    case .lateConfirmed(let moved), .deferredConfirmed(let moved):
      return order(moved) {
        $0.availableDelta = -$1
        $0.soldDelta = $1
      }
    case .cancelled(let moved, _), .expired(let moved), .partlyCancelled(let moved, _):
      return order(moved) {
        $0.reservedDelta = -$1
        $0.availableDelta = $1
      }
    case .returned(let moved, let disposition):
      return order(moved) {
        $0.soldDelta = -$1
        if disposition == .available { $0.availableDelta = $1 } else { $0.scrappedDelta = $1 }
      }
    case .itemCreated, .itemReplaced, .supplied, .adjusted, .moved, .limitSet, .shortfall, .deferred, .deferralEnded,
      .extended, .fenced, .refundRequired, .saleOpened, .salePaused, .saleResumed, .saleStarted, .saleClosed,
      .saleRetired, .buyerUnpaid, .buyerFlagged, .buyerCleared, .buyersForgotten, .refused, .attempted, .operationDone,
      .ordersRetired, .fingerprintsForgotten, .operationsForgotten, .outage, .sealed, .heartbeat, .epochBegan, .shipped,
      .delivered, .idsIssued, .configured:
      return nil
    }
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
