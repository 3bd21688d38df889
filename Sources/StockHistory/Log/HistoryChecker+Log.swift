import StockEngine
import StockModel

// With the store's log: each record is what some client was told, or what the store did by itself.

extension HistoryChecker {
  /// The next record of the log. What was there before the history begins only gives names.
  package mutating func take(_ record: HistoryRecord) {
    precondition(hasLog, "a checker that was made without a log takes no records")
    for event in record.events { names.learn(event) }
    if record.lsn <= history.header.from { return }
    verdict.records += 1
    noteGap(before: record)
    judge(upTo: LSN(record.lsn.rawValue - 1), until: record.time)
    lastRecord = (record.lsn, record.time)
    var rest: [LoggedEvent] = []
    for event in record.events where !applyOwn(event, record) { rest.append(event) }
    decide(rest, record)
  }

  /// A log that begins too late, or has a hole, explains nothing.
  private mutating func noteGap(before record: HistoryRecord) {
    let expected = (lastRecord?.lsn ?? history.header.from).advanced(by: 1)
    guard record.lsn > expected else { return }
    verdict.findings.append(
      HistoryFinding(
        .logDiffers, lsn: expected, lines: [], "the log has no record from LSN \(expected) to \(record.lsn)"))
  }

  // MARK: What the store did by itself

  /// - Returns: false if some client must have asked for it.
  private mutating func applyOwn(_ event: LoggedEvent, _ record: HistoryRecord) -> Bool {
    switch event.kind {
    case .expired: expire(event, record)
    case .deferralEnded:
      if event.detail("state") != OrderState.expired.name { return false }
      expire(event, record)
    case .saleClosed:
      // By command, it has an operation id.
      if record.events.contains(where: { $0.kind == .operationDone }) { return false }
      if let sale = names.sale(event) { close(sale, record) }
    case .moved:
      if record.events.contains(where: { $0.kind == .operationDone }) { return false }
      giveBack(event, record)
    case .outage:
      if let from = event.number("from"), let shift = event.number("shiftMilliseconds") {
        model.outage(from: from, shift: shift)
      }
    case .saleRetired: if let sale = names.sale(event) { model.retire(sale: sale) }
    case .buyerUnpaid, .buyersForgotten, .saleStarted, .refused, .shortfall, .sealed, .heartbeat, .epochBegan: break
    case .ordersRetired, .fingerprintsForgotten, .operationsForgotten: forget(event, record)
    case .buyerFlagged, .buyerCleared:
      return !record.events.contains { $0.kind == .operationDone }
    case .itemCreated, .itemReplaced, .supplied, .adjusted, .configured, .limitSet, .reserved, .confirmed, .cancelled,
      .deducted, .extended, .fenced, .shipped, .delivered, .returned, .lateConfirmed, .refundRequired,
      .partlyConfirmed, .partlyCancelled, .deferred, .deferredConfirmed, .attempted, .saleOpened, .salePaused,
      .saleResumed, .operationDone, .idsIssued:
      return false
    }
    return true
  }

  private mutating func expire(_ event: LoggedEvent, _ record: HistoryRecord) {
    // An order of which the history knows nothing was there before, or is somebody else's.
    guard let id = event.order, let order = model.orders[id] else { return }
    if order.state.isOpen && order.deadline > record.time {
      accuse(
        .expiredEarly, record, [.order(id)],
        "order \(id) expired at \(record.time), \(order.deadline - record.time) ms before its deadline")
    }
    if !model.expire(id, at: record.time) {
      accuse(.expiredEarly, record, [.order(id)], "order \(id) expired, and was \(order.state.name) already")
    }
  }

  private mutating func close(_ sale: String, _ record: HistoryRecord) {
    if let known = model.sales[sale], known.opening.end > record.time {
      accuse(.logDiffers, record, [.sale(sale)], "sale \(sale) closed by itself before its end")
    }
    model.close(sale, at: record.time)
  }

  private mutating func giveBack(_ event: LoggedEvent, _ record: HistoryRecord) {
    guard event.lines.count == 2 else { return }
    let (item, source) = (names.item(event.lines[0].item), names.item(event.lines[1].item))
    guard model.items[item] != nil else { return }
    if !model.giveBack(event.lines[1].quantity, from: item, to: source) {
      accuse(
        .stranger, record, [.item(item), .item(source)],
        "\(event.lines[1].quantity) units went from \(item) to \(source), which no closed sale explains")
    }
  }

  // MARK: What clients asked for

