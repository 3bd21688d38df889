/// The machines that the present batch may touch: lent by their shards for as long as their locks are held.
///
/// `@unchecked Sendable`: the pointers are used only inside the isolation of the shards that lent them; `releaseAll` takes
/// them away before the locks go.
struct MachineSet: @unchecked Sendable {
  /// One place for every shard; nil for a shard that is not held.
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  private let shardMask: Int
  let keySeed: UInt64
  private(set) var held = ShardSet()

  /// - Parameter places: as many as there are shards, owned by the caller.
  init(places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>, shards: Int, store: StoreID) {
    self.places = places
    keySeed = store.keySeed
    shardMask = shards - 1
    for index in 0..<shards { places[index] = nil }
  }

  mutating func hold(_ machine: UnsafeMutablePointer<Machine>, shard: Int) {
    places[shard] = machine
    held.insert(shard)
  }

  mutating func releaseAll() {
    for shard in held { places[shard] = nil }
    held = ShardSet()
  }

  /// Whether a held machine has a SKU with limits.
  var hasLimitedSKUs: Bool {
    if shardMask == 0 { return machine(shard: 0).pointee.limitedSKUs > 0 }
    return held.contains { machine(shard: $0).pointee.limitedSKUs > 0 }
  }

  var isSingle: Bool { shardMask == 0 }
  var shardCount: Int { shardMask + 1 }

  @inline(__always)
  func shard(of partition: Partition) -> Int { Int(partition.rawValue) & shardMask }

  @inline(__always)
  func machine(_ partition: Partition) -> UnsafeMutablePointer<Machine> {
    guard let machine = places[shard(of: partition)] else {
      preconditionFailure("partition \(partition.rawValue) was touched without its shard's lock")
    }
    return machine
  }

  func machine(shard: Int) -> UnsafeMutablePointer<Machine> {
    guard let machine = places[shard] else { preconditionFailure("shard \(shard) was touched without its lock") }
    return machine
  }

  /// Applies an event on every machine that it concerns.
  /// - Parameter uses: where the uses of a new order of a sale are, if that is known.
  @inline(__always)
  func fold(_ event: Event, from source: EventSource, at now: Timestamp, uses: UnsafePointer<UseLookup>? = nil) {
    if shardMask == 0 {
      machine(shard: 0).pointee.fold(event, from: source, at: now)
    } else {
      foldOnSeveral(event, from: source, at: now)
    }
    switch event {
    case .reserved(let placed), .deferred(let placed):
      countPlaced(placed, isOpen: true, source, uses)
    case .deducted(let placed):
      countPlaced(placed, isOpen: false, source, uses)
    case .confirmed(let moved), .lateConfirmed(let moved), .cancelled(let moved, _), .expired(let moved),
      .returned(let moved, _), .deferredConfirmed(let moved), .deferralEnded(let moved, _, _),
      .partlyConfirmed(let moved), .partlyCancelled(let moved, _):
      let home = shardMask == 0 ? machine(shard: 0) : machine(shard: home(of: moved.order, source))
      if let changed = home.pointee.uncounted {
        home.pointee.uncounted = nil
        countChange(event, in: home, changed, source)
      }
    default: break
    }
  }

