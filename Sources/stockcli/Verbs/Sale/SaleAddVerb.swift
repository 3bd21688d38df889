import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct SaleAddVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds units to a sale that is not over, all or none.",
    discussion: """
      stockcli sale add FRIDAY tea=100 cup@east=20    (from tea's main pool and from cup's pool east)

      What is not sold goes back to where it came from. SKUs that the sale had not got are new in it.
      """)

  @Argument(help: "The sale's id.") var sale: String
  @Argument(help: "ITEM=QUANTITY, up to \(Bounds.linesPerSaleOperationMax) times; ITEM is a SKU or sku@pool.")
  var lines: [LineArgument]
  @Flag(help: "The units are new, of SKUs; what is not sold goes to their main pools.") var newSupply = false
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    let units = lines.reduce(0) { $0 + Int64($1.line.quantity) }
    try await global.withClient { client in
      let answer = try await client.addToSale(
        operation: id, sale: sale, source: newSupply ? .supply : .pools, lines: lines.map(\.line))
      try global.show(answer) {
        Record(
          "added", $0, ["sale": .string(sale), "items": .integer(lines.count), "units": .integer(units)],
          operation: id)
      }
    }
  }
}
