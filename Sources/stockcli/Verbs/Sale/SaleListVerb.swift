import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct SaleListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Lists all sales. Each page is of one moment; a long list is of several.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      var table = Table([
        .text("sale"), .text("state"), .text("start", rank: 3), .text("end", rank: 1), .number("skus", rank: 4),
        .number("left"), .number("reserved"), .number("sold"), .number("refused", rank: 2),
      ])
      for try await page in client.sales() {
        for sale in page.value.sales {
          table.append([
            .string(sale.sale), .string(sale.state.name), UTC.json(sale.terms.start), UTC.json(sale.terms.end),
            .integer(sale.items), .integer(sale.available), .integer(sale.reserved), .integer(sale.sold),
            .integer(sale.refused.total),
          ])
        }
      }
      global.output.show(table)
    }
  }
}
