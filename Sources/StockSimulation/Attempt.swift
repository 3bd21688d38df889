import StockEngine
import StockModel

/// One sending of a command, and what is known of it. A command that is sent again, after its connection was lost, is another attempt.
///
/// `@unchecked Sendable`: it is touched by the thread whose turn it is.
final class Attempt: @unchecked Sendable {
  let command: ShopCommand
  let client: Int
  /// The daemon's life in which it was sent.
  let life: Int
  /// The moment of the sending. Moments count up over the whole simulation.
  let called: Int
  /// What the daemon decided, whether the client ever heard of it or not.
  var decided: Decided?
  /// When the client had the answer; nil if it never came.
  var returned: Int?

  struct Decided {
    var answer: Answer
    var time: Int64
    /// Whether the answer's LSN is that of a record of its own.
    var wrote: Bool
    /// Whether the disk had no room then, or a moment before.
    var mayLackSpace: Bool
  }

  init(_ command: ShopCommand, client: Int, life: Int, called: Int) {
    self.command = command
    self.client = client
    self.life = life
    self.called = called
  }

  var lsn: LSN { decided?.answer.lsn ?? .zero }

  /// Where it took effect: with its own record, or behind the one that its answer rests on.
  var position: UInt64 { lsn.rawValue << 1 | (decided?.wrote == true ? 0 : 1) }
}
