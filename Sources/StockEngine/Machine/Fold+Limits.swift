// What limits count. An order lies in the shard of its id, its sale and its items perhaps in others, so this part of a fold is
// done over all machines that are held, after each of them has folded its part.

/// An order that a sale or a SKU's limits count was changed by the event that was folded last.
struct Uncounted: BitwiseCopyable {
  var order: UInt32
  var wasOpen: Bool
}

/// Whom limits count.
struct Holder {
  let buyer: UnsafeRawBufferPointer
  let subjects: SubjectList

  /// The subject of a limit's dimension.
  @inline(__always)
  func subject(of limit: UnsafeMutablePointer<ScopeLimit>) -> UnsafeRawBufferPointer? {
    if limit.pointee.isUser { return buyer.isEmpty ? nil : buyer }
    for subject in subjects where ScopeLimit.isOf(limit, subject.dimension) { return subject.value }
    return nil
  }
}

extension Event.Placed {
  /// Whether a sale or a SKU's limits count it.
  @inline(__always)
  func isCounted(_ source: EventSource) -> Bool {
    if !sale.isNone { return true }
    for line in source.lines(lines) where line.isCounted { return true }
    return false
  }

  @inline(__always)
  func units(_ source: EventSource) -> Int64 {
    var units: Int64 = 0
    for line in source.lines(lines) { units &+= Int64(line.quantity) }
    return units
  }

  func holder(_ source: EventSource) -> Holder {
    Holder(buyer: source.text(buyer), subjects: SubjectList(source.text(subjects)))
  }
}

/// A line of an order or of its event.
protocol CountedLine {
  var item: ItemNumber { get }
  var isCounted: Bool { get }
}

extension EventLine: CountedLine {}
extension OrderLine: CountedLine {}

extension MachineSet {
  /// A new order takes what its limits count.
  /// - Parameter uses: where that is, if it was looked up.
  @inline(__always)
  func countPlaced(
    _ placed: Event.Placed, isOpen: Bool, _ source: EventSource, _ uses: UnsafePointer<UseLookup>?
  ) {
    guard let uses else {
      if placed.isCounted(source) { countPlaced(placed, isOpen: isOpen, source) }
      return
    }
    if placed.sale.isNone {
      let scope = scopeOf(source.lines(placed.lines)[0].item)
      machine(scope.partition).pointee.takeOfSKU(scope, uses, units: placed.units(source), orders: isOpen ? 1 : 0)
      return
    }
    let machine = machine(placed.sale.partition)
    let scope = machine.pointee.scope(placed.sale)
    machine.pointee.take(scope, uses, units: placed.units(source), orders: isOpen ? 1 : 0)
    if isOpen && scope.pointee.switches.unpaid != .allow { noteUnpaid(placed, source) }
  }

  @inline(never)
  private func countPlaced(_ placed: Event.Placed, isOpen: Bool, _ source: EventSource) {
    let holder = placed.holder(source)
    if placed.sale.isNone {
      let lines = source.lines(placed.lines)
      for line in lines where line.isCounted {
        change(scopeOf(line.item), holder, units: Int64(line.quantity), orders: 0)
      }
      if isOpen { countOrder(lines, holder, by: 1) }
      return
    }
    let machine = machine(placed.sale.partition)
    guard machine.pointee.hasSale(placed.sale) else {
      return machine.pointee.contradict("an order names a sale that was never opened")
    }
    change(placed.sale, holder, units: placed.units(source), orders: isOpen ? 1 : 0)
    if isOpen { noteUnpaid(placed, source) }
  }

  /// The buyer's order of these items is open.
  @inline(never)
  private func noteUnpaid(_ placed: Event.Placed, _ source: EventSource) {
    if placed.buyer.isEmpty { return }
    let machine = machine(placed.sale.partition)
    let key = Key(source.bytes + placed.order.start, count: Int(placed.order.count), seed: keySeed)
    for line in source.lines(placed.lines) {
      machine.pointee.noteUnpaid(placed.sale, source.text(placed.buyer), line.item, key)
    }
  }

