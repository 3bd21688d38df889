import ArgumentParser
import Glibc
import StockClient
import StockEngine
import StockHistory

/// The kill -9 drill: many rounds, random moments.
struct DrillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Kills a stockd of its own with -9 under load, again and again, and checks every answer.",
    discussion: """
      Each round: buyers storm new SKUs over many connections; the daemon is killed at a random moment and started again; the \
      buyers whose answer is missing retry under the same ids; then everything that buyers were told is compared with what \
      the recovered daemon says of every order and every item. Now and then it is killed once more while it recovers. After \
      some rounds all of them are compared once more, the daemon is told to stop, and a new store begins; every second one has \
      small segments and snapshots, so that kills fall into these too. Exit 1 if anything was lost, applied twice or oversold, a \
      buyer got more than the limit or no answer at all, the history has a violation or was not checked, a store's rounds \
      acknowledged nothing, or the daemon did not stop as told.
      """)

  @Option(help: "Directory to work in: new, empty, or an earlier drill's. What a drill left there is deleted.")
  var scratchDir: String
  @Option(help: "The stockd to drill.") var stockd = "stockd"
  @Option(help: "Rounds.") var rounds = 10
  @Option(help: "Rounds until a new store begins.") var roundsPerStore = 10
  @Option(help: "Seconds of sale in a round.") var seconds = 2.0
  @Option(help: "Buyers at the same time.") var buyers = 1024
  @Option(help: "Connections.") var connections = 16
  @Option(help: "SKUs of a round.") var skus = 100
  @Option(help: "Units of a SKU.") var units: UInt32 = 3000
  @Option(help: "Units that one buyer may have.") var limit: UInt32 = 5
  @Option(help: "Size of a segment in every second store, as stockd takes it.") var segmentBytes = "4MiB"
  @Option(help: "Sealed log after which every second store makes a snapshot.") var snapshotBytes = "8MiB"
  @Option(help: "When to kill: random, or a number of milliseconds.") var killAt: KillAt = .random
  @Option(
    help: ArgumentHelp(
      "Keeps the history of each round: FILE.1, FILE.2 and on. stockcli check reads them.", valueName: "file"))
  var history: String?
  @Flag(inversion: .prefixedNo, help: "Whether each round's history is recorded and checked against the store's log.")
  var check = true
  @Option(help: "Repeats the same choices. Printed.") var seed: UInt64?
  @OptionGroup var output: OutputOptions

  enum KillAt: ExpressibleByArgument, Equatable {
    case random
    case milliseconds(Int)

    init?(argument: String) {
      if argument == "random" {
        self = .random
      } else if let milliseconds = Int(argument.hasSuffix("ms") ? String(argument.dropLast(2)) : argument),
        milliseconds >= 0
      {
        self = .milliseconds(milliseconds)
      } else {
        return nil
      }
    }
  }

  func validate() throws {
    guard check || history == nil else { throw ValidationError("--history and --no-check do not go together") }
    guard (1...10_000).contains(rounds) else { throw ValidationError("--rounds is 1 to 10,000") }
    guard (1...1000).contains(roundsPerStore) else { throw ValidationError("--rounds-per-store is 1 to 1,000") }
    guard limit >= 1 else { throw ValidationError("--limit is at least 1: else nobody could buy") }
    guard seconds >= 0.1, seconds <= 60 else { throw ValidationError("--seconds is 0.1 to 60") }
    guard (1...256).contains(connections) else { throw ValidationError("--connections is 1 to 256") }
    guard (connections...65_536).contains(buyers) else {
      throw ValidationError("--buyers is at least as many as connections, and at most 65,536")
    }
    guard (3...10_000).contains(skus), units > 0, units < 1 << 31 else {
      throw ValidationError("--skus is 3 to 10,000, --units 1 to 2,147,483,647")
    }
    guard !check || skus <= Bounds.linesPerSaleOperationMax else {
      throw ValidationError(
        "a round of more than \(Bounds.linesPerSaleOperationMax) SKUs cannot be checked: say --no-check, or take fewer --skus"
      )
    }
  }

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1...0xFFFF_FFFF)
    output.note("seed \(seed)")
    do {
      let scratch = try ScratchDirectory(claiming: scratchDir)
      let passes = try await stores(in: scratch, SplitMix(state: seed))
      if !passes { throw ExitCode.refused }
    } catch let fault as DrillFault {
      Messages.say("drill: \(fault)")
      throw ExitCode.serverError
    } catch let error as StockClientError {
      Messages.say("drill: \(error)")
      throw ExitCode.noAnswer
    }
  }

  private func stores(in scratch: ScratchDirectory, _ random: SplitMix) async throws -> Bool {
    let smallStore = ["--segment-bytes", segmentBytes, "--snapshot-bytes", snapshotBytes]
    var random = random
    var table = Table(Self.columns)
    var passes = true
    for (store, first) in stride(from: 1, through: rounds, by: roundsPerStore).enumerated() {
      let directory = "\(scratch.path)/store-\(store + 1)"
      let daemon = try DaemonProcess(
        executable: Executable.find(stockd), dataDirectory: directory, logFile: scratch.path + "/stockd.log",
        extraArguments: store.isMultiple(of: 2) ? [] : smallStore)
      let last = min(first + roundsPerStore - 1, rounds)
      let outcome = try await run(first...last, daemon, scratch, &random, &table)
      let complaint = daemon.stop().complaint
      if let complaint { Messages.say("  \(complaint); see \(scratch.path)/stockd.log") }
      passes = passes && outcome.passes && complaint == nil
      // A store with a finding is kept for whoever has to look.
      if outcome.passes && complaint == nil { ScratchDirectory.remove(directory) }
      if let unread = outcome.unread { throw passes ? unread : .refused }
    }
    if output.format != .table { Messages.out(table.text(output.format)) }
    return passes
  }

  /// - Returns: what the rounds found, and what to end with if nobody reads on.
  private func run(
    _ rounds: ClosedRange<Int>, _ daemon: DaemonProcess, _ scratch: ScratchDirectory, _ random: inout SplitMix,
    _ table: inout Table
  ) async throws -> (passes: Bool, unread: ExitCode?) {
    let lanes = max(1, min(8, buyers / connections / 4))
    let crowd = FlashSale.Crowd(
      connections: connections, lanesPerConnection: lanes, buyersPerLane: max(1, buyers / connections / lanes))
    var sale = FlashSale(daemon: daemon, crowd: crowd)
    var address = try daemon.start().address
    var done: [(plan: SalePlan, told: [ToldOrder])] = []
    var passes = true
    for round in rounds {
      let plan = plan(round, seed: random.next())
      let active = Int(seconds * 1000)
      let kill: Int =
        switch killAt {
        case .random: active / 20 + Int(random.next() % UInt64(active * 9 / 10))
        case .milliseconds(let milliseconds): milliseconds
        }
      let again = random.next() % 3 == 0 ? Int(random.next() % 400) : nil
      let recording = try await preheat(plan, address)
      sale.recorder = recording?.recorder
      let result = try await sale.run(
        plan, at: address, killing: .after(milliseconds: kill), killingAgainAfter: again, activeMilliseconds: active)
      let verdict = try recording?.check(
        log: daemon.dataDirectory, keeping: history.map { "\($0).\(round)" },
        failing: "\(scratch.path)/round-\(round).history")
      passes = passes && self.passes(result, verdict)
      done.append((plan, result.told))
      if let unread = report(round, result, verdict, &table) { return (passes, unread) }
    }
    // Every round's orders once more, after a last kill without any load.
    daemon.kill()
    address = try daemon.start().address
    let final = try await auditAll(done, address)
    let unread = report(final, rounds)
    return (passes && Self.passes(final), unread)
  }

  /// A round that was to be checked and could not be shows nothing.
  private func passes(_ result: FlashSale.Result, _ history: HistoryVerdict?) -> Bool {
    result.passes && history.map(\.passes) ?? !check
  }

  /// Rounds of which no order was acknowledged show nothing, either.
  private static func passes(_ final: SaleAudit) -> Bool { final.passes && final.acknowledged > 0 }

  /// - Returns: what writes down the round; nil: it is not recorded.
  private func preheat(_ plan: SalePlan, _ address: ServerAddress) async throws -> DrillHistory? {
    let client = try await StockClient.connect(to: address)
    var recording: DrillHistory?
    if check, let last = try await client.stats().success?.value.lastLSN {
      recording = DrillHistory.begin(plan, from: last)
    }
    try await FlashSale.preheat(plan, client, recorder: recording?.recorder)
    await client.close()
    return recording
  }

  private func plan(_ round: Int, seed: UInt64) -> SalePlan {
    let digits = String(round)
    let name = "r" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return SalePlan(
      prefix: name + "-", sale: name, terms: SalePlan.dayLong(unitsPerBuyerMax: limit),
      items: (0..<skus).map { SalePlan.Item(sku: "\(name)-sku-\($0)", units: units) }, ordersMax: nil, seed: seed)
  }

  private func auditAll(
    _ rounds: [(plan: SalePlan, told: [ToldOrder])], _ address: ServerAddress
  ) async throws -> SaleAudit {
    var all = SaleAudit()
    let client = try await StockClient.connect(to: address)
    for (plan, told) in rounds {
      let audit = try await SaleAudit.run(plan, told, clients: [client])
      all.acknowledged += audit.acknowledged
      all.lost += audit.lost
      all.appliedTwice += audit.appliedTwice
      all.oversold += audit.oversold
      all.overLimit += audit.overLimit
      for remark in audit.remarks { all.remark(remark) }
    }
    await client.close()
    return all
  }

  // MARK: Reporting

  private static let columns: [Table.Column] = [
    .number("round"), .number("killMilliseconds"), .number("recoverySeconds"), .number("orders"),
    .number("acknowledged"), .number("commandsAcrossKill"), .number("repeats"), .number("lost"),
    .number("appliedTwice"), .number("oversold"), .number("overLimit"), .number("unknown"), .number("violations"),
    .text("verdict"),
  ]

  private func report(
    _ round: Int, _ result: FlashSale.Result, _ history: HistoryVerdict?, _ table: inout Table
  ) -> ExitCode? {
    let seconds = Figures.decimal(Double(result.restartNanoseconds) / 1e9, places: 2)
    let verdict = passes(result, history) ? "PASS" : "FAIL"
    let checked = history.map(Self.words) ?? "unchecked"
    let line = """
      round \(round)/\(rounds) kill -9 at \(result.killMilliseconds) ms\(result.wasKilledAgain ? " and in recovery" : "") recovered \(seconds) s \
      acked \(Figures.grouped(result.audit.acknowledged)) lost \(result.lost) twice \(result.appliedTwice) \
      oversold \(result.oversold) over limit \(result.overLimit) \(checked) \(verdict)
      """
    let unread = tell(line)
    for finding in history?.findings.prefix(SaleAudit.remarksMax) ?? [] {
      Messages.say("  \(finding.kind.rawValue) LSN \(finding.lsn): \(finding.message)")
    }
    if check && history == nil {
      Messages.say(
        "  of more than \(Figures.grouped(DrillHistory.operationsMax)) commands nothing is checked: say --no-check, or take fewer --seconds"
      )
    }
    if result.givenUp > 0 { Messages.say("  \(result.givenUp) calls got no answer within their time") }
    for remark in result.auditAfterRecovery.remarks + result.audit.remarks { Messages.say("  \(remark)") }
    table.append([
      .integer(round), .integer(result.killMilliseconds), .number(Double(result.restartNanoseconds) / 1e9),
      .integer(result.orders), .integer(result.audit.acknowledged), .integer(result.commandsAcrossKill),
      .integer(result.repeats), .integer(result.lost), .integer(result.appliedTwice), .integer(result.oversold),
      .integer(result.overLimit),
      .integer(result.audit.unknown), history.map { .integer($0.findings.count) } ?? .null, .string(verdict),
    ])
    return unread
  }

  private static func words(_ history: HistoryVerdict) -> String {
    let rest = history.notJudged > 0 ? " not judged \(Figures.grouped(history.notJudged))" : ""
    return "checked \(Figures.grouped(history.operations)) violations \(history.findings.count)\(rest)"
  }

  private func report(_ final: SaleAudit, _ rounds: ClosedRange<Int>) -> ExitCode? {
    let line = """
      rounds \(rounds.lowerBound) to \(rounds.upperBound) again after a last kill: acked \(Figures.grouped(final.acknowledged)) lost \(final.lost) \
      twice \(final.appliedTwice) oversold \(final.oversold) over limit \(final.overLimit) \(Self.passes(final) ? "PASS" : "FAIL")
      """
    let unread = tell(line)
    if final.acknowledged == 0 { Messages.say("  no order was acknowledged: these rounds show nothing") }
    for remark in final.remarks { Messages.say("  \(remark)") }
    return unread
  }

  /// - Returns: what to end with if nobody reads it. It is no error yet: findings are told first.
  private func tell(_ line: String) -> ExitCode? {
    guard output.format == .table else {
      output.note(line)
      return nil
    }
    do throws(ExitCode) {
      try Messages.piece(line + "\n")
      return nil
    } catch {
      return error
    }
  }
}

/// Finds programs: by path, beside this one, or in PATH.
enum Executable {
  static func find(_ name: String) throws(DrillFault) -> String {
    if name.contains("/") {
      guard access(name, X_OK) == 0 else { throw DrillFault("\(name) is not a program that can be run") }
      return name
    }
    var places = (Environment.value("PATH") ?? "").split(separator: ":").map(String.init)
    var own = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &own, own.count - 1)
    if count > 0 {
      let path = String(decoding: own.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if let slash = path.lastIndex(of: "/") { places.insert(String(path[..<slash]), at: 0) }
    }
    for place in places where access(place + "/" + name, X_OK) == 0 { return place + "/" + name }
    throw DrillFault("no \(name) beside stockcli or in PATH; name it with --stockd")
  }
}
