@testable import StockEngine

/// A store small enough to be right at a glance: what the fake server answers from. No log, no deadlines, no threads.
struct FakeStore {
  struct Item {
    var supplied: Int64 = 0
    var available: Int64 = 0
    var reserved: Int64 = 0
    var sold: Int64 = 0
    var scrapped: Int64 = 0
    var version: UInt64 = 1
  }

  struct Line: Equatable {
    var item: String
    var quantity: Int64
    var confirmed: Int64 = 0
    var cancelled: Int64 = 0
    var returned: Int64 = 0

    var open: Int64 { quantity - confirmed - cancelled }
  }

  struct Order {
    var state: OrderState
    var buyer: String
    var payload: [UInt8]
    var lines: [Line]
    var deadline: Timestamp
  }

  var id = StoreID(low: 0x1111, high: 0x2222)
  var lastLSN: UInt64 = 0
  var items: [String: Item] = [:]
  var orders: [String: Order] = [:]
  var operations: Set<String> = []
  var lastID: UInt64 = 0
  let now = Timestamp(milliseconds: 1_700_000_000_000)

  mutating func answer(_ batch: borrowing CommandBatch, _ range: Range<Int>, into replies: inout ReplyBatch) {
    for index in range {
      var reply = decide(batch.commands[index], batch, &replies)
      if reply.outcome.isSuccess, reply.outcome != .found, !reply.isRepeat { lastLSN += 1 }
      reply.lsn = LSN(lastLSN)
      replies.replies.append(reply)
    }
  }

  private mutating func decide(
    _ command: Command, _ batch: borrowing CommandBatch, _ replies: inout ReplyBatch
  ) -> Reply {
    switch command {
    case .preheat(let it): stock(batch.string(it.operation), lines(it.lines, batch), creates: true, &replies)
    case .supply(let it): stock(batch.string(it.operation), lines(it.lines, batch), creates: false, &replies)
    case .restock(let it): stock(batch.string(it.operation), lines(it.line, batch), creates: false, &replies)
    case .adjust(let it): adjust(it, batch)
    case .configureItem, .move, .pools: Reply(.unavailable)
    case .reserve(let it): place(it, batch, sells: false, &replies)
    case .deduct(let it): place(it, batch, sells: true, &replies)
    case .confirm(let it): settle(batch.string(it.order), sells: true)
    case .cancel(let it): settle(batch.string(it.order), sells: false)
    case .extend(let it): extend(it, batch)
    case .resolve(let it): resolve(batch.string(it.order))
    case .returnLines(let it): giveBack(it, batch)
    case .ship(let it): mark(it, batch, from: .confirmed, to: .shipped, .shipped)
    case .deliver(let it): mark(it, batch, from: .shipped, to: .delivered, .delivered)
    case .confirmLines(let it):
      part(batch.string(it.operation), batch.string(it.order), lines(it.lines, batch), sells: true, it.remainder)
    case .cancelLines(let it):
      part(batch.string(it.operation), batch.string(it.order), lines(it.lines, batch), sells: false, .keep)
    case .nextIDs(let it): nextIDs(it.count)
    case .get(let it): get(it, batch, &replies)
    case .list(let it): list(it, batch, &replies)
    case .order(let it): order(batch.string(it.order), &replies)
    case .history(let it): history(batch.string(it.item), &replies)
    case .stats: stats(&replies)
    // The fake keeps a store's orders, not its sales.
    case .limitSKU, .openSale, .addToSale, .switchSale, .flagBuyer, .sale, .sales, .buyer, .demand: Reply(.unavailable)
    case .malformed(let malformation): Reply(.malformed, .malformation(malformation))
    }
  }

  private func lines(_ range: IndexRange, _ batch: borrowing CommandBatch) -> [Line] {
    var lines: [Line] = []
    for index in range.indices {
      lines.append(Line(item: batch.string(batch.line(index).item), quantity: batch.line(index).quantity))
    }
    return lines
  }

  // MARK: Stock

