import CAllocationCount
import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Once warm, deciding allocates nothing: no reserve, no confirm, no cancel.
@Suite(.enabled(if: stock_counts_allocations() != 0, "the sanitizer has an allocator of its own"))
struct AllocationTests {
  static let ordersPerRound = 34_000
  static let ordersPerBatch = 100
  /// Without optimization, entering a shard's actor allocates two contexts. That is per batch; a command has nothing.
  static let allocationsPerEntry: UInt = 2
  /// A buffer of the log or of the replies may still grow.
  static let growthMax: UInt = 100

  private enum Verb: CaseIterable { case reserve, confirm, cancel }

  @Test(arguments: [1, 4])
  func aWarmCommandAllocatesNothing(shards: Int) throws {
    // Everything of a round is forgotten before the next one, so that the tables have their size after the first.
    var rules = Rules()
    rules.holdMillisecondsMax = rules.holdMilliseconds
    rules.endedRetentionMilliseconds = 0
    rules.soldRetentionMilliseconds = 0
    rules.idRetentionMilliseconds = rules.holdMilliseconds
    let store = try TestStore(shards: shards, segmentBytes: 16 << 20, rules: rules)
    let items = (0..<64).map { ShopCommand.Line("item-\($0)", 1_000_000_000) }
    _ = try store.perform([.preheat(operation: "op-1", lines: items, replace: false)])
    let executor = store.inventory.makeExecutor()
    var batch = CommandBatch()
    var replies = ReplyBatch()
    var counts: [UInt] = []
    for _ in 0..<2 {
      counts.append(try round(store, executor, &batch, &replies))
      store.advance(2 * rules.holdMilliseconds)
      try store.settle()
      store.advance(2 * rules.holdMilliseconds)
      try store.settle()
      #expect(store.stats.ordersKept == 0 && store.stats.fingerprints == 0)
    }
    let commands = Self.ordersPerRound * 3
    let entries = UInt(commands / Self.ordersPerBatch * shards)
    #expect(
      counts[1] <= entries * Self.allocationsPerEntry + Self.growthMax,
      "\(counts[1]) allocations in \(commands) commands; by round \(counts)")
  }

  /// Reserves every order, then confirms the even ones and cancels the odd ones.
  /// - Returns: allocations while it was decided.
  private func round(
    _ store: TestStore, _ executor: BatchExecutor, _ batch: inout CommandBatch, _ replies: inout ReplyBatch
  ) throws -> UInt {
    var count: UInt = 0
    for verb in Verb.allCases {
      for start in stride(from: 0, to: Self.ordersPerRound, by: Self.ordersPerBatch) {
        batch.removeAll()
        replies.removeAll()
        for number in start..<start + Self.ordersPerBatch { Self.append(verb, number, to: &batch) }
        let before = stock_allocations()
        executor.execute(&batch, into: &replies)
        count += stock_allocations() - before
        let isFine = replies.replies.allSatisfy {
          $0.outcome.isSuccess || verb == .cancel && $0.outcome == .alreadyConfirmed
        }
        #expect(isFine)
        // The log must not fall behind, or the groups that wait would be counted.
        if start % 2000 == 0 { try store.inventory.flush() }
      }
    }
    return count
  }

  private static func append(_ verb: Verb, _ number: Int, to batch: inout CommandBatch) {
    let order = "order-2025-11-11-\(100_000 + number)"
    switch verb {
    case .reserve:
      var placement = ShopCommand.Placement(order: order, lines: [.init("item-\(number % 64)", 1)])
      placement.buyer = "buyer-\(number)"
      batch.add(.reserve(placement))
    case .confirm: batch.add(number % 2 == 0 ? .confirm(order: order) : .cancel(order: order, reason: ""))
    case .cancel: batch.add(.cancel(order: order, reason: ""))
    }
  }

  /// What allocates is counted, or the count above would prove nothing.
  @Test func anAllocationIsCounted() {
    let before = stock_allocations()
    var kept: [[Int]] = []
    for number in 0..<1000 { kept.append([number]) }
    #expect(stock_allocations() - before >= 1000)
    #expect(kept.count == 1000)
    let other = stock_allocations()
    UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 64).deallocate()
    #expect(stock_allocations() > other)
  }
}
