/// Walks the log from the newest part to the oldest and undoes an item's changes one by one, so that every row shows the balance
/// that it led to. Of an archived part only the blocks that name the item are read.
struct HistoryReader {
  private let number: ItemNumber
  private let until: LSN
  private let beforeVersion: UInt64
  private let rowsMax: Int
  private let bytesMax: UInt64

  private var reader: LogPartReader
  private var version: UInt64
  private var available: Int64
  private var rows = 0
  /// Every change from here on was seen.
  private var completeSince: LSN

  init(
    directory: StoreDirectory, store: StoreID, item: ItemBalance, until: LSN, beforeVersion: UInt64, rowsMax: Int,
    bytesMax: UInt64
  ) {
    reader = LogPartReader(directory: directory, store: store, until: until)
    number = item.number
    self.until = until
    self.beforeVersion = beforeVersion
    self.rowsMax = rowsMax
    self.bytesMax = bytesMax
    version = item.version
    available = item.available
    completeSince = until.advanced(by: 1)
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
    var parts = try reader.parts()
    var sequence = parts.keys.max() ?? 0
    while !isDone, let part = parts[sequence] {
      guard let isWhole = try take(part, &replies) else {
        parts = try reader.parts()
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

  /// - Returns: whether all of the part was read; nil if it went to the archive, or from it, since the look at the directory.
  private mutating func take(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool? {
    do throws(EngineFault) {
      switch part.form {
      case .segment: return try takeSegment(part, &replies)
      case .archive: return try takeArchived(part, &replies)
      }
    } catch  where error.code == .io {
      if try reader.parts()[part.sequence] == part { throw error }
      return nil
    }
  }

  /// Whether so many bytes more may be read. The newest part always is, or a history would say nothing.
  private func isAffordable(_ bytes: UInt64) -> Bool {
    reader.bytesRead == 0 || reader.bytesRead + bytes <= bytesMax
  }

  private mutating func takeSegment(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool {
    // Only the newest part, which is always read, can have room that was prepared and not written yet.
    let isNewest = reader.bytesRead == 0
    let bytes = try reader.bytes(of: part, isNewest: isNewest)
    guard isAffordable(UInt64(bytes)) else { return false }
    let number = number
    let segment = try reader.segment(part, reading: bytes, isNewest: isNewest) { Self.change($0, $1, of: number) }
    append(segment.found, to: &replies)
    completeSince = segment.firstLSN
    return true
  }

  private mutating func takeArchived(_ part: LogPart, _ replies: inout ReplyBatch) throws(EngineFault) -> Bool {
    guard isAffordable(0) else { return false }
    let number = number
    var archive = try reader.open(archived: part)
    for block in try reader.blocks(naming: CollectionOfOne(number), in: &archive).reversed() {
      if isDone { break }
      guard isAffordable(UInt64(archive.blocks[block].storedBytes)) else {
        // Nothing between this block and the last one that was read names the item.
        completeSince = min(completeSince, archive.blocks[block].lastLSN.advanced(by: 1))
        return false
      }
      append(try reader.block(block, of: &archive) { Self.change($0, $1, of: number) }, to: &replies)
    }
    completeSince = archive.header.firstLSN
    return true
  }

  // MARK: Changes

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
