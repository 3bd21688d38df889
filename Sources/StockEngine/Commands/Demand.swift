/// The width of a row of a demand curve. Raw values are part of the protocol: append only.
public enum DemandBucket: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case second = 0
  case tenSeconds = 1
  case minute = 2
  case hour = 3

  /// Its width.
  public var milliseconds: Int64 {
    switch self {
    case .second: 1000
    case .tenSeconds: 10_000
    case .minute: 60_000
    case .hour: 3_600_000
    }
  }

  /// Which bucket a moment lies in, counted from 1970.
  func index(of time: Timestamp) -> Int64 { max(0, time.milliseconds) / milliseconds }

  /// When a bucket begins.
  func start(_ index: Int64) -> Timestamp { Timestamp(milliseconds: index * milliseconds) }
}

/// Where a demand curve goes on: every row before it was given.
public struct DemandCursor: Sendable, Hashable, BitwiseCopyable {
  /// The bucket of the next row.
  public var time: Timestamp
  /// The next row within that bucket; 0: its first.
  public var key: UInt64

  /// A cursor that a page gave.
  public init(time: Timestamp, key: UInt64) {
    self.time = time
    self.key = key
  }
}

/// Which part of a demand curve is wanted, and how fine. Buckets are always whole: `from` is taken back to the beginning of the one
/// that it lies in, `until` on to the end.
public struct DemandQuery: Sendable, Hashable, BitwiseCopyable {
  /// The first bucket; a cursor's time for the next page. 0: from the beginning.
  public var from: Timestamp
  /// A cursor's key; 0 begins.
  public var key: UInt64
  /// Nothing from here on; 0: up to now.
  public var until: Timestamp
  /// How wide a row is.
  public var bucket: DemandBucket
  /// 1 to 1,000.
  public var rowsMax: UInt32

  /// By default the whole curve, as many rows as a page holds.
  public init(
    from: Timestamp = .zero, key: UInt64 = 0, until: Timestamp = .zero, bucket: DemandBucket = .second,
    rowsMax: UInt32 = UInt32(Bounds.rowsPerPageMax)
  ) {
    self.from = from
    self.key = key
    self.until = until
    self.bucket = bucket
    self.rowsMax = rowsMax
  }
}

/// Reads how often buying an item was refused, over time, from the log.
public struct ReadDemand: Sendable, BitwiseCopyable {
  /// `sku`: in all of its pools, those of sales too. `sku@pool`: in this one (`sku@main`: in the SKU's own).
  public var item: ByteRange
  /// Which part of the curve.
  public var query: DemandQuery

  /// A read of an item whose name lies in the batch.
  public init(item: ByteRange, query: DemandQuery) {
    self.item = item
    self.query = query
  }
}

/// Refused attempts to buy one item for one reason, within one bucket.
public struct DemandRow: Sendable, BitwiseCopyable {
  /// When the bucket begins, in log time. An attempt counts when it was logged, up to a second after it was refused.
  public var time: Timestamp
  /// The item's name, with its pool.
  public var item: ByteRange
  /// The number of the outcome that they ended with.
  public var reason: UInt8
  /// How many.
  public var attempts: UInt64
  /// Units that they asked for.
  public var units: Int64
}

/// A page of a demand curve.
public struct DemandPage: Sendable, BitwiseCopyable {
  /// Ascending by time, then by the item's number, then by reason: `ReplyBatch.demandRows`.
  public var rows: IndexRange
  /// From here on the rows are all there are: the log that can be read reaches back no further. Otherwise as far back as was asked.
  public var since: Timestamp
  /// Where the next page begins, which may turn out to be empty; nil: this was the last.
  public var next: DemandCursor?
}
