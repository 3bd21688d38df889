import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Refused attempts of a sale that records them: what bounds them, and that nothing else depends on them.
@Suite struct AttemptTests {
  private let base = Timestamp(milliseconds: 1_750_000_000_000)

  @Test func aBurstIsRecordedWholeAndAStormIsBounded() {
    var credit = AttemptCredit()
    func taken(_ wanted: Int, at now: Timestamp) -> Int { (0..<wanted).count { _ in credit.take(at: now) } }
    #expect(taken(Bounds.attemptsPerBurstMax + 500, at: base) == Bounds.attemptsPerBurstMax)
    // A millisecond fills in a thousandth of a second's share, and a step back nothing.
    #expect(taken(500, at: base.adding(milliseconds: 1)) == Bounds.attemptsPerSecondMax / 1000)
    #expect(taken(500, at: base) == 0)
    #expect(taken(Bounds.attemptsPerSecondMax * 3, at: base.adding(milliseconds: 1001)) == Bounds.attemptsPerSecondMax)
    // However long nobody asked, it never holds more than one burst.
    let later = base.adding(milliseconds: 1 << 40)
    #expect(taken(Bounds.attemptsPerBurstMax + 500, at: later) == Bounds.attemptsPerBurstMax)
  }

  private static let life = [
    "open s-1 S attempts limit=user:1 A=1", "reserve o-1 buyer=u1 A=1 sale=S",
  ]

  /// The reply to a recorded refusal names its record, and waits for it.
  @Test(arguments: [1, 4])
  func theReplyRestsOnTheRecord(shards: Int) throws {
    let store = try TestStore(shards: shards)
    for command in Self.life { #expect(try store.perform(command).outcome.isSuccess) }
    let last = store.inventory.lastLSN
    store.storage.holdWrites()
    var batch = CommandBatch()
    batch.add(try ShopCommand("reserve o-2 buyer=u2 A=1 sale=S", base: TestStore.base))
    var replies = ReplyBatch()
    let executor = store.inventory.makeExecutor()
    executor.execute(&batch, into: &replies)
    #expect(replies.replies[0].outcome == .soldOut)
    #expect(replies.replies[0].lsn > last)
    #expect(replies.gate >= replies.replies[0].lsn)
    #expect(store.inventory.durableLSN <= last)
    store.storage.releaseWrites()
    try store.inventory.flush()
    #expect(try store.eventTexts(after: last).last == "attempted o-2 A@~S=1 buyer=u2 sale=S until=15m soldOut")
  }

  /// The state is the same with the record and without it, and so is every answer.
  @Test func nothingElseChanges() throws {
    func live(_ opening: String) throws -> (answers: [String], store: TestStore) {
      let store = try TestStore()
      let commands =
        [opening] + Self.life.dropFirst() + [
          "reserve o-2 buyer=u2 A=1 sale=S", "reserve o-2 buyer=u2 A=1 sale=S", "deduct o-3 buyer=u1 A=1 sale=S",
          "cancel o-1", "reserve o-2 buyer=u2 A=1 sale=S", "order o-2", "order o-3", "get A A@~S",
        ]
      return (try commands.map { try store.perform($0).description }, store)
    }
    let with = try live(Self.life[0])
    let without = try live(Self.life[0].replacing(" attempts", with: ""))
    #expect(with.answers == without.answers)
    #expect(with.store.inventory.lastLSN.rawValue == without.store.inventory.lastLSN.rawValue + 3)
    let hash = with.store.stats.stateHash
    try with.store.kill()
    #expect(with.store.stats.stateHash == hash)
  }

  /// With little room left on the disk the refusal is the same, and leaves no record.
  @Test func littleRoomIsNotSpentOnThem() throws {
    let store = try TestStore()
    for command in Self.life { #expect(try store.perform(command).outcome.isSuccess) }
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    let group = store.inventory.group
    var decider = Decider(
      rules: Rules(), store: group.store, machines: MachineSet(places: places, shards: 1, store: group.store))
    for watchesRoom in [true, false] {
      decider.watchesRoom = watchesRoom
      let records = group.hold(group.all, &decider, Attempt(now: store.inventory.now))
      #expect(records == (watchesRoom ? 0 : 1))
    }
  }
}

/// Decides one refused reserve and says how many records it made.
private struct Attempt: ShardWork {
  let now: Timestamp

  func run(_ decider: inout Decider) -> Int {
    var batch = CommandBatch()
    var placement = ShopCommand.Placement(order: "o-2", lines: [ShopCommand.Line("A", 1)])
    placement.buyer = "u2"
    placement.sale = "S"
    batch.add(.reserve(placement))
    batch.seal()
    var replies = ReplyBatch()
    return batch.commands.withUnsafeBufferPointer { commands in
      batch.lines.withUnsafeBufferPointer { lines in
        batch.bytes.withUnsafeBufferPointer { bytes in
          decider.bytes = bytes.baseAddress!
          decider.commandLines = lines.baseAddress!
          decider.now = now
          _ = decider.openWindow(of: commands, from: 0)
          decider.beginSection()
          decider.beginTouching(commands)
          #expect(decider.decide(commands[0], at: 0, into: &replies).outcome == .soldOut)
          return decider.recordCount
        }
      }
    }
  }
}
