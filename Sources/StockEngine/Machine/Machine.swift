import Glibc

/// The state of one shard: its items, orders, ids and deadlines. A pure value: no clock, no random source, no I/O.
///
/// `decide` (of a `Decider`, which may span several machines) says what a command leads to; `fold` is the only thing that
/// changes it. The same state, command and time give the same events; the same events give the same state, live, in
/// recovery and in the follower.
///
/// `@unchecked Sendable`: every pointer is owned by this value alone, and it cannot be copied.
public struct Machine: ~Copyable, @unchecked Sendable {
  /// A set of shards fits one word.
  public static let shardsMax = 64

  let keySeed: UInt64
  /// This machine serves the partitions p with `p & shardMask == shardIndex`.
  let shardIndex: Int
  let shardMask: Int
  private let shardShift: Int

  var items = Slab<Item>(pageShift: 10)
  var totals = Slab<ItemTotals>(pageShift: 11)
  var orders = Slab<Order>(pageShift: 10)
  var fingerprints = Slab<Fingerprint>(pageShift: 11)
  var operations = Slab<Fingerprint>(pageShift: 10)
  var poolLinks = Slab<PoolLink>(pageShift: 10)
  var chunks = Slab<SlotChunk>(pageShift: 9)
  var uses = Slab<Use>(pageShift: 10)
  var unpaid = Slab<UnpaidOrder>(pageShift: 9)
  var buyers = Slab<Buyer>(pageShift: 8)
  /// Sales and SKUs with limits, in the order of their making.
  var scopes: [UnsafeMutablePointer<Scope>] = []
  /// Items of closed sales that may have units to give back.
  var unsettled: [ItemNumber] = []
  /// Closed sales that still count, as indexes of `scopes`, by the time of their close. Like the deadlines, only of who decides.
  var closedSales = SlotQueue()
  /// Which uses may still be of retired scopes. Only memory: the state has forgotten them.
  var usePurge = UsePurge()
  /// What was refused and has not been logged; not part of the state.
  var demand = DemandTally()
  /// Why what was folded cannot be: nobody who folds what was read may go on with this state.
  private(set) var contradiction: StaticString?
  /// What the event that was folded last left to be counted; `MachineSet.fold` takes it.
  var uncounted: Uncounted?
  #if STOCK_TESTING
    /// Elements that walks which could be long have looked at: tests hold them to their bounds.
    var visits = 0
  #endif
  var arena = Arena()
  var deadlines: DeadlineWheel
  /// False while events are replayed: deadlines are then filed once, at the end.
  var tracksDeadlines: Bool

  private let partitionStates: UnsafeMutablePointer<PartitionState>
  let partitionsServed: Int

  /// A wrapping sum of the hashes of all entities: equal states have equal hashes, in whatever order they came about.
  public internal(set) var stateHash: UInt64 = 0
  /// The latest time that this machine has seen.
  public internal(set) var time: Timestamp = .zero
  var openOrders = 0
  var itemCount = 0
  /// Orders that a limit counts or that have subjects.
  var extendedOrders = 0
  /// Scopes that are SKUs.
  var limitedSKUs = 0
  /// Sums over all items of this machine, kept as the items change.
  var sums = ItemSums()
  /// Kept by the machine that serves `Partition.ofStore`; empty in the others.
  var epochs = EpochHistory()
  /// The same.
  var issuer = IDIssuer()
  /// What seals and snapshots hold the state to.
  var sealedHash: UInt64 { stateHash &+ epochs.hash }

  /// - Parameters:
  ///   - shard: this machine's number, and of how many (a power of two, at most `shardsMax`).
  public init(store: StoreID, shard: Int = 0, of shards: Int = 1, tracksDeadlines: Bool = true) {
    precondition(shards > 0 && shards <= Machine.shardsMax && shards & (shards - 1) == 0 && shard < shards)
    keySeed = store.keySeed
    shardIndex = shard
    shardMask = shards - 1
    shardShift = shards.trailingZeroBitCount
    partitionsServed = Partition.count / shards
    self.tracksDeadlines = tracksDeadlines
    deadlines = DeadlineWheel(startingAt: .zero)
    partitionStates = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<PartitionState>.stride * partitionsServed, alignment: 64
    ).bindMemory(to: PartitionState.self, capacity: partitionsServed)
    for index in 0..<partitionsServed {
      (partitionStates + index).initialize(
        to: PartitionState(Partition(UInt8(index << shardShift | shard))))
    }
  }

  deinit {
    for scope in scopes {
      scope.deinitialize(count: 1)
      scope.deallocate()
    }
    partitionStates.deinitialize(count: partitionsServed)
    partitionStates.deallocate()
  }

  /// An event that contradicts the state. Who reads events from a file learns of it by `contradiction` and refuses the file; a
  /// machine that decides made the event itself, and going on would corrupt it further.
  @inline(never)
  mutating func contradict(_ reason: StaticString) {
    precondition(!tracksDeadlines, "an event contradicts the state: \(reason)")
    if contradiction == nil { contradiction = reason }
  }

  @inline(__always)
  mutating func noteVisits(_ count: Int) {
    #if STOCK_TESTING
      visits += count
    #endif
  }

  @inline(__always)
  func serves(_ partition: Partition) -> Bool { Int(partition.rawValue) & shardMask == shardIndex }

  @inline(__always)
  func partition(_ partition: Partition) -> UnsafeMutablePointer<PartitionState> {
    assert(serves(partition), "a partition of another shard")
    return partitionStates + Int(partition.rawValue) >> shardShift
  }

  /// One of this machine's partitions, whichever: for what is only spread over them.
  @inline(__always)
  func partition(at position: Int) -> UnsafeMutablePointer<PartitionState> {
    partitionStates + position & (partitionsServed - 1)
  }

  /// The partitions of this machine, in order.
  var partitions: [Partition] {
    (0..<partitionsServed).map { Partition(UInt8($0 << shardShift | shardIndex)) }
  }
}

