// What events do to operation ids and to what is left of ended orders, and to what belongs to the store as a whole.

extension Machine {
  mutating func foldOperation(
    _ id: ByteRange, operation: UInt8, content: UInt64, _ source: EventSource, _ now: Timestamp
  ) {
    let key = key(id, source)
    guard serves(key.partition) else { return }
    let print = fingerprint(of: source.text(id), seed: keySeed)
    insertOperation(Fingerprint(low: print.low, high: print.high, hash: key.hash, time: now, content: content))
  }

  mutating func insertOperation(_ operation: Fingerprint) {
    let index = partition(operation.partition)
    let slot = operations.insert(operation)
    index.pointee.operations.insert(operation.hash, slot: slot)
    index.pointee.operationsByAge.append(slot, in: &chunks)
    stateHash &+= operation.entityHash
  }

  mutating func insertFingerprint(_ print: Fingerprint) {
    let index = partition(print.partition)
    let slot = fingerprints.insert(print)
    index.pointee.orders.insert(print.hash, slot: slot | PartitionState.fingerprintBit)
    index.pointee.fingerprints.append(slot, in: &chunks)
    stateHash &+= print.entityHash
  }

  mutating func foldRetired(
    _ number: Partition, endedUpTo: Timestamp, soldUpTo: Timestamp, _ now: Timestamp
  ) {
    guard serves(number) else { return }
    let index = partition(number)
    while index.pointee.ended.oldest != AgeList.none,
      orders.pointer(index.pointee.ended.oldest).pointee.changedAt <= endedUpTo
    { retire(index.pointee.ended.oldest, index, now) }
    while index.pointee.sold.oldest != AgeList.none,
      orders.pointer(index.pointee.sold.oldest).pointee.changedAt <= soldUpTo
    { retire(index.pointee.sold.oldest, index, now) }
  }

  /// Puts a fingerprint in a record's place.
  mutating func retire(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>, _ now: Timestamp) {
    let order = orders.pointer(slot)
    let keyHash = hash(of: order.pointee.key)
    stateHash &-= entityHash(of: order, keyHash: keyHash)
    unfile(slot, index)
    let (low, high) = withBytes(of: order.pointee.key) { fingerprint(of: $0, seed: keySeed) }
    index.pointee.orders.remove(keyHash, slot: slot)
    insertFingerprint(
      Fingerprint(low: low, high: high, hash: keyHash, time: now, retired: order.pointee))
    release(order.pointee.key)
    if order.pointee.extrasBytes > 0 { arena.free(order.pointee.extras, bytes: Int(order.pointee.extrasBytes)) }
    if !order.pointee.flags.isDisjoint(with: .extended) { extendedOrders -= 1 }
    orders.remove(slot)
  }

  mutating func foldForgotten(_ number: Partition, upTo: Timestamp) {
    guard serves(number) else { return }
    let index = partition(number)
    while let slot = index.pointee.fingerprints.first(in: chunks), fingerprints[slot].time <= upTo {
      _ = index.pointee.fingerprints.popFirst(in: &chunks)
      let print = fingerprints[slot]
      stateHash &-= print.entityHash
      index.pointee.orders.remove(print.hash, slot: slot | PartitionState.fingerprintBit)
      fingerprints.remove(slot)
    }
  }

  mutating func foldOperationsForgotten(_ number: Partition, upTo: Timestamp) {
    guard serves(number) else { return }
    let index = partition(number)
    while let slot = index.pointee.operationsByAge.first(in: chunks), operations[slot].time <= upTo {
      _ = index.pointee.operationsByAge.popFirst(in: &chunks)
      let operation = operations[slot]
      stateHash &-= operation.entityHash
      index.pointee.operations.remove(operation.hash, slot: slot)
      operations.remove(slot)
    }
  }
}

extension Fingerprint {
  static let refundRequiredBit: UInt64 = 1 << 8
  private static let restExpiredBit: UInt64 = 1 << 9
  private static let restCancelledBit: UInt64 = 1 << 10

  init(low: UInt64, high: UInt64, hash: UInt64, time: Timestamp, retired order: Order) {
    let refund = order.flags.contains(.refundRequired) ? Self.refundRequiredBit : 0
    let rest = order.restEnd.map { $0 == .expired ? Self.restExpiredBit : Self.restCancelledBit } ?? 0
    self.init(low: low, high: high, hash: hash, time: time, content: UInt64(order.state.rawValue) | refund | rest)
  }

  /// The state in which the order's record went.
  var orderState: OrderState {
    guard let state = OrderState(rawValue: UInt8(truncatingIfNeeded: content)) else {
      preconditionFailure("a fingerprint holds no order state")
    }
    return state
  }

  var isRefundRequired: Bool { content & Self.refundRequiredBit != 0 }

  /// See `Order.restEnd`.
  var restEnd: OrderState? {
    content & Self.restExpiredBit != 0 ? .expired : content & Self.restCancelledBit != 0 ? .cancelled : nil
  }

  var partition: Partition { Partition(UInt8(truncatingIfNeeded: hash >> 56)) }
}

extension Machine {
  mutating func foldEpoch(_ start: EpochStart) {
    guard serves(.ofStore) else { return }
    epochs.append(start)
  }
}
