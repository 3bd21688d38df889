import StockTestSupport
import Testing

@testable import StockEngine

/// One short life of a store, stopped before each of its file operations in turn, with different parts of what was not
/// synced lost. What comes back must be the state after every acknowledged step, or after the one that was under way.
@Suite struct CrashPointTests {
  static let rules = PropertyRun.rules

  /// How much of what was not synced survives.
  enum Loss: CaseIterable, CustomTestStringConvertible {
    case everythingLost, nothingLost, everyOther, firstKept, lastKept, random

    func keeps(_ total: Int, _ seed: UInt64) -> (Int) -> Bool {
      switch self {
      case .everythingLost: return { _ in false }
      case .nothingLost: return { _ in true }
      case .everyOther: return { $0 % 2 == 0 }
      case .firstKept: return { $0 == 0 }
      case .lastKept: return { $0 == total - 1 }
      case .random:
        var kept: [Bool] = []
        var random = SplitMix64(seed: seed)
        for _ in 0..<total { kept.append(random.oneIn(2)) }
        return { kept[$0] }
      }
    }

    var testDescription: String { "\(self)" }
  }

  @Test(arguments: Loss.allCases)
  func everyOperationOfALife(_ loss: Loss) throws {
    let life = try Life { $0.keepMoments() }
    let moments = life.storage.keptMoments
    #expect(moments.count > 80, "the life has too few operations to mean anything")
    for (place, moment) in moments.enumerated() {
      let step = life.step(ofMoment: place)
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let found = try Observation(Life.reopen(on: moment.disk, at: step.elapsed))
      #expect(
        step.possibleStates.contains(found),
        "power lost before operation \(place), \(moment.operation), with \(loss): came back as\n\(found)")
    }
  }

  /// The recovery itself is stopped before each of its operations; the next one must find the same state.
  @Test(arguments: [Loss.everythingLost, .nothingLost, .random])
  func everyOperationOfARecovery(_ loss: Loss) throws {
    let died = try Life()
    died.killWithAnUnsyncedGroup()
    let disk = died.storage
    let now = died.elapsed + 7000
    let recovered = disk.copy()
    recovered.keepMoments()
    let expected = try Observation(Life.reopen(on: recovered, at: now))
    let lost = disk.copy()
    lost.losePower { _ in false }
    let without = try Observation(Life.reopen(on: lost, at: now))
    #expect(without != expected)
    let moments = recovered.keptMoments
    #expect(moments.count > 10)
    for (place, moment) in moments.enumerated() {
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let found = try Observation(Life.reopen(on: moment.disk, at: now))
      // Nobody was told of the unsynced group before the recovery was over, so it may go; nothing else may.
      #expect(
        found == expected || found == without,
        "recovery stopped before its operation \(place), \(moment.operation), with \(loss): came back as\n\(found)")
    }
    recovered.losePower { _ in false }
    #expect(try Observation(Life.reopen(on: recovered, at: now)) == expected, "what a recovery showed must stay")
  }
}
