import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// A recorded sale under other numbers: who wins then, and what becomes of the units.
@Suite struct WhatIfTests {
  /// Plays commands (and `+10s` for time that passes) on a new store.
  private func live(_ commands: [String], shards: Int = 1, rules: Rules = Rules()) throws -> TestStore {
    let store = try TestStore(shards: shards, rules: rules)
    for command in commands {
      if command.hasPrefix("+") {
        store.advance(try #require(Times.parse(command)))
        try store.settle()
      } else {
        try store.perform(command)
      }
    }
    try store.inventory.flush()
    return store
  }

  private func whatIf(_ store: TestStore, _ sale: String = "S") throws -> WhatIf {
    try #require(try StoreInspector(path: TestStore.path, storage: store.storage).whatIf(sale: sale))
  }

  /// `u1 100ms`: who wins, in order, with the time of the first win.
  private func winners(_ report: WhatIf.Report) -> [String] {
    report.winners.compactMap { winner in
      winner.whatIf.map { "\(winner.order) \(Times.text($0.time.milliseconds - TestStore.base))" }
    }
  }

  private static let rush = [
    "open s-1 S attempts limit=user:2 pay=10m A=2 B=5", "reserve o-1 buyer=u1 A=2 sale=S", "+1s",
    "reserve o-2 buyer=u2 A=1 sale=S", "reserve o-3 buyer=u3 A=2 B=1 sale=S", "+1s",
    "reserve o-3 buyer=u3 A=2 sale=S", "reserve o-4 buyer=u4 A=2 sale=S", "confirm o-1", "+1s",
    "reserve o-5 buyer=u5 B=2 sale=S", "cancel o-5",
  ]

  @Test(arguments: [1, 4])
  func moreStock(shards: Int) throws {
    let whatIf = try whatIf(try live(Self.rush, shards: shards))
    #expect(whatIf.recordsAttempts && whatIf.skus == ["A", "B"] && whatIf.unrecordedAttempts == 0)
    let report = try whatIf.decide([.stock(sku: "A", units: 4)])
    // o-3 asks again with other lines, and gets none of the cart that was over its limit.
    #expect(winners(report) == ["o-1 0", "o-2 1s", "o-5 3s"])
    #expect(report.newWinners == 1 && report.lostWinners == 0 && report.assumed == 1)
    #expect(report.recorded.skus[0].soldOutAt?.milliseconds == TestStore.base)
    #expect(report.whatIf.skus[0] == WhatIf.SKU(sku: "A", supplied: 4, sold: 3, left: 1))
    #expect(report.whatIf.skus[1] == report.recorded.skus[1])
    #expect(
      report.recorded.unmet == [
        WhatIf.Unmet(reason: .soldOut, sku: "A", attempts: 3, orders: 3, units: 5),
        WhatIf.Unmet(reason: .limitReached, sku: "A", attempts: 1, orders: 0, units: 0),
        WhatIf.Unmet(reason: .limitReached, sku: "B", attempts: 1, orders: 0, units: 0),
      ])
    #expect(report.whatIf.attempts == report.recorded.attempts && report.recorded.attempts == 6)

    let enough = try whatIf.decide([.stock(sku: "A", units: 7)])
    #expect(winners(enough) == ["o-1 0", "o-2 1s", "o-3 2s", "o-4 2s", "o-5 3s"])
    #expect(enough.whatIf.skus[0].soldOutAt?.milliseconds == TestStore.base + 2000)
    #expect(enough.whatIf.unmet.map(\.reason) == [.limitReached, .limitReached])
  }

  @Test func lessStockAndTighterLimits() throws {
    let whatIf = try whatIf(try live(Self.rush))
    let none = try whatIf.decide([.stock(sku: "A", units: 0)])
    #expect(winners(none) == ["o-5 3s"] && none.lostWinners == 1)
    // With one unit each o-1 asks for too much, and o-2 is the first that does not.
    let one = try whatIf.decide([.limit(dimension: "user", measure: .units, max: 1)])
    #expect(winners(one) == ["o-2 1s"] && one.lostWinners == 2 && one.newWinners == 1)
    #expect(one.whatIf.skus.map(\.left) == [1, 5])
    let lifted = try whatIf.decide([.noLimit(dimension: "user"), .stock(sku: "A", units: 9)])
    #expect(winners(lifted) == ["o-1 0", "o-2 1s", "o-3 1s", "o-4 2s", "o-5 3s"])
    // Who asks again after that has the order, and other lines do not change it.
    #expect(lifted.whatIf.repeats == 1)
    let phones = try whatIf.decide([.limit(dimension: "phone", measure: .units, max: 1)])
    #expect(phones.whatIf.winners == 0 && phones.whatIf.unmet.allSatisfy { $0.reason == .subjectMissing })
  }

