/// One event as it stands in the log, in words: for people and for tools that read the log offline.
public struct LoggedEvent: Sendable, Equatable {
  /// The record that it is part of; a record may have several events.
  public var lsn: LSN
  /// When it was decided, in log time.
  public var time: Timestamp
  /// What happened.
  public var kind: EventKind
  /// The order that it is about.
  public var order: String?
  /// The operation id that it records.
  public var operation: String?
  /// Who bought, if it says so.
  public var buyer: String?
  /// The items that it moves units of.
  public var lines: [Line]
  /// Everything else, as name and value.
  public var details: [Detail]

  /// Units of one item.
  public struct Line: Sendable, Equatable {
    /// The item's number; a replay knows its name.
    public var item: ItemNumber
    /// Units; the difference, for a change of the stock.
    public var quantity: Int64
  }

  /// One more thing that the event says.
  public struct Detail: Sendable, Equatable {
    /// What it is.
    public var name: String
    /// Its value, in words.
    public var value: String
  }

  /// The item that it creates: later events have its number only.
  public var createdItem: (number: ItemNumber, name: String)? {
    guard kind == .itemCreated, let line = lines.first, let name = details.first(where: { $0.name == "item" })
    else { return nil }
    return (line.item, name.value)
  }

  init(_ entry: RecordDecoder.Entry, _ source: EventSource) {
    lsn = entry.lsn
    time = entry.time
    kind = entry.event.kind
    lines = []
    details = []
    switch entry.event {
    case .itemCreated(let number, let name, let quantity):
      lines = [Line(item: number, quantity: quantity)]
      add("item", source.string(name))
    case .itemReplaced(let number, let delta): lines = [Line(item: number, quantity: delta)]
    case .supplied(let number, let quantity, let reference):
      lines = [Line(item: number, quantity: quantity)]
      add("reference", source.string(reference))
    case .adjusted(let number, let delta, let reason, let reference):
      lines = [Line(item: number, quantity: delta)]
      add("reason", source.string(reason))
      add("reference", source.string(reference))
    case .shortfall(let number, let units): lines = [Line(item: number, quantity: units)]
    case .configured(let number, let floor):
      lines = [Line(item: number, quantity: 0)]
      add("floor", String(floor))
    case .reserved(let placed):
      place(placed, source)
      add("deadline", String(placed.deadline.milliseconds))
    case .deducted(let placed): place(placed, source)
    case .deferred(let placed):
      place(placed, source)
      add("deadline", String(placed.deadline.milliseconds))
    case .deferredConfirmed(let moved): move(moved, source)
    case .deferralEnded(let moved, let state, let reason):
      move(moved, source)
      add("state", state.name)
      add("reason", source.string(reason))
    case .refused(let item, let reason, let attempts, let units):
      lines = [Line(item: item, quantity: units)]
      add("reason", Outcome(rawValue: reason)?.name ?? String(reason))
      add("attempts", String(attempts))
    case .attempted(let placed, let refusal):
      place(placed, source)
      add("reason", Outcome(rawValue: refusal.reason)?.name ?? String(refusal.reason))
      if refusal.isDeduct { add("deduct", "true") } else { add("deadline", String(placed.deadline.milliseconds)) }
      if refusal.replacesUnpaid { add("replacesUnpaid", "true") }
    case .moved(let from, let to, let quantity):
      lines = [Line(item: from, quantity: -quantity), Line(item: to, quantity: quantity)]
    case .limitSet(let scope, let sku, let limit, let isLifted):
      add("scope", String(scope.rawValue))
      add("sku", source.string(sku))
      if isLifted { add("lifted", "true") }
      describe(source.text(limit))
    case .saleOpened(let number, let sale, let terms, let isPaused):
      add("scope", String(number.rawValue))
      add("sale", source.string(sale))
      add("start", String(terms.start.milliseconds))
      add("end", String(terms.end.milliseconds))
      if terms.holdMilliseconds > 0 { add("holdMilliseconds", String(terms.holdMilliseconds)) }
      add("unpaid", String(describing: terms.unpaid))
      add("flagged", String(describing: terms.flagged))
      if isPaused { add("paused", "true") }
      describe(source.text(terms.limits))
      for pair in SubjectList(source.text(terms.eligible)) {
        add(
          "eligible",
          "\(String(decoding: pair.dimension, as: UTF8.self))=\(String(decoding: pair.value, as: UTF8.self))")
      }
    case .salePaused(let number), .saleResumed(let number), .saleStarted(let number), .saleClosed(let number),
      .saleRetired(let number):
      add("scope", String(number.rawValue))
    case .buyerUnpaid(let id), .buyerCleared(let id): buyer = source.string(id)
    case .buyerFlagged(let id, let isByHand, let until):
      buyer = source.string(id)
      add("by", isByHand ? "hand" : "rule")
      if until != .zero { add("until", String(until.milliseconds)) }
    case .buyersForgotten(let partition, let upTo):
      add("partition", String(partition.rawValue))
      add("upTo", String(upTo.milliseconds))
    case .confirmed(let moved), .lateConfirmed(let moved), .expired(let moved), .partlyConfirmed(let moved):
      move(moved, source)
    case .cancelled(let moved, let reason), .partlyCancelled(let moved, let reason):
      move(moved, source)
      add("reason", source.string(reason))
    case .returned(let moved, let disposition):
      move(moved, source)
      add("to", disposition == .available ? "available" : "scrapped")
    case .extended(let id, let deadline):
      order = source.string(id)
      add("deadline", String(deadline.milliseconds))
    case .fenced(let id, let reason):
      order = source.string(id)
      add("reason", source.string(reason))
    case .refundRequired(let id), .shipped(let id), .delivered(let id): order = source.string(id)
    case .operationDone(let id, let number, _):
      operation = source.string(id)
      add("command", Operation(rawValue: number)?.name ?? String(number))
    case .ordersRetired(let partition, let ended, let sold):
      add("partition", String(partition.rawValue))
      add("endedUpTo", String(ended.milliseconds))
      add("soldUpTo", String(sold.milliseconds))
    case .fingerprintsForgotten(let partition, let upTo), .operationsForgotten(let partition, let upTo):
      add("partition", String(partition.rawValue))
      add("upTo", String(upTo.milliseconds))
    case .outage(let from, let to, let shift):
      add("from", String(from.milliseconds))
      add("to", String(to.milliseconds))
      add("shiftMilliseconds", String(shift))
    case .sealed(let state):
      add("stateHash", String(state.stateHash, radix: 16))
      add("items", String(state.items))
      add("orders", String(state.orders))
    case .heartbeat: break
    case .epochBegan(let start):
      add("epoch", start.epoch.description)
      add("firstLSN", start.firstLSN.description)
    case .idsIssued(let last): add("last", String(last))
    }
  }

