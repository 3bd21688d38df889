// What events do to orders: lines, state, the lists and the wheel that they are filed in.

extension Machine {
  @inline(__always)
  func key(_ id: ByteRange, _ source: EventSource) -> Key {
    Key(source.bytes + id.start, count: Int(id.count), seed: keySeed)
  }

  @inline(__always)
  mutating func foldPlaced(
    _ placed: Event.Placed, state: OrderState, flags: Order.Flags, _ source: EventSource, _ now: Timestamp
  ) {
    let key = key(placed.order, source)
    guard serves(key.partition) else { return }
    let lines = source.lines(placed.lines)
    let sold = state == .confirmed
    var order = Order(
      key: store(key), deadline: placed.deadline, createdAt: now, changedAt: now,
      line: OrderLine(lines[0], isSold: sold), extras: .none, sale: placed.sale, extrasBytes: 0,
      lineCount: UInt16(lines.count), state: state, flags: flags)
    if placed.isCounted(source) { order.flags.insert(.counted) }
    if !placed.subjects.isEmpty { order.flags.insert(.subjects) }
    storeExtras(
      &order,
      OrderExtras.Texts(
        buyer: source.text(placed.buyer), payload: source.text(placed.payload), subjects: source.text(placed.subjects)))
    if lines.count > 1 {
      let extras = OrderExtras(base: arena.pointer(order.extras), lineCount: lines.count)
      for (index, line) in lines.enumerated() { extras.lines[index] = OrderLine(line, isSold: sold) }
    }
    insertOrder(order, key: key)
  }

  /// Makes room in the arena for what does not fit the order itself, and puts the texts there; two or more lines are the caller's
  /// to write.
  @inline(__always)
  mutating func storeExtras(_ order: inout Order, _ texts: OrderExtras.Texts) {
    let count = Int(order.lineCount)
    let bytes = OrderExtras.bytes(lineCount: count, textBytes: texts.bytes)
    if bytes == 0 { return }
    order.extras = arena.allocate(bytes: bytes)
    order.extrasBytes = UInt16(bytes)
    let extras = OrderExtras(base: arena.pointer(order.extras), lineCount: count)
    extras.write(texts)
  }

  /// Files an order under its id, by deadline if it is open and by age if not.
  @inline(__always)
  mutating func insertOrder(_ order: Order, key: Key) {
    let slot = orders.insert(order)
    if !order.flags.isDisjoint(with: .extended) { extendedOrders += 1 }
    let index = partition(key.partition)
    index.pointee.orders.insert(key.hash, slot: slot)
    file(slot, index)
    stateHash &+= entityHash(of: orders.pointer(slot), keyHash: key.hash)
  }

