import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct BuyerVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "buyer", abstract: "Shows what is known of a buyer: the flag, and orders that expired unpaid.")

  @Argument(help: "The buyer.") var buyer: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.buyer(buyer))
      let known = reading.value
      global.output.show(
        Record(
          known.isFlagged ? "flagged" : "unflagged",
          [
            "buyer": .string(known.buyer), "byHand": .bool(known.isFlaggedByHand), "until": UTC.json(known.until),
            "expiredUnpaid": .integer(known.unpaid), "lsn": .integer(reading.lsn.rawValue),
          ]))
    }
  }
}
