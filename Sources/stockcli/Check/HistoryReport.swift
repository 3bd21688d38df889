import StockEngine
import StockHistory

/// A verdict in words, for people and for programs.
struct HistoryReport {
  let verdict: HistoryVerdict
  let hasLog: Bool

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: plainText
    case .json: json.prettyText
    case .ndjson: json.text
    case .csv: table.text(.csv)
    }
  }

  /// One line for those who run a check beside something else.
  var summary: String {
    let counts = "\(Figures.grouped(verdict.operations)) operations"
    if verdict.passes { return "history of \(counts): sound" }
    return "history of \(counts): \(Figures.grouped(verdict.findings.count)) violations"
      + (verdict.undecided > 0 ? ", \(Figures.grouped(verdict.undecided)) answers undecided" : "")
  }

  private var plainText: String {
    let verdict = verdict
    var lines = [
      "operations  \(Figures.grouped(verdict.operations))  from LSN \(verdict.firstLSN) to LSN \(verdict.lastLSN)",
      "answers     writes \(Figures.grouped(verdict.writes))  refusals \(Figures.grouped(verdict.refusals))  "
        + "repeats \(Figures.grouped(verdict.repeats))  reads \(Figures.grouped(verdict.reads))"
        + (verdict.notJudged > 0 ? "  not judged \(Figures.grouped(verdict.notJudged))" : ""),
    ]
    if verdict.unknown > 0 {
      lines.append(
        "unanswered  \(Figures.grouped(verdict.unknown)), of which \(Figures.grouped(verdict.unknownThatTookEffect)) took effect"
          + (hasLog ? "" : " as far as anybody saw"))
    }
    if hasLog { lines.append("log         \(Figures.grouped(verdict.records)) records compared") }
    for finding in verdict.findings {
      lines.append("\(finding.kind.rawValue)  LSN \(finding.lsn)  \(finding.message)\(Self.others(finding))")
    }
    if verdict.consequences > 0 {
      lines.append(
        "\(Figures.grouped(verdict.consequences)) more answers about the same orders and items do not fit either")
    }
    if verdict.undecided > 0 {
      lines.append(
        "\(Figures.grouped(verdict.undecided)) answers hang on when an unanswered command took effect: give the store's directory with --log"
      )
    }
    lines.append(verdict.passes ? "PASS" : verdict.findings.isEmpty ? "UNDECIDED" : "FAIL")
    return lines.joined(separator: "\n")
  }

  private static func others(_ finding: HistoryFinding) -> String {
    let others = finding.lines.dropFirst().map { String($0) }
    return others.isEmpty ? "" : " (see line\(others.count > 1 ? "s" : "") \(others.joined(separator: ", ")))"
  }

  private var table: Table {
    var table = Table([.text("kind"), .number("lsn"), .text("lines"), .text("message")])
    for finding in verdict.findings {
      table.append([
        .string(finding.kind.rawValue), .integer(finding.lsn.rawValue),
        .string(finding.lines.map { String($0) }.joined(separator: " ")), .string(finding.message),
      ])
    }
    return table
  }

  var json: JSONValue {
    .object([
      "passes": .bool(verdict.passes), "operations": .integer(verdict.operations), "writes": .integer(verdict.writes),
      "refusals": .integer(verdict.refusals), "repeats": .integer(verdict.repeats), "reads": .integer(verdict.reads),
      "unanswered": .integer(verdict.unknown), "tookEffect": .integer(verdict.unknownThatTookEffect),
      "notJudged": .integer(verdict.notJudged), "undecided": .integer(verdict.undecided),
      "records": .integer(verdict.records), "firstLSN": .integer(verdict.firstLSN.rawValue),
      "lastLSN": .integer(verdict.lastLSN.rawValue), "consequences": .integer(verdict.consequences),
      "findings": .array(
        verdict.findings.map { finding in
          .object([
            "kind": .string(finding.kind.rawValue), "lsn": .integer(finding.lsn.rawValue),
            "lines": .array(finding.lines.map { .integer($0) }), "message": .string(finding.message),
          ])
        }),
    ])
  }
}
