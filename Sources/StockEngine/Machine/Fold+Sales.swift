// What events do to sales, to the limits of SKUs, and to what is known of buyers.

extension Machine {
  // MARK: Scopes

  @inline(__always)
  func scope(_ number: ScopeNumber) -> UnsafeMutablePointer<Scope> {
    let state = partition(number.partition)
    precondition(
      number.ordinal < state.pointee.scopes.count, "an event names scope \(number.rawValue), which was never made")
    return scopes[Int(state.pointee.scopes[number.ordinal])]
  }

  func hasScope(_ number: ScopeNumber) -> Bool {
    !number.isNone && number.ordinal >= 0 && number.ordinal < partition(number.partition).pointee.scopes.count
  }

  func hasSale(_ number: ScopeNumber) -> Bool { hasScope(number) && scope(number).pointee.switches.isSale }

  /// Scopes count by partition, without gaps.
  func isNext(_ number: ScopeNumber) -> Bool {
    !number.isNone && number.ordinal == partition(number.partition).pointee.scopes.count
  }

  /// A sale's id, or a SKU: both are names of scopes, told apart by a bit of the hash.
  enum ScopeName { case sale, sku }

  func findScope(_ kind: ScopeName, _ name: UnsafeRawBufferPointer, in partition: Partition) -> UInt32? {
    let state = self.partition(partition)
    let hash = scopeHash(kind, name)
    var probe = state.pointee.scopeNames.probe(hash)
    while let index = state.pointee.scopeNames.next(&probe) {
      let scope = scopes[Int(index)]
      if scope.pointee.switches.isSale == (kind == .sale), scope.pointee.name.elementsEqual(name) { return index }
    }
    return nil
  }

  private func scopeHash(_ kind: ScopeName, _ name: UnsafeRawBufferPointer) -> UInt64 {
    hashBytes(name, seed: kind == .sale ? keySeed : ~keySeed)
  }

  @discardableResult
  mutating func insertScope(_ number: ScopeNumber, name: [UInt8], sale: Sale?, limits: [Limit]) -> UInt32 {
    let state = partition(number.partition)
    precondition(isNext(number), "scope \(number.rawValue) was made out of order")
    let place = UnsafeMutablePointer<Scope>.allocate(capacity: 1)
    place.initialize(to: Scope(number: number, name: name, sale: sale, limits: limits, seed: keySeed))
    let index = UInt32(scopes.count)
    scopes.append(place)
    if sale == nil { limitedSKUs += 1 }
    state.pointee.scopes.append(index)
    let hash = name.withUnsafeBytes { scopeHash(sale == nil ? .sku : .sale, $0) }
    state.pointee.scopeNames.insert(hash, slot: index)
    stateHash &+= place.pointee.entityHash
    return index
  }

  /// The scope of an item that is being made: its sale, or its SKU's limits.
  func scopeOfItem(_ item: Item) -> ScopeNumber {
    if partition(item.number.partition).pointee.scopes.isEmpty { return .none }
    return withBytes(of: item.key) { name in
      guard let at = name.firstIndex(of: UInt8(ascii: "@")) else {
        return scopeNumber(.sku, name, in: item.number.partition)
      }
      if name.count > at + 1 && name[at + 1] == UInt8(ascii: "~") {
        return scopeNumber(.sale, UnsafeRawBufferPointer(rebasing: name[(at + 2)...]), in: item.number.partition)
      }
      return scopeNumber(.sku, UnsafeRawBufferPointer(rebasing: name[..<at]), in: item.number.partition)
    }
  }

  private func scopeNumber(
    _ kind: ScopeName, _ name: UnsafeRawBufferPointer, in partition: Partition
  ) -> ScopeNumber {
    findScope(kind, name, in: partition).map { scopes[Int($0)].pointee.number } ?? .none
  }

  /// Changes a scope's own part of the state hash along with it.
  mutating func withScope(_ number: ScopeNumber, _ body: (inout Scope) -> Void) {
    guard serves(number.partition) else { return }
    guard hasScope(number) else { return contradict("an event names a scope that was never made") }
    let scope = scope(number)
    stateHash &-= scope.pointee.entityHash
    body(&scope.pointee)
    stateHash &+= scope.pointee.entityHash
  }

  mutating func withSale(_ number: ScopeNumber, _ body: (inout Sale) -> Void) {
    guard serves(number.partition) else { return }
    guard hasSale(number) else { return contradict("an event names a sale that was never opened") }
    withScope(number) { scope in
      guard var sale = scope.sale.take() else { preconditionFailure("scope \(number.rawValue) is no sale") }
      body(&sale)
      scope.sale = sale
    }
  }

