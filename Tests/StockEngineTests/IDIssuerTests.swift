import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Issued numbers: their bits, their order, and that none is given twice.
@Suite struct IDIssuerTests {
  private static let epoch = Epoch(number: 3, nonce: 0xFFFF_FC05)
  private static let nonce: UInt64 = 5

  private static func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: IDIssuer.originMilliseconds + milliseconds)
  }

  private static func id(_ millisecond: UInt64, _ nonce: UInt64, _ counter: UInt64) -> UInt64 {
    millisecond << 22 | nonce << 12 | counter
  }

  private struct Step: CustomTestStringConvertible, Sendable {
    var last: UInt64
    var count: UInt32
    var now: Int64
    var first: UInt64?

    init(after last: UInt64, _ count: UInt32, at now: Int64, _ first: UInt64?) {
      (self.last, self.count, self.now, self.first) = (last, count, now, first)
    }

    var testDescription: String { "\(count) after \(last) at \(now)" }
  }

  private static let steps: [Step] = [
    // A new millisecond begins at 0, and only the nonce's low bits stand in a number.
    Step(after: 0, 1, at: 1000, id(1000, nonce, 0)),
    Step(after: 0, 4096, at: 1000, id(1000, nonce, 0)),
    Step(after: id(999, nonce, 4095), 1, at: 1000, id(1000, nonce, 0)),
    // Within one, the counter goes on to its end.
    Step(after: id(1000, nonce, 0), 4095, at: 1000, id(1000, nonce, 1)),
    Step(after: id(1000, nonce, 4094), 1, at: 1000, id(1000, nonce, 4095)),
    // What does not fit goes to the next millisecond as a whole.
    Step(after: id(1000, nonce, 4095), 1, at: 1000, id(1001, nonce, 0)),
    Step(after: id(1000, nonce, 4094), 2, at: 1000, id(1001, nonce, 0)),
    Step(after: id(1000, nonce, 0), 4096, at: 1000, id(1001, nonce, 0)),
    // Ahead of time: on from the last one, whatever the clock says.
    Step(after: id(1500, nonce, 7), 1, at: 1000, id(1500, nonce, 8)),
    // Another epoch's millisecond is left alone, lower nonce or higher.
    Step(after: id(1000, 4, 0), 1, at: 1000, id(1001, nonce, 0)),
    Step(after: id(1000, 6, 0), 1, at: 1000, id(1001, nonce, 0)),
    Step(after: id(999, 6, 0), 1, at: 1000, id(1000, nonce, 0)),
    // A second ahead, and no further.
    Step(after: id(2000, nonce, 4094), 1, at: 1000, id(2000, nonce, 4095)),
    Step(after: id(2000, nonce, 4095), 1, at: 1000, nil),
    Step(after: id(2000, 6, 0), 1, at: 1000, nil),
    Step(after: id(2000, nonce, 4095), 1, at: 1001, id(2001, nonce, 0)),
    // Before 2024, and when the bits of the time are used up in 2093.
    Step(after: 0, 1, at: -5_000_000, id(1, nonce, 0)),
    Step(after: 0, 1, at: 1 << 41 - 1, id(1 << 41 - 1, nonce, 0)),
    Step(after: 0, 1, at: 1 << 41, nil),
    Step(after: id(1 << 41 - 1, nonce, 4095), 1, at: 1 << 41 - 1, nil),
  ]

  @Test(arguments: steps)
  private func step(_ step: Step) {
    let first = IDIssuer(last: step.last).first(of: step.count, at: Self.time(step.now), in: Self.epoch)
    #expect(first == step.first)
    if let first {
      #expect(first > step.last)
      #expect(first >> 63 == 0 && (first + UInt64(step.count) - 1) >> 12 == first >> 12)
    }
  }

  /// The first number and the count of an answer.
  private func ids(_ answer: Answer) throws -> ClosedRange<UInt64> {
    let first = UInt64(try #require(answer.number("first")))
    return first...first + UInt64(try #require(answer.number("count"))) - 1
  }

  /// Random calls, restarts with other numbers of shards, crashes and a wall clock that goes back and forth.
  @Test(arguments: Seeds.runs(old: [1, 2], fresh: 2))
  func noneIsGivenTwiceAndAllGrow(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let store = try TestStore(shards: 4)
    var last: UInt64 = 0
    for step in 0..<120 {
      switch random.below(12) {
      case 0: store.clock.stepWall(milliseconds: Int64(random.below(10_000_000)) - 5_000_000)
      case 1: store.advance(Int64(random.below(20)))
      case 2:
        store.configuration.epochNonce = UInt32(truncatingIfNeeded: random.next())
        try store.restart(shards: random.pick([1, 2, 4]))
      case 3:
        store.configuration.epochNonce = UInt32(truncatingIfNeeded: random.next())
        try store.crash(seed: random.next())
      case 4: try store.snapshot()
      default:
        let ids = try ids(try store.perform(.nextIDs(UInt32(1 + random.below(random.oneIn(2) ? 4096 : 4)))))
        #expect(ids.lowerBound > last, "seed \(seed), step \(step)")
        last = ids.upperBound
      }
    }
  }

  /// Two copies of one backup are started at the same moment, and both issue: no number is in both.
  @Test func copiesOfABackupDiffer() throws {
    let store = try TestStore()
    _ = try store.perform(.nextIDs(10))
    try store.shutdown()
    var given: [Set<UInt64>] = []
    for nonce: UInt32 in [7, 8] {
      let copy = try TestStore(storage: store.storage.copy(), opens: false)
      copy.configuration.epochNonce = nonce
      try copy.open()
      let calls = [try ids(try copy.perform(.nextIDs(5))), try ids(try copy.perform(.nextIDs(4096)))]
      given.append(Set(calls.joined()))
      #expect(calls.allSatisfy { $0.lowerBound >> 12 & 1023 == UInt64(nonce) })
      #expect(calls[0].lowerBound > Self.id(45_932_800_000, 1, 9))
    }
    #expect(given[0].isDisjoint(with: given[1]))
    #expect(given[0].count == 4101)
  }

  /// A second's worth in one moment of log time, then no more until time goes on.
  @Test func nobodyRunsFarAheadOfTime() throws {
    let store = try TestStore()
    let calls = (0..<1001).map { _ in ShopCommand.nextIDs(4096) }
    #expect(try store.perform(calls).allSatisfy { $0.outcome == .done })
    let before = store.inventory.lastLSN
    #expect(try store.perform(.nextIDs(1)).description == "overloaded")
    #expect(store.inventory.lastLSN == before)
    store.advance(1)
    #expect(try store.perform(.nextIDs(4096)).outcome == .done)
    #expect(try store.perform(.nextIDs(1)).outcome == .overloaded)
    // Not even a restart makes more of a millisecond.
    try store.restart()
    #expect(try store.perform(.nextIDs(1)).outcome == .overloaded)
  }

  /// The last number is part of the state: of its hash, of the snapshot, and of what the follower compares.
  @Test(arguments: [1, 4])
  func theLastNumberIsState(shards: Int) throws {
    let store = try TestStore(shards: shards)
    let empty = store.stats.stateHash
    _ = try store.perform(.nextIDs(3))
    let hash = store.stats.stateHash
    #expect(hash != empty)
    try store.snapshot()
    try store.shutdown()
    for path in store.storage.paths(in: "\(TestStore.path)/log").dropLast() { store.storage.remove(path) }
    try store.open()
    #expect(store.stats.stateHash == hash)
    #expect(try ids(try store.perform(.nextIDs(1))).lowerBound == Self.id(45_932_800_000, 1, 3))
  }

  /// Numbers are for new orders: they are refused when those are.
  @Test func anOverloadedLogGivesNone() throws {
    let store = try TestStore(opens: false)
    store.configuration.pendingBytesMax = 16 << 10
    try store.open()
    try store.perform("preheat p A=1000")
    store.storage.holdWrites()
    var outcomes: [Outcome] = []
    for number in 0..<20 { outcomes += store.decide([try ShopCommand("reserve p-\(number) A=1")]).map(\.outcome) }
    #expect(outcomes.last == .overloaded)
    #expect(store.decide([.nextIDs(1)]).map(\.outcome) == [.overloaded])
    store.storage.releaseWrites()
    try store.inventory.flush()
    #expect(try store.perform(.nextIDs(1)).outcome == .done)
  }
}
