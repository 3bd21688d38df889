// return: sold -> available or scrapped, by line, at most what was sold and has not come back. An order of which only a part was
// confirmed may give that part back while it is still open.

extension Decider {
  mutating func decide(_ returned: ReturnLines, _ key: Key) -> Reply {
    let operation = self.key(returned.operation)
    let content = contentHash(returned)
    switch status(of: operation, content: content) {
    case .conflict: return Reply(.idConflict)
    case .done: return Reply(.returned, isRepeat: true)
    case .new: break
    }
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired: return Reply(.tooOld)
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, returned.order, key) else { return Reply(.noSpace) }
      let order = home.pointee.orders.pointer(slot)
      guard order.pointee.state.isSold || isPartlyOut(order, home) else {
        return Reply(.wrongState, .state(order.pointee.state))
      }
      let lines: IndexRange
      if returned.lines.isEmpty {
        lines = eventLines(of: order, in: home) { $0.out }
      } else {
        guard case .summed(let count) = sumLines(returned.lines), has(count, order, home, { $0.out }) else {
          return Reply(.exceedsSold)
        }
        lines = IndexRange(start: 0, count: count)
      }
      let moved = Event.Moved(order: returned.order, lines: lines)
      emitOperation(returned.operation, operation, .returnLines, content: content)
      emit(.returned(moved, disposition: returned.disposition))
      return Reply(.returned, .state(order.pointee.state))
    }
  }

  private func contentHash(_ returned: ReturnLines) -> UInt64 {
    var content = ContentHash(.returnLines)
    content.add(text(returned.order))
    content.add(Int64(returned.disposition.rawValue))
    for index in returned.lines.indices {
      content.add(text(commandLines[index].item))
      content.add(commandLines[index].quantity)
    }
    return content.value
  }

  private func isPartlyOut(_ order: UnsafeMutablePointer<Order>, _ home: UnsafeMutablePointer<Machine>) -> Bool {
    order.pointee.state.isOpen && home.pointee.lines(of: order).contains { $0.out > 0 }
  }

  /// Whether the order has so many `units` of each of the event's lines. Both are sorted by item.
  func has(
    _ count: Int, _ order: UnsafeMutablePointer<Order>, _ home: UnsafeMutablePointer<Machine>,
    _ units: (OrderLine) -> UInt32
  ) -> Bool {
    let lines = home.pointee.lines(of: order)
    var at = 0
    for index in 0..<count {
      while at < lines.count && lines[at].item < eventLines[index].item { at += 1 }
      guard at < lines.count, lines[at].item == eventLines[index].item,
        units(lines[at]) >= eventLines[index].quantity
      else { return false }
    }
    return true
  }
}
