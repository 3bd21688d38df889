import ArgumentParser
import StockClient
import StockEngine

struct ShipVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ship", abstract: "The warehouse has sent a confirmed order.")

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      try global.show(try await client.ship(operation: id, order: order)) {
        Record("shipped", $0, order: order, operation: id)
      }
    }
  }
}
