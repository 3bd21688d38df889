import Glibc
import NIOCore
import StockEngine

/// The file of a Unix socket: who may connect is decided by its mode.
enum UnixSocket {
  /// The owner and the group.
  static let mode: mode_t = 0o660

  /// Makes a socket that nobody can connect to before it listens; by then its file has its mode, whatever the process's mask is. A
  /// file left by a dead server is replaced.
  /// - Returns: its descriptor, which is the caller's to close.
  static func bind(_ path: String) throws -> CInt {
    let address = try SocketAddress(unixDomainSocketPath: path)
    try check(path, address)
    if unlink(path) != 0, errno != ENOENT { throw fault("remove the old socket", path) }
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { throw fault("make a socket", path) }
    let isBound = address.withSockAddr { pointer, size in Glibc.bind(descriptor, pointer, socklen_t(size)) == 0 }
    if isBound, chmod(path, mode) == 0 { return descriptor }
    let fault = fault(isBound ? "set the mode of the socket" : "bind the socket", path)
    close(descriptor)
    throw fault
  }

  private static func fault(_ what: String, _ path: String) -> EngineFault {
    EngineFault(
      .io, "cannot \(what) (errno \(errno))", file: path, advice: "Check the directory and who may write to it.")
  }

  /// Refuses to take over what is not a socket, or a socket that somebody still serves.
  private static func check(_ path: String, _ address: SocketAddress) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw EngineFault(
        .configuration, "there is something at the socket's path that is not a socket", file: path,
        advice: "Choose another path.")
    }
    // Without waiting: the backlog of a server that is busy, or stopped by a signal, may be full.
    let descriptor = socket(
      AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    if descriptor < 0 { throw fault("make a socket", path) }
    defer { close(descriptor) }
    let isDead = address.withSockAddr { pointer, size in
      connect(descriptor, pointer, socklen_t(size)) != 0 && (errno == ECONNREFUSED || errno == ENOENT)
    }
    if !isDead {
      throw EngineFault(
        .locked, "another process serves this socket, or it is not ours to try", file: path,
        advice: "fuser names who serves it: stop that, or choose another path. If nobody does, remove the file.")
    }
  }
}
