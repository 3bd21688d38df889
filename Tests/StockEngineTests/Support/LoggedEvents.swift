import StockModel
import StockTestSupport

@testable import StockEngine

/// One event of a log in words: `reserved o-1 A=1 buyer=u1 until=15m`. Times count from the test's base.
struct LoggedEvent: Equatable, CustomStringConvertible {
  var lsn: LSN
  var time: Int64
  var kind: EventKind
  var text: String

  var description: String { "\(lsn) \(text)" }
}

extension TestStore {
  /// Every event of the archive and the log, in order.
  func events(after lsn: LSN = .zero) throws -> [LoggedEvent] {
    try LogReader(storage: storage).events().filter { $0.lsn > lsn }
  }

  /// What a test's equation shows: the events without the store's own.
  func eventTexts(after lsn: LSN = .zero) throws -> [String] {
    try events(after: lsn).filter { ![.heartbeat, .sealed, .epochBegan].contains($0.kind) }.map(\.text)
  }
}

/// What the events so far called the things that later ones number.
struct LogNames {
  var items: [ItemNumber: String] = [:]
  var sales: [ScopeNumber: String] = [:]
}

/// Reads the log of a simulated disk.
struct LogReader {
  let storage: SimulatedStorage
  var path = TestStore.path
  var store = TestStore.id

  func events() throws -> [LoggedEvent] {
    var names = LogNames()
    var found: [LoggedEvent] = []
    for part in try parts() { found += try events(of: part, &names) }
    return found
  }

  /// The events of one record, looked for from the end on. What an earlier part names is told by its
  /// number.
  func events(at lsn: LSN) throws -> [LoggedEvent] {
    for part in try parts().reversed() {
      var names = LogNames()
      let found = try events(of: part, &names).filter { $0.lsn == lsn }
      if !found.isEmpty { return found }
    }
    return []
  }

  private func parts() throws -> [LogPart] { try StoreDirectory(storage: storage, path: path).logParts() }

  private func events(of part: LogPart, _ names: inout LogNames) throws -> [LoggedEvent] {
    switch part.form {
    case .archive: return try archivedEvents(part, &names)
    case .segment:
      guard var bytes = storage.bytes(part.path) else { return [] }
      return try Self.events(&bytes, name: LogFormat.segmentName(part.sequence), store, &names)
    }
  }

  private func archivedEvents(_ part: LogPart, _ names: inout LogNames) throws -> [LoggedEvent] {
    var reader = try ArchiveReader(storage, path: part.path, store: store)
    var decoder = RecordDecoder()
    var found: [LoggedEvent] = []
    for number in reader.blocks.indices {
      let raw = try reader.read(block: number)
      try decoder.decode(raw, reader.blocks[number].run)
      found += Self.events(decoder, raw, &names)
    }
    return found
  }

  private static func events(
    _ bytes: inout [UInt8], name: String, _ store: StoreID, _ names: inout LogNames
  ) throws -> [LoggedEvent] {
    let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.groupRawBytesMax + 64, alignment: 64)
    defer { raw.deallocate() }
    return try bytes.withUnsafeMutableBytes { buffer in
      var scan = try SegmentScan(name: name, bytes: buffer, store: store)
      var decoder = RecordDecoder()
      var found: [LoggedEvent] = []
      while case .group(let header, _) = scan.next(into: raw) {
        let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
        try decoder.decode(body, header.run)
        found += Self.events(decoder, body, &names)
      }
      return found
    }
  }

  private static func events(
    _ decoder: RecordDecoder, _ raw: UnsafeRawBufferPointer, _ names: inout LogNames
  ) -> [LoggedEvent] {
    decoder.withSource(raw) { source in
      decoder.entries.map { entry in
        LoggedEvent(
          lsn: entry.lsn, time: entry.time.milliseconds - TestStore.base, kind: entry.event.kind,
          text: text(entry.event, source, &names))
      }
    }
  }

  static func text(_ event: Event, _ source: EventSource, _ names: inout LogNames) -> String {
    if case .itemCreated(let number, let name, _) = event { names.items[number] = source.string(name) }
    if case .saleOpened(let number, let name, _, _) = event { names.sales[number] = source.string(name) }
    return EventText(source: source, names: names).text(event)
  }
}

private struct EventText {
  let source: EventSource
  let names: LogNames

  private func name(_ number: ItemNumber) -> String { names.items[number] ?? "item-\(number.rawValue)" }
  private func name(_ number: ScopeNumber) -> String { names.sales[number] ?? "scope-\(number.rawValue)" }
  private func time(_ time: Timestamp) -> String {
    time.milliseconds < 0 ? "never" : Times.text(time.milliseconds - TestStore.base)
  }

  private func join(_ words: String...) -> String { words.filter { !$0.isEmpty }.joined(separator: " ") }

  private func lines(_ range: IndexRange) -> String {
    source.lines(range).map { "\(name($0.item))=\($0.quantity)" }.sorted().joined(separator: " ")
  }

  private func placed(_ placed: Event.Placed, _ verb: String, until: Bool) -> String {
    join(
      verb, source.string(placed.order), lines(placed.lines),
      placed.buyer.isEmpty ? "" : "buyer=\(source.string(placed.buyer))",
      placed.payload.isEmpty ? "" : "payload=\(source.string(placed.payload))",
      placed.sale.isNone ? "" : "sale=\(name(placed.sale))", pairs(placed.subjects, "subject"),
      source.lines(placed.lines).filter(\.isCounted).map { "counted=\(name($0.item))" }.joined(separator: " "),
      until ? "until=\(time(placed.deadline))" : "")
  }

  private func pairs(_ list: ByteRange, _ word: String) -> String {
    SubjectList.pairs(Array(source.text(list))).map { "\(word)=\($0.dimension):\($0.value)" }.joined(separator: " ")
  }

