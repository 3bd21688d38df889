import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct ReturnVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "return", abstract: "Takes sold units back, to be sold again or as scrap.")

  @Argument(help: "The order's id.") var order: String
  @Argument(help: "ITEM=QUANTITY; none: all that is still out.") var lines: [LineArgument] = []
  @Flag(help: "The units cannot be sold again.") var scrap = false
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.returnLines(
        operation: id, order: order, lines: lines.map(\.line), disposition: scrap ? .scrapped : .available)
      try global.show(answer) { receipt in
        Record(
          "returned",
          [
            "order": .string(order), "operation": .string(id), "state": receipt.state.map { .string($0.name) } ?? .null,
            "repeat": .bool(receipt.isRepeat), "lsn": .integer(receipt.lsn.rawValue),
          ])
      }
    }
  }
}