  @Test func misfits() throws {
    let whatIf = try whatIf(try live(Self.rush))
    func misfit(_ change: WhatIf.Change) -> WhatIf.Misfit? {
      do throws(WhatIf.Misfit) {
        _ = try whatIf.decide([change])
        return nil
      } catch {
        return error
      }
    }
    #expect(misfit(.stock(sku: "C", units: 1)) == .unknownSKU("C", has: ["A", "B"]))
    #expect(misfit(.stock(sku: "A", units: -1)) == .units(-1))
    #expect(misfit(.limit(dimension: "Phone", measure: .units, max: 1)) == .dimension("Phone"))
    #expect(misfit(.window(start: nil, end: .zero)) == .emptyWindow)
    let store = try live([])
    #expect(try StoreInspector(path: TestStore.path, storage: store.storage).whatIf(sale: "S") == nil)
  }

  @Test func windowsAndPauses() throws {
    let whatIf = try whatIf(
      try live([
        "open s-1 S start=1m end=2m attempts pay=10m A=9", "reserve o-1 buyer=u1 A=1 sale=S", "+1m",
        "reserve o-2 buyer=u2 A=1 sale=S", "pause s-2 S", "+10s", "reserve o-3 buyer=u3 A=1 sale=S", "resume s-3 S",
        "reserve o-4 buyer=u4 A=1 sale=S", "close c-1 S", "+10s", "reserve o-5 buyer=u5 A=1 sale=S", "+2m",
        "reserve o-6 buyer=u6 A=1 sale=S",
      ]))
    func at(_ minutes: Int64) -> Timestamp { Timestamp(milliseconds: TestStore.base + minutes * 60_000) }
    #expect(winners(try whatIf.decide([])) == ["o-2 1m", "o-4 1m10s"])
    #expect(winners(try whatIf.decide([.noPause])) == ["o-2 1m", "o-3 1m10s", "o-4 1m10s"])
    let early = try whatIf.decide([.window(start: at(0), end: nil)])
    // The window alone says when it ends, not the hand that closed it.
    #expect(winners(early) == ["o-1 0", "o-2 1m", "o-4 1m10s", "o-5 1m20s"])
    #expect(early.whatIf.skus[0].left == 5)
    #expect(winners(try whatIf.decide([.window(start: nil, end: at(9)), .noPause])).last == "o-6 3m20s")
  }

  /// What nobody knows is assumed, and said.
  @Test func assumptions() throws {
    var commands = ["open s-1 S attempts pay=1m A=10"]
    for number in 0..<10 { commands.append("reserve w-\(number) buyer=w\(number) A=1 sale=S") }
    for number in 0..<4 { commands.append("confirm w-\(number)") }
    for number in 0..<40 { commands.append("reserve r-\(number) buyer=r\(number) A=1 sale=S") }
    commands.append("+2m")
    let whatIf = try whatIf(try live(commands))
    func decide(_ assuming: WhatIf.Assumption) throws -> WhatIf.Report {
      try whatIf.decide([.stock(sku: "A", units: 50)], assuming: assuming)
    }
    let paid = try decide(.confirm)
    #expect(paid.assumed == 40 && paid.newWinners == 40 && paid.whatIf.skus[0].sold == 44)
    let unpaid = try decide(.expire)
    #expect(unpaid.newWinners == 40 && unpaid.whatIf.skus[0].sold == 4 && unpaid.whatIf.skus[0].left == 46)
    // Four of ten were paid; which of the others would be follows from their ids, the same each time.
    let like = try decide(.like)
    #expect((4 + 8...4 + 24).contains(like.whatIf.skus[0].sold))
    #expect(like == (try decide(.like)))
    #expect(like.whatIf.skus[0].reserved == 0)
  }

