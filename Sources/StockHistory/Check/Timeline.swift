import StockEngine
import StockModel

/// Bounds of log time along a history that has no log: some answers tell the moment of their decision, the others lie between.
struct Timeline {
  /// Log time is at least this.
  private var earliest: Int64 = 0
  private let exact: [Int64?]
  private let latestOf: [Int64]

  /// Parts of a store read their time one by one, so it may go back this far between them.
  static let toleranceMilliseconds: Int64 = 2000

  init(_ operations: [HistoryOperation], _ sorted: [Int], rules: Rules) {
    var pay: [String: Int64] = [:]
    for operation in operations {
      if case .openSale(_, let opening) = operation.command { pay[opening.sale] = opening.payMilliseconds }
    }
    let created = Self.created(operations)
    exact = sorted.map { Self.moment(operations[$0], rules, pay) ?? Self.birth(operations[$0], created) }
    var latest = Array(repeating: Int64.max, count: sorted.count)
    var next = Int64.max
    for place in sorted.indices.reversed() {
      if let moment = exact[place] { next = min(next, moment) }
      latest[place] = next
    }
    latestOf = latest
  }

  /// Goes on to the next operation.
  /// - Returns: how far time went back, if it did.
  mutating func pass(_ place: Int) -> (from: Int64, to: Int64)? {
    guard let moment = exact[place] else { return nil }
    defer { earliest = max(earliest, moment) }
    return moment < earliest - Self.toleranceMilliseconds ? (earliest, moment) : nil
  }

  /// The moment of its own, if it tells one; else what log time was at least, and at most.
  func bounds(_ place: Int) -> (first: Int64, last: Int64) {
    if let moment = exact[place] { return (moment, moment) }
    return (earliest, latestOf[place] == .max ? earliest : max(earliest, latestOf[place]))
  }

  /// When orders were made, as reads of them tell.
  private static func created(_ operations: [HistoryOperation]) -> [String: Int64] {
    var created: [String: Int64] = [:]
    for operation in operations {
      guard case .order(let id) = operation.command, let time = operation.answer?.number("created") else { continue }
      created[id] = created[id] ?? time
    }
    return created
  }

  /// Of what made an order or its tombstone.
  private static func birth(_ operation: HistoryOperation, _ created: [String: Int64]) -> Int64? {
    guard operation.isWrite, let outcome = operation.answer?.outcome else { return nil }
    if let placement = operation.command.placement { return created[placement.order] }
    return outcome == .fenced ? operation.command.order.flatMap { created[$0] } : nil
  }

  /// A hold's deadline less its time to pay.
  static func moment(_ operation: HistoryOperation, _ rules: Rules, _ pay: [String: Int64]) -> Int64? {
    if let time = operation.logTime { return time }
    guard operation.isWrite, case .reserve(let placement) = operation.command, let word = operation.answer?.words.last,
      word.hasPrefix("until="), let until = Int64(word.dropFirst(6))
    else { return nil }
    return until - hold(placement, rules, pay)
  }

  /// How long an order holds its units.
  static func hold(_ placement: ShopCommand.Placement, _ rules: Rules, _ pay: [String: Int64]) -> Int64 {
    if placement.holdMilliseconds > 0 { return placement.holdMilliseconds }
    if let own = pay[placement.sale], own > 0 { return own }
    return rules.holdMilliseconds
  }
}

/// Whether a history can be checked without the store's log: only if the store did nothing by itself meanwhile.
enum LogNeed {
  /// For clocks that do not go quite alike.
  private static let marginMilliseconds: Int64 = 1000

  /// nil: it can.
  static func reason(_ history: ClientHistory) -> String? {
    let operations = history.operations
    let end = operations.reduce(Int64(0)) { max($0, $1.returned ?? $1.called) }
    guard let start = operations.lazy.map(\.called).min() else { return nil }
    func rest(_ since: Int64) -> Int64 { (end - since) / 1_000_000 + marginMilliseconds }
    let advice = "Give the store's directory with --log: it says what the store did by itself."
    if let given = history.given.first(where: { $0.item.reserved > 0 }) {
      return "\(given.name) has reserved units before the history begins, and nobody knows when they expire. \(advice)"
    }
    let rules = history.header.rules
    let kept = min(
      rules.endedRetentionMilliseconds, rules.soldRetentionMilliseconds, rules.idRetentionMilliseconds)
    if rest(start) >= kept { return "the history is longer than the store keeps ended orders. \(advice)" }
    var pay: [String: Int64] = [:]
    var moment: (log: Int64, called: Int64)?
    for operation in operations {
      if case .openSale(_, let opening) = operation.command { pay[opening.sale] = opening.payMilliseconds }
    }
    for operation in operations {
      if case .reserve(let placement) = operation.command, operation.answer.map({ $0.outcome.isSuccess }) ?? true,
        Timeline.hold(placement, rules, pay) <= rest(operation.called)
      {
        return "line \(operation.line): the hold of order \(placement.order) may end within the history. \(advice)"
      }
      if moment == nil, let log = Timeline.moment(operation, rules, pay) { moment = (log, operation.called) }
    }
    for operation in operations {
      guard case .openSale(_, let opening) = operation.command, operation.answer.map({ $0.outcome.isSuccess }) ?? true
      else { continue }
      guard let moment, opening.end > moment.log + rest(moment.called) else {
        return "line \(operation.line): the sale \(opening.sale) may end within the history. \(advice)"
      }
    }
    return nil
  }
}
