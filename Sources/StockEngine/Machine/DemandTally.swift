/// Refused attempts since they were logged last, by item and reason: demand that was not met.
///
/// Not part of the state: a refusal changes nothing. Once a second the counts are logged, one small event for each item and reason,
/// however many attempts there were; a crash loses those of the last second.
struct DemandTally {
  struct Key: Hashable, BitwiseCopyable {
    var item: ItemNumber
    var reason: Outcome
  }

  struct Count: BitwiseCopyable {
    var attempts: UInt32 = 0
    var units: Int64 = 0
  }

  /// Items and reasons that are told apart between two logs of them; what comes beyond is not counted.
  static let entriesMax = 1 << 16

  private var counts: [Key: Count] = [:]

  var isEmpty: Bool { counts.isEmpty }

  mutating func add(_ item: ItemNumber, _ reason: Outcome, attempts: UInt32 = 1, units: Int64) {
    let key = Key(item: item, reason: reason)
    if counts.count >= Self.entriesMax && counts[key] == nil { return }
    counts[key, default: Count()].attempts &+= attempts
    counts[key, default: Count()].units += units
  }

  /// What one item was refused for one reason.
  struct Entry: Sendable, BitwiseCopyable {
    var item: ItemNumber
    var reason: Outcome
    var count: Count
  }

  /// Everything that was counted; counting begins anew. It costs the same however much that is.
  mutating func take() -> [Key: Count] {
    if counts.isEmpty { return [:] }
    // With the room that was needed last, so that nobody who is refused waits for the table to grow.
    let taken = counts
    counts = Dictionary(minimumCapacity: taken.count)
    return taken
  }

  /// By item and reason, so that the same counts give the same events.
  static func sorted(_ counts: [[Key: Count]]) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(counts.reduce(0) { $0 + $1.count })
    for part in counts {
      for (key, count) in part { entries.append(Entry(item: key.item, reason: key.reason, count: count)) }
    }
    entries.sort { ($0.item.rawValue, $0.reason.rawValue) < ($1.item.rawValue, $1.reason.rawValue) }
    return entries
  }
}

extension Outcome {
  /// A reserve or deduct that ends so would have bought, had the shop let it.
  var isUnmetDemand: Bool {
    switch self {
    case .soldOut, .limitReached, .saleNotOpen, .unpaidExists, .buyerFlagged, .notEligible: true
    case .done, .reserved, .confirmed, .lateConfirmed, .cancelled, .fenced, .extended, .returned, .found, .deferred,
      .unknownItem, .noSuchOrder, .itemExists, .versionMismatch, .belowFloor, .balanceOverflow, .noSpace, .overloaded,
      .noSuchSale, .saleExists, .idConflict, .alreadyConfirmed, .alreadyCancelled, .expired, .orderFenced, .tooOld,
      .exceedsSold, .exceedsHeld, .shipped, .delivered, .wrongState, .holdTooLong, .tooManyItems, .subjectMissing,
      .malformed, .unavailable:
      false
    }
  }
}

extension Decider {
  /// Counts a refused attempt for every item that it asked for. An order that ranks pools asks for a SKU once, wherever it lies: the
  /// best pool that there is stands for all of them.
  @inline(never)
  mutating func countDemand(_ reserve: Reserve, _ reason: Outcome) {
    let pools = max(1, Int(reserve.pools.count))
    let isCart = Int(reserve.lines.count) > pools
    var counted = isCart ? Set<ItemNumber>() : []
    for best in stride(from: reserve.lines.indices.lowerBound, to: reserve.lines.indices.upperBound, by: pools) {
      for line in best..<best + pools {
        let key = itemKey(line)
        let machine = machines.machine(key.partition)
        guard let slot = machine.pointee.findItem(key) else { continue }
        let number = machine.pointee.items[slot].number
        // A cart that names an item twice has tried once.
        let isFirst = !isCart || counted.insert(number).inserted
        machine.pointee.demand.add(number, reason, attempts: isFirst ? 1 : 0, units: commandLines[line].quantity)
        break
      }
    }
  }

  /// Takes what was refused since the last time. Every shard is held.
  mutating func takeDemand() -> [[DemandTally.Key: DemandTally.Count]] {
    machines.held.compactMap { shard in
      let taken = machines.machine(shard: shard).pointee.demand.take()
      return taken.isEmpty ? nil : taken
    }
  }

  /// Logs some of it, as one record. Every shard is held.
  mutating func log(_ demand: ArraySlice<DemandTally.Entry>) {
    for entry in demand {
      emit(
        .refused(
          entry.item, reason: entry.reason.rawValue, attempts: entry.count.attempts, units: entry.count.units))
    }
    endRecord()
  }

  /// Events of one record: some 12 KiB, and the locks are held for a fraction of a millisecond.
  static let demandEventsMax = 1024
}
