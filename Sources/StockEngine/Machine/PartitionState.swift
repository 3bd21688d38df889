/// One partition's indexes and queues. The things themselves lie in the shard's slabs.
struct PartitionState: ~Copyable, Sendable {
  var items: KeyIndex
  /// Order ids: slots of `Machine.orders`, or of `Machine.fingerprints` with `fingerprintBit` set.
  var orders: KeyIndex
  /// Items so far; the next one's ordinal.
  private(set) var itemCount = 0
  /// The first slot of each block of items: 1 M items need 128 KiB of this, which stays in the cache.
  private var itemBlocks: [UInt32] = []
  // Up to here: one cache line, all that a reserve needs.
  var operations: KeyIndex
  static let itemsPerBlock: UInt32 = 32
  /// Ended and sold orders by the time of their change.
  var ended = AgeList()
  var sold = AgeList()
  /// SKUs to what lies here in pools, of sales too: the first slot of `Machine.poolLinks` of each SKU that has any.
  var pools: KeyIndex
  /// Ids by the time that they were filed.
  var fingerprints = SlotQueue()
  var operationsByAge = SlotQueue()

  /// The machine's scopes by the ordinals of their numbers, and by name: sales and SKUs.
  var scopes: [UInt32] = []
  var scopeNames: KeyIndex
  /// Slots of `Machine.uses`, by the low half of their fingerprints; of any scope of the machine.
  var uses: KeyIndex
  /// Slots of `Machine.unpaid`, spread as the uses are: one index for a big sale would grow by a million entries at once.
  var unpaid: KeyIndex
  var buyers: KeyIndex
  /// But for those that are kept: however many there are, nobody who looks for the oldest has to pass them.
  var buyersByAge = BuyerList()

  /// Up to whole cache lines.
  private let padding: InlineArray<5, UInt64> = InlineArray(repeating: 0)

  static let fingerprintBit: UInt32 = 1 << 30

  /// An item's slot by the ordinal of its number.
  @inline(__always)
  func itemSlot(_ ordinal: Int) -> UInt32? {
    guard ordinal < itemCount else { return nil }
    return itemBlocks[ordinal / Int(Self.itemsPerBlock)] &+ UInt32(truncatingIfNeeded: ordinal) % Self.itemsPerBlock
  }

  /// Whether the next item needs a new block.
  var needsBlock: Bool { itemCount % Int(Self.itemsPerBlock) == 0 }

  mutating func addBlock(_ first: UInt32) { itemBlocks.append(first) }

  /// - Returns: the slot of the next item.
  mutating func addItem() -> UInt32 {
    itemCount += 1
    guard let slot = itemSlot(itemCount - 1) else { preconditionFailure("counted above") }
    return slot
  }

  var memoryBytes: Int {
    let ofIndexes =
      items.memoryBytes + orders.memoryBytes + operations.memoryBytes + pools.memoryBytes + scopeNames.memoryBytes
      + uses.memoryBytes + unpaid.memoryBytes + buyers.memoryBytes
    return ofIndexes + (scopes.capacity + itemBlocks.capacity) * 4
  }

  init(_ partition: Partition) {
    items = KeyIndex(stagger: partition.rawValue)
    orders = KeyIndex(stagger: partition.rawValue)
    operations = KeyIndex(stagger: partition.rawValue)
    scopeNames = KeyIndex(stagger: partition.rawValue)
    uses = KeyIndex(stagger: partition.rawValue)
    unpaid = KeyIndex(stagger: partition.rawValue)
    buyers = KeyIndex(stagger: partition.rawValue)
    pools = KeyIndex(stagger: partition.rawValue)
    assert(MemoryLayout<PartitionState>.stride % 64 == 0, "a partition no longer fills whole cache lines")
  }
}
