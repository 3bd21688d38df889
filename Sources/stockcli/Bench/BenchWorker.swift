import Glibc
import NIOConcurrencyHelpers

/// One thread of the load: its connections, in one `poll` loop.
enum BenchWorker {
  struct Result: Sendable {
    /// Within the measured time.
    var tally = BenchTally()
    /// When measuring began and ended.
    var start: UInt64 = 0
    var end: UInt64 = 0
    var seconds: [BenchRecorder.Second] = []
    var fault: BenchFault?
  }

  /// Connects, waits for the others at `gate`, loads, drains.
  static func run(_ plan: BenchPlan, thread: Int, gate: Gate) -> Result {
    do throws(BenchFault) {
      return try load(plan, thread: thread, gate: gate)
    } catch {
      gate.abandon()
      var result = Result()
      result.fault = error
      return result
    }
  }

  private static func load(_ plan: BenchPlan, thread: Int, gate: Gate) throws(BenchFault) -> Result {
    let templates = (0..<plan.mix.cycle.count).map { FrameTemplate(plan, phase: $0) }
    let series = plan.skew.series(skus: plan.skus, count: 1 << 16, seed: plan.seed &+ UInt64(thread))
    let indices = (0..<plan.connections).filter { $0 % plan.threads == thread }
    let connections = UnsafeMutablePointer<BenchConnection>.allocate(capacity: indices.count)
    var made = 0
    defer {
      connections.deinitialize(count: made)
      connections.deallocate()
    }
    for index in indices {
      let share = plan.ordersMax.map { $0 / plan.connections + (index < $0 % plan.connections ? 1 : 0) } ?? .max
      (connections + made).initialize(
        to: try BenchConnection(plan, index: index, templates: templates, series: series, ordersMax: share))
      made += 1
    }
    gate.arrive()

    var polls = (0..<made).map { pollfd(fd: connections[$0].descriptor, events: Int16(POLLIN), revents: 0) }
    let begun = monotonicNanoseconds()
    let stop = begun + plan.warmUpNanoseconds + plan.durationNanoseconds
    var recorder = BenchRecorder(begun: begun, warmUpNanoseconds: plan.warmUpNanoseconds)
    var isSending = true
    for index in 0..<made { try connections[index].send(now: monotonicNanoseconds()) }
    while true {
      let now = monotonicNanoseconds()
      if isSending {
        recorder.pass(now)
        if now >= stop {
          isSending = false
          recorder.stop(now)
        }
      }
      let busy = (0..<made).reduce(0) { $0 + connections[$1].inFlight }
      if busy == 0 { break }
      if now >= stop + BenchPlan.drainNanoseconds { throw BenchFault("the server stopped answering") }
      guard poll(&polls, nfds_t(made), 100) > 0 else { continue }
      for index in 0..<made where polls[index].revents != 0 {
        if polls[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
          try connections[index].receive(into: &recorder.tally)
        }
        if isSending { try connections[index].send(now: monotonicNanoseconds()) } else { try connections[index].push() }
        polls[index].events = Int16(connections[index].hasUnsent ? POLLIN | POLLOUT : POLLIN)
        polls[index].revents = 0
      }
    }
    if isSending { recorder.stop(monotonicNanoseconds()) }
    return Result(tally: recorder.total, start: recorder.start, end: recorder.end, seconds: recorder.seconds)
  }
}

/// Where threads wait for each other before they begin.
final class Gate: Sendable {
  private let missing: NIOLockedValueBox<Int>

  init(threads: Int) { missing = NIOLockedValueBox(threads) }

  func arrive() {
    missing.withLockedValue { $0 -= 1 }
    while missing.withLockedValue({ $0 > 0 }) { usleep(200) }
  }

  /// This one will not come: nobody waits for it.
  func abandon() { missing.withLockedValue { $0 -= 1 } }
}

/// Runs `body` on so many threads of their own and gives their results in order.
func onThreads<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Value) async -> [Value] {
  await withCheckedContinuation { continuation in
    let values = NIOLockedValueBox<(values: [Value?], missing: Int)>((Array(repeating: nil, count: count), count))
    for index in 0..<count {
      let work = ThreadWork {
        let value = body(index)
        let all: [Value]? = values.withLockedValue { box in
          box.values[index] = value
          box.missing -= 1
          return box.missing == 0 ? box.values.compactMap { $0 } : nil
        }
        if let all { continuation.resume(returning: all) }
      }
      var thread = pthread_t()
      let code = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue().body()
          return nil
        }, Unmanaged.passRetained(work).toOpaque())
      precondition(code == 0, "a thread could not be started: \(String(cString: strerror(code)))")
      pthread_detach(thread)
    }
  }
}

private final class ThreadWork: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
