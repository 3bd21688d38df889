/// One partition's indexes and queues. The things themselves lie in the shard's slabs.
struct PartitionState: ~Copyable, Sendable {
  var items: KeyIndex
  /// Order ids: slots of `Machine.orders`, or of `Machine.fingerprints` with `fingerprintBit` set.
  var orders: KeyIndex
  var operations: KeyIndex
  /// An item's slot by the ordinal of its number.
  var itemSlots: [UInt32] = []
  /// Ended and sold orders by the time of their change.
  var ended = AgeList()
  var sold = AgeList()
  /// Ids by the time that they were filed.
  var fingerprints = SlotQueue()
  var operationsByAge = SlotQueue()

  static let fingerprintBit: UInt32 = 1 << 30

  init(_ partition: Partition) {
    items = KeyIndex(stagger: partition.rawValue)
    orders = KeyIndex(stagger: partition.rawValue)
    operations = KeyIndex(stagger: partition.rawValue)
  }
}
