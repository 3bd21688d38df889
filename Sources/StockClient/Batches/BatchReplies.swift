public import StockWire

/// The place of one command in a batch, and how its answer is read.
public struct Ticket<Success: Sendable & Equatable>: Sendable {
  /// The command's place in its batch.
  public let index: Int
  let read: @Sendable (WireReply) -> Success?
}

/// The answers to a batch, in the order of its commands.
public struct BatchReplies: Sendable {
  /// As they came: one a command.
  public let replies: [WireReply]

  /// As many as the batch had commands.
  public var count: Int { replies.count }

  /// The answer to one command of the batch that gave this ticket.
  public subscript<Success>(_ ticket: Ticket<Success>) -> Answer<Success> {
    get throws(StockClientError) {
      precondition(replies.indices.contains(ticket.index), "a ticket is of the batch that was sent")
      return try Answer(replies[ticket.index], ticket.read)
    }
  }
}
