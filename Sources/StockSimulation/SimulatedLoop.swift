import StockEngine
import StockModel

/// An event loop of the daemon: takes what its connections sent, a batch each, decides it, and lets answers go when the log is durable.
///
/// `@unchecked Sendable`: what several threads touch is read and written under `lock`; the rest belongs to the loop's thread.
final class SimulatedLoop: DurabilityListener, @unchecked Sendable {
  private let lock = Lock()
  private let work = Condition()
  private var inbox: [(connection: SimulatedConnection, attempts: [Attempt])] = []
  private var durable: LSN
  private var hasFailed = false
  private var isStopping = false

  private let inventory: Inventory
  private var connections: [SimulatedConnection] = []
  /// Called when answers have left.
  private let onDelivery: @Sendable () -> Void
  private let disk: FaultyDisk
  private let base: Int64
  private var thread: Thread?

  init(_ inventory: Inventory, disk: FaultyDisk, base: Int64, onDelivery: @escaping @Sendable () -> Void) {
    self.inventory = inventory
    self.disk = disk
    self.base = base
    self.onDelivery = onDelivery
    durable = inventory.durableLSN
  }

  func start() {
    inventory.addDurabilityListener(self)
    thread = Thread(name: "loop") { [self] in run() }
  }

  func stop() {
    lock.withLock { isStopping = true }
    work.signal()
    thread?.join()
    thread = nil
  }

  func send(_ attempts: [Attempt], on connection: SimulatedConnection) {
    lock.withLock { inbox.append((connection, attempts)) }
    work.signal()
  }

  // MARK: DurabilityListener

  func logBecameDurable(upTo lsn: LSN) {
    lock.withLock { durable = max(durable, lsn) }
    work.signal()
  }

  func logFailed(_ fault: EngineFault) {
    lock.withLock { hasFailed = true }
    work.signal()
  }

  // MARK: The loop

  private func run() {
    let executor = inventory.makeExecutor()
    executor.wakesLog = false
    var batch = CommandBatch()
    var replies = ReplyBatch()
    var seen = LSN.zero
    lock.lock()
    while true {
      while inbox.isEmpty && durable == seen && !hasFailed && !isStopping { work.wait(lock) }
      if isStopping { break }
      let requests = inbox
      inbox = []
      seen = durable
      let failed = hasFailed
      lock.unlock()
      if failed {
        for connection in connections { connection.logFailed(durable: seen, now: now) }
        onDelivery()
        return
      }
      for request in requests { serve(request.connection, request.attempts, executor, &batch, &replies) }
      if !requests.isEmpty { executor.wakeLog() }
      let hasDelivered = connections.reduce(false) { $1.flush(durable: seen, now: now) || $0 }
      if hasDelivered { onDelivery() }
      lock.lock()
    }
    lock.unlock()
  }

  private var now: Int64 { inventory.now.milliseconds }

  private func serve(
    _ connection: SimulatedConnection, _ attempts: [Attempt], _ executor: BatchExecutor, _ batch: inout CommandBatch,
    _ replies: inout ReplyBatch
  ) {
    if !connections.contains(where: { $0 === connection }) { connections.append(connection) }
    batch.removeAll()
    replies.removeAll()
    for attempt in attempts { batch.add(attempt.command) }
    executor.execute(&batch, into: &replies)
    for (index, attempt) in attempts.enumerated() {
      let decision = replies.decisions[index]
      attempt.decided = Attempt.Decided(
        answer: Answer(replies.replies[index], replies, base: base), time: decision.time.milliseconds,
        wrote: decision.wrote, mayLackSpace: disk.mayLackSpace)
    }
    connection.queue(attempts, gate: replies.gate)
  }
}
