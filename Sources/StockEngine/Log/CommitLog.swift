/// Where groups become durable. The embedded one is a local file log; a replicated one appends each group to a quorum.
///
/// At most one call is under way at a time: that is what makes the tail rule exact, and a conditional append possible.
protocol CommitLog: AnyObject, Sendable {
  /// Appends one group and returns when it is durable. Blocks.
  func append(_ group: PendingGroup) -> CommitResult
  /// Returns once it is certain that no other writer has taken over since the call. A local log has none.
  func barrier() -> CommitResult
  /// What may still be appended without asking for more room, and whether more can be had.
  var room: LogRoom { get }
  /// The log's last segment has come far enough to be sealed, and its successor is ready.
  var wantsSeal: Bool { get }
  var totals: LogTotals { get }
  func close()
}

enum CommitResult {
  case durable
  /// Nothing of the group is in the log, and nothing ever will be.
  case failed(EngineFault)
  /// The group may or may not be durable. Nobody may be told either.
  case unknown(EngineFault)
}

struct LogRoom: Equatable, BitwiseCopyable {
  /// Bytes that are allocated and free.
  var bytes: Int
  /// The disk is too full to allocate more.
  var isLow: Bool
}

struct LogTotals: Equatable, BitwiseCopyable {
  var bytes: UInt64 = 0
  var rawBytes: UInt64 = 0
  var groups: UInt64 = 0
  var records: UInt64 = 0
}

/// What follows a group.
enum GroupEnd: Sendable {
  /// Another group of the same segment.
  case open
  /// The next segment.
  case sealed
  /// Nothing: the log is closed. The next segment is begun for the next start, if it can be.
  case closed
}

/// The records of one group to be.
///
/// `@unchecked Sendable`: a group belongs to whoever gathers it until it is handed to the log's thread, under a lock.
final class PendingGroup: @unchecked Sendable {
  private(set) var body = ByteWriter(capacity: 256 * 1024)
  private(set) var firstLSN = LSN.zero
  private(set) var records: UInt32 = 0
  private(set) var time = Timestamp.zero
  private(set) var lastTime = Timestamp.zero
  var end = GroupEnd.open
  /// What was set aside for it, in the worst case.
  var reservedBytes = 0

  init() {}

  var lastLSN: LSN { LSN(firstLSN.rawValue + UInt64(records) - 1) }
  var isEmpty: Bool { records == 0 }

  func clear() {
    body.removeAll()
    records = 0
    end = .open
    reservedBytes = 0
  }

  func append(_ section: UnsafeRawBufferPointer, records count: Int, at time: Timestamp, firstLSN lsn: LSN) {
    if records == 0 {
      firstLSN = lsn
      self.time = time
      lastTime = time
    }
    body.makeRoom(20 + section.count)
    body.putSigned(time.milliseconds - lastTime.milliseconds)
    body.putVarint(UInt64(count))
    body.put(bytes: section)
    lastTime = time
    records += UInt32(count)
  }

  /// A group of one section, outside any queue.
  static func single(
    _ section: UnsafeRawBufferPointer, records: Int, at time: Timestamp, firstLSN: LSN, end: GroupEnd
  ) -> PendingGroup {
    let group = PendingGroup()
    group.append(section, records: records, at: time, firstLSN: firstLSN)
    group.end = end
    return group
  }
}

/// Hears of the log's progress. Called on the log's thread: be short.
public protocol DurabilityListener: Sendable {
  func logBecameDurable(upTo lsn: LSN)
  /// Once, for good. Nothing that was not durable before may be answered.
  func logFailed(_ fault: EngineFault)
}
