import Foundation
import StockEngine
import StockSimulation
import Testing

/// Whole daemons, their clients, disks and clocks, each run from one seed. To repeat a failure: `STOCK_SEED=n swift test --filter
/// SimulationTests`.
@Suite struct SimulationTests {
  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  /// Seeds that found something once, and fresh ones.
  private static var seeds: [UInt64] {
    if let seed = number("STOCK_SEED") { return [UInt64(seed)] }
    return [
      473_519_655, 590_840_391, 505_968_192, 712_795_900, 128_031_009, 513_263_475, 381_318_955,
      160_114_733, 908_957_145, 41_560_084,
    ]
      + (0..<(number("STOCK_RUNS") ?? 24)).map { _ in UInt64.random(in: 1...1_000_000_000) }
  }

  @Test func promisesHold() async throws {
    var total = SimulationReport()
    let seeds = Self.seeds
    for seed in seeds {
      let plan = SimulationPlan(seed: seed)
      do {
        total.add(try Simulation(plan).run())
      } catch {
        Issue.record("\(plan)\n\(error)")
        return
      }
      // A test that waits for something must get its turn between two simulations.
      await Task.yield()
    }
    print("\(seeds.count) simulations: \(total)")
  }

  /// The same seed is the same run, whatever else the machine does.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func aSeedIsARun(_ seed: UInt64) throws {
    let first = try Simulation(SimulationPlan(seed: seed)).run()
    let second = try Simulation(SimulationPlan(seed: seed)).run()
    #expect(first.trace == second.trace)
    #expect(first.operations > 100)
  }

  /// What the simulations come upon. A way of recovery that never comes up is one that they do not test.
  @Test func simulationsSweepOverEverything() async throws {
    var total = SimulationReport()
    for seed in 1...40 as ClosedRange<UInt64> {
      total.add(try Simulation(SimulationPlan(seed: seed)).run())
      await Task.yield()
    }
    #expect(RecoveryStep.allCases.filter { total.recoveries[$0.rawValue] == nil } == [])
    #expect(total.outcomes.count > 20)
  }
}
