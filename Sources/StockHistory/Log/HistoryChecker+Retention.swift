import StockEngine
import StockModel

// Retention works by parts of the key space: the log names the part and how far.

extension HistoryChecker {
  mutating func forget(_ event: LoggedEvent, _ record: HistoryRecord) {
    guard let number = event.number("partition"), let store else { return }
    func isThere(_ id: String) -> Bool { Int64(store.partition(ofID: id).rawValue) == number }
    switch event.kind {
    case .ordersRetired:
      let (ended, sold) = (event.number("endedUpTo") ?? -1, event.number("soldUpTo") ?? -1)
      for (id, order) in model.orders where !order.state.isOpen && isThere(id) {
        if order.changedAt <= (order.state.isSold ? sold : ended) { model.retire(order: id, at: record.time) }
      }
    case .fingerprintsForgotten:
      let horizon = event.number("upTo") ?? -1
      for (id, retired) in model.retired where retired.at <= horizon && isThere(id) { model.retired[id] = nil }
    case .operationsForgotten:
      let horizon = event.number("upTo") ?? -1
      for (id, operation) in model.operations where operation.at <= horizon && isThere(id) {
        model.operations[id] = nil
      }
    default: preconditionFailure("\(event.kind.name) is not about retention")
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
