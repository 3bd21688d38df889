import StockEngine

/// One record of a store's log: what was decided under one LSN.
package struct HistoryRecord: Equatable, Sendable {
  package var lsn: LSN
  /// Milliseconds since 1970.
  package var time: Int64
  /// In the order of the log.
  package var events: [LoggedEvent]

  package init(lsn: LSN, time: Int64, events: [LoggedEvent]) {
    self.lsn = lsn
    self.time = time
    self.events = events
  }
}

extension StoreInspector {
  /// Shows every record of the log and the archive, oldest first.
  /// - Parameter after: groups that end up to there are passed over.
  /// - Throws: if the log cannot be read to its end.
  package func eachRecord(after: LSN = .zero, _ visit: (HistoryRecord) -> Void) throws(EngineFault) {
    let files = try segments()
    for (place, file) in files.enumerated() {
      let isLast = place == files.count - 1
      _ = try read(file, isLast: isLast) { (group, events) throws(EngineFault) in
        if group.lastLSN <= after { return }
        var record: HistoryRecord?
        for event in try events() {
          if let whole = record, whole.lsn != event.lsn {
            visit(whole)
            record = nil
          }
          if record == nil { record = HistoryRecord(lsn: event.lsn, time: event.time.milliseconds, events: []) }
          record?.events.append(event)
        }
        if let record { visit(record) }
      }
    }
  }
}

/// What numbers of the log stand for.
package struct LogNames {
  private var items: [ItemNumber: String] = [:]
  private var sales: [String: String] = [:]

  package init() {}

  package func item(_ number: ItemNumber) -> String { items[number] ?? "item \(number.rawValue)" }

  package func sale(_ event: LoggedEvent) -> String? { event.detail("scope").flatMap { sales[$0] } }

  package mutating func learn(_ event: LoggedEvent) {
    if let created = event.createdItem { items[created.number] = created.name }
    if event.kind == .saleOpened, let scope = event.detail("scope"), let sale = event.detail("sale") {
      sales[scope] = sale
    }
  }
}

extension LoggedEvent {
  package func detail(_ name: String) -> String? { details.first { $0.name == name }?.value }
  package func number(_ name: String) -> Int64? { detail(name).flatMap { Int64($0) } }
}