  @inline(__always)
  mutating func file(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>) {
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

  mutating func unfile(_ slot: UInt32, _ index: UnsafeMutablePointer<PartitionState>) {
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

  @inline(__always)
  mutating func refile(_ slot: UInt32, as state: OrderState, _ partition: Partition, _ now: Timestamp) {
    let index = self.partition(partition)
    unfile(slot, index)
    let order = orders.pointer(slot)
    order.pointee.state = state
    order.pointee.changedAt = now
    file(slot, index)
  }

  @inline(__always)
  mutating func record(_ key: Key) -> UInt32? {
    guard case .record(let slot) = findOrder(key) else {
      contradict("an event names an order whose record is not there")
      return nil
    }
    return slot
  }

  /// Changes lines and state of an order. Event lines and order lines are both sorted by item.
  /// - Parameter room: how many units of a line there are to be moved; nil: those that a late confirm may take again.
  mutating func foldMoved(
    _ moved: Event.Moved, _ source: EventSource, _ now: Timestamp, room: ((OrderLine) -> UInt32)?,
    _ change: (inout OrderLine, UInt32) -> Void,
    finish: (UnsafeMutableBufferPointer<OrderLine>, Order.Flags) -> (OrderState, Order.Flags)?
  ) {
    let key = key(moved.order, source)
    guard serves(key.partition), let slot = record(key) else { return }
    let order = orders.pointer(slot)
    if order.pointee.flags.contains(.counted) {
      uncounted = Uncounted(order: slot, wasOpen: order.pointee.state.isOpen)
    }
    stateHash &-= entityHash(of: order, keyHash: key.hash)
    let lines = lines(of: order)
    var at = 0
    for line in source.lines(moved.lines) {
      while at < lines.count && lines[at].item != line.item { at += 1 }
      guard at < lines.count, line.quantity <= room?(lines[at]) ?? order.pointee.expiredUnits(of: lines[at]) else {
        return contradict("an event moves units that the order does not have")
      }
      change(&lines[at], line.quantity)
    }
    let next = finish(lines, order.pointee.flags)
    // A cart's first line also stands in the order itself; keep the copies equal.
    if order.pointee.lineCount > 1 { order.pointee.line = lines[0] }
    if let (state, flags) = next {
      order.pointee.flags.formUnion(flags)
      if state != order.pointee.state { refile(slot, as: state, key.partition, now) }
    }
    stateHash &+= entityHash(of: order, keyHash: key.hash)
  }

  mutating func foldExtended(_ id: ByteRange, _ deadline: Timestamp, _ source: EventSource, _ now: Timestamp) {
    let key = key(id, source)
    guard serves(key.partition), let slot = record(key) else { return }
    let order = orders.pointer(slot)
    stateHash &-= entityHash(of: order, keyHash: key.hash)
    order.pointee.deadline = deadline
    order.pointee.changedAt = now
    if tracksDeadlines { deadlines.insert(slot, deadline: deadline, now: time) }
    stateHash &+= entityHash(of: order, keyHash: key.hash)
  }

  mutating func foldFenced(_ id: ByteRange, _ source: EventSource, _ now: Timestamp) {
    let key = key(id, source)
    guard serves(key.partition) else { return }
    let nothing = OrderLine(item: ItemNumber(rawValue: 0), quantity: 0)
    insertOrder(
      Order(
        key: store(key), deadline: now, createdAt: now, changedAt: now, line: nothing, extras: .none, extrasBytes: 0,
        lineCount: 0, state: .fenced, flags: []), key: key)
  }

  mutating func foldRefundRequired(_ id: ByteRange, _ source: EventSource) {
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
    case .unknown: contradict("a refund event names an order that is not there")
    }
  }

  /// Open deadlines after `from` move.
  mutating func foldOutage(from: Timestamp, shift: Int64, _ now: Timestamp) {
    let open = openOrderSlots()
    for slot in open {
      let order = orders.pointer(slot)
      guard order.pointee.deadline > from else { continue }
      let keyHash = hash(of: order.pointee.key)
      stateHash &-= entityHash(of: order, keyHash: keyHash)
      order.pointee.deadline = order.pointee.deadline.adding(milliseconds: shift)
      stateHash &+= entityHash(of: order, keyHash: keyHash)
    }
    if tracksDeadlines { fileDeadlines(of: open) }
  }

  /// The open orders. Of a machine at work the wheel has them all, and it is short beside all the records that are kept.
  private func openOrderSlots() -> [UInt32] {
    var open: [UInt32] = []
    open.reserveCapacity(openOrders)
    if tracksDeadlines {
      deadlines.forEach { slot in
        if slot & Self.scopeBit == 0, isOpenOrder(slot) { open.append(slot) }
      }
      // One that was extended is there twice, and so may be a slot that was given to another order.
      open.sort()
      var last: UInt32?
      open.removeAll { slot in
        defer { last = slot }
        return slot == last
      }
    } else {
      for number in partitions {
        partition(number).pointee.orders.forEach { slot in
          if slot & PartitionState.fingerprintBit == 0, isOpenOrder(slot) { open.append(slot) }
        }
      }
    }
    return open
  }

  /// A slot that is free holds the order that ended there.
  private func isOpenOrder(_ slot: UInt32) -> Bool { orders.pointer(slot).pointee.state.isOpen }

  /// Files every open order by its deadline, afresh.
  mutating func rebuildDeadlines() {
    tracksDeadlines = false
    fileDeadlines(of: openOrderSlots())
  }

  /// Ties go by the time of creation.
  private mutating func fileDeadlines(of slots: [UInt32]) {
    precondition(slots.count == openOrders, "\(openOrders) orders are open, \(slots.count) were found")
    tracksDeadlines = true
    deadlines.reset(to: time)
    var open = slots.map { slot in
      let order = orders.pointer(slot)
      return (deadline: order.pointee.deadline, created: order.pointee.createdAt, slot: slot)
    }
    open.sort { ($0.deadline, $0.created, $0.slot) < ($1.deadline, $1.created, $1.slot) }
    for entry in open { deadlines.insert(entry.slot, deadline: entry.deadline, now: time) }
    unsettled.removeAll()
    for index in scopes.indices {
      fileScope(UInt32(index))
      noteUnsettled(scopes[index])
    }
    fileClosedSales()
  }
}

extension OrderLine {
  fileprivate init(_ line: EventLine, isSold: Bool) {
    self.init(
      item: line.item, quantity: line.quantity, isCounted: line.isCounted, confirmed: isSold ? line.quantity : 0)
  }
}
