import ArgumentParser
import Glibc
import StockEngine

/// `replay --sale`: a recorded sale, decided again.
struct WhatIfReplay {
  let directory: String
  let sale: String
  let changes: [WhatIf.Change]
  let assuming: WhatIf.Assumption
  let withoutRefused: Bool
  let winnersFile: String?
  let output: OutputOptions

  func run() throws {
    var found: WhatIf?
    try Offline.run { () throws(EngineFault) in
      found = try StoreInspector(path: directory).whatIf(sale: sale)
    }
    guard let whatIf = found else {
      Messages.say(
        "the log has no opening of sale \(sale): check its id; if it is older than the archive, name a backup that has it"
      )
      throw ExitCode.refused
    }
    guard whatIf.recordsAttempts || withoutRefused else {
      Messages.say(
        """
        sale \(sale) did not record its refused attempts, so nobody knows who else would have bought. Open the next one with \
        recordAttempts. With --without-refused only the recorded winners are decided again.
        """)
      throw ExitCode.refused
    }
    let report: WhatIf.Report
    do throws(WhatIf.Misfit) {
      report = try whatIf.decide(changes, assuming: assuming)
    } catch {
      Messages.say("\(error)")
      throw ExitCode(64)
    }
    let shown = WhatIfReport(whatIf: whatIf, report: report, assuming: assuming)
    if let winnersFile { try write(shown.winners.text(.csv) + "\n", to: winnersFile) }
    remark(whatIf, report)
    switch output.format {
    case .json: Messages.out(shown.object.prettyText)
    case .ndjson: Messages.out(shown.object.text)
    case .table, .csv: output.show(shown.table)
    }
  }

  /// What the figures rest on.
  private func remark(_ whatIf: WhatIf, _ report: WhatIf.Report) {
    output.note("sale \(sale), LSN \(whatIf.firstLSN) to \(whatIf.lastLSN), up to \(whatIf.end.text)")
    let assumption =
      switch assuming {
      case .confirm: "paid at once"
      case .expire: "never paid"
      case .like: "paid as often as the recorded winners were"
      }
    output.note(
      "assumed: \(Figures.grouped(report.assumed)) orders that win only here are \(assumption) (--assume \(assuming.rawValue))"
    )
    if !whatIf.recordsAttempts {
      output.note("refused attempts were not recorded: no order can win that did not win then")
    }
    if whatIf.unrecordedAttempts > 0 {
      output.note(
        "\(Figures.grouped(whatIf.unrecordedAttempts)) refused attempts were counted but not recorded (a storm, a disk that was filling up, or a cart with an item twice or one that the sale has not got): more might have won"
      )
    }
    if whatIf.firstLSN > LSN(1) {
      output.note(
        "the log begins with LSN \(whatIf.firstLSN): buyers who were flagged before that are taken for not flagged")
    }
  }

  private func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      Messages.say("\(path) cannot be written: \(String(cString: strerror(errno)))")
      throw ExitCode(64)
    }
    Messages.raw(text, to: descriptor)
    guard close(descriptor) == 0 else {
      Messages.say("\(path) was not written whole: \(String(cString: strerror(errno)))")
      throw ExitCode.serverError
    }
  }
}
