import ArgumentParser
import StockClient

struct ClearVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Takes a buyer's flag away, and what led to it.")

  @Argument(help: "The buyer.") var buyer: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.clearBuyer(operation: id, buyer: buyer)
      try global.show(answer) { Record("cleared", $0, ["buyer": .string(buyer)], operation: id) }
    }
  }
}
