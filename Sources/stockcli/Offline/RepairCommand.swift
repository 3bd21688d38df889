import ArgumentParser
import StockEngine

struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Makes a data directory of the sound beginning of a damaged one.",
    discussion: """
      Never in place: the damaged directory is only read. Without --apply it shows what is wrong, what can be had and what that would \
      lose: the records behind the cut, and the orders and operations that they name, as far as they can be read anywhere. What would be \
      lost must be named: --cut-at LSN, or --accept-torn for a group that was never acknowledged. Exit codes: 0 done, or nothing is \
      lost; 1 shown, and something would be lost; 4 there is no sound way.
      """)

  @Argument(help: "The damaged data directory, or better a copy of it.") var directory: String
  @Option(help: ArgumentHelp("The new directory. There must be nothing under its name.", valueName: "new"))
  var out: String
  @Option(help: ArgumentHelp("The last record to keep.", valueName: "lsn")) var cutAt: UInt64?
  @Flag(help: "Leaves out the group that a crash tore; nothing else may be lost.") var acceptTorn = false
  @Flag(help: "Makes the directory; without it, only shows.") var apply = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if cutAt != nil && acceptTorn { throw ValidationError("--cut-at and --accept-torn do not go together") }
  }

  private var cut: StoreSalvage.Cut {
    if let cutAt { return .lsn(LSN(cutAt)) }
    return acceptTorn ? .acceptTorn : .everything
  }

  func run() throws {
    var losesSomething = false
    try Offline.run { () throws(EngineFault) in
      let report = try StoreSalvage(path: directory).run(cut, to: apply ? out : nil)
      let view = SalvageView(report: report, output: output)
      view.showFaults()
      view.showLost()
      if report.madePath == nil { view.showChoices() }
      view.show("repaired", would: "would repair")
      losesSomething = report.madePath == nil && cut == .everything && !(report.lost.isEmpty && report.tornBytes == 0)
    }
    if losesSomething { throw ExitCode.refused }
  }
}
