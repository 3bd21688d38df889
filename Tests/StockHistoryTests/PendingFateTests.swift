import StockEngine
import StockHistory
import StockModel
import StockTestSupport
import Testing

/// With the log: what an unanswered confirm explains, and what it does not; and answers that time alone has changed.
@Suite struct PendingFateTests {
  /// A store with one client, whose clock is the machine's.
  private struct Shop {
    let store: TestStore
    private(set) var history = ClientHistory()
    private var operations: Int64 = 0

    init() throws {
      var rules = Rules()
      rules.holdMilliseconds = 10_000
      rules.unpaidFlagThreshold = 1
      rules.unpaidPeriodMilliseconds = 100_000
      rules.flagMilliseconds = 60_000
      store = try TestStore(rules: rules)
      store.answersBase = nil
      history.header.rules = rules
      try note("preheat op-0 A=50")
    }

    private mutating func record(_ text: String, _ answer: Answer?, after milliseconds: Int64? = nil) throws {
      operations += 1000
      let called = milliseconds.map { $0 * 1_000_000 } ?? Int64(store.clock.monotonicNanoseconds) + operations
      history.operations.append(
        HistoryOperation(
          line: history.operations.count + 2, client: answer == nil ? operations : 1, called: called,
          returned: answer == nil ? nil : called + 500, command: try ShopCommand(text), answer: answer))
    }

    mutating func note(_ text: String) throws { try record(text, store.perform([ShopCommand(text)])[0]) }

    /// It was asked and answered when the client's clock said so.
    mutating func note(_ text: String, at milliseconds: Int64) throws {
      try record(text, store.perform([ShopCommand(text)])[0], after: milliseconds)
    }

    /// No answer came; it was done all the same, or never came to the store.
    mutating func lose(_ text: String, isDone: Bool) throws {
      if isDone { _ = try store.perform([ShopCommand(text)]) }
      try record(text, nil)
    }

    /// The store does what nobody in the history has asked for.
    func doUnasked(_ text: String) throws { _ = try store.perform([ShopCommand(text)]) }

    mutating func wait(milliseconds: Int64) throws {
      store.advance(milliseconds)
      try store.settle()
    }

    func verdict(changing change: (inout HistoryRecord) -> Void = { _ in }) throws -> HistoryVerdict {
      var checker = try HistoryChecker(history, logOf: TestStore.id)
      try StoreInspector(path: TestStore.path, storage: store.storage).eachRecord { record in
        var record = record
        change(&record)
        checker.take(record)
      }
      return checker.finish()
    }
  }

  // MARK: Records

  /// An unanswered confirm is no excuse for a cancel that nobody sent, though nobody reads the order later.
  @Test func aCancelBehindAPendingConfirm() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2")
    try shop.lose("confirm o-1", isDone: false)
    try shop.doUnasked("cancel o-1")
    #expect(try shop.verdict().findings.map(\.kind) == [.stranger])
  }

  @Test func aCancelBehindAPendingConfirmOfLines() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2")
    try shop.lose("confirmLines c-1 o-1 A=1", isDone: false)
    try shop.doUnasked("cancel o-1")
    #expect(try shop.verdict().findings.map(\.kind) == [.stranger])
  }

  /// The record of the refund is that of the unanswered confirm, and later reads tell of it.
  @Test(arguments: ["confirm o-1", "confirmLines c-1 o-1 A=1"])
  func aRefundOfAPendingConfirm(_ confirm: String) throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2")
    try shop.note("cancel o-1")
    try shop.lose(confirm, isDone: true)
    try shop.note("order o-1")
    let verdict = try shop.verdict()
    #expect(verdict.findings == [])
    #expect(shop.history.operations.last?.answer?.words.contains("refund") == true)
    #expect([verdict.unknown, verdict.unknownThatTookEffect] == [1, 1])
  }

  /// An order that expired, too, and its confirm comes with the expiry in one record.
  @Test func aRefundOfAnExpiredOrder() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2 buyer=u")
    shop.store.advance(11_000)
    try shop.lose("confirmLines c-1 o-1 A=1", isDone: true)
    try shop.note("order o-1")
    #expect(try shop.verdict().findings == [])
    #expect(shop.history.operations.last?.answer?.words.contains("refund") == true)
  }

  /// A refund is asked for once, whoever is still waiting for an answer.
  @Test func aSecondRefund() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2")
    try shop.note("cancel o-1")
    try shop.lose("confirm o-1", isDone: true)
    try shop.lose("confirm o-1", isDone: false)
    try shop.note("supply op-1 A=1")
    let last = shop.store.inventory.lastLSN
    try shop.doUnasked("cancel o-9")
    var refund: LoggedEvent?
    let verdict = try shop.verdict { record in
      refund = record.events.first { $0.kind == .refundRequired } ?? refund
      if record.lsn > last, let refund { record.events = [refund] }
    }
    #expect(verdict.findings.map(\.kind) == [.appliedTwice])
  }

  // MARK: Time

  /// A flag ends, and no record says so: the client's clock tells that it may have.
  @Test func aFlagThatEndsBehindTheLastRecord() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2 buyer=u")
    try shop.wait(milliseconds: 11_000)
    try shop.note("buyer u")
    shop.store.advance(61_000)
    try shop.note("buyer u")
    let said = shop.history.operations.suffix(2).map { $0.answer?.value("flagged") }
    #expect(said == ["rule", "no"])
    #expect(try shop.verdict().findings == [])
  }

  /// By the client's clock it cannot have ended yet.
  @Test func aFlagThatEndsTooEarly() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2 buyer=u")
    try shop.wait(milliseconds: 11_000)
    shop.store.advance(61_000)
    try shop.note("buyer u", at: 12_000)
    #expect(try shop.verdict().findings.map(\.kind) == [.untrueRead])
  }

  /// Between two records a flag ends first, and then the expiry is too long ago to count: neither record's time gives the answer between.
  @Test func aMomentBetweenTwoRecords() throws {
    var shop = try Shop()
    try shop.note("reserve o-1 A=2 buyer=u")
    try shop.wait(milliseconds: 11_000)
    shop.store.advance(61_000)
    try shop.note("buyer u")
    #expect(shop.history.operations.last?.answer?.words == ["flagged=no", "unpaid=1"])
    shop.store.advance(100_000)
    try shop.note("supply op-1 A=1")
    #expect(try shop.verdict().findings == [])
  }
}
