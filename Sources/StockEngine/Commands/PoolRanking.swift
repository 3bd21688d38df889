/// The pools that a reserve may be served from, the best first: names in `CommandBatch.pools`.
public struct PoolRanking: Sendable, BitwiseCopyable {
  /// The first name.
  public var start: UInt32
  /// How many; 0: the lines name their pools themselves.
  public var count: UInt8

  /// A piece of the batch's pool names.
  public init(start: UInt32, count: UInt8) {
    self.start = start
    self.count = count
  }

  /// The lines name their pools themselves.
  public static var none: PoolRanking { PoolRanking(start: 0, count: 0) }
  /// Whether no pool is ranked.
  public var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
