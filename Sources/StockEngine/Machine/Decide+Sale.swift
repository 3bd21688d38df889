// Sales: opening, filling, pausing, closing, and giving back what is left; limits of SKUs; flags of buyers.

extension Decider {
  /// A sale by its id.
  func sale(_ id: ByteRange) -> UnsafeMutablePointer<Scope>? {
    let partition = key(id).partition
    let machine = machines.machine(partition)
    return machine.pointee.findScope(.sale, text(id), in: partition).map { machine.pointee.scopes[Int($0)] }
  }

  // MARK: Open, add

  mutating func decide(_ open: OpenSale, _ replies: inout ReplyBatch) -> Reply {
    let id = key(open.operation)
    let content = contentHash(open)
    switch status(of: id, content: content) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true)
    case .new: break
    }
    if let refusal = refusalOfHolds { return refusal }
    if sale(open.sale) != nil { return Reply(.saleExists) }
    if open.terms.holdMilliseconds > rules.holdMillisecondsMax { return Reply(.holdTooLong) }
    if open.terms.end <= now { return Reply(.saleNotOpen) }
    if let refusal = refusal(of: open.stock, itemsBefore: 0, &replies) { return refusal }
    let partition = key(open.sale).partition
    let ordinal = machines.machine(partition).pointee.partition(partition).pointee.scopes.count
    guard ordinal < ScopeNumber.countMax else { return Reply(.tooManyItems) }

    emitOperation(open.operation, id, .openSale, content: content)
    emit(
      .saleOpened(
        ScopeNumber(partition: partition, ordinal: ordinal), sale: open.sale, terms: open.terms,
        isPaused: open.isPaused))
    fill(open.stock)
    return Reply(.done)
  }

  mutating func decide(_ addition: AddToSale, _ replies: inout ReplyBatch) -> Reply {
    let id = key(addition.operation)
    var content = ContentHash(.addToSale)
    content.add(text(addition.sale))
    add(addition.stock, to: &content)
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true)
    case .new: break
    }
    if let refusal = refusalOfHolds { return refusal }
    guard let scope = sale(addition.sale) else { return Reply(.noSuchSale) }
    // The sale is not held on to: filling it would then copy its items.
    if scope.pointee.switches.state(at: now) == .closed { return notOpen(scope, &replies) }
    let itemsBefore = scope.pointee.sale?.items.count ?? 0
    if let refusal = refusal(of: addition.stock, itemsBefore: itemsBefore, &replies) { return refusal }
    emitOperation(addition.operation, id, .addToSale, content: content.value)
    fill(addition.stock)
    return Reply(.done)
  }

  private func contentHash(_ open: OpenSale) -> UInt64 {
    var content = ContentHash(.openSale)
    content.add(text(open.sale))
    content.add(open.terms.start.milliseconds)
    content.add(open.terms.end.milliseconds)
    content.add(open.terms.holdMilliseconds)
    content.add(Int64(open.terms.unpaid.rawValue) << 16 | Int64(open.terms.flagged.rawValue) << 8)
    content.add(Int64(open.terms.options.rawValue) << 8 | (open.isPaused ? 1 : 0))
    content.add(text(open.terms.limits))
    content.add(text(open.terms.eligible))
    add(open.stock, to: &content)
    return content.value
  }

  private func add(_ stock: SaleStock, to content: inout ContentHash) {
    content.add(Int64(stock.source.rawValue))
    for line in sourceLines(stock) {
      content.add(text(commandLines[line].item))
      content.add(commandLines[line].quantity)
    }
  }

  /// A batch has the source's line and the sale's line in turn.
  private func sourceLines(_ stock: SaleStock) -> StrideTo<Int> {
    stride(from: stock.lines.indices.lowerBound, to: stock.lines.indices.upperBound, by: 2)
  }

  /// Why the stock cannot be had; the whole or nothing.
  private func refusal(
    of stock: SaleStock, itemsBefore: Int, _ replies: inout ReplyBatch
  ) -> Reply? {
    let lines = sourceLines(stock)
    if itemsBefore + Int(stock.lines.count) / 2 > Bounds.itemsPerSaleMax { return Reply(.tooManyItems) }
    guard hasRoom(stock) else { return Reply(.tooManyItems) }
    // Once an operation, not an order: it may allocate.
    var wanted: [ItemNumber: Int64] = [:]
    let start = replies.shortages.count
    var unknown = false
    for line in lines {
      guard let item = item(itemKey(line)) else {
        if stock.source == .pools {
          unknown = true
          replies.shortages.append(Shortage(item: store(commandLines[line].item, in: &replies), available: 0))
        }
        continue
      }
      wanted[item.pointee.number, default: 0] += commandLines[line].quantity
      if !isCountable(item, adding: wanted[item.pointee.number]!) { return Reply(.balanceOverflow) }
    }
    func shortages() -> Body { .shortages(IndexRange(start: start, count: replies.shortages.count - start)) }
    if unknown { return Reply(.unknownItem, shortages()) }
    if stock.source == .supply { return nil }
    for line in lines {
      guard let item = item(itemKey(line)), let total = wanted.removeValue(forKey: item.pointee.number),
        total > item.pointee.movable
      else { continue }
      replies.shortages.append(
        Shortage(item: store(commandLines[line].item, in: &replies), available: max(0, item.pointee.movable)))
    }
    return replies.shortages.count > start ? Reply(.soldOut, shortages()) : nil
  }

  private typealias Body = Reply.Body

  private func hasRoom(_ stock: SaleStock) -> Bool {
    stock.lines.indices.allSatisfy { line in
      let partition = itemKey(line).partition
      let count = machines.machine(partition).pointee.partition(partition).pointee.itemCount
      return count + Int(stock.lines.count) <= Int(ItemNumber.ordinalMax)
    }
  }

  /// Everything in a sale's pool came from another pool: a new supply passes through the SKU's main one, which then is where the
  /// rest goes.
  private mutating func fill(_ stock: SaleStock) {
    for line in sourceLines(stock) {
      let quantity = commandLines[line].quantity
      let source = existing(line)
      if stock.source == .supply { emit(.supplied(source, quantity: quantity, reference: .empty)) }
      emit(.moved(from: source, to: existing(line + 1), quantity: quantity))
    }
  }

  /// The item of a line, made if it is not there.
  private mutating func existing(_ line: Int) -> ItemNumber {
    let key = itemKey(line)
    if let item = item(key) { return item.pointee.number }
    let ordinal = machines.machine(key.partition).pointee.partition(key.partition).pointee.itemCount
    let number = ItemNumber(partition: key.partition, ordinal: UInt32(ordinal))
    emit(.itemCreated(number, name: commandLines[line].item, quantity: 0))
    return number
  }

  // MARK: Pause, resume, close

  mutating func decide(_ change: SwitchSale, _ replies: inout ReplyBatch) -> Reply {
    let id = key(change.operation)
    let operation = change.change.operation
    var content = ContentHash(operation)
    content.add(text(change.sale))
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true)
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    guard let scope = sale(change.sale) else { return Reply(.noSuchSale) }
    guard let sale = scope.pointee.sale, !sale.isClosed else {
      if change.change == .close {
        // It closed by itself: that is what was wanted.
        emitOperation(change.operation, id, operation, content: content.value)
        return Reply(.done)
      }
      return notOpen(scope, &replies)
    }
    let number = scope.pointee.number
    emitOperation(change.operation, id, operation, content: content.value)
    switch change.change {
    case .pause: if !sale.isPaused { emit(.salePaused(number)) }
    case .resume: if sale.isPaused { emit(.saleResumed(number)) }
    case .close: emit(.saleClosed(number))
    }
    return Reply(.done)
  }

  /// A sale that does not sell now, with its window: the caller sees why. The moment before a sale is when most ask, so this costs
  /// the same however large the sale is.
  func notOpen(_ scope: UnsafeMutablePointer<Scope>, _ replies: inout ReplyBatch) -> Reply {
    let index = append(scope, to: &replies, isWhole: false)
    return Reply(.saleNotOpen, .sales(IndexRange(start: index, count: 1), next: 0))
  }

  // MARK: What time brings about

  /// A sale whose window begins or ends. Every shard of it is held.
  mutating func advance(_ scope: UnsafeMutablePointer<Scope>) {
    guard let sale = scope.pointee.sale, let deadline = sale.nextDeadline, deadline <= now else { return }
    let number = scope.pointee.number
    if sale.end <= now { emit(.saleClosed(number)) } else { emit(.saleStarted(number)) }
    endRecord()
  }

  /// Gives units of closed sales back to where they came from: the last to come are the first to go.
  /// - Returns: whether there may be more.
  mutating func settle(itemsMax: Int) -> Bool {
    var rest = itemsMax
    for shard in machines.held {
      let machine = machines.machine(shard: shard)
      while rest > 0, section.count < Self.sectionBytesMax, let item = machine.pointee.unsettled.popLast() {
        rest -= 1
        settle(item, machine)
      }
    }
    return rest == 0
  }

  mutating func settle(_ number: ItemNumber, _ machine: UnsafeMutablePointer<Machine>) {
    guard let slot = machine.pointee.itemSlot(number) else { return }
    let item = machine.pointee.items.pointer(slot)
    guard let place = machine.pointee.scope(item.pointee.scope).pointee.sale?.place(of: number) else { return }
    for source in place.sources.reversed() where source.units > 0 && item.pointee.available > 0 {
      emit(.moved(from: number, to: source.item, quantity: min(source.units, item.pointee.available)))
    }
    endRecord()
  }

  // MARK: Limits of SKUs, flags of buyers

  mutating func decide(_ limit: LimitSKU, _ replies: inout ReplyBatch) -> Reply {
    let id = key(limit.operation)
    var content = ContentHash(.limitSKU)
    content.add(text(limit.item))
    content.add(text(limit.limit))
    content.add(limit.isLifted ? 1 : 0)
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true)
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    let partition = key(limit.item).partition
    let machine = machines.machine(partition)
    let number: ScopeNumber
    if let index = machine.pointee.findScope(.sku, text(limit.item), in: partition) {
      let scope = machine.pointee.scopes[Int(index)]
      number = scope.pointee.number
      guard canTake(limit, scope) else { return Reply(.tooManyItems) }
    } else {
      let ordinal = machine.pointee.partition(partition).pointee.scopes.count
      guard ordinal < ScopeNumber.countMax else { return Reply(.tooManyItems) }
      number = ScopeNumber(partition: partition, ordinal: ordinal)
    }
    emitOperation(limit.operation, id, .limitSKU, content: content.value)
    emit(.limitSet(number, sku: limit.item, limit: limit.limit, isLifted: limit.isLifted))
    return Reply(.done)
  }

  private func canTake(_ limit: LimitSKU, _ scope: UnsafeMutablePointer<Scope>) -> Bool {
    guard scope.pointee.limits.count == Bounds.limitsMax else { return true }
    guard let new = Limit.decoded(text(limit.limit))?.first else { return false }
    return (0..<scope.pointee.limits.count).contains { scope.pointee.limits[$0].pointee.isSame(as: new) }
  }

  mutating func decide(_ flag: FlagBuyer) -> Reply {
    let id = key(flag.operation)
    let operation: Operation = flag.isFlagged ? .flagBuyer : .clearBuyer
    var content = ContentHash(operation)
    content.add(text(flag.buyer))
    switch status(of: id, content: content.value) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.done, isRepeat: true)
    case .new: break
    }
    if let refusal = refusalOfWrites { return refusal }
    emitOperation(flag.operation, id, operation, content: content.value)
    if flag.isFlagged {
      emit(.buyerFlagged(buyer: flag.buyer, isByHand: true, until: .zero))
    } else {
      emit(.buyerCleared(buyer: flag.buyer))
    }
    return Reply(.done)
  }
}

extension SwitchSale.Change {
  /// The command's number.
  public var operation: Operation {
    switch self {
    case .pause: .pauseSale
    case .resume: .resumeSale
    case .close: .closeSale
    }
  }
}
