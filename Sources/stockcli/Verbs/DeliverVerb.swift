import ArgumentParser
import StockClient
import StockEngine

struct DeliverVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "deliver", abstract: "A shipped order has arrived.")

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      try global.show(try await client.deliver(operation: id, order: order)) {
        Record("delivered", $0, order: order, operation: id)
      }
    }
  }
}