  // MARK: Limits of SKUs

  mutating func foldLimit(
    _ number: ScopeNumber, _ sku: ByteRange, _ limit: ByteRange, _ isLifted: Bool, _ source: EventSource
  ) {
    guard serves(number.partition) else { return }
    guard let limit = Limit.decoded(source.text(limit))?.first else {
      return contradict("an event sets a limit that does not read")
    }
    if isNext(number) {
      insertScope(number, name: Array(source.text(sku)), sale: nil, limits: [])
      nameScope(number, sku, source)
    }
    let seed = keySeed
    var hasRoom = true
    withScope(number) { hasRoom = $0.set(limit, isLifted: isLifted, seed: seed) }
    if !hasRoom { contradict("an event sets one limit too many") }
  }

  /// Tells a SKU's items, in whatever pools, of its scope. Those of sales have their sale's.
  private mutating func nameScope(_ number: ScopeNumber, _ sku: ByteRange, _ source: EventSource) {
    let key = ItemKey(source.bytes + sku.start, count: Int(sku.count), seed: keySeed)
    guard key.partition == number.partition else {
      return contradict("an event limits a SKU in a partition that is not the SKU's")
    }
    var slots: [UInt32] = []
    if let main = findItem(key) { slots.append(main) }
    forEachPool(of: source.text(sku), in: key.partition) { slot in
      slots.append(slot)
      return true
    }
    for slot in slots where items[slot].scope.isNone { items.pointer(slot).pointee.scope = number }
    noteVisits(slots.count)
  }

  // MARK: Sales

  mutating func foldSaleOpened(
    _ number: ScopeNumber, _ sale: ByteRange, _ terms: SaleTerms, isPaused: Bool, _ source: EventSource
  ) {
    guard serves(number.partition) else { return }
    let limits = source.text(terms.limits)
    guard isNext(number), let decoded = Limit.decoded(limits) else {
      return contradict("a sale was opened out of order, or with limits that do not read")
    }
    let opened = Sale(terms, isPaused: isPaused, limits: Array(limits), eligible: Array(source.text(terms.eligible)))
    let index = insertScope(number, name: Array(source.text(sale)), sale: opened, limits: decoded)
    if tracksDeadlines { fileScope(index) }
  }

  /// A sale is a client of the same wheel as the orders: its slot has the highest bit set.
  static let scopeBit: UInt32 = 1 << 30

  mutating func fileScope(_ index: UInt32) {
    guard let deadline = scopes[Int(index)].pointee.sale?.nextDeadline else { return }
    deadlines.insert(index | Self.scopeBit, deadline: deadline, now: time)
  }

  mutating func foldSaleStarted(_ number: ScopeNumber) {
    withSale(number) { $0.isStarted = true }
    guard serves(number.partition), hasSale(number), tracksDeadlines else { return }
    fileScope(partition(number.partition).pointee.scopes[number.ordinal])
  }

  mutating func foldSaleClosed(_ number: ScopeNumber, _ now: Timestamp) {
    withSale(number) { $0.closedAt = now }
    guard serves(number.partition), hasSale(number) else { return }
    if tracksDeadlines { closedSales.append(partition(number.partition).pointee.scopes[number.ordinal], in: &chunks) }
    noteUnsettled(scope(number))
  }

  /// Finds anew which sales are yet to retire. They close in the order of time, and so they are kept.
  mutating func fileClosedSales() {
    closedSales.removeAll(in: &chunks)
    var closed: [(at: Timestamp, index: UInt32)] = []
    for index in scopes.indices where scopes[index].pointee.switches.isClosed {
      guard !scopes[index].pointee.switches.isRetired, let at = scopes[index].pointee.sale?.closedAt else { continue }
      closed.append((at, UInt32(index)))
    }
    closed.sort { ($0.at, $0.index) < ($1.at, $1.index) }
    for sale in closed { closedSales.append(sale.index, in: &chunks) }
  }

  /// Every item of a closed sale that still has units goes onto the list of what is to be settled.
  mutating func noteUnsettled(_ scope: UnsafeMutablePointer<Scope>) {
    guard tracksDeadlines, let sale = scope.pointee.sale, sale.isClosed else { return }
    for item in sale.items {
      if let slot = itemSlot(item.item), items[slot].available > 0 { unsettled.append(item.item) }
    }
  }

