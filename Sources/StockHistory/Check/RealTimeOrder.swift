import StockEngine
import StockModel

/// Whether the order of LSNs is one that real time allows. Exact, and n log n.
///
/// A write takes effect with its record; a read, a repeat or a refusal at LSN `n` was decided after record `n` and before the next. So
/// each operation has a position, and of two of which one was over before the other began the earlier may not have the later position.
struct RealTimeOrder {
  /// Twice the LSN; one more for what wrote nothing.
  static func position(_ operation: HistoryOperation) -> UInt64? {
    guard let answer = operation.answer else { return nil }
    return answer.lsn.rawValue << 1 | (operation.isWrite ? 0 : 1)
  }

  private(set) var findings: [HistoryFinding] = []
  private(set) var consequences = 0
  private var accused: Set<Int> = []

  /// - Parameter sorted: answered operations by position.
  init(_ operations: [HistoryOperation], sorted: [Int]) {
    sweep(operations, sorted)
    followClients(operations)
  }

  /// From the last position to the first: whoever was called after the earliest return behind it comes too early.
  private mutating func sweep(_ operations: [HistoryOperation], _ sorted: [Int]) {
    var earliest: (returned: Int64, index: Int)?
    var end = sorted.count
    while end > 0 {
      let position = Self.position(operations[sorted[end - 1]])
      var start = end
      while start > 0, Self.position(operations[sorted[start - 1]]) == position { start -= 1 }
      for index in sorted[start..<end] {
        if let earliest, earliest.returned < operations[index].called {
          accuse(operations[index], operations[earliest.index], earliest.index, index)
        }
      }
      for index in sorted[start..<end] {
        let returned = operations[index].returned ?? .max
        if earliest.map({ returned < $0.returned }) ?? true { earliest = (returned, index) }
      }
      end = start
    }
  }

  private mutating func accuse(_ late: HistoryOperation, _ early: HistoryOperation, _ earlyIndex: Int, _ lateIndex: Int)
  {
    accused.insert(lateIndex)
    guard accused.insert(earlyIndex).inserted, let lsn = late.answer?.lsn, let before = early.answer?.lsn else {
      consequences += 1
      return
    }
    findings.append(
      HistoryFinding(
        .realTime, lsn: lsn, lines: [late.line, early.line],
        "line \(early.line) was answered with LSN \(before) before line \(late.line) was called, "
          + "whose LSN is \(lsn)\(lsn == before ? ", too: a record cannot be older than what it comes after" : "")"))
  }

  /// The commands of a client take effect in the order of their lines, so its LSNs never go back.
  private mutating func followClients(_ operations: [HistoryOperation]) {
    var last: [Int64: Int] = [:]
    for index in operations.indices {
      guard let position = Self.position(operations[index]) else { continue }
      let client = operations[index].client
      if let before = last[client], let previous = Self.position(operations[before]), previous > position {
        if !accused.contains(index), !accused.contains(before), let lsn = operations[index].answer?.lsn {
          findings.append(
            HistoryFinding(
              .clientOrder, lsn: lsn, lines: [operations[index].line, operations[before].line],
              "client \(client) sent line \(operations[index].line) after line \(operations[before].line), "
                + "and its LSN \(lsn) is not after LSN \(previous >> 1)"))
        }
        continue
      }
      last[client] = index
    }
  }
}
