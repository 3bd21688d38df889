import Glibc

/// The directory that a drill may fill and empty: a new or empty one, or one that an earlier drill marked as its own.
struct ScratchDirectory {
  let path: String
  private static let marker = "stockcli-drill"

  /// - Throws: for a directory that holds anything else. Nothing in it is touched then.
  init(claiming path: String) throws(DrillFault) {
    self.path = path
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw DrillFault("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    let names = try Self.names(path)
    guard names.isEmpty || names.contains(Self.marker) else {
      throw DrillFault("\(path) is not empty and not a drill's; choose another directory. Nothing was touched.")
    }
    for name in names where name != Self.marker { Self.remove(path + "/" + name) }
    let file = open(path + "/" + Self.marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw DrillFault("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    close(file)
  }

  /// A new directory for temporary files.
  static func temporary() throws(DrillFault) -> ScratchDirectory {
    let base = Environment.value("TMPDIR") ?? "/tmp"
    var template = Array((base + "/stockd-demo-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DrillFault("no directory in \(base): \(String(cString: strerror(errno)))")
    }
    return try ScratchDirectory(
      claiming: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  func remove() { Self.remove(path) }

  private static func names(_ path: String) throws(DrillFault) -> [String] {
    guard let directory = opendir(path) else {
      throw DrillFault("\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// A file, or a directory with all that is in it.
  static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in (try? names(path)) ?? [] { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
