/// Sets what an item is to be sold by. What is not named stays as it is.
public struct ConfigureItem: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// `sku` or `sku@pool`.
  public var item: ByteRange
  /// No sale takes `available` below this: negative permits backorder, positive keeps safety stock. At most 2^31-1 either way.
  public var floor: Int64?

  /// A configuration whose texts lie in the batch.
  public init(operation: ByteRange, item: ByteRange, floor: Int64?) {
    self.operation = operation
    self.item = item
    self.floor = floor
  }
}

/// Moves units of `available` from one pool of a SKU to another. The target is created if it does not exist.
public struct Move: Sendable, BitwiseCopyable {
  /// The operation's id, the key of idempotence.
  public var operation: ByteRange
  /// The item that gives: `sku` or `sku@pool`.
  public var from: ByteRange
  /// The item that takes: another pool of the same SKU.
  public var to: ByteRange
  /// Units, 1 to 2^31-1.
  public var quantity: Int64

  /// A move whose texts lie in the batch.
  public init(operation: ByteRange, from: ByteRange, to: ByteRange, quantity: Int64) {
    self.operation = operation
    self.from = from
    self.to = to
    self.quantity = quantity
  }
}

/// Reads a SKU's balance in every pool that it lies in.
public struct ReadPools: Sendable, BitwiseCopyable {
  /// The SKU alone.
  public var sku: ByteRange

  /// A read of a SKU that lies in the batch.
  public init(sku: ByteRange) {
    self.sku = sku
  }
}