  private mutating func stock(
    _ operation: String, _ lines: [Line], creates: Bool, _ replies: inout ReplyBatch
  ) -> Reply {
    if operations.contains(operation) {
      return Reply(.done, isRepeat: true, .available(items[lines[0].item]?.available ?? 0))
    }
    let obstacles = lines.filter { (items[$0.item] != nil) == creates }
    guard obstacles.isEmpty else {
      return Reply(creates ? .itemExists : .unknownItem, .shortages(shortages(obstacles, &replies)))
    }
    operations.insert(operation)
    for line in lines {
      items[line.item, default: Item()].supplied += line.quantity
      items[line.item, default: Item()].available += line.quantity
    }
    return Reply(.done, .available(items[lines[0].item]?.available ?? 0))
  }

  private mutating func adjust(_ adjust: Adjust, _ batch: borrowing CommandBatch) -> Reply {
    let name = batch.string(adjust.item)
    guard let item = items[name] else { return Reply(.unknownItem) }
    let delta: Int64
    switch adjust.change {
    case .by(let change): delta = change
    case .to(let available, let version):
      guard version == item.version else {
        return Reply(.versionMismatch, .version(item.version, available: item.available))
      }
      delta = available - item.available
    }
    guard item.available + delta >= 0 || adjust.force else { return Reply(.belowFloor, .available(item.available)) }
    items[name]?.available += delta
    items[name]?.supplied += delta
    items[name]?.version += 1
    return Reply(.done, .available(item.available + delta))
  }

  private func shortages(_ lines: [Line], _ replies: inout ReplyBatch) -> IndexRange {
    let start = replies.shortages.count
    for line in lines {
      replies.shortages.append(
        Shortage(item: store(line.item, &replies), available: items[line.item]?.available ?? 0))
    }
    return IndexRange(start: start, count: lines.count)
  }

  private func store(_ text: String, _ replies: inout ReplyBatch) -> ByteRange { store(Array(text.utf8), &replies) }

  private func store(_ bytes: [UInt8], _ replies: inout ReplyBatch) -> ByteRange {
    bytes.withUnsafeBytes { replies.store($0) }
  }

  // MARK: Orders

  private mutating func place(
    _ reserve: Reserve, _ batch: borrowing CommandBatch, sells: Bool, _ replies: inout ReplyBatch
  ) -> Reply {
    let id = batch.string(reserve.order)
    let lines = lines(reserve.lines, batch)
    if let order = orders[id] {
      if order.state == .fenced { return Reply(.orderFenced, .state(.fenced)) }
      guard order.lines.map(\.item) == lines.map(\.item), order.buyer == batch.string(reserve.buyer) else {
        return Reply(.idConflict)
      }
      let available = items[lines[0].item]?.available ?? 0
      switch order.state {
      case .reserved: return Reply(.reserved, isRepeat: true, .hold(available: available, deadline: order.deadline))
      case .confirmed: return Reply(.confirmed, isRepeat: true, .available(available))
      default: return Reply(.alreadyCancelled, .state(order.state))
      }
    }
    let short = lines.filter { (items[$0.item]?.available ?? 0) < $0.quantity }
    guard short.isEmpty else {
      let isUnknown = short.contains { items[$0.item] == nil }
      return Reply(isUnknown ? .unknownItem : .soldOut, .shortages(shortages(short, &replies)))
    }
    let hold = reserve.holdMilliseconds == 0 ? 900_000 : reserve.holdMilliseconds
    for line in lines {
      items[line.item]?.available -= line.quantity
      if sells { items[line.item]?.sold += line.quantity } else { items[line.item]?.reserved += line.quantity }
      items[line.item]?.version += 1
    }
    orders[id] = Order(
      state: sells ? .confirmed : .reserved, buyer: batch.string(reserve.buyer), payload: batch.text(reserve.payload),
      lines: lines, deadline: now.adding(milliseconds: hold))
    let available = items[lines[0].item]?.available ?? 0
    return sells
      ? Reply(.confirmed, .available(available))
      : Reply(.reserved, .hold(available: available, deadline: now.adding(milliseconds: hold)))
  }

