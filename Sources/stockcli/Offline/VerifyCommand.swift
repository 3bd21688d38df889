import ArgumentParser
import StockEngine

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of a data directory, and the state at every seal behind the newest snapshot.",
    discussion: """
      Reads only. Exit codes: 0 sound, 1 a torn tail that the next start will save and cut, 3 something could not be read, which says \
      nothing of its bytes, 4 damage. --deep also folds the log from each \
      snapshot to the next one and from LSN 1 to its end, and compares; what it could not compare is told, and no damage.
      """)

  @Argument(help: "The data directory.") var directory: String
  @Flag(help: "Each snapshot against the one before it and the log between, and the whole log from its beginning.")
  var deep = false
  @OptionGroup var output: OutputOptions

  private static func word(_ status: Int32) -> String {
    switch status {
    case 0: "sound"
    case 1: "torn tail"
    case 3: "NOT READ"
    default: "DAMAGED"
    }
  }

  func run() throws {
    var result = StoreInspector.Verification()
    try Offline.run { () throws(EngineFault) in
      let inspector = try StoreInspector(path: directory)
      result = deep ? inspector.verifyDeeply() : inspector.verify()
    }
    for fault in result.faults { Messages.say("\(fault)") }
    for sentence in result.checked { output.note("same: \(sentence)") }
    for sentence in result.unchecked { Messages.say("not checked: \(sentence)") }
    var table = Table([
      .text("result"), .number("last_lsn"), .number("segments"), .number("groups"), .number("records"),
      .number("snapshots"), .number("torn_bytes"), .number("faults"),
    ])
    table.append([
      .string(Self.word(result.exitStatus)),
      .integer(result.lastLSN.rawValue), .integer(result.segments), .integer(result.groups), .integer(result.records),
      .integer(result.snapshots), .integer(result.tornBytes), .integer(result.faults.count),
    ])
    output.show(table)
    if result.exitStatus != 0 { throw ExitCode(result.exitStatus) }
  }
}
