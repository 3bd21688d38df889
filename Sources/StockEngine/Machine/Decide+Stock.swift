// preheat, supply, restock, adjust: what brings stock in and corrects it. Each has an operation id and happens once.

extension Decider {
  /// Wraps an operation that is done once: `body` checks, and emits after `operationDone`, or refuses.
  private mutating func once(
    _ id: ByteRange, _ operation: Operation, content: ContentHash, first: Int,
    check: (borrowing Decider) -> Reply?, apply: (inout Decider) -> Void
  ) -> Reply {
    let key = key(id)
    switch status(of: key, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true, .available(sellable(first)))
    case .new: break
    }
    if let refusal = check(self) { return refusal }
    emitOperation(id, key, operation, content: content.value)
    apply(&self)
    return Reply(.done, .available(sellable(first)))
  }

  private func content(_ operation: Operation, _ lines: IndexRange) -> ContentHash {
    var content = ContentHash(operation)
    for index in lines.indices {
      content.add(text(commandLines[index].item))
      content.add(commandLines[index].quantity)
    }
    return content
  }

  private func itemOfLine(_ index: Int) -> UnsafeMutablePointer<Item>? { item(itemKey(index)) }

  @inline(__always)
  func item(_ key: ItemKey) -> UnsafeMutablePointer<Item>? {
    let machine = machines.machine(key.partition)
    return machine.pointee.findItem(key).map { machine.pointee.items.pointer($0) }
  }

  private func sellable(_ line: Int) -> Int64 { itemOfLine(line)?.pointee.sellable ?? 0 }

  // MARK: preheat

  mutating func decide(_ preheat: Preheat, _ replies: inout ReplyBatch) -> Reply {
    var content = content(.preheat, preheat.lines)
    content.add(preheat.replace ? 1 : 0)
    var existing = IndexRange.empty
    let reply = once(
      preheat.operation, .preheat, content: content, first: Int(preheat.lines.start)
    ) { decider in
      if let refusal = decider.refusalOfHolds { return refusal }
      existing = decider.obstacles(preheat, &replies)
      if !existing.isEmpty { return Reply(.itemExists, .shortages(existing)) }
      return decider.hasRoom(preheat.lines) ? nil : Reply(.tooManyItems)
    } apply: { decider in
      for index in preheat.lines.indices { decider.applyPreheat(index) }
    }
    return reply
  }

  private mutating func applyPreheat(_ index: Int) {
    let key = itemKey(index)
    let line = commandLines[index]
    if let item = item(key) {
      emit(.itemReplaced(item.pointee.number, delta: line.quantity - item.pointee.available))
    } else {
      let ordinal = machines.machine(key.partition).pointee.partition(key.partition).pointee.itemCount
      let number = ItemNumber(partition: key.partition, ordinal: UInt32(ordinal))
      emit(.itemCreated(number, name: line.item, quantity: line.quantity))
    }
  }

  /// Lines whose item exists (or, to be replaced, has units held), and lines that name an item again.
  private func obstacles(_ preheat: Preheat, _ replies: inout ReplyBatch) -> IndexRange {
    let start = replies.shortages.count
    for index in preheat.lines.indices {
      guard let item = itemOfLine(index), !preheat.replace || item.pointee.reserved > 0 else { continue }
      replies.shortages.append(
        Shortage(item: store(commandLines[index].item, in: &replies), available: item.pointee.sellable))
    }
    let byHash = preheat.lines.indices.sorted { itemKey($0).name.hash < itemKey($1).name.hash }
    for (left, right) in zip(byHash, byHash.dropFirst())
    where text(commandLines[left].item).elementsEqual(text(commandLines[right].item)) {
      replies.shortages.append(Shortage(item: store(commandLines[right].item, in: &replies), available: 0))
    }
    return IndexRange(start: start, count: replies.shortages.count - start)
  }

  private func hasRoom(_ lines: IndexRange) -> Bool {
    lines.indices.allSatisfy { index in
      let partition = itemKey(index).partition
      let count = machines.machine(partition).pointee.partition(partition).pointee.itemCount
      return count + Int(lines.count) <= Int(ItemNumber.ordinalMax)
    }
  }

  // MARK: supply, restock

  mutating func decide(_ supply: Supply, _ replies: inout ReplyBatch) -> Reply {
    add(supply.lines, .supply, supply.operation, reference: .empty, &replies)
  }

  mutating func decide(_ restock: Restock, _ replies: inout ReplyBatch) -> Reply {
    add(restock.line, .restock, restock.operation, reference: restock.reference, &replies)
  }

  private mutating func add(
    _ lines: IndexRange, _ operation: Operation, _ id: ByteRange, reference: ByteRange, _ replies: inout ReplyBatch
  ) -> Reply {
    var content = content(operation, lines)
    content.add(text(reference))
    var unknown: Reply?
    return once(id, operation, content: content, first: Int(lines.start)) { decider in
      if operation == .supply, let refusal = decider.refusalOfHolds { return refusal }
      if let refusal = decider.refusalOfWrites { return refusal }
      let isKnown = lines.indices.allSatisfy { decider.itemOfLine($0) != nil }
      if !isKnown {
        unknown = decider.unknownItems(lines, &replies)
        return unknown
      }
      let fits = lines.indices.allSatisfy { decider.fits($0, adding: lines.count) }
      return fits ? nil : Reply(.balanceOverflow)
    } apply: { decider in
      for index in lines.indices {
        guard let item = decider.itemOfLine(index) else { preconditionFailure("checked above") }
        decider.emit(
          .supplied(item.pointee.number, quantity: decider.commandLines[index].quantity, reference: reference))
      }
    }
  }

  /// Whether the item stays countable even if every line of the operation were its own.
  private func fits(_ line: Int, adding lines: UInt32) -> Bool {
    guard let item = itemOfLine(line) else { return false }
    return isCountable(item, adding: Bounds.quantityMax * Int64(lines))
  }

  func isCountable(_ item: UnsafeMutablePointer<Item>, adding delta: Int64) -> Bool {
    let machine = machines.machine(item.pointee.number.partition)
    guard let slot = machine.pointee.itemSlot(item.pointee.number) else { return false }
    let supplied = machine.pointee.totals[slot].supplied
    return (supplied + delta).magnitude <= UInt64(Bounds.balanceMax)
      && (item.pointee.available + delta).magnitude <= UInt64(Bounds.balanceMax)
  }

  // MARK: adjust

  mutating func decide(_ adjust: Adjust, _ replies: inout ReplyBatch) -> Reply {
    let id = key(adjust.operation)
    let content = contentHash(adjust)
    let itemKey = ItemKey(bytes + adjust.item.start, count: Int(adjust.item.count), seed: keySeed)
    let found = item(itemKey)
    switch status(of: id, content: content) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true, .available(found?.pointee.sellable ?? 0))
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    guard let item = found else {
      let start = replies.shortages.count
      replies.shortages.append(Shortage(item: store(adjust.item, in: &replies), available: 0))
      return Reply(.unknownItem, .shortages(IndexRange(start: start, count: 1)))
    }
    let delta: Int64
    switch adjust.change {
    case .by(let change): delta = change
    case .to(let available, let version):
      guard version == item.pointee.version else {
        return Reply(.versionMismatch, .version(item.pointee.version, available: item.pointee.available))
      }
      delta = available - item.pointee.available
    }
    guard isCountable(item, adding: delta) else { return Reply(.balanceOverflow) }
    let short = item.pointee.floor - (item.pointee.available + delta)
    if delta < 0 && short > 0 && !adjust.force { return Reply(.belowFloor, .available(item.pointee.sellable)) }

    emitOperation(adjust.operation, id, .adjust, content: content)
    if delta != 0 {
      emit(
        .adjusted(item.pointee.number, delta: delta, reason: adjust.reason, reference: adjust.reference))
    }
    if delta < 0 && short > 0 { emit(.shortfall(item.pointee.number, units: short)) }
    return Reply(.done, .available(item.pointee.sellable))
  }

  private func contentHash(_ adjust: Adjust) -> UInt64 {
    var content = ContentHash(.adjust)
    content.add(text(adjust.item))
    switch adjust.change {
    case .by(let delta):
      content.add(0)
      content.add(delta)
    case .to(let available, let version):
      content.add(1)
      content.add(available)
      content.add(Int64(bitPattern: version))
    }
    content.add(adjust.force ? 1 : 0)
    content.add(text(adjust.reason))
    content.add(text(adjust.reference))
    return content.value
  }
}