  private mutating func settle(_ id: String, sells: Bool) -> Reply {
    guard let order = orders[id] else {
      if sells { return Reply(.noSuchOrder) }
      orders[id] = Order(state: .fenced, buyer: "", payload: [], lines: [], deadline: .zero)
      return Reply(.fenced)
    }
    switch (order.state, sells) {
    case (.confirmed, true): return Reply(.confirmed, isRepeat: true)
    case (.cancelled, false): return Reply(.cancelled, isRepeat: true)
    case (.fenced, false): return Reply(.fenced, isRepeat: true)
    case (.confirmed, false): return Reply(.alreadyConfirmed, .state(.confirmed))
    case (.reserved, _):
      for line in order.lines {
        items[line.item]?.reserved -= line.quantity
        if sells { items[line.item]?.sold += line.quantity } else { items[line.item]?.available += line.quantity }
      }
      orders[id]?.state = sells ? .confirmed : .cancelled
      return Reply(sells ? .confirmed : .cancelled)
    default: return Reply(.alreadyCancelled, .state(order.state))
    }
  }

  private mutating func extend(_ extend: Extend, _ batch: borrowing CommandBatch) -> Reply {
    let id = batch.string(extend.order)
    guard let order = orders[id] else { return Reply(.noSuchOrder) }
    let deadline = max(order.deadline, now.adding(milliseconds: extend.holdMilliseconds))
    orders[id]?.deadline = deadline
    let isRepeat = !operations.insert(batch.string(extend.operation)).inserted
    return Reply(
      .extended, isRepeat: isRepeat, .hold(available: items[order.lines[0].item]?.available ?? 0, deadline: deadline))
  }

  private mutating func resolve(_ id: String) -> Reply {
    if let order = orders[id] { return Reply(.found, .state(order.state)) }
    orders[id] = Order(state: .fenced, buyer: "", payload: [], lines: [], deadline: .zero)
    return Reply(.fenced)
  }

  private mutating func giveBack(_ returned: ReturnLines, _ batch: borrowing CommandBatch) -> Reply {
    let id = batch.string(returned.order)
    guard let order = orders[id], order.state == .confirmed else { return Reply(.wrongState) }
    if !operations.insert(batch.string(returned.operation)).inserted { return Reply(.returned, isRepeat: true) }
    for line in order.lines {
      items[line.item]?.sold -= line.quantity
      items[line.item]?.available += line.quantity
    }
    orders[id]?.state = .returned
    return Reply(.returned, .state(.returned))
  }

  // MARK: Parts, marks, ids

  private mutating func part(
    _ operation: String, _ id: String, _ lines: [Line], sells: Bool, _ remainder: ConfirmLines.Remainder
  ) -> Reply {
    let outcome: Outcome = sells ? .confirmed : .cancelled
    guard var order = orders[id] else { return Reply(.noSuchOrder) }
    if operations.contains(operation) { return Reply(outcome, isRepeat: true, .state(order.state)) }
    for line in lines {
      guard let index = order.lines.firstIndex(where: { $0.item == line.item }),
        order.lines[index].open >= line.quantity
      else { return Reply(.exceedsHeld) }
      move(line.quantity, of: &order.lines[index], sells: sells)
    }
    if remainder == .release {
      for index in order.lines.indices { move(order.lines[index].open, of: &order.lines[index], sells: false) }
    }
    if order.lines.allSatisfy({ $0.open == 0 }) {
      order.state = order.lines.contains { $0.confirmed > 0 } ? .confirmed : .cancelled
    }
    operations.insert(operation)
    orders[id] = order
    return Reply(outcome, .state(order.state))
  }

  private mutating func move(_ units: Int64, of line: inout Line, sells: Bool) {
    items[line.item]?.reserved -= units
    if sells { items[line.item]?.sold += units } else { items[line.item]?.available += units }
    if sells { line.confirmed += units } else { line.cancelled += units }
  }

