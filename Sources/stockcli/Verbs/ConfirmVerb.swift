import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ConfirmVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "The order is paid: its units are sold.")

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      try global.show(try await client.confirm(order: order)) { Record($0, order: order) }
    }
  }
}
