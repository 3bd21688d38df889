/// Copies a store's directory while a daemon works in it. Takes no lock and writes nothing there.
///
/// **What the copy holds**: the log up to a record that it names, which is durable in the store: no start of the store will ever do
/// without it. It holds every record that was acknowledged before the copy began.
///
/// **How that is known.** All segments but the highest are sealed and were synced before the next one got its name. The highest is read
/// past the page cache, so what is read is what the disk has, and then synced through a descriptor of our own: what was read has
/// then left the disk's cache too. What was acknowledged before was synced before, so it is among it. A group that is just being
/// written is either read whole, and durable by that sync, or it is not taken.
public struct StoreBackup: Sendable {
  private let source: StoreDirectory

  /// - Parameter path: a store's directory; a daemon may run on it.
  public init(path: String, storage: any Storage = POSIXStorage()) {
    source = StoreDirectory(storage: storage, path: path)
  }

  /// How a backup goes about it.
  public struct Options: Sendable {
    /// With the archive, and the log that snapshots cover: histories, and moments before the newest snapshot.
    public var includesArchive = true
    /// How often it is tried when files go faster than they are copied; at least twice.
    public var attemptsMax = 8
    /// Rest after each 512 KiB, so that the log's own syncs do not wait.
    public var restMilliseconds = 4
    /// The defaults.
    public init() {}
  }

  /// What was copied.
  public struct Report: Sendable, Equatable {
    /// The store.
    public var storeID: StoreID
    /// The last record of the copy.
    public var lsn: LSN
    /// Its group's time.
    public var time: Timestamp
    /// The newest snapshot in it; 0: none.
    public var snapshotLSN: LSN
    /// Segments of the log.
    public var segments: Int
    /// Files of the archive.
    public var archiveFiles: Int
    /// Size of all files.
    public var bytes: UInt64
    /// How often it had to begin.
    public var attempts: Int
  }

  /// Copies, reads the copy back as a start would, and gives it its name last.
  /// - Parameter target: a directory that is not there yet.
  /// - Throws: `corrupt` or `missing` if the store is damaged; `io` if files went faster than they could be copied: try again.
  public func run(to target: String, _ options: Options = Options()) throws(EngineFault) -> Report {
    guard let store = try source.readMeta() else {
      throw EngineFault(.notAStore, "there is no META.", file: source.path, advice: "Name a store's directory.")
    }
    let new = try NewDirectory.begin(at: target, source: source.path, storage: source.storage)
    do throws(EngineFault) {
      var copy = BackupCopy(source, store, options)
      let report = try copy.run(into: new)
      let meta: [UInt8]
      do { meta = try source.storage.readAll(source.meta) } catch { throw NewDirectory.unread(error) }
      try new.finish(store: store, last: report.lsn, meta: meta, from: source)
      return report
    } catch {
      new.discard()
      throw error
    }
  }
}
