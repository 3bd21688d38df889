// reserve and deduct: window, limits, stock, all lines or none, and the order, in one record. The order of checks is the
// contract: known id first, so that the buyer of the last unit whose reply was lost gets the same success again.

extension Decider {
  @inline(__always)
  mutating func decide(
    _ reserve: Reserve, deducts: Bool, at index: Int, _ replies: inout ReplyBatch
  ) -> Reply {
    let key = orderKeys[index - window.lowerBound]
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: break
    case .record(let slot): return repeated(reserve, deducts: deducts, slot, key, &replies)
    case .retired(let slot): return repeatedRetired(home.pointee.fingerprints[slot])
    }
    if let refusal = refusalBeforeStock(reserve) { return refusal }
    if !reserve.sale.isEmpty { return decideInSale(reserve, deducts: deducts, at: index, &replies) }
    let hold = reserve.holdMilliseconds == 0 ? rules.holdMilliseconds : reserve.holdMilliseconds
    let deadline = deducts ? now : now.adding(milliseconds: hold)
    if !reserve.pools.isEmpty { return placeRanked(reserve, deducts: deducts, deadline, &replies) }

    var lines = IndexRange(start: 0, count: 1)
    var isBackordered = false
    let first: UnsafeMutablePointer<Item>
    if reserve.lines.count == 1 {
      let line = Int(reserve.lines.start)
      let itemKey = itemKey(line)
      let machine = machines.machine(itemKey.partition)
      guard let slot = machine.pointee.findItem(itemKey) else { return unknownItems(reserve.lines, &replies) }
      first = machine.pointee.items.pointer(slot)
      if !first.pointee.scope.isNone { return decideLimited(reserve, deducts: deducts, at: index, &replies) }
      let quantity = commandLines[line].quantity
      let spare: Int64 = PlantedBug.soldOneTooMany.isPlanted ? 1 : 0
      guard first.pointee.sellable + spare >= quantity else { return soldOut(line, first.pointee.sellable, &replies) }
      isBackordered = first.pointee.available < quantity
      eventLines[0] = EventLine(
        item: first.pointee.number, quantity: UInt32(truncatingIfNeeded: quantity))
    } else {
      switch sumLines(reserve.lines) {
      case .unknownItem: return unknownItems(reserve.lines, &replies)
      case .overflow: return Reply(.malformed, .malformation(.quantity))
      case .summed(let count): lines = IndexRange(start: 0, count: count)
      }
      for line in source.lines(lines) where !item(line.item).pointee.scope.isNone {
        return decideLimited(reserve, deducts: deducts, at: index, &replies)
      }
      for line in source.lines(lines) {
        let item = item(line.item)
        if item.pointee.sellable < Int64(line.quantity) { return shortCart(reserve.lines, lines, &replies) }
        if item.pointee.available < Int64(line.quantity) { isBackordered = true }
      }
      // The reply speaks of the cart's first line as it was sent.
      let firstKey = itemKey(Int(reserve.lines.start))
      let machine = machines.machine(firstKey.partition)
      guard let slot = machine.pointee.findItem(firstKey) else { return unknownItems(reserve.lines, &replies) }
      first = machine.pointee.items.pointer(slot)
    }

