import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ReserveVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserve", abstract: "Holds units of one item for an order, until its deadline.")

  @Argument(help: "sku or sku@pool.") var item: String
  @Argument(help: "Units.") var quantity = QuantityArgument(1)
  @OptionGroup var order: OrderOptions
  @OptionGroup var hold: HoldOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await order.reserve([WireLine(item, quantity.units)], hold, global)
  }
}
