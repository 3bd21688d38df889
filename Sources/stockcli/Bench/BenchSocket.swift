import Glibc
import StockClient
import StockWire

/// A connection of the load generator: a raw socket, so that nothing stands between the figure and the server.
struct BenchSocket: ~Copyable {
  let descriptor: Int32

  /// Connects and shakes hands, blocking; the socket does not block afterwards.
  init(_ address: ServerAddress) throws(BenchFault) {
    let descriptor = try Self.open(address)
    do throws(BenchFault) {
      try Self.greet(descriptor)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  private static func open(_ address: ServerAddress) throws(BenchFault) -> Int32 {
    switch address {
    case .tcp(let host, let port): try openTCP(host, port)
    case .unix(let path): try openUnix(path)
    }
  }

  private static func openTCP(_ host: String, _ port: Int) throws(BenchFault) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0, let list else { throw BenchFault("\(host): \(String(cString: gai_strerror(code)))") }
    defer { freeaddrinfo(list) }
    var next: UnsafeMutablePointer<addrinfo>? = list
    var reason = "no address"
    while let entry = next?.pointee {
      let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), entry.ai_protocol)
      if descriptor >= 0, connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
      }
      reason = String(cString: strerror(errno))
      if descriptor >= 0 { Glibc.close(descriptor) }
      next = entry.ai_next
    }
    throw BenchFault("\(host):\(port): \(reason)")
  }

  private static func openUnix(_ path: String) throws(BenchFault) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw BenchFault(String(cString: strerror(errno))) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let size = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < size else {
      Glibc.close(descriptor)
      throw BenchFault("\(path): longer than a socket's path may be")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      let reason = String(cString: strerror(errno))
      Glibc.close(descriptor)
      throw BenchFault("unix:\(path): \(reason)")
    }
    return descriptor
  }

  private static func greet(_ descriptor: Int32) throws(BenchFault) {
    let hello = Hello().frame(id: 1)
    guard Glibc.send(descriptor, hello, hello.count, Int32(MSG_NOSIGNAL)) == hello.count else {
      throw BenchFault("the hello could not be sent")
    }
    let head = try receive(descriptor, FrameHeader.bytes)
    do {
      let header = try head.withUnsafeBytes { bytes throws(WireFault) in try FrameHeader(bytes) }
      let payload = try receive(descriptor, min(Int(header.length), 64 * 1024))
      if header.kind == .error {
        let error = try payload.withUnsafeBytes { bytes throws(WireFault) in try ErrorFrame(payload: bytes) }
        throw BenchFault(error.text)
      }
      guard header.kind == .helloReply else { throw BenchFault("the server answered a hello with \(header.kind)") }
    } catch let fault as WireFault {
      throw BenchFault(fault.description)
    } catch let fault as BenchFault {
      throw fault
    } catch {
      throw BenchFault("\(error)")
    }
  }

  private static func receive(_ descriptor: Int32, _ count: Int) throws(BenchFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let more = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress.map { $0 + have }, count - have, 0) }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { throw BenchFault("the server closed the connection during the handshake") }
      have += more
    }
    return bytes
  }
}

/// Why a load could not be run to its end.
struct BenchFault: Error, CustomStringConvertible, Sendable {
  var description: String
  init(_ description: String) { self.description = description }
}
