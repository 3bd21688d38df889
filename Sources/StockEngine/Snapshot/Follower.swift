import Synchronization

/// Turns sealed segments into snapshots, in the background: loads the last snapshot, folds what came after it, writes the
/// next. The shards never stop for it, and each run is a recovery drill: at every seal the state must have the hash that the
/// shards logged.
///
/// `@unchecked Sendable`: what is not atomic is read and written under `lock`.
final class Follower: @unchecked Sendable {
  private let directory: StoreDirectory
  private let catalog: SnapshotCatalog
  private let configuration: EngineConfiguration
  private let names: LogDirectory
  private let report: @Sendable (FollowerEvent) -> Void
  /// After every step of `Pace.stepBytes`: some 100 MB a second, and the disk is the log's most of the time.
  private static let restMilliseconds = 4

  private let lock = Lock()
  private let work = Condition()
  /// Sealed segments that no snapshot covers.
  private var sealedSegments: Int
  /// Somebody asked for one; or recovery had to go back to the archive, and the next start should not.
  private var wantsSnapshot: Bool
  private var isStopping = false
  private var thread: Thread?
  private let snapshotLSN: Atomic<UInt64>
  /// The first segment that is not sealed for good: its predecessor's seal and its own name are durable.
  private let firstUnsealed: Atomic<UInt64>

  /// - Parameters:
  ///   - sealedSegments: those in the log behind the last snapshot.
  ///   - wantsSnapshot: one is made at once.
  ///   - firstUnsealed: the segment that is being written.
  init(
    directory: StoreDirectory, store: StoreID, configuration: EngineConfiguration, names: LogDirectory,
    snapshotLSN: LSN, sealedSegments: Int, wantsSnapshot: Bool, firstUnsealed: UInt64,
    report: @escaping @Sendable (FollowerEvent) -> Void
  ) {
    self.directory = directory
    self.configuration = configuration
    self.names = names
    self.report = report
    self.snapshotLSN = Atomic(snapshotLSN.rawValue)
    self.sealedSegments = sealedSegments
    self.wantsSnapshot = wantsSnapshot
    self.firstUnsealed = Atomic(firstUnsealed)
    catalog = SnapshotCatalog(directory: directory, store: store)
  }

  var lastSnapshotLSN: LSN { LSN(snapshotLSN.load(ordering: .relaxed)) }

  /// Log bytes that no snapshot covers.
  var lagBytes: UInt64 { UInt64(lock.withLock { sealedSegments }) * UInt64(configuration.segmentBytes) }

  func start() {
    let thread = Thread(name: "stockd-follow", .background) { [self] in run() }
    lock.withLock { self.thread = thread }
  }

  /// - Parameter next: the segment that is written from now on.
  func segmentWasSealed(next: UInt64) {
    firstUnsealed.store(next, ordering: .releasing)
    lock.withLock { sealedSegments += 1 }
    work.signal()
  }

  /// Asks for a snapshot of what is sealed by now, however little that is.
  func orderSnapshot() {
    lock.withLock { wantsSnapshot = true }
    work.signal()
  }

  /// Ends the thread after the snapshot that it is making.
  func stop() {
    let thread = lock.withLock { () -> Thread? in
      isStopping = true
      return self.thread
    }
    work.signal()
    thread?.join()
  }

  private func run() {
    // An orderly stop leaves covered segments in the log.
    if !lock.withLock({ isSnapshotDue }) { archiveCovered(manner) }
    lock.lock()
    while !isStopping {
      guard isSnapshotDue else {
        work.wait(lock)
        continue
      }
      let taken = sealedSegments
      let wanted = wantsSnapshot
      wantsSnapshot = false
      lock.unlock()
      do {
        let made = try makeSnapshot(manner)
        if made.bytes > 0 { report(.madeSnapshot(made)) }
        lock.withLock { sealedSegments -= taken }
      } catch {
        report(.failed(error))
        // The log keeps everything. The next seal is the next chance; a full disk is looked at again meanwhile.
        lock.lock()
        if wanted { wantsSnapshot = true }
        if !isStopping { _ = work.wait(lock, milliseconds: 5000) }
        lock.unlock()
      }
      lock.lock()
    }
    lock.unlock()
  }

  /// Inside the lock.
  private var isSnapshotDue: Bool {
    wantsSnapshot || UInt64(sealedSegments) * UInt64(configuration.segmentBytes) >= configuration.snapshotBytes
  }

  /// How the thread archives: slowly, so that the log's own syncs don't wait; and not so densely that the next snapshot would
  /// come late.
  private var manner: ArchiveCatalog.Manner {
    ArchiveCatalog.Manner(
      effort: lock.withLock { sealedSegments } > 0 ? .fast : .high, pace: Pace(restMilliseconds: Self.restMilliseconds),
      isCancelled: { [self] in lock.withLock { isStopping } })
  }

  /// Makes a snapshot of everything that is sealed, then lets go of what is covered.
  /// - Parameter manner: nil leaves what is covered in the log, for a later run.
  func makeSnapshot(_ manner: ArchiveCatalog.Manner? = ArchiveCatalog.Manner()) throws(EngineFault) -> SnapshotReport {
    var made = try publishSnapshot(manner?.pace ?? .none)
    // The folded state has gone by now; archiving needs some memory of its own.
    if made.bytes == 0 { return made }
    if let manner { made.archivedSegments = archiveCovered(manner) } else { _ = try catalog.prune() }
    return made
  }

