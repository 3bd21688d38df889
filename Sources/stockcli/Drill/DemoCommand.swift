import ArgumentParser
import StockClient
import StockEngine
import StockWire

/// The whole job on the demonstration data: preheat, flash sale, kill -9, restart, retries, and a report for people.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Runs a flash sale on a stockd of its own, kills it with -9 in the middle, and checks every answer.")

  @Option(help: "The stockd to run.") var stockd = "stockd"
  @Option(help: "The shop's catalogue.") var catalogue = "data/catalogue.csv"
  @Option(help: "The sale.") var sale = "data/sale.json"
  @Option(help: "Connections over TCP.") var connections = 32
  @Option(help: "Where to work; default: a temporary directory that is removed.") var scratchDir: String?
  @Option(help: "Repeats the same choices.") var seed: UInt64?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...256).contains(connections) else { throw ValidationError("--connections is 1 to 256") }
  }

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1...0xFFFF_FFFF)
    let drillFile = try readSale()
    do {
      let scratch =
        try scratchDir.map { path throws(DrillFault) in try ScratchDirectory(claiming: path) }
        ?? ScratchDirectory.temporary()
      let daemon = try DaemonProcess(
        executable: Executable.find(stockd), dataDirectory: scratch.path + "/data",
        logFile: scratch.path + "/stockd.log")
      var report: DemoReport
      do {
        report = try await demonstrate(drillFile, daemon, seed)
      } catch let fault as InputFault {
        // Nothing was sold yet that anybody would want to look at.
        daemon.stop()
        if scratchDir == nil { scratch.remove() }
        throw fault.told(of: catalogue, by: "demo")
      }
      report.complaint = daemon.stop().complaint
      if report.passes, scratchDir == nil { scratch.remove() }
      Messages.out(report.text(output.format))
      if !report.passes {
        if let complaint = report.complaint { Messages.say(complaint) }
        if report.result.givenUp > 0 { Messages.say("\(report.result.givenUp) calls got no answer within their time") }
        if report.result.audit.acknowledged == 0 { Messages.say("No order was acknowledged: this shows nothing.") }
        for remark in report.result.auditAfterRecovery.remarks + report.result.audit.remarks { Messages.say(remark) }
        Messages.say("The store and its log are kept in \(scratch.path).")
        throw ExitCode.refused
      }
    } catch let fault as DrillFault {
      Messages.say("demo: \(fault)")
      throw ExitCode.serverError
    } catch let error as StockClientError {
      Messages.say("demo: \(error)")
      throw ExitCode.noAnswer
    }
  }

  private func readSale() throws(ExitCode) -> SaleDrill {
    do throws(InputFault) { return try SaleDrill.read(sale) } catch { throw error.told(of: sale, by: "demo") }
  }

  private func demonstrate(
    _ drillFile: SaleDrill, _ daemon: DaemonProcess, _ seed: UInt64
  ) async throws -> DemoReport {
    let address = try daemon.start().address
    output.note("stockd runs on \(address)")
    let (items, milliseconds) = try await preheatCatalogue(address)
    output.note("preheated \(Figures.grouped(items)) items of \(catalogue) in \(milliseconds) ms")

    let plan = drillFile.plan(prefix: "sale-", seed: seed)
    output.note(drillFile.sale.titleText)
    output.note(
      "\(Figures.grouped(drillFile.orders)) orders, \(Figures.grouped(plan.units)) units of \(plan.items.count) SKUs, "
        + "\(connections) connections over TCP")
    let crowd = FlashSale.Crowd(connections: connections, lanesPerConnection: 8, buyersPerLane: 4)
    var random = SplitMix(state: seed)
    // Somewhere between a quarter and a half of what the buyers will send in all.
    let moment = drillFile.orders / 4 + Int(random.next() % UInt64(max(drillFile.orders / 4, 1)))
    let note = output
    let drill = FlashSale(daemon: daemon, crowd: crowd) { note.note($0) }
    let result = try await drill.run(plan, at: address, killing: .commands(moment), activeMilliseconds: 0)
    return DemoReport(
      title: drillFile.sale.title["en"] ?? drillFile.sale.id, orders: drillFile.orders, units: plan.units, items: items,
      connections: connections,
      seed: seed, result: result)
  }

  private func preheatCatalogue(_ address: ServerAddress) async throws -> (items: Int, milliseconds: Int) {
    let start = monotonicNanoseconds()
    let client = try await StockClient.connect(to: address)
    var rows = try StockRows(path: catalogue, format: .csv)
    var items = 0
    var lines: [WireLine] = []
    while let next = try rows.next() {
      switch next {
      case .bad(let fault): throw fault
      case .row(let row): lines.append(WireLine(row.item, row.quantity))
      }
      if lines.count == 500 { try await flush() }
    }
    if !lines.isEmpty { try await flush() }
    await client.close()
    return (items, Int((monotonicNanoseconds() - start) / 1_000_000))

    func flush() async throws {
      if let refusal = try await client.preheat(operation: "catalogue-\(items)", lines: lines).refusal {
        throw DrillFault("preheat: \(refusal)")
      }
      items += lines.count
      lines.removeAll(keepingCapacity: true)
    }
  }
}

