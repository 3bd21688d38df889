import ArgumentParser

@main
struct StockCLI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stockcli",
    abstract: "Looks after a stockd server's stock and orders.",
    subcommands: [
      BenchCommand.self,
      DrillCommand.self,
      InspectCommand.self,
      VerifyCommand.self,
      ReplayCommand.self,
    ])
}
