import StockEngine

/// What `repair` and `restore` say.
struct SalvageView {
  let report: SalvageReport
  let output: OutputOptions

  func showFaults() {
    for fault in report.faults { Messages.say("\(fault)") }
  }

  /// On standard output: the result itself, as a record.
  func show(_ done: String, would: String) {
    let isMade = report.madePath != nil
    output.show(
      Record(
        isMade ? done : would,
        [
          "lsn": .integer(report.lsn.rawValue), "time": .string(report.time.text),
          "lost": .integer(report.lost.range?.count ?? 0), "end_unknown": .bool(report.lost.isEndUnknown),
          "torn_bytes": .integer(report.tornBytes),
          "open_orders": .integer(report.openOrders), "files": .integer(report.wholeFiles + 1),
          "snapshot": .integer(report.snapshotLSN.rawValue), "history_from": .integer(report.firstLSN.rawValue),
          "meta_rebuilt": .bool(report.isMetaRebuilt), "store": .string("\(report.storeID)"),
          "epoch": isMade ? .string("\(report.epoch)") : .null,
          "path": report.madePath.map { .string($0) } ?? .null,
        ]))
    if !isMade { output.note("nothing was made; --apply makes it") }
  }

  /// The records behind the cut, each with its ids.
  func showLost() {
    if report.lost.isEndUnknown {
      Messages.say("nobody can say how far the log went: it is damaged, or missing, where it ended")
    }
    guard let lost = report.lost.range else { return }
    Messages.say("lost: \(text(lost))" + (report.lost.records.isEmpty ? "" : "; of these name orders or operations:"))
    var table = Table([.number("lsn"), .text("time"), .text("orders"), .text("operations"), .text("events")])
    for record in report.lost.records {
      table.append([
        .integer(record.lsn.rawValue), .string(record.time.text), .string(record.orders.joined(separator: " ")),
        .string(record.operations.joined(separator: " ")), .string(record.events.joined(separator: " ")),
      ])
    }
    if !table.rows.isEmpty { output.show(table) }
    if report.lost.isCut { Messages.say("only the first \(Figures.grouped(LostRecords.recordsMax)) of them are shown") }
    for range in report.lost.unreadable { Messages.say("lost, and nothing of it can be read: \(text(range))") }
  }

  private func text(_ range: LostRecords.Range) -> String {
    range.count == 1
      ? "LSN \(range.first)" : "LSN \(range.first) to \(range.last), \(Figures.grouped(range.count)) records"
  }

  /// What a return to an earlier moment leaves behind, as a number.
  func showLeftBehind() {
    if let range = report.lost.range {
      output.note("left behind: \(text(range))" + (report.lost.isEndUnknown ? ", or more" : ""))
    } else if report.lost.isEndUnknown {
      output.note("left behind: \(report.lost.amount)")
    }
  }

  /// What there is to choose from.
  func showChoices() {
    if !report.lost.isEmpty {
      output.note("--cut-at \(report.lsn) takes this; a lower LSN loses more, a higher one cannot be had")
    } else if report.tornBytes > 0 {
      output.note(
        "--accept-torn takes this: \(report.tornBytes) bytes of a group are left out that was never acknowledged. A start does the same by itself"
      )
    } else if report.faults.isEmpty {
      output.note("there is nothing to repair")
    } else {
      output.note("nothing is lost by this, so no choice is needed")
    }
  }
}