/// What a person reads in ten seconds.
struct DemoReport {
  let title: String
  let orders: Int
  let units: Int
  let items: Int
  let connections: Int
  let seed: UInt64
  let result: FlashSale.Result
  /// What is wrong with how the daemon ended.
  var complaint: String?

  var passes: Bool { result.passes && result.audit.acknowledged > 0 && complaint == nil }

  /// Log of the sale for each order that was placed, with that order's later records.
  private var logBytesPerOrder: Double? {
    result.audit.acknowledged > 0 ? Double(result.logBytes) / Double(result.audit.acknowledged) : nil
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table: plainText
    case .json: json.prettyText
    case .ndjson: json.text
    case .csv:
      if case .object(let members) = json {
        Table(members.map { .text($0.name) }, rows: [members.map(\.value)]).text(.csv)
      } else {
        ""
      }
    }
  }

  private var plainText: String {
    let audit = result.audit
    func line(_ name: String, _ value: String, _ remark: String) -> String {
      let left = "  " + name + String(repeating: " ", count: max(1, 22 - name.count))
      return left + String(repeating: " ", count: max(0, 10 - value.count)) + value
        + (remark.isEmpty ? "" : "   " + remark)
    }
    func time(_ percent: Double) -> String { Figures.duration(nanoseconds: result.latency.percentile(percent)) }
    return [
      "",
      line(
        "orders acknowledged", Figures.grouped(audit.acknowledged),
        "\(Figures.grouped(result.acknowledgedBeforeKill)) of them checked right after recovery"),
      line("lost", Figures.grouped(result.lost), "against every order that the daemon has"),
      line("applied twice", Figures.grouped(result.appliedTwice), "units gone that no order explains"),
      line("oversold", Figures.grouped(result.oversold), "units promised beyond the stock"),
      line(
        "over limit", Figures.grouped(result.overLimit),
        "units beyond what a buyer may have; \(Figures.grouped(audit.limited)) orders were refused for it"),
      line(
        "killed at", "\(result.killMilliseconds) ms",
        "\(Figures.grouped(result.commandsAcrossKill)) commands unanswered; \(Figures.grouped(result.repeats)) took effect"
      ),
      line("recovered in", Figures.duration(nanoseconds: result.restartNanoseconds), "from start to readiness line"),
      line(
        "throughput", Figures.grouped(Int(result.commandsPerSecond)),
        "durable answers a second, \(Figures.grouped(result.commands)) in all"),
      line("latency", time(50), "p50 of an answer; p99 is \(time(99))"),
      line(
        "log", logBytesPerOrder.map { Figures.decimal($0, places: 1) } ?? "-",
        "bytes an order, confirm or cancel included"),
      line("sold out", Figures.grouped(audit.refused), "of \(Figures.grouped(orders)) orders were told so"),
      "",
      passes
        ? "PASS: nothing lost, nothing twice, nothing oversold, nobody over the limit." : "FAIL (seed \(seed))",
    ].joined(separator: "\n")
  }

  private var json: JSONValue {
    .object([
      "sale": .string(title), "items": .integer(items), "orders": .integer(orders), "units": .integer(units),
      "connections": .integer(connections), "seed": .string(String(seed)),
      "acknowledged": .integer(result.audit.acknowledged), "lost": .integer(result.lost),
      "appliedTwice": .integer(result.appliedTwice), "oversold": .integer(result.oversold),
      "overLimit": .integer(result.overLimit), "refused": .integer(result.audit.refused),
      "limited": .integer(result.audit.limited), "unknown": .integer(result.audit.unknown),
      "killMilliseconds": .integer(result.killMilliseconds),
      "commandsAcrossKill": .integer(result.commandsAcrossKill), "repeats": .integer(result.repeats),
      "restartSeconds": .number(Double(result.restartNanoseconds) / 1e9),
      "recoveryMilliseconds": .integer(result.recoveryMilliseconds), "commands": .integer(result.commands),
      "commandsPerSecond": .number(result.commandsPerSecond.rounded()),
      "p50Microseconds": .number(Double(result.latency.percentile(50)) / 1000),
      "p99Microseconds": .number(Double(result.latency.percentile(99)) / 1000),
      "logBytesPerOrder": logBytesPerOrder.map { .number($0) } ?? .null, "passes": .bool(passes),
    ])
  }
}
