import ArgumentParser
import StockEngine

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of a data directory, and that folding the log gives the state that its seals name.",
    discussion: "Reads only. Exit codes: 0 sound, 1 a torn tail that the next start will save and cut, 4 damage.")

  @Argument(help: "The data directory.") var directory: String
  @OptionGroup var output: OutputOptions

  func run() throws {
    var result = StoreInspector.Verification()
    try Offline.run { () throws(EngineFault) in result = try StoreInspector(path: directory).verify() }
    for fault in result.faults { Messages.say("\(fault)") }
    var table = Table([
      .text("result"), .number("last_lsn"), .number("segments"), .number("groups"), .number("records"),
      .number("snapshots"), .number("torn_bytes"), .number("faults"),
    ])
    table.append([
      .string(result.exitStatus == 0 ? "sound" : result.exitStatus == 1 ? "torn tail" : "DAMAGED"),
      .integer(result.lastLSN.rawValue), .integer(result.segments), .integer(result.groups), .integer(result.records),
      .integer(result.snapshots), .integer(result.tornBytes), .integer(result.faults.count),
    ])
    output.show(table)
    if result.exitStatus != 0 { throw ExitCode(result.exitStatus) }
  }
}