  private mutating func place(_ placed: Event.Placed, _ source: EventSource) {
    order = source.string(placed.order)
    if !placed.buyer.isEmpty { buyer = source.string(placed.buyer) }
    if !placed.sale.isNone { add("scope", String(placed.sale.rawValue)) }
    for pair in SubjectList(source.text(placed.subjects)) {
      add(String(decoding: pair.dimension, as: UTF8.self), String(decoding: pair.value, as: UTF8.self))
    }
    if !placed.payload.isEmpty { add("payloadBytes", String(placed.payload.count)) }
    lines = source.lines(placed.lines).map { Line(item: $0.item, quantity: Int64($0.quantity)) }
  }

  private mutating func move(_ moved: Event.Moved, _ source: EventSource) {
    order = source.string(moved.order)
    lines = source.lines(moved.lines).map { Line(item: $0.item, quantity: Int64($0.quantity)) }
  }

  private mutating func describe(_ limits: UnsafeRawBufferPointer) {
    for limit in Limit.decoded(limits) ?? [] {
      add("limit", "\(limit.dimension) \(limit.max) \(limit.measure == .units ? "units" : "open orders")")
    }
  }

  private mutating func add(_ name: String, _ value: String) {
    if !value.isEmpty { details.append(Detail(name: name, value: value)) }
  }
}
