import Testing

@testable import stockcli

@Suite("Latency percentiles")
struct LatencyHistogramTests {
  @Test func smallValuesAreExact() {
    var histogram = LatencyHistogram()
    for value in 1...100 { histogram.record(nanoseconds: UInt64(value)) }
    #expect(histogram.percentile(50) == 50)
    #expect(histogram.percentile(99) == 99)
    #expect(histogram.percentile(100) == 100)
    #expect(histogram.count == 100)
  }

  @Test(arguments: [127, 128, 255, 256, 1000, 12_345, 1_000_000, 987_654_321, UInt64(1) << 62, .max])
  func everyValueIsWithinAHundredth(_ value: UInt64) {
    var histogram = LatencyHistogram()
    histogram.record(nanoseconds: value)
    histogram.record(nanoseconds: .max)
    let read = histogram.percentile(50)
    #expect(read >= value)
    #expect(Double(read - value) <= Double(value) * 0.008)
  }

  @Test func percentilesOfALongRun() {
    var histogram = LatencyHistogram()
    var other = LatencyHistogram()
    for value in 1...50_000 { histogram.record(nanoseconds: UInt64(value) * 1000) }
    for value in 50_001...100_000 { other.record(nanoseconds: UInt64(value) * 1000) }
    histogram.add(other)
    for (percent, exact) in [(50.0, 50_000_000.0), (90, 90_000_000), (99.9, 99_900_000)] {
      let read = Double(histogram.percentile(percent))
      #expect(abs(read - exact) / exact < 0.008)
    }
    #expect(histogram.maximum == 100_000_000)
    #expect(LatencyHistogram().percentile(99) == 0)
  }
}
