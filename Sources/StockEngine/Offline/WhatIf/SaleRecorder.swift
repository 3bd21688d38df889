/// Makes a sale's tape of the log's events, and sums up what came of it then.
struct SaleRecorder {
  private typealias OrderPrint = SaleTape.OrderPrint

  private let name: [UInt8]
  private let store: StoreID
  private var number: ScopeNumber?
  private var tape: SaleTape?
  private(set) var tally = SaleTally()
  /// Flags that were there when the sale was opened.
  private var flags: [[UInt8]: (isByHand: Bool, until: Timestamp)] = [:]
  /// What is known of an order id: nil once an order outside of the sale has it.
  private var orders: [OrderPrint: Known] = [:]
  /// Attempts that were counted as refused, a line of a cart each, and those that were recorded.
  private var counted: UInt64 = 0
  private var recordedLines: UInt64 = 0

  private struct Known {
    /// The lines that it has in the sale; nil if it was only refused so far.
    var lines: IndexRange?
    /// Some of its units went their own way.
    var isInParts = false
  }

  init(sale: String, store: StoreID) {
    name = Array(sale.utf8)
    self.store = store
  }

  /// The tape; nil if no opening of the sale came by.
  func finish() -> SaleTape? {
    guard var tape else { return nil }
    tape.unrecorded = counted > recordedLines ? counted - recordedLines : 0
    return tape
  }

  mutating func add(_ entry: RecordDecoder.Entry, _ source: EventSource) {
    guard tape != nil else { return addBeforeOpening(entry, source) }
    if entry.time > tape!.end { tape!.end = entry.time }
    addStep(entry, source)
    tally.add(entry.event, source, at: entry.time)
  }

