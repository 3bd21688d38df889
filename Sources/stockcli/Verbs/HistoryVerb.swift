import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct HistoryVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Shows an item's changes, newest first, as the log tells them.")

  @Argument(help: "sku or sku@pool.") var item: String
  @Option(help: "At most so many changes.") var limit: UInt32 = 50
  @Option(help: "Only changes before this version of the item.") var before: UInt64 = 0
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...UInt32(Bounds.rowsPerPageMax)).contains(limit) else {
      throw ValidationError("--limit is 1 to \(Bounds.rowsPerPageMax)")
    }
  }

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.history(of: item, beforeVersion: before, rowsMax: limit))
      var table = Table([
        .text("time"), .number("lsn", rank: 1), .text("event"), .number("version", rank: 2), .number("change"),
        .number("before", rank: 3), .number("after"), .number("reserved"), .number("sold"),
        .number("scrapped", rank: 4), .text("reference"),
      ])
      for change in reading.value.changes {
        table.append([
          UTC.json(change.time), .integer(change.lsn.rawValue),
          .string(change.kind?.name ?? "event\(change.rawKind)"), .integer(change.version),
          .integer(change.availableDelta), .integer(change.available - change.availableDelta),
          .integer(change.available), .integer(change.reservedDelta), .integer(change.soldDelta),
          .integer(change.scrappedDelta), .bytes(change.referenceBytes),
        ])
      }
      global.output.show(table)
      let since = reading.value.completeSince
      if reading.value.changes.count >= limit, let last = reading.value.changes.last, last.version > 1 {
        global.output.note("there may be older changes: --before \(last.version)")
      } else if since > LSN(1) {
        global.output.note("the log that can be read begins at LSN \(since)")
      }
    }
  }
}
