// configure item, move: what an item may be sold down to, and in which pool its units lie. Each has an operation id and happens
// once. And the read of what lies in a SKU's pools.

extension Decider {
  // MARK: configure item

  mutating func decide(_ configure: ConfigureItem, _ replies: inout ReplyBatch) -> Reply {
    let id = key(configure.operation)
    var content = ContentHash(.configureItem)
    content.add(text(configure.item))
    content.add(configure.floor == nil ? 0 : 1)
    content.add(configure.floor ?? 0)
    let found = item(named: configure.item)
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true, .available(found?.pointee.sellable ?? 0))
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    guard let item = found else { return unknownItem(configure.item, &replies) }
    emitOperation(configure.operation, id, .configureItem, content: content.value)
    // As it was: the command is on record, the item unchanged.
    if let floor = configure.floor, floor != item.pointee.floor {
      emit(.configured(item.pointee.number, floor: floor))
    }
    return Reply(.done, .available(item.pointee.sellable))
  }

  // MARK: move

  mutating func decide(_ move: Move, _ replies: inout ReplyBatch) -> Reply {
    let id = key(move.operation)
    var content = ContentHash(.move)
    content.add(text(move.from))
    content.add(text(move.to))
    content.add(move.quantity)
    let source = item(named: move.from)
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true, .available(source?.pointee.sellable ?? 0))
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    guard let from = source else { return unknownItem(move.from, &replies) }
    guard from.pointee.movable >= move.quantity else { return soldOut(move.from, from.pointee.movable, &replies) }
    let target = item(named: move.to)
    guard isCountable(from, adding: -move.quantity), target.map({ isCountable($0, adding: move.quantity) }) ?? true
    else { return Reply(.balanceOverflow) }
    let key = itemKey(named: move.to)
    if target == nil && !hasNumber(in: key.partition) { return Reply(.tooManyItems) }

    emitOperation(move.operation, id, .move, content: content.value)
    let to = target?.pointee.number ?? create(key, named: move.to)
    emit(.moved(from: from.pointee.number, to: to, quantity: move.quantity))
    return Reply(.done, .available(from.pointee.sellable))
  }

  private func hasNumber(in partition: Partition) -> Bool {
    machines.machine(partition).pointee.partition(partition).pointee.itemCount < Int(ItemNumber.ordinalMax)
  }

  /// An item without stock.
  private mutating func create(_ key: ItemKey, named name: ByteRange) -> ItemNumber {
    let ordinal = machines.machine(key.partition).pointee.partition(key.partition).pointee.itemCount
    let number = ItemNumber(partition: key.partition, ordinal: UInt32(ordinal))
    emit(.itemCreated(number, name: name, quantity: 0))
    return number
  }

  // MARK: Backorder

  /// Tells what an order took of each item, in the order in which its lines name them.
  /// - Parameter lines: of the event that was emitted; they are used up.
  @inline(never)
  func placedReply(
    _ range: IndexRange, _ lines: IndexRange, deducts: Bool, _ deadline: Timestamp, _ replies: inout ReplyBatch
  ) -> Reply {
    let start = replies.placed.count
    for index in range.indices {
      guard let item = item(itemKey(index)), let quantity = takeSummed(item.pointee.number, lines) else { continue }
      replies.placed.append(
        PlacedLine(
          item: store(commandLines[index].item, in: &replies), quantity: quantity,
          backordered: min(quantity, max(0, -item.pointee.available)), available: item.pointee.sellable))
    }
    let rows = IndexRange(start: start, count: replies.placed.count - start)
    return Reply(deducts ? .confirmed : .reserved, .placed(rows, deadline: deadline))
  }

  // MARK: pools

  /// A SKU's balances, `main` first, then by the pools' names. If they are too many, without those of closed sales that hold nothing any
  /// more: a SKU of many flash sales would otherwise never be answered again.
  func read(_ read: ReadPools, _ replies: inout ReplyBatch) -> Reply {
    var places = pools(of: read.sku, withSpent: true)
    if places.count > Bounds.poolsPerReadMax { places = pools(of: read.sku, withSpent: false) }
    guard places.count <= Bounds.poolsPerReadMax else { return Reply(.unavailable) }
    var rows: [ItemBalance] = []
    for place in places {
      let name = place.machine.pointee.withBytes(of: place.machine.pointee.items[place.slot].key) { replies.store($0) }
      rows.append(place.machine.pointee.balance(place.slot, name: name))
    }
    let texts = replies.bytes
    func text(_ row: ItemBalance) -> ArraySlice<UInt8> { texts[row.item.start..<row.item.end] }
    // A SKU's own name is the beginning of the others, and so comes before them.
    rows.sort { text($0).lexicographicallyPrecedes(text($1)) }
    let start = replies.items.count
    replies.items.append(contentsOf: rows)
    return Reply(.found, .items(IndexRange(start: start, count: rows.count)))
  }

  /// Where a SKU's items lie, in whatever pools: one more than a read answers at the most. Every shard is held.
  private func pools(of sku: ByteRange, withSpent: Bool) -> [(machine: UnsafeMutablePointer<Machine>, slot: UInt32)] {
    let key = itemKey(named: sku)
    let home = machines.machine(key.partition)
    var places: [(machine: UnsafeMutablePointer<Machine>, slot: UInt32)] = []
    if let main = home.pointee.findItem(key) { places.append((home, main)) }
    // The pools of sales lie where the sales do.
    for number in 0..<Partition.count where places.count <= Bounds.poolsPerReadMax {
      let partition = Partition(UInt8(number))
      let machine = machines.machine(partition)
      var visits = 0
      machine.pointee.forEachPool(of: text(sku), in: partition) { slot in
        visits += 1
        if withSpent || !isSpent(slot, machine) { places.append((machine, slot)) }
        return places.count <= Bounds.poolsPerReadMax
      }
      machine.pointee.noteVisits(visits)
    }
    return places
  }

  /// Whether an item is of a closed sale and holds nothing any more: what it sold stands with the sale.
  private func isSpent(_ slot: UInt32, _ machine: UnsafeMutablePointer<Machine>) -> Bool {
    let item = machine.pointee.items.pointer(slot)
    if item.pointee.available != 0 || item.pointee.reserved != 0 || item.pointee.scope.isNone { return false }
    let scope = machine.pointee.scope(item.pointee.scope)
    return scope.pointee.switches.isSale && scope.pointee.switches.state(at: now) == .closed
  }

  // MARK: Names

  func itemKey(named name: ByteRange) -> ItemKey {
    ItemKey(bytes + name.start, count: Int(name.count), seed: keySeed)
  }

  private func item(named name: ByteRange) -> UnsafeMutablePointer<Item>? { item(itemKey(named: name)) }

  private func unknownItem(_ name: ByteRange, _ replies: inout ReplyBatch) -> Reply {
    Reply(.unknownItem, .shortages(shortage(name, 0, &replies)))
  }

  private func soldOut(_ name: ByteRange, _ sellable: Int64, _ replies: inout ReplyBatch) -> Reply {
    Reply(.soldOut, .shortages(shortage(name, max(0, sellable), &replies)))
  }

  private func shortage(_ name: ByteRange, _ available: Int64, _ replies: inout ReplyBatch) -> IndexRange {
    replies.shortages.append(Shortage(item: store(name, in: &replies), available: available))
    return IndexRange(start: replies.shortages.count - 1, count: 1)
  }
}
