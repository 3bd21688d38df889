import StockEngine
import StockModel

// Without a log: which of the commands without an answer took effect, and when, is told by what others saw. An answer that the model
// does not give may be right if some of them took effect before it.

extension HistoryChecker {
  /// Choices that are tried for one answer.
  private static let triesMax = 4096
  /// Of so many commands any choice is tried; of more, only the first ones.
  private static let choiceMax = 4

  /// Finds commands whose effect explains an answer, and lets them have it.
  /// - Returns: false if none do; nothing is changed then.
  mutating func settle(_ index: Int, _ said: Answer, at now: Int64) -> Bool {
    let operation = history.operations[index]
    var own = keys(of: operation.command)
    own += fates.keys(of: operation.command)
    let operations = history.operations
    // A write comes before its own record; what wrote nothing may come behind the last.
    let end = operation.isWrite ? said.lsn : said.lsn.advanced(by: 1)
    let candidates = fates.candidates(for: own, operations).filter { $0.after < end }
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
    // No more than are needed: what is not needed here may not have happened.
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
    guard candidates.count > Self.choiceMax else { return nil }
    tries = Self.triesMax
    for count in Self.choiceMax + 1...candidates.count where tries > 0 {
      var chosen = Array(candidates[..<count])
      guard explains(chosen, operation, said, part, now, end, &tries) else { continue }
      for place in chosen.indices.reversed() {
        var fewer = chosen
        fewer.remove(at: place)
        if explains(fewer, operation, said, part, now, end, &tries) { chosen = fewer }
      }
      return chosen
    }
    return nil
  }

  private func explains(
    _ chosen: [Fates.Pending], _ operation: HistoryOperation, _ said: Answer, _ part: ReferenceModel, _ now: Int64,
    _ end: LSN, _ tries: inout Int
  ) -> Bool {
    tries -= 1
    var part = part
    for pending in chosen {
      let command = history.operations[pending.index].command
      if !Self.isRecorded(part.perform(command, at: pending.time ?? now), command) { return false }
    }
    return fits(operation, said, part.perform(operation.command, at: now)) && fates.hasPlaces(for: chosen, before: end)
  }

  private mutating func apply(_ chosen: [Fates.Pending], _ now: Int64, _ end: LSN) {
    fates.take(chosen, before: end)
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
