import Foundation

/// Where a random test gets its seeds: STOCK_SEED repeats one run, else fresh ones (STOCK_RUNS of them) beside those that once
/// failed. Many runs find more than long ones, whose logs grow: each copies its disk at every crash.
enum Seeds {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  /// - Parameter old: seeds that found something once.
  static func runs(old: [UInt64], fresh: Int = 1) -> [UInt64] {
    if let seed = number("STOCK_SEED") { return [seed] }
    return old + (0..<(number("STOCK_RUNS").map { Int($0) } ?? fresh)).map { _ in UInt64.random(in: 1...1_000_000_000) }
  }

  static func steps(_ usual: Int) -> Int { number("STOCK_STEPS").map { Int($0) } ?? usual }
}
