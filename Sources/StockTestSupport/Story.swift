import StockEngine
import StockModel

/// A script that a shop's engineer can read: what is sent, and what must come back.
///
///     # One unit, two buyers.
///     preheat op-1 A=1
///     -> done available=1
///     reserve o-1 buyer=u1 A=1 hold=15m
///     -> reserved available=0
///     clock +16m
///     tick
///     log
///     -> expired o-1 A=1
///
/// A command (see `ShopCommand.init(_:base:)`) is followed by its answer: the outcome, `again` if it was a repeat, and words
/// that the answer must hold, or must not if they begin with `!`. `<n>` stands for n letters. The rest is for the store:
///
/// - `rules hold=15m hold-max=1d ended=1h sold=30d ids=30d outage=1h`, before the first command
/// - `clock +16m`: time passes; `wall -1h`: somebody sets the wall clock
/// - `tick`, `settle`: upkeep, once, or until it has nothing left to do
/// - `seal`, `snapshot`
/// - `restart`: stop and start; `kill`: the process dies and starts again; `crash`: the power goes, and all that was not synced
/// - `down 10m`: the power goes for so long
/// - `backup`: the disk as it is is put aside; `restore`: the store's own is lost, and that one started, as another epoch
/// - `what-if S A=4 limit=user:1 no-limit=phone`: the sale's record decided again; a line for each winner and each SKU
/// - `log`: what was logged since the last `log`; one answer line an event, `-> nothing` for none
package struct Story: Sendable {
  package struct Step: Sendable {
    package var line: Int
    package var text: String
    /// The `->` lines that follow.
    package var expected: [(line: Int, text: String)]
  }

  package var steps: [Step] = []

  package init(_ text: String) {
    for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = raw.prefix { $0 != "#" }.split(separator: " ").joined(separator: " ")
      if line.isEmpty { continue }
      if line.hasPrefix("->") {
        guard !steps.isEmpty else { continue }
        let text = line.dropFirst(2).drop { $0 == " " }
        steps[steps.count - 1].expected.append((index + 1, Self.expand(String(text))))
      } else {
        steps.append(Step(line: index + 1, text: Self.expand(line), expected: []))
      }
    }
  }

  /// `<65>` to 65 letters.
  package static func expand(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
      result += rest[..<start]
      let inner = rest[rest.index(after: start)..<end]
      result += Int(inner).map { String(repeating: "x", count: $0) } ?? String(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// The first line where the store and the script differ.
  package struct Difference: Error, CustomStringConvertible {
    package var line: Int
    package var message: String
    package var description: String { "line \(line): \(message)" }
  }

  /// Whether an answer has what a script's line asks of it.
  static func matches(_ answer: Answer, _ expected: String) -> Bool {
    var wanted = expected.split(separator: " ").map(String.init)
    guard !wanted.isEmpty, wanted.removeFirst() == answer.outcome.name else { return false }
    let isRepeat = wanted.first == "again"
    if isRepeat { wanted.removeFirst() }
    return isRepeat == answer.isRepeat
      && wanted.allSatisfy {
        $0.hasPrefix("!") ? !answer.words.contains(String($0.dropFirst())) : answer.words.contains($0)
      }
  }
}

/// Plays a story on a store.
package final class StoryRunner {
  private let shards: Int
  private var rules = Rules()
  private var store: TestStore?
  private var logged = LSN.zero
  private var backup: (disk: SimulatedStorage, last: LSN)?
  /// Reads the events after an LSN, as the engine's tests can.
  private let events: (TestStore, LSN) throws -> [(lsn: LSN, text: String)]

  package init(shards: Int, events: @escaping (TestStore, LSN) throws -> [(lsn: LSN, text: String)]) {
    self.shards = shards
    self.events = events
  }

  /// - Throws: `Difference` at the first line where the store does not do as the story says.
  package func play(_ story: Story) throws {
    for step in story.steps {
      do {
        try play(step)
      } catch let difference as Story.Difference {
        throw difference
      } catch {
        throw Story.Difference(line: step.line, message: "\(step.text): \(error)")
      }
    }
  }

  private func open() throws -> TestStore {
    if let store { return store }
    let store = try TestStore(shards: shards, rules: rules)
    self.store = store
    return store
  }

  private func play(_ step: Story.Step) throws {
    let words = step.text.split(separator: " ").map(String.init)
    if words[0] == "rules" { return try setRules(words.dropFirst()) }
    let store = try open()
    if words[0] == "log" { return try compareLog(step, store) }
    if words[0] == "what-if" { return try compareWhatIf(step, words, store) }
    if try control(words, store) {
      guard step.expected.isEmpty else {
        throw Story.Difference(line: step.expected[0].line, message: "'\(words[0])' gives no answer")
      }
      return
    }
    guard step.expected.count == 1 else {
      throw Story.Difference(line: step.line, message: "'\(step.text)' needs one line '-> answer'")
    }
    let answer = try store.perform(step.text)
    if !Story.matches(answer, step.expected[0].text) {
      throw Story.Difference(
        line: step.expected[0].line,
        message: "'\(step.text)' was expected to give\n  \(step.expected[0].text)\nbut gave\n  \(answer)")
    }
  }

  /// - Returns: false if this is a command for the store to decide.
  private func control(_ words: [String], _ store: TestStore) throws -> Bool {
    switch words[0] {
    case "clock": store.advance(try time(words))
    case "wall": store.clock.stepWall(milliseconds: try time(words))
    case "tick": try store.tick()
    case "settle": try store.settle()
    case "seal": try store.inventory.seal()
    case "snapshot": try store.snapshot()
    case "restart": try store.restart()
    case "kill": try store.kill()
    case "crash": try store.crash()
    case "backup": backup = (store.storage.copy(), store.inventory.lastLSN)
    case "restore": try restore(instead: store)
    case "down":
      store.losePower()
      store.advance(try time(words))
      try store.open()
    default: return false
    }
    return true
  }

  private func time(_ words: [String]) throws -> Int64 {
    guard words.count == 2, let time = Times.parse(words[1]) else {
      throw ShopCommand.Misspelling(description: "'\(words[0])' needs a time")
    }
    return time
  }

  private func setRules(_ words: ArraySlice<String>) throws {
    guard store == nil else { throw ShopCommand.Misspelling(description: "rules come before the first command") }
    for word in words {
      let parts = word.split(separator: "=")
      if parts.count == 2, parts[0] == "flag-after", let threshold = Int(parts[1]) {
        rules.unpaidFlagThreshold = threshold
        continue
      }
      guard parts.count == 2, let time = Times.parse(parts[1]) else {
        throw ShopCommand.Misspelling(description: "'\(word)' is no rule")
      }
      switch parts[0] {
      case "hold": rules.holdMilliseconds = time
      case "hold-max": rules.holdMillisecondsMax = time
      case "ended": rules.endedRetentionMilliseconds = time
      case "sold": rules.soldRetentionMilliseconds = time
      case "ids": rules.idRetentionMilliseconds = time
      case "unpaid-period": rules.unpaidPeriodMilliseconds = time
      case "flag-for": rules.flagMilliseconds = time
      case "outage": rules.outageShiftMillisecondsMax = time
      default: throw ShopCommand.Misspelling(description: "no rule is called '\(parts[0])'")
      }
    }
  }

  /// Time has gone on meanwhile.
  private func restore(instead lost: TestStore) throws {
    guard let backup else { throw ShopCommand.Misspelling(description: "there is no backup to restore") }
    lost.stop()
    backup.disk.kill()
    let restored = try TestStore(shards: shards, rules: rules, storage: backup.disk, opens: false)
    restored.configuration.epochNonce = (lost.configuration.epochNonce ?? 0) + 1
    restored.advance(lost.clock.wallMilliseconds - TestStore.base)
    try restored.open()
    store = restored
    logged = backup.last
  }

  /// `o-1 3s` for each winner with the time of its first win, then `A sold=2 left=0` for each SKU.
  private func compareWhatIf(_ step: Story.Step, _ words: [String], _ store: TestStore) throws {
    var changes: [WhatIf.Change] = []
    for word in words.dropFirst(2) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch (parts[0], parts.count == 2 ? parts[1] : "") {
      case ("no-limit", let dimension): changes.append(.noLimit(dimension: dimension))
      case ("limit", let text):
        let limit = text.split(separator: ":")
        guard limit.count == 2, let max = UInt32(limit[1]) else {
          throw ShopCommand.Misspelling(description: "'\(word)' is no limit")
        }
        changes.append(.limit(dimension: String(limit[0]), measure: .units, max: max))
      case (let sku, let text):
        guard let units = Int64(text) else { throw ShopCommand.Misspelling(description: "'\(word)' changes nothing") }
        changes.append(.stock(sku: sku, units: units))
      }
    }
    try store.inventory.flush()
    let inspector = try StoreInspector(path: TestStore.path, storage: store.storage)
    guard words.count > 1, let whatIf = try inspector.whatIf(sale: words[1]) else {
      throw ShopCommand.Misspelling(description: "what-if needs a sale of the log")
    }
    let report = try whatIf.decide(changes)
    let winners = report.winners.compactMap { winner in
      winner.whatIf.map { "\(winner.order) \(Times.text($0.time.milliseconds - TestStore.base))" }
    }
    let skus = report.whatIf.skus.map { "\($0.sku) sold=\($0.sold) left=\($0.left)" }
    try compare(step, winners + skus, verb: "come to")
  }

  private func compareLog(_ step: Story.Step, _ store: TestStore) throws {
    let found = try events(store, logged)
    logged = found.last?.lsn ?? logged
    try compare(step, found.map(\.text), verb: "log")
  }

  private func compare(_ step: Story.Step, _ texts: [String], verb: String) throws {
    let expected = step.expected.map(\.text) == ["nothing"] ? [] : step.expected.map(\.text)
    if texts == expected { return }
    let (wanted, found) = (expected.joined(separator: "\n  "), texts.joined(separator: "\n  "))
    throw Story.Difference(line: step.line, message: "was expected to \(verb)\n  \(wanted)\nbut it was\n  \(found)")
  }
}
