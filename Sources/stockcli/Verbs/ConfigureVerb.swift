import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ConfigureVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configure", abstract: "Sets how far an item may be sold.",
    discussion: """
      stockcli configure tea --floor -50    (50 units may be sold before they are there)
      stockcli configure tea --floor 5      (5 units are kept as safety stock)
      """)

  @Argument(help: "sku or sku@pool.") var item: String
  @Option(
    parsing: .unconditional, help: "No sale takes available below this. Negative: backorder; positive: safety stock.")
  var floor: Int64
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.configure(operation: id, item: item, floor: floor)
      try global.show(answer) { Record($0, operation: id) }
    }
  }
}