  /// An order that is counted was changed: what it gave back, or took again, follows.
  /// - Parameter home: the machine that has the order.
  @inline(never)
  func countChange(_ event: Event, in home: UnsafeMutablePointer<Machine>, _ changed: Uncounted, _ source: EventSource)
  {
    let order = home.pointee.orders.pointer(changed.order)
    let holder = Holder(
      buyer: home.pointee.buyer(of: order), subjects: SubjectList(home.pointee.subjects(of: order)))
    let orders: Int64 = changed.wasOpen && !order.pointee.state.isOpen ? -1 : 0
    let change: (lines: IndexRange, sign: Int64, isReturn: Bool)
    switch event {
    case .confirmed(let moved), .deferredConfirmed(let moved), .partlyConfirmed(let moved):
      change = (moved.lines, 0, false)
    case .lateConfirmed(let moved): change = (moved.lines, 1, false)
    case .cancelled(let moved, _), .partlyCancelled(let moved, _), .expired(let moved), .deferralEnded(let moved, _, _):
      change = (moved.lines, -1, false)
    case .returned(let moved, _): change = (moved.lines, -1, true)
    default: preconditionFailure("an event of kind \(event.kind.rawValue) changes no counted order")
    }
    if PlantedBug.limitNotReleased.isPlanted, case .expired = event { return }
    let lines = source.lines(change.lines)
    if order.pointee.sale.isNone {
      for line in lines where home.pointee.isCounted(line.item, order) {
        self.change(
          scopeOf(line.item), holder, units: change.sign * Int64(line.quantity), orders: 0, isReturn: change.isReturn)
      }
      if orders != 0 { countOrder(home.pointee.lines(of: order), holder, by: orders) }
      return
    }
    let units = change.sign * lines.reduce(0) { $0 + Int64($1.quantity) }
    self.change(order.pointee.sale, holder, units: units, orders: orders, isReturn: change.isReturn)
    guard orders < 0, !holder.buyer.isEmpty else { return }
    let machine = machine(order.pointee.sale.partition)
    if !machine.pointee.hasSale(order.pointee.sale) { return }
    for line in home.pointee.lines(of: order) {
      machine.pointee.forgetUnpaid(
        order.pointee.sale, holder.buyer, line.item, home.pointee.hash(of: order.pointee.key))
    }
  }

  /// An order is one order for a SKU's limits, in however many of its pools it has units.
  private func countOrder(_ lines: some RandomAccessCollection<some CountedLine>, _ holder: Holder, by orders: Int64) {
    var at = lines.startIndex
    while at < lines.endIndex {
      let line = lines[at]
      if line.isCounted {
        let scope = scopeOf(line.item)
        let isFirst = !lines[..<at].contains {
          $0.isCounted && $0.item.partition == line.item.partition && scopeOf($0.item) == scope
        }
        if isFirst { change(scope, holder, units: 0, orders: orders) }
      }
      at = lines.index(after: at)
    }
  }

  /// Finds anew which open orders are in the way of others. Snapshots leave that out, since the orders say it.
  func noteUnpaidOrders() {
    for shard in held {
      let home = machine(shard: shard)
      if home.pointee.extendedOrders == 0 { continue }
      for number in home.pointee.partitions {
        home.pointee.partition(number).pointee.orders.forEach { slot in
          if slot & PartitionState.fingerprintBit == 0 { noteUnpaid(slot, in: home) }
        }
      }
    }
  }

  private func noteUnpaid(_ slot: UInt32, in home: UnsafeMutablePointer<Machine>) {
    let order = home.pointee.orders.pointer(slot)
    guard order.pointee.state.isOpen, !order.pointee.sale.isNone else { return }
    let buyer = home.pointee.buyer(of: order)
    if buyer.isEmpty { return }
    let machine = machine(order.pointee.sale.partition)
    guard machine.pointee.hasSale(order.pointee.sale) else {
      return machine.pointee.contradict("an order names a sale that was never opened")
    }
    home.pointee.withKey(of: order.pointee.key) { key in
      for line in home.pointee.lines(of: order) {
        machine.pointee.noteUnpaid(order.pointee.sale, buyer, line.item, key)
      }
    }
  }

  private func scopeOf(_ item: ItemNumber) -> ScopeNumber {
    let machine = machine(item.partition)
    // Who is told of none says so.
    guard let slot = machine.pointee.itemSlot(item) else { return .none }
    return machine.pointee.items[slot].scope
  }

  private func change(
    _ scope: ScopeNumber, _ holder: Holder, units: Int64, orders: Int64, isReturn: Bool = false
  ) {
    machine(scope.partition).pointee.change(scope, holder, units: units, orders: orders, isReturn: isReturn)
  }
}

