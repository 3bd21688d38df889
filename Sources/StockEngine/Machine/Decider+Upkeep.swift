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
      isHeld = machines.isSingle || holdsLines(of: machine.pointee.orders.pointer(heads[shard]), machine)
      if !isHeld { break }
      logExpiry(of: heads[shard], in: machine)
      endRecord()
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
  private mutating func takeDue(_ machine: UnsafeMutablePointer<Machine>, _ budget: inout Int) -> UInt32 {
    while let slot = nextDue(machine, &budget) {
      if slot & Machine.scopeBit != 0 {
        advance(machine.pointee.scopes[Int(slot & ~Machine.scopeBit)])
        continue
      }
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
      if slot & Machine.scopeBit != 0 {
        return orders.pointee.scopes[Int(slot & ~Machine.scopeBit)].pointee.sale?.nextDeadline
      }
      let order = orders.pointee.orders.pointer(slot)
      return order.pointee.state.isOpen ? order.pointee.deadline : nil
    }
  }

  private func holdsLines(of order: UnsafeMutablePointer<Order>, _ machine: UnsafeMutablePointer<Machine>) -> Bool {
    if let buyer = shardOfBuyer(order, machine), !machines.held.contains(buyer) { return false }
    return machine.pointee.lines(of: order).allSatisfy {
      machines.held.contains(machines.shard(of: $0.item.partition))
    }
  }

  /// Where an expiry of the order is counted for its buyer; nil if it is not.
  func shardOfBuyer(_ order: UnsafeMutablePointer<Order>, _ machine: UnsafeMutablePointer<Machine>) -> Int? {
    if rules.unpaidFlagThreshold == 0 { return nil }
    let buyer = machine.pointee.buyer(of: order)
    if buyer.isEmpty { return nil }
    // Behind the buyer lies less than what may be read as words.
    return withUnsafeTemporaryAllocation(
      byteCount: Bounds.buyerBytesMax + CommandBatch.slackBytes, alignment: 8
    ) { scratch in
      _ = scratch.initializeMemory(as: UInt8.self, repeating: 0)
      scratch.copyMemory(from: buyer)
      let bytes = UnsafePointer(scratch.baseAddress!.assumingMemoryBound(to: UInt8.self))
      return machines.shard(of: Key(bytes, count: buyer.count, seed: keySeed).partition)
    }
  }

  /// Logs that an open order's deadline has passed, and what follows for its buyer.
  @inline(never)
  mutating func logExpiry(of slot: UInt32, in machine: UnsafeMutablePointer<Machine>) {
    logEnd(of: slot, in: machine, as: .expired)
  }

  /// Ends an open order: expired, or cancelled to make room for another of the same buyer.
  mutating func logEnd(of slot: UInt32, in machine: UnsafeMutablePointer<Machine>, as state: OrderState) {
    let order = machine.pointee.orders.pointer(slot)
    let isDeferred = order.pointee.state == .deferred
    let lines = eventLines(of: order, in: machine) { $0.open }
    // The texts come from the slot, not from a batch: lend them a place that may be read as words.
    let bytesMax = Bounds.idBytesMax + Bounds.buyerBytesMax + Self.replacedReason.utf8CodeUnitCount
    withUnsafeTemporaryAllocation(byteCount: bytesMax + CommandBatch.slackBytes, alignment: 8) { scratch in
      _ = scratch.initializeMemory(as: UInt8.self, repeating: 0)
      var used = 0
      func put(_ text: UnsafeRawBufferPointer) -> ByteRange {
        UnsafeMutableRawBufferPointer(rebasing: scratch[used...]).copyMemory(from: text)
        defer { used += text.count }
        return ByteRange(offset: used, count: text.count)
      }
      let id = machine.pointee.withBytes(of: order.pointee.key) { put($0) }
      let buyer = put(machine.pointee.buyer(of: order))
      let source = EventSource(
        bytes: UnsafePointer(scratch.baseAddress!.assumingMemoryBound(to: UInt8.self)), lines: eventLines)
      let moved = Event.Moved(order: id, lines: lines)
      let reason =
        state == .cancelled
        ? put(
          UnsafeRawBufferPointer(start: Self.replacedReason.utf8Start, count: Self.replacedReason.utf8CodeUnitCount))
        : .empty
      if isDeferred {
        emit(.deferralEnded(moved, as: state, reason: reason), from: source)
      } else if state == .cancelled {
        emit(.cancelled(moved, reason: reason), from: source)
      } else {
        emit(.expired(moved), from: source)
      }
      if state == .expired && rules.unpaidFlagThreshold > 0 && !buyer.isEmpty { countUnpaid(buyer, source) }
    }
  }

  private static let replacedReason: StaticString = "replaced"

  /// An order of this buyer expired unpaid: that many times within a period, and the buyer is flagged.
  private mutating func countUnpaid(_ buyer: ByteRange, _ source: EventSource) {
    emit(.buyerUnpaid(buyer: buyer), from: source)
    let key = Key(source.bytes + buyer.start, count: Int(buyer.count), seed: keySeed)
    let machine = machines.machine(key.partition)
    guard let slot = machine.pointee.findBuyer(key) else { preconditionFailure("counted above") }
    let known = machine.pointee.buyers[slot]
    let expiries = known.expiries(after: now.adding(milliseconds: -rules.unpaidPeriodMilliseconds))
    guard expiries >= rules.unpaidFlagThreshold, known.flag != .byHand else { return }
    let until = rules.flagMilliseconds == 0 ? .zero : now.adding(milliseconds: rules.flagMilliseconds)
    emit(.buyerFlagged(buyer: buyer, isByHand: false, until: until), from: source)
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
    if let last = lastForgettableBuyer(state, machine, before: horizon, max: ordersMax) {
      emit(.buyersForgotten(partition, upTo: last))
      isDone = true
    }
    endRecord()
    return isDone
  }

  /// The last change of the oldest `max` buyers of whom nothing was heard since `before`, but for those whose flag holds. Those that
  /// are kept for good are not in the list.
  private func lastForgettableBuyer(
    _ state: UnsafeMutablePointer<PartitionState>, _ machine: UnsafeMutablePointer<Machine>, before: Timestamp, max: Int
  ) -> Timestamp? {
    var slot = state.pointee.buyersByAge.oldest
    var last: Timestamp?
    var count = 0
    while slot != AgeList.none && count < max {
      let buyer = machine.pointee.buyers.pointer(slot)
      if buyer.pointee.changedAt > before { break }
      slot = buyer.pointee.newer
      // Those whose flag of the rule outlasts the retention are looked at, too: no more than these in one go.
      count += 1
      if buyer.pointee.isFlagged(at: now) { continue }
      last = buyer.pointee.changedAt
    }
    return last
  }

  /// What a sale counted goes once its orders must have gone: the sales that closed first, at most `salesMax` of each held machine.
  mutating func retireSales(salesMax: Int) {
    let horizon = now.adding(milliseconds: -max(rules.soldRetentionMilliseconds, rules.holdMillisecondsMax))
    for shard in machines.held {
      let machine = machines.machine(shard: shard)
      for _ in 0..<salesMax {
        guard let index = machine.pointee.closedSales.first(in: machine.pointee.chunks) else { break }
        machine.pointee.noteVisits(1)
        let scope = machine.pointee.scopes[Int(index)]
        guard let closedAt = scope.pointee.sale?.closedAt, closedAt <= horizon else { break }
        _ = machine.pointee.closedSales.popFirst(in: &machine.pointee.chunks)
        emit(.saleRetired(scope.pointee.number))
      }
    }
    endRecord()
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