    let placed = Event.Placed(
      order: reserve.order, buyer: reserve.buyer, payload: reserve.payload, lines: lines, deadline: deadline,
      subjects: reserve.subjects)
    emit(deducts ? .deducted(placed) : .reserved(placed))
    if isBackordered { return placedReply(reserve.lines, lines, deducts: deducts, deadline, &replies) }
    return deducts
      ? Reply(.confirmed, .available(first.pointee.sellable))
      : Reply(.reserved, .hold(available: first.pointee.sellable, deadline: deadline))
  }

  @inline(__always)
  private func refusalBeforeStock(_ reserve: Reserve) -> Reply? {
    // Not by difference: the client's time may be any number.
    if reserve.issuedAt != .zero && reserve.issuedAt < now.adding(milliseconds: -rules.idRetentionMilliseconds) {
      return Reply(.tooOld)
    }
    if reserve.holdMilliseconds > rules.holdMillisecondsMax { return Reply(.holdTooLong) }
    return refusalOfHolds
  }

  @inline(__always)
  func item(_ number: ItemNumber) -> UnsafeMutablePointer<Item> {
    let machine = machines.machine(number.partition)
    guard let slot = machine.pointee.itemSlot(number) else {
      preconditionFailure("item \(number.rawValue) has a number but no slot")
    }
    return machine.pointee.items.pointer(slot)
  }

  // MARK: Repeats

  /// A known id: the present state, if the content is the same.
  @inline(never)
  private mutating func repeated(
    _ reserve: Reserve, deducts: Bool, _ slot: UInt32, _ key: Key, _ replies: inout ReplyBatch
  ) -> Reply {
    let home = machines.machine(key.partition)
    let order = home.pointee.orders.pointer(slot)
    if order.pointee.state == .fenced { return Reply(.orderFenced, .state(.fenced)) }
    // Another content is told the state too, and that is not of an order whose deadline has passed.
    guard expireIfOverdue(slot, reserve.order, key) else { return Reply(.noSpace) }
    guard order.pointee.flags.contains(.deducted) == deducts, hasContent(reserve, slot, home) else {
      return Reply(.idConflict, .state(order.pointee.state))
    }
    // As the first reply did, this one speaks of the cart's first line as it was sent.
    let first = reserve.pools.isEmpty ? item(itemKey(Int(reserve.lines.start))) : firstItem(reserve, slot, home)
    let available = first?.pointee.sellable ?? 0
    switch order.pointee.state {
    case .reserved, .deferred:
      return Reply(
        order.pointee.state == .deferred ? .deferred : .reserved, isRepeat: true,
        .hold(available: available, deadline: order.pointee.deadline))
    case .confirmed, .shipped, .delivered:
      return Reply(
        order.pointee.flags.contains(.late) ? .lateConfirmed : .confirmed, isRepeat: true, .available(available))
    case .cancelled, .expired, .returned, .fenced: return endReply(order.pointee.state)
    }
  }

  private func repeatedRetired(_ print: Fingerprint) -> Reply {
    let state = print.orderState
    return state.isSold ? Reply(.confirmed, isRepeat: true, .state(state)) : endReply(state)
  }

  /// Content is: summed lines, buyer, subjects, sale, payload. Not the payment time.
  private mutating func hasContent(
    _ reserve: Reserve, _ slot: UInt32, _ home: UnsafeMutablePointer<Machine>
  ) -> Bool {
    let order = home.pointee.orders.pointer(slot)
    guard home.pointee.buyer(of: order).elementsEqual(text(reserve.buyer)),
      home.pointee.payload(of: order).elementsEqual(text(reserve.payload)),
      home.pointee.subjects(of: order).elementsEqual(text(reserve.subjects)),
      order.pointee.sale.isNone == reserve.sale.isEmpty
    else { return false }
    if !reserve.pools.isEmpty { return isServed(reserve, slot, home) }
    guard case .summed(let count) = sumLines(reserve.lines) else { return false }
    let lines = home.pointee.lines(of: order)
    guard lines.count == count else { return false }
    return (0..<count).allSatisfy {
      lines[$0].item == eventLines[$0].item && lines[$0].quantity == eventLines[$0].quantity
    }
  }

  // MARK: Carts

  enum Summing { case summed(Int), unknownItem, overflow }

  /// Puts the command's lines into the event's lines: one an item, sorted by item.
  mutating func sumLines(_ range: IndexRange) -> Summing {
    var count = 0
    for index in range.indices {
      let key = itemKey(index)
      let machine = machines.machine(key.partition)
      guard let slot = machine.pointee.findItem(key) else { return .unknownItem }
      eventLines[count] = EventLine(
        item: machine.pointee.items.pointer(slot).pointee.number,
        quantity: UInt32(truncatingIfNeeded: commandLines[index].quantity))
      count += 1
    }
    var lines = UnsafeMutableBufferPointer(start: eventLines, count: count)
    if count > 1 { lines.sort { $0.item < $1.item } }
    var summed = 0
    for index in 1..<max(count, 1) {
      if lines[index].item == lines[summed].item {
        let sum = Int64(lines[summed].quantity) + Int64(lines[index].quantity)
        if sum > Bounds.quantityMax { return .overflow }
        lines[summed].quantity = UInt32(sum)
      } else {
        summed += 1
        lines[summed] = lines[index]
      }
    }
    return .summed(summed + 1)
  }

  // MARK: Refusals

  @inline(never)
  private func soldOut(_ index: Int, _ available: Int64, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.shortages.count
    replies.shortages.append(
      Shortage(item: store(commandLines[index].item, in: &replies), available: max(0, available)))
    return Reply(.soldOut, .shortages(IndexRange(start: start, count: 1)))
  }

  /// Names every short item once, with what can truly be bought of it.
  /// - Parameters:
  ///   - lines: the event's, as `sumLines` left them; they are used up.
  ///   - credit: units of an item that the command itself would free.
  @inline(never)
  func shortCart(
    _ range: IndexRange, _ lines: IndexRange, _ replies: inout ReplyBatch, credit: (ItemNumber) -> Int64 = { _ in 0 }
  ) -> Reply {
    let start = replies.shortages.count
    for index in range.indices {
      let key = itemKey(index)
      let machine = machines.machine(key.partition)
      guard let slot = machine.pointee.findItem(key) else { continue }
      machine.pointee.noteVisits(1)
      let item = machine.pointee.items.pointer(slot)
      guard let wanted = takeSummed(item.pointee.number, lines) else { continue }
      let sellable = item.pointee.sellable + credit(item.pointee.number)
      if wanted > sellable {
        replies.shortages.append(
          Shortage(item: store(commandLines[index].item, in: &replies), available: max(0, sellable)))
      }
    }
    return Reply(.soldOut, .shortages(IndexRange(start: start, count: replies.shortages.count - start)))
  }

  /// The units of an item over all lines of a cart, the first time that it is asked for; nil from then on.
  /// - Parameter lines: the event's, one an item and sorted.
  func takeSummed(_ item: ItemNumber, _ lines: IndexRange) -> Int64? {
    var low = lines.indices.lowerBound
    var high = lines.indices.upperBound
    while low < high {
      let middle = (low + high) / 2
      if eventLines[middle].item < item { low = middle + 1 } else { high = middle }
    }
    guard low < lines.indices.upperBound, eventLines[low].item == item, eventLines[low].quantity > 0 else { return nil }
    defer { eventLines[low].quantity = 0 }
    return Int64(eventLines[low].quantity)
  }

  /// Names every line whose item does not exist.
  @inline(never)
  func unknownItems(_ range: IndexRange, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.shortages.count
    for index in range.indices {
      let key = itemKey(index)
      if machines.machine(key.partition).pointee.findItem(key) == nil {
        replies.shortages.append(Shortage(item: store(commandLines[index].item, in: &replies), available: 0))
      }
    }
    return Reply(.unknownItem, .shortages(IndexRange(start: start, count: replies.shortages.count - start)))
  }
}
