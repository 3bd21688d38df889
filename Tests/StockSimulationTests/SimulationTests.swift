import Foundation
import StockEngine
import StockSimulation
import Testing

/// Whole daemons, their clients, disks and clocks, run from one seed. To repeat a failure: `STOCK_SEED=n swift test --filter
/// SimulationTests`.
@Suite struct SimulationTests {
  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test func promisesHold() throws {
    let seeds =
      Self.number("STOCK_SEED").map { [UInt64($0)] }
      ?? (0..<(Self.number("STOCK_RUNS") ?? 10)).map { _ in UInt64.random(in: 1...1_000_000_000) }
    var total = SimulationReport()
    for seed in seeds {
      let plan = SimulationPlan(seed: seed)
      do {
        total.add(try Simulation(plan).run())
      } catch {
        Issue.record("\(plan)\n\(error)")
      }
    }
    print(total)
  }
}
