import StockTestSupport
import Testing

@testable import StockEngine

@Suite struct DeadlineWheelTests {
  /// A wheel beside a plain list of deadlines.
  private struct Run: ~Copyable {
    var random: SplitMix64
    var now: Int64
    var wheel: DeadlineWheel
    /// By slot. An entry that was extended keeps its slot and gets a second entry.
    var deadlines: [UInt32: Int64] = [:]
    /// An entry of its old deadline may find one of these due, out of order.
    var extended: Set<UInt32> = []
    var nextSlot: UInt32 = 0

    init(seed: UInt64, start: Int64) {
      random = SplitMix64(seed: seed)
      now = start
      wheel = DeadlineWheel(startingAt: Timestamp(milliseconds: start))
    }

    mutating func insert(_ deadline: Int64) {
      deadlines[nextSlot] = deadline
      wheel.insert(nextSlot, deadline: Timestamp(milliseconds: deadline), now: Timestamp(milliseconds: now))
      nextSlot += 1
    }

    mutating func extend() {
      guard let (slot, deadline) = deadlines.randomElement(using: &random) else { return }
      let later = deadline + 1 + Int64(random.below(1 << 18))
      deadlines[slot] = later
      extended.insert(slot)
      wheel.insert(slot, deadline: Timestamp(milliseconds: later), now: Timestamp(milliseconds: now))
    }

    /// Takes everything that is due, with budgets that run out.
    mutating func drain() throws {
      var latest = Int64.min
      while true {
        let all = random.oneIn(2)
        var budget = all ? 1 << 30 : 1 + random.below(7)
        let known = deadlines
        let slot = wheel.next(dueAt: Timestamp(milliseconds: now), budget: &budget) { slot in
          known[slot].map { Timestamp(milliseconds: $0) }
        }
        guard let slot else {
          if budget > 0 { break }
          continue
        }
        // The owner knows better: ended, or prolonged.
        guard let deadline = deadlines[slot], deadline <= now else { continue }
        if !extended.contains(slot) {
          try #require(deadline >= latest, "a later deadline came first")
          latest = deadline
        }
        if random.oneIn(20) {
          // Put back: its lines lie in a shard that is not held.
          wheel.insert(slot, deadline: Timestamp(milliseconds: deadline), now: Timestamp(milliseconds: now))
          continue
        }
        deadlines[slot] = nil
      }
      let overdue = deadlines.values.filter { $0 <= now }
      try #require(overdue.isEmpty, "\(overdue.count) deadlines were left at \(now)")
    }
  }

  /// A year in which nobody looked, with something filed: the stop of a store may have been that long.
  @Test(.timeLimit(.minutes(1)))
  func timeThatNobodyLookedAtIsPassedOver() throws {
    let day: Int64 = 86_400_000
    let start: Int64 = 1_750_000_000_123
    for ahead in [1, 300, 70_000, 20_000_000, 40 * day, 500 * day] {
      var wheel = DeadlineWheel(startingAt: Timestamp(milliseconds: start))
      let now = start + 365 * day
      let deadline = Timestamp(milliseconds: max(now, start) + ahead)
      wheel.insert(7, deadline: deadline, now: Timestamp(milliseconds: start))
      var budget = 100_000
      #expect(wheel.next(dueAt: Timestamp(milliseconds: now), budget: &budget) { _ in deadline } == nil)
      budget = 100_000
      #expect(wheel.next(dueAt: Timestamp(milliseconds: now + ahead - 1), budget: &budget) { _ in deadline } == nil)
      #expect(wheel.next(dueAt: deadline, budget: &budget) { _ in deadline } == 7 && budget > 0)
    }
  }

