// confirm and cancel by line: named units of an open order move, the others stay held or go back. An order that is not open is
// answered as the whole command would be, save that a part of a sold one cannot be confirmed again.

extension Decider {
  mutating func decide(_ confirm: ConfirmLines, _ key: Key) -> Reply {
    let operation = self.key(confirm.operation)
    let content = contentHash(
      .confirmLines, confirm.order, confirm.lines, extra: Int64(confirm.remainder.rawValue), note: .empty)
    switch status(of: operation, content: content) {
    case .conflict: return Reply(.idConflict)
    case .done: return repeated(.confirmed, confirm.order, key)
    case .new: break
    }
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot):
      let print = home.pointee.fingerprints[slot]
      return confirmLinesEnded(
        confirm, print.orderState, rest: print.restEnd, key, isRefundRequired: print.isRefundRequired)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, confirm.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      guard order.pointee.state == .reserved else {
        return confirmLinesEnded(
          confirm, order.pointee.state, rest: order.pointee.restEnd, key,
          isRefundRequired: order.pointee.flags.contains(.refundRequired))
      }
      guard let lines = heldLines(confirm.lines, of: order, home) else { return Reply(.exceedsHeld) }
      emitOperation(confirm.operation, operation, .confirmLines, content: content)
      emit(.partlyConfirmed(Event.Moved(order: confirm.order, lines: lines)))
      if confirm.remainder == .release {
        let rest = eventLines(of: order, in: home) { $0.open }
        if !rest.isEmpty { emit(.partlyCancelled(Event.Moved(order: confirm.order, lines: rest), reason: .empty)) }
      }
      return Reply(.confirmed, .state(order.pointee.state))
    }
  }

  /// Nothing is held any more. A payment for what is gone must go back; whether one for a part of an order that is sold whole must,
  /// only the shop can know.
  private mutating func confirmLinesEnded(
    _ confirm: ConfirmLines, _ state: OrderState, rest: OrderState?, _ key: Key, isRefundRequired: Bool
  ) -> Reply {
    if let rest {
      if let refusal = refusalOfWrites { return refusal }
      requireRefund(confirm.order, key, isRequired: isRefundRequired)
      return restReply(rest, of: state)
    }
    switch state {
    case .confirmed, .shipped, .delivered: return Reply(.exceedsHeld, .state(state))
    case .reserved, .deferred, .returned: return endReply(state)
    case .cancelled, .expired, .fenced:
      if let refusal = refusalOfWrites { return refusal }
      requireRefund(confirm.order, key, isRequired: isRefundRequired)
      return endReply(state)
    }
  }

  mutating func decide(_ cancel: CancelLines, _ key: Key) -> Reply {
    let operation = self.key(cancel.operation)
    let content = contentHash(.cancelLines, cancel.order, cancel.lines, extra: 0, note: cancel.reason)
    switch status(of: operation, content: content) {
    case .conflict: return Reply(.idConflict)
    case .done: return repeated(.cancelled, cancel.order, key)
    case .new: break
    }
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot): return endReply(home.pointee.fingerprints[slot].orderState)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, cancel.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      guard order.pointee.state == .reserved else { return endReply(order.pointee.state) }
      guard let lines = heldLines(cancel.lines, of: order, home) else { return Reply(.exceedsHeld) }
      emitOperation(cancel.operation, operation, .cancelLines, content: content)
      emit(.partlyCancelled(Event.Moved(order: cancel.order, lines: lines), reason: cancel.reason))
      return Reply(.cancelled, .state(order.pointee.state))
    }
  }

  private func contentHash(
    _ operation: Operation, _ order: ByteRange, _ lines: IndexRange, extra: Int64, note: ByteRange
  ) -> UInt64 {
    var content = ContentHash(operation)
    content.add(text(order))
    content.add(extra)
    content.add(text(note))
    for index in lines.indices {
      content.add(text(commandLines[index].item))
      content.add(commandLines[index].quantity)
    }
    return content.value
  }

  /// The command's lines as the event's, if the order holds so much of each.
  private mutating func heldLines(
    _ lines: IndexRange, of order: UnsafeMutablePointer<Order>, _ home: UnsafeMutablePointer<Machine>
  ) -> IndexRange? {
    guard case .summed(let count) = sumLines(lines), has(count, order, home, { $0.open }) else { return nil }
    return IndexRange(start: 0, count: count)
  }
}
