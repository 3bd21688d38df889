import ArgumentParser
import StockClient
import StockEngine
import StockHistory
import StockWire

/// Loads a server for a bounded time and says what it did.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Loads a server over the binary protocol, for a bounded time.",
    discussion: """
      It makes its own SKUs (bench-00000000 and on) and orders with ids of 20 bytes. Every reply that is counted came after \
      its record was durable. Latency is per frame: from sending it to its whole reply.
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: "Connections.") var connections = 50
  @Option(help: "Frames in flight on each connection.") var depth = 1
  @Option(help: "Commands in a frame.") var batch = 1
  @Option(help: "SKUs to buy from.") var skus = 1000
  @Option(help: "Which SKUs: uniform, hot, zipf, zipf:EXPONENT.") var skew: BenchSkew = .zipf(0.99)
  @Option(help: "What to send: reserve, confirm (reserve and confirm), cancel (reserve and cancel), deduct, get.")
  var mix: BenchMix = .reserve
  @Option(help: "How long to measure.") var duration = TimeOption(duration: .seconds(10))
  @Option(help: "How long to load before measuring.") var warmUp = TimeOption(duration: .seconds(1))
  @Option(help: "Stop after so many orders, without a warm-up.") var orders: Int?
  @Option(help: "Threads of the load generator.") var threads = 1
  @Option(help: "Distinct buyers, at most 1,000,000; 0: orders without a buyer.") var buyers = 100_000
  @Option(help: "Units of every SKU.") var quantity: UInt32 = 2_000_000_000
  @Option(help: "Payment time.") var hold = TimeOption(duration: .seconds(900))
  @Flag(help: "Each second's commands, p50, p99 and max too.") var perSecond = false
  @Flag(
    help: "Keeps every command and its answer, and checks all of them afterwards. Needs --orders; be the only client.")
  var check = false
  @Option(help: "Seed of the choice of SKUs.") var seed: UInt64 = 1

  func validate() throws {
    func range(_ name: String, _ value: Int, _ bounds: ClosedRange<Int>) throws {
      guard bounds.contains(value) else {
        throw ValidationError("--\(name) is \(bounds.lowerBound) to \(bounds.upperBound)")
      }
    }
    try range("connections", connections, 1...10_000)
    try range("depth", depth, 1...1024)
    try range("batch", batch, 1...8192)
    try range("skus", skus, 1...10_000_000)
    try range("threads", threads, 1...min(64, connections))
    try range("buyers", buyers, 0...1_000_000)
    try range("duration in seconds", Int(duration.duration.components.seconds), 0...3600)
    try range("orders", orders ?? 1, 1...1_000_000_000)
    guard check else { return }
    // Every command is kept: an order is one, or two with what settles it.
    let ordersMax = BenchHistory.operationsMax / mix.cycle.count - connections * depth * batch
    guard let orders, orders <= ordersMax, skus <= BenchHistory.itemsMax else {
      throw ValidationError(
        "--check keeps every command in memory: give --orders, at most \(max(0, ordersMax)), and --skus of at most \(BenchHistory.itemsMax)"
      )
    }
  }

  func run() async throws {
    var plan = try plan()
    let history = check ? BenchHistory() : nil
    plan.recorder = history?.recorder
    try await global.withClient { [plan] client in
      try await BenchItems(count: skus, quantity: quantity).make(client, run: plan.run, output: global.output)
      let from = try await history?.begin(client, items: skus)
      let before = try await Self.stats(client)
      global.output.note(
        "\(connections) connections x \(depth) frames x \(batch) commands, \(mix.rawValue), \(skus) SKUs \(skew.name)")
      let gate = Gate(threads: threads)
      let results = await onThreads(threads) { BenchWorker.run(plan, thread: $0, gate: gate) }
      let after = try await Self.stats(client)
      if let fault = results.lazy.compactMap(\.fault).first {
        Messages.say("bench: \(fault)")
        throw ExitCode.noAnswer
      }
      var report = BenchReport(plan: plan, results: results, before: before, after: after)
      if let history, let from { report.history = try Self.verdict(history, from) }
      Messages.out(report.text(global.output.format))
      for finding in report.history?.findings ?? [] {
        Messages.say("\(finding.kind.rawValue) LSN \(finding.lsn): \(finding.message)")
      }
      if report.history?.passes == false { throw ExitCode.corruption }
      if report.hasUnexpected { throw ExitCode.refused }
    }
  }

  private func plan() throws -> BenchPlan {
    var random = SystemRandomNumberGenerator()
    let nonce = String(random.next() as UInt64, radix: 16)
    let run = "b" + String(("0000000" + nonce).suffix(FrameTemplate.runBytes - 1))
    return BenchPlan(
      address: try global.address, connections: connections, threads: threads, depth: depth, batch: batch, skus: skus,
      skew: skew, mix: mix, buyers: buyers, warmUpNanoseconds: orders == nil ? warmUp.nanoseconds : 0,
      durationNanoseconds: orders == nil ? duration.nanoseconds : 3_600_000_000_000, ordersMax: orders,
      holdMilliseconds: Int64(hold.nanoseconds / 1_000_000), seed: seed, run: run, showsSeconds: perSecond)
  }

  private static func verdict(_ history: BenchHistory, _ from: LSN) throws -> HistoryVerdict {
    do throws(HistoryFault) {
      return try history.verdict(from: from)
    } catch {
      Messages.say("bench: the load cannot be checked: \(error)")
      throw ExitCode.validationFailure
    }
  }

  private static func stats(_ client: StockClient) async throws -> StoreStats {
    switch try await client.stats() {
    case .done(let reading): return reading.value
    case .refused(let refusal):
      Messages.say("stats: \(refusal)")
      throw ExitCode.refused
    }
  }
}

/// The SKUs of the load. They stay in the store; a later run uses them again.
struct BenchItems {
  var count: Int
  var quantity: UInt32

  func make(_ client: StockClient, run: String, output: OutputOptions) async throws {
    var start = 0
    var part = 0
    while start < count {
      let indices = start..<min(start + 1000, count)
      var lines = indices.map { WireLine(BenchPlan.itemName($0), quantity) }
      // What an earlier run made is there already; the rest is made.
      for attempt in 0..<2 where !lines.isEmpty {
        let answer = try await client.preheat(operation: "\(run)-\(part)-\(attempt)", lines: lines)
        guard let refusal = answer.refusal else { break }
        guard refusal.outcome == .itemExists, attempt == 0 else {
          Messages.say("preheat: \(refusal)")
          throw ExitCode.refused
        }
        let existing = Set(refusal.shortages.map(\.item))
        lines.removeAll { existing.contains($0.item) }
      }
      start = indices.upperBound
      part += 1
    }
  }
}
