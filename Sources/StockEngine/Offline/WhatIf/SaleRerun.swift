/// Decides a recorded sale again: the same attempts at the same times, through the decider that decides live ones, on a machine that
/// has nothing but this sale.
///
/// What came from outside is told as it was told then: stock, pauses, flags, outages, retention. An order's fate (paid, cancelled,
/// returned ...) is its recorded one. One that wins at the very record at which it won then also expires when the log says so, since
/// a sweep may lag; every other by its own deadline.
final class SaleRerun {
  private let tape: SaleTape
  private let plan: SalePlan
  private let assuming: WhatIf.Assumption
  private let paidShare: Double

  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  private let machine: UnsafeMutablePointer<Machine>
  private var decider: Decider
  private var batch = CommandBatch()
  private var replies = ReplyBatch()
  private var eventLines: [EventLine] = []

  private(set) var tally = SaleTally()
  /// Orders whose fate was assumed.
  private(set) var assumed = 0
  private var number = ScopeNumber.none
  /// The sale's items by SKU, and where their units come from and go home to.
  private var items: [ItemNumber] = []
  private var sources: [ItemNumber] = []
  /// SKUs whose changed stock was filled in.
  private var filled: Set<Int> = []
  private var deadlines = OwnDeadlines()
  private var isClosed = false
  private var operations = 0

  init(_ tape: SaleTape, store: StoreID, plan: SalePlan, assuming: WhatIf.Assumption, paidShare: Double) {
    self.tape = tape
    self.plan = plan
    self.assuming = assuming
    self.paidShare = paidShare
    // The tape has what these rules decided then.
    var rules = Rules()
    rules.unpaidFlagThreshold = 0
    rules.holdMillisecondsMax = .max
    places = .allocate(capacity: 1)
    machine = .allocate(capacity: 1)
    machine.initialize(to: Machine(store: store, tracksDeadlines: false))
    decider = Decider(rules: rules, store: store, machines: MachineSet(places: places, shards: 1, store: store))
    decider.machines.hold(machine, shard: 0)
  }

  deinit {
    machine.deinitialize(count: 1)
    machine.deallocate()
    places.deallocate()
  }

  func run() {
    open()
    for step in tape.steps {
      advance(to: step.time)
      perform(step)
      if plan.hasOwnWindow && isClosed { settleFreed() }
    }
    advance(to: tape.end)
  }

  // MARK: Time

  private func advance(to time: Timestamp) {
    while let due = deadlines.take(until: time) {
      decider.now = max(decider.now, due.deadline)
      expire(due.order)
    }
    decider.now = max(decider.now, time)
    if plan.hasOwnWindow && !isClosed && number != .none && plan.terms.end <= time { close() }
  }

  /// Logs that an order's deadline has passed, if it has; one that was moved meanwhile comes again.
  private func expire(_ order: ByteRange) {
    guard let slot = record(of: order) else { return }
    let found = machine.pointee.orders[slot]
    guard found.state.isOpen else { return }
    guard found.deadline <= decider.now else { return deadlines.insert(order, at: found.deadline) }
    log { $0.logExpiry(of: slot, in: $0.machines.machine(shard: 0)) }
  }

  private func record(of order: ByteRange) -> UInt32? {
    batch.removeAll()
    let id = tape.withText(order) { batch.store($0) }
    batch.seal()
    let seed = decider.keySeed
    return batch.bytes.withUnsafeBufferPointer { bytes in
      let key = Key(bytes.baseAddress! + id.start, count: Int(id.count), seed: seed)
      guard case .record(let slot) = machine.pointee.findOrder(key) else { return nil }
      return slot
    }
  }

  private func isOpen(_ order: ByteRange) -> Bool {
    record(of: order).map { machine.pointee.orders[$0].state.isOpen } ?? false
  }

  // MARK: Facts

  /// Lets the decider emit what was not its to decide, and sums it up.
  private func log(_ body: (inout Decider) -> Void) {
    decider.beginSection()
    body(&decider)
    decider.endRecord()
    sumUp()
  }

  /// Emits an event whose texts are these bytes.
  private func tell(_ bytes: [UInt8] = [], _ event: Event) {
    let padded = bytes + [UInt8](repeating: 0, count: CommandBatch.slackBytes)
    padded.withUnsafeBufferPointer { bytes in
      let noLines = UnsafePointer<EventLine>(bitPattern: 64)!
      let source = EventSource(bytes: bytes.baseAddress!, lines: noLines)
      log { $0.emit(event, from: source) }
    }
  }

  private func tell(_ text: ByteRange, _ event: (ByteRange) -> Event) {
    let bytes = tape.withText(text) { Array($0) }
    tell(bytes, event(ByteRange(offset: 0, count: bytes.count)))
  }

