import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct PoolsVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pools",
    abstract: "Shows a SKU's balance in every pool, and the total. Exit 1 if there is no such SKU.")

  @Argument(help: "The SKU.") var sku: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.pools(of: sku))
      var table = Table(BalanceTable.columns, rows: reading.value.map(BalanceTable.row))
      // A program adds up for itself, and must not take the sum for a pool.
      if global.output.format == .table, !reading.value.isEmpty { table.append(Self.total(reading.value)) }
      global.output.show(table)
      if reading.value.isEmpty {
        Messages.say("no such SKU: \(sku)")
        throw ExitCode.refused
      }
    }
  }

  static func total(_ rows: [WireBalance]) -> [JSONValue] {
    func sum(_ value: (WireBalance) -> Int64) -> JSONValue {
      let sum: Int64 = rows.reduce(0) { $0 + value($1) }
      return JSONValue.integer(sum)
    }
    return [
      .string("total"), sum(\.sellable), sum(\.available), sum(\.reserved), sum(\.sold), sum(\.scrapped),
      sum(\.supplied),
      sum(\.floor), .null,
    ]
  }
}
