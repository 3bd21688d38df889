import ArgumentParser
import StockEngine
import StockHistory

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a history of commands and answers: was every answer true, at one moment between call and return?",
    discussion: """
      A history is what clients wrote down while they used a store (docs/histories.md): bench --check and drill --history write \
      one, and so can any client. Its operations are sorted by LSN and replayed on a reference model. With --log the store's own \
      records are compared, too; without it, no hold and no sale may end within the history. Reads only. \
      Exit codes: 0 sound, 4 violations found, 1 something in the history is wrong, or left open what only a log can tell.
      """)

  @Argument(help: "The history; - is standard input.") var history: String
  @Option(help: ArgumentHelp("The store's data directory, or a copy.", valueName: "directory")) var log: String?
  @Flag(help: "The same as -o json.") var json = false
  @OptionGroup var output: OutputOptions

  func run() throws {
    let verdict: HistoryVerdict
    do {
      let content = try HistoryFile.read(history)
      verdict = try log.map { try HistoryCheck.run(content, log: $0) } ?? HistoryCheck.run(content)
    } catch let fault as InputFault {
      throw fault.told(of: history, by: "check")
    } catch let fault as HistoryFault {
      Messages.say("check: \(history): \(fault)")
      throw fault.needsLog ? ExitCode.validationFailure : ExitCode.refused
    } catch let fault as EngineFault {
      Messages.say("check: \(fault)")
      throw Offline.exitCode(fault)
    }
    let report = HistoryReport(verdict: verdict, hasLog: log != nil)
    Messages.out(report.text(json ? .json : output.format))
    if !verdict.findings.isEmpty { throw ExitCode.corruption }
    if !verdict.passes { throw ExitCode.refused }
  }
}