// MARK: - Looking things up

extension Machine {
  @inline(__always)
  func findItem(_ key: ItemKey) -> UInt32? {
    let index = partition(key.partition)
    var probe = index.pointee.items.probe(key.name.hash)
    while let slot = index.pointee.items.next(&probe) {
      if key.name.matches(items.pointer(slot).pointee.key, in: arena) { return slot }
    }
    return nil
  }

  @inline(__always)
  func itemSlot(_ number: ItemNumber) -> UInt32? {
    partition(number.partition).pointee.itemSlot(Int(number.ordinal))
  }

  enum OrderPlace {
    case unknown
    /// A slot of `orders`.
    case record(UInt32)
    /// A slot of `fingerprints`.
    case retired(UInt32)
  }

  @inline(__always)
  func findOrder(_ key: Key) -> OrderPlace {
    let index = partition(key.partition)
    var probe = index.pointee.orders.probe(key.hash)
    while let slot = index.pointee.orders.next(&probe) {
      if slot & PartitionState.fingerprintBit == 0 {
        if key.matches(orders.pointer(slot).pointee.key, in: arena) { return .record(slot) }
      } else if matches(fingerprints.pointer(slot & ~PartitionState.fingerprintBit), key) {
        return .retired(slot & ~PartitionState.fingerprintBit)
      }
    }
    return .unknown
  }

  @inline(__always)
  func findOperation(_ key: Key) -> UInt32? {
    let index = partition(key.partition)
    var probe = index.pointee.operations.probe(key.hash)
    while let slot = index.pointee.operations.next(&probe) {
      if matches(operations.pointer(slot), key) { return slot }
    }
    return nil
  }

  private func matches(_ stored: UnsafePointer<Fingerprint>, _ key: Key) -> Bool {
    let wanted = fingerprint(of: UnsafeRawBufferPointer(start: key.bytes, count: key.count), seed: keySeed)
    return stored.pointee.low == wanted.low && stored.pointee.high == wanted.high
  }

  /// The bytes of a stored key, in `scratch` if it is short.
  func withBytes<Result>(of key: PackedKey, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if key.isLong {
      return body(UnsafeRawBufferPointer(start: arena.pointer(key.arenaReference), count: key.count))
    }
    return withUnsafeBytes(of: key) { body(UnsafeRawBufferPointer(rebasing: $0[..<key.count])) }
  }

