// The bytes of an event: its kind, then its fields. Varints are LEB128, signed ones zigzag; a text is its length and its
// bytes; an item is its number as 32 bits; lines are item and quantity. docs/log-format.md has the tables; the golden-byte
// tests hold both to it.

/// Which optional fields of a placed order follow. Unknown bits mean a newer format.
private struct PlacedFields: OptionSet {
  var rawValue: UInt8
  static let buyer = PlacedFields(rawValue: 1)
  static let payload = PlacedFields(rawValue: 2)
  static let severalLines = PlacedFields(rawValue: 4)
  static let sale = PlacedFields(rawValue: 8)
  static let subjects = PlacedFields(rawValue: 16)
  /// Each quantity is doubled, plus one if the line counts for its SKU's limits.
  static let counted = PlacedFields(rawValue: 32)
  static let known: PlacedFields = [.buyer, .payload, .severalLines, .sale, .subjects, .counted]
}

/// Which settings of an item a `configured` tells. Unknown bits mean a newer format.
private struct ConfiguredFields: OptionSet {
  var rawValue: UInt8
  static let floor = ConfiguredFields(rawValue: 1)
}

extension ByteWriter {
  /// - Parameter time: the record's time; deadlines are written relative to it.
  @inline(__always)
  mutating func put(_ event: Event, from source: EventSource, at time: Timestamp) {
    switch event {
    case .reserved(let placed): put(placed, .reserved, source, time)
    case .deducted(let placed): put(placed, .deducted, source, time)
    case .deferred(let placed): put(placed, .deferred, source, time)
    case .confirmed(let moved): put(moved, .confirmed, source)
    case .lateConfirmed(let moved): put(moved, .lateConfirmed, source)
    case .expired(let moved): put(moved, .expired, source)
    default: putRare(event, from: source, at: time)
    }
  }

  @inline(__always)
  private mutating func put(_ placed: Event.Placed, _ kind: EventKind, _ source: EventSource, _ time: Timestamp) {
    let lines = source.lines(placed.lines)
    makeRoom(
      64 + Int(placed.order.count) + Int(placed.buyer.count) + Int(placed.payload.count) + Int(placed.subjects.count)
        + lines.count * 10)
    var fields: PlacedFields = []
    if !placed.buyer.isEmpty { fields.insert(.buyer) }
    if !placed.payload.isEmpty { fields.insert(.payload) }
    if lines.count != 1 { fields.insert(.severalLines) }
    if !placed.sale.isNone { fields.insert(.sale) }
    if !placed.subjects.isEmpty { fields.insert(.subjects) }
    var isCounted = false
    for line in lines where line.isCounted { isCounted = true }
    if isCounted { fields.insert(.counted) }
    put(kind.rawValue)
    put(fields.rawValue)
    putText(source.text(placed.order))
    if kind != .deducted { putSigned(placed.deadline.milliseconds - time.milliseconds) }
    if !placed.buyer.isEmpty { putText(source.text(placed.buyer)) }
    if !placed.payload.isEmpty { putText(source.text(placed.payload)) }
    if !placed.sale.isNone { put(placed.sale.rawValue) }
    if !placed.subjects.isEmpty { putText(source.text(placed.subjects)) }
    if lines.count != 1 { putVarint(UInt64(lines.count)) }
    for line in lines {
      put(line.item.rawValue)
      putVarint(isCounted ? UInt64(line.quantity) << 1 | (line.isCounted ? 1 : 0) : UInt64(line.quantity))
    }
  }

  @inline(__always)
  private mutating func put(_ moved: Event.Moved, _ kind: EventKind, _ source: EventSource) {
    let lines = source.lines(moved.lines)
    makeRoom(32 + Int(moved.order.count) + lines.count * 10)
    put(kind.rawValue)
    putText(source.text(moved.order))
    putVarint(UInt64(lines.count))
    for line in lines {
      put(line.item.rawValue)
      putVarint(UInt64(line.quantity))
    }
  }

