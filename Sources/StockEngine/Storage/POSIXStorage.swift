import CLinux
import Glibc

/// Files of the operating system.
public struct POSIXStorage: Storage {
  /// The operating system's files; it has no state of its own.
  public init() {}

  /// mkdir(2), with mode 0700.
  public func makeDirectory(_ path: String) throws(StorageError) -> Bool {
    if mkdir(path, 0o700) == 0 { return true }
    if errno != EEXIST { throw failure("mkdir", path) }
    return false
  }

  /// rmdir(2).
  public func removeDirectory(_ path: String) throws(StorageError) {
    if rmdir(path) != 0 { throw failure("rmdir", path) }
  }

  /// The names in a directory but `.` and `..`, sorted.
  public func list(_ directory: String) throws(StorageError) -> [String] {
    guard let stream = opened(directory) else {
      if errno == ENOENT { return [] }
      throw failure("opendir", directory)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = try next(stream, directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func opened(_ directory: String) -> OpaquePointer? {
    while true {
      if let stream = opendir(directory) { return stream }
      if errno != EINTR { return nil }
    }
  }

  /// The end and a failure look alike but for errno; a list that a failing disk cut short would hide segments.
  private func next(
    _ stream: OpaquePointer, _ directory: String
  ) throws(StorageError) -> UnsafeMutablePointer<dirent>? {
    errno = 0
    if let entry = readdir(stream) { return entry }
    if errno != 0 { throw failure("readdir", directory) }
    return nil
  }

  /// Opens a file, new ones with mode 0600. A file system without O_DIRECT is read through its cache.
  public func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    let flags: Int32 =
      switch mode {
      case .read, .readDirect: O_RDONLY
      case .write: O_RDWR
      case .create: O_RDWR | O_CREAT | O_EXCL
      }
    var descriptor: Int32 = -1
    if mode == .readDirect {
      // Not every file system knows O_DIRECT (tmpfs); the cache is then all there is.
      descriptor = retrying { Glibc.open(path, flags | O_CLOEXEC | stock_o_direct()) }
      if descriptor < 0 && errno != EINVAL { throw failure("open", path) }
    }
    let isDirect = descriptor >= 0
    if !isDirect { descriptor = retrying { Glibc.open(path, flags | O_CLOEXEC, 0o600) } }
    if descriptor < 0 { throw failure("open", path) }
    return POSIXFile(path: path, descriptor: descriptor, isDirect: isDirect)
  }

  /// rename(2).
  public func rename(_ source: String, to target: String) throws(StorageError) {
    if Glibc.rename(source, target) != 0 { throw failure("rename", "\(source) to \(target)") }
  }

  /// unlink(2).
  public func unlink(_ path: String) throws(StorageError) {
    if Glibc.unlink(path) != 0 { throw failure("unlink", path) }
  }

  /// fsync(2) of the directory.
  public func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if descriptor < 0 { throw failure("open", path) }
    defer { Glibc.close(descriptor) }
    if retrying({ fsync(descriptor) }) != 0 { throw failure("fsync", path) }
  }

  /// What statvfs(2) leaves to users without privileges.
  public func freeBytes(_ path: String) throws(StorageError) -> UInt64 {
    var statistics = statvfs()
    if statvfs(path, &statistics) != 0 { throw failure("statvfs", path) }
    return UInt64(statistics.f_bavail) * UInt64(statistics.f_frsize)
  }

  /// realpath(3).
  public func canonical(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// flock(2), without waiting: it goes with the process, so a crash leaves nothing behind.
  public func lock(_ path: String) throws(StorageError) -> any StorageLock {
    var descriptor = retrying { Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    if descriptor < 0 {
      let refusal = failure("open", path)
      // Whoever may only read, or from what can only be read, can keep others off all the same.
      if [EROFS, EACCES].contains(refusal.number) {
        descriptor = retrying { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
      }
      if descriptor < 0 { throw refusal }
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let error = failure("flock", path)
      Glibc.close(descriptor)
      throw error
    }
    return POSIXLock(descriptor: descriptor)
  }
}

private final class POSIXLock: StorageLock {
  private let descriptor: Int32
  init(descriptor: Int32) { self.descriptor = descriptor }
  deinit { Glibc.close(descriptor) }
}

private final class POSIXFile: StorageFile {
  let path: String
  private let descriptor: Int32
  private let isDirect: Bool
  // Closed at most once, by whoever owns the file last; a second close would hit somebody else's descriptor.
  private let isClosed = OnceFlag()

  init(path: String, descriptor: Int32, isDirect: Bool) {
    self.path = path
    self.descriptor = descriptor
    self.isDirect = isDirect
  }

  deinit { close() }

  func size() throws(StorageError) -> UInt64 {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw failure("fstat", path) }
    return UInt64(status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    if isDirect { return try readAligned(into: buffer, at: offset) }
    return try readFully(into: buffer, at: offset)
  }

  /// In calls of a bounded length: a kernel that does not preempt itself would keep others waiting for a long one.
  private static let readBytesMax = 256 << 10

  private func readFully(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    var done = 0
    while done < buffer.count {
      let result = retrying {
        pread(
          descriptor, buffer.baseAddress! + done, min(buffer.count - done, Self.readBytesMax),
          off_t(offset) + off_t(done))
      }
      if result < 0 { throw failure("pread", path) }
      if result == 0 { break }
      done += result
    }
    return done
  }

  /// O_DIRECT wants aligned memory, offsets and lengths.
  private func readAligned(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int {
    let alignment = 4096
    let start = Int(offset) / alignment * alignment
    let end = (Int(offset) + buffer.count + alignment - 1) / alignment * alignment
    let bounce = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: alignment)
    defer { bounce.deallocate() }
    let got = try readFully(into: bounce, at: UInt64(start))
    let skipped = Int(offset) - start
    let count = max(0, min(buffer.count, got - skipped))
    if count > 0 { buffer.baseAddress!.copyMemory(from: bounce.baseAddress! + skipped, byteCount: count) }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError) {
    var done = 0
    while done < bytes.count {
      let result = retrying {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
      }
      if result < 0 { throw failure("pwrite", path) }
      if result == 0 { throw StorageError("pwrite", path, number: EIO, reason: "wrote nothing") }
      done += result
    }
  }

  func truncate(to size: UInt64) throws(StorageError) {
    if retrying({ ftruncate(descriptor, off_t(size)) }) != 0 { throw failure("ftruncate", path) }
  }

  func sync() throws(StorageError) {
    // Not even EINTR is tried again: what a second call says about the first one's pages is not known.
    if fdatasync(descriptor) != 0 { throw failure("fdatasync", path) }
  }

  /// Without the journal's commit and the disk's flush, which the log's own syncs would wait for.
  func writeOut() throws(StorageError) {
    if stock_write_out(descriptor) != 0 { throw failure("sync_file_range", path) }
  }

  func close() {
    if isClosed.set() { Glibc.close(descriptor) }
  }
}

private func failure(_ operation: String, _ path: String) -> StorageError {
  let number = errno
  return StorageError(operation, path, number: number, reason: String(cString: strerror(number)))
}

private func retrying<Result: BinaryInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result < 0 && errno == EINTR { continue }
    return result
  }
}
