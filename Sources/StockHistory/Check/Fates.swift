import StockEngine
import StockModel

/// Commands of which nobody was told when they took effect, or whether: those without an answer, and those whose answer was a repeat
/// of an earlier sending of their own.
struct Fates {
  /// One such command.
  struct Pending {
    var index: Int
    /// What was over before it was called had LSNs up to here.
    var after = LSN.zero
    /// When it took effect, if a later answer tells.
    var time: Int64?
  }

  /// Without a log its effect must be found by what others saw.
  let searches: Bool
  /// By the command's index in the history.
  private(set) var pending: [Int: Pending] = [:]
  private var byEffect: [EffectID: [Int]] = [:]
  private var byKey: [HistoryKey: [Int]] = [:]
  /// Of the orders that pending commands name, the items.
  private var items: [String: [String]] = [:]
  /// LSNs of acknowledged writes.
  private var taken: Set<UInt64> = []
  /// Where those lie that were found to have taken effect: behind one LSN, before another.
  private var windows: [Window] = []

  private struct Window {
    var after: LSN
    var end: LSN
  }

  /// Where more than one choice was right, and one was made.
  private var ambiguous: Set<HistoryKey> = []
  private var linesOfUnknown: Set<Int> = []

  init(_ operations: [HistoryOperation], searches: Bool) {
    self.searches = searches
    let done = Set(operations.lazy.filter(\.isWrite).compactMap { $0.command.effect })
    for (index, operation) in operations.enumerated() {
      guard let effect = operation.command.effect, Self.isOpen(operation, searches) else { continue }
      // Without a log nothing is forgotten meanwhile: an id that took effect once does not do so again.
      if searches && done.contains(effect) { continue }
      pending[index] = Pending(index: index)
      byEffect[effect, default: []].append(index)
      if operation.answer == nil { linesOfUnknown.insert(operation.line) }
    }
    if pending.isEmpty { return }
    learn(operations)
    if searches { prepareSearch(operations) }
    for effect in byEffect.keys { byEffect[effect]?.sort { operations[$0].called < operations[$1].called } }
  }

  /// It may have taken effect, and nobody was told when: it has no answer, or one that an earlier sending of it may explain.
  private static func isOpen(_ operation: HistoryOperation, _ searches: Bool) -> Bool {
    guard let answer = operation.answer else { return true }
    guard operation.isResent, !operation.isWrite else { return false }
    let ends: [Outcome] = [.alreadyCancelled, .alreadyConfirmed, .expired, .orderFenced, .wrongState, .found]
    return !searches || answer.isRepeat || ends.contains(answer.outcome)
  }

  /// What others tell of the orders: their items, and when they were made.
  private mutating func learn(_ operations: [HistoryOperation]) {
    let orders = Set(pending.keys.compactMap { operations[$0].command.order })
    var created: [String: Int64] = [:]
    for operation in operations {
      guard let id = operation.command.order, orders.contains(id) else { continue }
      if case .order = operation.command, let time = operation.answer?.number("created") { created[id] = time }
      guard let placement = operation.command.placement else { continue }
      items[id] = operation.command.itemNames
      if operation.answer?.isRepeat == true, placement.holdMilliseconds > 0,
        let until = operation.answer?.number("until")
      {
        created[id] = min(created[id] ?? .max, until - placement.holdMilliseconds)
      }
    }
    for index in pending.keys {
      guard operations[index].command.effect?.kind == .place, let id = operations[index].command.order else { continue }
      pending[index]?.time = created[id]
    }
    // The latest LSN of all that was over by then.
    let answered = operations.indices.filter { operations[$0].answer != nil }.sorted {
      (operations[$0].returned ?? 0) < (operations[$1].returned ?? 0)
    }
    var highest: [(returned: Int64, lsn: LSN)] = []
    for index in answered {
      let lsn = operations[index].answer?.lsn ?? .zero
      highest.append((operations[index].returned ?? 0, max(lsn, highest.last?.lsn ?? .zero)))
    }
    for index in pending.keys {
      let called = operations[index].called
      var low = 0
      var high = highest.count
      while low < high {
        let middle = (low + high) / 2
        if highest[middle].returned < called { low = middle + 1 } else { high = middle }
      }
      pending[index]?.after = low > 0 ? highest[low - 1].lsn : .zero
    }
  }

