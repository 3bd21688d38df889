// The only code that changes a machine. Events are facts: fold checks nothing that decide has checked, but traps where an
// event contradicts the state, since going on would corrupt it further.

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
    case .moved(let from, let to, let quantity):
      withServed(from) { machine, slot in machine.supply(slot, -quantity) }
      withServed(to) { machine, slot in machine.supply(slot, quantity) }
    case .shortfall, .sealed, .heartbeat: break

    case .reserved(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToReserved) }
      foldPlaced(placed, state: .reserved, flags: [], source, now)
    case .deducted(let placed):
      for line in source.lines(placed.lines) { move(line, .availableToSold) }
      foldPlaced(placed, state: .confirmed, flags: .deducted, source, now)
    case .confirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToSold) }
      foldMoved(moved, source, now) {
        $0.confirmed += $1
      } finish: { _ in
        (.confirmed, [])
      }
    case .lateConfirmed(let moved):
      for line in source.lines(moved.lines) { move(line, .availableToSold) }
      // What the expiry had cancelled is sold after all.
      foldMoved(moved, source, now) {
        $0.cancelled -= $1
        $0.confirmed += $1
      } finish: { _ in
        (.confirmed, .late)
      }
    case .cancelled(let moved, _):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldMoved(moved, source, now) {
        $0.cancelled += $1
      } finish: { _ in
        (.cancelled, [])
      }
    case .expired(let moved):
      for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
      foldMoved(moved, source, now) {
        $0.cancelled += $1
      } finish: { _ in
        (.expired, [])
      }
    case .returned(let moved, let disposition):
      for line in source.lines(moved.lines) {
        move(line, disposition == .available ? .soldToAvailable : .soldToScrapped)
      }
      foldMoved(moved, source, now) {
        $0.returned += $1
      } finish: { lines in
        lines.allSatisfy { $0.out == 0 } ? (.returned, []) : nil
      }
    case .extended(let order, let deadline): foldExtended(order, deadline, source, now)
    case .fenced(let order, _): foldFenced(order, source, now)
    case .refundRequired(let order): foldRefundRequired(order, source)

    case .operationDone(let id, let operation, let content):
      foldOperation(id, operation: operation, content: content, source, now)
    case .ordersRetired(let partition, let endedUpTo, let soldUpTo):
      foldRetired(partition, endedUpTo: endedUpTo, soldUpTo: soldUpTo, now)
    case .fingerprintsForgotten(let partition, let upTo): foldForgotten(partition, upTo: upTo)
    case .operationsForgotten(let partition, let upTo): foldOperationsForgotten(partition, upTo: upTo)
    case .outage(let from, _, let shift): foldOutage(from: from, shift: shift, now)
    case .epochBegan(let start): foldEpoch(start)
    }
  }
}
