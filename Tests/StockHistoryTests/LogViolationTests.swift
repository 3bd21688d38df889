import StockEngine
import StockHistory
import StockModel
import StockTestSupport
import Testing

/// What only a log can show: a real store's history and log, with one thing changed in either.
@Suite struct LogViolationTests {
  /// Orders that are paid, cancelled and left to expire; every client was answered.
  private struct Shop {
    let store: TestStore
    var history = ClientHistory()
    private var clock: Int64 = 0

    init() throws {
      var rules = Rules()
      rules.holdMilliseconds = 10_000
      store = try TestStore(rules: rules)
      store.answersBase = nil
      history.header.rules = rules
      for text in [
        "preheat op-0 A=50 B=50", "reserve o-1 A=2", "reserve o-2 A=3 B=1 buyer=u", "confirm o-1", "deduct o-3 B=4",
        "cancel o-9", "supply op-1 A=5",
      ] { try note(text) }
      store.advance(4000)
      try note("reserve o-4 B=2")
      // o-2 expires, o-4 does not.
      store.advance(7000)
      try store.settle()
      for text in ["order o-2", "get A B", "confirm o-2", "order o-4", "confirm o-4"] { try note(text) }
    }

    private mutating func note(_ text: String) throws {
      clock += 1000
      let command = try ShopCommand(text)
      history.operations.append(
        HistoryOperation(
          line: history.operations.count + 2, client: 1, called: clock, returned: clock + 500, command: command,
          answer: try store.perform([command])[0]))
    }

    func verdict(changing change: (inout HistoryRecord) -> Void = { _ in }) throws -> HistoryVerdict {
      var checker = try HistoryChecker(history, logOf: TestStore.id)
      try StoreInspector(path: TestStore.path, storage: store.storage).eachRecord { record in
        var record = record
        change(&record)
        if !record.events.isEmpty { checker.take(record) }
      }
      return checker.finish()
    }

    func line(_ text: String) throws -> Int {
      let command = try ShopCommand(text)
      return try #require(history.operations.first { $0.command == command }).line
    }
  }

  private func expect(
    _ kinds: [HistoryFinding.Kind], naming line: String? = nil, _ location: SourceLocation = #_sourceLocation,
    record: (inout HistoryRecord) -> Void = { _ in }, history: (inout ClientHistory) -> Void = { _ in }
  ) throws {
    var shop = try Shop()
    history(&shop.history)
    let verdict = try shop.verdict(changing: record)
    #expect(verdict.findings.map(\.kind) == kinds, "\(verdict.findings)", sourceLocation: location)
    if let line {
      let number = try shop.line(line)
      #expect(verdict.findings.first?.lines.contains(number) == true, "\(verdict.findings)", sourceLocation: location)
    }
  }

  @Test func withoutAChangeItPasses() throws {
    try expect([])
  }

  @Test func anOrderThatExpiredTooEarly() throws {
    try expect([.expiredEarly], naming: "reserve o-2 A=3 B=1 buyer=u") { record in
      if record.events.contains(where: { $0.kind == .expired }) { record.time -= 2000 }
    }
  }

  /// Whoever touches it must expire it first.
  @Test func anOrderThatDidNotExpire() throws {
    try expect([.expiredLate], naming: "order o-2") { record in
      if let place = record.events.firstIndex(where: { $0.kind == .expired }) {
        record.events[place].kind = .heartbeat
        record.events[place].order = nil
      }
    }
  }

  @Test func anAcknowledgedWriteThatTheLogHasNot() throws {
    try expect([.lostWrite], naming: "confirm o-2") { record in
      if record.events.contains(where: { $0.kind == .lateConfirmed && $0.order == "o-2" }) { record.events = [] }
      if record.lsn > LSN(10) && record.events.contains(where: { $0.kind == .confirmed }) { record.events = [] }
    }
  }

  @Test func aRecordThatIsMissing() throws {
    try expect([.logDiffers]) { record in
      if record.events.contains(where: { $0.operation == "op-1" }) { record.events = [] }
    }
  }

  @Test func aRecordOfOtherUnits() throws {
    try expect([.logDiffers], naming: "reserve o-1 A=2") { record in
      if record.events.first?.order == "o-1", record.events.first?.kind == .reserved {
        record.events[0].lines[0].quantity = 1
      }
    }
  }

  @Test func aRecordOfAnotherBuyer() throws {
    try expect([.logDiffers], naming: "reserve o-2 A=3 B=1 buyer=u") { record in
      if record.events.first?.buyer != nil { record.events[0].buyer = "v" }
    }
  }

  @Test func aRecordOfAnotherOrder() throws {
    try expect([.logDiffers], naming: "deduct o-3 B=4") { record in
      if record.events.first?.kind == .deducted { record.events[0].order = "o-33" }
    }
  }

  @Test func aRecordOfAnotherOperation() throws {
    try expect([.logDiffers], naming: "supply op-1 A=5") { record in
      for place in record.events.indices where record.events[place].kind == .supplied {
        record.events[place].lines[0].quantity = 6
      }
    }
  }

  /// The answer's deadline, and the record's.
  @Test func aDeadlineThatIsNotTheRecords() throws {
    try expect(
      [.logDiffers], naming: "reserve o-4 B=2",
      history: { history in
        guard let place = history.operations.firstIndex(where: { $0.command.order == "o-4" }) else { return }
        let until = history.operations[place].answer?.number("until") ?? 0
        history.operations[place].answer = history.operations[place].answer.map { answer in
          var changed = answer
          changed.words = answer.words.map { $0.hasPrefix("until=") ? "until=\(until + 1)" : $0 }
          return changed
        }
      })
  }

  @Test func aRecordThatNobodyAskedFor() throws {
    try expect([.stranger], history: { history in history.operations.removeAll { $0.command.operation == "op-1" } })
  }

  /// The client was never answered: the log tells what became of it.
  @Test func aFateThatTheLogTells() throws {
    var shop = try Shop()
    let place = try #require(shop.history.operations.firstIndex { $0.command.operation == "op-1" })
    shop.history.operations[place].answer = nil
    shop.history.operations[place].returned = nil
    let verdict = try shop.verdict()
    #expect(verdict.passes)
    #expect([verdict.unknown, verdict.unknownThatTookEffect] == [1, 1])
  }

  /// It was called when its record had been seen already.
  @Test func anEffectBeforeItsCall() throws {
    try expect(
      [.realTime], naming: "supply op-1 A=5",
      history: { history in
        guard let place = history.operations.firstIndex(where: { $0.command.operation == "op-1" }) else { return }
        history.operations[place].answer = nil
        history.operations[place].returned = nil
        history.operations[place].called = 1_000_000
      })
  }
}