  private mutating func decide(_ events: [LoggedEvent], _ record: HistoryRecord) {
    let effects = RecordEffect.all(events)
    if let index = nextWrite(at: record.lsn) {
      let operation = history.operations[index]
      if let difference = RecordComparison(names: names, time: record.time).difference(events, operation) {
        find(
          .logDiffers, index,
          "line \(operation.line) was told \"\(operation.answer?.description ?? "")\" under LSN "
            + "\(record.lsn), whose record is \(difference)", others: [])
      }
      return judge(upTo: record.lsn, until: record.time)
    }
    if events.isEmpty || events.allSatisfy({ $0.kind == .attempted }) { return }
    // A confirm that came too late is refused, and leaves the record of the refund.
    let isRefusal = waiting(at: record.lsn).contains { index in
      let operation = history.operations[index]
      guard operation.command.mayRefuseWithRecord, operation.answer?.outcome.isSuccess == false else { return false }
      return events.contains { $0.kind == .refundRequired && $0.order == operation.command.order }
    }
    if isRefusal || events.contains(where: { $0.kind == .idsIssued }) { return }
    var pending = effects.flatMap { fates.pending($0, at: record.lsn, history.operations) }
    if let id = Self.refunded(events) {
      if isRefundRequired(id) { return noteSecondRefund(id, record) }
      pending += fates.confirmingLines(of: id, history.operations)
    }
    if !pending.isEmpty { return settle(pending, events, record) }
    noteStranger(events, record)
  }

  /// The order whose money must go back.
  private static func refunded(_ events: [LoggedEvent]) -> String? {
    events.first { $0.kind == .refundRequired }?.order
  }

  private func isRefundRequired(_ id: String) -> Bool {
    model.orders[id]?.isRefundRequired ?? model.retired[id]?.isRefundRequired ?? false
  }

  private mutating func noteSecondRefund(_ id: String, _ record: HistoryRecord) {
    accuse(.appliedTwice, record, [.order(id)], "the log asks once more for the refund of order \(id)")
  }

  /// A command without an answer took effect here.
  private mutating func settle(_ all: [Fates.Pending], _ events: [LoggedEvent], _ record: HistoryRecord) {
    let comparison = RecordComparison(names: names, time: record.time)
    let fitting = all.first { pending in
      let command = history.operations[pending.index].command
      if comparison.difference(events, history.operations[pending.index]) != nil { return false }
      let print = model.footprint(of: [command])
      defer { model.restore(print) }
      return Self.isRecorded(model.perform(command, at: record.time), command)
    }
    let pending = fitting ?? all[0]
    let operation = history.operations[pending.index]
    if record.lsn <= pending.after {
      find(
        .realTime, pending.index,
        "line \(operation.line) took effect with LSN \(record.lsn), and LSN \(pending.after) had been told before it was called",
        others: [])
    }
    if let lsn = operation.answer?.lsn, record.lsn > lsn {
      find(
        .repeatOfNothing, pending.index,
        "line \(operation.line) was told at LSN \(lsn) that it had taken effect, which it did with LSN \(record.lsn)",
        others: [])
    }
    let answer = model.perform(operation.command, at: record.time)
    // What was refused may have been sent again, and taken then.
    if answer.outcome.isSuccess || !operation.isResent { settled(pending.index) }
    if !Self.isRecorded(answer, operation.command) {
      find(
        .logDiffers, pending.index,
        "line \(operation.line) has LSN \(record.lsn) in the log; it should have been answered \"\(answer)\"",
        others: [])
    }
  }

  /// What has a record took effect, or was refused and left that a refund is due.
  static func isRecorded(_ answer: Answer, _ command: ShopCommand) -> Bool {
    if answer.outcome.isSuccess { return !answer.isRepeat && answer.outcome != .found }
    return command.mayRefuseWithRecord
      && [.alreadyCancelled, .expired, .orderFenced, .soldOut].contains(answer.outcome)
  }

  private mutating func noteStranger(_ events: [LoggedEvent], _ record: HistoryRecord) {
    var keys: [HistoryKey] = []
    for event in events {
      for line in event.lines where model.items[names.item(line.item)] != nil {
        keys.append(.item(names.item(line.item)))
      }
      if let id = event.order, model.orders[id] != nil { keys.append(.order(id)) }
      if let id = event.operation, model.operations[id] != nil { keys.append(.operation(id)) }
    }
    if keys.isEmpty { return }
    let what = events.map { $0.kind.name + ($0.order.map { " of order \($0)" } ?? $0.operation.map { " \($0)" } ?? "") }
    accuse(.stranger, record, keys, "the log has \(what.joined(separator: ", ")), which no client of the history sent")
  }
}

/// What a record is the effect of.
enum RecordEffect {
  static func isPlacing(_ kind: EventKind) -> Bool { [.reserved, .deducted, .deferred].contains(kind) }

  /// The operation if there is one, else the placed order: what else such a record has came with it. A tombstone may come of two
  /// commands.
  static func all(_ events: [LoggedEvent]) -> [EffectID] {
    if let id = events.lazy.compactMap(\.operation).first { return [EffectID(kind: .operation, id: id)] }
    if let id = events.first(where: { isPlacing($0.kind) })?.order { return [EffectID(kind: .place, id: id)] }
    var effects: [EffectID] = []
    for event in events {
      guard let id = event.order else { continue }
      if [.confirmed, .lateConfirmed, .deferredConfirmed, .refundRequired].contains(event.kind) {
        effects.append(EffectID(kind: .confirm, id: id))
      }
      if [.cancelled, .deferralEnded, .fenced].contains(event.kind) { effects.append(EffectID(kind: .cancel, id: id)) }
      if event.kind == .fenced { effects.append(EffectID(kind: .resolve, id: id)) }
    }
    return effects
  }
}
