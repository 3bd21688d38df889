// reserve and deduct in a sale, or of a SKU that has limits. The order of checks is the contract: window and pause, eligibility,
// flagged buyer, unpaid duplicate, limits, stock. A known id was answered before.

extension Decider {
  /// Units and orders that a buyer's replaced orders would give back.
  private struct Credit {
    var orders: [(machine: UnsafeMutablePointer<Machine>, slot: UInt32)] = []

    var isEmpty: Bool { orders.isEmpty }

    func units(of item: ItemNumber) -> Int64 {
      orders.reduce(0) { sum, place in
        let order = place.machine.pointee.orders.pointer(place.slot)
        if order.pointee.state != .reserved { return sum }
        let lines = place.machine.pointee.lines(of: order)
        return sum + Int64(lines.first { $0.item == item }?.open ?? 0)
      }
    }

    /// What the orders have of a limit, if they count for the same subject.
    func use(of limit: UnsafeMutablePointer<ScopeLimit>, _ subject: UnsafeRawBufferPointer) -> Int64 {
      orders.reduce(0) { sum, place in
        let order = place.machine.pointee.orders.pointer(place.slot)
        let holder = Holder(
          buyer: place.machine.pointee.buyer(of: order),
          subjects: SubjectList(place.machine.pointee.subjects(of: order)))
        guard let other = holder.subject(of: limit), other.elementsEqual(subject) else { return sum }
        switch limit.pointee.measure {
        case .openOrders: return sum + 1
        case .units: return sum + place.machine.pointee.lines(of: order).reduce(0) { $0 + Int64($1.open) }
        }
      }
    }
  }

  private func holder(_ reserve: Reserve) -> Holder {
    Holder(buyer: text(reserve.buyer), subjects: SubjectList(text(reserve.subjects)))
  }

  // MARK: In a sale

  @inline(__always)
  mutating func decideInSale(
    _ reserve: Reserve, deducts: Bool, at index: Int, _ replies: inout ReplyBatch
  ) -> Reply {
    // The sale is found by its first item, which is at hand; if the sale has not got the SKU, by its id.
    let first = item(itemKey(Int(reserve.lines.start)))
    guard let scope = first.map({ self.scope(of: $0) }) ?? sale(reserve.sale), scope.pointee.switches.isSale else {
      return Reply(.noSuchSale)
    }
    let switches = scope.pointee.switches
    if switches.state(at: now) != .open { return notOpen(scope, &replies) }
    let holder = holder(reserve)
    if switches.hasEligibility, let refusal = ineligible(scope, holder, &replies) { return refusal }
    var defers = false
    if switches.flagged != .allow && isFlagged(reserve.buyer) {
      if switches.flagged == .refuse { return Reply(.buyerFlagged) }
      // Who pays at once has nothing to prove.
      defers = !deducts
    }
    if !deducts && switches.unpaid != .allow,
      let reply = decideUnpaid(reserve, scope, holder, defers: defers, &replies)
    {
      return reply
    }

    let lines: IndexRange
    if reserve.lines.count == 1, let first {
      lines = IndexRange(start: 0, count: 1)
      eventLines[0] = EventLine(
        item: first.pointee.number,
        quantity: UInt32(truncatingIfNeeded: commandLines[Int(reserve.lines.start)].quantity))
    } else {
      switch sumLines(reserve.lines) {
      case .unknownItem: return unknownItems(reserve.lines, &replies)
      case .overflow: return Reply(.malformed, .malformation(.quantity))
      case .summed(let count): lines = IndexRange(start: 0, count: count)
      }
    }
    let units = units(lines)
    let orders: Int64 = deducts ? 0 : 1
    let lookups = useLookups.of(index &- window.lowerBound, count: scope.pointee.limits.count)
    let refusal =
      if let lookups {
        overLimit(scope, lookups, units: units, orders: orders, &replies)
      } else {
        overLimit(scope, holder, units: units, orders: orders, Credit(), item: .empty, &replies)
      }
    if let refusal { return refusal }
    if !defers && isShort(lines, first) { return shortCart(reserve.lines, lines, &replies) }
    return place(reserve, deducts: deducts, defers: defers, lines, first, sale: scope, uses: lookups)
  }

  private func units(_ lines: IndexRange) -> Int64 {
    var units: Int64 = 0
    for line in source.lines(lines) { units &+= Int64(line.quantity) }
    return units
  }

