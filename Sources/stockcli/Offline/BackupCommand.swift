import ArgumentParser
import Glibc
import StockEngine

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies a data directory, while stockd runs on it or not.",
    discussion: """
      Takes no lock and writes nothing there. The copy has every record that was acknowledged before the command began; it is read back as a \
      start would before it gets its name.
      """)

  @Argument(help: "The data directory.") var directory: String
  @Option(help: ArgumentHelp("The new directory. There must be nothing under its name.", valueName: "new"))
  var out: String
  @Flag(help: "Only the newest snapshot and the log behind it: no histories, no earlier moments.") var noArchive = false
  @OptionGroup var output: OutputOptions

  func run() throws {
    // Whoever serves buyers comes first.
    _ = nice(10)
    var options = StoreBackup.Options()
    options.includesArchive = !noArchive
    let start = monotonicNanoseconds()
    try Offline.run { () throws(EngineFault) in
      let report = try StoreBackup(path: directory).run(to: out, options)
      output.show(
        Record(
          "copied",
          [
            "lsn": .integer(report.lsn.rawValue), "time": .string(report.time.text),
            "snapshot": .integer(report.snapshotLSN.rawValue), "segments": .integer(report.segments),
            "archived": .integer(report.archiveFiles), "bytes": .integer(report.bytes),
            "attempts": .integer(report.attempts),
            "seconds": .number((Double(monotonicNanoseconds() - start) / 1e7).rounded() / 100),
            "path": .string(out),
          ]))
    }
  }
}
