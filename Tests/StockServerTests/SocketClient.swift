import Glibc
import StockEngine
import StockWire

/// A blocking client of the fewest means, so that it can misbehave. Every wait is bounded.
final class SocketClient {
  private let descriptor: Int32

  struct Frame: Equatable {
    var header: FrameHeader
    var payload: [UInt8]

    var error: ErrorCode? {
      guard header.kind == .error else { return nil }
      return payload.withUnsafeBytes { (try? ErrorFrame(payload: $0))?.code }
    }

    var replies: [WireReply] {
      payload.withUnsafeBytes { payload in
        var decoder = ReplyDecoder(payload: payload, count: Int(header.count))
        var replies: [WireReply] = []
        while let reply = try? decoder.next() { replies.append(reply) }
        return replies
      }
    }
  }

  /// - Parameter receiveBytes: the socket's receive buffer; small ones fill soon.
  init(port: Int, receiveBytes: Int32? = nil) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    precondition(descriptor >= 0, "no socket")
    setWaits()
    if var bytes = receiveBytes { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4) }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(result == 0, "cannot connect: \(errno)")
  }

  /// To a Unix socket.
  init(path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    precondition(descriptor >= 0, "no socket")
    setWaits()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(result == 0, "cannot connect: \(errno)")
  }

  private func setWaits() {
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// - Returns: whether all could be sent within the time.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = Self.uninterrupted {
        bytes.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// Sends what the socket takes right now.
  /// - Returns: bytes taken, 0 if it is full, nil if the connection is gone.
  func sendWithoutWaiting(_ bytes: [UInt8]) -> Int? {
    let count = Self.uninterrupted {
      bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress!, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
    }
    return count >= 0 ? count : errno == EAGAIN ? 0 : nil
  }

  /// Sends the same again and again, until the server takes no more or has taken `most` bytes.
  /// - Returns: whether it was held back: nothing could be sent for a second.
  func flood(_ bytes: [UInt8], most: Int) -> Bool {
    var pending = bytes
    var taken = 0
    while taken < most, let more = sendWithoutWaiting(pending) {
      if more == 0 {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if Self.uninterrupted({ Int(poll(&room, 1, 1_000)) }) == 0 { return true }
      }
      pending.removeFirst(more)
      if pending.isEmpty { pending = bytes }
      taken += more
    }
    return false
  }

  /// A wait with a time limit ends early when the process is stopped and continued.
  private static func uninterrupted(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  private func receive(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let more = Self.uninterrupted {
        bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + got, count - got, 0) }
      }
      if more <= 0 { return nil }
      got += more
    }
    return bytes
  }

  /// The next frame; nil at the end of the connection.
  func frame() -> Frame? {
    guard let head = receive(FrameHeader.bytes), let header = try? head.withUnsafeBytes({ try FrameHeader($0) })
    else { return nil }
    guard header.length > 0 else { return Frame(header: header, payload: []) }
    guard let payload = receive(Int(header.length)) else { return nil }
    return Frame(header: header, payload: payload)
  }

  /// The next line of RESP without its end, as it is sent; nil at the end of the connection.
  func line() -> String? {
    var line: [UInt8] = []
    while let byte = receive(1) {
      line += byte
      if line.suffix(2) == [0x0D, 0x0A] { return String(decoding: line.dropLast(2), as: UTF8.self) }
    }
    return nil
  }

  /// One value of RESP, its lines with blanks between them; nil at the end of the connection.
  func answer() -> String? {
    guard var text = line(), let type = text.first else { return nil }
    let count = Int(text.dropFirst()) ?? 0
    switch type {
    case "$", "=":
      guard count >= 0 else { return text }
      guard let bytes = receive(count + 2) else { return nil }
      return text + " " + String(decoding: bytes.dropLast(2), as: UTF8.self)
    case "*", "~", "%":
      for _ in 0..<count * (type == "%" ? 2 : 1) {
        guard let value = answer() else { return nil }
        text += " " + value
      }
      return text
    default: return text
    }
  }

  /// Sends lines as commands, and takes an answer for each.
  func ask(_ commands: String...) -> [String?] {
    send(commands.flatMap { Array($0.utf8) + [0x0D, 0x0A] })
    return commands.map { _ in answer() }
  }

  func say(_ text: String) { send(Array(text.utf8)) }

  /// Whether anything can be read right now.
  var hasInput: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) >= 0
  }

  /// Whether the server has closed and said nothing more.
  var isAtEnd: Bool {
    var byte: UInt8 = 0
    let count = Self.uninterrupted { recv(descriptor, &byte, 1, 0) }
    return count == 0 || (count < 0 && errno == ECONNRESET)
  }

  // MARK: The protocol

  func greet(_ hello: Hello = Hello()) -> Frame? {
    send(hello.frame(id: 1))
    return frame()
  }

  static func request(id: UInt64, count: Int = 1) -> [UInt8] {
    var encoder = RequestEncoder()
    for index in 0..<count { encoder.confirm(order: "o-\(id)-\(index)") }
    encoder.finish(id: id)
    return encoder.bytes
  }

  /// So many reads of 1,000 rows.
  static func lists(id: UInt64, count: Int) -> [UInt8] {
    var encoder = RequestEncoder()
    for _ in 0..<count { encoder.list(rowsMax: 1_000) }
    encoder.finish(id: id)
    return encoder.bytes
  }

  static func history(id: UInt64) -> [UInt8] {
    var encoder = RequestEncoder()
    encoder.history(item: "a")
    encoder.finish(id: id)
    return encoder.bytes
  }

  static func demand(id: UInt64) -> [UInt8] {
    var encoder = RequestEncoder()
    encoder.demand(item: "a", DemandQuery(from: Timestamp(milliseconds: 7)))
    encoder.finish(id: id)
    return encoder.bytes
  }
}
