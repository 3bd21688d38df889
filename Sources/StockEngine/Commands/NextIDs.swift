/// Hands out numbers that no other call of this store gets, in the order of time: ids for orders, say.
///
/// It has no operation id: an answer that is lost wastes its numbers, and nothing else.
public struct NextIDs: Sendable, BitwiseCopyable {
  /// 1 to 4,096.
  public var count: UInt32

  /// A call for so many.
  public init(count: UInt32) {
    self.count = count
  }
}
