import StockEngine
import StockHistory

/// Checks a history, with the store's log if there is one.
enum HistoryCheck {
  /// A directory that a daemon works in may lose a file to its archive while it is read: then it is read again.
  private static let attemptsMax = 5

  /// - Throws: if the history alone is not enough; see `HistoryChecker`.
  static func run(_ history: ClientHistory) throws(HistoryFault) -> HistoryVerdict {
    var checker = try HistoryChecker(history)
    return checker.finish()
  }

  /// - Parameter directory: the store's.
  /// - Throws: `EngineFault` if the log cannot be read.
  static func run(_ history: ClientHistory, log directory: String) throws -> HistoryVerdict {
    let inspector = try StoreInspector(path: directory)
    // The names of items that are given come from records before the history.
    let after = history.given.isEmpty ? history.header.from : .zero
    for attempt in 1... {
      var checker = try HistoryChecker(history, logOf: inspector.storeID)
      do throws(EngineFault) {
        try inspector.eachRecord(after: after) { checker.take($0) }
        return checker.finish()
      } catch {
        if attempt == attemptsMax { throw error }
      }
    }
    preconditionFailure("the last attempt returns or throws")
  }
}
