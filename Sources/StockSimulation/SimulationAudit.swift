import StockEngine
import StockHistory
import StockModel
import StockTestSupport

/// Everything that was asked and answered in a simulation, decided again: the log says in which order, the reference model what is
/// right.
struct SimulationAudit {
  private var attempts: [Attempt] = []
  /// The epoch of each life, by its number from 1 on.
  private var epochs: [Epoch] = []
  /// The LSN behind the last that is left of a life, for each that is over.
  private var ends: [LSN] = []
  /// From here on the disk is sound and has room.
  private var soundSince = Int.max

  mutating func troubleEnded(at moment: Int) { soundSince = moment }

  mutating func add(_ more: [Attempt]) { attempts += more }

  /// What the life before acknowledged must be there. What follows it in the log may be of a start that was in vain.
  mutating func lifeBegan(_ history: EpochHistory) throws {
    if let last = epochs.last {
      guard let next = history.starts.first(where: { $0.epoch.number > last.number }) else {
        throw Violation("a start after epoch \(last) began none of its own")
      }
      ends.append(next.firstLSN)
      for attempt in attempts
      where attempt.returned != nil && attempt.life == ends.count && attempt.lsn >= next.firstLSN {
        throw Violation(
          "life \(attempt.life) acknowledged \(attempt.command) with LSN \(attempt.lsn); of what came back, LSN \(next.firstLSN) is the next start's"
        )
      }
    }
    epochs.append(history.current)
  }

  private func end(ofLife life: Int) -> LSN { life <= ends.count ? ends[life - 1] : LSN(.max) }

  func check(storage: SimulatedStorage, path: String, base: Int64) throws {
    try checkRealTime()
    var records: [LSN: HistoryRecord] = [:]
    try StoreInspector(path: path, storage: storage).eachRecord { records[$0.lsn] = $0 }
    let last = records.keys.max() ?? .zero
    var replay = Replay(base: base)
    let surviving = Dictionary(
      grouping: attempts.filter { $0.decided != nil && $0.lsn < end(ofLife: $0.life) }, by: \.lsn)
    for raw in 0...last.rawValue {
      let lsn = LSN(raw)
      if raw > 0 {
        guard let record = records[lsn] else { throw Violation("the log has no record of LSN \(lsn)") }
        let writers = (surviving[lsn] ?? []).filter { $0.decided?.wrote == true }
        guard writers.count <= 1 else {
          throw Violation("several commands wrote LSN \(lsn): \(writers.map(\.command))")
        }
        replay.learn(record)
        if let writer = writers.first {
          // Who touches an overdue order logs its expiry first, in the same record if nobody could write one before.
          try replay.applyExpiries(record)
          try replay.perform(writer)
        } else {
          try replay.apply(record)
        }
      }
      for reader in surviving[lsn] ?? [] where reader.decided?.wrote == false && !isPutOff(reader) {
        try replay.perform(reader)
      }
    }
  }

  /// Whether the daemon said that it cannot do it now, when that may be so. The model knows of no disk.
  private func isPutOff(_ attempt: Attempt) -> Bool {
    guard attempt.called <= soundSince, let outcome = attempt.decided?.answer.outcome else { return false }
    return outcome == .noSpace || outcome == .overloaded
  }

  /// What was answered before something else was asked comes before it in the log.
  private func checkRealTime() throws {
    var highest = LSN.zero
    var answered = attempts.filter { $0.returned != nil }.sorted { ($0.returned ?? 0) < ($1.returned ?? 0) }[...]
    for attempt in attempts.filter({ $0.returned != nil }).sorted(by: { $0.called < $1.called }) {
      while let next = answered.first, let returned = next.returned, returned < attempt.called {
        highest = max(highest, next.lsn)
        answered.removeFirst()
      }
      if attempt.lsn < highest {
        throw Violation("\(attempt.command) has LSN \(attempt.lsn), but LSN \(highest) was known before it was sent")
      }
    }
  }
}

/// The reference model, led by the log.
private struct Replay {
  private var model: ReferenceModel
  private var names = LogNames()
  /// No deadline moves twice for the same time.
  private var outagesUntil: Int64 = 0

  init(base: Int64) {
    model = ReferenceModel(rules: SimulationPlan.rules, base: base)
    model.isDriven = true
  }

  mutating func perform(_ attempt: Attempt) throws {
    guard let decided = attempt.decided else { return }
    let expected = model.perform(attempt.command, at: decided.time)
    var said = decided.answer
    if case .extend = attempt.command { said = said.without("available") }
    said = said.without("refused")
    guard said == expected || model.alternatives.contains(said) else {
      throw Violation(
        """
        client \(attempt.client) in life \(attempt.life), LSN \(attempt.lsn)\(decided.wrote ? "" : " (nothing written)"): \
        \(attempt.command)
          the store says \(said)
          the model says \(expected)
        """)
    }
  }

  mutating func learn(_ record: HistoryRecord) {
    for event in record.events { names.learn(event) }
  }

  mutating func applyExpiries(_ record: HistoryRecord) throws {
    for event in record.events where event.kind == .expired { try expire(event, record) }
  }

  /// A record that no command wrote.
  mutating func apply(_ record: HistoryRecord) throws {
    for event in record.events {
      switch event.kind {
      case .expired: try expire(event, record)
      case .deferralEnded where event.detail("state") == OrderState.expired.name: try expire(event, record)
      case .outage: try endOutage(event, record)
      case .saleClosed:
        guard let sale = names.sale(event), let known = model.sales[sale], known.opening.end <= record.time else {
          throw Violation("LSN \(record.lsn) closes a sale before its end")
        }
        model.close(sale, at: record.time)
      case .moved:
        guard event.lines.count == 2,
          model.giveBack(
            event.lines[1].quantity, from: names.item(event.lines[0].item), to: names.item(event.lines[1].item))
        else { throw Violation("LSN \(record.lsn) gives back what no closed sale has: \(event)") }
      case .heartbeat, .sealed, .epochBegan, .refused, .saleStarted, .buyerUnpaid, .buyerFlagged, .buyersForgotten:
        break
      default: throw Violation("LSN \(record.lsn) is no command's: \(event)")
      }
    }
  }

  private mutating func expire(_ event: LoggedEvent, _ record: HistoryRecord) throws {
    guard let order = event.order, let known = model.orders[order], known.deadline <= record.time,
      model.expire(order, at: record.time)
    else { throw Violation("LSN \(record.lsn) expires \(event.order ?? "?"), which is not overdue") }
  }

  private mutating func endOutage(_ event: LoggedEvent, _ record: HistoryRecord) throws {
    guard let from = event.number("from"), let to = event.number("to"), let shift = event.number("shiftMilliseconds")
    else { throw Violation("LSN \(record.lsn): an outage without its times") }
    guard from >= outagesUntil, from <= to, shift == min(to - from, SimulationPlan.rules.outageShiftMillisecondsMax)
    else { throw Violation("LSN \(record.lsn): an outage from \(from) to \(to) shifts by \(shift)") }
    outagesUntil = to
    model.outage(from: from, shift: shift)
  }
}
