import Testing

@testable import stockcli

@Suite("The load, second after second")
struct BenchRecorderTests {
  private let second: UInt64 = 1_000_000_000

  private func count(_ recorder: inout BenchRecorder, _ commands: Int, latency: UInt64) {
    recorder.tally.outcomes[2] += commands
    recorder.tally.frames += 1
    recorder.tally.latency.record(nanoseconds: latency)
  }

  @Test func theWarmUpDoesNotCount() {
    var recorder = BenchRecorder(begun: 10 * second, warmUpNanoseconds: second)
    recorder.pass(10 * second + 5)
    count(&recorder, 7, latency: 1000)
    recorder.pass(11 * second)
    count(&recorder, 3, latency: 2000)
    recorder.stop(12 * second)
    #expect(recorder.total.commands == 3)
    #expect((recorder.start, recorder.end) == (11 * second, 12 * second))
    #expect(recorder.seconds.map(\.commands) == [3])
  }

  @Test func secondsKeepTheBeat() {
    var recorder = BenchRecorder(begun: 0, warmUpNanoseconds: 0)
    count(&recorder, 100, latency: 1000)
    recorder.pass(second / 2)
    #expect(recorder.seconds.isEmpty)
    // Noticed late: this second is longer, the next one shorter.
    recorder.pass(second + second / 4)
    count(&recorder, 60, latency: 3000)
    recorder.pass(2 * second)
    // Nothing was answered in the third: it is told all the same.
    recorder.pass(3 * second)
    count(&recorder, 5, latency: 9000)
    recorder.stop(3 * second + second / 2)
    #expect(recorder.seconds.map(\.commands) == [100, 60, 0, 5])
    #expect(
      recorder.seconds.map(\.nanoseconds) == [second + second / 4, second - second / 4, second, second / 2])
    #expect(recorder.total.commands == 165)
    #expect(recorder.end == 3 * second + second / 2)
  }

  @Test func anEndWithoutAnAnswerIsNoSecond() {
    var recorder = BenchRecorder(begun: 0, warmUpNanoseconds: 0)
    count(&recorder, 1, latency: 1000)
    recorder.stop(second)
    #expect(recorder.seconds.count == 1)
    recorder.stop(second + 10)
    #expect(recorder.seconds.count == 1)
  }

  @Test func threadsAddUp() {
    var threads: [BenchRecorder] = [0, 1].map { _ in BenchRecorder(begun: 0, warmUpNanoseconds: 0) }
    count(&threads[0], 100, latency: 1000)
    count(&threads[1], 300, latency: 5000)
    threads[0].pass(second)
    threads[1].pass(second)
    count(&threads[0], 50, latency: 2000)
    threads[0].pass(2 * second)
    let seconds = BenchSecond.all(threads.map(\.seconds))
    #expect(seconds.map(\.number) == [1, 2])
    #expect(seconds.map(\.commandsPerSecond) == [400, 50])
    #expect(seconds[0].maxNanoseconds == 5000)
    #expect((992...1008).contains(seconds[0].p50Nanoseconds))
    #expect(seconds[1].p99Nanoseconds == 2000)
  }

  @Test func aSparseHistogramIsTheWhole() {
    var whole = LatencyHistogram()
    for value in [1, 1, 127, 128, 5000, 1_000_000, 30_000_000_000] as [UInt64] { whole.record(nanoseconds: value) }
    var again = LatencyHistogram()
    again.add(whole.sparse)
    #expect(again == whole)
  }
}
