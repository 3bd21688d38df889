import ArgumentParser
import StockClient
import StockEngine
import StockWire

/// The options of the verbs that make an order.
struct OrderOptions: ParsableArguments {
  @Option(help: "The order's id. Default: a new one, printed. A retry must use the same.") var order: String?
  @Option(help: "Who buys.") var buyer = ""
  @Option(help: "Up to 1,024 bytes that the order keeps.") var payload = ""
  @Option(
    help: "east,west: up to 8 pools, the best first. Items are SKUs then, each taken whole from the first that has it.")
  var pools: PoolsOption?
  @Option(help: "The sale to buy in. Items are SKUs then.") var sale = ""
  @Option(
    name: .customLong("subject"),
    help: ArgumentHelp(
      "Whom limits count besides the buyer, as phone=138...; repeatable.", valueName: "dimension=value"))
  var subjects: [SubjectOption] = []

  func id(_ output: OutputOptions) -> String {
    if let order { return order }
    let id = NewID.make("o")
    // On standard error at once, so that it is known even if no answer comes.
    output.note("order \(id)")
    return id
  }

  func reserve(_ lines: [WireLine], _ hold: HoldOptions, _ global: GlobalOptions) async throws {
    let id = id(global.output)
    try await global.withClient { client in
      let answer = try await client.reserve(
        order: id, buyer: buyer, payload: Array(payload.utf8), hold: hold.hold?.duration,
        pools: pools?.names ?? [], sale: sale, subjects: subjects.map(\.subject),
        replacesUnpaid: hold.replaceUnpaid, lines: lines)
      try global.show(answer) { Record($0, order: id) }
    }
  }
}

/// The options of an order that is not paid yet.
struct HoldOptions: ParsableArguments {
  @Option(help: "Payment time: 90s, 15m. Default: the sale's, else the store's rule.") var hold: TimeOption?
  @Flag(help: "In a sale: an unpaid order of the buyer that stands in the way is cancelled in the same step.")
  var replaceUnpaid = false
}

/// The id of an operation that is done once.
struct OperationOptions: ParsableArguments {
  @Option(help: "The operation's id. Default: a new one, printed. A retry must use the same.") var operation: String?

  func id(_ output: OutputOptions) -> String {
    if let operation { return operation }
    let id = NewID.make("op")
    output.note("operation \(id)")
    return id
  }
}
