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
  /// LSNs that are taken.
  private var taken: Set<UInt64> = []
  /// Where more than one choice was right, and one was made.
  private var ambiguous: Set<HistoryKey> = []
  private var linesOfUnknown: Set<Int> = []

  init(_ operations: [HistoryOperation], searches: Bool) {
    self.searches = searches
    let done = Set(operations.lazy.filter(\.isWrite).compactMap { $0.command.effect })
    for (index, operation) in operations.enumerated() {
      guard let effect = operation.command.effect, Self.isOpen(operation, searches) else { continue }
      // A confirm may leave the record of a refund, and be accepted later.
      if done.contains(effect) && (searches || effect.kind != .confirm) { continue }
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
      switch operation.command {
      case .reserve(let placement), .deduct(let placement):
        items[id] = operation.command.itemNames
        if operation.answer?.isRepeat == true, placement.holdMilliseconds > 0, let until = operation.answer?.number("until") {
          created[id] = min(created[id] ?? .max, until - placement.holdMilliseconds)
        }
      case .order:
        if let time = operation.answer?.number("created") { created[id] = time }
      default: break
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

  func isPending(_ index: Int) -> Bool { pending[index] != nil }
  func isAmbiguous(_ key: HistoryKey) -> Bool { ambiguous.contains(key) }
  func wasUnknown(line: Int) -> Bool { linesOfUnknown.contains(line) }

  /// Those that may have had this effect, the earliest call first.
  func pending(_ effect: EffectID) -> [Pending] { (byEffect[effect] ?? []).compactMap { pending[$0] } }

  /// Those that may have been refused and left the record of a refund.
  func refunds(of order: String, _ operations: [HistoryOperation]) -> Bool {
    pending.keys.contains { operations[$0].command.order == order && operations[$0].command.mayRefuseWithRecord }
  }

  /// It has taken effect: the others of the same effect have not.
  mutating func resolve(_ index: Int, _ operations: [HistoryOperation]) {
    pending[index] = nil
    guard let effect = operations[index].command.effect else { return }
    for other in byEffect[effect] ?? [] { pending[other] = nil }
    byEffect[effect] = nil
  }

  // MARK: Searching

  /// Those that have something to do with a command.
  func candidates(for keys: [HistoryKey], _ operations: [HistoryOperation]) -> [Pending] {
    var seen: Set<Int> = []
    var found: [Pending] = []
    for key in keys {
      for index in byKey[key] ?? [] where seen.insert(index).inserted {
        if let pending = pending[index] { found.append(pending) }
      }
    }
    return found.sorted { left, right in
      let (one, other) = (left.time ?? .max, right.time ?? .max)
      if one != other { return one < other }
      return (operations[left.index].called, left.index) < (operations[right.index].called, right.index)
    }
  }

  /// Gives each of some commands an LSN that nobody else has, before `end`: the last ones, since nothing asked for them earlier.
  /// - Returns: nil if there are not as many.
  func places(for chosen: [Pending], before end: LSN) -> [UInt64]? {
    var free = end.rawValue
    var places: [UInt64] = []
    for pending in chosen.sorted(by: { $0.after > $1.after }) {
      repeat {
        guard free > 0 else { return nil }
        free -= 1
      } while taken.contains(free)
      guard free > pending.after.rawValue else { return nil }
      places.append(free)
    }
    return places
  }

  mutating func take(_ places: [UInt64]) { taken.formUnion(places) }
  mutating func note(ambiguous keys: [HistoryKey]) { ambiguous.formUnion(keys) }
}
