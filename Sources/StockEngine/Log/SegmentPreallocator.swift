/// Keeps the next segment ready: written with zeros and synced, so that a later fdatasync need not touch the inode.
///
/// `@unchecked Sendable`: everything is read and written under `lock`.
final class SegmentPreallocator: @unchecked Sendable {
  private let storage: any Storage
  private let directory: String
  private let segmentBytes: Int
  /// Free space of the disk below which no segment is made: room for a snapshot and for the operating system.
  private let freeBytesMin: UInt64
  /// Hears of a disk that refuses for another reason than space; once for each kind of refusal. On the preallocator's thread.
  private let onFault: @Sendable (StorageError) -> Void
  private let lock = Lock()
  private let changed = Condition()
  private var ready: (file: any StorageFile, path: String)?
  /// Sealed segments that still have the tail that was preallocated and not used.
  private var dismissed: [(file: any StorageFile, usedBytes: UInt64)] = []
  private var made: UInt64 = 0
  private var isLow = false
  private var isStopping = false
  private var isWanted = true
  /// A segment was taken and is being begun. A new one's zeros would lie in the way of that: the directory's sync waits for them.
  private var isYielding = false
  private var thread: Thread?

  private static let retryMilliseconds = 1000

  init(
    storage: any Storage, directory: String, segmentBytes: Int, freeBytesMin: UInt64,
    onFault: @escaping @Sendable (StorageError) -> Void
  ) {
    self.storage = storage
    self.directory = directory
    self.segmentBytes = segmentBytes
    self.freeBytesMin = freeBytesMin
    self.onFault = onFault
  }

  /// Works on a thread of its own from here on. Without it, a segment is made when it is asked for.
  func start() {
    let thread = Thread(name: "stockd-spare") { [self] in run() }
    lock.withLock { self.thread = thread }
  }

  var isSpaceLow: Bool { lock.withLock { isLow } }
  var isReady: Bool { lock.withLock { ready != nil || thread == nil && !isLow } }
  /// Bytes that the ready segment can take.
  var readyBytes: Int { lock.withLock { ready == nil ? 0 : segmentBytes - LogFormat.segmentHeaderBytes } }

  /// The prepared file, which now is the caller's; made here if none is ready. The next is made once the caller has said `resume`.
  func take() throws(StorageError) -> (file: any StorageFile, path: String) {
    lock.lock()
    if let ready {
      self.ready = nil
      isWanted = true
      isYielding = true
      lock.unlock()
      return ready
    }
    made += 1
    let number = made
    lock.unlock()
    return try make(number)
  }

  /// The segment that was taken is begun.
  func resume() {
    lock.withLock { isYielding = false }
    changed.broadcast()
  }

  /// Takes a sealed segment over, to cut what was preallocated and not used, and to close it. The cut can take longer than many
  /// syncs, so the log does not wait for it. The seal marks the end: a crash before the cut, or a disk that cannot do it, costs
  /// only space.
  func dismiss(_ file: any StorageFile, usedBytes: UInt64) {
    let hasThread = lock.withLock { () -> Bool in
      if thread == nil { return false }
      dismissed.append((file, usedBytes))
      return true
    }
    if hasThread { changed.broadcast() } else { Self.cut(file, usedBytes) }
  }

  private static func cut(_ file: any StorageFile, _ usedBytes: UInt64) {
    try? file.truncate(to: usedBytes)
    file.close()
  }

  func stop() {
    let thread = lock.withLock { () -> Thread? in
      isStopping = true
      return self.thread
    }
    changed.broadcast()
    thread?.join()
    lock.lock()
    let leftover = ready
    ready = nil
    let uncut = dismissed
    dismissed = []
    lock.unlock()
    for (file, usedBytes) in uncut { Self.cut(file, usedBytes) }
    if let leftover {
      leftover.file.close()
      try? storage.unlink(leftover.path)
    }
  }

  private func run() {
    var reported: Int32?
    lock.lock()
    while !isStopping {
      if !dismissed.isEmpty {
        let (file, usedBytes) = dismissed.removeFirst()
        lock.unlock()
        Self.cut(file, usedBytes)
        lock.lock()
        continue
      }
      guard isWanted, ready == nil, !isYielding else {
        changed.wait(lock)
        continue
      }
      made += 1
      let number = made
      lock.unlock()
      let result = Result { () throws(StorageError) in try makeIfRoom(number) }
      lock.lock()
      switch result {
      case .success(let segment?):
        ready = segment
        isLow = false
        isWanted = false
        reported = nil
      case .success(nil):
        isLow = true
        _ = changed.wait(lock, milliseconds: Self.retryMilliseconds)
      case .failure(let error):
        // No more room either way; but a disk that refuses is not a full one, and wants somebody to look.
        isLow = true
        if !error.isNoSpace && reported != error.number {
          reported = error.number
          lock.unlock()
          onFault(error)
          lock.lock()
        }
        if !isStopping { _ = changed.wait(lock, milliseconds: Self.retryMilliseconds) }
      }
    }
    lock.unlock()
  }

  private func makeIfRoom(_ number: UInt64) throws(StorageError) -> (file: any StorageFile, path: String)? {
    guard try storage.freeBytes(directory) >= UInt64(segmentBytes) + freeBytesMin else { return nil }
    return try make(number)
  }

  private func make(_ number: UInt64) throws(StorageError) -> (file: any StorageFile, path: String) {
    let path = "\(directory)/spare-\(number).tmp"
    let file = try storage.open(path, .create)
    do {
      let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: min(segmentBytes, 1 << 20), alignment: 4096)
      defer { zeros.deallocate() }
      zeros.initializeMemory(as: UInt8.self, repeating: 0)
      var offset = 0
      while offset < segmentBytes {
        let count = min(zeros.count, segmentBytes - offset)
        try file.write(UnsafeRawBufferPointer(rebasing: zeros[..<count]), at: UInt64(offset))
        // Little by little: the log's syncs would wait behind a whole segment of zeros.
        try file.writeOut()
        offset += count
      }
      try file.sync()
    } catch {
      file.close()
      try? storage.unlink(path)
      throw error
    }
    return (file, path)
  }
}
