import StockEngine
import StockHistory
import StockModel
import StockTestSupport
import Testing

/// A sound history with one thing changed at random: the checker and a judge that does everything the slow way agree about it.
@Suite struct MutationTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func everyChangeThatMattersIsFound(seed: UInt64) throws {
    var shop = try SimulatedShop(seed: seed, sells: false, life: .quiet)
    try shop.run(steps: 25)
    var random = SplitMix64(seed: seed &* 977)
    let judge = SlowJudge()
    #expect(judge.accepts(shop.history))
    var caught = 0
    for round in 0..<80 {
      var changed = shop.history
      let what = Self.change(&changed, &random)
      let verdict = try shop.verdict(changed)
      let isSound = judge.accepts(changed)
      #expect(verdict.passes == isSound, "seed \(seed), change \(round): \(what)\n\(verdict.findings)")
      if !isSound { caught += 1 }
    }
    #expect(caught > 40)
  }

  /// - Returns: what was changed, for people.
  private static func change(_ history: inout ClientHistory, _ random: inout SplitMix64) -> String {
    let place = random.below(history.operations.count)
    var operation = history.operations[place]
    guard var answer = operation.answer else { return "nothing" }
    switch random.below(6) {
    case 0:
      let lsn = Int64(answer.lsn.rawValue) + Int64(random.below(7)) - 3
      answer.lsn = LSN(UInt64(max(1, lsn)))
    case 1: answer.outcome = random.pick(Outcome.allCases.filter { !Self.isBeyondModel($0) })
    case 2: answer.isRepeat.toggle()
    case 3: Self.changeNumber(&answer, &random)
    case 4:
      // The answer came earlier, or the call later.
      let length = (operation.returned ?? 0) - operation.called
      if random.oneIn(2) { operation.called += Int64(random.below(Int(length) + 1)) } else { operation.called -= 4000 }
      operation.returned = max(operation.called, (operation.returned ?? 0) - Int64(random.below(4000)))
    default:
      let other = random.below(history.operations.count)
      guard let lsn = history.operations[other].answer?.lsn else { return "nothing" }
      history.operations[other].answer?.lsn = answer.lsn
      answer.lsn = lsn
    }
    operation.answer = answer
    history.operations[place] = operation
    return "line \(operation.line): \(operation.command) LSN \(answer.lsn) \(answer)"
  }

  /// Nobody can say whether they were true.
  private static func isBeyondModel(_ outcome: Outcome) -> Bool {
    [.overloaded, .noSpace, .unavailable, .malformed].contains(outcome)
  }

  /// Not the times: without a log they are what the answers make them.
  private static func changeNumber(_ answer: inout Answer, _ random: inout SplitMix64) {
    let places = answer.words.indices.filter {
      let word = answer.words[$0]
      return !word.hasPrefix("until=") && !word.hasPrefix("created=")
        && word.split(separator: "=").last.flatMap { Int64($0) } != nil
    }
    guard !places.isEmpty else { return }
    let place = random.pick(places)
    let parts = answer.words[place].split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let number = Int64(parts[1]) else { return }
    answer.words[place] = "\(parts[0])=\(number + (random.oneIn(2) ? 1 : -1))"
  }
}

/// Every pair of operations is compared, and the model begins anew: slow, short, and made of nothing that the checker is made of but
/// the model.
private struct SlowJudge {
  func accepts(_ history: ClientHistory) -> Bool {
    let operations = history.operations
    for (place, one) in operations.enumerated() {
      for (later, other) in operations.enumerated() where later != place {
        if Self.isBefore(one, other), !Self.mayPrecede(one, other) { return false }
        if later > place, one.client == other.client, !Self.mayPrecede(one, other) { return false }
        if later > place, Self.writes(one), Self.writes(other), Self.lsn(one) == Self.lsn(other) { return false }
      }
    }
    var model = ReferenceModel(rules: history.header.rules, base: nil)
    model.isDriven = true
    var lastID = 0
    // At one LSN the write comes first, then refusals of confirms, which may have left the record of a refund.
    for operation in operations.sorted(by: { Self.rank($0) < Self.rank($1) }) {
      guard let said = operation.answer else { continue }
      if [.overloaded, .noSpace, .unavailable, .malformed].contains(said.outcome) { continue }
      if case .nextIDs = operation.command {
        guard let first = said.number("first"), let count = said.number("count"), first > lastID, count > 0 else {
          return false
        }
        lastID = Int(first + count - 1)
        continue
      }
      let expected = model.perform(operation.command, at: TestStore.base)
      var heard = said
      if case .extend = operation.command { heard = said.without("available") }
      if heard != expected && !model.alternatives.contains(heard) { return false }
    }
    return true
  }

  private static func lsn(_ operation: HistoryOperation) -> UInt64 { operation.answer?.lsn.rawValue ?? 0 }

  private static func writes(_ operation: HistoryOperation) -> Bool {
    operation.answer.map { $0.outcome.isSuccess && $0.outcome != .found && !$0.isRepeat } ?? false
  }

  private static func isBefore(_ one: HistoryOperation, _ other: HistoryOperation) -> Bool {
    (one.returned ?? .max) < other.called
  }

  /// A write at LSN n comes before what was read there; what was read there before the write n + 1.
  private static func mayPrecede(_ one: HistoryOperation, _ other: HistoryOperation) -> Bool {
    lsn(one) < lsn(other) || (lsn(one) == lsn(other) && (writes(one) || !writes(other)))
  }

  private static func rank(_ operation: HistoryOperation) -> (UInt64, Int, Int64, Int) {
    var kind = 2
    if writes(operation) { kind = 0 }
    switch operation.command {
    case .confirm, .confirmLines: if kind == 2, operation.answer?.isRepeat == false { kind = 1 }
    default: break
    }
    return (lsn(operation), kind, operation.called, operation.line)
  }
}
