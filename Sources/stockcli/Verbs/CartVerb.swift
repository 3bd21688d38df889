import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct CartVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cart", abstract: "Holds units of several items for one order: all lines or none.")

  @Argument(help: "ITEM=QUANTITY, up to 256 times.") var lines: [LineArgument]
  @OptionGroup var order: OrderOptions
  @OptionGroup var hold: HoldOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await order.reserve(lines.map(\.line), hold, global)
  }
}
