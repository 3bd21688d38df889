/// Numbers that a store hands out once, growing with time.
///
/// | bits | |
/// |---|---|
/// | 63 | 0 |
/// | 22 to 62 | milliseconds since 2024-01-01 UTC, of log time |
/// | 12 to 21 | the low bits of the nonce of the epoch that issued it: two copies of one store differ here |
/// | 0 to 11 | a counter |
///
/// The last number is state, so neither a restart nor a clock that is set back gives one twice. The numbers of one call follow
/// each other: a call that would run over the counter's end begins with the next millisecond, ahead of time.
struct IDIssuer: Equatable, BitwiseCopyable {
  /// Every number up to this one is given away; 0 before the first.
  var last: UInt64 = 0

  static let counterBits: UInt64 = 12
  static let nonceBits: UInt64 = 10
  static let timeBits: UInt64 = 41
  private static let timeShift = counterBits + nonceBits
  /// 2024-01-01T00:00:00Z.
  static let originMilliseconds: Int64 = 1_704_067_200_000
  /// How far the numbers may run ahead of log time.
  static let aheadMillisecondsMax: UInt64 = 1000

  /// The first of the next `count` numbers.
  /// - Returns: nil if they would be too far ahead of time.
  func first(of count: UInt32, at now: Timestamp, in epoch: Epoch) -> UInt64? {
    assert(count >= 1 && count <= Bounds.idsPerCommandMax, "one call's numbers lie in one millisecond")
    let nonce = UInt64(epoch.nonce) & (1 << Self.nonceBits - 1)
    let present = UInt64(max(0, now.milliseconds - Self.originMilliseconds))
    var time = last >> Self.timeShift
    var counter = last & (1 << Self.counterBits - 1) + 1
    if present > time {
      (time, counter) = (present, 0)
    } else if last >> Self.counterBits & (1 << Self.nonceBits - 1) != nonce
      || counter + UInt64(count) > 1 << Self.counterBits
    {
      (time, counter) = (time + 1, 0)
    }
    guard time <= present + Self.aheadMillisecondsMax, time < 1 << Self.timeBits else { return nil }
    return time << Self.timeShift | nonce << Self.counterBits | counter
  }

  /// Its part of the state hash: none as long as there is no number.
  var entityHash: UInt64 { last == 0 ? 0 : mix(last ^ MixConstant.b, MixConstant.c) }
}

extension Machine {
  mutating func foldIssued(_ last: UInt64) {
    guard serves(.ofStore) else { return }
    stateHash &-= issuer.entityHash
    issuer.last = last
    stateHash &+= issuer.entityHash
  }
}

extension Decider {
  mutating func decide(_ next: NextIDs) -> Reply {
    if let refusal = refusalOfHolds { return refusal }
    let machine = machines.machine(.ofStore)
    guard let first = machine.pointee.issuer.first(of: next.count, at: now, in: machine.pointee.epochs.current) else {
      return Reply(.overloaded)
    }
    emit(.idsIssued(last: first + UInt64(next.count) - 1))
    return Reply(.done, .ids(first: first, count: next.count))
  }
}
