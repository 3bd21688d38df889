import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct CancelLinesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel-lines", abstract: "Gives some units of an open order back.")

  @Argument(help: "The order's id.") var order: String
  @Argument(help: "ITEM=QUANTITY, as often as needed.") var lines: [LineArgument]
  @Option(help: "Why, up to 128 bytes.") var reason = ""
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.cancelLines(
        operation: id, order: order, lines: lines.map(\.line), reason: reason)
      try global.show(answer) { Record("cancelled", $0, order: order, operation: id) }
    }
  }
}
