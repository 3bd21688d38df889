import StockEngine
import StockModel

// Without a log: which of the commands without an answer took effect, and when, is told by what others saw. An answer that the model
// does not give may be right if some of them took effect before it.

extension HistoryChecker {
  /// Choices that are tried for one answer.
  private static let triesMax = 4096
  /// Commands that are tried together, one by one in the order of their calls, however many there are; as a choice so many.
  private static let choiceMax = 4

  /// Finds commands whose effect explains an answer, and lets them have it.
  /// - Returns: false if none do; nothing is changed then.
  mutating func settle(_ index: Int, _ said: Answer, at now: Int64) -> Bool {
    let operation = history.operations[index]
    var own = keys(of: operation.command)
    own += fates.keys(of: operation.command)
    let operations = history.operations
    // What it names is changed by commands on the same things only, and those again may rest on others of the same order.
    var known: Set<Int> = []
    var candidates = fates.candidates(for: own, operations).filter { known.insert($0.index).inserted }
    for pending in candidates {
      guard let order = operations[pending.index].command.order else { continue }
      candidates += fates.candidates(for: [.order(order)], operations).filter { known.insert($0.index).inserted }
    }
    // A write comes before its own record; what wrote nothing may come behind the last.
    let end = operation.isWrite ? said.lsn : said.lsn.advanced(by: 1)
    candidates = candidates.filter { $0.after < end }
    if candidates.isEmpty { return false }
    let commands = candidates.map { operations[$0.index].command } + [operation.command]
    let part = model.part(model.footprint(of: commands, withUses: true))
    var tries = Self.triesMax
    guard let chosen = choose(candidates, operation, said, part, now, end, &tries) else { return false }
    let isForced = chosen.count == candidates.count
    apply(chosen, now, end)
    if !isForced { fates.note(ambiguous: chosen.flatMap { fates.keys(of: operations[$0.index].command) }) }
    let expected = model.perform(operation.command, at: now)
    if let id = operation.command.order, let until = said.number("until"), expected.number("until") != until,
      !operation.isWrite
    {
      model.orders[id]?.deadline = until
    }
    return true
  }

  private func choose(
    _ candidates: [Fates.Pending], _ operation: HistoryOperation, _ said: Answer, _ part: ReferenceModel, _ now: Int64,
    _ end: LSN, _ tries: inout Int
  ) -> [Fates.Pending]? {
    for count in 1...candidates.count where count <= 64 {
      let chosen = Array(candidates[..<count])
      if explains(chosen, operation, said, part, now, end, &tries) { return chosen }
    }
    var chosen: [Fates.Pending] = []
    func extend(from start: Int, _ left: Int, _ tries: inout Int) -> Bool {
      if left == 0 { return explains(chosen, operation, said, part, now, end, &tries) }
      for place in start..<candidates.count where tries > 0 {
        chosen.append(candidates[place])
        if extend(from: place + 1, left - 1, &tries) { return true }
        chosen.removeLast()
      }
      return false
    }
    for count in 1...min(Self.choiceMax, candidates.count) where extend(from: 0, count, &tries) { return chosen }
    return nil
  }

  private func explains(
    _ chosen: [Fates.Pending], _ operation: HistoryOperation, _ said: Answer, _ part: ReferenceModel, _ now: Int64,
    _ end: LSN, _ tries: inout Int
  ) -> Bool {
    tries -= 1
    if fates.places(for: chosen, before: end) == nil { return false }
    var part = part
    for pending in chosen {
      let answer = part.perform(history.operations[pending.index].command, at: pending.time ?? now)
      if !answer.outcome.isSuccess || answer.isRepeat || answer.outcome == .found { return false }
    }
    return fits(operation, said, part.perform(operation.command, at: now))
  }

  private mutating func apply(_ chosen: [Fates.Pending], _ now: Int64, _ end: LSN) {
    if let places = fates.places(for: chosen, before: end) { fates.take(places) }
    for pending in chosen {
      _ = model.perform(history.operations[pending.index].command, at: pending.time ?? now)
      settled(pending.index)
    }
  }

  /// It is known now that a command without an answer took effect.
  mutating func settled(_ index: Int) {
    if history.operations[index].answer == nil { verdict.unknownThatTookEffect += 1 }
    noteWriter(index)
    fates.resolve(index, history.operations)
  }
}
