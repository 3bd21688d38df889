import ArgumentParser
import StockClient

struct FlagVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flag", abstract: "Flags a buyer until it is cleared. What becomes of its orders, each sale says.")

  @Argument(help: "The buyer.") var buyer: String
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.flagBuyer(operation: id, buyer: buyer)
      try global.show(answer) { Record("flagged", $0, ["buyer": .string(buyer)], operation: id) }
    }
  }
}
