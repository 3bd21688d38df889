import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct LimitVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limit", abstract: "Sets, changes or lifts a limit of a SKU outside sales, over all of its pools.",
    discussion: """
      stockcli limit tea user 2        (2 units a buyer, held and bought ones together)
      stockcli limit tea phone none    (lifted; what was bought goes on being counted)
      """)

  @Argument(help: "The SKU.") var sku: String
  @Argument(help: "user counts by buyer; phone, ip ... by the order's subject of that name.") var dimension: String
  @Argument(help: "How much is allowed, 0 to \(UInt32.max); none lifts the limit.") var max: LimitOption
  @Flag(help: "Counts open orders instead of units.") var openOrders = false
  @Flag(help: "Units that come back after they were sold may be bought again.") var giveBack = false
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    let measure: Limit.Measure = openOrders ? .openOrders : .units
    try await global.withClient { client in
      let what: KeyValuePairs<String, JSONValue>
      let answer: Answer<OperationReceipt>
      switch max {
      case .at(let max):
        what = [
          "sku": .string(sku), "dimension": .string(dimension), "counts": .string(measure.name), "max": .integer(max),
        ]
        answer = try await client.limitSKU(
          operation: id, sku: sku,
          limit: WireLimit(dimension, max, measure: measure, isGivenBackOnReturn: giveBack))
      case .lifted:
        what = ["sku": .string(sku), "dimension": .string(dimension), "counts": .string(measure.name), "max": .null]
        answer = try await client.liftLimit(operation: id, sku: sku, dimension: dimension, measure: measure)
      }
      try global.show(answer) { Record(max == .lifted ? "lifted" : "limited", $0, what, operation: id) }
    }
  }
}
