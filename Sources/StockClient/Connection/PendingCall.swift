import NIOConcurrencyHelpers
import StockWire

/// One frame of a call and who waits for it.
struct PendingCall: Sendable {
  let id: UInt64
  let frame: OutgoingFrame
  let waiter: Waiter

  func finish(_ result: Result<[WireReply], StockClientError>) {
    switch waiter {
    case .whole(let continuation): continuation.resume(returning: result)
    case .part(let index, let gathering): gathering.put(result, at: index)
    }
  }
}

/// Who waits for a frame's replies: a call of one frame, or one part of a longer batch.
enum Waiter: Sendable {
  case whole(CheckedContinuation<Result<[WireReply], StockClientError>, Never>)
  case part(Int, Gathering)
}

/// Gathers the replies to a batch of several frames, and answers its caller when all are there.
final class Gathering: Sendable {
  private struct Parts: Sendable {
    var results: [Result<[WireReply], StockClientError>?]
    var missing: Int
  }

  private let parts: NIOLockedValueBox<Parts>
  private let continuation: CheckedContinuation<Result<[WireReply], StockClientError>, Never>

  init(parts count: Int, _ continuation: CheckedContinuation<Result<[WireReply], StockClientError>, Never>) {
    parts = NIOLockedValueBox(Parts(results: Array(repeating: nil, count: count), missing: count))
    self.continuation = continuation
  }

  func put(_ result: Result<[WireReply], StockClientError>, at index: Int) {
    let all: [Result<[WireReply], StockClientError>?]? = parts.withLockedValue { parts in
      parts.results[index] = result
      parts.missing -= 1
      return parts.missing == 0 ? parts.results : nil
    }
    guard let all else { return }
    var replies: [WireReply] = []
    for part in all {
      switch part {
      case .success(let more): replies += more
      case .failure(let error):
        continuation.resume(returning: .failure(Self.ofBatch(error, all)))
        return
      case nil: preconditionFailure("no part is missing")
      }
    }
    continuation.resume(returning: .success(replies))
  }

  /// The first error, and whether any part may have happened.
  private static func ofBatch(
    _ error: StockClientError, _ all: [Result<[WireReply], StockClientError>?]
  ) -> StockClientError {
    var error = error
    for case .success? in all { error.mayHaveHappened = true }
    for case .failure(let other)? in all where other.mayHaveHappened { error.mayHaveHappened = true }
    return error
  }
}
