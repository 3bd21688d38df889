import ArgumentParser
import StockClient
import StockEngine

struct NextIDVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "next-id", abstract: "Hands out numbers that nobody else gets, one a row, in the order of time.")

  @Argument(help: "How many, 1 to \(Bounds.idsPerCommandMax).") var count: UInt32 = 1
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...UInt32(Bounds.idsPerCommandMax)).contains(count) else {
      throw ValidationError("1 to \(Bounds.idsPerCommandMax) ids are handed out at once")
    }
  }

  func run() async throws {
    try await global.withClient { client in
      switch try await client.nextIDs(count) {
      case .done(let issued):
        // Text, so that neither digits in groups nor a reader's floating point spoils one.
        global.output.show(Table([.text("id")], rows: issued.ids.map { [.string(String($0))] }))
      case .refused(let refusal): throw global.refused(refusal)
      }
    }
  }
}
