import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct DeductVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deduct", abstract: "Sells units at once: reserve and confirm in one step.")

  @Argument(help: "ITEM=QUANTITY, up to 256 times.") var lines: [LineArgument]
  @OptionGroup var order: OrderOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = order.id(global.output)
    try await global.withClient { client in
      let answer = try await client.deduct(
        order: id, buyer: order.buyer, payload: Array(order.payload.utf8), pools: order.pools?.names ?? [],
        sale: order.sale, subjects: order.subjects.map(\.subject), lines: lines.map(\.line))
      try global.show(answer) { Record($0, order: id) }
    }
  }
}
