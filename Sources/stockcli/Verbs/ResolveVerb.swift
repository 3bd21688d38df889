import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ResolveVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Tells an order's state for good: one that was never seen is fenced, and can never happen.")

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      try global.show(try await client.resolve(order: order)) { resolution in
        Record(resolution.state.name, ["order": .string(order), "lsn": .integer(resolution.lsn.rawValue)])
      }
    }
  }
}
