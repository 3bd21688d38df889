import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct AdjustVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust", abstract: "Corrects an item's stock, by a difference or to a counted number.",
    discussion: """
      stockcli adjust tea --by -3 --reason breakage
      stockcli adjust tea --to 120 --at-version 17    (only if the item is still at version 17; get tells it)
      """)

  @Argument(help: "sku or sku@pool.") var item: String
  @Option(parsing: .unconditional, help: "The difference; negative takes units away.") var by: Int64?
  @Option(parsing: .unconditional, help: "The new available.") var to: Int64?
  @Option(help: "The version that --to was counted at.") var atVersion: UInt64?
  @Option(help: "Why, up to 128 bytes.") var reason = ""
  @Option(help: "The paper, up to 128 bytes.") var reference = ""
  @Flag(help: "Below the item's floor too.") var force = false
  @OptionGroup var operation: OperationOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (by == nil) != (to == nil) else { throw ValidationError("Give either --by or --to.") }
    guard (to == nil) == (atVersion == nil) else {
      throw ValidationError(
        "--to needs --at-version, the version that was counted, so that nobody's change is overwritten.")
    }
  }

  func run() async throws {
    let change: Adjust.Change =
      if let to, let atVersion { .to(available: to, version: atVersion) } else { .by(by ?? 0) }
    let id = operation.id(global.output)
    try await global.withClient { client in
      let answer = try await client.adjust(
        operation: id, item: item, change: change, force: force, reason: reason, reference: reference)
      try global.show(answer) { Record($0, operation: id) }
    }
  }
}