  private func publishSnapshot(_ pace: Pace) throws(EngineFault) -> SnapshotReport {
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    var machine = Machine(store: catalog.store, tracksDeadlines: false)
    let header = try fold(into: &machine, places)
    guard let header, header.lsn > lastSnapshotLSN || header.lsn == .zero else {
      return SnapshotReport(lsn: lastSnapshotLSN, bytes: 0, archivedSegments: 0)
    }
    let bytes = try catalog.publish(machine, header, pace: pace)
    snapshotLSN.store(header.lsn.rawValue, ordering: .relaxed)
    return SnapshotReport(lsn: header.lsn, bytes: bytes, archivedSegments: 0)
  }

  /// The state at the end of the last sealed segment; nil if nothing is sealed behind the last snapshot.
  private func fold(
    into machine: inout Machine, _ places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  ) throws(EngineFault) -> SnapshotHeader? {
    var fault: EngineFault?
    let header = withUnsafeMutablePointer(to: &machine) { machine -> SnapshotHeader? in
      var machines = MachineSet(places: places, shards: 1, store: catalog.store)
      machines.hold(machine, shard: 0)
      do throws(EngineFault) {
        return try foldSealed(machines)
      } catch {
        fault = error
        return nil
      }
    }
    if let fault { throw fault }
    return header
  }

  private func foldSealed(_ machines: MachineSet) throws(EngineFault) -> SnapshotHeader? {
    let (snapshot, broken) = try catalog.loadNewest(into: machines)
    for path in broken {
      report(.failed(.damagedSnapshot(path, "the snapshot did not verify and was put aside as .broken.")))
    }
    var position = snapshot?.position ?? LogPosition(segment: 1, group: 1, chain: 0)
    var replayer = Replayer(machines: machines, after: snapshot?.lsn ?? .zero, at: snapshot?.time ?? .zero)
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    var last: SnapshotHeader?
    // Asked for before the directory is read: what is sealed later may not be in the list.
    let end = firstUnsealed.load(ordering: .acquiring)
    let parts = try parts()
    while position.segment < end {
      guard let part = parts[position.segment] else {
        throw EngineFault(
          .missing, "segment \(position.segment) is not there.",
          file: "\(directory.log)/\(LogFormat.segmentName(position.segment))", lsn: replayer.lsn.advanced(by: 1),
          advice: "No snapshot was made. Bring the file back from a backup before the next start needs it.")
      }
      switch part.form {
      case .segment: position = try fold(part, &replayer, raw)
      case .archive:
        var reader = try ArchiveReader(directory.storage, path: part.path, store: catalog.store)
        try reader.fold(into: &replayer)
        position = reader.header.next
      }
      let claimed = replayer.lsn.advanced(by: PlantedBug.snapshotClaimsARecordMore.isPlanted ? 1 : 0)
      last = SnapshotHeader(store: catalog.store, lsn: claimed, time: replayer.time, position: position)
    }
    return last
  }

  /// By sequence. Without a snapshot the log begins in the archive.
  private func parts() throws(EngineFault) -> [UInt64: LogPart] {
    do {
      return try directory.logPartsForFolding()
    } catch {
      throw .io(error, "No snapshot was made; the log keeps everything. Check the directory.")
    }
  }

  private func fold(
    _ part: LogPart, _ replayer: inout Replayer, _ raw: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) -> LogPosition {
    let bytes = try directory.storage.readSegment(part.path, direct: false)
    defer { bytes.deallocate() }
    var scan = try SegmentScan(name: part.path, bytes: bytes, store: catalog.store)
    while case .group(let header, let offset) = scan.next(into: raw) {
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      try replayer.fold(body, header.run, file: part.path, offset: offset)
    }
    guard scan.isSealed else {
      throw .corruptLog(part.path, offset: scan.end, lsn: scan.nextLSN, "a sealed segment does not end in its seal.")
    }
    return LogPosition(segment: part.sequence + 1, group: scan.nextGroup, chain: scan.chain)
  }

  // MARK: Archive

  /// Archives the segments that every kept snapshot covers. What fails is reported: the snapshot is made all the same.
  @discardableResult
  private func archiveCovered(_ manner: ArchiveCatalog.Manner) -> Int {
    do {
      guard let firstNeeded = try catalog.prune(), let now = try catalog.newestTime() else { return 0 }
      let archivist = Archivist(
        catalog: ArchiveCatalog(directory: directory, store: catalog.store), bytesMax: configuration.archiveBytesMax,
        millisecondsMax: configuration.archiveMillisecondsMax,
        syncLog: { [names] () throws(StorageError) in try names.syncInBackground() },
        report: { [report] in report(.failed($0)) })
      return archivist.run(before: firstNeeded, now: now, manner)
    } catch {
      report(.failed(error))
      return 0
    }
  }
}

/// A snapshot that was made.
public struct SnapshotReport: Sendable, Equatable {
  /// The last record that it covers.
  public var lsn: LSN
  /// Size of its file.
  public var bytes: Int
  /// Segments that went from the log to the archive after it.
  public var archivedSegments: Int
}

enum FollowerEvent: Sendable {
  case madeSnapshot(SnapshotReport)
  case failed(EngineFault)
}