  /// Reads the events of the section back, as they would stand in a log.
  private func sumUp() {
    let bytes = decider.section.bytes
    var reader = ByteReader(bytes)
    eventLines.removeAll(keepingCapacity: true)
    var events: [Event] = []
    while !reader.isAtEnd {
      let length = Int(reader.takeVarint())
      let end = reader.position + length
      while reader.position < end {
        do throws(EventDecodingError) {
          if let event = try reader.takeEvent(lines: &eventLines, at: decider.now) { events.append(event) }
        } catch {
          preconditionFailure("what was just written does not read")
        }
      }
    }
    eventLines.withUnsafeBufferPointer { lines in
      let noLines = UnsafePointer<EventLine>(bitPattern: 64)!
      let source = EventSource(
        bytes: bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), lines: lines.baseAddress ?? noLines)
      for event in events { tally.add(event, source, at: decider.now) }
    }
  }

  private func open() {
    let sale = Array(tape.sale.utf8)
    let limits = ByteRange(offset: sale.count, count: plan.limits.count)
    let eligible = ByteRange(offset: limits.end, count: tape.eligible.count)
    var terms = plan.terms
    terms.limits = limits
    terms.eligible = eligible
    number = ScopeNumber(partition: partition(of: sale), ordinal: 0)
    tell(
      sale + plan.limits + tape.eligible,
      .saleOpened(number, sale: ByteRange(offset: 0, count: sale.count), terms: terms, isPaused: plan.isPaused))
  }

  private func partition(of item: [UInt8]) -> Partition {
    let padded = item + [UInt8](repeating: 0, count: CommandBatch.slackBytes)
    return padded.withUnsafeBufferPointer {
      ItemKey($0.baseAddress!, count: item.count, seed: decider.keySeed).partition
    }
  }

  private func create(_ sku: Int) {
    let source = Array(tape.skus[sku].utf8)
    sources.append(make(source))
    items.append(make(source + Array("@~\(tape.sale)".utf8)))
    tally.name(items[sku], sku: sku)
  }

  private func make(_ name: [UInt8]) -> ItemNumber {
    let partition = partition(of: name)
    let ordinal = machine.pointee.partition(partition).pointee.itemCount
    let item = ItemNumber(partition: partition, ordinal: UInt32(ordinal))
    tell(name, .itemCreated(item, name: ByteRange(offset: 0, count: name.count), quantity: 0))
    return item
  }

  private func fill(_ sku: Int, _ recorded: Int64) {
    var units = recorded
    if let changed = plan.stock[sku] {
      guard filled.insert(sku).inserted, changed > 0 else { return }
      units = changed
    }
    tell([], .supplied(sources[sku], quantity: units, reference: .empty))
    tell([], .moved(from: sources[sku], to: items[sku], quantity: units))
  }

  private func close() {
    isClosed = true
    tell([], .saleClosed(number))
    if plan.hasOwnWindow { for sku in items.indices { settle(sku) } }
  }

  private func settle(_ sku: Int) {
    if !isClosed { return }
    let item = items[sku]
    log { $0.settle(item, $0.machines.machine(shard: 0)) }
  }

  private func settleFreed() {
    let freed = tally.freed
    tally.freed = []
    for sku in freed.sorted() { settle(sku) }
  }

  /// Units of a closed sale go home when they did; those of SKUs that then had none to send, along with the others'.
  private func settleAsRecorded(_ sku: Int) {
    settle(sku)
    for other in items.indices where !tape.settledSKUs.contains(other) && tally.available(other) > 0 { settle(other) }
  }

  // MARK: Steps

  private func perform(_ step: SaleTape.Step) {
    switch step.kind {
    case .attempt(let attempt): place(step, attempt)
    case .expire: expire(step.name)
    case .replaced:
      if let slot = record(of: step.name) { deadlines.insert(step.name, at: machine.pointee.orders[slot].deadline) }
    case .payLate(let isShort): if isShort || isOpen(step.name) { settle(step, step.kind) }
    case .confirm, .confirmLines, .cancel, .cancelLines, .extend, .giveBack, .ship, .deliver: settle(step, step.kind)
    case .create(let sku): create(sku)
    case .fill(let sku, let units): fill(sku, units)
    case .settle(let sku): if !plan.hasOwnWindow { settleAsRecorded(sku) }
    case .pause: if !plan.isNeverPaused { tell([], .salePaused(number)) }
    case .resume: tell([], .saleResumed(number))
    case .close: if !plan.hasOwnWindow { close() }
    case .retire: retire()
    case .flag(let isByHand, let until):
      tell(step.name) { .buyerFlagged(buyer: $0, isByHand: isByHand, until: until) }
    case .clearFlag: tell(step.name) { .buyerCleared(buyer: $0) }
    case .outage(let from, let to, let shift): tell([], .outage(from: from, to: to, shiftMilliseconds: shift))
    case .retireOrders(let partition, let ended, let sold):
      tell([], .ordersRetired(partition, endedUpTo: ended, soldUpTo: sold))
    case .forgetOrders(let partition, let upTo): tell([], .fingerprintsForgotten(partition, upTo: upTo))
    }
  }

  private func retire() {
    guard isClosed else { return }
    tell([], .saleRetired(number))
    var budget = Int.max
    machine.pointee.purgeUses(budget: &budget)
  }

  // MARK: Attempts

  private func place(_ step: SaleTape.Step, _ attempt: SaleTape.Attempt) {
    tally.attempts += 1
    let reply = decide { batch in
      var reserve = Reserve(
        order: store(step.name, &batch), buyer: store(attempt.buyer, &batch), payload: .empty,
        lines: storeLines(step, &batch, ofSale: false), holdMilliseconds: attempt.holdMilliseconds, issuedAt: .zero)
      reserve.sale = batch.store(tape.sale)
      reserve.subjects = store(attempt.subjects, &batch)
      reserve.replacesUnpaid = attempt.replacesUnpaid
      return attempt.isDeduct ? .deduct(reserve) : .reserve(reserve)
    }
    if reply.outcome.isRefusedAttempt {
      tally.refuse(tape.print(step.name), reply.outcome, tape.lines[step.lines.indices])
    } else if !reply.outcome.isSuccess || reply.isRepeat {
      tally.repeats += 1
    } else if attempt.isRefused {
      takeOn(step, attempt)
    }
  }

  /// An order that won, and did not win here then.
  private func takeOn(_ step: SaleTape.Step, _ attempt: SaleTape.Attempt) {
    if attempt.isDeduct { return }
    let order = tape.print(step.name)
    if !tape.fates.contains(order) {
      assumed += 1
      if isPaid(order) {
        settle(step, .confirm)
        return
      }
    }
    if let slot = record(of: step.name) { deadlines.insert(step.name, at: machine.pointee.orders[slot].deadline) }
  }

  private func isPaid(_ order: SaleTape.OrderPrint) -> Bool {
    switch assuming {
    case .confirm: true
    case .expire: false
    case .like: Double(order.low >> 11) * 0x1p-53 < paidShare
    }
  }

  // MARK: Fates

  private func settle(_ step: SaleTape.Step, _ fate: SaleTape.Kind) {
    operations += 1
    let operation = "fate-\(operations)"
    _ = decide { batch in
      let order = store(step.name, &batch)
      switch fate {
      case .confirm, .payLate: return .confirm(Confirm(order: order))
      case .cancel(let reason): return .cancel(Cancel(order: order, reason: store(reason, &batch)))
      case .confirmLines(let releases):
        return .confirmLines(
          ConfirmLines(
            operation: batch.store(operation), order: order, lines: storeLines(step, &batch, ofSale: true),
            remainder: releases ? .release : .keep))
      case .cancelLines(let reason):
        return .cancelLines(
          CancelLines(
            operation: batch.store(operation), order: order, lines: storeLines(step, &batch, ofSale: true),
            reason: store(reason, &batch)))
      case .extend(let deadline):
        let hold = max(1, deadline.milliseconds - decider.now.milliseconds)
        return .extend(Extend(operation: batch.store(operation), order: order, holdMilliseconds: hold))
      case .giveBack(let disposition):
        return .returnLines(
          ReturnLines(
            operation: batch.store(operation), order: order, lines: storeLines(step, &batch, ofSale: true),
            disposition: disposition))
      case .ship: return .ship(Mark(operation: batch.store(operation), order: order))
      case .deliver: return .deliver(Mark(operation: batch.store(operation), order: order))
      case .attempt, .expire, .replaced, .create, .fill, .settle, .pause, .resume, .close, .retire, .flag, .clearFlag,
        .outage, .retireOrders, .forgetOrders:
        preconditionFailure("this is no order's fate")
      }
    }
  }

  // MARK: Commands

  private func store(_ range: ByteRange, _ batch: inout CommandBatch) -> ByteRange {
    tape.withText(range) { batch.store($0) }
  }

  private func storeLines(_ step: SaleTape.Step, _ batch: inout CommandBatch, ofSale: Bool) -> IndexRange {
    let start = batch.lineCount
    for line in tape.lines[step.lines.indices] {
      let name = tape.skus[Int(line.sku)]
      batch.appendLine(
        item: batch.store(ofSale ? "\(name)@~\(tape.sale)" : name), quantity: Int64(line.quantity))
    }
    return IndexRange(start: start, count: batch.lineCount - start)
  }

  /// Decides one command, as a shard would that has everything, and sums up what it led to.
  private func decide(_ make: (inout CommandBatch) -> Command) -> Reply {
    batch.removeAll()
    replies.removeAll()
    let command = make(&batch)
    batch.append(command)
    batch.seal()
    let reply = batch.commands.withUnsafeBufferPointer { commands in
      batch.lines.withUnsafeBufferPointer { lines in
        batch.bytes.withUnsafeBufferPointer { bytes in
          decider.bytes = bytes.baseAddress!
          if let lines = lines.baseAddress { decider.commandLines = lines }
          _ = decider.openWindow(of: commands, from: 0)
          decider.beginSection()
          decider.beginTouching(commands)
          return decider.decide(commands[0], at: 0, into: &replies)
        }
      }
    }
    precondition(reply.outcome != .malformed, "a recorded command breaks a bound")
    sumUp()
    return reply
  }
}

extension Outcome {
  /// A reserve or deduct that ends so got nothing, and nothing that it had got before.
  fileprivate var isRefusedAttempt: Bool {
    isUnmetDemand || self == .subjectMissing || self == .unknownItem || self == .orderFenced
  }
}
