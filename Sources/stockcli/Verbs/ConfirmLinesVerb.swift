import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ConfirmLinesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm-lines",
    abstract: "Some units of an open order are paid. The others stay held until the deadline.")

  @Argument(help: "The order's id.") var order: String
  @Argument(help: "ITEM=QUANTITY, as often as needed.") var lines: [LineArgument]
  @Flag(help: "The other units go back in the same step.") var release = false
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.confirmLines(
        operation: id, order: order, lines: lines.map(\.line), remainder: release ? .release : .keep)
      try global.show(answer) { Record("confirmed", $0, order: order, operation: id) }
    }
  }
}