  @Test(arguments: Seeds.runs(old: [1, 2, 3], fresh: 2))
  func agreesWithAList(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // Beside a boundary of 2^32 ms, of 2^24, and anywhere.
    let starts: [Int64] = [408 << 32 - 5000, 104_309 << 24 - 3, 1_750_000_000_000, 0]
    var run = Run(seed: seed, start: random.pick(starts))
    for _ in 0..<1500 {
      switch random.below(100) {
      case 0..<60:
        run.insert(run.now + 1 + Int64(random.next() % (1 << UInt64(4 + random.below(random.oneIn(50) ? 22 : 19)))))
      case 60..<70: run.extend()
      case 70..<75:
        if let slot = run.deadlines.keys.randomElement(using: &random) { run.deadlines[slot] = nil }
      default:
        let step = UInt64(1 << (2 + random.below(random.oneIn(20) ? 20 : 15)))
        run.now += Int64(random.next() % step)
        try run.drain()
      }
    }
    // To the end, in jumps of hours.
    while !run.deadlines.isEmpty {
      run.now += 1 << 23
      try run.drain()
    }
  }

  /// A turn whose queue takes several budgets to move: nothing of it comes before its time, and nothing is lost.
  @Test(arguments: [1 << 8, 1 << 16, 1 << 24])
  func budgetSpentInsideATurn(_ width: Int64) {
    let turn: Int64 = 408 << 32
    var wheel = DeadlineWheel(startingAt: Timestamp(milliseconds: turn - 2))
    var deadlines: [UInt32: Int64] = [:]
    for slot in 0..<UInt32(64) {
      // The latest first.
      let deadline = turn + Int64(64 - slot) * width / 64 - 1
      deadlines[slot] = deadline
      wheel.insert(slot, deadline: Timestamp(milliseconds: deadline), now: Timestamp(milliseconds: turn - 2))
    }
    var now = turn - 2
    while !deadlines.isEmpty && now < turn + 2 * width {
      var budget = 5
      let known = deadlines
      while let slot = wheel.next(
        dueAt: Timestamp(milliseconds: now), budget: &budget,
        deadline: { slot in
          known[slot].map { Timestamp(milliseconds: $0) }
        })
      {
        #expect(deadlines[slot].map { $0 <= now } == true, "slot \(slot) came before its time")
        deadlines[slot] = nil
      }
      if budget > 0 || now < turn { now += max(1, width / 128) }
    }
    #expect(deadlines.isEmpty)
  }

  @Test func tiesKeepTheirOrder() throws {
    let start: Int64 = 1_750_000_000_000
    var run = Run(seed: 1, start: start)
    let deadline = start + 6 * 3_600_000
    for step in 0..<400 {
      run.now = start + Int64(step) * 50_000
      try run.drain()
      run.insert(deadline)
    }
    var taken: [UInt32] = []
    var budget = Int.max
    let known = run.deadlines
    while let slot = run.wheel.next(
      dueAt: Timestamp(milliseconds: deadline), budget: &budget,
      deadline: { slot in
        known[slot].map { Timestamp(milliseconds: $0) }
      })
    { taken.append(slot) }
    #expect(taken == Array(0..<400))
  }

  @Test func anIdleWheelDoesNotTurn() {
    var wheel = DeadlineWheel(startingAt: .zero)
    var budget = 1000
    let now = Timestamp(milliseconds: 1_750_000_000_000)
    let due = now.adding(milliseconds: 10)
    var taken: [UInt32?] = [wheel.next(dueAt: now, budget: &budget) { _ in nil }]
    wheel.insert(5, deadline: due, now: now)
    let mayBeDueBefore = wheel.mayBeDue(now.adding(milliseconds: -1))
    taken.append(wheel.next(dueAt: now.adding(milliseconds: 9), budget: &budget) { _ in due })
    taken.append(wheel.next(dueAt: due, budget: &budget) { _ in due })
    let entries = wheel.entries
    #expect(taken == [nil, nil, 5])
    #expect(!mayBeDueBefore)
    #expect(entries == 0)
    #expect(budget > 900)
  }

  @Test func forgets() {
    var wheel = DeadlineWheel(startingAt: .zero)
    let now = Timestamp(milliseconds: 1_750_000_000_000)
    for slot in 0..<1000 { wheel.insert(UInt32(slot), deadline: now.adding(milliseconds: Int64(slot) * 977), now: now) }
    wheel.reset(to: now)
    var budget = 10
    let entries = wheel.entries
    let taken = wheel.next(dueAt: now.adding(milliseconds: 1 << 30), budget: &budget) { _ in nil }
    #expect(entries == 0)
    #expect(taken == nil)
    #expect(budget == 10)
  }
}
