import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ExtendVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend", abstract: "Gives an open order a later deadline: now and so long.")

  @Argument(help: "The order's id.") var order: String
  @Argument(help: "Payment time from now: 90s, 15m.") var hold: TimeOption
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.extend(operation: id, order: order, hold: hold.duration)
      try global.show(answer) { Record($0, order: order) }
    }
  }
}
