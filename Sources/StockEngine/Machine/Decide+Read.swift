// Reads. They see what every earlier command of the shard did, and their replies wait until that is durable.

extension Decider {
  func read(_ get: Get, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.items.count
    for index in get.lines.indices {
      let name = store(commandLines[index].item, in: &replies)
      let key = itemKey(index)
      let machine = machines.machine(key.partition)
      if let slot = machine.pointee.findItem(key) {
        replies.items.append(machine.pointee.balance(slot, name: name))
      } else {
        replies.items.append(.missing(name))
      }
    }
    return Reply(.found, .items(IndexRange(start: start, count: Int(get.lines.count))))
  }

  /// Rows looked at for one page, so that a rare prefix cannot hold the locks for long; the page is then short, not the end.
  static let rowsScannedMax = 8192

  /// Walks partitions in order, and the items of each by number.
  func read(_ list: List, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.items.count
    var partition = Int(min(list.cursor >> 32, UInt64(Partition.count)))
    var ordinal = Int(list.cursor & 0xFFFF_FFFF)
    var scanned = 0
    while partition < Partition.count {
      let number = Partition(UInt8(partition))
      let machine = machines.machine(number)
      while let slot = machine.pointee.partition(number).pointee.itemSlot(ordinal) {
        if replies.items.count - start == Int(list.rowsMax) || scanned == Self.rowsScannedMax {
          let next = UInt64(partition) << 32 | UInt64(ordinal)
          return Reply(.found, .page(IndexRange(start: start, count: replies.items.count - start), next: next))
        }
        appendIfMatching(slot, machine, list.prefix, &replies)
        scanned += 1
        ordinal += 1
      }
      partition += 1
      ordinal = 0
    }
    return Reply(.found, .page(IndexRange(start: start, count: replies.items.count - start), next: 0))
  }

  private func appendIfMatching(
    _ slot: UInt32, _ machine: UnsafeMutablePointer<Machine>, _ prefix: ByteRange, _ replies: inout ReplyBatch
  ) {
    let name: ByteRange? = machine.pointee.withBytes(of: machine.pointee.items[slot].key) { bytes in
      bytes.starts(with: text(prefix)) ? replies.store(bytes) : nil
    }
    if let name { replies.items.append(machine.pointee.balance(slot, name: name)) }
  }

  mutating func read(_ read: ReadOrder, _ key: Key, _ replies: inout ReplyBatch) -> Reply {
    let home = machines.machine(key.partition)
    let id = store(read.order, in: &replies)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot):
      let print = home.pointee.fingerprints[slot]
      replies.orders.append(
        OrderRecord(
          order: id, state: print.orderState, isRetired: true, isRefundRequired: print.isRefundRequired, isLate: false,
          buyer: .empty, payload: .empty, createdAt: .zero, changedAt: print.time, deadline: .zero, lines: .empty))
    case .record(let slot):
      guard expireIfOverdue(slot, read.order, key) else { return Reply(.noSpace) }
      appendRecord(slot, home, id, &replies)
    }
    return Reply(.found, .order(UInt32(replies.orders.count - 1)))
  }

  private func appendRecord(
    _ slot: UInt32, _ home: UnsafeMutablePointer<Machine>, _ id: ByteRange, _ replies: inout ReplyBatch
  ) {
    let order = home.pointee.orders.pointer(slot)
    let start = replies.orderLines.count
    for line in home.pointee.lines(of: order) {
      let machine = machines.machine(line.item.partition)
      let name = machine.pointee.withBytes(of: item(line.item).pointee.key) { replies.store($0) }
      // What expired counts as cancelled, however the line keeps it.
      let cancelled = order.pointee.state.isOpen ? line.cancelled : line.quantity - line.confirmed
      replies.orderLines.append(
        OrderRecordLine(
          item: name, quantity: Int64(line.quantity), confirmed: Int64(line.confirmed), cancelled: Int64(cancelled),
          returned: Int64(line.returned)))
    }
    replies.orders.append(
      OrderRecord(
        order: id, state: order.pointee.state, isRetired: false,
        isRefundRequired: order.pointee.flags.contains(.refundRequired), isLate: order.pointee.flags.contains(.late),
        buyer: replies.store(home.pointee.buyer(of: order)), payload: replies.store(home.pointee.payload(of: order)),
        createdAt: order.pointee.createdAt, changedAt: order.pointee.changedAt, deadline: order.pointee.deadline,
        lines: IndexRange(start: start, count: Int(order.pointee.lineCount)),
        sale: saleName(order.pointee.sale, &replies), subjects: replies.store(home.pointee.subjects(of: order))))
  }

  private func saleName(_ number: ScopeNumber, _ replies: inout ReplyBatch) -> ByteRange {
    if number.isNone { return .empty }
    let scope = machines.machine(number.partition).pointee.scope(number)
    return scope.pointee.name.withUnsafeBytes { replies.store($0) }
  }

  func readStats(_ replies: inout ReplyBatch) -> Reply {
    var stats = StoreStats()
    stats.now = now
    stats.shards = UInt64(machines.shardCount)
    for shard in machines.held { machines.machine(shard: shard).pointee.add(to: &stats) }
    replies.stats.append(stats)
    return Reply(.found, .stats(UInt32(replies.stats.count - 1)))
  }
}

extension Machine {
  func balance(_ slot: UInt32, name: ByteRange) -> ItemBalance {
    let item = items[slot]
    let sums = totals[slot]
    return ItemBalance(
      item: name, exists: true, number: item.number, supplied: sums.supplied, available: item.available,
      reserved: item.reserved, sold: sums.sold, scrapped: sums.scrapped, floor: item.floor, version: item.version)
  }

  func add(to stats: inout StoreStats) {
    stats.items += UInt64(itemCount)
    stats.ordersOpen += UInt64(openOrders)
    stats.ordersKept += UInt64(orders.count)
    stats.fingerprints += UInt64(fingerprints.count)
    stats.operations += UInt64(operations.count)
    stats.supplied += sums.supplied
    stats.available += sums.available
    stats.reserved += sums.reserved
    stats.sold += sums.sold
    stats.scrapped += sums.scrapped
    stats.stateHash &+= stateHash
    stats.expiryLagMilliseconds = max(stats.expiryLagMilliseconds, deadlines.lagMilliseconds(stats.now))
  }
}

extension ItemBalance {
  static func missing(_ name: ByteRange) -> ItemBalance {
    ItemBalance(
      item: name, exists: false, number: ItemNumber(rawValue: 0), supplied: 0, available: 0, reserved: 0, sold: 0,
      scrapped: 0, floor: 0, version: 0)
  }
}
