import ArgumentParser
import StockClient

struct SalePauseVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stops new orders of a sale; those that there are can be paid.")

  @Argument(help: "The sale's id.") var sale: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.pauseSale(operation: id, sale: sale)
      try global.show(answer) { Record("paused", $0, ["sale": .string(sale)], operation: id) }
    }
  }
}
