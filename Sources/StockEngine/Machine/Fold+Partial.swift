// What events do to orders of which only a part moves, and what the warehouse's marks do. Out of the way of `fold`'s usual cases.

extension Machine {
  typealias OrderLines = UnsafeMutableBufferPointer<OrderLine>

  /// The state of an order of which nothing is open any more.
  /// - Parameter unsold: if no unit was ever confirmed.
  @inline(__always)
  static func settled(_ lines: OrderLines, unsold: OrderState) -> OrderState {
    var wasSold = false
    for line in lines where line.confirmed > 0 {
      if line.out > 0 { return .confirmed }
      wasSold = true
    }
    return wasSold ? .returned : unsold
  }

  private static func isOpen(_ lines: OrderLines) -> Bool { lines.contains { $0.open > 0 } }

  @inline(never)
  mutating func foldPartlyConfirmed(_ moved: Event.Moved, _ source: EventSource, _ now: Timestamp) {
    for line in source.lines(moved.lines) { move(line, .reservedToSold) }
    foldMoved(moved, source, now, room: { $0.open }) {
      $0.confirmed += $1
    } finish: { lines, _ in
      Self.isOpen(lines) ? nil : (.confirmed, [])
    }
  }

  @inline(never)
  mutating func foldPartlyCancelled(_ moved: Event.Moved, _ source: EventSource, _ now: Timestamp) {
    for line in source.lines(moved.lines) { move(line, .reservedToAvailable) }
    foldMoved(moved, source, now, room: { $0.open }) {
      $0.cancelled += $1
    } finish: { lines, _ in
      (Self.isOpen(lines) ? .reserved : Self.settled(lines, unsold: .cancelled), .partlyCancelled)
    }
  }

  /// What was cancelled by line before stays apart from what expires: a late confirm takes only the latter again. So in an expired
  /// order with `partlyCancelled` the expired units are those that look open; in every other one they are the cancelled ones.
  @inline(__always)
  mutating func foldExpired(_ moved: Event.Moved, _ source: EventSource, _ now: Timestamp) {
    foldMoved(moved, source, now, room: { $0.open }) {
      $0.cancelled += $1
    } finish: { lines, flags in
      let state = Self.settled(lines, unsold: .expired)
      if state == .expired && flags.contains(.partlyCancelled) {
        Self.forEach(source.lines(moved.lines), in: lines) { $0.cancelled -= $1 }
      }
      return (state, state == .expired ? [] : .restExpired)
    }
  }

  /// What the expiry had taken is sold after all.
  @inline(never)
  mutating func foldLateConfirmed(_ moved: Event.Moved, _ source: EventSource, _ now: Timestamp) {
    for line in source.lines(moved.lines) { move(line, .availableToSold) }
    foldMoved(moved, source, now, room: nil) {
      $0.confirmed += $1
    } finish: { lines, flags in
      if !flags.contains(.partlyCancelled) {
        Self.forEach(source.lines(moved.lines), in: lines) { $0.cancelled -= $1 }
      }
      return (.confirmed, .late)
    }
  }

  private static func forEach(
    _ moved: UnsafeBufferPointer<EventLine>, in lines: OrderLines, _ change: (inout OrderLine, UInt32) -> Void
  ) {
    var at = 0
    for line in moved {
      while lines[at].item != line.item { at += 1 }
      change(&lines[at], line.quantity)
    }
  }

  /// The order goes to the young end of its list: retention counts from its last change.
  @inline(never)
  mutating func foldMark(_ id: ByteRange, _ state: OrderState, _ source: EventSource, _ now: Timestamp) {
    let key = key(id, source)
    guard serves(key.partition), let slot = record(key) else { return }
    let order = orders.pointer(slot)
    stateHash &-= entityHash(of: order, keyHash: key.hash)
    refile(slot, as: state, key.partition, now)
    stateHash &+= entityHash(of: order, keyHash: key.hash)
  }
}

extension Order {
  /// Of a line of an expired order: the units that a late confirm must take again.
  func expiredUnits(of line: OrderLine) -> UInt32 {
    flags.contains(.partlyCancelled) ? line.open : line.cancelled
  }
}
