import Glibc
import NIOCore
import StockEngine
import Testing

@testable import StockServer

/// Serialized: the mask is the process's.
@Suite("The file of a Unix socket", .serialized)
struct UnixSocketTests {
  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  @Test(
    "before it listens it is the owner's and the group's, whatever the mask", arguments: [0, 0o022, 0o077] as [mode_t])
  func mask(_ mask: mode_t) throws {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/s"
    let before = umask(mask)
    defer { umask(before) }
    let descriptor = try UnixSocket.bind(path)
    defer { close(descriptor) }
    #expect(mode(path) == 0o660)
    // It is not served, so another one may take its place.
    close(try UnixSocket.bind(path))
    #expect(mode(path) == 0o660)
  }

  @Test("what somebody serves is left alone, also if there is no place in its backlog, or if it is no stream")
  func served() throws {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/s"
    let server = try UnixSocket.bind(path)
    defer { close(server) }
    #expect(listen(server, 0) == 0)
    #expect(throws: EngineFault.self) { try UnixSocket.bind(path) }
    // That one took the only place.
    let fault = #expect(throws: EngineFault.self) { try UnixSocket.bind(path) }
    #expect(fault?.code == .locked && mode(path) == 0o660)

    let other = scratch.path + "/datagrams"
    let datagrams = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    defer { close(datagrams) }
    let address = try SocketAddress(unixDomainSocketPath: other)
    let isBound = address.withSockAddr { pointer, size in Glibc.bind(datagrams, pointer, socklen_t(size)) == 0 }
    #expect(isBound)
    #expect(throws: EngineFault.self) { try UnixSocket.bind(other) }
    #expect(mode(other) != nil)
  }

  @Test("what is no socket is left alone, and a directory that is not there is told")
  func refused() throws {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/file"
    close(creat(path, 0o600))
    #expect(throws: (any Error).self) { try UnixSocket.bind(path) }
    #expect(mode(path) == 0o600)
    #expect(throws: (any Error).self) { try UnixSocket.bind(scratch.path + "/none/s") }
  }
}
