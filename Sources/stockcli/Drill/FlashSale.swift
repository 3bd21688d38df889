import StockClient
import StockEngine
import StockHistory
import StockModel
import StockWire

/// A flash sale that the daemon does not survive: buyers storm it, it is killed with -9, it comes back, the buyers retry, and
/// every answer is checked. One or more rounds on one daemon and one data directory.
struct FlashSale {
  /// When the daemon dies.
  enum KillMoment: Sendable {
    /// So long after the first order.
    case after(milliseconds: Int)
    /// When so many commands were answered.
    case commands(Int)
  }

  struct Crowd: Sendable {
    var connections = 16
    /// Order services on each connection.
    var lanesPerConnection = 8
    /// Buyers that a service serves at a time.
    var buyersPerLane = 8
  }

  struct Result: Sendable {
    var audit = SaleAudit()
    /// What was found right after the recovery, before the sale went on.
    var auditAfterRecovery = SaleAudit()
    var killMilliseconds = 0
    /// It was killed once more, while it recovered.
    var wasKilledAgain = false
    /// From starting the process again to its readiness line.
    var restartNanoseconds: UInt64 = 0
    var recoveryMilliseconds = 0
    /// Orders that were begun, and commands that were answered.
    var orders = 0
    var commands = 0
    /// Commands that were on their way when the daemon died, and how many of these had taken effect.
    var commandsAcrossKill = 0
    var repeats = 0
    var givenUp = 0
    /// Seconds of sale, outage and audits apart.
    var activeSeconds = 0.0
    var latency = LatencyHistogram()
    /// Log of the sale: up to the moment before the kill, and after the recovery.
    var logBytes: UInt64 = 0
    var told: [ToldOrder] = []

    var acknowledgedBeforeKill: Int { auditAfterRecovery.acknowledged }
    var commandsPerSecond: Double { activeSeconds > 0 ? Double(commands) / activeSeconds : 0 }
    /// A call that got no answer in a minute is none that a buyer would wait for, and what became of it nobody looks at.
    var passes: Bool { audit.passes && auditAfterRecovery.passes && givenUp == 0 }
    var lost: Int { max(audit.lost, auditAfterRecovery.lost) }
    var appliedTwice: Int { max(audit.appliedTwice, auditAfterRecovery.appliedTwice) }
    var oversold: Int { max(audit.oversold, auditAfterRecovery.oversold) }
    var overLimit: Int { max(audit.overLimit, auditAfterRecovery.overLimit) }
  }

  let daemon: DaemonProcess
  let crowd: Crowd
  /// Told what happens, for people who watch.
  var progress: @Sendable (String) -> Void = { _ in }
  /// Where everybody writes down what they send. A sale of more than one opening's lines is not recorded.
  var recorder: HistoryRecorder?

  /// The number of those who prepare the sale, in the history; lanes count from 0, audits from 10,000.
  private static let steward = 100_000

  /// The SKUs of the sale, as much of each as the sale takes, in as many operations as needed.
  static func preheat(_ plan: SalePlan, _ client: StockClient, recorder: HistoryRecorder? = nil) async throws {
    for start in stride(from: 0, to: plan.items.count, by: 500) {
      let part = plan.items[start..<min(start + 500, plan.items.count)]
      let operation = "\(plan.prefix)preheat-\(start)"
      var batch = StockBatch()
      batch.preheat(operation: operation, lines: part.map { WireLine($0.sku, $0.units) })
      let command = ShopCommand.preheat(
        operation: operation, lines: part.map { ShopCommand.Line($0.sku, Int64($0.units)) }, replace: false)
      let replies = try await client.send(batch, [command], as: steward, to: recorder)
      guard let reply = replies.first, reply.outcome.isSuccess else {
        throw DrillFault("preheat: \(replies.first?.outcome.name ?? "no answer")")
      }
    }
  }

  /// Opens the sale now, with its units out of the SKUs' main pools.
  static func open(_ plan: SalePlan, _ client: StockClient, recorder: HistoryRecorder? = nil) async throws {
    let now = try await stats(client).now
    var terms = plan.terms
    terms.start = now.adding(milliseconds: terms.start.milliseconds)
    terms.end = now.adding(milliseconds: terms.end.milliseconds)
    if let recorder {
      var batch = StockBatch()
      batch.openSale(
        operation: plan.prefix + "open", sale: plan.sale, terms: terms, source: .pools,
        lines: plan.items.map { WireLine($0.sku, $0.units) })
      let command = ShopCommand.openSale(operation: plan.prefix + "open", plan.opening(terms))
      let replies = try await client.send(batch, [command], as: steward, to: recorder)
      guard replies.first?.outcome == .done else {
        throw DrillFault("opening the sale \(plan.sale): \(replies.first?.outcome.name ?? "no answer")")
      }
      return
    }
    let answer = try await client.openWholeSale(
      operation: plan.prefix + "open", sale: plan.sale, terms: terms, source: .pools,
      lines: plan.items.map { WireLine($0.sku, $0.units) })
    if let refusal = answer.refusal { throw DrillFault("opening the sale \(plan.sale): \(refusal)") }
  }