  private func foldOnSeveral(_ event: Event, from source: EventSource, at now: Timestamp) {
    var concerned = ShardSet()
    switch event {
    case .itemCreated(let number, _, _), .itemReplaced(let number, _), .supplied(let number, _, _),
      .adjusted(let number, _, _, _), .shortfall(let number, _), .configured(let number, _),
      .refused(let number, _, _, _):
      concerned.insert(shard(of: number.partition))
    case .moved(let from, let to, _):
      concerned.insert(shard(of: from.partition))
      concerned.insert(shard(of: to.partition))
    case .attempted(let placed, _): concerned.insert(shard(of: placed.sale.partition))
    case .limitSet(let scope, _, _, _), .saleOpened(let scope, _, _, _), .salePaused(let scope),
      .saleResumed(let scope), .saleStarted(let scope), .saleClosed(let scope), .saleRetired(let scope):
      concerned.insert(shard(of: scope.partition))
    case .buyerUnpaid(let buyer), .buyerFlagged(let buyer, _, _), .buyerCleared(let buyer):
      concerned.insert(home(of: buyer, source))
    case .reserved(let placed), .deducted(let placed), .deferred(let placed):
      concerned.insert(home(of: placed.order, source))
      for line in source.lines(placed.lines) { concerned.insert(shard(of: line.item.partition)) }
    case .confirmed(let moved), .lateConfirmed(let moved), .cancelled(let moved, _), .expired(let moved),
      .returned(let moved, _), .deferredConfirmed(let moved), .deferralEnded(let moved, _, _),
      .partlyConfirmed(let moved), .partlyCancelled(let moved, _):
      concerned.insert(home(of: moved.order, source))
      for line in source.lines(moved.lines) { concerned.insert(shard(of: line.item.partition)) }
    case .extended(let id, _), .fenced(let id, _), .refundRequired(let id), .operationDone(let id, _, _),
      .shipped(let id), .delivered(let id):
      concerned.insert(home(of: id, source))
    case .ordersRetired(let partition, _, _), .fingerprintsForgotten(let partition, _),
      .operationsForgotten(let partition, _), .buyersForgotten(let partition, _):
      concerned.insert(shard(of: partition))
    case .outage: concerned = .all(shardCount)
    case .epochBegan, .idsIssued: concerned.insert(shard(of: Partition.ofStore))
    case .sealed, .heartbeat: return
    }
    for shard in concerned { machine(shard: shard).pointee.fold(event, from: source, at: now) }
  }

  private func home(of id: ByteRange, _ source: EventSource) -> Int {
    shard(of: Key(source.bytes + id.start, count: Int(id.count), seed: keySeed).partition)
  }

  /// Makes the held machines as they were before anything was folded.
  func empty(_ store: StoreID) {
    for shard in held {
      let machine = machine(shard: shard)
      let tracksDeadlines = machine.pointee.tracksDeadlines
      machine.pointee = Machine(store: store, shard: shard, of: shardCount, tracksDeadlines: tracksDeadlines)
    }
  }

  /// Why what was folded cannot be; nil as long as it makes sense.
  @inline(__always)
  var contradiction: StaticString? {
    if shardMask == 0 { return machine(shard: 0).pointee.contradiction }
    for shard in held {
      if let reason = machine(shard: shard).pointee.contradiction { return reason }
    }
    return nil
  }

  /// The store's epochs. Every shard is held.
  var epochs: EpochHistory { machine(Partition.ofStore).pointee.epochs }

  /// The latest time that any held machine has seen.
  var time: Timestamp {
    if shardMask == 0 { return machine(shard: 0).pointee.time }
    var latest = Timestamp.zero
    for shard in held { latest = max(latest, machine(shard: shard).pointee.time) }
    return latest
  }
}

/// A set of shard numbers, visited in order: the order in which their locks are taken.
struct ShardSet: Equatable, BitwiseCopyable, Sequence {
  private var bits: UInt64 = 0

  init() {}

  static func all(_ count: Int) -> ShardSet {
    var set = ShardSet()
    set.bits = count == 64 ? .max : 1 << UInt64(count) - 1
    return set
  }

  @inline(__always)
  mutating func insert(_ shard: Int) { bits |= 1 &<< UInt64(truncatingIfNeeded: shard) }
  mutating func formUnion(_ other: ShardSet) { bits |= other.bits }
  func contains(_ shard: Int) -> Bool { bits >> UInt64(shard) & 1 != 0 }
  func isSubset(of other: ShardSet) -> Bool { bits & ~other.bits == 0 }
  var isEmpty: Bool { bits == 0 }
  var count: Int { bits.nonzeroBitCount }

  struct Iterator: IteratorProtocol {
    var rest: UInt64
    mutating func next() -> Int? {
      guard rest != 0 else { return nil }
      let shard = rest.trailingZeroBitCount
      rest &= rest &- 1
      return shard
    }
  }

  func makeIterator() -> Iterator { Iterator(rest: bits) }
}
