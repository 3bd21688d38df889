import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Lists items. Each page is of one moment; a long list is of several.")

  enum Order: String, CaseIterable, ExpressibleByArgument { case item, available, reserved, sold, version }

  @Option(help: "Only items whose name begins so.") var match = ""
  @Option(help: "Sort by item, available, reserved, sold or version; numbers largest first. Default: as stored.")
  var sort: Order?
  @Option(help: "At most so many rows; 0: all.") var limit = 100
  @Option(help: "Rows a page.") var page: UInt32 = 500
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...UInt32(Bounds.rowsPerPageMax)).contains(page) else {
      throw ValidationError("--page is 1 to \(Bounds.rowsPerPageMax)")
    }
    guard limit >= 0 else { throw ValidationError("--limit is not negative") }
  }

  func run() async throws {
    try await global.withClient { client in
      if sort == nil, limit == 0, global.output.format != .table, global.output.format != .json {
        try await stream(client)
      } else {
        try await collect(client)
      }
    }
  }

  /// Page by page, in constant memory.
  private func stream(_ client: StockClient) async throws {
    var isFirst = true
    for try await reading in client.list(prefix: match, rowsMax: page) {
      let table = Table(BalanceTable.columns, rows: reading.value.items.map(BalanceTable.row))
      var text = table.text(global.output.format)
      if global.output.format == .csv, !isFirst { text = text.drop { $0 != "\n" }.dropFirst().description }
      if !reading.value.items.isEmpty || (isFirst && global.output.format == .csv) {
        try Messages.piece(text + "\n")
      }
      isFirst = false
    }
  }

  private func collect(_ client: StockClient) async throws {
    var rows: [WireBalance] = []
    var isCut = false
    for try await reading in client.list(prefix: match, rowsMax: page) {
      rows += reading.value.items
      if sort == nil, limit > 0, rows.count >= limit {
        isCut = rows.count > limit || reading.value.next != nil
        break
      }
    }
    if let sort { rows.sort { Self.precedes($0, $1, sort) } }
    if limit > 0, rows.count > limit {
      isCut = true
      rows.removeLast(rows.count - limit)
    }
    let table = Table(BalanceTable.columns, rows: rows.map(BalanceTable.row))
    global.output.show(table)
    if isCut { global.output.note("only \(Figures.grouped(rows.count)) rows are shown; --limit 0 shows all") }
  }

  private static func precedes(_ left: WireBalance, _ right: WireBalance, _ order: Order) -> Bool {
    switch order {
    case .item: left.item < right.item
    case .available: (right.sellable, left.item) < (left.sellable, right.item)
    case .reserved: (right.reserved, left.item) < (left.reserved, right.item)
    case .sold: (right.sold, left.item) < (left.sold, right.item)
    case .version: (right.version, left.item) < (left.version, right.item)
    }
  }
}