  private func limits(_ limits: ByteRange) -> String {
    (Limit.decoded(source.text(limits)) ?? []).map {
      "\($0.dimension):\($0.max)" + ($0.measure == .openOrders ? ":orders" : "")
        + ($0.isGivenBackOnReturn ? ":return" : "")
    }.joined(separator: " ")
  }

  private func opened(_ sale: ByteRange, _ terms: SaleTerms, _ isPaused: Bool) -> String {
    join(
      "saleOpened", source.string(sale), "start=\(time(terms.start))", "end=\(time(terms.end))",
      terms.holdMilliseconds == 0 ? "" : "pay=\(Times.text(terms.holdMilliseconds))",
      terms.unpaid == .allow ? "" : "unpaid=\(terms.unpaid)", terms.flagged == .allow ? "" : "flagged=\(terms.flagged)",
      terms.options.isEmpty ? "" : "options=\(terms.options.rawValue)", isPaused ? "paused" : "", limits(terms.limits),
      pairs(terms.eligible, "eligible"))
  }

  private func moved(_ moved: Event.Moved, _ verb: String) -> String {
    join(verb, source.string(moved.order), lines(moved.lines))
  }

  func text(_ event: Event) -> String {
    switch event {
    case .itemCreated(let number, _, let quantity): "created \(name(number))=\(quantity)"
    case .itemReplaced(let number, let delta): "replaced \(name(number)) \(delta)"
    case .supplied(let number, let quantity, let reference):
      join("supplied", "\(name(number))=\(quantity)", source.string(reference))
    case .adjusted(let number, let delta, let reason, let reference):
      join("adjusted", name(number), "\(delta)", source.string(reason), source.string(reference))
    case .shortfall(let number, let units): "shortfall \(name(number))=\(units)"
    case .configured(let number, let floor): "configured \(name(number)) floor=\(floor)"
    case .moved(let from, let to, let quantity): "moved \(name(from)) \(name(to)) \(quantity)"
    case .reserved(let placed): self.placed(placed, "reserved", until: true)
    case .deducted(let placed): self.placed(placed, "deducted", until: false)
    case .confirmed(let moved): self.moved(moved, "confirmed")
    case .lateConfirmed(let moved): self.moved(moved, "lateConfirmed")
    case .cancelled(let moved, let reason): join(self.moved(moved, "cancelled"), source.string(reason))
    case .expired(let moved): self.moved(moved, "expired")
    case .partlyConfirmed(let moved): self.moved(moved, "partlyConfirmed")
    case .partlyCancelled(let moved, let reason): join(self.moved(moved, "partlyCancelled"), source.string(reason))
    case .shipped(let order): "shipped \(source.string(order))"
    case .delivered(let order): "delivered \(source.string(order))"
    case .returned(let moved, let disposition): join(self.moved(moved, "returned"), "\(disposition)")
    case .extended(let order, let deadline): "extended \(source.string(order)) until=\(time(deadline))"
    case .fenced(let order, let reason): join("fenced", source.string(order), source.string(reason))
    case .refundRequired(let order): "refundRequired \(source.string(order))"
    case .operationDone(let id, let operation, _):
      "done \(source.string(id)) \(Operation(rawValue: operation)?.name ?? "?")"
    case .ordersRetired(_, let ended, let sold): "retired ended=\(time(ended)) sold=\(time(sold))"
    case .fingerprintsForgotten(_, let upTo): "forgotOrders upTo=\(time(upTo))"
    case .operationsForgotten(_, let upTo): "forgotOperations upTo=\(time(upTo))"
    case .outage(let from, let to, let shift): "outage from=\(time(from)) to=\(time(to)) shift=\(Times.text(shift))"
    case .limitSet(_, let sku, let limit, let isLifted):
      join(isLifted ? "lifted" : "limited", source.string(sku), limits(limit))
    case .deferred(let placed): self.placed(placed, "deferred", until: true)
    case .deferredConfirmed(let moved): self.moved(moved, "deferredConfirmed")
    case .deferralEnded(let moved, let state, let reason):
      join(self.moved(moved, "deferralEnded"), state.name, source.string(reason))
    case .saleOpened(_, let sale, let terms, let isPaused): opened(sale, terms, isPaused)
    case .salePaused(let number): "salePaused \(name(number))"
    case .saleResumed(let number): "saleResumed \(name(number))"
    case .saleStarted(let number): "saleStarted \(name(number))"
    case .saleClosed(let number): "saleClosed \(name(number))"
    case .saleRetired(let number): "saleRetired \(name(number))"
    case .buyerUnpaid(let buyer): "unpaid \(source.string(buyer))"
    case .buyerFlagged(let buyer, let isByHand, let until):
      join("flagged", source.string(buyer), isByHand ? "hand" : "rule", until == .zero ? "" : "until=\(time(until))")
    case .buyerCleared(let buyer): "cleared \(source.string(buyer))"
    case .buyersForgotten(_, let upTo): "forgotBuyers upTo=\(time(upTo))"
    case .refused(let item, let reason, let attempts, let units):
      "refused \(name(item)) \(Outcome(rawValue: reason)?.name ?? "?") attempts=\(attempts) units=\(units)"
    case .attempted(let placed, let refusal):
      join(
        self.placed(placed, "attempted", until: !refusal.isDeduct), Outcome(rawValue: refusal.reason)?.name ?? "?",
        refusal.isDeduct ? "deduct" : "", refusal.replacesUnpaid ? "replace" : "")
    case .sealed: "sealed"
    case .heartbeat: "heartbeat"
    case .epochBegan(let start): "epoch \(start.epoch.number)"
    case .idsIssued(let last): "issued \(last)"
    }
  }
}
