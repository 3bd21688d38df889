// confirm, cancel, resolve, extend: what ends or prolongs a hold. None of them ever fails for lack of stock, save a confirm
// that comes after the deadline.

extension Decider {
  @inline(__always)
  mutating func decide(_ confirm: Confirm, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot): return confirmRetired(confirm, home.pointee.fingerprints[slot], key)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, confirm.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      switch order.pointee.state {
      case .deferred: return confirmDeferred(confirm, slot, key)
      case .reserved:
        let lines = eventLines(of: order, in: home) { $0.open }
        emit(.confirmed(Event.Moved(order: confirm.order, lines: lines)))
        return Reply(.confirmed)
      case .confirmed, .shipped, .delivered, .returned:
        if let end = order.pointee.restEnd {
          requireRefund(confirm.order, key, isRequired: order.pointee.flags.contains(.refundRequired))
          return restReply(end, of: order.pointee.state)
        }
        if order.pointee.state == .returned { return endReply(.returned) }
        return Reply(order.pointee.flags.contains(.late) ? .lateConfirmed : .confirmed, isRepeat: true)
      case .expired: return confirmLate(confirm, slot, key)
      case .cancelled, .fenced:
        requireRefund(confirm.order, key, isRequired: order.pointee.flags.contains(.refundRequired))
        return endReply(order.pointee.state)
      }
    }
  }

  /// The deadline passed, but the payment came: take the stock again if it is there, else the money must go back. Once it must, it stays
  /// so, whatever comes free later: the shop pays back what it is told to, and a repeat must not sell it as well.
  @inline(never)
  private mutating func confirmLate(_ confirm: Confirm, _ slot: UInt32, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    let order = home.pointee.orders.pointer(slot)
    let lines = eventLines(of: order, in: home) { order.pointee.expiredUnits(of: $0) }
    let isRefunded = order.pointee.flags.contains(.refundRequired)
    if !isRefunded && acceptsLate(order) && isThere(lines) && canCountAgain(order, home, lines) {
      emit(.lateConfirmed(Event.Moved(order: confirm.order, lines: lines)))
      return Reply(.lateConfirmed)
    }
    requireRefund(confirm.order, key, isRequired: isRefunded)
    return endReply(.expired)
  }

  private func isThere(_ lines: IndexRange) -> Bool {
    source.lines(lines).allSatisfy { item($0.item).pointee.sellable >= Int64($0.quantity) }
  }

  private func acceptsLate(_ order: UnsafeMutablePointer<Order>) -> Bool {
    let number = order.pointee.sale
    if number.isNone { return true }
    let scope = machines.machine(number.partition).pointee.scope(number)
    return !scope.pointee.switches.hasStrictDeadline
  }

  /// A flagged buyer paid: now the stock is taken, if it is there; if not, the money must go back.
  @inline(never)
  private mutating func confirmDeferred(_ confirm: Confirm, _ slot: UInt32, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    let lines = eventLines(of: home.pointee.orders.pointer(slot), in: home) { $0.open }
    let moved = Event.Moved(order: confirm.order, lines: lines)
    if isThere(lines) {
      emit(.deferredConfirmed(moved))
      return Reply(.confirmed)
    }
    emit(.deferralEnded(moved, as: .cancelled, reason: .empty))
    emit(.refundRequired(order: confirm.order))
    return Reply(.soldOut)
  }

  private mutating func confirmRetired(_ confirm: Confirm, _ print: Fingerprint, _ key: Key) -> Reply {
    let state = print.orderState
    if let end = print.restEnd {
      if let refusal = refusalOfWrites { return refusal }
      requireRefund(confirm.order, key, isRequired: print.isRefundRequired)
      return restReply(end, of: state)
    }
    if state.isSold { return Reply(.confirmed, isRepeat: true) }
    if let refusal = refusalOfWrites { return refusal }
    if state != .returned { requireRefund(confirm.order, key, isRequired: print.isRefundRequired) }
    return endReply(state)
  }

  /// Once an order.
  mutating func requireRefund(_ order: ByteRange, _ key: Key, isRequired: Bool) {
    if !isRequired && !PlantedBug.refundForgotten.isPlanted { emit(.refundRequired(order: order)) }
  }

  @inline(__always)
  mutating func decide(_ cancel: Cancel, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown:
      if let refusal = refusalOfWrites { return refusal }
      emit(.fenced(order: cancel.order, reason: cancel.reason))
      return Reply(.fenced)
    case .retired(let slot):
      let print = home.pointee.fingerprints[slot]
      return cancelEnded(print.orderState, rest: print.restEnd)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, cancel.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      guard order.pointee.state.isOpen else { return cancelEnded(order.pointee.state, rest: order.pointee.restEnd) }
      let moved = Event.Moved(order: cancel.order, lines: eventLines(of: order, in: home) { $0.open })
      emit(
        order.pointee.state == .deferred
          ? .deferralEnded(moved, as: .cancelled, reason: cancel.reason) : .cancelled(moved, reason: cancel.reason))
      return Reply(.cancelled)
    }
  }

  /// - Parameter rest: how the rest of a partly sold order ended; cancelled, it was by a cancel like this one.
  private func cancelEnded(_ state: OrderState, rest: OrderState?) -> Reply {
    if rest == .cancelled { return Reply(.cancelled, isRepeat: true) }
    return switch state {
    case .cancelled: Reply(.cancelled, isRepeat: true)
    case .fenced: Reply(.fenced, isRepeat: true)
    case .reserved, .deferred, .confirmed, .shipped, .delivered, .expired, .returned: endReply(state)
    }
  }

  mutating func decide(_ resolve: Resolve, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown:
      if let refusal = refusalOfWrites { return refusal }
      emit(.fenced(order: resolve.order, reason: .empty))
      return Reply(.fenced)
    case .retired(let slot): return Reply(.found, .state(home.pointee.fingerprints[slot].orderState))
    case .record(let slot):
      guard expireIfOverdue(slot, resolve.order, key) else { return Reply(.noSpace) }
      return Reply(.found, .state(home.pointee.orders.pointer(slot).pointee.state))
    }
  }

  mutating func decide(_ extend: Extend, _ key: Key) -> Reply {
    let operation = self.key(extend.operation)
    var content = ContentHash(.extend)
    content.add(text(extend.order))
    content.add(extend.holdMilliseconds)
    let status = status(of: operation, content: content.value)
    if status == .conflict { return Reply(.idConflict) }
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot): return endReply(home.pointee.fingerprints[slot].orderState)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, extend.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      guard order.pointee.state.isOpen else { return endReply(order.pointee.state) }
      if status == .new {
        if extend.holdMilliseconds > rules.holdMillisecondsMax { return Reply(.holdTooLong) }
        emitOperation(extend.operation, operation, .extend, content: content.value)
        let deadline = now.adding(milliseconds: extend.holdMilliseconds)
        if deadline > order.pointee.deadline {
          emit(.extended(order: extend.order, deadline: deadline))
        }
      }
      return Reply(
        order.pointee.state == .deferred ? .deferred : .extended, isRepeat: status == .done,
        .hold(available: item(order.pointee.line.item).pointee.sellable, deadline: order.pointee.deadline))
    }
  }
}
