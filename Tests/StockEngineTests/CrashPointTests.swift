import StockModel
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
    #expect(life.storage.keptMoments.count > 80, "the life has too few operations to mean anything")
    let violation = try Self.firstViolation(life, loss)
    #expect(violation == nil)
  }

  @Test(arguments: Loss.allCases)
  func everyOperationOfASale(_ loss: Loss) throws {
    let life = try Life(Life.saleScript) { $0.keepMoments() }
    #expect(life.fault == nil)
    #expect(life.acknowledged.count == life.commandCount, "a command of the script was refused")
    #expect(try Self.firstViolation(life, loss) == nil)
  }

  /// A disk that only says that it has synced is found out.
  @Test func aDiskThatLiesIsFoundOut() throws {
    let life = try Life {
      $0.lieAboutSyncs()
      $0.keepMoments()
    }
    #expect(try Self.firstViolation(life, .everythingLost) != nil)
  }

  /// So is a store that answers before its log is durable.
  @Test func anAnswerThatIsTooEarlyIsFoundOut() throws {
    let life = try Life(answersEarly: true) { $0.keepMoments() }
    #expect(life.fault == nil)
    #expect(try Self.firstViolation(life, .everythingLost) != nil)
    // The same life that answers in time is sound, so it is the early answer that was found.
    #expect(try Self.firstViolation(Life { $0.keepMoments() }, .everythingLost) == nil)
  }

  /// Stops the life before each of its operations and looks what comes back.
  /// - Returns: the first time that it was no state that a client could have been told of; nil if there is none.
  private static func firstViolation(_ life: Life, _ loss: Loss) throws -> String? {
    for (place, moment) in life.storage.keptMoments.enumerated() {
      let step = life.step(ofMoment: place)
      moment.disk.losePower(keeping: loss.keeps(moment.disk.unsynced.count, UInt64(place)))
      let when = "power lost before operation \(place), \(moment.operation), with \(loss)"
      do {
        let found = try Observation(Life.reopen(on: moment.disk, at: step.elapsed))
        if !step.possibleStates.contains(found) { return "\(when): came back as\n\(found)" }
      } catch let fault as EngineFault {
        return "\(when): does not open, \(fault)"
      }
    }
    return nil
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
