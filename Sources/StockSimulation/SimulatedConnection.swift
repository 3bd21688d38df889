import StockEngine
import StockServer
import StockWire

/// A client's connection in one life of the daemon: the server's own machine decides what may leave when; an answer is one byte to it.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is.
final class SimulatedConnection: @unchecked Sendable {
  let client: Int
  private(set) var machine: ConnectionMachine
  /// Decided, in order, and not yet with the client.
  private var held: [Attempt] = []
  /// Answers that have left, for the client to take.
  var delivered: [Attempt] = []

  init(client: Int, now: Int64) {
    self.client = client
    machine = ConnectionMachine(limits: ServerLimits(), now: now, greets: false)
  }

  func queue(_ attempts: [Attempt], gate: LSN) {
    held += attempts
    machine.queue(bytes: attempts.count, frames: 1, gate: gate)
  }

  /// - Returns: whether anything left.
  func flush(durable: LSN, now: Int64) -> Bool {
    switch machine.flush(durable: durable, now: now) {
    case .wait: return false
    case .write(let count), .writeAndFinish(let count):
      deliver(count)
      return true
    }
  }

  func logFailed(durable: LSN, now: Int64) {
    guard case .explain(_, let keeping) = machine.logFailed(durable: durable) else { return }
    held.removeLast(held.count - keeping)
    deliver(keeping)
  }

  private func deliver(_ count: Int) {
    delivered += held[..<count]
    held.removeFirst(count)
  }
}
