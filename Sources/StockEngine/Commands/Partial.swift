/// reserved -> sold for some units of an open order: its parcels are paid one by one, say.
public struct ConfirmLines: Sendable, BitwiseCopyable {
  /// What becomes of the units that are not named. Raw values are part of the protocol: append only.
  public enum Remainder: UInt8, Sendable, BitwiseCopyable {
    /// They stay reserved until the deadline.
    case keep = 0
    /// They go back in the same record.
    case release = 1
  }

  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// An open order.
  public var order: ByteRange
  /// 1 to 256 items of the order, and how many units of each are paid.
  public var lines: IndexRange
  /// What becomes of the rest.
  public var remainder: Remainder

  /// A confirm of texts and lines that lie in the batch.
  public init(operation: ByteRange, order: ByteRange, lines: IndexRange, remainder: Remainder) {
    self.operation = operation
    self.order = order
    self.lines = lines
    self.remainder = remainder
  }
}

/// reserved -> available for some units of an open order.
public struct CancelLines: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// An open order. One that was never seen gets no tombstone: a part of an order fences nothing.
  public var order: ByteRange
  /// 1 to 256 items of the order, and how many units of each go back.
  public var lines: IndexRange
  /// Why, up to 128 bytes of UTF-8.
  public var reason: ByteRange

  /// A cancel of texts and lines that lie in the batch.
  public init(operation: ByteRange, order: ByteRange, lines: IndexRange, reason: ByteRange) {
    self.operation = operation
    self.order = order
    self.lines = lines
    self.reason = reason
  }
}
