// The only code that changes a machine. Events are facts: fold checks nothing that decide has checked, but traps where an
// event contradicts the state, since going on would corrupt it further.

extension Machine {
  /// Applies the parts of an event that this machine serves: its items, its orders.
  /// - Parameter now: the record's time.
  mutating func fold(_ event: Event, from source: EventSource, at now: Timestamp) {
    if now > time { time = now }
    switch event {
    case .itemCreated(let number, let name, let quantity):
      foldCreated(number, name: name, quantity: quantity, source)
    case .itemReplaced(let number, let delta):
      withServed(number) { machine, slot in machine.supply(slot, delta) }
    case .supplied(let number, let quantity, _):
      withServed(number) { machine, slot in machine.supply(slot, quantity) }
    case .adjusted(let number, let delta, _, _):
      withServed(number) { machine, slot in machine.supply(slot, delta) }
    case .shortfall, .sealed, .heartbeat: break

    case .reserved(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToReserved) }
      foldPlaced(placed, state: .reserved, flags: [], source, now)
    case .deducted(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToSold) }
      foldPlaced(placed, state: .confirmed, flags: .deducted, source, now)
    case .confirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToSold) }
      foldMoved(moved, source, now) {
        $0.confirmed += $1
      } finish: { _ in
        (.confirmed, [])
      }
    case .lateConfirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .availableToSold) }
      // What the expiry had cancelled is sold after all.
      foldMoved(moved, source, now) {
        $0.cancelled -= $1
        $0.confirmed += $1
      } finish: { _ in
        (.confirmed, .late)
      }
    case .cancelled(let moved, _):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldMoved(moved, source, now) {
        $0.cancelled += $1
      } finish: { _ in
        (.cancelled, [])
      }
    case .expired(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldMoved(moved, source, now) {
        $0.cancelled += $1
      } finish: { _ in
        (.expired, [])
      }
    case .returned(let moved, let disposition):
      for line in source.lines(moved.lines) {
        move(line, disposition == .available ? .soldToAvailable : .soldToScrapped)
      }
      foldMoved(moved, source, now) {
        $0.returned += $1
      } finish: { lines in
        lines.allSatisfy { $0.out == 0 } ? (.returned, []) : nil
      }
    case .extended(let order, let deadline): foldExtended(order, deadline, source, now)
    case .fenced(let order, _): foldFenced(order, source, now)
    case .refundRequired(let order): foldRefundRequired(order, source)

    case .operationDone(let id, let operation, let content):
      foldOperation(id, operation: operation, content: content, source, now)
    case .ordersRetired(let partition, let endedUpTo, let soldUpTo):
      foldRetired(partition, endedUpTo: endedUpTo, soldUpTo: soldUpTo, now)
    case .fingerprintsForgotten(let partition, let upTo): foldForgotten(partition, upTo: upTo)
    case .operationsForgotten(let partition, let upTo): foldOperationsForgotten(partition, upTo: upTo)
    case .outage(let from, _, let shift): foldOutage(from: from, shift: shift, now)
    case .epochBegan(let start): foldEpoch(start)
    }
  }
}

// MARK: - Items

extension Machine {
  /// Between which columns of an item units move. The item's sum stays what was supplied.
  enum Movement {
    case availableToReserved, availableToSold, reservedToSold, reservedToAvailable, soldToAvailable, soldToScrapped
  }

  @inline(__always)
  private mutating func move(_ line: EventLine, _ movement: Movement) {
    guard serves(line.item.partition) else { return }
    guard let slot = itemSlot(line.item) else {
      preconditionFailure("an event names item \(line.item.rawValue), which was never created")
    }
    let item = items.pointer(slot)
    let units = Int64(line.quantity)
    stateHash &-= item.pointee.entityHash
    item.pointee.version &+= 1
    switch movement {
    case .availableToReserved:
      item.pointee.available -= units
      item.pointee.reserved += units
      sums.available &-= units
      sums.reserved &+= units
    case .availableToSold:
      item.pointee.available -= units
      sums.available &-= units
      sums.sold &+= units
      changeTotals(slot, item) { $0.sold += units }
    case .reservedToSold:
      item.pointee.reserved -= units
      sums.reserved &-= units
      sums.sold &+= units
      changeTotals(slot, item) { $0.sold += units }
    case .reservedToAvailable:
      item.pointee.reserved -= units
      item.pointee.available += units
      sums.reserved &-= units
      sums.available &+= units
    case .soldToAvailable:
      item.pointee.available += units
      sums.sold &-= units
      sums.available &+= units
      changeTotals(slot, item) { $0.sold -= units }
    case .soldToScrapped:
      sums.sold &-= units
      sums.scrapped &+= units
      changeTotals(slot, item) {
        $0.sold -= units
        $0.scrapped += units
      }
    }
    stateHash &+= item.pointee.entityHash
  }

