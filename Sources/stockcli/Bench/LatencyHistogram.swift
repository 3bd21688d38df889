/// Counts of nanoseconds in buckets whose width is at most 1/128 of their value, as an HDR histogram's: percentiles are
/// within 0.8 %, recording costs a shift and an add, and histograms of threads add up.
struct LatencyHistogram: Sendable, Equatable {
  private static let stepsPerDoubling = 128
  private static let stepBits = 7
  private var counts: [UInt64]
  private(set) var count: UInt64 = 0
  private(set) var maximum: UInt64 = 0

  init() {
    counts = Array(repeating: 0, count: (64 - Self.stepBits + 1) * Self.stepsPerDoubling)
  }

  mutating func record(nanoseconds value: UInt64) {
    counts[Self.bucket(value)] += 1
    count += 1
    maximum = max(maximum, value)
  }

  mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
    maximum = max(maximum, other.maximum)
  }

  /// The buckets that are in use, usually a few hundred: small enough to keep one for every second.
  struct Sparse: Sendable, Equatable {
    struct Bucket: Sendable, Equatable {
      var index: Int
      var count: UInt64
    }

    var buckets: [Bucket] = []
    var maximum: UInt64 = 0
  }

  var sparse: Sparse {
    Sparse(
      buckets: counts.indices.filter { counts[$0] > 0 }.map { Sparse.Bucket(index: $0, count: counts[$0]) },
      maximum: maximum)
  }

  mutating func add(_ other: Sparse) {
    for bucket in other.buckets {
      counts[bucket.index] += bucket.count
      count += bucket.count
    }
    maximum = max(maximum, other.maximum)
  }

  /// The value that `percent` of the records do not pass; 0 if there are none.
  func percentile(_ percent: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = max(1, UInt64((Double(count) * min(max(percent, 0), 100) / 100).rounded(.up)))
    var seen: UInt64 = 0
    for index in counts.indices {
      seen += counts[index]
      if seen >= rank { return min(Self.highest(in: index), maximum) }
    }
    return maximum
  }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= stepsPerDoubling else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - stepBits
    return shift * stepsPerDoubling + Int(value >> UInt64(shift))
  }

  /// The largest value of a bucket.
  private static func highest(in bucket: Int) -> UInt64 {
    guard bucket >= 2 * stepsPerDoubling else { return UInt64(bucket) }
    let shift = UInt64(bucket / stepsPerDoubling - 1)
    let step = UInt64(bucket % stepsPerDoubling + stepsPerDoubling)
    return ((step + 1) << shift) &- 1
  }
}
