/// The file operations that the log and the snapshots rest on, and nothing more: what a test must be able to lose, tear,
/// reorder and fail. Calls block; they belong on threads of their own.
public protocol Storage: Sendable {
  /// Creates a directory, and its parents, if they are not there.
  func createDirectory(_ path: String) throws(StorageError)
  /// Names in a directory, sorted; empty if there is no such directory.
  func list(_ directory: String) throws(StorageError) -> [String]
  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile
  /// Replaces `target`. Durable after `syncDirectory`.
  func rename(_ source: String, to target: String) throws(StorageError)
  func unlink(_ path: String) throws(StorageError)
  func syncDirectory(_ path: String) throws(StorageError)
  /// Bytes that may still be written to the file system of `path`.
  func freeBytes(_ path: String) throws(StorageError) -> UInt64
  /// Takes the exclusive lock of a file, made if need be, until the result goes. Fails with `isBusy` if another holds it.
  func lock(_ path: String) throws(StorageError) -> any StorageLock
}

public enum OpenMode: Sendable {
  case read
  /// Read past the page cache if the file system can: what is read is what the disk holds.
  case readDirect
  /// Read and write an existing file.
  case write
  /// Make a new file; there must be none.
  case create
}

public protocol StorageFile: AnyObject, Sendable {
  var path: String { get }
  func size() throws(StorageError) -> UInt64
  /// Reads up to `buffer.count` bytes; fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int
  /// Writes all bytes. They are durable after `sync`.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError)
  func truncate(to size: UInt64) throws(StorageError)
  /// fdatasync. A failure is final: what was written has an unknown fate, and syncing again proves nothing.
  func sync() throws(StorageError)
  func close()
}

extension StorageFile {
  public func write(_ bytes: [UInt8], at offset: UInt64) throws(StorageError) {
    var failure: StorageError?
    bytes.withUnsafeBytes { buffer in
      do throws(StorageError) { try write(buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

public protocol StorageLock: AnyObject, Sendable {}

/// A refused file operation.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  public var operation: String
  public var path: String
  /// As in errno.h.
  public var number: Int32
  public var reason: String

  public init(_ operation: String, _ path: String, number: Int32, reason: String) {
    self.operation = operation
    self.path = path
    self.number = number
    self.reason = reason
  }

  public var isNoSpace: Bool { number == 28 || number == 122 }  // ENOSPC, EDQUOT
  /// The disk cannot give the bytes back: damage. Anything else says nothing about them.
  public var isReadFailure: Bool { number == 5 }  // EIO
  public var isNotFound: Bool { number == 2 }  // ENOENT
  public var isBusy: Bool { number == 11 }  // EWOULDBLOCK

  public var description: String { "\(operation) \(path): \(reason) (errno \(number))" }
}
