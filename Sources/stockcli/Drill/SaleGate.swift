import NIOConcurrencyHelpers

/// Where the lanes of a sale pass before every step. Closed, it parks them, so that an audit sees a sale that stands still.
final class SaleGate: Sendable {
  private struct State {
    var isOpen = true
    var parked: [CheckedContinuation<Void, Never>] = []
    var running = 0
    /// Outages so far.
    var outages = 0
    var isOver = false
    var commands = 0
    var nextOrder = 0
  }

  private let state = NIOLockedValueBox(State())

  func begin(lanes: Int) { state.withLockedValue { $0.running += lanes } }
  func laneEnded() { state.withLockedValue { $0.running -= 1 } }

  func pass() async {
    await withCheckedContinuation { continuation in
      let passes = state.withLockedValue { state in
        if !state.isOpen { state.parked.append(continuation) }
        return state.isOpen
      }
      if passes { continuation.resume() }
    }
  }

  func close() {
    state.withLockedValue { state in
      state.isOpen = false
      state.outages += 1
    }
  }

  func open() {
    let parked = state.withLockedValue { state in
      state.isOpen = true
      defer { state.parked = [] }
      return state.parked
    }
    for continuation in parked { continuation.resume() }
  }

  /// No lane has anything on its way.
  var isStill: Bool { state.withLockedValue { $0.parked.count == $0.running } }
  var isOpen: Bool { state.withLockedValue { $0.isOpen } }
  var isDone: Bool { state.withLockedValue { $0.running == 0 } }
  var outages: Int { state.withLockedValue { $0.outages } }
  var commands: Int { state.withLockedValue { $0.commands } }
  var ordersBegun: Int { state.withLockedValue { $0.nextOrder } }

  func count(_ commands: Int) { state.withLockedValue { $0.commands += commands } }

  /// The sale ends: no order begins any more.
  func end() { state.withLockedValue { $0.isOver = true } }

  /// The next orders' numbers.
  func take(_ count: Int, ordersMax: Int?) -> Range<Int> {
    state.withLockedValue { state in
      let end = state.isOver ? state.nextOrder : min(state.nextOrder + count, ordersMax ?? .max)
      defer { state.nextOrder = max(state.nextOrder, end) }
      return state.nextOrder..<max(state.nextOrder, end)
    }
  }
}