  /// - Parameter first: the item, if there is only one.
  @inline(__always)
  private func isShort(_ lines: IndexRange, _ first: UnsafeMutablePointer<Item>?) -> Bool {
    if lines.count == 1, let first { return first.pointee.sellable < Int64(eventLines[0].quantity) }
    return source.lines(lines).contains { item($0.item).pointee.sellable < Int64($0.quantity) }
  }

  @inline(__always)
  private func scope(of item: UnsafeMutablePointer<Item>) -> UnsafeMutablePointer<Scope> {
    machines.machine(item.pointee.scope.partition).pointee.scope(item.pointee.scope)
  }

  private func ineligible(
    _ scope: UnsafeMutablePointer<Scope>, _ holder: Holder, _ replies: inout ReplyBatch
  ) -> Reply? {
    guard let eligibility = scope.pointee.sale?.eligibility else { return nil }
    for dimension in eligibility.dimensions {
      let subject = dimension.withUnsafeBytes { name in
        Dimension.isUser(name) ? holder.buyer : holder.subjects.value(of: name)
      }
      let isEligible = dimension.withUnsafeBytes { eligibility.contains($0, subject) }
      if isEligible { continue }
      return dimension.withUnsafeBytes {
        refusal(.notEligible, $0, .units, item: .empty, max: 0, used: 0, &replies)
      }
    }
    return nil
  }

  private func isFlagged(_ buyer: ByteRange) -> Bool {
    if buyer.isEmpty { return false }
    let key = key(buyer)
    let machine = machines.machine(key.partition)
    guard let slot = machine.pointee.findBuyer(key) else { return false }
    return machine.pointee.buyers.pointer(slot).pointee.isFlagged(at: now)
  }

  // MARK: Unpaid duplicates

  /// An order where unpaid ones of the same buyer may be in the way.
  /// - Returns: the answer; nil if none is in the way.
  @inline(never)
  private mutating func decideUnpaid(
    _ reserve: Reserve, _ scope: UnsafeMutablePointer<Scope>, _ holder: Holder, defers: Bool,
    _ replies: inout ReplyBatch
  ) -> Reply? {
    var credit = Credit()
    if let refusal = unpaid(reserve, scope, holder, &credit, &replies) { return refusal }
    if credit.isEmpty { return nil }
    let lines: IndexRange
    switch sumLines(reserve.lines) {
    case .unknownItem: return unknownItems(reserve.lines, &replies)
    case .overflow: return Reply(.malformed, .malformation(.quantity))
    case .summed(let count): lines = IndexRange(start: 0, count: count)
    }
    let refusal = overLimit(scope, holder, units: units(lines), orders: 1, credit, item: .empty, &replies)
    if let refusal { return refusal }
    if !defers && isShort(lines, credit) {
      return shortCart(reserve.lines, lines, &replies) { credit.units(of: $0) }
    }
    replace(credit, reserve.lines)
    let first = item(itemKey(Int(reserve.lines.start)))
    return place(reserve, deducts: false, defers: defers, lines, first, sale: scope)
  }

  private func isShort(_ lines: IndexRange, _ credit: borrowing Credit) -> Bool {
    for line in source.lines(lines) {
      let sellable = item(line.item).pointee.sellable
      if sellable < Int64(line.quantity) && sellable + credit.units(of: line.item) < Int64(line.quantity) {
        return true
      }
    }
    return false
  }

  /// Looks for open orders of the buyer for the same SKUs: expires what is overdue, refuses, or notes what is to be replaced.
  private mutating func unpaid(
    _ reserve: Reserve, _ scope: UnsafeMutablePointer<Scope>, _ holder: Holder, _ credit: inout Credit,
    _ replies: inout ReplyBatch
  ) -> Reply? {
    if holder.buyer.isEmpty || scope.pointee.unpaidCount == 0 { return nil }
    let policy = scope.pointee.switches.unpaid
    var creditLines = 0
    let sectionStart = section.count
    for line in reserve.lines.indices {
      guard let item = item(itemKey(line)), let place = unpaidOrder(scope, holder.buyer, item.pointee.number) else {
        continue
      }
      let order = place.machine.pointee.orders.pointer(place.slot)
      if order.pointee.deadline <= now {
        if admission == .readsOnly { return Reply(.noSpace) }
        // The section has room for one record of the greatest size; the sweep does the rest, and a retry finds it done.
        if section.count - sectionStart > Bounds.recordBytesMax / 4 { return Reply(.overloaded) }
        logExpiry(of: place.slot, in: place.machine)
        // A record of its own, as the sweep makes it: a cart may come upon hundreds.
        endRecord()
        continue
      }
      if policy == .refuse && !reserve.replacesUnpaid {
        let id = place.machine.pointee.withBytes(of: order.pointee.key) { replies.store($0) }
        return Reply(.unpaidExists, .unpaid(id))
      }
      if !credit.orders.contains(where: { $0.machine == place.machine && $0.slot == place.slot }) {
        credit.orders.append(place)
        creditLines += Int(order.pointee.lineCount)
      }
      // All of it is one record.
      if credit.orders.count > Bounds.replacedOrdersMax || creditLines > Bounds.replacedLinesMax {
        let id = idOfFirst(credit) { replies.store($0) }
        return Reply(.unpaidExists, .unpaid(id))
      }
    }
    return nil
  }

