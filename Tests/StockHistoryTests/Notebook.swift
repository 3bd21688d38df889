import StockEngine
import StockHistory
import StockModel

/// A history written by hand: commands and answers in words, one line each.
///
/// Times are in microseconds; every operation begins where the last ended, if it is not told otherwise.
struct Notebook {
  private(set) var history = ClientHistory()
  private var clock: Int64 = 0

  /// - Parameters:
  ///   - answer: `reserved again available=3 until=900000`, or nil: no answer came.
  ///   - called, returned: microseconds; without them it takes 10, after whatever came before.
  mutating func note(
    _ command: String, lsn: UInt64 = 0, _ answer: String?, client: Int64 = 1, from called: Int64? = nil,
    to returned: Int64? = nil, isResent: Bool = false
  ) throws {
    let begin = called ?? clock + 10
    let end = returned ?? begin + 10
    clock = max(clock, end)
    var said: Answer?
    if let answer {
      var words = answer.split(separator: " ").map(String.init)
      guard let outcome = Outcome.allCases.first(where: { $0.name == words[0] }) else {
        throw ShopCommand.Misspelling(description: "no outcome is called \(words[0])")
      }
      words.removeFirst()
      let isRepeat = words.first == "again"
      if isRepeat { words.removeFirst() }
      said = Answer(outcome, again: isRepeat, words)
      said?.lsn = LSN(lsn)
    }
    history.operations.append(
      HistoryOperation(
        line: history.operations.count + 2, client: said == nil ? Int64(history.operations.count) + 100 : client,
        called: begin * 1000, returned: said == nil ? nil : end * 1000, isResent: isResent,
        command: try ShopCommand(command), answer: said))
  }

  /// The store was not new.
  mutating func begin(after lsn: UInt64) { history.header.from = LSN(lsn) }

  func verdict() throws -> HistoryVerdict {
    var checker = try HistoryChecker(history)
    return checker.finish()
  }

  /// Ten units of A, created at LSN 1.
  static func withTenUnits() throws -> Notebook {
    var notebook = Notebook()
    try notebook.note("preheat op-0 A=10", lsn: 1, "done available=10")
    return notebook
  }
}
