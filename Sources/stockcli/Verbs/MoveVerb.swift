import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct MoveVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Moves units between two pools of a SKU.",
    discussion: """
      stockcli move tea main east 20    (from tea to tea@east, which is made if it is not there)
      """)

  @Argument(help: "The SKU.") var sku: String
  @Argument(help: "The pool that gives; main is the SKU's own.") var from: String
  @Argument(help: "The pool that takes.") var to: String
  @Argument(help: "Units.") var quantity: QuantityArgument
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.move(
        operation: id, from: "\(sku)@\(from)", to: "\(sku)@\(to)", quantity: quantity.units)
      try global.show(answer) { Record($0, operation: id) }
    }
  }
}