  private func idOfFirst(_ credit: Credit, _ store: (UnsafeRawBufferPointer) -> ByteRange) -> ByteRange {
    let (machine, slot) = credit.orders[0]
    return machine.pointee.withBytes(of: machine.pointee.orders.pointer(slot).pointee.key, store)
  }

  /// The open order of a buyer for an item of a sale.
  func unpaidOrder(
    _ scope: UnsafeMutablePointer<Scope>, _ buyer: UnsafeRawBufferPointer, _ item: ItemNumber
  ) -> (machine: UnsafeMutablePointer<Machine>, slot: UInt32)? {
    let machine = machines.machine(scope.pointee.number.partition)
    guard let slot = machine.pointee.findUnpaid(machine.pointee.unpaidKey(buyer, item)) else { return nil }
    let stored = machine.pointee.unpaid[slot].order
    return machine.pointee.withKey(of: stored) { key in
      let home = machines.machine(key.partition)
      guard case .record(let order) = home.pointee.findOrder(key) else {
        preconditionFailure("a sale remembers an open order that is not there")
      }
      return (home, order)
    }
  }

  /// Cancels orders that stand in the way. The event's lines are then again those of the command.
  private mutating func replace(_ credit: Credit, _ lines: IndexRange) {
    for place in credit.orders { logEnd(of: place.slot, in: place.machine, as: .cancelled) }
    _ = sumLines(lines)
  }

  // MARK: Outside sales

  /// An order with an item whose SKU has limits.
  @inline(never)
  mutating func decideLimited(
    _ reserve: Reserve, deducts: Bool, at index: Int, _ replies: inout ReplyBatch
  ) -> Reply {
    if touchesLimits, let lookups = useLookups.of(index &- window.lowerBound, count: UseLookup.countOfSKU),
      let reply = decideLimited(reserve, deducts: deducts, lookups, &replies)
    {
      return reply
    }
    let lines: IndexRange
    switch sumLines(reserve.lines) {
    case .unknownItem: return unknownItems(reserve.lines, &replies)
    case .overflow: return Reply(.malformed, .malformation(.quantity))
    case .summed(let count): lines = IndexRange(start: 0, count: count)
    }
    if let refusal = overLimit(reserve, lines, deducts: deducts, &replies) { return refusal }
    markLimited(lines)
    var isBackordered = false
    for line in source.lines(lines) {
      let item = item(line.item)
      if item.pointee.sellable < Int64(line.quantity) { return shortCart(reserve.lines, lines, &replies) }
      if item.pointee.available < Int64(line.quantity) { isBackordered = true }
    }
    let reply = place(
      reserve, deducts: deducts, defers: false, lines, item(itemKey(Int(reserve.lines.start))), sale: nil)
    guard isBackordered, case .hold(_, let deadline) = reply.body else {
      return isBackordered ? placedReply(reserve.lines, lines, deducts: deducts, now, &replies) : reply
    }
    return placedReply(reserve.lines, lines, deducts: deducts, deadline, &replies)
  }

