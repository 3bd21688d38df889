import StockEngine
import StockModel

/// Checks a history: sorts it by LSN, replays the reference model, and demands that every answer is what the model says there.
///
/// A pure value. Without a log call `finish()`. With one, `take` every record of it in order first: what the store did by itself, when
/// each command was decided, and what became of those without an answer then comes from there.
package struct HistoryChecker {
  let history: ClientHistory
  let hasLog: Bool
  /// Whose log it is: ids lie in parts that depend on it.
  let store: StoreID?
  var model: ReferenceModel
  var verdict = HistoryVerdict()
  var fates: Fates
  var names = LogNames()
  /// Who last changed what.
  private var writers: [HistoryKey: Int32] = [:]
  /// Nothing more is to be learnt about these: a finding speaks of them.
  private var tainted: Set<HistoryKey> = []
  /// Answered operations by position, and how many of them were judged.
  private let sorted: [Int]
  private var judged = 0
  /// What log time was at least, and at most, at each operation of `sorted`.
  private var timeline: Timeline
  private var lastIssuedID: UInt64 = 0
  /// When the latest call was made of those whose records were passed, in nanoseconds of the clients' clock.
  private var lastWriteCalled: Int64?
  /// The last record that was taken.
  var lastRecord: (lsn: LSN, time: Int64)?

  /// - Parameter store: of which records will be taken; nil: there is no log.
  /// - Throws: if the history alone cannot be checked: it says why, and what to give.
  package init(_ history: ClientHistory, logOf store: StoreID? = nil) throws(HistoryFault) {
    let hasLog = store != nil
    self.store = store
    if !hasLog, let reason = LogNeed.reason(history) { throw HistoryFault(reason, needsLog: true) }
    self.history = history
    self.hasLog = hasLog
    let operations = history.operations
    sorted = operations.indices.filter { operations[$0].answer != nil }.sorted {
      Self.comes(operations[$0], before: operations[$1])
    }
    model = ReferenceModel(rules: history.header.rules, base: nil)
    model.isDriven = true
    for given in history.given { model.give(given.name, given.item) }
    fates = Fates(operations, searches: !hasLog)
    timeline = Timeline(operations, sorted, rules: history.header.rules)
    verdict.count(operations)
    let order = RealTimeOrder(operations, sorted: sorted)
    verdict.findings = order.findings
    verdict.consequences = order.consequences
  }

  /// By LSN; at one LSN the write first, then what may have written a refusal's record, then the rest.
  private static func comes(_ left: HistoryOperation, before right: HistoryOperation) -> Bool {
    func rank(_ operation: HistoryOperation) -> Int {
      operation.isWrite ? 0 : operation.command.mayRefuseWithRecord && operation.answer?.isRepeat == false ? 1 : 2
    }
    let (one, other) = (left.answer?.lsn ?? .zero, right.answer?.lsn ?? .zero)
    if one != other { return one < other }
    return (rank(left), left.called, left.line) < (rank(right), right.called, right.line)
  }

  /// - Returns: everything that was found.
  package mutating func finish() -> HistoryVerdict {
    if hasLog {
      let end = lastRecord?.lsn ?? history.header.from
      judge(upTo: end, until: .max)
      missLast(after: end)
    } else {
      judge(upTo: LSN(.max), until: .max)
    }
    verdict.findings.sort { ($0.lsn, $0.lines.first ?? 0) < ($1.lsn, $1.lines.first ?? 0) }
    return verdict
  }

  // MARK: The sweep

  /// Judges every operation up to an LSN.
  /// - Parameter time: log time of the record that follows.
  mutating func judge(upTo lsn: LSN, until time: Int64) {
    while judged < sorted.count, let answer = history.operations[sorted[judged]].answer, answer.lsn <= lsn {
      let index = sorted[judged]
      if hasLog {
        let own = lastRecord.flatMap { $0.lsn == answer.lsn ? $0.time : nil } ?? lastRecord?.time ?? 0
        let last = time == .max ? latest(history.operations[index], since: own) : max(own, time)
        judge(index, between: min(own, time), and: last)
      } else {
        noteTime(timeline.pass(judged), index)
        let bounds = timeline.bounds(judged)
        judge(index, between: bounds.first, and: bounds.last)
      }
      judged += 1
    }
  }

  /// Behind the last record only the client's clock says how late it was: no more has passed since that record than since the call of
  /// a write whose record came before.
  private func latest(_ operation: HistoryOperation, since time: Int64) -> Int64 {
    guard let lastWriteCalled, let returned = operation.returned else { return .max }
    let passed = max(0, returned - lastWriteCalled) / 1_000_000
    // Log time may be slewed by a twentieth.
    return time + passed + passed / 20 + Timeline.toleranceMilliseconds
  }

  /// The acknowledged write whose record comes next, if it has this LSN.
  func nextWrite(at lsn: LSN) -> Int? {
    guard judged < sorted.count, history.operations[sorted[judged]].isWrite,
      history.operations[sorted[judged]].answer?.lsn == lsn
    else { return nil }
    return sorted[judged]
  }

  /// The answered operations at this LSN that were not judged yet.
  func waiting(at lsn: LSN) -> [Int] {
    var found: [Int] = []
    for index in sorted[judged...] {
      guard history.operations[index].answer?.lsn == lsn else { break }
      found.append(index)
    }
    return found
  }

  /// The log ends, and answers rest on records behind its end.
  private mutating func missLast(after lsn: LSN) {
    for index in sorted[judged...] {
      let operation = history.operations[index]
      guard let answer = operation.answer else { continue }
      find(
        .lostWrite, index,
        "line \(operation.line) was answered with LSN \(answer.lsn); the log ends at LSN \(lsn)", others: [])
    }
    judged = sorted.count
  }

  private mutating func noteTime(_ regress: (from: Int64, to: Int64)?, _ index: Int) {
    guard let regress else { return }
    find(
      .timeWentBack, index,
      "line \(history.operations[index].line) tells the time \(regress.to), after \(regress.from) was told", others: [])
  }

  // MARK: One operation

  /// - Parameter first, last: bounds of the log time at which it was decided.
  mutating func judge(_ index: Int, between first: Int64, and last: Int64) {
    let operation = history.operations[index]
    guard let said = operation.answer else { return }
    if operation.isWrite { lastWriteCalled = max(lastWriteCalled ?? .min, operation.called) }
    if operation.isWrite, isTaken(index, said.lsn) { return }
    if isBeyondModel(operation, said) { return }
    if hasLog && !said.tellsNothingOfOrder { checkOverdue(index, operation, at: first) }
    let print = model.footprint(of: [operation.command])
    var expected = model.perform(operation.command, at: first)
    if agrees(operation, said, expected) { return noteWriter(index) }
    if last != first {
      for moment in model.turns(of: operation.command, between: first, and: last) + [last] where moment != .max {
        model.restore(print)
        if agrees(operation, said, model.perform(operation.command, at: moment)) { return noteWriter(index) }
      }
      model.restore(print)
      expected = model.perform(operation.command, at: first)
    }
    let isSameSuccess = operation.isWrite && expected.outcome == said.outcome && !expected.isRepeat
    if fates.searches {
      model.restore(print)
      if settle(index, said, at: first) { return noteWriter(index) }
      if isSameSuccess { expected = model.perform(operation.command, at: first) }
    } else if !isSameSuccess {
      model.restore(print)
    }
    accuse(index, said, expected)
    if isSameSuccess { noteWriter(index) }
  }

  /// Two writes under one LSN, or one under an LSN that was there before.
  private mutating func isTaken(_ index: Int, _ lsn: LSN) -> Bool {
    if lsn <= history.header.from {
      find(
        .duplicateLSN, index,
        "line \(history.operations[index].line) wrote LSN \(lsn), and LSN \(history.header.from) was there before",
        others: [])
      return true
    }
    guard judged > 0 else { return false }
    let before = history.operations[sorted[judged - 1]]
    guard before.isWrite, before.answer?.lsn == lsn else { return false }
    find(
      .duplicateLSN, index, "line \(history.operations[index].line) and line \(before.line) both wrote LSN \(lsn)",
      others: [before.line])
    return true
  }

  /// What depends on the server's own condition, or on bounds that the model does not keep.
  private static let conditions: Set<Outcome> = [.overloaded, .noSpace, .unavailable, .malformed]

  /// What the model has no opinion of.
  private mutating func isBeyondModel(_ operation: HistoryOperation, _ said: Answer) -> Bool {
    if !Self.conditions.contains(said.outcome) {
      if case .nextIDs = operation.command {
        checkIDs(operation, said)
        return true
      }
      var isPage = false
      if case .list = operation.command { isPage = true }
      if case .sales = operation.command { isPage = true }
      if !isPage { return false }
    }
    verdict.notJudged += 1
    return true
  }

  /// Numbers are handed out in the order of the records, each once.
  private mutating func checkIDs(_ operation: HistoryOperation, _ said: Answer) {
    guard let first = said.value("first").flatMap({ UInt64($0) }),
      let count = said.value("count").flatMap({ UInt64($0) }),
      first > lastIssuedID, count > 0
    else {
      verdict.findings.append(
        HistoryFinding(
          .idTwice, lsn: said.lsn, lines: [operation.line],
          "line \(operation.line) got \(said.value("first") ?? "nothing"); \(lastIssuedID) was handed out before"))
      return
    }
    lastIssuedID = first &+ count &- 1
  }

  /// Whoever touches an order whose deadline has passed finds it expired.
  private mutating func checkOverdue(_ index: Int, _ operation: HistoryOperation, at time: Int64) {
    guard let id = operation.command.order, let order = model.orders[id], order.state.isOpen, order.deadline <= time
    else { return }
    find(
      .expiredLate, index,
      "line \(operation.line) met order \(id) open at \(time); its deadline was \(order.deadline)", others: [])
  }

  // MARK: Answers

  /// Whether the store said what the model says.
  private mutating func agrees(_ operation: HistoryOperation, _ said: Answer, _ expected: Answer) -> Bool {
    if said == expected { return true }
    // How many attempts were refused is logged once a second; what an extended cart's first item is, the log does not keep.
    var heard = said.without("refused")
    if case .extend = operation.command { heard = heard.without("available") }
    if heard == expected || model.alternatives.contains(heard) { return true }
    return !hasLog && isMoved(operation, heard, expected)
  }

  /// Without a log a later deadline is taken for an outage's shift: nobody could pay meanwhile.
  private mutating func isMoved(_ operation: HistoryOperation, _ said: Answer, _ expected: Answer) -> Bool {
    guard !operation.isWrite, let id = operation.command.order, let now = said.number("until"),
      let before = expected.number("until"), now > before,
      now - before <= history.header.rules.outageShiftMillisecondsMax,
      said.without("until") == expected.without("until")
    else { return false }
    model.orders[id]?.deadline = now
    return true
  }

  /// What a pending command would lead to.
  func fits(_ operation: HistoryOperation, _ said: Answer, _ expected: Answer) -> Bool {
    var heard = said.without("refused")
    if case .extend = operation.command { heard = heard.without("available") }
    if operation.isWrite || hasLog { return heard == expected }
    return heard == expected || heard.without("until") == expected.without("until")
  }

  mutating func noteWriter(_ index: Int) {
    let operation = history.operations[index]
    if operation.command.isRead || (operation.answer != nil && !operation.isWrite && !fates.isPending(index)) { return }
    for key in operation.command.keys { writers[key] = Int32(truncatingIfNeeded: operation.line) }
  }

  // MARK: Findings

  /// Everything that an operation is about, the items of its order too.
  func keys(of command: ShopCommand) -> [HistoryKey] {
    var keys = command.keys
    if let id = command.order, let order = model.orders[id] { keys += order.lines.keys.map { .item($0) } }
    return keys
  }

  /// One finding for each thing that is wrong; what follows from it is counted.
  mutating func find(_ kind: HistoryFinding.Kind, _ index: Int, _ message: String, others: [Int]) {
    let operation = history.operations[index]
    let keys = keys(of: operation.command)
    defer { tainted.formUnion(keys) }
    guard !keys.contains(where: { tainted.contains($0) }) else {
      verdict.consequences += 1
      return
    }
    verdict.findings.append(
      HistoryFinding(
        kind, lsn: operation.answer?.lsn ?? lastRecord?.lsn ?? .zero, lines: [operation.line] + others, message))
  }

  func isTainted(_ keys: [HistoryKey]) -> Bool { keys.contains { tainted.contains($0) } }
  mutating func taint(_ keys: [HistoryKey]) { tainted.formUnion(keys) }

  /// The lines that last changed some things, two at most.
  func lastWriters(of keys: [HistoryKey]) -> [Int] {
    Array(Set(keys.compactMap { writers[$0] }.map(Int.init)).sorted().suffix(2))
  }

  private mutating func accuse(_ index: Int, _ said: Answer, _ expected: Answer) {
    let operation = history.operations[index]
    let keys = keys(of: operation.command)
    // Totals count what nobody saw, too.
    let isTotal = fates.searches && fates.isOpen && operation.command == .stats
    if isTotal || keys.contains(where: { fates.isAmbiguous($0) }) {
      verdict.undecided += 1
      return
    }
    let others = lastWriters(of: keys)
    let isOfUnknown = others.contains { fates.wasUnknown(line: $0) }
    let kind = Mismatch.kind(operation, said, expected, isOfUnknown: isOfUnknown)
    find(
      kind, index, "line \(operation.line) was told \"\(said)\"; after LSN \(said.lsn) it is \"\(expected)\"",
      others: others.filter { $0 != operation.line })
  }
}

extension HistoryVerdict {
  fileprivate mutating func count(_ all: [HistoryOperation]) {
    operations = all.count
    firstLSN = all.lazy.compactMap { $0.answer?.lsn }.min() ?? .zero
    lastLSN = all.lazy.compactMap { $0.answer?.lsn }.max() ?? .zero
    for operation in all {
      guard let answer = operation.answer else {
        if !operation.command.isRead { unknown += 1 }
        continue
      }
      if operation.command.isRead {
        reads += 1
      } else if answer.isRepeat || answer.outcome == .found {
        repeats += 1
      } else if operation.isWrite {
        writes += 1
      } else {
        refusals += 1
      }
    }
  }
}
