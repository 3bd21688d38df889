import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct GetVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Shows items' balances, all at one moment. Exit 1 if one does not exist.")

  @Argument(help: "sku or sku@pool, up to 256 times.") var items: [String]
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.get(items))
      let table = Table(BalanceTable.columns, rows: reading.value.map(BalanceTable.row))
      global.output.show(table)
      let missing = reading.value.filter { !$0.exists }.map(\.item)
      if !missing.isEmpty {
        Messages.say("no such item: \(missing.joined(separator: ", "))")
        throw ExitCode.refused
      }
    }
  }
}
