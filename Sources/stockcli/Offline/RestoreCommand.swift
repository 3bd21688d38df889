import ArgumentParser
import StockEngine

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Makes a data directory that ends at an earlier moment of another one.",
    discussion: """
      Shows what that would be; --apply makes it. The directory that it is taken from is only read. A new epoch begins behind the last \
      record, so clients that have seen more are told so.
      """)

  @Argument(help: "A backup, or a data directory that no stockd runs on.") var directory: String
  @Option(help: ArgumentHelp("The new directory. There must be nothing under its name.", valueName: "new"))
  var out: String
  @Option(help: "The last record to keep.") var untilLsn: UInt64?
  @Option(
    help:
      "Keep what lies before the first record later than this: 2026-11-21T10:00:00Z or milliseconds since 1970.")
  var untilTime: Moment?
  @Flag(help: "Makes the directory; without it, only shows.") var apply = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if untilLsn != nil && untilTime != nil { throw ValidationError("--until-lsn and --until-time do not go together") }
    // A year alone, say: two seconds of 1970.
    if let moment = untilTime?.timestamp, moment.milliseconds < 100_000_000_000 {
      throw ValidationError("--until-time lies in or before 1973; write 2026-11-21T10:00:00Z")
    }
  }

  private var cut: StoreSalvage.Cut {
    if let untilLsn { return .lsn(LSN(untilLsn)) }
    if let untilTime { return .time(untilTime.timestamp) }
    return .acceptTorn
  }

  func run() throws {
    try Offline.run { () throws(EngineFault) in
      let report = try StoreSalvage(path: directory).run(cut, to: apply ? out : nil)
      let view = SalvageView(report: report, output: output)
      view.showFaults()
      view.showLeftBehind()
      view.show("restored", would: "would restore")
    }
  }
}
