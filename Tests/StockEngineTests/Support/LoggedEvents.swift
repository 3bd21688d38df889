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

/// Reads the log of a simulated disk.
struct LogReader {
  let storage: SimulatedStorage
  var path = TestStore.path
  var store = TestStore.id

  func events() throws -> [LoggedEvent] {
    var names: [ItemNumber: String] = [:]
    var found: [LoggedEvent] = []
    for part in try StoreDirectory(storage: storage, path: path).logParts() {
      switch part.form {
      case .archive: found += try archivedEvents(part, &names)
      case .segment:
        guard var bytes = storage.bytes(part.path) else { continue }
        found += try Self.events(&bytes, name: LogFormat.segmentName(part.sequence), store, &names)
      }
    }
    return found
  }

  private func archivedEvents(_ part: LogPart, _ names: inout [ItemNumber: String]) throws -> [LoggedEvent] {
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
    _ bytes: inout [UInt8], name: String, _ store: StoreID, _ names: inout [ItemNumber: String]
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
    _ decoder: RecordDecoder, _ raw: UnsafeRawBufferPointer, _ names: inout [ItemNumber: String]
  ) -> [LoggedEvent] {
    decoder.withSource(raw) { source in
      decoder.entries.map { entry in
        LoggedEvent(
          lsn: entry.lsn, time: entry.time.milliseconds - TestStore.base, kind: entry.event.kind,
          text: text(entry.event, source, &names))
      }
    }
  }

  static func text(_ event: Event, _ source: EventSource, _ names: inout [ItemNumber: String]) -> String {
    if case .itemCreated(let number, let name, _) = event { names[number] = source.string(name) }
    return EventText(source: source, names: names).text(event)
  }
}

private struct EventText {
  let source: EventSource
  let names: [ItemNumber: String]

  private func name(_ number: ItemNumber) -> String { names[number] ?? "item-\(number.rawValue)" }
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
      until ? "until=\(time(placed.deadline))" : "")
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
      join(
        isLifted ? "lifted" : "limited", source.string(sku),
        Limit.decoded(source.text(limit))?.map { "\($0.dimension):\($0.max)" }.joined() ?? "?")
    case .deferred(let placed): self.placed(placed, "deferred", until: true)
    case .deferredConfirmed(let moved): self.moved(moved, "deferredConfirmed")
    case .deferralEnded(let moved, let state, let reason):
      join(self.moved(moved, "deferralEnded"), state.name, source.string(reason))
    case .saleOpened(_, let sale, let terms, _):
      "saleOpened \(source.string(sale)) start=\(time(terms.start)) end=\(time(terms.end))"
    case .salePaused: "salePaused"
    case .saleResumed: "saleResumed"
    case .saleStarted: "saleStarted"
    case .saleClosed: "saleClosed"
    case .saleRetired: "saleRetired"
    case .buyerUnpaid(let buyer): "unpaid \(source.string(buyer))"
    case .buyerFlagged(let buyer, let isByHand, let until):
      join("flagged", source.string(buyer), isByHand ? "hand" : "rule", until == .zero ? "" : "until=\(time(until))")
    case .buyerCleared(let buyer): "cleared \(source.string(buyer))"
    case .buyersForgotten(_, let upTo): "forgotBuyers upTo=\(time(upTo))"
    case .refused(let item, let reason, let attempts, let units):
      "refused \(name(item)) \(Outcome(rawValue: reason)?.name ?? "?") attempts=\(attempts) units=\(units)"
    case .sealed: "sealed"
    case .heartbeat: "heartbeat"
    case .epochBegan(let start): "epoch \(start.epoch.number)"
    case .idsIssued(let last): "issued \(last)"
    }
  }
}