  /// A stored key as it is looked up: its bytes are lent a place that may be read as words.
  func withKey<Result>(of stored: PackedKey, _ body: (Key) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: Bounds.idBytesMax + CommandBatch.slackBytes, alignment: 8) { scratch in
      _ = scratch.initializeMemory(as: UInt8.self, repeating: 0)
      withBytes(of: stored) { scratch.copyMemory(from: $0) }
      let bytes = UnsafePointer(scratch.baseAddress!.assumingMemoryBound(to: UInt8.self))
      return body(Key(bytes, count: stored.count, seed: keySeed))
    }
  }

  mutating func store(_ key: Key) -> PackedKey {
    if key.count <= PackedKey.inlineBytesMax { return key.packed }
    let reference = arena.allocate(bytes: key.count)
    arena.pointer(reference).copyMemory(from: key.bytes, byteCount: key.count)
    return PackedKey(long: key, at: reference)
  }

  mutating func release(_ key: PackedKey) {
    if key.isLong { arena.free(key.arenaReference, bytes: key.count) }
  }

  /// A stored key's hash, as `Key` computes it.
  @inline(__always)
  func hash(of key: PackedKey) -> UInt64 {
    key.isLong ? key.word0 : Key.hash(key.word0, key.word1, key.word2, seed: keySeed)
  }

  /// An order's lines, wherever they lie.
  @inline(__always)
  func lines(of order: UnsafeMutablePointer<Order>) -> UnsafeMutableBufferPointer<OrderLine> {
    if order.pointee.lineCount > 1 {
      return UnsafeMutableBufferPointer(start: extras(of: order).lines, count: Int(order.pointee.lineCount))
    }
    let offset = MemoryLayout<Order>.offset(of: \Order.line)!
    let line = (UnsafeMutableRawPointer(order) + offset).assumingMemoryBound(to: OrderLine.self)
    return UnsafeMutableBufferPointer(start: line, count: Int(order.pointee.lineCount))
  }

  @inline(__always)
  func extras(of order: UnsafeMutablePointer<Order>) -> OrderExtras {
    OrderExtras(base: arena.pointer(order.pointee.extras), lineCount: Int(order.pointee.lineCount))
  }

  @inline(__always)
  func buyer(of order: UnsafeMutablePointer<Order>) -> UnsafeRawBufferPointer {
    order.pointee.extrasBytes == 0 ? UnsafeRawBufferPointer(start: nil, count: 0) : extras(of: order).buyer
  }

  @inline(__always)
  func subjects(of order: UnsafeMutablePointer<Order>) -> UnsafeRawBufferPointer {
    order.pointee.extrasBytes == 0 ? UnsafeRawBufferPointer(start: nil, count: 0) : extras(of: order).subjects
  }

  @inline(__always)
  func payload(of order: UnsafeMutablePointer<Order>) -> UnsafeRawBufferPointer {
    order.pointee.extrasBytes == 0 ? UnsafeRawBufferPointer(start: nil, count: 0) : extras(of: order).payload
  }

  /// An order's part of the state hash: everything of it but where it lies.
  @inline(__always)
  func entityHash(of order: UnsafeMutablePointer<Order>, keyHash: UInt64) -> UInt64 {
    let value = order.pointee
    let times = mix(
      UInt64(bitPattern: value.deadline.milliseconds) ^ MixConstant.a,
      UInt64(bitPattern: value.changedAt.milliseconds &* 31 &+ value.createdAt.milliseconds) ^ MixConstant.b)
    let line = mix(
      UInt64(value.line.item.rawValue) << 32 | UInt64(value.line.bits) ^ MixConstant.c,
      UInt64(value.line.confirmed) << 32 | UInt64(value.line.cancelled) ^ MixConstant.d)
    let state =
      UInt64(value.state.rawValue) | UInt64(value.flags.rawValue) << 8 | UInt64(value.lineCount) << 16
      | UInt64(value.line.returned) << 32
    var hash = mix(keyHash ^ times, line ^ state ^ MixConstant.a)
    // 0 outside sales.
    hash ^= UInt64(value.sale.rawValue) &* MixConstant.b
    if value.extrasBytes > 0 {
      hash ^= hashBytes(
        UnsafeRawBufferPointer(start: arena.pointer(value.extras), count: Int(value.extrasBytes)), seed: keyHash)
    }
    return hash
  }
}

/// Sums over items.
struct ItemSums: Equatable, BitwiseCopyable {
  var supplied: Int64 = 0
  var available: Int64 = 0
  var reserved: Int64 = 0
  var sold: Int64 = 0
  var scrapped: Int64 = 0
}

extension PackedKey {
  /// Whether a key that lies in its slot has an `@`.
  @inline(__always)
  var hasSeparator: Bool {
    // A zero byte appears where a byte equals "@" (the classic test of a word for a zero byte).
    func contains(_ word: UInt64) -> Bool {
      let zeroed = word ^ 0x4040_4040_4040_4040
      return (zeroed &- 0x0101_0101_0101_0101) & ~zeroed & 0x8080_8080_8080_8080 != 0
    }
    // The count byte of word 2 is at most 23 and so never "@".
    return contains(word0) || contains(word1) || contains(word2)
  }
}

/// A stock item's name as it is looked up: the partition comes from the SKU alone, so all pools of a SKU lie together.
struct ItemKey: BitwiseCopyable {
  let name: Key
  let partition: Partition

  @inline(__always)
  init(_ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64) {
    name = Key(bytes, count: count, seed: seed)
    partition = Self.hasPool(name) ? Self.partitionOfPooled(bytes, count: count, seed: seed) : name.partition
  }

  @inline(__always)
  private static func hasPool(_ key: Key) -> Bool {
    key.count > PackedKey.inlineBytesMax || key.packed.hasSeparator
  }

  @inline(never)
  private static func partitionOfPooled(_ bytes: UnsafePointer<UInt8>, count: Int, seed: UInt64) -> Partition {
    let separator = memchr(bytes, Int32(UInt8(ascii: "@")), count)
    let skuCount = separator.map { UnsafeRawPointer($0) - UnsafeRawPointer(bytes) } ?? count
    // The pool of a sale ("~SALE") lies where the sale does, so that its carts are decided in one place.
    if skuCount + 1 < count && bytes[skuCount + 1] == UInt8(ascii: "~") {
      let sale = skuCount + 2
      return Key(bytes + sale, count: count - sale, seed: seed).partition
    }
    return Key(bytes, count: skuCount, seed: seed).partition
  }
}