  @inline(never)
  private mutating func putRare(_ event: Event, from source: EventSource, at time: Timestamp) {
    // No other rare event has more than two texts, and each has a bound.
    makeRoom(64 + 2 * (Bounds.itemNameBytesMax + Bounds.noteBytesMax))
    switch event {
    case .reserved, .deducted, .deferred, .confirmed, .lateConfirmed, .expired:
      preconditionFailure("written above")
    case .limitSet(let scope, let sku, let limit, let isLifted):
      put(EventKind.limitSet.rawValue)
      put(scope.rawValue)
      putText(source.text(sku))
      putText(source.text(limit))
      put(UInt8(isLifted ? 1 : 0))
    case .refused(let item, let reason, let attempts, let units):
      put(EventKind.refused.rawValue)
      put(item.rawValue)
      put(reason)
      putVarint(UInt64(attempts))
      putSigned(units)
    case .attempted(let placed, let refusal): put(placed, refusal, source, time)
    case .deferredConfirmed(let moved): put(moved, .deferredConfirmed, source)
    case .deferralEnded(let moved, let state, let reason):
      put(moved, .deferralEnded, source)
      makeRoom(3 + Int(reason.count))
      put(state.rawValue)
      putText(source.text(reason))
    case .saleOpened(let number, let sale, let terms, let isPaused):
      makeRoom(128 + Int(sale.count) + Int(terms.limits.count) + Int(terms.eligible.count))
      put(EventKind.saleOpened.rawValue)
      put(number.rawValue)
      putText(source.text(sale))
      putSigned(terms.start.milliseconds)
      putSigned(terms.end.milliseconds)
      putVarint(UInt64(bitPattern: terms.holdMilliseconds))
      put(terms.unpaid.rawValue)
      put(terms.flagged.rawValue)
      put(terms.options.rawValue)
      put(UInt8(isPaused ? 1 : 0))
      putText(source.text(terms.limits))
      putText(source.text(terms.eligible))
    case .salePaused(let number): put(number, .salePaused)
    case .saleResumed(let number): put(number, .saleResumed)
    case .saleClosed(let number): put(number, .saleClosed)
    case .saleStarted(let number): put(number, .saleStarted)
    case .saleRetired(let number): put(number, .saleRetired)
    case .buyerUnpaid(let buyer):
      put(EventKind.buyerUnpaid.rawValue)
      putText(source.text(buyer))
    case .buyerFlagged(let buyer, let isByHand, let until):
      put(EventKind.buyerFlagged.rawValue)
      putText(source.text(buyer))
      put(UInt8(isByHand ? 1 : 0))
      putSigned(until.milliseconds)
    case .buyerCleared(let buyer):
      put(EventKind.buyerCleared.rawValue)
      putText(source.text(buyer))
    case .buyersForgotten(let partition, let upTo):
      put(EventKind.buyersForgotten.rawValue)
      put(partition.rawValue)
      putSigned(upTo.milliseconds)
    case .itemCreated(let number, let name, let quantity):
      put(EventKind.itemCreated.rawValue)
      put(number.rawValue)
      putText(source.text(name))
      putSigned(quantity)
    case .itemReplaced(let number, let delta):
      put(EventKind.itemReplaced.rawValue)
      put(number.rawValue)
      putSigned(delta)
    case .supplied(let number, let quantity, let reference):
      put(EventKind.supplied.rawValue)
      put(number.rawValue)
      putSigned(quantity)
      putText(source.text(reference))
    case .adjusted(let number, let delta, let reason, let reference):
      put(EventKind.adjusted.rawValue)
      put(number.rawValue)
      putSigned(delta)
      putText(source.text(reason))
      putText(source.text(reference))
    case .shortfall(let number, let units):
      put(EventKind.shortfall.rawValue)
      put(number.rawValue)
      putSigned(units)
    case .configured(let number, let floor):
      put(EventKind.configured.rawValue)
      put(number.rawValue)
      put(ConfiguredFields.floor.rawValue)
      putSigned(floor)
    case .moved(let from, let to, let quantity):
      put(EventKind.moved.rawValue)
      put(from.rawValue)
      put(to.rawValue)
      putVarint(UInt64(quantity))
    case .cancelled(let moved, let reason):
      put(moved, .cancelled, source)
      makeRoom(2 + Int(reason.count))
      putText(source.text(reason))
    case .partlyConfirmed(let moved): put(moved, .partlyConfirmed, source)
    case .partlyCancelled(let moved, let reason):
      put(moved, .partlyCancelled, source)
      makeRoom(2 + Int(reason.count))
      putText(source.text(reason))
    case .shipped(let order):
      put(EventKind.shipped.rawValue)
      putText(source.text(order))
    case .delivered(let order):
      put(EventKind.delivered.rawValue)
      putText(source.text(order))
    case .returned(let moved, let disposition):
      put(moved, .returned, source)
      makeRoom(1)
      put(disposition.rawValue)
    case .extended(let order, let deadline):
      put(EventKind.extended.rawValue)
      putText(source.text(order))
      putSigned(deadline.milliseconds - time.milliseconds)
    case .fenced(let order, let reason):
      put(EventKind.fenced.rawValue)
      putText(source.text(order))
      putText(source.text(reason))
    case .refundRequired(let order):
      put(EventKind.refundRequired.rawValue)
      putText(source.text(order))
    case .operationDone(let id, let operation, let content):
      put(EventKind.operationDone.rawValue)
      putText(source.text(id))
      put(operation)
      put(content)
    case .ordersRetired(let partition, let endedUpTo, let soldUpTo):
      put(EventKind.ordersRetired.rawValue)
      put(partition.rawValue)
      putSigned(endedUpTo.milliseconds)
      putSigned(soldUpTo.milliseconds)
    case .fingerprintsForgotten(let partition, let upTo):
      put(EventKind.fingerprintsForgotten.rawValue)
      put(partition.rawValue)
      putSigned(upTo.milliseconds)
    case .operationsForgotten(let partition, let upTo):
      put(EventKind.operationsForgotten.rawValue)
      put(partition.rawValue)
      putSigned(upTo.milliseconds)
    case .outage(let from, let to, let shift):
      put(EventKind.outage.rawValue)
      putSigned(from.milliseconds)
      putSigned(to.milliseconds)
      putSigned(shift)
    case .sealed(let state):
      put(EventKind.sealed.rawValue)
      put(state.stateHash)
      putVarint(state.items)
      putVarint(state.orders)
    case .heartbeat: put(EventKind.heartbeat.rawValue)
    case .epochBegan(let start):
      put(EventKind.epochBegan.rawValue)
      put(start.epoch.rawValue)
      putVarint(start.firstLSN.rawValue)
    case .idsIssued(let last):
      put(EventKind.idsIssued.rawValue)
      put(last)
    }
  }
}

