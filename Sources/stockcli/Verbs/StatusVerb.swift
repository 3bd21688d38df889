import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct StatusVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows a server's totals, log and health.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.stats())
      let rows = Self.rows(reading.value, client)
      switch global.output.format {
      case .table:
        let width = rows.map(\.name.count).max() ?? 0
        Messages.out(
          rows.map { row in
            row.name + String(repeating: " ", count: width - row.name.count + 2) + row.value.cellText
          }.joined(separator: "\n"))
      case .json: Messages.out(JSONValue.object(rows).prettyText)
      case .ndjson: Messages.out(JSONValue.object(rows).text)
      case .csv: Messages.out(Table(rows.map { .text($0.name) }, rows: [rows.map(\.value)]).text(.csv))
      }
      if reading.value.isSpaceLow {
        Messages.say(
          "the disk is nearly full: new orders are refused now or soon, confirm and cancel go on (docs/operations.md, 7.1)"
        )
      }
    }
  }

  private static func rows(_ stats: StoreStats, _ client: StockClient) -> [JSONValue.Member] {
    let isAccounted = stats.supplied == stats.available + stats.reserved + stats.sold + stats.scrapped
    let rows: KeyValuePairs<String, JSONValue> = [
      "server": .string(client.address.description),
      "store": client.resumePoint.map { .string($0.storeID.description) } ?? .null,
      "time": UTC.json(stats.now), "uptimeSeconds": .number(Double(stats.uptimeMilliseconds) / 1000),
      "shards": .integer(stats.shards), "items": .integer(stats.items), "ordersOpen": .integer(stats.ordersOpen),
      "ordersKept": .integer(stats.ordersKept), "fingerprints": .integer(stats.fingerprints),
      "operations": .integer(stats.operations), "supplied": .integer(stats.supplied),
      "available": .integer(stats.available), "reserved": .integer(stats.reserved), "sold": .integer(stats.sold),
      "scrapped": .integer(stats.scrapped), "accounted": .bool(isAccounted),
      "lastLSN": .integer(stats.lastLSN.rawValue), "durableLSN": .integer(stats.durableLSN.rawValue),
      "snapshotLSN": .integer(stats.snapshotLSN.rawValue), "logBytes": .integer(stats.logBytes),
      "logRecords": .integer(stats.logRecords), "logGroups": .integer(stats.logGroups),
      "logRawBytes": .integer(stats.logRawBytes),
      "expiryLagMilliseconds": .integer(stats.expiryLagMilliseconds),
      "recoveryMilliseconds": .integer(stats.recoveryMilliseconds), "spaceIsLow": .bool(stats.isSpaceLow),
      "stateHash": .string(String(stats.stateHash, radix: 16)),
    ]
    return rows.map { JSONValue.Member(name: $0.key, value: $0.value) }
  }
}
