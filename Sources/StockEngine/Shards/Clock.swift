import Glibc
import Synchronization

/// Where time comes from: the two clocks of the machine, or a test's hand.
public protocol ClockSource: Sendable {
  /// Milliseconds since 1970; may step.
  var wallMilliseconds: Int64 { get }
  /// Nanoseconds from somewhere; never steps back.
  var monotonicNanoseconds: UInt64 { get }
}

/// The machine's clocks.
public struct SystemClock: ClockSource {
  /// It has no state of its own.
  public init() {}

  /// CLOCK_REALTIME.
  public var wallMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// CLOCK_MONOTONIC.
  public var monotonicNanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// A clock that moves when it is told to.
public final class ManualClock: ClockSource {
  private let wall: Atomic<Int64>
  private let monotonic = Atomic<UInt64>(0)

  /// A clock that stands still at this time; its monotonic time is 0.
  public init(wallMilliseconds: Int64) { wall = Atomic(wallMilliseconds) }

  /// Where it was set, stepped and advanced to.
  public var wallMilliseconds: Int64 { wall.load(ordering: .relaxed) }
  /// How far it was advanced.
  public var monotonicNanoseconds: UInt64 { monotonic.load(ordering: .relaxed) }

  /// Lets time pass.
  public func advance(milliseconds: Int64) {
    wall.add(milliseconds, ordering: .relaxed)
    monotonic.add(UInt64(milliseconds) * 1_000_000, ordering: .relaxed)
  }

  /// Sets the wall clock alone, forward or back.
  public func stepWall(milliseconds: Int64) { wall.add(milliseconds, ordering: .relaxed) }
}

/// Log time: max(wall, last logged) at the start; from there it follows the monotonic clock. A step of the wall clock neither
/// repeats times nor expires holds in a mass: log time is slewed towards it, by at most 5 %.
final class LogClock: Sendable {
  private let source: any ClockSource
  private let originMonotonic: UInt64
  private let originMilliseconds: Int64
  private let slewNanoseconds = Atomic<Int64>(0)
  private let lastSlew: Atomic<UInt64>

  /// Beyond this, the wall clock has stepped, which is worth an alarm.
  static let stepMilliseconds: Int64 = 1000

  init(source: any ClockSource, lastLogged: Timestamp) {
    self.source = source
    originMonotonic = source.monotonicNanoseconds
    let wall = source.wallMilliseconds
    originMilliseconds = PlantedBug.logTimeSetBack.isPlanted ? wall : max(wall, lastLogged.milliseconds)
    lastSlew = Atomic(originMonotonic)
  }

  /// Nearly monotonic: a slew may take a fraction of a millisecond back. Shards keep the latest time that they have seen.
  var now: Timestamp {
    let elapsed = Int64(source.monotonicNanoseconds &- originMonotonic) + slewNanoseconds.load(ordering: .relaxed)
    return Timestamp(milliseconds: originMilliseconds + elapsed / 1_000_000)
  }

  /// Moves log time towards the wall clock. Called now and then, by one thread.
  /// - Returns: how far log time is ahead of the wall clock (behind it, if negative), in milliseconds.
  func slew() -> Int64 {
    let monotonic = source.monotonicNanoseconds
    let passed = Int64(monotonic &- lastSlew.exchange(monotonic, ordering: .relaxed))
    let ahead = now.milliseconds - source.wallMilliseconds
    let most = passed / 20
    let correction = max(-most, min(most, -ahead * 1_000_000))
    slewNanoseconds.add(correction, ordering: .relaxed)
    return ahead
  }
}
