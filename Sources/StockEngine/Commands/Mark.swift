/// The warehouse's word on a sold order: it is on its way (ship), or it has arrived (deliver). No stock moves.
public struct Mark: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// A confirmed order for ship, a shipped one for deliver.
  public var order: ByteRange

  /// A mark of texts that lie in the batch.
  public init(operation: ByteRange, order: ByteRange) {
    self.operation = operation
    self.order = order
  }
}
