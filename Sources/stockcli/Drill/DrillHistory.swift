import StockEngine
import StockHistory

/// The history of one round: what was recorded, checked against the store's own log.
struct DrillHistory {
  let recorder: HistoryRecorder
  /// The last record before the round.
  let from: LSN

  /// A round's commands, retries included; beyond that its history is not checked. About half a kilobyte each.
  static let operationsMax = 2_000_000

  /// - Returns: nil if it could not be recorded as a whole.
  static func begin(_ plan: SalePlan, from: LSN) -> DrillHistory? {
    guard plan.items.count <= Bounds.linesPerSaleOperationMax else { return nil }
    return DrillHistory(recorder: HistoryRecorder(operationsMax: operationsMax), from: from)
  }

  /// - Parameters:
  ///   - directory: the store's; the daemon may work in it.
  ///   - keeping: where the history goes in any case.
  ///   - failing: where it goes if something is found.
  /// - Returns: nil if it was too long.
  func check(log directory: String, keeping path: String?, failing: String) throws -> HistoryVerdict? {
    if recorder.isFull { return nil }
    let history = recorder.history(from: from)
    do {
      if let path { try HistoryFile.write(history, to: path) }
      let verdict = try HistoryCheck.run(history, log: directory)
      if !verdict.passes, path == nil { try HistoryFile.write(history, to: failing) }
      return verdict
    } catch let fault as InputFault {
      throw DrillFault("the history cannot be written: \(fault)")
    } catch let fault as EngineFault {
      throw DrillFault("the log cannot be read: \(fault)")
    }
  }
}
