import NIOConcurrencyHelpers
import StockWire

/// Where calls of any thread wait for the loop. The loop is woken once for all that come before it gets there.
struct CallInbox: Sendable {
  private struct Box: Sendable {
    var calls: [PendingCall] = []
    var lastID: UInt64 = 0
    var limits = FrameLimits()
    var connectionsMade = 0
    var isClosed = false
  }

  private let box = NIOLockedValueBox(Box())

  /// What the server takes in a frame, as far as it is known.
  var limits: FrameLimits {
    get { box.withLockedValue { $0.limits } }
    nonmutating set { box.withLockedValue { $0.limits = newValue } }
  }

  /// How often a server has greeted back.
  var connectionsMade: Int { box.withLockedValue { $0.connectionsMade } }
  func noteConnection() { box.withLockedValue { $0.connectionsMade += 1 } }

  /// Whether the client was told to close.
  var isClosed: Bool { box.withLockedValue { $0.isClosed } }
  func close() { box.withLockedValue { $0.isClosed = true } }

  /// Puts the frames of one call, one behind the other.
  /// - Returns: whether the loop must be woken.
  func put(
    _ frames: [OutgoingFrame], _ continuation: CheckedContinuation<Result<[WireReply], StockClientError>, Never>
  ) -> Bool {
    let gathering = frames.count > 1 ? Gathering(parts: frames.count, continuation) : nil
    return box.withLockedValue { box in
      let mustWake = box.calls.isEmpty
      for index in frames.indices {
        var frame = frames[index]
        box.lastID += 1
        frame.setID(box.lastID)
        let waiter = gathering.map { Waiter.part(index, $0) } ?? .whole(continuation)
        box.calls.append(PendingCall(id: box.lastID, frame: frame, waiter: waiter))
      }
      return mustWake
    }
  }

  /// All that wait, in order.
  func takeAll() -> [PendingCall] {
    box.withLockedValue { box in
      var calls: [PendingCall] = []
      swap(&calls, &box.calls)
      return calls
    }
  }
}
