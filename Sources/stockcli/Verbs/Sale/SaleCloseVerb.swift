import ArgumentParser
import StockClient

struct SaleCloseVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Closes a sale for good. What is left goes back to where it came from.")

  @Argument(help: "The sale's id.") var sale: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.closeSale(operation: id, sale: sale)
      try global.show(answer) { Record("closed", $0, ["sale": .string(sale)], operation: id) }
    }
  }
}
