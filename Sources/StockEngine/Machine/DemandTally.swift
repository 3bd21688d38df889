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

  /// Up to `max` entries, by item and reason, so that the same counts give the same events.
  mutating func take(_ max: Int) -> [(key: Key, count: Count)] {
    let sorted = counts.sorted {
      ($0.key.item.rawValue, $0.key.reason.rawValue) < ($1.key.item.rawValue, $1.key.reason.rawValue)
    }
    if sorted.count <= max {
      counts.removeAll(keepingCapacity: true)
    } else {
      for (key, _) in sorted.prefix(max) { counts[key] = nil }
    }
    return sorted.prefix(max).map { ($0.key, $0.value) }
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

  /// Logs what was refused since the last time. Every shard is held.
  /// - Returns: whether there may be more.
  mutating func logDemand() -> Bool {
    var rest = Self.demandEventsMax
    for shard in machines.held {
      let machine = machines.machine(shard: shard)
      if machine.pointee.demand.isEmpty || rest == 0 { continue }
      let entries = machine.pointee.demand.take(rest)
      rest -= entries.count
      for (key, count) in entries {
        emit(.refused(key.item, reason: key.reason.rawValue, attempts: count.attempts, units: count.units))
      }
    }
    endRecord()
    return rest == 0
  }

  /// Events of one record: some 100 KiB.
  private static let demandEventsMax = 8192
}
