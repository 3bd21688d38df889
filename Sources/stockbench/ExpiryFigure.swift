import Glibc
import StockEngine

/// A million holds of one deadline, as when a sale opens on the stroke and nobody pays: how long a buyer waits for an answer while they
/// expire. The clock stands still while they are placed; a thread of its own then asks all the time, as one connection would.
struct ExpiryFigure {
  let holds: Int
  let directory: String

  func measure() throws(EngineFault) {
    let clock = ManualClock(wallMilliseconds: 1_750_000_000_000)
    var configuration = EngineConfiguration()
    configuration.shards = 2
    let store = try Inventory(path: directory, clock: clock, configuration: configuration)
    defer { store.abandon() }
    let executor = store.makeExecutor()
    var load = Load(skus: 1000)
    var replies = ReplyBatch()
    var batch = CommandBatch()
    load.preheat { batch in executor.execute(&batch, into: &replies) }
    for _ in 0..<holds / 1000 {
      load.fill(&batch, count: 1000)
      replies.removeAll()
      executor.execute(&batch, into: &replies)
      precondition(replies.replies.allSatisfy { $0.outcome == .reserved }, "a reserve was refused")
      if store.lastLSN.rawValue - store.durableLSN.rawValue > 200_000 { try store.flush() }
    }
    try store.flush()

    let hold = configuration.rules.holdMilliseconds
    // The watermark is written once a second; its file is made before, as in a store that has lived for one.
    clock.advance(milliseconds: 2000)
    var probe = Probe(store: store, executor: executor, load: load)
    let calm = probe.run(1000)
    clock.advance(milliseconds: hold)
    let began = ContinuousClock.now
    let busy = probe.run(nil)
    let seconds = (ContinuousClock.now - began).seconds
    print(
      "mass expiry        \(holds) holds of one deadline in \(rounded(seconds)) s; an answer meanwhile took p50 \(busy.at(0.5)) ms, p99 \(busy.at(0.99)) ms, at most \(busy.at(1)) ms (\(busy.count) asked; before it \(calm.at(0.5)), \(calm.at(0.99)), \(calm.at(1)))"
    )
  }
}

/// Asks for one reserve after the other and waits for each until it is durable.
private struct Probe {
  let store: Inventory
  let executor: BatchExecutor
  var load: Load
  /// Reserves of this run, which hold beyond the deadline.
  private var placed = 0

  init(store: Inventory, executor: BatchExecutor, load: Load) {
    self.store = store
    self.executor = executor
    self.load = load
  }

  struct Waits {
    var milliseconds: [Double]
    var count: Int { milliseconds.count }

    /// The wait that this share stays within.
    func at(_ share: Double) -> String {
      let sorted = milliseconds.sorted()
      return rounded(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }
  }

  /// - Parameter count: how often to ask; nil: until no other order is open.
  mutating func run(_ count: Int?) -> Waits {
    var waits = Waits(milliseconds: [])
    placed = 0
    var batch = CommandBatch()
    var replies = ReplyBatch()
    while true {
      load.fill(&batch, count: 1)
      replies.removeAll()
      let start = ContinuousClock.now
      executor.execute(&batch, into: &replies)
      while store.durableLSN < replies.gate { usleep(20) }
      waits.milliseconds.append((ContinuousClock.now - start).seconds * 1000)
      placed += 1
      if count == waits.count || (count == nil && placed % 20 == 0 && openOrders <= placed) { return waits }
    }
  }

  private var openOrders: Int {
    var batch = CommandBatch()
    var replies = ReplyBatch()
    batch.append(.stats)
    executor.execute(&batch, into: &replies)
    guard let stats = replies.stats.first else { preconditionFailure("stats are always answered") }
    return Int(stats.ordersOpen)
  }
}