  @inline(__always)
  private mutating func changeTotals(
    _ slot: UInt32, _ item: UnsafePointer<Item>, _ change: (inout ItemTotals) -> Void
  ) {
    let place = totals.pointer(slot)
    stateHash &-= place.pointee.entityHash(item.pointee.number)
    change(&place.pointee)
    stateHash &+= place.pointee.entityHash(item.pointee.number)
  }

  private mutating func withServed(_ number: ItemNumber, _ body: (inout Machine, UInt32) -> Void) {
    guard serves(number.partition) else { return }
    guard let slot = itemSlot(number) else {
      preconditionFailure("an event names item \(number.rawValue), which was never created")
    }
    body(&self, slot)
  }

  private mutating func supply(_ slot: UInt32, _ delta: Int64) {
    let item = items.pointer(slot)
    stateHash &-= item.pointee.entityHash
    item.pointee.available += delta
    item.pointee.version += 1
    sums.available += delta
    sums.supplied += delta
    stateHash &+= item.pointee.entityHash
    changeTotals(slot, item) { $0.supplied += delta }
  }

  private mutating func foldCreated(_ number: ItemNumber, name: ByteRange, quantity: Int64, _ source: EventSource) {
    guard serves(number.partition) else { return }
    let key = Key(source.bytes + name.start, count: Int(name.count), seed: keySeed)
    insertItem(
      Item(
        key: store(key), available: quantity, reserved: 0, floor: 0, version: 1, number: number),
      ItemTotals(supplied: quantity, sold: 0, scrapped: 0), hash: key.hash)
  }

  mutating func insertItem(_ item: Item, _ itemTotals: ItemTotals, hash: UInt64) {
    let state = partition(item.number.partition)
    precondition(
      Int(item.number.ordinal) == state.pointee.itemCount, "item \(item.number.rawValue) was created out of order")
    if state.pointee.needsBlock {
      let block = items.insertBlock(of: PartitionState.itemsPerBlock, item)
      let totalsBlock = totals.insertBlock(of: PartitionState.itemsPerBlock, itemTotals)
      precondition(block == totalsBlock, "items are never removed, so both slabs count alike")
      state.pointee.addBlock(block)
    }
    let slot = state.pointee.addItem()
    items[slot] = item
    totals[slot] = itemTotals
    itemCount += 1
    state.pointee.items.insert(hash, slot: slot)
    stateHash &+= item.entityHash &+ itemTotals.entityHash(item.number)
    sums.supplied += itemTotals.supplied
    sums.available += item.available
    sums.reserved += item.reserved
    sums.sold += itemTotals.sold
    sums.scrapped += itemTotals.scrapped
  }
}

// MARK: - Orders

extension Machine {
  @inline(__always)
  private func key(_ id: ByteRange, _ source: EventSource) -> Key {
    Key(source.bytes + id.start, count: Int(id.count), seed: keySeed)
  }

  @inline(__always)
  private mutating func foldPlaced(
    _ placed: Event.Placed, state: OrderState, flags: Order.Flags, _ source: EventSource, _ now: Timestamp
  ) {
    let key = key(placed.order, source)
    guard serves(key.partition) else { return }
    let lines = source.lines(placed.lines)
    let sold = state == .confirmed
    let first = OrderLine(
      item: lines[0].item, quantity: lines[0].quantity, confirmed: sold ? lines[0].quantity : 0)
    var order = Order(
      key: store(key), deadline: placed.deadline, createdAt: now, changedAt: now, line: first, extras: .none,
      extrasBytes: 0, lineCount: UInt16(lines.count), state: state, flags: flags)
    storeExtras(&order, buyer: source.text(placed.buyer), payload: source.text(placed.payload))
    if lines.count > 1 {
      let extras = OrderExtras(base: arena.pointer(order.extras), lineCount: lines.count)
      for (index, line) in lines.enumerated() {
        extras.lines[index] = OrderLine(item: line.item, quantity: line.quantity, confirmed: sold ? line.quantity : 0)
      }
    }
    insertOrder(order, key: key)
  }