  /// An order of one item by a buyer, whose uses were asked for ahead. The usual case in short.
  /// - Returns: nil if it is not that: nothing was done.
  private mutating func decideLimited(
    _ reserve: Reserve, deducts: Bool, _ lookups: UnsafeMutablePointer<UseLookup>, _ replies: inout ReplyBatch
  ) -> Reply? {
    let line = Int(reserve.lines.start)
    guard let item = item(itemKey(line)) else { return nil }
    let quantity = commandLines[line].quantity
    let scope = scope(of: item)
    let machine = machines.machine(scope.pointee.number.partition)
    for number in 0..<UseLookup.countOfSKU {
      lookups[number].slot = machine.pointee.findUse(lookups[number].key) ?? UseLookup.absent
    }
    for number in 0..<scope.pointee.limits.count {
      let limit = scope.pointee.limits[number]
      if limit.pointee.isLifted { continue }
      // The order has no subject of any other dimension.
      guard limit.pointee.isUser else { return nil }
      let countsUnits = limit.pointee.measure == .units
      let wanted: Int64 = countsUnits ? quantity : deducts ? 0 : 1
      let slot = lookups[countsUnits ? 0 : 1].slot
      let used = slot == UseLookup.absent ? 0 : Int64(machine.pointee.uses.pointer(slot).pointee.count)
      if wanted > 0 && used + wanted > Int64(limit.pointee.max) { return nil }
    }
    guard item.pointee.sellable >= quantity, item.pointee.available >= quantity else { return nil }
    eventLines[0] = EventLine(
      item: item.pointee.number, quantity: UInt32(truncatingIfNeeded: quantity), isCounted: true)
    return place(
      reserve, deducts: deducts, defers: false, IndexRange(start: 0, count: 1), item, sale: nil, uses: lookups)
  }

  /// Marks the event's lines whose SKUs have limits: those are what the order counts for.
  func markLimited(_ lines: IndexRange) {
    for index in lines.indices where !item(eventLines[index].item).pointee.scope.isNone {
      eventLines[index].isCounted = true
    }
  }

  /// The limit of a SKU that the event's lines would break, if there is one.
  func overLimit(
    _ reserve: Reserve, _ lines: IndexRange, deducts: Bool, _ replies: inout ReplyBatch
  ) -> Reply? {
    let holder = holder(reserve)
    for index in lines.indices {
      let item = item(eventLines[index].item)
      if item.pointee.scope.isNone { continue }
      // Other pools of the SKU in the same cart count too.
      var units: Int64 = 0
      for other in lines.indices where self.item(eventLines[other].item).pointee.scope == item.pointee.scope {
        units += Int64(eventLines[other].quantity)
      }
      let machine = machines.machine(item.pointee.scope.partition)
      let name = machine.pointee.withBytes(of: item.pointee.key) { replies.store($0) }
      if let refusal = overLimit(
        scope(of: item), holder, units: units, orders: deducts ? 0 : 1, Credit(), item: name, &replies)
      {
        return refusal
      }
    }
    return nil
  }

  // MARK: Limits

  private func overLimit(
    _ scope: UnsafeMutablePointer<Scope>, _ holder: Holder, units: Int64, orders: Int64, _ credit: Credit,
    item: ByteRange, _ replies: inout ReplyBatch
  ) -> Reply? {
    let machine = machines.machine(scope.pointee.number.partition)
    for index in 0..<scope.pointee.limits.count {
      let limit = scope.pointee.limits[index]
      if limit.pointee.isLifted { continue }
      let wanted = limit.pointee.measure == .units ? units : orders
      if wanted == 0 { continue }
      guard let subject = holder.subject(of: limit) else {
        return refusal(.subjectMissing, limit, item: item, used: 0, &replies)
      }
      let key = Use.key(subject, limit.pointee.tag)
      var used = machine.pointee.findUse(key).map { Int64(machine.pointee.uses[$0].count) } ?? 0
      if !credit.isEmpty { used -= credit.use(of: limit, subject) }
      if used + wanted > Int64(limit.pointee.max) {
        return refusal(.limitReached, limit, item: item, used: used, &replies)
      }
    }
    return nil
  }

  /// The same for a sale, with the keys that were made ahead. Notes where the uses are.
  @inline(__always)
  private func overLimit(
    _ scope: UnsafeMutablePointer<Scope>, _ lookups: UnsafeMutablePointer<UseLookup>, units: Int64, orders: Int64,
    _ replies: inout ReplyBatch
  ) -> Reply? {
    let machine = machines.machine(scope.pointee.number.partition)
    for index in 0..<scope.pointee.limits.count {
      let limit = scope.pointee.limits[index]
      let wanted = limit.pointee.measure == .units ? units : orders
      if wanted == 0 { continue }
      var used: Int64 = 0
      if let slot = machine.pointee.findUse(lookups[index].key) {
        lookups[index].slot = slot
        used = Int64(machine.pointee.uses.pointer(slot).pointee.count)
      }
      if used + wanted > Int64(limit.pointee.max) {
        return refusal(.limitReached, limit, item: .empty, used: used, &replies)
      }
    }
    return nil
  }