extension Machine {
  /// Whether the order's line of an item counts for the limits of its SKU.
  @inline(__always)
  fileprivate func isCounted(_ item: ItemNumber, _ order: UnsafeMutablePointer<Order>) -> Bool {
    lines(of: order).contains { $0.item == item && $0.isCounted }
  }

  fileprivate mutating func change(
    _ number: ScopeNumber, _ holder: Holder, units: Int64, orders: Int64, isReturn: Bool
  ) {
    guard hasScope(number) else { return contradict("an event counts for a scope that was never made") }
    let scope = scope(number)
    // A late order of a sale that is retired has nothing to give back, and what it takes again nobody asks for.
    if scope.pointee.switches.isRetired { return }
    if scope.pointee.countsEverything { return changeEverything(scope, holder, units: units, orders: orders, isReturn) }
    for index in 0..<scope.pointee.limits.count {
      let limit = scope.pointee.limits[index]
      if isReturn && !limit.pointee.isGivenBackOnReturn { continue }
      let by = limit.pointee.measure == .units ? units : orders
      if by == 0 { continue }
      if let subject = holder.subject(of: limit) { change(scope, Use.key(subject, limit.pointee.tag), by: by) }
    }
  }

  /// What a new order of a sale takes, where its uses were found.
  @inline(__always)
  fileprivate mutating func take(
    _ scope: UnsafeMutablePointer<Scope>, _ lookups: UnsafePointer<UseLookup>, units: Int64, orders: Int64
  ) {
    for index in 0..<scope.pointee.limits.count {
      let by = scope.pointee.limits[index].pointee.measure == .units ? units : orders
      if by != 0 { take(scope, lookups[index], by) }
    }
  }

  /// What a buyer's new order of one SKU outside sales takes.
  fileprivate mutating func takeOfSKU(
    _ number: ScopeNumber, _ lookups: UnsafePointer<UseLookup>, units: Int64, orders: Int64
  ) {
    let scope = scope(number)
    take(scope, lookups[0], units)
    if orders != 0 { take(scope, lookups[1], orders) }
  }

  @inline(__always)
  private mutating func take(_ scope: UnsafeMutablePointer<Scope>, _ lookup: UseLookup, _ by: Int64) {
    if lookup.slot == UseLookup.absent {
      insertUse(Use(lookup.key, count: UInt64(by), of: scope.pointee.number))
      return
    }
    let use = uses.pointer(lookup.slot)
    let before = use.pointee.entityHash
    use.pointee.count += UInt64(by)
    add(use.pointee.entityHash &- before, to: scope)
  }

  /// A SKU counts every subject, limited by now or not.
  private mutating func changeEverything(
    _ scope: UnsafeMutablePointer<Scope>, _ holder: Holder, units: Int64, orders: Int64, _ isReturn: Bool
  ) {
    for subject in holder.subjects {
      change(scope, subject.dimension, subject.value, units: units, orders: orders, isReturn)
    }
    if holder.buyer.isEmpty { return }
    Dimension.withUser { change(scope, $0, holder.buyer, units: units, orders: orders, isReturn) }
  }

  private mutating func change(
    _ scope: UnsafeMutablePointer<Scope>, _ dimension: UnsafeRawBufferPointer, _ subject: UnsafeRawBufferPointer,
    units: Int64, orders: Int64, _ isReturn: Bool
  ) {
    let tag = Use.tag(dimension, .units, scope.pointee.number, seed: keySeed)
    if units != 0 && !(isReturn && !scope.pointee.givesBackOnReturn(tag)) {
      change(scope, Use.key(subject, tag), by: units)
    }
    if orders != 0 {
      change(scope, Use.key(subject, Use.tag(dimension, .openOrders, scope.pointee.number, seed: keySeed)), by: orders)
    }
  }

  private mutating func change(_ scope: UnsafeMutablePointer<Scope>, _ key: Use.Key, by delta: Int64) {
    guard let slot = findUse(key) else {
      if delta < 0 { return contradict("a subject gives back what it does not have of a limit") }
      insertUse(Use(key, count: UInt64(delta), of: scope.pointee.number))
      return
    }
    let use = uses.pointer(slot)
    let count = Int64(use.pointee.count) + delta
    if count < 0 { return contradict("a subject gives back more than it has of a limit") }
    add(0 &- use.pointee.entityHash, to: scope)
    if count == 0 { return removeUse(slot) }
    use.pointee.count = UInt64(count)
    add(use.pointee.entityHash, to: scope)
  }