  /// Makes room in the arena for what does not fit the order itself, and puts buyer and payload there; two or more lines are the
  /// caller's to write.
  @inline(__always)
  mutating func storeExtras(
    _ order: inout Order, buyer: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer
  ) {
    let count = Int(order.lineCount)
    let bytes = OrderExtras.bytes(lineCount: count, buyerBytes: buyer.count, payloadBytes: payload.count)
    if bytes == 0 { return }
    order.extras = arena.allocate(bytes: bytes)
    order.extrasBytes = UInt16(bytes)
    let extras = OrderExtras(base: arena.pointer(order.extras), lineCount: count)
    extras.write(buyer: buyer, payload: payload)
  }

  /// Files an order under its id, by deadline if it is open and by age if not.
  @inline(__always)
  mutating func insertOrder(_ order: Order, key: Key) {
    let slot = orders.insert(order)
    let index = partition(key.partition)
    index.pointee.orders.insert(key.hash, slot: slot)
    file(slot, index)
    stateHash &+= entityHash(of: orders.pointer(slot), keyHash: key.hash)
  }

  @inline(__always)
  private mutating func file(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>) {
    let order = orders.pointer(slot)
    if order.pointee.state.isOpen {
      openOrders &+= 1
      if tracksDeadlines { deadlines.insert(slot, deadline: order.pointee.deadline, now: time) }
    } else if order.pointee.state.isSold {
      index.pointee.sold.append(slot, in: orders)
    } else {
      index.pointee.ended.append(slot, in: orders)
    }
  }

  private mutating func unfile(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>) {
    let state = orders.pointer(slot).pointee.state
    if state.isOpen {
      // The wheel drops its entry when it comes round.
      openOrders -= 1
    } else if state.isSold {
      index.pointee.sold.remove(slot, in: orders)
    } else {
      index.pointee.ended.remove(slot, in: orders)
    }
  }

  private func record(_ key: Key) -> UInt32 {
    guard case .record(let slot) = findOrder(key) else {
      preconditionFailure("an event names an order whose record is not there")
    }
    return slot
  }

  /// Changes lines and state of an order. Event lines and order lines are both sorted by item.
  private mutating func foldMoved(
    _ moved: Event.Moved, _ source: EventSource, _ now: Timestamp,
    _ change: (inout OrderLine, UInt32) -> Void,
    finish: (UnsafeMutableBufferPointer<OrderLine>) -> (OrderState, Order.Flags)?
  ) {
    let key = key(moved.order, source)
    guard serves(key.partition) else { return }
    let slot = record(key)
    let order = orders.pointer(slot)
    stateHash &-= entityHash(of: order, keyHash: key.hash)
    let lines = lines(of: order)
    var at = 0
    for line in source.lines(moved.lines) {
      while lines[at].item != line.item { at += 1 }
      change(&lines[at], line.quantity)
    }
    // A cart's first line also stands in the order itself; keep the copies equal.
    if order.pointee.lineCount > 1 { order.pointee.line = lines[0] }
    if let (state, flags) = finish(lines) {
      let index = partition(key.partition)
      unfile(slot, index)
      order.pointee.state = state
      order.pointee.flags.formUnion(flags)
      order.pointee.changedAt = now
      file(slot, index)
    }
    stateHash &+= entityHash(of: order, keyHash: key.hash)
  }

  private mutating func foldExtended(_ id: ByteRange, _ deadline: Timestamp, _ source: EventSource, _ now: Timestamp) {
    let key = key(id, source)
    guard serves(key.partition) else { return }
    let slot = record(key)
    let order = orders.pointer(slot)
    stateHash &-= entityHash(of: order, keyHash: key.hash)
    order.pointee.deadline = deadline
    order.pointee.changedAt = now
    if tracksDeadlines { deadlines.insert(slot, deadline: deadline, now: time) }
    stateHash &+= entityHash(of: order, keyHash: key.hash)
  }