extension ByteWriter {
  private mutating func put(_ number: ScopeNumber, _ kind: EventKind) {
    put(kind.rawValue)
    put(number.rawValue)
  }
}

/// Why a record's bytes, though their check is right, could not be read.
enum EventDecodingError: Error {
  /// A kind or field of a newer format.
  case newer(kind: UInt8)
  case damaged
}

extension ByteReader {
  /// Kinds from here on carry their length and may be skipped.
  static let skippableKinds: UInt8 = 0xC0

  /// The next event, its lines appended to `lines`; nil for one that may be skipped.
  @inline(__always)
  mutating func takeEvent(
    lines: inout [EventLine], at time: Timestamp
  ) throws(EventDecodingError) -> Event? {
    let raw: UInt8 = take()
    guard let kind = EventKind(rawValue: raw) else {
      guard raw >= Self.skippableKinds, !hasFailed else {
        throw hasFailed ? .damaged : .newer(kind: raw)
      }
      skip(Int(takeVarint(max: UInt64(Bounds.recordBytesMax))))
      if hasFailed { throw .damaged }
      return nil
    }
    let event: Event
    switch kind {
    case .reserved: event = .reserved(try takePlaced(kind, &lines, time))
    case .deducted: event = .deducted(try takePlaced(kind, &lines, time))
    case .deferred: event = .deferred(try takePlaced(kind, &lines, time))
    case .confirmed: event = .confirmed(takeMoved(&lines))
    case .lateConfirmed: event = .lateConfirmed(takeMoved(&lines))
    case .expired: event = .expired(takeMoved(&lines))
    case .saleOpened: event = try takeSaleOpened()
    case .configured: event = try takeConfigured()
    case .attempted: event = try takeAttempted(&lines, time)
    default: event = takeRare(kind, &lines, time)
    }
    if hasFailed { throw .damaged }
    return event
  }

  @inline(__always)
  private mutating func takePlaced(
    _ kind: EventKind, _ lines: inout [EventLine], _ time: Timestamp
  ) throws(EventDecodingError) -> Event.Placed {
    let fields = PlacedFields(rawValue: take())
    guard fields.isSubset(of: .known) else { throw .newer(kind: kind.rawValue) }
    let order = takeText(max: Bounds.idBytesMax)
    let deadline = kind != .deducted ? time.adding(milliseconds: takeSigned()) : time
    let buyer = fields.contains(.buyer) ? takeText(max: Bounds.buyerBytesMax) : .empty
    let payload = fields.contains(.payload) ? takeText(max: Bounds.payloadBytesMax) : .empty
    let sale = fields.contains(.sale) ? ScopeNumber(rawValue: take()) : .none
    let subjects = fields.contains(.subjects) ? takeText(max: SubjectList.bytesMax) : .empty
    let count = fields.contains(.severalLines) ? takeLineCount() : 1
    let range = fields.contains(.counted) ? takeCountedLines(count, &lines) : takeLines(count, &lines)
    return Event.Placed(
      order: order, buyer: buyer, payload: payload, lines: range, deadline: deadline, sale: sale, subjects: subjects)
  }

