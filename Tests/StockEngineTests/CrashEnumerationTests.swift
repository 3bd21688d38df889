import Foundation
import StockTestSupport
import Testing

@testable import StockEngine

/// Small histories, each stopped everywhere. `STOCK_EXHAUSTIVE=1` tries every subset of up to 12 unsynced sectors (`make prove`).
@Suite(.timeLimit(.minutes(30))) struct CrashEnumerationTests {
  struct History: CustomTestStringConvertible {
    var name: String
    var script: [Life.Step]
    var shards = 1
    var archives = true

    var testDescription: String { name }
  }

  private static let preheat = Life.Step.command("preheat op-1 A=10 B@north=4")

  static let histories = [
    History(name: "preheat", script: [preheat]),
    History(name: "reserve", script: [preheat, .command("reserve o-1 buyer=u1 A=3")]),
    History(
      name: "cart over shards", script: [preheat, .command("reserve o-1 A=2 B@north=1"), .command("cancel o-1")],
      shards: 4),
    History(
      name: "confirm and return",
      script: [preheat, .command("reserve o-1 A=3"), .command("confirm o-1"), .command("return r-1 o-1 A=1 scrap")]),
    History(
      name: "cancel and fence",
      script: [
        preheat, .command("reserve o-1 A=3"), .command("cancel o-1"), .command("cancel o-2"),
        .command("reserve o-2 A=1"),
      ]),
    History(
      name: "expire",
      script: [preheat, .command("reserve o-1 hold=2s A=3"), .advance(3000), .settle, .command("reserve o-2 A=9")]),
    History(
      name: "sale",
      script: [
        preheat, .command("open s-1 S limit=user:3 end=1h pay=50s from-pools A=6"),
        .command("reserve o-1 buyer=u1 A=2 sale=S"), .command("close s-2 S"), .settle,
      ], shards: 2),
    History(
      name: "segment change",
      script: [preheat, .seal, .command("reserve o-1 A=1"), .seal, .command("confirm o-1")]),
    History(name: "snapshot", script: [preheat, .command("reserve o-1 A=1"), .snapshot, .command("confirm o-1")]),
    History(
      name: "truncation",
      script: [
        preheat, .snapshot, .command("reserve o-1 A=1"), .snapshot, .command("confirm o-1"), .snapshot,
        .command("reserve o-2 A=1"),
      ]),
    // Here the two snapshots are all that there is of what they cover.
    History(
      name: "truncation without an archive",
      script: [
        preheat, .snapshot, .command("reserve o-1 A=1"), .snapshot, .command("confirm o-1"), .snapshot,
        .command("reserve o-2 A=1"), .snapshot,
      ], archives: false),
    History(
      name: "restart", script: [preheat, .command("reserve o-1 hold=50s A=1"), .restart, .command("reserve o-2 A=1")]),
    History(
      name: "kill", script: [preheat, .command("reserve o-1 hold=50s A=1"), .kill, .command("reserve o-2 A=1"), .kill]),
  ]

  private static let effort: CrashEnumeration.Effort =
    ProcessInfo.processInfo.environment["STOCK_EXHAUSTIVE"] == nil ? .brief : .full

  @Test(arguments: histories)
  func everyPoint(of history: History) throws {
    var enumeration = CrashEnumeration(
      Self.effort, shards: history.shards, archives: history.archives, seed: .random(in: 1...1_000_000_000))
    if let violation = try enumeration.firstViolation(history.script) { Issue.record("\(violation)") }
    let counts = enumeration.counts
    #expect(counts.points > 20 && counts.disks > counts.points)
    print(
      """
      crash points of \(history.name): \(counts.points), \(counts.subsets) subsets kept, \(counts.disks) different disks; in their \
      recoveries \(counts.pointsInRecovery) points, \(counts.disksAfterRecovery) disks; \(counts.kills) kills
      """)
  }

  // MARK: Errors in recovery

  enum Refusal: CaseIterable {
    case ioError, noSpace, halfWritten

    var verdict: SimulatedStorage.Verdict {
      switch self {
      case .ioError: .fail(SimulatedStorage.eio)
      case .noSpace: .fail(SimulatedStorage.enospc)
      case .halfWritten: .failHalfway(SimulatedStorage.eio)
      }
    }
  }

  /// A recovery in which one operation is refused, or all from one on, says what to do, and changes nothing that the next one needs.
  @Test(arguments: Refusal.allCases, [false, true])
  func everyRefusalInARecovery(_ refusal: Refusal, isOnce: Bool) throws {
    let died = try Life()
    died.killWithAnUnsyncedGroup()
    let disk = died.storage
    let now = died.elapsed + 7000
    let sound = disk.copy()
    let expected = try Observation(Life.reopen(on: sound, at: now))
    sound.stop()
    sound.losePower { _ in true }
    let without = try Observation(lost(disk, now))
    let traced = disk.copy()
    traced.clearTrace()
    _ = try Life.reopen(on: traced, at: now)
    let operations = traced.trace.count
    #expect(operations > 60)
    var refused = 0
    for place in 0..<operations {
      let trial = disk.copy()
      let verdict = refusal.verdict
      trial.setJudge { count, _ in count == place || count > place && !isOnce ? verdict : .proceed }
      do {
        try Life.reopen(on: trial, at: now).stop()
      } catch let fault as EngineFault {
        refused += 1
        #expect(!fault.message.isEmpty && !fault.advice.isEmpty && fault.file != nil, "\(fault)")
        trial.stop()
      }
      for losesPower in [false, true] {
        let next = trial.copy()
        if losesPower { next.losePower { _ in false } } else { next.kill() }
        let store = try Life.reopen(on: next, at: now)
        let found = try Observation(store)
        #expect(found == expected || found == without, "\(refusal) at operation \(place), then came back as\n\(found)")
        try checkStays(found, store, "\(refusal) at operation \(place) of a recovery, \(traced.trace[place])")
      }
    }
    // Only writes can be cut in half.
    if refusal != .halfWritten { #expect(refused > operations / 2, "only \(refused) of \(operations) were noticed") }
    #expect(refused > 10)
  }

  /// What a start has shown does not go with the power, whatever the start before it met.
  private func checkStays(_ found: Observation, _ store: TestStore, _ what: String) throws {
    let now = store.clock.wallMilliseconds - TestStore.base
    store.losePower()
    do {
      let again = try Observation(Life.reopen(on: store.storage, at: now))
      #expect(again == found, "\(what); shown was\n\(found)\nand, without power, came back\n\(again)")
    } catch {
      Issue.record("\(what); after the next start and a power loss it does not open: \(error)")
    }
  }

  /// The group that was never synced is lost.
  private func lost(_ disk: SimulatedStorage, _ now: Int64) throws -> TestStore {
    let lost = disk.copy()
    lost.losePower { _ in false }
    return try Life.reopen(on: lost, at: now)
  }
}
