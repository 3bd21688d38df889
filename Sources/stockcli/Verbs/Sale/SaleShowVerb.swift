import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct SaleShowVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a sale: its terms, limits, items, and refusals by reason.",
    discussion: "Items are found by walking the store's list, page by page: each page is of one moment.")

  enum Order: String, CaseIterable, ExpressibleByArgument { case sku, left, sold }

  @Argument(help: "The sale's id.") var sale: String
  @Option(help: "Sort items by sku, left (least first) or sold (most first).") var sort: Order = .sku
  @Option(help: "At most so many items; 0: all.") var limit = 100
  @Flag(help: "Without items.") var noItems = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit is not negative") }
  }

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.sale(sale))
      var items = noItems ? [] : try await items(client)
      items.sort { Self.precedes($0, $1, sort) }
      let isCut = limit > 0 && items.count > limit
      if isCut { items.removeLast(items.count - limit) }
      show(reading.value, items, lsn: reading.lsn)
      if isCut { global.output.note("only \(Figures.grouped(limit)) items are shown; --limit 0 shows all") }
    }
  }

  private func items(_ client: StockClient) async throws -> [WireBalance] {
    let suffix = Array("@~\(sale)".utf8)
    var items: [WireBalance] = []
    for try await page in client.list(rowsMax: UInt32(Bounds.rowsPerPageMax)) {
      for var item in page.value.items where item.item.utf8.suffix(suffix.count).elementsEqual(suffix) {
        item.item = String(decoding: item.item.utf8.dropLast(suffix.count), as: UTF8.self)
        items.append(item)
      }
    }
    return items
  }

  private static func precedes(_ left: WireBalance, _ right: WireBalance, _ order: Order) -> Bool {
    switch order {
    case .sku: left.item < right.item
    case .left: (left.available, left.item) < (right.available, right.item)
    case .sold: (right.sold, left.item) < (left.sold, right.item)
    }
  }

  // MARK: Printing

  private func show(_ sale: WireSale, _ items: [WireBalance], lsn: LSN) {
    var record = Record(
      sale.state.name,
      [
        "sale": .string(sale.sale), "start": UTC.json(sale.terms.start), "end": UTC.json(sale.terms.end),
        "paymentSeconds": sale.terms.holdMilliseconds == 0
          ? .null : .number(Double(sale.terms.holdMilliseconds) / 1000),
        "unpaid": .string(sale.terms.unpaid.name), "flagged": .string(sale.terms.flagged.name),
        "strictDeadline": .bool(sale.terms.hasStrictDeadline), "recordAttempts": .bool(sale.terms.recordsAttempts),
        "skus": .integer(sale.items), "left": .integer(sale.available), "reserved": .integer(sale.reserved),
        "sold": .integer(sale.sold), "scrapped": .integer(sale.scrapped), "lsn": .integer(lsn.rawValue),
      ])
    let tables: KeyValuePairs<String, Table> = [
      "openTo": openTo(sale), "limits": limits(sale), "refusals": refusals(sale), "items": table(items),
    ]
    if global.output.format == .table {
      global.output.show(record)
      for (_, table) in tables where !table.rows.isEmpty {
        Messages.out("")
        global.output.show(table)
      }
      return
    }
    record.fields += tables.map { name, table in
      Record.Field(name: name, value: name == "refusals" ? sale.refused.json : .array(table.objects))
    }
    global.output.show(record)
  }

  private func openTo(_ sale: WireSale) -> Table {
    Table(
      [.text("dimension"), .text("value")],
      rows: sale.terms.eligible.map { [.string($0.dimension), .string($0.value)] })
  }

  private func limits(_ sale: WireSale) -> Table {
    Table(
      [.text("dimension"), .text("counts"), .number("max"), .text("returns")],
      rows: sale.terms.limits.map {
        [
          .string($0.dimension), .string($0.measure.name), .integer($0.max),
          .string($0.isGivenBackOnReturn ? "giveBack" : "count"),
        ]
      })
  }

  /// Reasons that never came up say nothing.
  private func refusals(_ sale: WireSale) -> Table {
    Table(
      [.text("refusal"), .number("attempts")],
      rows: sale.refused.byReason.filter { $0.value > 0 }.map { [.string($0.key), .integer($0.value)] })
  }

  private func table(_ items: [WireBalance]) -> Table {
    Table(
      [.text("sku"), .number("left"), .number("reserved"), .number("sold"), .number("scrapped", rank: 1)],
      rows: items.map {
        [
          .string($0.item), .integer($0.available), .integer($0.reserved), .integer($0.sold), .integer($0.scrapped),
        ]
      })
  }
}
