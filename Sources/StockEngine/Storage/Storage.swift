/// The file operations that the log and the snapshots rest on, and nothing more: what a test must be able to lose, tear,
/// reorder and fail. Calls block; they belong on threads of their own.
public protocol Storage: Sendable {
  /// Makes a directory in one that is there. Durable after `syncDirectory` of that one.
  /// - Returns: false if it was there already.
  func makeDirectory(_ path: String) throws(StorageError) -> Bool
  /// Removes an empty directory. Durable after `syncDirectory` of the one that it was in.
  func removeDirectory(_ path: String) throws(StorageError)
  /// Names in a directory, sorted; empty if there is no such directory.
  func list(_ directory: String) throws(StorageError) -> [String]
  /// Opens a file. With `create` its name is durable only after `syncDirectory`.
  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile
  /// Replaces `target`. Durable after `syncDirectory`. A directory goes with all that is in it, to a name that is free.
  func rename(_ source: String, to target: String) throws(StorageError)
  /// Removes a file. Durable after `syncDirectory`.
  func unlink(_ path: String) throws(StorageError)
  /// Makes the names in a directory durable: what was created, renamed and removed.
  func syncDirectory(_ path: String) throws(StorageError)
  /// Bytes that may still be written to the file system of `path`.
  func freeBytes(_ path: String) throws(StorageError) -> UInt64
  /// Takes the exclusive lock of a file, made if need be, until the result goes. Fails with `isBusy` if another holds it.
  func lock(_ path: String) throws(StorageError) -> any StorageLock
  /// The one path of what may have several; the path itself if nothing is there.
  func canonical(_ path: String) -> String
}

extension Storage {
  /// For storage that knows neither links nor relative paths.
  public func canonical(_ path: String) -> String { path }
}

extension Storage {
  /// Makes a directory and its parents, as far as they are not there. On return all these names are durable, whoever made them: an
  /// earlier run may have been killed between the making of one and the sync of its name.
  public func createDirectory(_ path: String) throws(StorageError) {
    var parent = path.hasPrefix("/") ? "/" : "."
    var partial = ""
    for component in path.split(separator: "/") {
      partial += (partial.isEmpty && !path.hasPrefix("/") ? "" : "/") + component
      let isNew = try makeDirectory(partial)
      do throws(StorageError) {
        if !PlantedBug.storeNameNotSynced.isPlanted { try syncDirectory(parent) }
      } catch  where isNew {
        // Whether it lasts is not known, and a later sync would not tell: nobody may find it and rely on it.
        try? removeDirectory(partial)
        throw error
      } catch  where error.isNotSyncable {
        // Somebody else made it, in a directory that is closed to us, or on a file system that is never written.
      }
      parent = partial
    }
  }

  /// Makes directories within one that is there; what was made is taken back if the names cannot be made durable.
  func makeDirectories(_ paths: [String], in directory: String) throws(StorageError) {
    var made: [String] = []
    do throws(StorageError) {
      for path in paths where try makeDirectory(path) { made.append(path) }
      if !PlantedBug.foldersNotSynced.isPlanted { try syncDirectory(directory) }
    } catch {
      for path in made { try? removeDirectory(path) }
      throw error
    }
  }
}

/// How a file is opened.
public enum OpenMode: Sendable {
  case read
  /// Read past the page cache if the file system can: what is read is what the disk holds.
  case readDirect
  /// Read and write an existing file.
  case write
  /// Make a new file; there must be none.
  case create
}

/// An open file. It closes at the latest when the last reference goes.
public protocol StorageFile: AnyObject, Sendable {
  /// What it was opened by.
  var path: String { get }
  /// Bytes of the file.
  func size() throws(StorageError) -> UInt64
  /// Reads up to `buffer.count` bytes; fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int
  /// Writes all bytes. They are durable after `sync`.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError)
  /// Cuts the file, or lengthens it with zeros. Durable after `sync`.
  func truncate(to size: UInt64) throws(StorageError)
  /// fdatasync. A failure is final: what was written has an unknown fate, and syncing again proves nothing.
  func sync() throws(StorageError)
  /// Writes out what was written, so that a later `sync` has little to do. Nothing is durable by it. A failure is final, as a
  /// failed sync is.
  func writeOut() throws(StorageError)
  /// Gives the descriptor back. No other call may follow.
  func close()
}

extension StorageFile {
  /// Writes all bytes. They are durable after `sync`.
  public func write(_ bytes: [UInt8], at offset: UInt64) throws(StorageError) {
    var failure: StorageError?
    bytes.withUnsafeBytes { buffer in
      do throws(StorageError) { try write(buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// An exclusive lock of a file, held until the last reference goes.
public protocol StorageLock: AnyObject, Sendable {}

/// A refused file operation.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call that failed, as in its manual page.
  public var operation: String
  /// The file or directory.
  public var path: String
  /// As in errno.h.
  public var number: Int32
  /// What the number means, for people.
  public var reason: String

  /// A refusal of `operation` on `path`.
  public init(_ operation: String, _ path: String, number: Int32, reason: String) {
    self.operation = operation
    self.path = path
    self.number = number
    self.reason = reason
  }

  /// The disk, or the quota, is full: the same call may succeed later.
  public var isNoSpace: Bool { number == 28 || number == 122 }  // ENOSPC, EDQUOT
  /// The disk cannot give the bytes back: damage. Anything else says nothing about them.
  public var isReadFailure: Bool { number == 5 }  // EIO
  /// There is no such file or directory.
  public var isNotFound: Bool { number == 2 }  // ENOENT
  /// The file may not be opened, or its file system has nothing to sync.
  var isNotSyncable: Bool { number == 13 || number == 22 || number == 30 }  // EACCES, EINVAL, EROFS
  /// Another process holds the lock.
  public var isBusy: Bool { number == 11 }  // EWOULDBLOCK

  /// The call, the file, the reason and its number.
  public var description: String { "\(operation) \(path): \(reason) (errno \(number))" }
}