  /// An order that wins earlier than it did has its own deadline; its buyer does what was done, when it was done.
  @Test func recordedFatesAreDoneAgain() throws {
    let whatIf = try whatIf(
      try live([
        "open s-1 S attempts pay=1m A=1", "reserve o-1 buyer=u1 A=1 sale=S", "reserve o-2 buyer=u2 A=1 sale=S", "+10s",
        "cancel o-1", "reserve o-2 buyer=u2 A=1 sale=S", "+5s", "confirm o-2", "reserve o-3 buyer=u3 A=1 sale=S",
        "cancel o-3", "+1s", "return r-1 o-2",
      ]))
    let report = try whatIf.decide([.stock(sku: "A", units: 3)])
    #expect(winners(report) == ["o-1 0", "o-2 0", "o-3 15s"])
    // o-2's second attempt finds the order that it is; o-3 was given up before it was told.
    #expect(report.whatIf.repeats == 1 && report.assumed == 0)
    #expect(report.whatIf.skus[0] == WhatIf.SKU(sku: "A", supplied: 3, sold: 0, left: 3, soldOutAt: nil))
  }

  /// Unchanged, the recorded outcome: replaced orders, deferred ones, late payments, parts, flags, an outage, late returns.
  @Test(arguments: [1, 4])
  func nothingChanged(shards: Int) throws {
    var rules = Rules()
    rules.unpaidFlagThreshold = 1
    let store = try live(
      [
        "flag f-1 u1", "open s-1 S attempts unpaid=refuse flagged=defer limit=user:3:return pay=1m A=4 B=4",
        "reserve o-1 buyer=u1 A=2 sale=S", "reserve o-2 buyer=u2 A=1 sale=S", "reserve o-3 buyer=u2 A=1 sale=S",
        "reserve o-3 buyer=u2 A=1 B=1 sale=S replace", "reserve o-4 buyer=u4 A=1 B=2 sale=S",
        "confirmLines p-1 o-4 B@~S=1 release", "reserve o-5 buyer=u5 A=1 sale=S", "confirm o-1",
        "reserve o-6 buyer=u6 B=1 sale=S", "+2m", "confirmLines p-2 o-6 B@~S=1", "confirm o-3", "confirm o-5",
        "reserve o-7 buyer=u6 A=1 sale=S", "confirm o-7", "return r-1 o-4", "reserve o-8 buyer=u8 B=1 sale=S",
        "close c-1 S", "cancel o-8", "+10s", "reserve o-9 buyer=u9 A=1 sale=S",
      ], shards: shards, rules: rules)
    try store.kill()
    let report = try whatIf(store).decide([])
    #expect(report.recorded == report.whatIf)
    #expect(report.winners.allSatisfy { $0.recorded == $0.whatIf })
    #expect(Set(report.winners.map(\.order)).isSuperset(of: ["o-1", "o-2", "o-3", "o-4", "o-5", "o-6", "o-8"]))
    #expect(report.recorded.unmet.contains { $0.reason == .unpaidExists })
    // A payment of some units is never late, though they were there; one of the whole order is.
    #expect(try store.perform("order o-6").words.contains("state=expired"))
    #expect(try store.perform("order o-3").words.contains("late"))
  }

  /// Without the option only the winners can be decided again.
  @Test func notRecorded() throws {
    let whatIf = try whatIf(
      try live([
        "open s-1 S A=2", "reserve o-1 buyer=u1 A=2 sale=S", "reserve o-2 buyer=u2 A=1 sale=S", "+2s",
      ]))
    #expect(!whatIf.recordsAttempts && whatIf.unrecordedAttempts == 0)
    let report = try whatIf.decide([.stock(sku: "A", units: 9)])
    #expect(winners(report) == ["o-1 0"] && report.recorded.unmet.isEmpty)
    #expect(try whatIf.decide([.stock(sku: "A", units: 1)]).lostWinners == 1)
  }

  /// The archive tells it as the log did.
  @Test func fromTheArchive() throws {
    let store = try live(Self.rush)
    let before = try whatIf(store).decide([.stock(sku: "A", units: 7)])
    for number in 0..<3 {
      try store.perform("supply late-\(number) A=1")
      try store.snapshot()
    }
    #expect(!store.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    #expect(try whatIf(store).decide([.stock(sku: "A", units: 7)]) == before)
  }

  @Test func deadlinesComeInOrder() {
    var deadlines = OwnDeadlines()
    var random = SplitMix64(seed: 5)
    let times = (0..<4000).map { _ in Int64(random.below(10_000)) }
    for (index, time) in times.enumerated() {
      deadlines.insert(ByteRange(offset: index, count: 1), at: Timestamp(milliseconds: time))
    }
    var taken: [Int64] = []
    while let next = deadlines.take(until: Timestamp(milliseconds: 5000)) { taken.append(next.deadline.milliseconds) }
    #expect(taken == times.filter { $0 <= 5000 }.sorted())
  }
}
