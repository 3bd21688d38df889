import ArgumentParser
import Glibc

@main
struct StockCLI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stockcli",
    abstract: "Looks after a stockd server's stock and orders.",
    discussion: """
      Exit codes: 0 ok, 1 refused, 2 no connection or no answer in time (the fate may be unknown: run the same again with the \
      same id), 3 server error, 4 corruption or an untrue answer found, 64 usage, 141 nobody \
      reads the output any more.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Orders",
        subcommands: [
          ReserveVerb.self, CartVerb.self, ConfirmVerb.self, CancelVerb.self, DeductVerb.self, ExtendVerb.self,
          ResolveVerb.self, ConfirmLinesVerb.self, CancelLinesVerb.self, ShipVerb.self, DeliverVerb.self,
          ReturnVerb.self,
          OrderVerb.self, NextIDVerb.self,
        ]),
      CommandGroup(
        name: "Stock",
        subcommands: [
          PreheatVerb.self, SupplyVerb.self, RestockVerb.self, AdjustVerb.self, ConfigureVerb.self, MoveVerb.self,
          GetVerb.self, PoolsVerb.self, ListVerb.self, HistoryVerb.self, DemandVerb.self,
        ]),
      CommandGroup(
        name: "Sales",
        subcommands: [SaleVerb.self, LimitVerb.self, FlagVerb.self, ClearVerb.self, BuyerVerb.self]),
      CommandGroup(
        name: "Server",
        subcommands: [StatusVerb.self, BenchCommand.self, DrillCommand.self, DemoCommand.self, CheckCommand.self]),
      CommandGroup(
        name: "A data directory, without a server",
        subcommands: [
          InspectCommand.self, VerifyCommand.self, ReplayCommand.self, BackupCommand.self, RestoreCommand.self,
          RepairCommand.self,
        ]),
    ])

  static func main() async {
    // A reader that goes away (`stockcli ls | head`) is an error of one write, not a crash.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
  }
}