  private mutating func add(_ hash: UInt64, to scope: UnsafeMutablePointer<Scope>) {
    scope.pointee.usesHash &+= hash
    stateHash &+= hash
  }

  /// The index that a use is found by. A sale can have tens of millions of subjects, so they are spread over as many indexes as
  /// the machine has partitions: each grows by itself, and nobody waits for one big one.
  @inline(__always)
  func useIndex(_ key: Use.Key) -> UnsafeMutablePointer<PartitionState> {
    partition(at: Int(key.low >> 32))
  }

  @inline(__always)
  func findUse(_ key: Use.Key) -> UInt32? {
    let index = useIndex(key)
    var probe = index.pointee.uses.probe(key.low)
    while let slot = index.pointee.uses.next(&probe) {
      let use = uses.pointer(slot)
      if use.pointee.low == key.low && use.pointee.high == key.high { return slot }
    }
    return nil
  }

  mutating func insertUse(_ use: Use) {
    useIndex(use.key).pointee.uses.insert(use.low, slot: uses.insert(use))
    add(use.entityHash, to: scope(use.scope))
  }

  private mutating func removeUse(_ slot: UInt32) {
    let use = uses.pointer(slot)
    useIndex(use.pointee.key).pointee.uses.remove(use.pointee.low, slot: slot)
    // Who walks the slots must know that there is none.
    use.pointee.scope = .none
    uses.remove(slot)
  }

  /// Frees memory of retired scopes, which may be that of millions of uses. The state forgot them before.
  /// - Parameter budget: how many uses may still be visited.
  mutating func purgeUses(budget: inout Int) {
    while budget > 0, let slot = usePurge.next() {
      budget -= 1
      let number = uses.pointer(slot).pointee.scope
      if !number.isNone, scope(number).pointee.switches.isRetired { removeUse(slot) }
    }
  }

  // MARK: Unpaid orders

  @inline(__always)
  func unpaidKey(_ buyer: UnsafeRawBufferPointer, _ item: ItemNumber) -> Use.Key {
    Use.key(buyer, mix(keySeed ^ MixConstant.d, UInt64(item.rawValue) ^ MixConstant.c))
  }

  /// - Parameter key: of a buyer and an item, which is one sale's.
  @inline(__always)
  func findUnpaid(_ key: Use.Key) -> UInt32? {
    let index = useIndex(key)
    var probe = index.pointee.unpaid.probe(key.low)
    while let slot = index.pointee.unpaid.next(&probe) {
      let entry = unpaid.pointer(slot)
      if entry.pointee.low == key.low && entry.pointee.high == key.high { return slot }
    }
    return nil
  }

  /// The buyer's order of an item is open. A sale that allows several does not ask.
  fileprivate mutating func noteUnpaid(
    _ number: ScopeNumber, _ buyer: UnsafeRawBufferPointer, _ item: ItemNumber, _ order: Key
  ) {
    let scope = scope(number)
    if scope.pointee.switches.unpaid == .allow { return }
    insertUnpaid(unpaidKey(buyer, item), order, of: number)
  }

  mutating func insertUnpaid(_ key: Use.Key, _ order: Key, of number: ScopeNumber) {
    let scope = scope(number)
    let entry = UnpaidOrder(low: key.low, high: key.high, order: store(order))
    useIndex(key).pointee.unpaid.insert(key.low, slot: unpaid.insert(entry))
    scope.pointee.unpaidCount += 1
    stateHash &+= entry.entityHash(number, orderHash: order.hash)
  }

  fileprivate mutating func forgetUnpaid(
    _ number: ScopeNumber, _ buyer: UnsafeRawBufferPointer, _ item: ItemNumber, _ orderHash: UInt64
  ) {
    let scope = scope(number)
    let key = unpaidKey(buyer, item)
    guard let slot = findUnpaid(key) else { return }
    let entry = unpaid[slot]
    stateHash &-= entry.entityHash(number, orderHash: orderHash)
    useIndex(key).pointee.unpaid.remove(entry.low, slot: slot)
    scope.pointee.unpaidCount -= 1
    release(entry.order)
    unpaid.remove(slot)
  }
}

extension Scope {
  func givesBackOnReturn(_ tag: UInt64) -> Bool {
    (0..<limits.count).contains { limits[$0].pointee.tag == tag && limits[$0].pointee.isGivenBackOnReturn }
  }
}
