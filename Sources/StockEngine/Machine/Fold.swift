// The only code that changes a machine. Events are facts: fold checks nothing that decide has checked, but for what would contradict
// the state (`Machine.contradict`): bytes may have the right check and yet be nonsense.

extension Machine {
  /// Applies the parts of an event that this machine serves: its items, its orders.
  /// - Parameter now: the record's time.
  mutating func fold(_ event: Event, from source: EventSource, at now: Timestamp) {
    if now > time { time = now }
    switch event {
    case .itemCreated(let number, let name, let quantity):
      foldCreated(number, name: name, quantity: quantity, source)
    case .itemReplaced(let number, let delta):
      withServed(number) { machine, slot in machine.supply(slot, delta) }
    case .supplied(let number, let quantity, _):
      withServed(number) { machine, slot in machine.supply(slot, quantity) }
    case .adjusted(let number, let delta, _, _):
      withServed(number) { machine, slot in machine.supply(slot, delta) }
    case .configured(let number, let floor):
      withServed(number) { machine, slot in machine.configure(slot, floor: floor) }
    case .moved(let from, let to, let quantity): foldMoved(from: from, to: to, quantity)
    case .refused(let item, let reason, let attempts, _): foldRefused(item, reason: reason, attempts: attempts)
    case .shortfall, .attempted, .sealed, .heartbeat: break

    case .reserved(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToReserved) }
      foldPlaced(placed, state: .reserved, flags: [], source, now)
    case .deducted(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToSold) }
      foldPlaced(placed, state: .confirmed, flags: .deducted, source, now)
    case .deferred(let placed): foldPlaced(placed, state: .deferred, flags: [], source, now)
    case .deferredConfirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .availableToSold) }
      foldMoved(moved, source, now, room: { $0.open }) {
        $0.confirmed += $1
      } finish: { _, _ in
        (.confirmed, [])
      }
    case .deferralEnded(let moved, let state, _):
      foldMoved(moved, source, now, room: { $0.open }) {
        $0.cancelled += $1
      } finish: { _, _ in
        (state, [])
      }
    case .confirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToSold) }
      foldMoved(moved, source, now, room: { $0.open }) {
        $0.confirmed += $1
      } finish: { _, _ in
        (.confirmed, [])
      }
    case .lateConfirmed(let moved): foldLateConfirmed(moved, source, now)
    case .cancelled(let moved, _):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldMoved(moved, source, now, room: { $0.open }) {
        $0.cancelled += $1
      } finish: { lines, _ in
        let state = Self.settled(lines, unsold: .cancelled)
        return (state, state == .cancelled ? [] : .restCancelled)
      }
    case .expired(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldExpired(moved, source, now)
    case .partlyConfirmed(let moved): foldPartlyConfirmed(moved, source, now)
    case .partlyCancelled(let moved, _): foldPartlyCancelled(moved, source, now)
    case .returned(let moved, let disposition):
      for line in source.lines(moved.lines) {
        move(line, disposition == .available ? .soldToAvailable : .soldToScrapped)
      }
      foldMoved(moved, source, now, room: { $0.out }) {
        $0.returned += $1
      } finish: { lines, _ in
        lines.allSatisfy { $0.out == 0 && $0.open == 0 } ? (.returned, []) : nil
      }
    case .shipped(let order): foldMark(order, .shipped, source, now)
    case .delivered(let order): foldMark(order, .delivered, source, now)
    case .extended(let order, let deadline): foldExtended(order, deadline, source, now)
    case .fenced(let order, _): foldFenced(order, source, now)
    case .refundRequired(let order): foldRefundRequired(order, source)

    case .limitSet(let scope, let sku, let limit, let isLifted): foldLimit(scope, sku, limit, isLifted, source)
    case .saleOpened(let number, let sale, let terms, let isPaused):
      foldSaleOpened(number, sale, terms, isPaused: isPaused, source)
    case .salePaused(let number): withSale(number) { $0.isPaused = true }
    case .saleResumed(let number): withSale(number) { $0.isPaused = false }
    case .saleStarted(let number): foldSaleStarted(number)
    case .saleClosed(let number): foldSaleClosed(number, now)
    case .saleRetired(let number): foldSaleRetired(number)
    case .buyerUnpaid(let buyer): withBuyer(buyer, source, now) { $0.add(expiry: now) }
    case .buyerFlagged(let buyer, let isByHand, let until):
      withBuyer(buyer, source, now) {
        $0.flag = isByHand ? .byHand : .byRule
        $0.until = until
      }
    case .buyerCleared(let buyer):
      withBuyer(buyer, source, now) {
        $0.flag = .none
        $0.until = .zero
        $0.expiries = InlineArray(repeating: .zero)
      }
    case .buyersForgotten(let partition, let upTo): foldBuyersForgotten(partition, upTo: upTo, now)
    case .operationDone(let id, let operation, let content):
      foldOperation(id, operation: operation, content: content, source, now)
    case .ordersRetired(let partition, let endedUpTo, let soldUpTo):
      foldRetired(partition, endedUpTo: endedUpTo, soldUpTo: soldUpTo, now)
    case .fingerprintsForgotten(let partition, let upTo): foldForgotten(partition, upTo: upTo)
    case .operationsForgotten(let partition, let upTo): foldOperationsForgotten(partition, upTo: upTo)
    case .outage(let from, _, let shift): foldOutage(from: from, shift: shift, now)
    case .epochBegan(let start): foldEpoch(start)
    case .idsIssued(let last): foldIssued(last)
    }
  }
}