  private mutating func prepareSearch(_ operations: [HistoryOperation]) {
    for index in pending.keys.sorted() {
      for key in keys(of: operations[index].command) { byKey[key, default: []].append(index) }
    }
    for operation in operations where operation.isWrite {
      if let lsn = operation.answer?.lsn { taken.insert(lsn.rawValue) }
    }
  }

  /// With the items of the order that it names, and the buyer, whom limits count.
  func keys(of command: ShopCommand) -> [HistoryKey] {
    var keys = command.keys
    if let id = command.order { keys += (items[id] ?? []).map { .item($0) } }
    if let buyer = command.buyer { keys.append(.buyer(buyer)) }
    return keys
  }

  /// Some may still have taken effect.
  var isOpen: Bool { !pending.isEmpty }
  func isPending(_ index: Int) -> Bool { pending[index] != nil }
  func isAmbiguous(_ key: HistoryKey) -> Bool { ambiguous.contains(key) }
  func wasUnknown(line: Int) -> Bool { linesOfUnknown.contains(line) }

  /// Those that may have had this effect by a record with this LSN, the earliest call first; those that may not come behind.
  func pending(_ effect: EffectID, at lsn: LSN, _ operations: [HistoryOperation]) -> [Pending] {
    let all = (byEffect[effect] ?? []).compactMap { pending[$0] }
    func isPossible(_ pending: Pending) -> Bool {
      pending.after < lsn && lsn <= operations[pending.index].answer?.lsn ?? .init(.max)
    }
    return all.filter(isPossible) + all.filter { !isPossible($0) }
  }

  /// Those that confirm some lines of an order. They may have been refused and left the record of a refund, in which nothing is of their
  /// operation.
  func confirmingLines(of order: String, _ operations: [HistoryOperation]) -> [Pending] {
    pending.values.filter { pending in
      guard case .confirmLines(_, order, _, _) = operations[pending.index].command else { return false }
      return true
    }.sorted { operations[$0.index].called < operations[$1.index].called }
  }

  /// It has taken effect: the others of the same effect have not, unless the store forgot it meanwhile, which a log tells.
  mutating func resolve(_ index: Int, _ operations: [HistoryOperation]) {
    pending[index] = nil
    guard searches, let effect = operations[index].command.effect else { return }
    for other in byEffect[effect] ?? [] { pending[other] = nil }
    byEffect[effect] = nil
  }

  // MARK: Searching

  /// As many are looked at for one answer.
  private static let candidatesMax = 64

  /// Those that have something to do with a command, or with others that have.
  func candidates(for keys: [HistoryKey], _ operations: [HistoryOperation]) -> [Pending] {
    var seen: Set<Int> = []
    var found: [Pending] = []
    var asked = Set(keys)
    var next = keys
    while !next.isEmpty && found.count < Self.candidatesMax {
      var more: [HistoryKey] = []
      for key in next {
        for index in byKey[key] ?? [] where seen.insert(index).inserted {
          guard let pending = pending[index] else { continue }
          found.append(pending)
          more += self.keys(of: operations[index].command).filter { asked.insert($0).inserted }
        }
      }
      next = more
    }
    return found.sorted { left, right in
      let (one, other) = (left.time ?? .max, right.time ?? .max)
      if one != other { return one < other }
      return (operations[left.index].called, left.index) < (operations[right.index].called, right.index)
    }
  }

  /// Whether there is an LSN for each of some commands, before `end`, that nobody else has, together with those that were found before.
  ///
  /// Who must have the lowest takes the lowest that it may have: if anything fits, that does.
  func hasPlaces(for chosen: [Pending], before end: LSN) -> Bool {
    let all = (windows + chosen.map { Window(after: $0.after, end: end) }).sorted { $0.end < $1.end }
    var given: Set<UInt64> = []
    for window in all {
      var place = window.after.rawValue + 1
      while taken.contains(place) || given.contains(place) { place += 1 }
      guard place < window.end.rawValue else { return false }
      given.insert(place)
    }
    return true
  }

  mutating func take(_ chosen: [Pending], before end: LSN) {
    windows += chosen.map { Window(after: $0.after, end: end) }
  }

  mutating func note(ambiguous keys: [HistoryKey]) { ambiguous.formUnion(keys) }
}
