extension StoreID {
  /// Where an order id or an operation id lies in this store: retention works by these parts.
  package func partition(ofID id: String) -> Partition {
    var bytes = Array(id.utf8)
    let count = bytes.count
    bytes += repeatElement(0, count: CommandBatch.slackBytes)
    return bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { preconditionFailure("the slack is never empty") }
      return Key(start, count: count, seed: keySeed).partition
    }
  }
}
