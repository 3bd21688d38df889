/// The names in the log's directory, which two threads make durable: the log those of new segments, the archivist the end of old ones.
///
/// A sync that failed is final for both: what it lost may have been the other's, and a second sync would prove nothing.
///
/// `@unchecked Sendable`: what changes is read and written under `lock`.
final class LogDirectory: @unchecked Sendable {
  private let storage: any Storage
  private let path: String
  private let lock = Lock()
  private var failure: StorageError?
  private var onBackgroundFailure: @Sendable (StorageError) -> Void = { _ in }

  init(storage: any Storage, path: String) {
    self.storage = storage
    self.path = path
  }

  /// - Parameter report: hears of a sync that failed for another thread than the log's; called on that one.
  func onBackgroundFailure(_ report: @escaping @Sendable (StorageError) -> Void) {
    lock.withLock { onBackgroundFailure = report }
  }

  /// Makes durable what was created, renamed and removed before the call.
  /// - Throws: also if an earlier sync failed, whoever asked for it.
  func sync() throws(StorageError) {
    try lock.withLock { () throws(StorageError) in
      if let failure, !PlantedBug.failedNameSyncRetried.isPlanted { throw failure }
      do throws(StorageError) {
        try storage.syncDirectory(path)
      } catch {
        failure = error
        throw error
      }
    }
  }

  /// The same for a thread that is not the log's: the log hears of a failure, and ends.
  func syncInBackground() throws(StorageError) {
    do {
      try sync()
    } catch {
      if !PlantedBug.failedNameSyncRetried.isPlanted { lock.withLock { onBackgroundFailure }(error) }
      throw error
    }
  }
}
