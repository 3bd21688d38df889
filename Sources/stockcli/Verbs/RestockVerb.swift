import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct RestockVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restock", abstract: "Adds units to one item, with the paper that came with them.")

  @Argument(help: "sku or sku@pool.") var item: String
  @Argument(help: "Units.") var quantity: QuantityArgument
  @Option(help: "The delivery note, up to 128 bytes.") var reference = ""
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.restock(
        operation: id, item: item, quantity: quantity.units, reference: reference)
      try global.show(answer) { Record($0, operation: id) }
    }
  }
}
