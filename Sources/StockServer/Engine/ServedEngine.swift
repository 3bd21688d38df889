public import StockEngine

/// What the server asks of an engine. `Inventory` is the one there is; tests bring their own, to hold the log back at will.
public protocol ServedEngine: Sendable {
  associatedtype Executor: ServedExecutor

  var storeID: StoreID { get }
  /// Those up to the present start, which began the last.
  var epochs: EpochHistory { get }
  /// Never less than what a durability listener was last told.
  var durableLSN: LSN { get }
  var now: Timestamp { get }

  /// One for each event loop.
  func makeExecutor() -> Executor
  func addDurabilityListener(_ listener: any DurabilityListener)
  /// Appends one reply. Blocks: called on a thread of its own.
  func history(item: String, beforeVersion: UInt64, rowsMax: Int, into replies: inout ReplyBatch)
  /// Appends one reply. Blocks: called on a thread of its own.
  func demand(item: String, _ query: DemandQuery, into replies: inout ReplyBatch)
  /// Adds up every item. Blocks: called on a thread of its own.
  func check() -> CheckReport
  /// Has a snapshot made of everything so far. Blocks: called on a thread of its own.
  func orderSnapshot() throws(EngineFault)
}

/// Decides batches on the thread that brings them.
public protocol ServedExecutor: AnyObject {
  /// Appends a reply for each command, in order, and says in `replies.gate` from which durable LSN on they may leave.
  func execute(_ batch: inout CommandBatch, into replies: inout ReplyBatch)
  /// Whether an idle log begins to write within `execute`; otherwise ``wakeLog()`` sees to it.
  var wakesLog: Bool { get set }
  /// An idle log writes what was decided.
  func wakeLog()
}
