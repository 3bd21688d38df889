import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct CancelVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Gives an order's units back. An order that was never seen is fenced: it can never happen.")

  @Argument(help: "The order's id.") var order: String
  @Option(help: "Why, up to 128 bytes.") var reason = ""
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      try global.show(try await client.cancel(order: order, reason: reason)) { cancellation in
        Record(
          cancellation.isFenced ? "fenced" : "cancelled",
          [
            "order": .string(order), "repeat": .bool(cancellation.isRepeat), "lsn": .integer(cancellation.lsn.rawValue),
          ])
      }
    }
  }
}
