/// A change of a name that its directory does not hold durably yet.
enum NameChange {
  case makeDirectory(String)
  case removeDirectory(String)
  case link(String, SimulatedInode)
  case unlink(String)
  case rename(String, String, SimulatedInode)
  case renameDirectory(String, String)

  func concerns(_ directory: String) -> Bool {
    switch self {
    case .makeDirectory(let path), .removeDirectory(let path), .link(let path, _), .unlink(let path):
      SimulatedStorage.parent(path) == directory
    case .rename(let source, let target, _), .renameDirectory(let source, let target):
      SimulatedStorage.parent(source) == directory || SimulatedStorage.parent(target) == directory
    }
  }

  /// The file that it is about, if it gives it a name.
  var inode: SimulatedInode? {
    switch self {
    case .link(_, let inode), .rename(_, _, let inode): inode
    case .makeDirectory, .removeDirectory, .unlink, .renameDirectory: nil
    }
  }

  var names: Set<String> {
    switch self {
    case .makeDirectory(let path), .removeDirectory(let path), .link(let path, _), .unlink(let path): [path]
    case .rename(let source, let target, _), .renameDirectory(let source, let target): [source, target]
    }
  }

  var description: String {
    switch self {
    case .makeDirectory(let path): "make \(path)"
    case .removeDirectory(let path): "remove \(path)"
    case .link(let path, _): "link \(path)"
    case .unlink(let path): "unlink \(path)"
    case .rename(let source, let target, _), .renameDirectory(let source, let target): "rename \(source) to \(target)"
    }
  }
}
