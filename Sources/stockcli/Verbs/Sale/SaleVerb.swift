import ArgumentParser

struct SaleVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sale", abstract: "Opens, fills, watches and closes sales.",
    subcommands: [
      SaleOpenVerb.self, SaleAddVerb.self, SalePauseVerb.self, SaleResumeVerb.self, SaleCloseVerb.self,
      SaleShowVerb.self,
      SaleListVerb.self, SaleWatchVerb.self,
    ])
}