  /// One sale with one kill. Its SKUs are in their main pools already.
  ///
  /// - Parameters:
  ///   - again: so many milliseconds into the recovery it is killed once more; nil: it is left alone.
  ///   - activeMilliseconds: how long the sale lasts if `plan` has no end of its own.
  func run(
    _ plan: SalePlan, at address: ServerAddress, killing kill: KillMoment, killingAgainAfter again: Int? = nil,
    activeMilliseconds: Int
  ) async throws -> Result {
    let clients = try await Self.connect(crowd.connections, address)
    try await Self.open(plan, clients[0], recorder: recorder)
    let logBytes = try await Self.stats(clients[0]).logBytes
    let gate = SaleGate()
    let ledgers = (0..<crowd.connections * crowd.lanesPerConnection).map { _ in SaleLedger() }
    gate.begin(lanes: ledgers.count)
    let result = try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, ledger) in ledgers.enumerated() {
        let lane = SaleLane(
          client: clients[index % clients.count], plan: plan, gate: gate, ledger: ledger, buyers: crowd.buyersPerLane,
          recorder: recorder, number: index)
        group.addTask { await lane.run() }
      }
      do {
        return try await direct(plan, clients, gate, ledgers, kill, again, activeMilliseconds, logBytesBefore: logBytes)
      } catch {
        // The lanes end when their clients are closed and the gate lets them pass.
        gate.end()
        gate.open()
        for client in clients { await client.close() }
        throw error
      }
    }
    for client in clients { await client.close() }
    return result
  }

  private static func connect(_ count: Int, _ address: ServerAddress) async throws -> [StockClient] {
    var configuration = ClientConfiguration()
    configuration.requestTimeout = .seconds(60)
    configuration.attemptTimeout = .seconds(20)
    configuration.retry.attemptsMax = 1000
    configuration.retry.pauseMax = .milliseconds(50)
    var clients: [StockClient] = []
    for _ in 0..<count { clients.append(try await StockClient.connect(to: address, configuration: configuration)) }
    return clients
  }

  // MARK: The course of it

  private func direct(
    _ plan: SalePlan, _ clients: [StockClient], _ gate: SaleGate, _ ledgers: [SaleLedger], _ kill: KillMoment,
    _ again: Int?, _ activeMilliseconds: Int, logBytesBefore: UInt64
  ) async throws -> Result {
    var result = Result()
    let start = monotonicNanoseconds()
    try await wait(for: kill, gate, since: start)
    result.logBytes = try await Self.stats(clients[0]).logBytes &- logBytesBefore
    daemon.kill()
    let killed = monotonicNanoseconds()
    gate.close()
    result.killMilliseconds = Int((killed - start) / 1_000_000)
    progress("kill -9 after \(result.killMilliseconds) ms; starting it again")

    if let again {
      result.wasKilledAgain = true
      try daemon.startAndKill(afterMilliseconds: again)
    }
    let ready = try daemon.start()
    result.restartNanoseconds = ready.startNanoseconds
    result.recoveryMilliseconds = ready.recoveryMilliseconds
    try await wait(seconds: 60, "the buyers' retries") { gate.isStill }
    let told = Self.told(ledgers)
    result.auditAfterRecovery = try await SaleAudit.run(plan, told, clients: clients, recorder: recorder)
    let before = try await Self.stats(clients[0])

    let resumed = monotonicNanoseconds()
    gate.open()
    if plan.ordersMax == nil {
      let rest = max(50, activeMilliseconds - result.killMilliseconds)
      try await Task.sleep(for: .milliseconds(rest))
      gate.end()
    }
    try await wait(seconds: 120, "the end of the sale") { gate.isDone }
    let ended = monotonicNanoseconds()
    result.activeSeconds = Double(killed - start + (ended - resumed)) / 1e9
    result.told = Self.told(ledgers)
    result.audit = try await SaleAudit.run(plan, result.told, clients: clients, recorder: recorder)
    let after = try await Self.stats(clients[0])
    result.logBytes += after.logBytes &- before.logBytes
    for ledger in ledgers { result.add(ledger.content) }
    result.orders = gate.ordersBegun
    return result
  }

  private func wait(for kill: KillMoment, _ gate: SaleGate, since start: UInt64) async throws {
    switch kill {
    case .after(let milliseconds):
      let elapsed = Int((monotonicNanoseconds() - start) / 1_000_000)
      try await Task.sleep(for: .milliseconds(max(0, milliseconds - elapsed)))
    case .commands(let count):
      try await wait(seconds: 60, "\(count) answers", pause: .microseconds(500)) {
        gate.commands >= count || gate.isDone
      }
    }
  }

  private func wait(
    seconds: Int, _ what: String, pause: Duration = .milliseconds(1), until holds: @Sendable () -> Bool
  ) async throws {
    let end = monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
    while !holds() {
      guard monotonicNanoseconds() < end else { throw DrillFault("waited \(seconds) s for \(what)") }
      try await Task.sleep(for: pause)
    }
  }

  private static func told(_ ledgers: [SaleLedger]) -> [ToldOrder] { ledgers.flatMap { $0.with { $0.orders } } }

  private static func stats(_ client: StockClient) async throws -> StoreStats {
    guard let reading = try await client.stats().success else { throw DrillFault("the daemon refuses its statistics") }
    return reading.value
  }
}

extension FlashSale.Result {
  fileprivate mutating func add(_ content: SaleLedger.Content) {
    commands += content.commands
    commandsAcrossKill += content.spanningCommands
    repeats += content.repeats
    givenUp += content.givenUp
    latency.add(content.latency)
  }
}
