import ArgumentParser
import StockClient

struct SaleResumeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Lets a paused sale sell again.")

  @Argument(help: "The sale's id.") var sale: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.resumeSale(operation: id, sale: sale)
      try global.show(answer) { Record("resumed", $0, ["sale": .string(sale)], operation: id) }
    }
  }
}
