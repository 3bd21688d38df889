import StockEngine
import StockModel

// Retention works by parts of the key space: the log names the part and how far.

extension HistoryChecker {
  mutating func forget(_ event: LoggedEvent, _ record: HistoryRecord) {
    guard let number = event.number("partition"), let store else { return }
    func isThere(_ id: String) -> Bool { Int64(store.partition(ofID: id).rawValue) == number }
    let horizon = event.number("upTo") ?? -1
    if event.kind == .ordersRetired {
      let (ended, sold) = (event.number("endedUpTo") ?? -1, event.number("soldUpTo") ?? -1)
      for (id, order) in model.orders where !order.state.isOpen && isThere(id) {
        if order.changedAt <= (order.state.isSold ? sold : ended) { model.retire(order: id, at: record.time) }
      }
    } else if event.kind == .fingerprintsForgotten {
      for (id, retired) in model.retired where retired.at <= horizon && isThere(id) { model.retired[id] = nil }
    } else if event.kind == .operationsForgotten {
      for (id, known) in model.operations where known.at <= horizon && isThere(id) { model.operations[id] = nil }
    }
  }

  /// A finding about a record: of the history it names those who last changed what it is about.
  mutating func accuse(_ kind: HistoryFinding.Kind, _ record: HistoryRecord, _ keys: [HistoryKey], _ message: String) {
    if isTainted(keys) {
      verdict.consequences += 1
      return
    }
    taint(keys)
    verdict.findings.append(HistoryFinding(kind, lsn: record.lsn, lines: lastWriters(of: keys), message))
  }
}
