import StockEngine
import StockModel
import StockServer
import StockTestSupport

/// One seed's run: clients send commands to a daemon with all its threads, on a disk and a clock that misbehave; then the trouble ends,
/// and everything must go on. At the end the whole history is decided again by the reference model.
package final class Simulation {
  let plan: SimulationPlan
  let storage = SimulatedStorage()
  let conductor: ThreadConductor
  var random: SplitMix64
  private var generator: CommandGenerator
  private(set) var daemon: SimulatedDaemon?
  private var clients: [SimulatedClient]
  var audit: SimulationAudit
  var report = SimulationReport()
  private var moment = 0
  let mailbox: Mailbox
  let faultyDisk: FaultyDisk
  /// How the present life will end, if it ends by itself: with the machine's power, or as a process.
  var losesPower = true
  /// A snapshot was damaged since the last start.
  var isSnapshotSpoiled = false

  static let path = "/store"
  static let base: Int64 = 1_750_000_000_000
  /// Within so much time, once the trouble is over, every client has every answer.
  private static let patienceMilliseconds: Int64 = 60_000

  package init(_ plan: SimulationPlan) {
    self.plan = plan
    random = SplitMix64(seed: plan.seed ^ 0xD41E)
    generator = CommandGenerator(seed: plan.seed ^ 0x6E6E, orders: 60, sells: plan.sells)
    clients = (0..<plan.clients).map { SimulatedClient(number: $0) }
    // So that there is something to sell from the start; random commands come to the rest.
    let lines = generator.items.filter { $0 != "GHOST" }.map { ShopCommand.Line($0, 40) }
    clients[0].toRepeat = [.preheat(operation: "first-stock", lines: lines, replace: false)]
    conductor = ThreadConductor(
      seed: plan.seed ^ 0xC0DE, clock: ManualClock(wallMilliseconds: Self.base), pauseOdds: plan.pauseOdds,
      turnsMax: 4_000_000, label: plan.description)
    faultyDisk = FaultyDisk(storage, seed: plan.seed ^ 0xD15C, clock: conductor.clock)
    mailbox = Mailbox(faultyDisk)
    audit = SimulationAudit(plan)
  }

  /// - Throws: `Violation` if a promise was broken.
  package func run() throws -> SimulationReport {
    precondition(Conducted.isBuiltIn, "built without STOCK_TESTING: threads cannot be conducted")
    defer { storage.onOperation = nil }
    storage.onOperation = { [faultyDisk, conductor] operation in faultyDisk.approach(operation, conductor) }
    try conductor.conduct {
      defer { endLife() }
      try begin()
      try beTroubled()
      try recoverForGood()
      try finish()
    }
    storage.kill()
    try mailbox.check()
    try audit.check(storage: storage, path: Self.path, base: Self.base)
    report.trace = conductor.trace
    report.turns = conductor.turns
    report.operations = faultyDisk.operations
    report.faults.merge(faultyDisk.faults, uniquingKeysWith: +)
    return report
  }

  // MARK: Lives

  private var configuration: EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.shards = plan.shards
    configuration.segmentBytes = plan.segmentBytes
    configuration.snapshotBytes = UInt64(plan.segmentBytes * plan.snapshotSegments)
    configuration.lagBytesMax = UInt64(plan.segmentBytes * 64)
    configuration.rules = SimulationPlan.rules
    configuration.newStore = StoreID(low: plan.seed, high: 1)
    // As the model has it: ids bear it.
    configuration.epochNonce = 1
    configuration.freeBytesMin = 0
    return configuration
  }

  /// Starts the daemon. It must come up, with all that was acknowledged.
  func begin() throws {
    report.lives += 1
    faultyDisk.beginAnew()
    let wall = now
    let inventory: Inventory
    do {
      inventory = try open()
    } catch {
      throw Violation("the daemon does not start: \(error)")
    }
    inventory.addDurabilityListener(mailbox)
    daemon = SimulatedDaemon(inventory, disk: faultyDisk, loops: plan.loops, base: Self.base) { [mailbox] in
      mailbox.ring()
    }
    note(inventory.recovery)
    if !inventory.recovery.brokenSnapshots.isEmpty && !isSnapshotSpoiled {
      throw Violation("nobody damaged \(inventory.recovery.brokenSnapshots), but they did not verify")
    }
    guard inventory.now >= inventory.recovery.lastTime else {
      throw Violation("log time begins with \(inventory.now), before the last record, \(inventory.recovery.lastTime)")
    }
    isSnapshotSpoiled = false
    try audit.lifeBegan(inventory.epochs, wall: wall)
  }

  func open() throws(EngineFault) -> Inventory {
    try Inventory(path: Self.path, storage: storage, clock: conductor.clock, configuration: configuration) {
      [mailbox] event in mailbox.note(event)
    }
  }

  /// Opens another disk than the simulation's, without threads that let time pass.
  func open(aside disk: SimulatedStorage) throws(EngineFault) -> Inventory {
    var configuration = configuration
    configuration.runsUpkeep = false
    return try Inventory(path: Self.path, storage: disk, clock: conductor.clock, configuration: configuration)
  }

  /// What is still alive ends; its clients are disconnected.
  func endLife() {
    storage.stop()
    daemon?.abandon()
    daemon = nil
    takeDeliveries()
    for index in clients.indices { clients[index].disconnect() }
  }

  func stopOrderly() throws(EngineFault) {
    let stopping = daemon
    daemon = nil
    defer {
      takeDeliveries()
      for index in clients.indices { clients[index].disconnect() }
    }
    try stopping?.shutDown()
  }

  private func note(_ recovery: RecoveryReport) {
    for step in recovery.steps { report.recoveries[step.rawValue, default: 0] += 1 }
  }

  // MARK: Commands

  private var now: Int64 { conductor.clock.wallMilliseconds }

  private func makeCommand() -> ShopCommand {
    report.commands += 1
    return generator.next(now: now)
  }

  /// A client sends a batch: what it has to repeat first, else something new.
  private func send(_ number: Int, newCommands: Int) {
    guard let daemon else { return }
    if clients[number].connection == nil {
      clients[number].connection = SimulatedConnection(client: number, now: now)
    }
    guard let connection = clients[number].connection else { return }
    let room = SimulatedClient.unansweredMax - clients[number].unanswered.count
    if room == 0 { return }
    var commands = Array(clients[number].toRepeat.prefix(room))
    clients[number].toRepeat.removeFirst(commands.count)
    report.repeats += commands.count
    while commands.count < min(room, newCommands) { commands.append(makeCommand()) }
    if commands.isEmpty { return }
    let attempts = commands.map { command in
      moment += 1
      return Attempt(command, client: number, life: report.lives, called: moment)
    }
    audit.add(attempts)
    clients[number].unanswered += attempts
    daemon.send(attempts, on: connection)
  }

  /// Clients read what has come.
  func takeDeliveries() {
    for index in clients.indices {
      guard let connection = clients[index].connection else { continue }
      let delivered = connection.delivered
      connection.delivered = []
      for attempt in delivered {
        moment += 1
        attempt.returned = moment
        report.answers += 1
        if let answer = attempt.decided?.answer {
          report.outcomes[answer.outcome, default: 0] += 1
          generator.hear(attempt.command, answer)
        }
      }
      clients[index].unanswered.removeFirst(delivered.count)
    }
  }

  // MARK: Phases

  private func beTroubled() throws {
    while report.commands < plan.commands {
      switch random.below(100) {
      case 0..<55: send(random.below(plan.clients), newCommands: 1 + random.below(4))
      case 55..<65: conductor.passTime(milliseconds: Int64(random.below(200)))
      default: mailbox.wait(milliseconds: 1 + random.below(30))
      }
      takeDeliveries()
      if random.oneIn(plan.troubleOdds) { try makeTrouble() }
      try mailbox.check()
      if storage.isOff || mailbox.hasFailed { try startAgain() }
    }
  }

  /// The trouble ends.
  private func recoverForGood() throws {
    faultyDisk.heal()
    storage.setJudge(nil)
    emptyDisk()
    if storage.isOff || mailbox.hasFailed || daemon == nil { try startAgain() }
    // Until now the disk may have been too full to prepare a segment.
    _ = conductor.wait(on: ObjectIdentifier(self), milliseconds: 3000)
    faultyDisk.beginAnew()
  }

  /// Every client gets every answer within a bounded time, a snapshot is made, and what is read after a last restart is what the model
  /// says.
  private func finish() throws {
    let end = conductor.clock.monotonicNanoseconds + UInt64(Self.patienceMilliseconds) * 1_000_000
    var extra = clients.map { _ in 4 }
    while extra.contains(where: { $0 > 0 })
      || clients.contains(where: { !$0.unanswered.isEmpty || !$0.toRepeat.isEmpty })
    {
      for number in clients.indices {
        send(number, newCommands: extra[number] > 0 ? 1 : 0)
        extra[number] -= 1
      }
      mailbox.wait(milliseconds: 20)
      takeDeliveries()
      guard conductor.clock.monotonicNanoseconds < end else {
        throw Violation(
          "\(Self.patienceMilliseconds / 1000) s after the last trouble answers are still missing: \(clients.map(\.unanswered.count))"
        )
      }
      try mailbox.check()
      if mailbox.hasFailed { throw Violation("the log failed when the trouble was over") }
    }
    do {
      try stopOrderly()
    } catch {
      throw Violation("an orderly stop on a sound disk fails: \(error)")
    }
    storage.kill()
    try begin()
    readEverything()
    while clients.contains(where: { !$0.unanswered.isEmpty }) {
      mailbox.wait(milliseconds: 20)
      takeDeliveries()
    }
    try check()
  }

  private func readEverything() {
    let names = generator.names
    var commands = stride(from: 0, to: names.count, by: 40).map {
      ShopCommand.get(Array(names[$0..<min($0 + 40, names.count)]))
    }
    commands += generator.orderIDs.map { .order($0) } + generator.buyerNames.map { .buyer($0) } + [.stats]
    clients[0].toRepeat = commands
    while !clients[0].toRepeat.isEmpty {
      send(0, newCommands: 0)
      mailbox.wait(milliseconds: 20)
      takeDeliveries()
    }
  }

  private func check() throws {
    guard let daemon else { return }
    let totals = daemon.inventory.check()
    guard totals.faults == 0 else { throw Violation("units are lost or made: \(totals)") }
    report.records = daemon.inventory.durableLSN.rawValue
    report.snapshots += mailbox.snapshots
    if daemon.inventory.recovery.snapshotLSN == .zero && report.records > 200 {
      throw Violation("there is no snapshot after \(report.records) records and an orderly stop")
    }
  }
}
