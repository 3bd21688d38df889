/// Where a server listens.
public enum ServerAddress: Hashable, Sendable {
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// The port of the binary protocol.
  public static let defaultPort = 6480

  /// The usual place: loopback, port 6480.
  public static let local = ServerAddress.tcp(host: "127.0.0.1", port: defaultPort)

  /// Reads `host:port`, `host`, `[::1]:port`, `unix:/path` or `/path`. Nil: it is none of these.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") || text.hasPrefix("/") {
      let path = text.hasPrefix("unix:") ? String(text.dropFirst(5)) : text
      guard !path.isEmpty else { return nil }
      self = .unix(path: path)
      return
    }
    var host = text[...]
    var port = Self.defaultPort
    if let colon = text.lastIndex(of: ":"), text.hasPrefix("[") == (text[..<colon].last == "]") {
      guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
      port = number
      host = text[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
    self = .tcp(host: String(host), port: port)
  }
}

extension ServerAddress: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
