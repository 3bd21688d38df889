import NIOConcurrencyHelpers
import StockServer
import Synchronization

@testable import StockEngine

/// An engine whose log becomes durable when the test says so. Every command takes one LSN and is answered `done`.
final class HeldEngine: ServedEngine {
  final class Executor: ServedExecutor {
    let engine: HeldEngine
    var wakesLog = true

    init(_ engine: HeldEngine) { self.engine = engine }

    func execute(_ batch: inout CommandBatch, into replies: inout ReplyBatch) {
      engine.execute(&batch, into: &replies)
    }

    func wakeLog() {}
  }

  private struct State {
    var appended: UInt64 = 0
    var durable: UInt64 = 0
    var holds: Bool
    var listeners: [any DurabilityListener] = []
    var batches: [Int] = []
    var cancelledAt: UInt64?
  }

  /// The loop that executes waits while it is true.
  private let isStuck = ConditionLock(value: false)

  let storeID = StoreID(low: 1, high: 2)
  let epochs = EpochHistory([EpochStart(epoch: Epoch(number: 1, nonce: 7), firstLSN: LSN(1))])
  private let state: NIOLockedValueBox<State>

  /// - Parameter holds: whether records wait for ``makeDurable(upTo:)``; else they are durable at once.
  init(holds: Bool = false, durable: UInt64 = 0) {
    state = NIOLockedValueBox(State(appended: durable, durable: durable, holds: holds))
  }

  var durableLSN: LSN { LSN(state.withLockedValue { $0.durable }) }
  var appendedLSN: LSN { LSN(state.withLockedValue { $0.appended }) }
  var now: Timestamp { Timestamp(milliseconds: 1_700_000_000_000) }
  /// How many commands each batch had.
  var batches: [Int] { state.withLockedValue { $0.batches } }

  /// After how many commands the first cancel was executed.
  var cancelledAt: UInt64? { state.withLockedValue { $0.cancelledAt } }

  /// Keeps the loop that executes next from going on.
  func stick() {
    isStuck.lock()
    isStuck.unlock(withValue: true)
  }

  func unstick() {
    isStuck.lock()
    isStuck.unlock(withValue: false)
  }

  func makeExecutor() -> Executor { Executor(self) }

  func addDurabilityListener(_ listener: any DurabilityListener) {
    state.withLockedValue { $0.listeners.append(listener) }
  }

  func history(item: String, beforeVersion: UInt64, rowsMax: Int, into replies: inout ReplyBatch) {
    replies.replies.append(Reply(.found, .history(.empty, completeSince: LSN(1))))
  }

  func demand(item: String, _ query: DemandQuery, into replies: inout ReplyBatch) {
    replies.demands.append(DemandPage(rows: .empty, since: query.from, next: nil))
    replies.replies.append(Reply(.found, .demand(0)))
  }

  func check() -> CheckReport { CheckReport() }

  func orderSnapshot() throws(EngineFault) {}

  /// Waits until so many commands were executed.
  func appended(_ count: UInt64) async throws { try await until { appendedLSN >= LSN(count) } }

  func makeDurable(upTo lsn: UInt64) {
    let listeners = state.withLockedValue { state in
      state.durable = max(state.durable, lsn)
      return state.listeners
    }
    for listener in listeners { listener.logBecameDurable(upTo: LSN(lsn)) }
  }

  func fail() {
    let listeners = state.withLockedValue { $0.listeners }
    for listener in listeners { listener.logFailed(EngineFault(.logFailed, "planned", advice: "")) }
  }

  private func execute(_ batch: inout CommandBatch, into replies: inout ReplyBatch) {
    let count = batch.count
    defer {
      isStuck.lock(whenValue: false)
      isStuck.unlock()
    }
    let (last, listeners) = state.withLockedValue { state -> (UInt64, [any DurabilityListener]) in
      state.appended += UInt64(count)
      state.batches.append(count)
      for index in 0..<count {
        if case .cancel = batch.commands[index], state.cancelledAt == nil {
          state.cancelledAt = state.appended - UInt64(count - index) + 1
        }
      }
      if !state.holds { state.durable = state.appended }
      return (state.appended, state.holds ? [] : state.listeners)
    }
    for index in 0..<count {
      var reply = Reply(.done)
      if case .malformed(let malformation) = batch.commands[index] {
        reply = Reply(.malformed, .malformation(malformation))
      }
      reply.lsn = LSN(last - UInt64(count) + UInt64(index) + 1)
      replies.replies.append(reply)
    }
    replies.gate = LSN(last)
    for listener in listeners { listener.logBecameDurable(upTo: LSN(last)) }
  }
}

struct NotInTime: Error {}

/// Waits for something that another thread does; gives up after 20 s instead of spinning for ever.
func until(_ condition: () -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  while !condition() {
    if ContinuousClock.now > deadline { throw NotInTime() }
    await Task.yield()
  }
}
