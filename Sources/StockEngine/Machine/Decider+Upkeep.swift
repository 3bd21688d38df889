// What time brings about: expiry, retention, outages. Each is decided like a command and logged like one; replay never looks
// at a clock.

extension Decider {
  /// Expires overdue orders of the held machines, in order of deadline, moving at most `budget` wheel entries, and no more
  /// than one section can take; the rest stays due.
  /// - Returns: false if an order was met whose lines lie in a shard that is not held; it stays due.
  mutating func expireDue(budget: inout Int) -> Bool {
    var shards = ShardSet()
    for shard in machines.held where machines.machine(shard: shard).pointee.deadlines.mayBeDue(now) {
      shards.insert(shard)
    }
    if shards.isEmpty { return true }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Machine.shardsMax) { heads in
      expireDue(shards, heads, &budget)
    }
  }

  /// Merges the wheels of several shards: the head of each is taken, and the earliest of the heads goes.
  private mutating func expireDue(
    _ shards: ShardSet, _ heads: UnsafeMutableBufferPointer<UInt32>, _ budget: inout Int
  ) -> Bool {
    for shard in shards { heads[shard] = takeDue(machines.machine(shard: shard), &budget) }
    var isHeld = true
    // With the budget spent, what was not looked at may be earlier than the heads.
    while budget > 0, section.count < Self.sectionBytesMax, let shard = earliest(shards, heads) {
      let machine = machines.machine(shard: shard)
      let order = machine.pointee.orders.pointer(heads[shard])
      isHeld = machines.isSingle || holdsLines(of: order, machine)
      if !isHeld { break }
      expireDue(order, machine)
      heads[shard] = takeDue(machine, &budget)
    }
    for shard in shards where heads[shard] != AgeList.none {
      let machine = machines.machine(shard: shard)
      machine.pointee.deadlines.insert(
        heads[shard], deadline: machine.pointee.orders[heads[shard]].deadline, now: now)
    }
    return isHeld
  }

  /// The next order of a machine that is open and overdue, or `AgeList.none`.
  private func takeDue(_ machine: UnsafeMutablePointer<Machine>, _ budget: inout Int) -> UInt32 {
    while let slot = nextDue(machine, &budget) {
      let order = machine.pointee.orders.pointer(slot)
      if order.pointee.state.isOpen && order.pointee.deadline <= now { return slot }
    }
    return AgeList.none
  }

  /// The shard whose head has the earliest deadline.
  private func earliest(_ shards: ShardSet, _ heads: UnsafeMutableBufferPointer<UInt32>) -> Int? {
    var earliest: (shard: Int, deadline: Timestamp)?
    for shard in shards where heads[shard] != AgeList.none {
      let deadline = machines.machine(shard: shard).pointee.orders[heads[shard]].deadline
      if earliest.map({ deadline < $0.deadline }) ?? true { earliest = (shard, deadline) }
    }
    return earliest?.shard
  }

  private func nextDue(_ machine: UnsafeMutablePointer<Machine>, _ budget: inout Int) -> UInt32? {
    let orders = machine
    return machine.pointee.deadlines.next(dueAt: now, budget: &budget) { slot in
      let order = orders.pointee.orders.pointer(slot)
      return order.pointee.state.isOpen ? order.pointee.deadline : nil
    }
  }

  private func holdsLines(of order: UnsafeMutablePointer<Order>, _ machine: UnsafeMutablePointer<Machine>) -> Bool {
    machine.pointee.lines(of: order).allSatisfy { machines.held.contains(machines.shard(of: $0.item.partition)) }
  }

  private mutating func expireDue(_ order: UnsafeMutablePointer<Order>, _ machine: UnsafeMutablePointer<Machine>) {
    let lines = eventLines(of: order, in: machine) { $0.open }
    // The id comes from the slot, not from a batch: lend it a place that may be read as words.
    withUnsafeTemporaryAllocation(byteCount: Bounds.idBytesMax + CommandBatch.slackBytes, alignment: 8) { scratch in
      _ = scratch.initializeMemory(as: UInt8.self, repeating: 0)
      let count = machine.pointee.withBytes(of: order.pointee.key) { bytes in
        scratch.copyMemory(from: bytes)
        return bytes.count
      }
      let source = EventSource(
        bytes: UnsafePointer(scratch.baseAddress!.assumingMemoryBound(to: UInt8.self)), lines: eventLines)
      let moved = Event.Moved(order: ByteRange(offset: 0, count: count), lines: lines)
      emit(.expired(moved), from: source)
    }
    endRecord()
  }

  /// Files away and forgets what has been kept long enough: at most about `ordersMax` of each kind of one partition.
  /// - Returns: whether anything was done.
  mutating func retire(_ partition: Partition, ordersMax: Int) -> Bool {
    let machine = machines.machine(partition)
    let state = machine.pointee.partition(partition)
    let ended = lastRetirable(
      state.pointee.ended, machine, before: now.adding(milliseconds: -rules.endedRetentionMilliseconds), max: ordersMax)
    let sold = lastRetirable(
      state.pointee.sold, machine, before: now.adding(milliseconds: -rules.soldRetentionMilliseconds), max: ordersMax)
    var isDone = false
    if ended != nil || sold != nil {
      let never = Timestamp(milliseconds: -1)
      emit(.ordersRetired(partition, endedUpTo: ended ?? never, soldUpTo: sold ?? never))
      isDone = true
    }
    let horizon = now.adding(milliseconds: -rules.idRetentionMilliseconds)
    if let slot = state.pointee.fingerprints.last(
      ofFirst: ordersMax, in: machine.pointee.chunks, while: { machine.pointee.fingerprints[$0].time <= horizon })
    {
      emit(.fingerprintsForgotten(partition, upTo: machine.pointee.fingerprints[slot].time))
      isDone = true
    }
    if let slot = state.pointee.operationsByAge.last(
      ofFirst: ordersMax, in: machine.pointee.chunks, while: { machine.pointee.operations[$0].time <= horizon })
    {
      emit(.operationsForgotten(partition, upTo: machine.pointee.operations[slot].time))
      isDone = true
    }
    endRecord()
    return isDone
  }

  /// The time of the last of the oldest `max` orders that changed up to `before`.
  private func lastRetirable(
    _ list: AgeList, _ machine: UnsafeMutablePointer<Machine>, before: Timestamp, max: Int
  ) -> Timestamp? {
    var slot = list.oldest
    var last: Timestamp?
    var count = 0
    while slot != AgeList.none && count < max {
      let order = machine.pointee.orders.pointer(slot)
      if order.pointee.changedAt > before { break }
      last = order.pointee.changedAt
      slot = order.pointee.newer
      count += 1
    }
    return last
  }

  /// Moves open deadlines by the time in which nobody could pay. Every shard is held.
  mutating func endOutage(from: Timestamp, to: Timestamp) {
    let shift = min(max(0, to.milliseconds - from.milliseconds), rules.outageShiftMillisecondsMax)
    guard shift > 0 else { return }
    emit(.outage(from: from, to: to, shiftMilliseconds: shift))
    endRecord()
  }

  /// What the state comes to, as the last record of a segment. Every shard is held.
  mutating func sealState() {
    var state = SealedState()
    for shard in machines.held { machines.machine(shard: shard).pointee.add(to: &state) }
    emit(.sealed(state))
    endRecord()
  }

  /// - Parameter start: with the LSN of the record that this will be.
  mutating func begin(_ start: EpochStart) {
    emit(.epochBegan(start))
    endRecord()
  }

  mutating func heartbeat() {
    emit(.heartbeat)
    endRecord()
  }
}
