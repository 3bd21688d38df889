// What events do to items.

extension Machine {
  /// Between which columns of an item units move. The item's sum stays what was supplied.
  enum Movement {
    case availableToReserved, availableToSold, reservedToSold, reservedToAvailable, soldToAvailable, soldToScrapped
  }

  @inline(__always)
  mutating func move(_ line: EventLine, _ movement: Movement) {
    guard serves(line.item.partition) else { return }
    guard let slot = itemSlot(line.item) else { return contradict("an event names an item that was never created") }
    let item = items.pointer(slot)
    let units = Int64(line.quantity)
    switch movement {
    case .availableToReserved, .availableToSold: break
    case .reservedToSold, .reservedToAvailable:
      if item.pointee.reserved < units { return contradict("an event moves more than is reserved") }
    case .soldToAvailable, .soldToScrapped:
      if totals[slot].sold < units { return contradict("an event moves more than is sold") }
    }
    stateHash &-= item.pointee.entityHash
    item.pointee.version &+= 1
    switch movement {
    case .availableToReserved:
      item.pointee.available -= units
      item.pointee.reserved += units
    case .availableToSold:
      item.pointee.available -= units
      changeTotals(slot, item) { $0.sold += units }
    case .reservedToSold:
      item.pointee.reserved -= units
      changeTotals(slot, item) { $0.sold += units }
    case .reservedToAvailable:
      if !item.pointee.scope.isNone { noteFreed(item) }
      item.pointee.reserved -= units
      item.pointee.available += units
    case .soldToAvailable:
      if !item.pointee.scope.isNone { noteFreed(item) }
      item.pointee.available += units
      changeTotals(slot, item) { $0.sold -= units }
    case .soldToScrapped:
      changeTotals(slot, item) {
        $0.sold -= units
        $0.scrapped += units
      }
    }
    stateHash &+= item.pointee.entityHash
    sums.move(units, movement)
    if !item.pointee.scope.isNone { changeSums(of: item.pointee.scope) { $0.move(units, movement) } }
  }

  /// The sums of the sale that an item is of, if it is of one.
  @inline(__always)
  private func changeSums(of number: ScopeNumber, _ change: (inout ItemSums) -> Void) {
    let scope = scope(number)
    if scope.pointee.switches.isSale { change(&scope.pointee.sums) }
  }

  @inline(__always)
  mutating func changeTotals(
    _ slot: UInt32, _ item: UnsafePointer<Item>, _ change: (inout ItemTotals) -> Void
  ) {
    let place = totals.pointer(slot)
    stateHash &-= place.pointee.entityHash(item.pointee.number)
    change(&place.pointee)
    stateHash &+= place.pointee.entityHash(item.pointee.number)
  }

  mutating func withServed(_ number: ItemNumber, _ body: (inout Machine, UInt32) -> Void) {
    guard serves(number.partition) else { return }
    guard let slot = itemSlot(number) else { return contradict("an event names an item that was never created") }
    body(&self, slot)
  }

  /// Units that nobody holds go from one pool to another; each item's sum follows.
  mutating func foldMoved(from: ItemNumber, to: ItemNumber, _ quantity: Int64) {
    withServed(from) { machine, slot in
      machine.supply(slot, -quantity)
      machine.noteSource(of: machine.items.pointer(slot), to, units: -quantity)
    }
    withServed(to) { machine, slot in
      machine.supply(slot, quantity)
      machine.noteSource(of: machine.items.pointer(slot), from, units: quantity)
    }
  }

  /// Far beyond what decide allows, and so far from overflow that no sum over items reaches it.
  static let columnMax: Int64 = 1 << 60

  /// Whether a number may stand in an item's column.
  static func isColumn(_ value: Int64) -> Bool { value.magnitude <= columnMax.magnitude }

  mutating func supply(_ slot: UInt32, _ delta: Int64) {
    let item = items.pointer(slot)
    guard Self.isColumn(delta), Self.isColumn(item.pointee.available + delta),
      Self.isColumn(totals[slot].supplied + delta)
    else { return contradict("an event takes an item beyond what can be counted") }
    stateHash &-= item.pointee.entityHash
    item.pointee.available += delta
    item.pointee.version &+= 1
    stateHash &+= item.pointee.entityHash
    sums.supply(delta)
    if !item.pointee.scope.isNone { changeSums(of: item.pointee.scope) { $0.supply(delta) } }
    changeTotals(slot, item) { $0.supplied += delta }
  }

  mutating func configure(_ slot: UInt32, floor: Int64) {
    guard Self.isColumn(floor) else { return contradict("an event sets a floor beyond what can be counted") }
    let item = items.pointer(slot)
    stateHash &-= item.pointee.entityHash
    item.pointee.floor = floor
    item.pointee.version &+= 1
    stateHash &+= item.pointee.entityHash
  }

  mutating func foldCreated(_ number: ItemNumber, name: ByteRange, quantity: Int64, _ source: EventSource) {
    guard serves(number.partition) else { return }
    guard isNext(number), Self.isColumn(quantity) else {
      return contradict("an item was created out of order, or with more than can be counted")
    }
    let key = Key(source.bytes + name.start, count: Int(name.count), seed: keySeed)
    insertItem(
      Item(
        key: store(key), available: quantity, reserved: 0, floor: 0, version: 1, number: number),
      ItemTotals(supplied: quantity, sold: 0, scrapped: 0), hash: key.hash)
  }

  /// Items count by partition, without gaps.
  func isNext(_ number: ItemNumber) -> Bool {
    Int(number.ordinal) == partition(number.partition).pointee.itemCount
  }

  mutating func insertItem(_ item: Item, _ itemTotals: ItemTotals, hash: UInt64) {
    let state = partition(item.number.partition)
    precondition(isNext(item.number), "item \(item.number.rawValue) was created out of order")
    if state.pointee.needsBlock {
      let block = items.insertBlock(of: PartitionState.itemsPerBlock, item)
      let totalsBlock = totals.insertBlock(of: PartitionState.itemsPerBlock, itemTotals)
      precondition(block == totalsBlock, "items are never removed, so both slabs count alike")
      state.pointee.addBlock(block)
    }
    let slot = state.pointee.addItem()
    items[slot] = item
    items.pointer(slot).pointee.scope = scopeOfItem(item)
    totals[slot] = itemTotals
    itemCount += 1
    state.pointee.items.insert(hash, slot: slot)
    if item.key.isLong || item.key.hasSeparator { linkPool(slot) }
    stateHash &+= item.entityHash &+ itemTotals.entityHash(item.number)
    sums.add(item, itemTotals)
    let scope = items[slot].scope
    if !scope.isNone { changeSums(of: scope) { $0.add(item, itemTotals) } }
  }
}

extension ItemSums {
  @inline(__always)
  fileprivate mutating func move(_ units: Int64, _ movement: Machine.Movement) {
    switch movement {
    case .availableToReserved:
      available &-= units
      reserved &+= units
    case .availableToSold:
      available &-= units
      sold &+= units
    case .reservedToSold:
      reserved &-= units
      sold &+= units
    case .reservedToAvailable:
      reserved &-= units
      available &+= units
    case .soldToAvailable:
      sold &-= units
      available &+= units
    case .soldToScrapped:
      sold &-= units
      scrapped &+= units
    }
  }

  fileprivate mutating func supply(_ delta: Int64) {
    available &+= delta
    supplied &+= delta
  }

  fileprivate mutating func add(_ item: Item, _ totals: ItemTotals) {
    supplied &+= totals.supplied
    available &+= item.available
    reserved &+= item.reserved
    sold &+= totals.sold
    scrapped &+= totals.scrapped
  }
}
