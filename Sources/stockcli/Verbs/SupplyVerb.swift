import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct SupplyVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supply", abstract: "Adds units to existing items, all or none.")

  @Argument(help: "ITEM=QUANTITY, up to 1,024 times.") var lines: [LineArgument]
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.supply(operation: id, lines: lines.map(\.line))
      try global.show(answer) { Record($0, operation: id) }
    }
  }
}
