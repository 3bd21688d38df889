import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Commands that come together are looked up ahead of their turn. What they come to must be what they come to one by one.
@Suite struct LimitBatchTests {
  private static let setUp = [
    "preheat p-1 A=40 B=6 C=500 A@east=9", "limit l-1 A user:5", "limit l-2 A user:3:orders", "limit l-3 B user:2",
    "limit l-4 B phone:2", "limit l-5 C user:100", "configure c-1 C floor=-5",
  ]

  /// Orders of one item by buyers without other subjects, mostly; and what goes another way than these.
  private static func commands(seed: UInt64) -> [String] {
    var random = SplitMix64(seed: seed)
    return (0..<120).map { number in
      let buyer = random.oneIn(9) ? "" : " buyer=u\(random.below(6))"
      let subject = random.oneIn(7) ? " subject=phone:\(random.below(3))" : ""
      let item = random.pick(["A", "A", "A", "B", "C", "A@east"])
      switch random.below(12) {
      case 0: return "cancel o-\(random.below(number + 1))"
      case 1: return "confirm o-\(random.below(number + 1))"
      case 2: return "reserve o-\(number)\(buyer)\(subject) A=1 C=2"
      case 3: return "deduct o-\(number)\(buyer)\(subject) \(item)=\(1 + random.below(2))"
      case 4: return "limit x-\(number) \(random.pick(["A", "C"])) user:\(1 + random.below(9))"
      default: return "reserve o-\(number)\(buyer)\(subject) \(item)=\(1 + random.below(3))"
      }
    }
  }

  private func stateHash(_ store: TestStore) -> UInt64 {
    store.inventory.group.shards.reduce(0) { $0 &+ $1.enter { $0.summary().stateHash } }
  }

  @Test(arguments: [1, 4], 1...6 as ClosedRange<UInt64>)
  func togetherAsOneByOne(shards: Int, seed: UInt64) throws {
    let together = try TestStore(shards: shards)
    let oneByOne = try TestStore(shards: shards)
    for command in Self.setUp {
      #expect(try together.perform(command).outcome.isSuccess, "\(command)")
      _ = try oneByOne.perform(command)
    }
    let commands = try Self.commands(seed: seed).map { try ShopCommand($0, base: TestStore.base) }
    let answers = try together.perform(commands)
    for (command, answer) in zip(commands, answers) {
      let alone = try oneByOne.perform(command)
      #expect(answer == alone, "\(command)")
    }
    #expect(answers.contains { $0.outcome == .limitReached } && answers.contains { $0.outcome == .reserved })
    #expect(stateHash(together) == stateHash(oneByOne))
    #expect(Counters(together).uses == Counters(oneByOne).uses)
  }
}