  /// Of an order, which has at least one.
  mutating func takeLineCount() -> Int {
    let count = Int(takeVarint(max: UInt64(Bounds.linesPerOrderMax)))
    if count == 0 { fail() }
    return count
  }

  private mutating func takeCountedLines(_ count: Int, _ lines: inout [EventLine]) -> IndexRange {
    let start = lines.count
    for _ in 0..<count {
      let item: UInt32 = take()
      let bits = takeVarint(max: UInt64(Bounds.quantityMax) << 1 | 1)
      lines.append(
        EventLine(
          item: ItemNumber(rawValue: item), quantity: UInt32(truncatingIfNeeded: bits >> 1), isCounted: bits & 1 != 0))
    }
    return IndexRange(start: start, count: count)
  }

  private mutating func takeSaleOpened() throws(EventDecodingError) -> Event {
    let number = ScopeNumber(rawValue: take())
    let sale = takeText(max: Bounds.saleBytesMax)
    let start = Timestamp(milliseconds: takeSigned())
    let end = Timestamp(milliseconds: takeSigned())
    let hold = Int64(bitPattern: takeVarint())
    let unpaid = SaleTerms.UnpaidPolicy(rawValue: take())
    let flagged = SaleTerms.FlaggedPolicy(rawValue: take())
    let options = SaleTerms.Options(rawValue: take())
    let isPaused: UInt8 = take()
    let limits = takeText(max: Limit.bytesMax)
    let eligible = takeText(max: SubjectList.eligibleBytesMax)
    guard let unpaid, let flagged, options.isSubset(of: .known) else {
      throw hasFailed ? .damaged : .newer(kind: EventKind.saleOpened.rawValue)
    }
    return .saleOpened(
      number, sale: sale,
      terms: SaleTerms(
        start: start, end: end, holdMilliseconds: hold, unpaid: unpaid, flagged: flagged, options: options,
        limits: limits, eligible: eligible), isPaused: isPaused != 0)
  }

  @inline(__always)
  private mutating func takeMoved(_ lines: inout [EventLine]) -> Event.Moved {
    let order = takeText(max: Bounds.idBytesMax)
    let count = Int(takeVarint(max: UInt64(Bounds.linesPerOrderMax)))
    return Event.Moved(order: order, lines: takeLines(count, &lines))
  }

  @inline(__always)
  mutating func takeLines(_ count: Int, _ lines: inout [EventLine]) -> IndexRange {
    let start = lines.count
    for _ in 0..<count {
      let item: UInt32 = take()
      let quantity = UInt32(truncatingIfNeeded: takeVarint(max: UInt64(Bounds.quantityMax)))
      lines.append(EventLine(item: ItemNumber(rawValue: item), quantity: quantity))
    }
    return IndexRange(start: start, count: count)
  }

  @inline(never)
  private mutating func takeConfigured() throws(EventDecodingError) -> Event {
    let number = ItemNumber(rawValue: take())
    guard ConfiguredFields(rawValue: take()) == .floor else {
      throw hasFailed ? .damaged : .newer(kind: EventKind.configured.rawValue)
    }
    return .configured(number, floor: takeSigned())
  }

