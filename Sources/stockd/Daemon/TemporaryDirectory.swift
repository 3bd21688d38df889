import Glibc
import StockEngine

/// The store of `--dev`: made for this run, removed when it ends in good order. After a crash it stays, to be looked at.
struct TemporaryDirectory {
  let path: String

  init() throws(EngineFault) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/stockd-dev-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw EngineFault(
        .io, "cannot make a temporary directory: \(String(cString: strerror(errno)))", file: parent,
        advice: "Set TMPDIR to a directory that can be written.")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  /// Removes the directory and what is in it, and follows no link out of it.
  func remove() { Self.removeAll(path) }

  private static func removeAll(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name == "." || name == ".." { continue }
        let child = "\(path)/\(name)"
        var status = stat()
        if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
          removeAll(child)
        } else {
          unlink(child)
        }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
