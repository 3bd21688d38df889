import StockEngine
import StockModel
import StockWire
import Synchronization

/// Where clients of one store write down what they send and what they are told, from any thread, frame by frame.
///
/// What it takes in is kept as it came; words are made of it when the load is over.
package final class HistoryRecorder: Sendable {
  /// Commands of one frame, and the replies to them; nil: no answer came.
  private struct Frame: Sendable {
    var client: Int64
    var called: Int64
    var returned: Int64?
    var isResent: Bool
    var commands: [ShopCommand]
    var replies: [WireReply]?
  }

  private struct State: Sendable {
    var frames: [Frame] = []
    var operations = 0
    var isFull = false
    var given: [GivenItem] = []
  }

  private let state = Mutex(State())
  private let operationsMax: Int

  /// - Parameter operationsMax: beyond that nothing more is taken in, and the history is of no use.
  package init(operationsMax: Int) { self.operationsMax = operationsMax }

  /// The bound was reached: what came after is missing.
  package var isFull: Bool { state.withLock { $0.isFull } }

  /// - Parameters:
  ///   - client: commands of one client take effect in the order in which they are recorded.
  ///   - called, returned: nanoseconds of the monotonic clock.
  ///   - isResent: the frame may have been sent more than once.
  package func record(
    client: Int64, called: UInt64, returned: UInt64?, isResent: Bool = false, _ commands: [ShopCommand],
    _ replies: [WireReply]?
  ) {
    let frame = Frame(
      client: client, called: Int64(clamping: called), returned: returned.map { Int64(clamping: $0) },
      isResent: isResent,
      commands: commands, replies: replies)
    state.withLock { state in
      guard state.operations + commands.count <= operationsMax else {
        state.isFull = true
        return
      }
      state.operations += commands.count
      state.frames.append(frame)
    }
  }

  /// An item as the history finds it.
  package func give(_ balance: WireBalance) {
    guard balance.exists else { return }
    var item = ReferenceModel.Item(version: Int64(clamping: balance.version))
    item.supplied = balance.supplied
    item.available = balance.available
    item.reserved = balance.reserved
    item.sold = balance.sold
    item.scrapped = balance.scrapped
    item.floor = balance.floor
    let given = GivenItem(name: ReferenceModel.short(balance.item), item: item)
    state.withLock { $0.given.append(given) }
  }

  /// Everything so far. Of each client in the order recorded.
  /// - Parameter from: the last record before the first command.
  package func history(rules: Rules = Rules(), from: LSN) -> ClientHistory {
    var history = ClientHistory()
    history.header.rules = rules
    history.header.from = from
    let (frames, given, count) = state.withLock { ($0.frames, $0.given, $0.operations) }
    history.given = given
    history.operations.reserveCapacity(count)
    // The header, the items, then one line each.
    var line = 1 + given.count
    for frame in frames {
      for (place, command) in frame.commands.enumerated() {
        line += 1
        var operation: HistoryOperation
        if let replies = frame.replies, let returned = frame.returned {
          operation = HistoryOperation(
            client: frame.client, called: frame.called, returned: returned, isResent: frame.isResent, command: command,
            reply: replies[place])
        } else {
          operation = HistoryOperation(
            client: frame.client, called: frame.called, isResent: frame.isResent, command: command)
        }
        operation.line = line
        history.operations.append(operation)
      }
    }
    return history
  }
}
