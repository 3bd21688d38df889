extension Inventory {
  /// Reads an item's changes from the log and the archive, newest first. Blocks, for as long as the files take: call it off the
  /// event loops.
  /// - Parameters:
  ///   - beforeVersion: only changes that led to a lower version; 0 begins at the newest.
  ///   - rowsMax: 1 ... 1000.
  /// - Returns: in `replies`, one `found` reply with a history body, whose `completeSince` says from which LSN on the rows are
  ///   all there are; `unknownItem`; or `unavailable` if the files cannot be read.
  public func history(
    item: String, beforeVersion: UInt64, rowsMax: Int, into replies: inout ReplyBatch
  ) {
    var batch = CommandBatch()
    let name = batch.shortName(batch.store(item))
    batch.appendLine(item: name, quantity: 0)
    batch.append(.get(Get(lines: IndexRange(start: 0, count: 1))))
    var present = ReplyBatch()
    makeExecutor().execute(&batch, into: &present)
    let lsn = present.replies[0].lsn
    guard case .items = present.replies[0].body, present.items[0].exists else {
      var reply = Reply(.unknownItem)
      reply.lsn = lsn
      replies.append(reply)
      return
    }
    do {
      try commit.flush()
      var reader = HistoryReader(
        directory: directory, store: storeID, item: present.items[0], until: lsn, beforeVersion: beforeVersion,
        rowsMax: rowsMax, bytesMax: configuration.historyBytesMax)
      try reader.run(into: &replies, lsn: lsn)
    } catch {
      var reply = Reply(.unavailable)
      reply.lsn = lsn
      replies.append(reply)
    }
  }
}

extension ReplyBatch {
  mutating func append(_ reply: Reply) {
    replies.append(reply)
    gate = max(gate, reply.lsn)
  }
}

/// Walks segments from the newest to the oldest and undoes an item's changes one by one, so that every row shows the balance
/// that it led to.
private struct HistoryReader {
  let directory: StoreDirectory
  let store: StoreID
  let number: ItemNumber
  let until: LSN
  let beforeVersion: UInt64
  let rowsMax: Int
  let bytesMax: UInt64

  private var version: UInt64
  private var available: Int64

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
  }

  /// One change as the log tells it.
  private struct Change {
    var entry: RecordDecoder.Entry
    var reference: [UInt8]
    var availableDelta: Int64 = 0
    var reservedDelta: Int64 = 0
    var soldDelta: Int64 = 0
    var scrappedDelta: Int64 = 0
  }

  mutating func run(into replies: inout ReplyBatch, lsn: LSN) throws(EngineFault) {
    let start = replies.changes.count
    var read: UInt64 = 0
    var completeSince = until
    for path in try segmentsNewestFirst() {
      if replies.changes.count - start >= rowsMax || version == 0 || read > bytesMax { break }
      let (changes, firstLSN, bytes) = try changes(of: path)
      read += bytes
      for change in changes.reversed() where replies.changes.count - start < rowsMax {
        append(change, to: &replies)
      }
      if replies.changes.count - start < rowsMax { completeSince = firstLSN }
    }
    let isComplete = replies.changes.count - start < rowsMax
    var reply = Reply(
      .found,
      .history(
        IndexRange(start: start, count: replies.changes.count - start),
        completeSince: isComplete ? completeSince : replies.changes.last?.lsn ?? completeSince))
    reply.lsn = lsn
    replies.append(reply)
  }

  private func segmentsNewestFirst() throws(EngineFault) -> [String] {
    do {
      var paths: [(UInt64, String)] = []
      for folder in [directory.log, directory.archive] {
        for name in try directory.storage.list(folder) {
          if let sequence = LogFormat.segmentSequence(name) { paths.append((sequence, "\(folder)/\(name)")) }
        }
      }
      return paths.sorted { $0.0 > $1.0 }.map(\.1)
    } catch {
      throw .io(error, "Check the directory.")
    }
  }

  private func changes(of path: String) throws(EngineFault) -> ([Change], LSN, UInt64) {
    let bytes = try directory.storage.readSegment(path, direct: false)
    defer { bytes.deallocate() }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    let name = String(path.split(separator: "/").last ?? "")
    var scan = try SegmentScan(name: name, bytes: bytes, store: store)
    var decoder = RecordDecoder()
    var found: [Change] = []
    while case .group(let header, let offset) = scan.next(into: raw), header.firstLSN <= until {
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      do {
        try decoder.decode(body, header)
      } catch {
        throw .corruptLog(path, offset: offset, lsn: header.firstLSN, "a group's records do not read.")
      }
      decoder.withSource(body) { source in
        for entry in decoder.entries where entry.lsn <= until {
          if let change = Self.change(entry, source, of: number) { found.append(change) }
        }
      }
    }
    return (found, scan.header.firstLSN, UInt64(bytes.count))
  }

  private mutating func append(_ change: Change, to replies: inout ReplyBatch) {
    let delta = change.availableDelta
    if beforeVersion == 0 || version < beforeVersion {
      let reference = change.reference.withUnsafeBytes { replies.store($0) }
      replies.changes.append(
        ItemChange(
          lsn: change.entry.lsn, time: change.entry.time, kind: change.entry.event.kind, version: version,
          availableDelta: delta, reservedDelta: change.reservedDelta, soldDelta: change.soldDelta,
          scrappedDelta: change.scrappedDelta, available: available, reference: reference))
    }
    available -= delta
    if version > 0 { version -= 1 }
  }

  private static func change(
    _ entry: RecordDecoder.Entry, _ source: EventSource, of number: ItemNumber
  ) -> Change? {
    func order(_ moved: Event.Moved, _ apply: (inout Change, Int64) -> Void) -> Change? {
      guard let line = source.lines(moved.lines).first(where: { $0.item == number }) else { return nil }
      var change = Change(entry: entry, reference: Array(source.text(moved.order)))
      apply(&change, Int64(line.quantity))
      return change
    }
    switch entry.event {
    case .itemCreated(let item, _, let delta) where item == number,
      .itemReplaced(let item, let delta) where item == number:
      return Change(entry: entry, reference: [], availableDelta: delta)
    case .supplied(let item, let quantity, let reference) where item == number:
      return Change(entry: entry, reference: Array(source.text(reference)), availableDelta: quantity)
    case .adjusted(let item, let delta, let reason, _) where item == number:
      return Change(entry: entry, reference: Array(source.text(reason)), availableDelta: delta)
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
    case .confirmed(let moved):
      return order(moved) {
        $0.reservedDelta = -$1
        $0.soldDelta = $1
      }
    case .lateConfirmed(let moved):
      return order(moved) {
        $0.availableDelta = -$1
        $0.soldDelta = $1
      }
    case .cancelled(let moved, _), .expired(let moved):
      return order(moved) {
        $0.reservedDelta = -$1
        $0.availableDelta = $1
      }
    case .returned(let moved, let disposition):
      return order(moved) {
        $0.soldDelta = -$1
        if disposition == .available { $0.availableDelta = $1 } else { $0.scrappedDelta = $1 }
      }
    case .itemCreated, .itemReplaced, .supplied, .adjusted, .shortfall, .extended, .fenced, .refundRequired,
      .operationDone, .ordersRetired, .fingerprintsForgotten, .operationsForgotten, .outage, .sealed, .heartbeat, .epochBegan:
      return nil
    }
  }
}
