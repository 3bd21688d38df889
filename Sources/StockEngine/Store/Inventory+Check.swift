/// What adding up every item came to.
public struct CheckReport: Sendable, Equatable {
  /// Items that were looked at.
  public var items: UInt64 = 0
  /// Items whose units do not add up.
  public var faults: UInt64 = 0
  /// The first of these, with their numbers.
  public var samples: [String] = []
  /// The answer rests on everything up to here.
  public var gate: LSN = .zero

  /// Nothing was looked at yet.
  public init() {}

  /// At most so many faults are told one by one.
  static let samplesMax = 10
}

extension Inventory {
  /// Adds up every item: what came in is available, reserved, sold or scrapped, and none of the last three is negative. Pages of a
  /// thousand items are each read at one moment, so that nobody waits for the whole. Blocks.
  public func check() -> CheckReport {
    let executor = makeExecutor()
    var report = CheckReport()
    var batch = CommandBatch()
    var replies = ReplyBatch()
    var cursor: UInt64 = 0
    repeat {
      batch.removeAll()
      replies.removeAll()
      batch.append(.list(List(cursor: cursor, rowsMax: UInt32(Bounds.rowsPerPageMax), prefix: .empty)))
      executor.execute(&batch, into: &replies)
      report.gate = max(report.gate, replies.gate)
      guard case .page(_, let next) = replies.replies[0].body else { preconditionFailure("a list answers with a page") }
      for balance in replies.items { report.add(balance, name: replies.string(balance.item)) }
      cursor = next
    } while cursor != 0
    return report
  }
}

extension CheckReport {
  mutating func add(_ balance: ItemBalance, name: @autoclosure () -> String) {
    items += 1
    let sum = balance.available + balance.reserved + balance.sold + balance.scrapped
    if sum == balance.supplied && min(balance.reserved, balance.sold, balance.scrapped) >= 0 { return }
    faults += 1
    guard samples.count < Self.samplesMax else { return }
    samples.append(
      "\(name()): supplied \(balance.supplied), but available \(balance.available) + reserved \(balance.reserved) + sold \(balance.sold) + scrapped \(balance.scrapped) = \(sum)"
    )
  }
}
