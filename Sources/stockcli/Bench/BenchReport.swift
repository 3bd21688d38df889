import StockEngine
import StockHistory

/// What a load did.
struct BenchReport {
  let plan: BenchPlan
  let tally: BenchTally
  let seconds: Double
  let perSecond: [BenchSecond]
  let before: StoreStats
  let after: StoreStats
  /// What the check of all answers came to, if there was one.
  var history: HistoryVerdict?

  init(plan: BenchPlan, results: [BenchWorker.Result], before: StoreStats, after: StoreStats) {
    self.plan = plan
    self.before = before
    self.after = after
    var tally = BenchTally()
    for result in results { tally.add(result.tally) }
    self.tally = tally
    let start = results.map(\.start).min() ?? 0
    let end = results.map(\.end).max() ?? 0
    seconds = Double(end &- start) / 1e9
    perSecond = plan.showsSeconds ? BenchSecond.all(results.map(\.seconds)) : []
  }

  var commandsPerSecond: Double { seconds > 0 ? Double(tally.commands) / seconds : 0 }

  /// Anything but successes and sold-out SKUs makes the figure worthless.
  var hasUnexpected: Bool {
    tally.commands == 0
      || tally.outcomes.indices.contains {
        tally.outcomes[$0] > 0 && !(1..<32).contains($0) && $0 != Int(Outcome.soldOut.rawValue)
      }
  }

  /// Bytes of log a record over the whole run, warm-up included; nil if nothing was written.
  private var logBytesPerRecord: Double? {
    let records = after.logRecords &- before.logRecords
    return records > 0 ? Double(after.logBytes &- before.logBytes) / Double(records) : nil
  }

  private var recordsPerGroup: Double? {
    let groups = after.logGroups &- before.logGroups
    return groups > 0 ? Double(after.logRecords &- before.logRecords) / Double(groups) : nil
  }

  private var namedOutcomes: [(name: String, count: Int)] {
    tally.outcomes.indices.filter { tally.outcomes[$0] > 0 }
      .map { (Outcome(rawValue: UInt8($0))?.name ?? "outcome\($0)", tally.outcomes[$0]) }
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: plainText
    case .json: json.prettyText
    case .ndjson: json.text
    case .csv: csv
    }
  }

  private var plainText: String {
    let latency = tally.latency
    func time(_ percent: Double) -> String { Figures.duration(nanoseconds: latency.percentile(percent)) }
    var lines = [
      "\(Figures.grouped(Int(commandsPerSecond.rounded()))) commands/s  (\(Figures.grouped(tally.commands)) in \(Figures.decimal(seconds, places: 2)) s, \(Figures.grouped(tally.frames)) frames)",
      "latency  p50 \(time(50))  p90 \(time(90))  p99 \(time(99))  p99.9 \(time(99.9))  max \(Figures.duration(nanoseconds: latency.maximum))",
      "outcomes  " + namedOutcomes.map { "\($0.name) \(Figures.grouped($0.count))" }.joined(separator: "  "),
    ]
    if let bytes = logBytesPerRecord, let records = recordsPerGroup {
      lines.append(
        "log  \(Figures.decimal(bytes, places: 1)) bytes a record, \(Figures.decimal(records, places: 1)) records a group, \(Figures.bytes(after.logBytes &- before.logBytes)) in all"
      )
    }
    if let history { lines.append("check  \(HistoryReport(verdict: history, hasLog: false).summary)") }
    if plan.showsSeconds { lines += ["", secondsForPeople.text(.table)] }
    return lines.joined(separator: "\n")
  }

  private func table(of names: [String], _ latency: (UInt64) -> JSONValue) -> Table {
    Table(
      names.map { .number($0) },
      rows: perSecond.map { second in
        // A second without an answer has no latency.
        let latencies = [second.p50Nanoseconds, second.p99Nanoseconds, second.maxNanoseconds]
        let rate = JSONValue.integer(Int(second.commandsPerSecond.rounded()))
        return [.integer(second.number), rate] + latencies.map { second.maxNanoseconds == 0 ? .null : latency($0) }
      })
  }

  private var secondsForPeople: Table {
    table(of: ["second", "commands/s", "p50", "p99", "max"]) { .string(Figures.duration(nanoseconds: $0)) }
  }

  private var secondsForPrograms: Table {
    table(of: ["second", "commandsPerSecond", "p50Microseconds", "p99Microseconds", "maxMicroseconds"]) {
      .number(Double($0) / 1000)
    }
  }

  private var json: JSONValue {
    func microseconds(_ percent: Double) -> JSONValue { .number(Double(tally.latency.percentile(percent)) / 1000) }
    let value = JSONValue.object([
      "connections": .integer(plan.connections), "depth": .integer(plan.depth), "batch": .integer(plan.batch),
      "threads": .integer(plan.threads), "skus": .integer(plan.skus), "skew": .string(plan.skew.name),
      "mix": .string(plan.mix.rawValue), "buyers": .integer(plan.buyers), "seconds": .number(seconds),
      "commands": .integer(tally.commands), "frames": .integer(tally.frames),
      "commandsPerSecond": .number(commandsPerSecond.rounded()),
      "outcomes": .object(namedOutcomes.map { JSONValue.Member(name: $0.name, value: .integer($0.count)) }),
      "repeats": .integer(tally.repeats),
      "latencyMicroseconds": .object([
        "p50": microseconds(50), "p90": microseconds(90), "p99": microseconds(99), "p99.9": microseconds(99.9),
        "max": .number(Double(tally.latency.maximum) / 1000),
      ]),
      "logBytesPerRecord": logBytesPerRecord.map { .number($0) } ?? .null,
      "recordsPerGroup": recordsPerGroup.map { .number($0) } ?? .null,
    ])
    guard case .object(var members) = value else { return value }
    if let history {
      members.append(JSONValue.Member(name: "check", value: HistoryReport(verdict: history, hasLog: false).json))
    }
    if plan.showsSeconds {
      members.append(JSONValue.Member(name: "perSecond", value: .array(secondsForPrograms.objects)))
    }
    return .object(members)
  }

  private var csv: String {
    if plan.showsSeconds { return secondsForPrograms.text(.csv) }
    guard case .object(let members) = json else { return "" }
    let flat = members.flatMap { member -> [JSONValue.Member] in
      guard case .object(let inner) = member.value else { return [member] }
      return inner.map { JSONValue.Member(name: member.name + "." + $0.name, value: $0.value) }
    }
    return Table(flat.map { .text($0.name) }, rows: [flat.map(\.value)]).text(.csv)
  }
}
