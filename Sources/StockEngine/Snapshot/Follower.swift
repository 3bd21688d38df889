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
  private let report: @Sendable (FollowerEvent) -> Void
  /// After every step of `Pace.stepBytes`: some 100 MB a second, and the disk is the log's most of the time.
  private static let restMilliseconds = 15

  private let lock = Lock()
  private let work = Condition()
  /// Sealed segments that no snapshot covers.
  private var sealedSegments: Int
  private var isStopping = false
  private var thread: Thread?
  private let snapshotLSN: Atomic<UInt64>
  /// The first segment that is not sealed for good: its predecessor's seal and its own name are durable.
  private let firstUnsealed: Atomic<UInt64>

  /// - Parameters:
  ///   - sealedSegments: those behind the last snapshot.
  ///   - firstUnsealed: the segment that is being written.
  init(
    directory: StoreDirectory, store: StoreID, configuration: EngineConfiguration, snapshotLSN: LSN,
    sealedSegments: Int, firstUnsealed: UInt64, report: @escaping @Sendable (FollowerEvent) -> Void
  ) {
    self.directory = directory
    self.configuration = configuration
    self.report = report
    self.snapshotLSN = Atomic(snapshotLSN.rawValue)
    self.sealedSegments = sealedSegments
    self.firstUnsealed = Atomic(firstUnsealed)
    catalog = SnapshotCatalog(directory: directory, store: store)
  }

  var lastSnapshotLSN: LSN { LSN(snapshotLSN.load(ordering: .relaxed)) }

  /// Log bytes that no snapshot covers.
  var lagBytes: UInt64 { UInt64(lock.withLock { sealedSegments }) * UInt64(configuration.segmentBytes) }

  func start() {
    let thread = Thread(name: "stockd-follow", isBackground: true) { [self] in run() }
    lock.withLock { self.thread = thread }
  }

  /// - Parameter next: the segment that is written from now on.
  func segmentWasSealed(next: UInt64) {
    firstUnsealed.store(next, ordering: .releasing)
    lock.withLock { sealedSegments += 1 }
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
    lock.lock()
    while !isStopping {
      guard UInt64(sealedSegments) * UInt64(configuration.segmentBytes) >= configuration.snapshotBytes else {
        work.wait(lock)
        continue
      }
      let taken = sealedSegments
      lock.unlock()
      do {
        let made = try makeSnapshot(pace: Pace(restMilliseconds: Self.restMilliseconds))
        if made.bytes > 0 { report(.madeSnapshot(made)) }
        lock.withLock { sealedSegments -= taken }
      } catch {
        report(.failed(error))
        // The log keeps everything. The next seal is the next chance; a full disk is looked at again meanwhile.
        lock.lock()
        if !isStopping { _ = work.wait(lock, milliseconds: 5000) }
        lock.unlock()
      }
      lock.lock()
    }
    lock.unlock()
  }

  /// Makes a snapshot of everything that is sealed, then lets go of what is covered.
  func makeSnapshot(pace: Pace = .none) throws(EngineFault) -> SnapshotReport {
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    var machine = Machine(store: catalog.store, tracksDeadlines: false)
    let header = try fold(into: &machine, places)
    guard let header, header.lsn > lastSnapshotLSN || header.lsn == .zero else {
      return SnapshotReport(lsn: lastSnapshotLSN, bytes: 0, archivedSegments: 0)
    }
    let bytes = try catalog.publish(machine, header, pace: pace)
    snapshotLSN.store(header.lsn.rawValue, ordering: .relaxed)
    let archived = try archiveCoveredSegments()
    return SnapshotReport(lsn: header.lsn, bytes: bytes, archivedSegments: archived)
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
    while let path = sealedSegment(position.segment) {
      let bytes = try directory.storage.readSegment(path, direct: false)
      defer { bytes.deallocate() }
      var scan = try SegmentScan(name: LogFormat.segmentName(position.segment), bytes: bytes, store: catalog.store)
      while case .group(let header, let offset) = scan.next(into: raw) {
        let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
        try replayer.fold(body, header, file: path, offset: offset)
      }
      guard scan.isSealed else {
        throw .corruptLog(path, offset: scan.end, lsn: scan.nextLSN, "a sealed segment does not end in its seal.")
      }
      position = LogPosition(segment: position.segment + 1, group: scan.nextGroup, chain: scan.chain)
      last = SnapshotHeader(store: catalog.store, lsn: replayer.lsn, time: replayer.time, position: position)
    }
    return last
  }

  private func sealedSegment(_ sequence: UInt64) -> String? {
    guard sequence < firstUnsealed.load(ordering: .acquiring) else { return nil }
    return "\(directory.log)/\(LogFormat.segmentName(sequence))"
  }

  // MARK: Archive

  /// Moves the segments that every kept snapshot covers to the archive, and keeps that within its bound.
  private func archiveCoveredSegments() throws(EngineFault) -> Int {
    guard let firstNeeded = try catalog.prune() else { return 0 }
    let storage = directory.storage
    do {
      var moved = 0
      for name in try storage.list(directory.log) {
        guard let sequence = LogFormat.segmentSequence(name), sequence < firstNeeded else { continue }
        try storage.rename("\(directory.log)/\(name)", to: "\(directory.archive)/\(name)")
        moved += 1
      }
      if moved > 0 {
        try storage.syncDirectory(directory.archive)
        try storage.syncDirectory(directory.log)
      }
      try trimArchive()
      return moved
    } catch {
      throw .io(error, "The snapshot was made; covered segments could not be moved to the archive.")
    }
  }

  private func trimArchive() throws(StorageError) {
    let storage = directory.storage
    var total: UInt64 = 0
    for name in try storage.list(directory.archive).sorted(by: >) where LogFormat.segmentSequence(name) != nil {
      let path = "\(directory.archive)/\(name)"
      let file = try storage.open(path, .read)
      total += try file.size()
      file.close()
      if total > configuration.archiveBytesMax { try storage.unlink(path) }
    }
  }
}

public struct SnapshotReport: Sendable, Equatable {
  public var lsn: LSN
  public var bytes: Int
  public var archivedSegments: Int
}

enum FollowerEvent: Sendable {
  case madeSnapshot(SnapshotReport)
  case failed(EngineFault)
}
