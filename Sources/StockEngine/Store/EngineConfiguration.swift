/// How a store is run. Nothing here changes what is on disk.
public struct EngineConfiguration: Sendable {
  /// A power of two, at most 64. More shards let more event loops decide side by side.
  public var shards = 1
  /// What a shop may set: payment times, retention, outages.
  public var rules = Rules()
  /// Size of a log segment, preallocated.
  public var segmentBytes = 64 << 20
  /// Log bytes after which the follower makes a snapshot.
  public var snapshotBytes: UInt64 = 256 << 20
  /// Log bytes that no snapshot covers, beyond which new holds are asked to try again.
  public var lagBytesMax: UInt64 = 4 << 30
  /// Bytes waiting to be written, beyond which new commands are asked to try again.
  public var pendingBytesMax = 64 << 20
  /// Memory for tables that is touched before the store opens; more is touched as it is needed.
  public var readyMemoryBytes = 0
  /// Free space of the disk that segments leave alone.
  public var freeBytesMin: UInt64 = 192 << 20
  /// Covered segments are kept in the archive up to so many bytes; 0 keeps none.
  public var archiveBytesMax: UInt64 = 8 << 30
  /// How long they are kept, counted from their last record in log time; 0: as long as there is room.
  public var archiveMillisecondsMax: Int64 = 0
  /// How much of the log and the archive one history, or one page of a demand, may read.
  public var historyBytesMax: UInt64 = 1 << 30
  /// False: no thread works by itself; the test calls `tick` and `makeSnapshot`.
  public var runsUpkeep = true
  /// The id of a store that has yet to be made; nil: drawn at random.
  public var newStore: StoreID?
  /// Tells this start from another one of the same directory; nil: drawn at random.
  public var epochNonce: UInt32?

  /// The defaults.
  public init() {}

  /// Throws `configuration` if a value makes no sense; `Inventory` checks the same.
  public func check() throws(EngineFault) {
    func require(_ condition: Bool, _ what: String) throws(EngineFault) {
      if !condition { throw EngineFault(.configuration, what, advice: "Correct the setting and start again.") }
    }
    try require(
      shards >= 1 && shards <= Machine.shardsMax && shards & (shards - 1) == 0,
      "the number of shards must be a power of two, at most \(Machine.shardsMax); it is \(shards).")
    let segmentMin = 4 * LogFormat.blockBytes
    try require(
      segmentBytes >= segmentMin && segmentBytes % LogFormat.blockBytes == 0,
      "a segment has at least \(segmentMin) bytes, in blocks of \(LogFormat.blockBytes); it is \(segmentBytes).")
    try require(
      snapshotBytes >= UInt64(segmentBytes),
      "a snapshot is made after at least one segment (\(segmentBytes) bytes) of log; the setting is \(snapshotBytes).")
    try require(
      lagBytesMax > snapshotBytes,
      "the log without a snapshot may be longer than what a snapshot is made after (\(snapshotBytes)); it is \(lagBytesMax)."
    )
    try require(
      readyMemoryBytes >= 0 && readyMemoryBytes <= 1 << 40,
      "the memory to make ready is 0 to 1 TiB; it is \(readyMemoryBytes).")
    let fortyDays: Int64 = 40 * 24 * 60 * 60 * 1000
    try require(
      rules.holdMilliseconds > 0 && rules.holdMilliseconds <= rules.holdMillisecondsMax
        && rules.holdMillisecondsMax <= fortyDays,
      "a payment time is positive, within its maximum, and that within 40 days.")
    try require(
      rules.endedRetentionMilliseconds >= 0 && rules.soldRetentionMilliseconds >= 0
        && rules.idRetentionMilliseconds >= rules.holdMillisecondsMax && rules.outageShiftMillisecondsMax >= 0
        && archiveMillisecondsMax >= 0,
      "retention times are not negative, and ids are kept at least as long as an order may stay open.")
    // A buyer's last expiries are remembered, and no more: a higher threshold would silently never be reached.
    try require(
      (0...Rules.unpaidFlagThresholdMax).contains(rules.unpaidFlagThreshold),
      "a buyer is flagged after at most \(Rules.unpaidFlagThresholdMax) unpaid orders, or never (0); it is \(rules.unpaidFlagThreshold)."
    )
    try require(
      rules.unpaidPeriodMilliseconds > 0 && rules.flagMilliseconds >= 0,
      "unpaid orders are counted within a positive time, and a flag's time is not negative.")
  }
}
