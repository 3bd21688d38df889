import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct DemandVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demand", abstract: "Shows how often buying a SKU was refused, over time, as the log tells it.",
    discussion: """
      A row for each bucket of time and each reason: sold out, a limit, a sale that is not open ... Attempts are counted for each \
      line of an order, units are what they asked for. Buckets begin at whole multiples of their width in UTC and are shown whole. \
      What was refused in the last second is not logged yet.
      """)

  /// How wide a row is.
  enum Width: String, CaseIterable, ExpressibleByArgument {
    case second = "1s"
    case tenSeconds = "10s"
    case minute = "1m"
    case hour = "1h"

    var bucket: DemandBucket {
      switch self {
      case .second: .second
      case .tenSeconds: .tenSeconds
      case .minute: .minute
      case .hour: .hour
      }
    }
  }

  @Argument(help: "sku: in all of its pools, those of sales too; sku@pool: in one (sku@main: the SKU's own).")
  var item: String
  @Option(help: "From the bucket of this moment on: 2026-11-21T10:00:00Z or milliseconds since 1970.") var from: Moment?
  @Option(help: "Up to this moment.") var until: Moment?
  @Option(help: "How wide a row is: 1s, 10s, 1m or 1h.") var per: Width = .minute
  @Flag(name: .customLong("item"), help: "The pools apart, instead of their sum.") var byItem = false
  @Option(help: "Reads this data directory instead of asking a server: of a stopped store, or a copy.") var dataDir:
    String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if dataDir != nil, global.server != nil { throw ValidationError("--data-dir and --server do not go together") }
    if let from, let until, until.timestamp <= from.timestamp { throw ValidationError("--until is later than --from") }
  }

  private var query: DemandQuery {
    DemandQuery(from: from?.timestamp ?? .zero, until: until?.timestamp ?? .zero, bucket: per.bucket)
  }

  func run() async throws {
    if let dataDir {
      try readFiles(dataDir)
    } else {
      try await global.withClient { try await ask($0) }
    }
  }

  private func readFiles(_ directory: String) throws {
    var found: StoreInspector.Demand?
    try Offline.run { () throws(EngineFault) in
      found = try StoreInspector(path: directory).demand(of: item, query)
    }
    guard let demand = found else { throw Offline.noSuchItem(item) }
    var table = DemandTable(byItem: byItem)
    for row in demand.rows { table.append(DemandTable.Row(row)) }
    show(table, since: demand.since, lsn: demand.lsn)
  }

  private func ask(_ client: StockClient) async throws {
    var table = DemandTable(byItem: byItem)
    var query = query
    var first: Reading<WireDemand>?
    while true {
      let page = try global.value(try await client.demand(for: item, query))
      if first == nil { first = page }
      for row in page.value.rows { table.append(DemandTable.Row(row)) }
      guard let next = page.value.next else { break }
      (query.from, query.key) = (next.time, next.key)
    }
    // What is true of the first page is true of all.
    if let first { show(table, since: first.value.since, lsn: first.lsn) }
  }

  private func show(_ table: DemandTable, since: Timestamp, lsn: LSN) {
    global.output.show(global.output.format == .table ? table.table(width: Terminal.width) : table.plain)
    if let from, since.milliseconds > from.timestamp.milliseconds {
      global.output.note("the log that can be read begins at \(UTC.text(since)): earlier rows are missing")
    } else if from == nil, since > .zero {
      global.output.note("the log that can be read begins at \(UTC.text(since))")
    }
    global.output.note("\(table.rows.isEmpty ? "nothing was refused" : "complete") up to LSN \(lsn)")
  }
}
