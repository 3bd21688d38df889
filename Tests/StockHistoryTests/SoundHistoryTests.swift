import StockEngine
import StockHistory
import StockModel
import Testing

/// What a sound store says is found sound.
@Suite struct SoundHistoryTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func aloneIfEveryAnswerCame(seed: UInt64) throws {
    var shop = try SimulatedShop(seed: seed, sells: false, life: .quiet)
    try shop.run(steps: 150)
    let verdict = try shop.verdict()
    #expect(verdict.findings == [])
    #expect(verdict.passes)
    #expect(verdict.consequences == 0)
    #expect(verdict.writes > 50 && verdict.refusals > 50 && verdict.repeats > 0 && verdict.reads > 50)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func aloneIfAnswersWereLost(seed: UInt64) throws {
    var shop = try SimulatedShop(seed: seed, sells: false, life: .losesAnswers)
    try shop.run(steps: 120)
    let verdict = try shop.verdict()
    #expect(verdict.findings == [])
    #expect(verdict.unknown > 3)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>, [false, true])
  func withTheLogWhateverHappened(seed: UInt64, sells: Bool) throws {
    var shop = try SimulatedShop(seed: seed, sells: sells, life: .everything, shards: seed.isMultiple(of: 2) ? 4 : 1)
    try shop.run(steps: 200)
    let verdict = try shop.verdictWithLog()
    #expect(verdict.findings == [])
    #expect(verdict.passes)
    #expect(verdict.unknown > 3 && verdict.records > 100)
  }

  /// What a history without a log leaves open, its log says: in both ways the same commands took effect.
  @Test func theLogAgreesWithWhatOthersSaw() throws {
    var same = 0
    for seed in 1...6 as ClosedRange<UInt64> {
      var shop = try SimulatedShop(seed: seed, sells: false, life: .losesAnswers)
      try shop.run(steps: 60)
      let (alone, logged) = (try shop.verdict(), try shop.verdictWithLog())
      #expect(logged.passes)
      // What nobody saw is not known to have happened.
      #expect(alone.unknownThatTookEffect <= logged.unknownThatTookEffect)
      if alone.unknownThatTookEffect > 0 { same += 1 }
    }
    #expect(same > 0)
  }

  @Test func refusesWhatOnlyALogCanTell() throws {
    var shop = try SimulatedShop(seed: 1, sells: false, life: .everything)
    try shop.run(steps: 5)
    var history = shop.history
    history.operations = [
      HistoryOperation(
        line: 2, client: 1, called: 0, returned: 20_000_000_000,
        command: .reserve(.init(order: "o", lines: [.init("A", 1)])),
        answer: Answer(.reserved, ["available=1", "until=10000"]))
    ]
    #expect {
      _ = try HistoryChecker(history)
    } throws: { error in
      "\(error)".contains("--log") && "\(error)".contains("line 2")
    }
    #expect(throws: Never.self) { try HistoryChecker(history, logOf: StoreID(low: 1, high: 1)) }
  }
}
