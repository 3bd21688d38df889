// ship, deliver: what the warehouse says of a sold order. Each mark has its operation id and happens once.

extension Decider {
  mutating func decide(_ mark: Mark, _ operation: Operation, _ key: Key) -> Reply {
    let id = self.key(mark.operation)
    var content = ContentHash(operation)
    content.add(text(mark.order))
    let (from, to, outcome) = Self.step(operation)
    let status = status(of: id, content: content.value)
    if status == .conflict { return Reply(.idConflict) }
    if status == .done { return repeated(outcome, mark.order, key) }
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(.noSuchOrder)
    case .retired(let slot):
      let state = home.pointee.fingerprints[slot].orderState
      return state == from ? Reply(.tooOld) : Reply(.wrongState, .state(state))
    case .record(let slot):
      if let refusal = refusalOfWrites { return refusal }
      guard expireIfOverdue(slot, mark.order, key) else { return Reply(.noSpace) }
      let state = home.pointee.orders.pointer(slot).pointee.state
      guard state == from else { return Reply(.wrongState, .state(state)) }
      emitOperation(mark.operation, id, operation, content: content.value)
      emit(to == .shipped ? .shipped(order: mark.order) : .delivered(order: mark.order))
      return Reply(outcome, .state(to))
    }
  }

  private static func step(_ operation: Operation) -> (from: OrderState, to: OrderState, Outcome) {
    operation == .ship ? (.confirmed, .shipped, .shipped) : (.shipped, .delivered, .delivered)
  }

  /// The answer to an operation of an order that was done before: the same success, with the order's present state.
  mutating func repeated(_ outcome: Outcome, _ order: ByteRange, _ key: Key) -> Reply {
    let home = machines.machine(key.partition)
    switch home.pointee.findOrder(key) {
    case .unknown: return Reply(outcome, isRepeat: true)
    case .retired(let slot):
      return Reply(outcome, isRepeat: true, .state(home.pointee.fingerprints[slot].orderState))
    case .record(let slot):
      guard expireIfOverdue(slot, order, key) else { return Reply(.noSpace) }
      return Reply(outcome, isRepeat: true, .state(home.pointee.orders.pointer(slot).pointee.state))
    }
  }
}
