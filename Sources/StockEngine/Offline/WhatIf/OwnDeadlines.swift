/// Deadlines of orders that the log's own expiries do not speak for, in their order.
struct OwnDeadlines {
  private var entries: [(deadline: Timestamp, order: ByteRange)] = []
  private var first = 0

  /// Deadlines mostly grow, so a new one goes near the end.
  mutating func insert(_ order: ByteRange, at deadline: Timestamp) {
    var place = entries.count
    while place > first && entries[place - 1].deadline > deadline { place -= 1 }
    entries.insert((deadline, order), at: place)
  }

  /// The earliest of those that are not later than `now`.
  mutating func take(until now: Timestamp) -> (deadline: Timestamp, order: ByteRange)? {
    guard first < entries.count, entries[first].deadline <= now else { return nil }
    first += 1
    let entry = entries[first - 1]
    if first > 1024 && first * 2 > entries.count {
      entries.removeFirst(first)
      first = 0
    }
    return entry
  }
}
