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
  private let plan: SimulationPlan
  private var outages = OutageAudit()

  init(_ plan: SimulationPlan) { self.plan = plan }

  mutating func add(_ more: [Attempt]) { attempts += more }

  /// Time passed in which no thread did anything, from a log time on.
  mutating func slept(life: Int, from: Int64, milliseconds: Int64) {
    outages.sleeps.append(OutageAudit.Sleep(life: life, from: from, milliseconds: milliseconds))
  }

  /// What the life before acknowledged must be there. What follows it in the log may be of a start that was in vain.
  /// - Parameter wall: the machine's clock just before, in milliseconds since 1970.
  mutating func lifeBegan(_ history: EpochHistory, wall: Int64) throws {
    if let start = history.starts.last { outages.starts[start.firstLSN] = wall }
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
    try checkConnections()
    var records: [LSN: HistoryRecord] = [:]
    try StoreInspector(path: path, storage: storage).eachRecord { records[$0.lsn] = $0 }
    let last = records.keys.max() ?? .zero
    var replay = Replay(base: base)
    var outages = outages
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
        try outages.meet(record, hasOpenOrders: replay.hasOpenOrders)
        if let writer = writers.first {
          outages.decided(writer)
          // Who touches an overdue order logs its expiry first, in the same record if nobody could write one before.
          outages.met(writer)
          try replay.applyExpiries(record)
          try replay.perform(writer)
        } else {
          try replay.apply(record)
        }
      }
      for reader in surviving[lsn] ?? [] where reader.decided?.wrote == false {
        outages.met(reader)
        if isPutOff(reader) { outages.putOff(reader) } else { try replay.perform(reader) }
      }
    }
  }

  /// Whether the daemon said that it has no room for it, when that may be so. The model knows of no disk.
  private func isPutOff(_ attempt: Attempt) -> Bool {
    guard let decided = attempt.decided, decided.answer.outcome == .noSpace, decided.mayLackSpace else { return false }
    return attempt.command.takesSpace || !plan.hasReleaseReserve
  }

  /// What was answered before something else was asked comes before it in the log.
  private func checkRealTime() throws {
    var highest: Attempt?
    var answered = attempts.filter { $0.returned != nil }.sorted { ($0.returned ?? 0) < ($1.returned ?? 0) }[...]
    for attempt in attempts.filter({ $0.returned != nil }).sorted(by: { $0.called < $1.called }) {
      while let next = answered.first, let returned = next.returned, returned < attempt.called {
        if highest.map({ $0.position < next.position }) ?? true { highest = next }
        answered.removeFirst()
      }
      if let highest, attempt.position < highest.position {
        throw Violation(
          "\(attempt.command) has LSN \(attempt.lsn); before it was sent \(highest.command) was answered, with LSN \(highest.lsn)"
        )
      }
    }
  }

  /// Commands of one connection take effect in the order sent.
  private func checkConnections() throws {
    var last: [Int: Attempt] = [:]
    for attempt in attempts where attempt.decided != nil {
      if let before = last[attempt.client], before.life == attempt.life, before.position > attempt.position {
        throw Violation(
          """
          client \(attempt.client) sent \(attempt.command) behind \(before.command); \
          the one has LSN \(attempt.lsn), the other LSN \(before.lsn)
          """)
      }
      last[attempt.client] = attempt
    }
  }
}

extension ShopCommand {
  /// It takes stock or brings some in: refused before the log is quite full, so that what gives stock back can go on.
  var takesSpace: Bool {
    switch self {
    case .preheat, .supply, .reserve, .deduct, .openSale, .addToSale, .nextIDs: true
    case .restock, .adjust, .adjustTo, .configure, .move, .limitSKU, .switchSale, .flagBuyer, .confirm, .cancel,
      .confirmLines, .cancelLines, .extend, .resolve, .returnLines, .ship, .deliver, .get, .list, .order, .stats,
      .pools, .sale, .sales, .buyer:
      false
    }
  }
}