  private mutating func foldFenced(_ id: ByteRange, _ source: EventSource, _ now: Timestamp) {
    let key = key(id, source)
    guard serves(key.partition) else { return }
    let nothing = OrderLine(item: ItemNumber(rawValue: 0), quantity: 0)
    insertOrder(
      Order(
        key: store(key), deadline: now, createdAt: now, changedAt: now, line: nothing, extras: .none, extrasBytes: 0,
        lineCount: 0, state: .fenced, flags: []), key: key)
  }

  private mutating func foldRefundRequired(_ id: ByteRange, _ source: EventSource) {
    let key = key(id, source)
    guard serves(key.partition) else { return }
    switch findOrder(key) {
    case .record(let slot):
      let order = orders.pointer(slot)
      stateHash &-= entityHash(of: order, keyHash: key.hash)
      order.pointee.flags.insert(.refundRequired)
      stateHash &+= entityHash(of: order, keyHash: key.hash)
    case .retired(let slot):
      let print = fingerprints.pointer(slot)
      stateHash &-= print.pointee.entityHash
      print.pointee.content |= Fingerprint.refundRequiredBit
      stateHash &+= print.pointee.entityHash
    case .unknown: preconditionFailure("a refund event names an order that is not there")
    }
  }

  /// Open deadlines after `from` move. Rare and at rest (after an outage), so it may visit every order.
  private mutating func foldOutage(from: Timestamp, shift: Int64, _ now: Timestamp) {
    for number in partitions {
      var slots: [UInt32] = []
      partition(number).pointee.orders.forEach { slot in
        if slot & PartitionState.fingerprintBit == 0 { slots.append(slot) }
      }
      for slot in slots {
        let order = orders.pointer(slot)
        guard order.pointee.state.isOpen, order.pointee.deadline > from else { continue }
        let keyHash = hash(of: order.pointee.key)
        stateHash &-= entityHash(of: order, keyHash: keyHash)
        order.pointee.deadline = order.pointee.deadline.adding(milliseconds: shift)
        stateHash &+= entityHash(of: order, keyHash: keyHash)
      }
    }
    if tracksDeadlines { rebuildDeadlines() }
  }

  /// Files every open order by its deadline, afresh; ties go by the time of creation.
  mutating func rebuildDeadlines() {
    tracksDeadlines = true
    deadlines.reset(to: time)
    var open: [(deadline: Timestamp, created: Timestamp, slot: UInt32)] = []
    open.reserveCapacity(openOrders)
    for number in partitions {
      partition(number).pointee.orders.forEach { slot in
        guard slot & PartitionState.fingerprintBit == 0, orders.pointer(slot).pointee.state.isOpen else { return }
        let order = orders.pointer(slot)
        open.append((order.pointee.deadline, order.pointee.createdAt, slot))
      }
    }
    open.sort { ($0.deadline, $0.created, $0.slot) < ($1.deadline, $1.created, $1.slot) }
    for entry in open { deadlines.insert(entry.slot, deadline: entry.deadline, now: time) }
  }
}

// MARK: - The store

extension Machine {
  mutating func foldEpoch(_ start: EpochStart) {
    guard serves(.ofStore) else { return }
    epochs.append(start)
  }
}

// MARK: - Ids

extension Machine {
  private mutating func foldOperation(
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

  private mutating func foldRetired(
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
  private mutating func retire(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>, _ now: Timestamp) {
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
    orders.remove(slot)
  }

  private mutating func foldForgotten(_ number: Partition, upTo: Timestamp) {
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

  private mutating func foldOperationsForgotten(_ number: Partition, upTo: Timestamp) {
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

  init(low: UInt64, high: UInt64, hash: UInt64, time: Timestamp, retired order: Order) {
    let refund = order.flags.contains(.refundRequired) ? Self.refundRequiredBit : 0
    self.init(low: low, high: high, hash: hash, time: time, content: UInt64(order.state.rawValue) | refund)
  }

  /// The state in which the order's record went.
  var orderState: OrderState {
    guard let state = OrderState(rawValue: UInt8(truncatingIfNeeded: content)) else {
      preconditionFailure("a fingerprint holds no order state")
    }
    return state
  }

  var isRefundRequired: Bool { content & Self.refundRequiredBit != 0 }

  var partition: Partition { Partition(UInt8(truncatingIfNeeded: hash >> 56)) }
}