  private mutating func addBeforeOpening(_ entry: RecordDecoder.Entry, _ source: EventSource) {
    switch entry.event {
    case .buyerFlagged(let buyer, let isByHand, let until): flags[Array(source.text(buyer))] = (isByHand, until)
    case .buyerCleared(let buyer): flags[Array(source.text(buyer))] = nil
    case .saleOpened(let number, let sale, let terms, let isPaused) where source.text(sale).elementsEqual(name):
      self.number = number
      let opened = SaleTape(
        sale: source.string(sale), terms: terms, limits: Array(source.text(terms.limits)),
        eligible: Array(source.text(terms.eligible)), isPaused: isPaused)
      tape = opened
      tape!.end = entry.time
      for (buyer, flag) in flags.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        let range = buyer.withUnsafeBytes { store($0) }
        append(.flag(isByHand: flag.isByHand, until: flag.until), entry, range)
      }
      flags = [:]
    default: break
    }
  }

  // MARK: Steps

  private mutating func store(_ text: UnsafeRawBufferPointer) -> ByteRange {
    let offset = tape!.text.count
    tape!.text.append(contentsOf: text)
    return ByteRange(offset: offset, count: text.count)
  }

  /// The lines as SKUs of the sale; nil if one of them is of another pool.
  private mutating func store(_ range: IndexRange, _ source: EventSource) -> IndexRange? {
    let start = tape!.lines.count
    for line in source.lines(range) {
      guard let sku = tally.sku(of: line.item) else {
        tape!.lines.removeLast(tape!.lines.count - start)
        return nil
      }
      tape!.lines.append(SaleTape.Line(sku: Int32(sku), quantity: line.quantity))
    }
    return IndexRange(start: start, count: tape!.lines.count - start)
  }

  private mutating func append(
    _ kind: SaleTape.Kind, _ entry: RecordDecoder.Entry, _ name: ByteRange = .empty, _ lines: IndexRange = .empty
  ) {
    tape!.steps.append(SaleTape.Step(lsn: entry.lsn, time: entry.time, name: name, lines: lines, kind: kind))
  }

  private mutating func addStep(_ entry: RecordDecoder.Entry, _ source: EventSource) {
    switch entry.event {
    case .reserved(let placed), .deferred(let placed): addPlaced(placed, isDeduct: false, entry, source)
    case .deducted(let placed): addPlaced(placed, isDeduct: true, entry, source)
    case .attempted(let placed, let refusal): addRefused(placed, refusal, entry, source)
    case .confirmed(let moved), .lateConfirmed(let moved), .deferredConfirmed(let moved):
      addMoved(moved, .confirm, entry, source)
    case .cancelled(let moved, let reason): addMoved(moved, .cancel(reason: reason), entry, source)
    case .expired(let moved): addMoved(moved, .expire, entry, source)
    case .deferralEnded(let moved, let state, let reason):
      addMoved(moved, state == .expired ? .expire : .cancel(reason: reason), entry, source)
    case .partlyConfirmed(let moved): addMoved(moved, .confirmLines(releases: false), entry, source)
    case .partlyCancelled(let moved, let reason): addPartlyCancelled(moved, reason, entry, source)
    case .returned(let moved, let disposition): addMoved(moved, .giveBack(disposition), entry, source)
    case .extended(let order, let deadline): addNamed(order, .extend(deadline: deadline), entry, source)
    case .shipped(let order): addNamed(order, .ship, entry, source)
    case .delivered(let order): addNamed(order, .deliver, entry, source)
    case .fenced(let order, let reason): addFence(order, reason, entry, source)
    case .refundRequired(let order): addLatePayment(order, entry, source)
    default: addToSale(entry, source)
    }
  }

  private mutating func addToSale(_ entry: RecordDecoder.Entry, _ source: EventSource) {
    switch entry.event {
    case .itemCreated(let item, let text, _): addItem(item, source.text(text), entry)
    case .moved(let from, let to, let units):
      if let sku = tally.sku(of: to) {
        append(.fill(sku: sku, units: units), entry)
      } else if let sku = tally.sku(of: from) {
        append(.settle(sku: sku), entry)
        tape!.settledSKUs.insert(sku)
      }
    case .salePaused(let number) where number == self.number: append(.pause, entry)
    case .saleResumed(let number) where number == self.number: append(.resume, entry)
    case .saleClosed(let number) where number == self.number: append(.close, entry)
    case .saleRetired(let number) where number == self.number: append(.retire, entry)
    case .refused(let item, _, let attempts, _): if tally.sku(of: item) != nil { counted += UInt64(attempts) }
    case .buyerFlagged(let buyer, let isByHand, let until) where tape!.terms.flagged != .allow:
      append(.flag(isByHand: isByHand, until: until), entry, store(source.text(buyer)))
    case .buyerCleared(let buyer) where tape!.terms.flagged != .allow:
      append(.clearFlag, entry, store(source.text(buyer)))
    case .outage(let from, let to, let shift):
      append(.outage(from: from, to: to, shiftMilliseconds: shift), entry)
    case .ordersRetired(let partition, let ended, let sold):
      append(.retireOrders(partition, endedUpTo: ended, soldUpTo: sold), entry)
    case .fingerprintsForgotten(let partition, let upTo): append(.forgetOrders(partition, upTo: upTo), entry)
    default: break
    }
  }

  private mutating func addItem(_ item: ItemNumber, _ text: UnsafeRawBufferPointer, _ entry: RecordDecoder.Entry) {
    guard let at = text.firstIndex(of: UInt8(ascii: "@")), text.count == at + 2 + name.count,
      text[at + 1] == UInt8(ascii: "~"), text[(at + 2)...].elementsEqual(name)
    else { return }
    let sku = tape!.skus.count
    tape!.skus.append(String(decoding: text[..<at], as: UTF8.self))
    tally.name(item, sku: sku)
    append(.create(sku: sku), entry)
  }

  // MARK: Attempts

  private mutating func addPlaced(
    _ placed: Event.Placed, isDeduct: Bool, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    let id = OrderPrint(source.text(placed.order))
    guard placed.sale == number, let lines = store(placed.lines, source) else {
      orders[id] = nil
      return
    }
    // Orders that end in the record of another's beginning made room for it: the command did that, not their buyers.
    var replaced: [SaleTape.Step] = []
    while let last = tape!.steps.last, last.lsn == entry.lsn, case .cancel = last.kind {
      replaced.append(tape!.steps.removeLast())
    }
    tally.attempts += 1
    orders[id] = Known(lines: lines)
    tape!.fates.insert(id)
    addAttempt(
      placed, lines, isDeduct: isDeduct, replacesUnpaid: !replaced.isEmpty, isRefused: false, entry, source)
    for step in replaced.reversed() { append(.replaced, entry, step.name) }
  }

  private mutating func addRefused(
    _ placed: Event.Placed, _ refusal: Event.Refusal, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    guard placed.sale == number, let lines = store(placed.lines, source),
      let reason = Outcome(rawValue: refusal.reason)
    else { return }
    let id = OrderPrint(source.text(placed.order))
    tally.attempts += 1
    tally.refuse(id, reason, tape!.lines[lines.indices])
    recordedLines += UInt64(lines.count)
    orders[id] = Known()
    addAttempt(
      placed, lines, isDeduct: refusal.isDeduct, replacesUnpaid: refusal.replacesUnpaid, isRefused: true, entry, source)
  }

  private mutating func addAttempt(
    _ placed: Event.Placed, _ lines: IndexRange, isDeduct: Bool, replacesUnpaid: Bool, isRefused: Bool,
    _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    let attempt = SaleTape.Attempt(
      buyer: store(source.text(placed.buyer)), subjects: store(source.text(placed.subjects)),
      holdMilliseconds: placed.deadline.milliseconds - entry.time.milliseconds, isDeduct: isDeduct,
      replacesUnpaid: replacesUnpaid, isRefused: isRefused)
    append(.attempt(attempt), entry, store(source.text(placed.order)), lines)
  }

  // MARK: Fates

  private mutating func addMoved(
    _ moved: Event.Moved, _ kind: SaleTape.Kind, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    let id = OrderPrint(source.text(moved.order))
    guard orders[id]?.lines != nil, let lines = store(moved.lines, source) else { return }
    if case .confirmLines = kind { orders[id]?.isInParts = true }
    if case .cancelLines = kind { orders[id]?.isInParts = true }
    append(kept(kind, source), entry, store(source.text(moved.order)), lines)
  }

  /// A reason's text goes onto the tape.
  private mutating func kept(_ kind: SaleTape.Kind, _ source: EventSource) -> SaleTape.Kind {
    switch kind {
    case .cancel(let reason): .cancel(reason: store(source.text(reason)))
    case .cancelLines(let reason): .cancelLines(reason: store(source.text(reason)))
    default: kind
    }
  }

  private mutating func addPartlyCancelled(
    _ moved: Event.Moved, _ reason: ByteRange, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    if let last = tape!.steps.last, last.lsn == entry.lsn, case .confirmLines = last.kind {
      // What the confirm of some units gave back, in the same record.
      tape!.steps[tape!.steps.count - 1].kind = .confirmLines(releases: true)
    } else {
      addMoved(moved, .cancelLines(reason: reason), entry, source)
    }
  }

  private mutating func addNamed(
    _ order: ByteRange, _ kind: SaleTape.Kind, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    if orders[OrderPrint(source.text(order))]?.lines == nil { return }
    append(kind, entry, store(source.text(order)))
  }

  /// A cancel (or a check-back) of an order that had only been refused: had it won, it would have been given back then.
  private mutating func addFence(
    _ order: ByteRange, _ reason: ByteRange, _ entry: RecordDecoder.Entry, _ source: EventSource
  ) {
    let id = OrderPrint(source.text(order))
    guard let known = orders[id], known.lines == nil else { return }
    tape!.fates.insert(id)
    append(.cancel(reason: store(source.text(reason))), entry, store(source.text(order)))
  }

  /// Somebody paid for an order that was over. Were its units gone then, or was it a payment of some of them only, which never
  /// takes them again?
  private mutating func addLatePayment(_ order: ByteRange, _ entry: RecordDecoder.Entry, _ source: EventSource) {
    let id = OrderPrint(source.text(order))
    guard let known = orders[id], let lines = known.lines else { return }
    if let last = tape!.steps.last, last.lsn == entry.lsn, case .cancel = last.kind {
      // A deferred order that was paid when nothing was left.
      tape!.steps[tape!.steps.count - 1].kind = .confirm
      return
    }
    let isShort =
      !known.isInParts
      && lines.indices.contains {
        tally.available(Int(tape!.lines[$0].sku)) < Int64(tape!.lines[$0].quantity)
      }
    append(.payLate(isShort: isShort), entry, store(source.text(order)))
  }
}