  /// Whether what an expired order gave back of its limits can be taken again.
  func canCountAgain(_ order: UnsafeMutablePointer<Order>, _ home: UnsafeMutablePointer<Machine>, _ lines: IndexRange)
    -> Bool
  {
    let holder = Holder(
      buyer: home.pointee.buyer(of: order), subjects: SubjectList(home.pointee.subjects(of: order)))
    if !order.pointee.sale.isNone {
      let units = source.lines(lines).reduce(0) { $0 + Int64($1.quantity) }
      return hasRoom(order.pointee.sale, holder, units: units)
    }
    for line in home.pointee.lines(of: order) where line.isCounted {
      let scope = item(line.item).pointee.scope
      let units = source.lines(lines).reduce(0) { sum, other in
        item(other.item).pointee.scope == scope ? sum + Int64(other.quantity) : sum
      }
      if !hasRoom(scope, holder, units: units) { return false }
    }
    return true
  }

  private func hasRoom(_ number: ScopeNumber, _ holder: Holder, units: Int64) -> Bool {
    let machine = machines.machine(number.partition)
    let scope = machine.pointee.scope(number)
    // What a retired sale counted is forgotten, though its memory may not be freed yet: the state may not depend on that.
    if scope.pointee.switches.isRetired { return true }
    for index in 0..<scope.pointee.limits.count {
      let limit = scope.pointee.limits[index]
      guard limit.pointee.measure == .units, !limit.pointee.isLifted, let subject = holder.subject(of: limit) else {
        continue
      }
      let used =
        machine.pointee.findUse(Use.key(subject, limit.pointee.tag)).map { machine.pointee.uses[$0].count } ?? 0
      if Int64(used) + units > Int64(limit.pointee.max) { return false }
    }
    return true
  }

  private func refusal(
    _ outcome: Outcome, _ limit: UnsafeMutablePointer<ScopeLimit>, item: ByteRange, used: Int64,
    _ replies: inout ReplyBatch
  ) -> Reply {
    limit.pointee.withDimension {
      refusal(outcome, $0, limit.pointee.measure, item: item, max: Int64(limit.pointee.max), used: used, &replies)
    }
  }

  private func refusal(
    _ outcome: Outcome, _ dimension: UnsafeRawBufferPointer, _ measure: Limit.Measure, item: ByteRange, max: Int64,
    used: Int64, _ replies: inout ReplyBatch
  ) -> Reply {
    let name = replies.store(dimension)
    replies.limits.append(LimitRefusal(dimension: name, measure: measure, item: item, max: max, used: used))
    return Reply(outcome, .limit(UInt32(replies.limits.count - 1)))
  }

  // MARK: Placing

  /// The order's event, and the reply, which speaks of the first line as it was sent.
  @inline(__always)
  private mutating func place(
    _ reserve: Reserve, deducts: Bool, defers: Bool, _ lines: IndexRange, _ first: UnsafeMutablePointer<Item>?,
    sale: UnsafeMutablePointer<Scope>?, uses: UnsafePointer<UseLookup>? = nil
  ) -> Reply {
    let deadline = deadline(of: reserve, deducts: deducts, sale?.pointee.switches ?? SaleSwitches())
    let placed = Event.Placed(
      order: reserve.order, buyer: reserve.buyer, payload: reserve.payload, lines: lines, deadline: deadline,
      sale: sale?.pointee.number ?? .none, subjects: reserve.subjects)
    emit(deducts ? .deducted(placed) : (defers ? .deferred(placed) : .reserved(placed)), from: source, uses: uses)
    let available = first?.pointee.sellable ?? 0
    if deducts { return Reply(.confirmed, .available(available)) }
    return Reply(defers ? .deferred : .reserved, .hold(available: available, deadline: deadline))
  }

  /// Until when an order that is placed now is held: as it asks, else as its sale says, else by the rule.
  func deadline(of reserve: Reserve, deducts: Bool, _ sale: SaleSwitches) -> Timestamp {
    if deducts { return now }
    let payment = sale.holdMilliseconds != 0 ? sale.holdMilliseconds : rules.holdMilliseconds
    return now.adding(milliseconds: reserve.holdMilliseconds != 0 ? reserve.holdMilliseconds : payment)
  }
}
