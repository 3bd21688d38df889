import Glibc

/// Mistakes that are made on purpose, one at a time, to see that the tests find them. Named by STOCK_PLANTED_BUG when the process starts;
/// release builds cannot make them.
package enum PlantedBug: String, CaseIterable, Sendable {
  // MARK: The log

  /// A group counts as durable when it is written.
  case groupNotSynced
  /// Replies leave when their group is about to be written.
  case answeredBeforeSync
  /// A sync that failed is tried again, and believed.
  case failedSyncRetried
  /// A new segment's name is not made durable before groups go into it.
  case segmentNameNotSynced
  /// That the sync of a new segment's name failed is not noticed.
  case failedNameSyncOverlooked
  /// A sync of the log's names that failed for one thread is tried again by another, and believed.
  case failedNameSyncRetried
  /// The names of a new store's directory, and of those that it lies in, are not made durable.
  case storeNameNotSynced
  /// The names of the directories in a store are not made durable.
  case foldersNotSynced
  /// How far the log is durable is written down, and not synced.
  case watermarkNotSynced
  /// The name of the file that says so is not made durable.
  case watermarkNameNotSynced
  /// A group's bytes are taken as they are.
  case bodyNotChecked
  /// A damaged group is taken for torn although a later one shows that it was durable.
  case laterGroupOverlooked
  /// A sector of zeros is written as it is, and looks like one that never was.
  case zeroSectorNotMasked
  /// Idle logs get no heartbeat.
  case heartbeatLeftOut
  /// The first record after a start takes the LSN of the last one before it.
  case lsnReused

  // MARK: What leaves when

  /// Replies wait for one record less than they rest on.
  case replyEarlyByOne
  /// What only reads waits for nothing.
  case readNotGated
  /// What writes nothing, refusals and repeats too, waits for nothing.
  case refusalNotGated
  /// Two reserves that stand beside each other in a batch change places.
  case commandsChangePlaces

  // MARK: Recovery

  /// What is read at the start may still vanish.
  case recoveredNotSynced
  /// The last segment is read from the page cache, where a failed sync left what the disk has not got.
  case lastSegmentReadFromCache
  /// That the last segment is sealed is taken from a copy whose name may still vanish.
  case sealedCopyTrusted
  /// The mark of how far the log was durable is not looked at.
  case watermarkOverlooked
  /// A second daemon is let in.
  case lockLeftOut
  /// A segment of another store is taken.
  case otherStoreTaken
  /// A start does not begin an epoch.
  case epochNotBegun
  /// Bytes of a torn tail are cut without being saved.
  case tornTailNotSaved
  /// After an outage deadlines move twice.
  case deadlineShiftedTwice
  /// Log time begins with the wall clock, even if that was set back.
  case logTimeSetBack

  // MARK: Snapshots and the archive

  /// A snapshot gets its name before it is durable.
  case snapshotNotSynced
  /// Segments go for a snapshot whose name is not durable.
  case snapshotNameNotSynced
  /// A snapshot claims a record more than it holds.
  case snapshotClaimsARecordMore
  /// Ids of ended orders are not in the snapshot.
  case tombstonesNotInSnapshot
  /// Ids of operations are not in the snapshot.
  case operationsNotInSnapshot
  /// Segments leave the log when the newest snapshot covers them; the one before still needs them.
  case truncatedAgainstNewest
  /// A segment leaves the log before its copy in the archive is durable.
  case archiveNotSynced
  /// Or though the sync of its copy's name failed.
  case archiveNameTrusted

  // MARK: Decisions

  /// An expiry happens and is not logged.
  case expiryNotLogged
  /// Of a cart only the first line is logged.
  case cartHalfLogged
  /// An operation's id is not logged.
  case operationNotLogged
  /// Expired orders keep what they had of a limit.
  case limitNotReleased
  /// The shards of an order's lines are not taken when it is changed.
  case shardsOfOrderForgotten
  /// One unit too many is sold.
  case soldOneTooMany
  /// An id that comes again with another content is taken for a repeat.
  case idConflictOverlooked
  /// A cancelled order that is paid asks for no refund.
  case refundForgotten
  /// An order whose deadline has passed is taken as it is found, until the sweep comes by.
  case overdueTakenAsOpen
  /// On a disk that fills up, what gives stock back is refused with the rest.
  case releaseRefusedForSpace

  package static let variable = "STOCK_PLANTED_BUG"

  #if STOCK_TESTING
    private static let planted = getenv(variable).flatMap { PlantedBug(rawValue: String(cString: $0)) }
  #endif

  @inline(__always)
  package var isPlanted: Bool {
    #if STOCK_TESTING
      Self.planted == self
    #else
      false
    #endif
  }
}

extension PlantedBug {
  /// Whether an event is to be kept from the log, or from being logged whole.
  @inline(__always)
  static func isKeptFromLog(_ event: Event) -> Bool {
    #if STOCK_TESTING
      switch (planted, event) {
      case (.expiryNotLogged, .expired), (.operationNotLogged, .operationDone): true
      case (.cartHalfLogged, .reserved(let placed)): placed.lines.count > 1
      default: false
      }
    #else
      false
    #endif
  }

  /// What is logged of such an event, if anything.
  static func halfOf(_ event: Event) -> Event? {
    guard case .reserved(var placed) = event else { return nil }
    placed.lines.count = 1
    return .reserved(placed)
  }
}