  /// Units of an item with a scope were freed: of a closed sale's, they go back to where they came from.
  @inline(never)
  mutating func noteFreed(_ item: UnsafeMutablePointer<Item>) {
    // Who only replays finds them afresh when it begins to decide.
    if tracksDeadlines && scope(item.pointee.scope).pointee.switches.isClosed { unsettled.append(item.pointee.number) }
  }

  /// Units of a sale's item came from `source`, or went back there.
  mutating func noteSource(of item: UnsafeMutablePointer<Item>, _ source: ItemNumber, units: Int64) {
    if item.pointee.scope.isNone || !scope(item.pointee.scope).pointee.switches.isSale { return }
    let number = item.pointee.number
    withSale(item.pointee.scope) { $0.move(number, source: source, units: units) }
  }

  /// Only a sale counts what it refused.
  mutating func foldRefused(_ number: ItemNumber, reason: UInt8, attempts: UInt32) {
    guard serves(number.partition), let slot = itemSlot(number), !items[slot].scope.isNone,
      scope(items[slot].scope).pointee.switches.isSale
    else { return }
    withSale(items[slot].scope) { $0.refused.add(reason, attempts: attempts) }
  }

  mutating func foldSaleRetired(_ number: ScopeNumber) {
    withSale(number) { $0.isRetired = true }
    guard serves(number.partition), hasSale(number) else { return }
    stateHash &-= scope(number).pointee.usesHash
    scope(number).pointee.usesHash = 0
    usePurge.begin(slots: uses.slotsUsed)
  }

  // MARK: Buyers

  @inline(__always)
  func findBuyer(_ key: Key) -> UInt32? {
    let index = partition(key.partition)
    if index.pointee.buyers.count == 0 { return nil }
    let print = fingerprint(of: UnsafeRawBufferPointer(start: key.bytes, count: key.count), seed: keySeed)
    var probe = index.pointee.buyers.probe(key.hash)
    while let slot = index.pointee.buyers.next(&probe) {
      let buyer = buyers.pointer(slot)
      if buyer.pointee.low == print.low && buyer.pointee.high == print.high { return slot }
    }
    return nil
  }

  mutating func withBuyer(
    _ id: ByteRange, _ source: EventSource, _ now: Timestamp, _ body: (inout Buyer) -> Void
  ) {
    let key = Key(source.bytes + id.start, count: Int(id.count), seed: keySeed)
    guard serves(key.partition) else { return }
    let index = partition(key.partition)
    let slot: UInt32
    if let found = findBuyer(key) {
      slot = found
      stateHash &-= buyers[slot].entityHash
      unlistBuyer(slot)
    } else {
      let print = fingerprint(of: source.text(id), seed: keySeed)
      slot = buyers.insert(Buyer(low: print.low, high: print.high, hash: key.hash, changedAt: now))
      index.pointee.buyers.insert(key.hash, slot: slot)
    }
    let buyer = buyers.pointer(slot)
    body(&buyer.pointee)
    buyer.pointee.changedAt = now
    listBuyer(slot)
    stateHash &+= buyer.pointee.entityHash
  }

  mutating func insertBuyer(_ buyer: Buyer) {
    let index = partition(buyer.partition)
    let slot = buyers.insert(buyer)
    index.pointee.buyers.insert(buyer.hash, slot: slot)
    listBuyer(slot)
    stateHash &+= buyer.entityHash
  }

  /// As the youngest, unless it is kept.
  private func listBuyer(_ slot: UInt32) {
    let buyer = buyers.pointer(slot)
    if !buyer.pointee.isKept { partition(buyer.pointee.partition).pointee.buyersByAge.append(slot, in: buyers) }
  }

  private func unlistBuyer(_ slot: UInt32) {
    let buyer = buyers.pointer(slot)
    if !buyer.pointee.isKept { partition(buyer.pointee.partition).pointee.buyersByAge.remove(slot, in: buyers) }
  }

  /// A flag that holds keeps its buyer: for good, or for as long as it holds.
  mutating func foldBuyersForgotten(_ number: Partition, upTo: Timestamp, _ now: Timestamp) {
    guard serves(number) else { return }
    let index = partition(number)
    var next = index.pointee.buyersByAge.oldest
    while next != AgeList.none {
      let slot = next
      let buyer = buyers[slot]
      if buyer.changedAt > upTo { break }
      next = buyer.newer
      if buyer.isFlagged(at: now) { continue }
      stateHash &-= buyer.entityHash
      index.pointee.buyersByAge.remove(slot, in: buyers)
      index.pointee.buyers.remove(buyer.hash, slot: slot)
      buyers.remove(slot)
    }
  }
}
