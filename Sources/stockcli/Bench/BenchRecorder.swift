/// What one thread of the load records: nothing while it warms up, then second after second.
struct BenchRecorder {
  /// One second of one thread. It is longer if the thread did not run when it was over, and the last one may be shorter.
  struct Second: Sendable, Equatable {
    /// Since measuring began.
    var endNanoseconds: UInt64
    var nanoseconds: UInt64
    var commands: Int
    var latency: LatencyHistogram.Sparse
  }

  /// Of the second that runs: connections count into it.
  var tally = BenchTally()
  /// Of the seconds that are over.
  private(set) var total = BenchTally()
  private(set) var seconds: [Second] = []
  /// When measuring began.
  private(set) var start: UInt64
  private(set) var end: UInt64

  private let measuredFrom: UInt64
  private var isWarm: Bool

  private static let second: UInt64 = 1_000_000_000

  init(begun: UInt64, warmUpNanoseconds: UInt64) {
    measuredFrom = begun + warmUpNanoseconds
    isWarm = warmUpNanoseconds == 0
    start = begun
    end = begun
  }

  /// Closes the warm-up and the second that are over by now.
  mutating func pass(_ now: UInt64) {
    if !isWarm {
      guard now >= measuredFrom else { return }
      isWarm = true
      tally = BenchTally()
      (start, end) = (now, now)
    }
    // Seconds keep the beat of the first one, however late one was noticed.
    let next = start + ((end - start) / Self.second + 1) * Self.second
    if now >= next { close(now) }
  }

  /// Measuring ends. What is counted from here on does not matter.
  mutating func stop(_ now: UInt64) {
    pass(now)
    if now > end, tally.frames > 0 { close(now) }
  }

  private mutating func close(_ now: UInt64) {
    seconds.append(
      Second(
        endNanoseconds: now - start, nanoseconds: now - end, commands: tally.commands, latency: tally.latency.sparse))
    total.add(tally)
    tally = BenchTally()
    end = now
  }
}

/// One second of the whole load.
struct BenchSecond: Sendable, Equatable {
  /// Which one, from 1 on.
  var number: Int
  var commandsPerSecond: Double
  var p50Nanoseconds: UInt64
  var p99Nanoseconds: UInt64
  var maxNanoseconds: UInt64

  /// Adds up what the threads recorded; a thread that ended earlier has no more to add.
  static func all(_ threads: [[BenchRecorder.Second]]) -> [BenchSecond] {
    (0..<(threads.map(\.count).max() ?? 0)).map { index in
      let parts = threads.filter { index < $0.count }.map { $0[index] }
      var latency = LatencyHistogram()
      for part in parts { latency.add(part.latency) }
      return BenchSecond(
        number: max(index + 1, Int(((parts.map(\.endNanoseconds).max() ?? 0) + 500_000_000) / 1_000_000_000)),
        commandsPerSecond: parts.reduce(0) { $0 + Double($1.commands) / Double(max($1.nanoseconds, 1)) * 1e9 },
        p50Nanoseconds: latency.percentile(50), p99Nanoseconds: latency.percentile(99),
        maxNanoseconds: latency.maximum)
    }
  }
}
