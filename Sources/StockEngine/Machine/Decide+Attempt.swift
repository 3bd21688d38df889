// The record of refused attempts, for sales that ask for it: what it takes to decide them again under other numbers.

/// How many attempts a sale may still record: a bucket that time fills. A storm of retries then costs the log a bounded rate, while
/// the first moments of a sale are recorded whole.
///
/// Not part of the state, as the refusals are not: after a start the bucket is full.
struct AttemptCredit: BitwiseCopyable {
  private var left = Int64(Bounds.attemptsPerBurstMax)
  private var filledAt = Timestamp.zero

  /// - Returns: false if there is nothing left: the attempt is not recorded.
  mutating func take(at now: Timestamp) -> Bool {
    let most = Int64(Bounds.attemptsPerBurstMax)
    if now > filledAt {
      // More than this much time fills it from empty.
      let elapsed = min(now.milliseconds - filledAt.milliseconds, most)
      left = min(most, left + elapsed * Int64(Bounds.attemptsPerSecondMax) / 1000)
      filledAt = now
    }
    if left == 0 { return false }
    left -= 1
    return true
  }
}

extension Decider {
  /// Logs a refused attempt, if its sale records them. Never at the cost of anything else: with little room left on the disk, or
  /// once a sale has recorded its share, the refusal is the same and leaves no record.
  @inline(never)
  mutating func recordAttempt(_ reserve: Reserve, deducts: Bool, _ reason: Outcome) {
    if reserve.sale.isEmpty || admission != .everything || watchesRoom { return }
    guard let first = item(itemKey(Int(reserve.lines.start))), !first.pointee.scope.isNone else { return }
    let number = first.pointee.scope
    let scope = machines.machine(number.partition).pointee.scope(number)
    // An item that the sale has not got could not have been bought under any numbers.
    guard scope.pointee.switches.recordsAttempts, case .summed(let count) = sumLines(reserve.lines),
      scope.pointee.attempts.take(at: now)
    else { return }
    let placed = Event.Placed(
      order: reserve.order, buyer: reserve.buyer, payload: .empty, lines: IndexRange(start: 0, count: count),
      deadline: deadline(of: reserve, deducts: deducts, scope.pointee.switches), sale: number,
      subjects: reserve.subjects)
    let refusal = Event.Refusal(
      reason: reason.rawValue, isDeduct: deducts, replacesUnpaid: reserve.replacesUnpaid)
    emit(.attempted(placed, refusal))
  }
}