  private mutating func mark(
    _ mark: Mark, _ batch: borrowing CommandBatch, from: OrderState, to: OrderState, _ outcome: Outcome
  ) -> Reply {
    let id = batch.string(mark.order)
    guard let state = orders[id]?.state else { return Reply(.noSuchOrder) }
    if operations.contains(batch.string(mark.operation)) { return Reply(outcome, isRepeat: true, .state(state)) }
    guard state == from else { return Reply(.wrongState, .state(state)) }
    operations.insert(batch.string(mark.operation))
    orders[id]?.state = to
    return Reply(outcome, .state(to))
  }

  private mutating func nextIDs(_ count: UInt32) -> Reply {
    lastID += UInt64(count)
    return Reply(.done, .ids(first: lastID - UInt64(count) + 1, count: count))
  }

  // MARK: Reads

  private func balance(_ name: String, _ replies: inout ReplyBatch) -> ItemBalance {
    let item = items[name]
    return ItemBalance(
      item: store(name, &replies), exists: item != nil, number: ItemNumber(rawValue: 1), supplied: item?.supplied ?? 0,
      available: item?.available ?? 0, reserved: item?.reserved ?? 0, sold: item?.sold ?? 0,
      scrapped: item?.scrapped ?? 0, floor: 0, version: item?.version ?? 0)
  }

  private func get(_ get: Get, _ batch: borrowing CommandBatch, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.items.count
    for line in lines(get.lines, batch) { replies.items.append(balance(line.item, &replies)) }
    return Reply(.found, .items(IndexRange(start: start, count: replies.items.count - start)))
  }

  private func list(_ list: List, _ batch: borrowing CommandBatch, _ replies: inout ReplyBatch) -> Reply {
    let names = items.keys.sorted().filter { $0.hasPrefix(batch.string(list.prefix)) }
    let page = names.dropFirst(Int(list.cursor)).prefix(Int(list.rowsMax))
    let start = replies.items.count
    for name in page { replies.items.append(balance(name, &replies)) }
    let next = Int(list.cursor) + page.count
    return Reply(
      .found, .page(IndexRange(start: start, count: page.count), next: next < names.count ? UInt64(next) : 0))
  }

  private func order(_ id: String, _ replies: inout ReplyBatch) -> Reply {
    guard let order = orders[id] else { return Reply(.noSuchOrder) }
    let start = replies.orderLines.count
    for line in order.lines {
      replies.orderLines.append(
        OrderRecordLine(
          item: store(line.item, &replies), quantity: line.quantity, confirmed: line.confirmed,
          cancelled: line.cancelled, returned: line.returned))
    }
    replies.orders.append(
      OrderRecord(
        order: store(id, &replies), state: order.state, isRetired: false, isRefundRequired: false, isLate: false,
        buyer: store(order.buyer, &replies), payload: store(order.payload, &replies), createdAt: now, changedAt: now,
        deadline: order.deadline, lines: IndexRange(start: start, count: order.lines.count)))
    return Reply(.found, .order(UInt32(replies.orders.count - 1)))
  }

  private func history(_ name: String, _ replies: inout ReplyBatch) -> Reply {
    guard let item = items[name] else { return Reply(.unknownItem) }
    replies.changes.append(
      ItemChange(
        lsn: LSN(lastLSN), time: now, kind: .itemCreated, version: item.version, availableDelta: item.supplied,
        reservedDelta: 0, soldDelta: 0, scrappedDelta: 0, available: item.available,
        reference: store("preheat-1", &replies)))
    return Reply(
      .found, .history(IndexRange(start: replies.changes.count - 1, count: 1), completeSince: LSN(1)))
  }

  private func stats(_ replies: inout ReplyBatch) -> Reply {
    var stats = StoreStats()
    stats.items = UInt64(items.count)
    stats.ordersOpen = UInt64(orders.values.filter { $0.state == .reserved }.count)
    stats.lastLSN = LSN(lastLSN)
    stats.durableLSN = LSN(lastLSN)
    stats.now = now
    replies.stats.append(stats)
    return Reply(.found, .stats(UInt32(replies.stats.count - 1)))
  }
}