  @inline(never)
  private mutating func takeRare(_ kind: EventKind, _ lines: inout [EventLine], _ time: Timestamp) -> Event {
    switch kind {
    case .reserved, .deducted, .deferred, .confirmed, .lateConfirmed, .expired, .saleOpened, .configured, .attempted:
      preconditionFailure("read above")
    case .limitSet:
      let scope = ScopeNumber(rawValue: take())
      let sku = takeText(max: Bounds.skuBytesMax)
      let limit = takeText(max: Limit.bytesMax)
      return .limitSet(scope, sku: sku, limit: limit, isLifted: take(UInt8.self) != 0)
    case .refused:
      let item = ItemNumber(rawValue: take())
      let reason: UInt8 = take()
      let attempts = UInt32(truncatingIfNeeded: takeVarint(max: UInt64(UInt32.max)))
      return .refused(item, reason: reason, attempts: attempts, units: takeSigned())
    case .deferredConfirmed: return .deferredConfirmed(takeMoved(&lines))
    case .deferralEnded:
      let moved = takeMoved(&lines)
      guard let state = OrderState(rawValue: take()), state == .cancelled || state == .expired else {
        fail()
        return .heartbeat
      }
      return .deferralEnded(moved, as: state, reason: takeText(max: Bounds.noteBytesMax))
    case .salePaused: return .salePaused(ScopeNumber(rawValue: take()))
    case .saleResumed: return .saleResumed(ScopeNumber(rawValue: take()))
    case .saleClosed: return .saleClosed(ScopeNumber(rawValue: take()))
    case .saleStarted: return .saleStarted(ScopeNumber(rawValue: take()))
    case .saleRetired: return .saleRetired(ScopeNumber(rawValue: take()))
    case .buyerUnpaid: return .buyerUnpaid(buyer: takeText(max: Bounds.buyerBytesMax))
    case .buyerFlagged:
      let buyer = takeText(max: Bounds.buyerBytesMax)
      let isByHand: UInt8 = take()
      return .buyerFlagged(buyer: buyer, isByHand: isByHand != 0, until: Timestamp(milliseconds: takeSigned()))
    case .buyerCleared: return .buyerCleared(buyer: takeText(max: Bounds.buyerBytesMax))
    case .buyersForgotten:
      let partition = Partition(take())
      return .buyersForgotten(partition, upTo: Timestamp(milliseconds: takeSigned()))
    case .itemCreated:
      let number = ItemNumber(rawValue: take())
      let name = takeText(max: Bounds.itemNameBytesMax)
      return .itemCreated(number, name: name, quantity: takeSigned())
    case .itemReplaced: return .itemReplaced(ItemNumber(rawValue: take()), delta: takeSigned())
    case .supplied:
      let number = ItemNumber(rawValue: take())
      let quantity = takeSigned()
      return .supplied(number, quantity: quantity, reference: takeText(max: Bounds.noteBytesMax))
    case .adjusted:
      let number = ItemNumber(rawValue: take())
      let delta = takeSigned()
      let reason = takeText(max: Bounds.noteBytesMax)
      return .adjusted(number, delta: delta, reason: reason, reference: takeText(max: Bounds.noteBytesMax))
    case .shortfall: return .shortfall(ItemNumber(rawValue: take()), units: takeSigned())
    case .moved:
      let from = ItemNumber(rawValue: take())
      let to = ItemNumber(rawValue: take())
      return .moved(from: from, to: to, quantity: Int64(takeVarint(max: UInt64(Bounds.balanceMax))))
    case .cancelled: return .cancelled(takeMoved(&lines), reason: takeText(max: Bounds.noteBytesMax))
    case .partlyConfirmed: return .partlyConfirmed(takeMoved(&lines))
    case .partlyCancelled: return .partlyCancelled(takeMoved(&lines), reason: takeText(max: Bounds.noteBytesMax))
    case .shipped: return .shipped(order: takeText(max: Bounds.idBytesMax))
    case .delivered: return .delivered(order: takeText(max: Bounds.idBytesMax))
    case .returned:
      let moved = takeMoved(&lines)
      guard let disposition = ReturnLines.Disposition(rawValue: take()) else {
        fail()
        return .heartbeat
      }
      return .returned(moved, disposition: disposition)
    case .extended:
      let order = takeText(max: Bounds.idBytesMax)
      return .extended(order: order, deadline: time.adding(milliseconds: takeSigned()))
    case .fenced:
      let order = takeText(max: Bounds.idBytesMax)
      return .fenced(order: order, reason: takeText(max: Bounds.noteBytesMax))
    case .refundRequired: return .refundRequired(order: takeText(max: Bounds.idBytesMax))
    case .operationDone:
      let id = takeText(max: Bounds.idBytesMax)
      let operation: UInt8 = take()
      return .operationDone(id: id, operation: operation, content: take())
    case .ordersRetired:
      let partition = Partition(take())
      let ended = Timestamp(milliseconds: takeSigned())
      return .ordersRetired(partition, endedUpTo: ended, soldUpTo: Timestamp(milliseconds: takeSigned()))
    case .fingerprintsForgotten:
      let partition = Partition(take())
      return .fingerprintsForgotten(partition, upTo: Timestamp(milliseconds: takeSigned()))
    case .operationsForgotten:
      let partition = Partition(take())
      return .operationsForgotten(partition, upTo: Timestamp(milliseconds: takeSigned()))
    case .outage:
      let from = Timestamp(milliseconds: takeSigned())
      let to = Timestamp(milliseconds: takeSigned())
      return .outage(from: from, to: to, shiftMilliseconds: takeSigned())
    case .sealed:
      var state = SealedState()
      state.stateHash = take()
      state.items = takeVarint()
      state.orders = takeVarint()
      return .sealed(state)
    case .heartbeat: return .heartbeat
    case .epochBegan:
      let epoch = Epoch(rawValue: take())
      return .epochBegan(EpochStart(epoch: epoch, firstLSN: LSN(takeVarint())))
    case .idsIssued: return .idsIssued(last: take())
    }
  }
}
