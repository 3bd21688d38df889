import Glibc
import StockModel
import StockTestSupport
import Synchronization

@testable import StockEngine

/// Several threads on one store, each with an executor of its own.
final class Race: Sendable {
  let threads: Int
  private let arrived = Atomic(0)

  private init(threads: Int) { self.threads = threads }

  /// Runs `body` on so many threads at once.
  /// - Returns: what each of them returned.
  static func run<Result: Sendable>(
    _ inventory: Inventory, threads: Int, _ body: @escaping @Sendable (inout Racer) -> Result
  ) -> [Result] {
    let race = Race(threads: threads)
    let results = Results<Result>(threads)
    let running = (0..<threads).map { number in
      Thread(name: "racer-\(number)") {
        var racer = Racer(number, race, inventory)
        results.set(number, body(&racer))
      }
    }
    for thread in running { thread.join() }
    return results.all
  }

  /// Waits until every thread has come here, so that what follows happens at the same time.
  func line() {
    let place = arrived.add(1, ordering: .acquiringAndReleasing).newValue
    let full = (place + threads - 1) / threads * threads
    while arrived.load(ordering: .acquiring) < full { sched_yield() }
  }

  /// `@unchecked Sendable`: `results` is read and written under `lock`.
  private final class Results<Result: Sendable>: @unchecked Sendable {
    private let lock = Lock()
    private var results: [Result?]

    init(_ count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ number: Int, _ result: Result) { lock.withLock { results[number] = result } }
    var all: [Result] { lock.withLock { results.compactMap { $0 } } }
  }
}

/// One thread of a race.
struct Racer: ~Copyable {
  let number: Int
  let race: Race
  let inventory: Inventory
  private let executor: BatchExecutor
  private var batch = CommandBatch()
  private var replies = ReplyBatch()

  init(_ number: Int, _ race: Race, _ inventory: Inventory) {
    self.number = number
    self.race = race
    self.inventory = inventory
    executor = inventory.makeExecutor()
  }

  /// Decides commands as one batch, without waiting for the log.
  mutating func send(_ commands: [ShopCommand]) -> [Answer] {
    batch.removeAll()
    replies.removeAll()
    for command in commands { batch.add(command) }
    executor.execute(&batch, into: &replies)
    return replies.replies.map { Answer($0, replies, base: TestStore.base) }
  }
}
