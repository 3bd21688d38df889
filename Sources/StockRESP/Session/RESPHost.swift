/// What the server knows of itself, for `INFO`, `HELLO` and `CONFIG`.
public struct ServerFacts: Sendable, Equatable {
  /// stockd's.
  public var version: String
  /// The daemon's.
  public var processID: Int64
  /// 0: no TCP listener speaks RESP.
  public var port: Int
  /// Since the start.
  public var uptimeSeconds: Int64
  /// Over all listeners.
  public var connections: Int
  /// One more is told so and closed.
  public var connectionsMax: Int
  /// Since the start.
  public var connectionsReceived: UInt64
  /// Over RESP, since the start.
  public var commandsProcessed: UInt64
  /// Resident, in bytes.
  public var memoryBytes: UInt64

  /// Facts by their parts.
  public init(
    version: String, processID: Int64, port: Int, uptimeSeconds: Int64, connections: Int, connectionsMax: Int,
    connectionsReceived: UInt64, commandsProcessed: UInt64, memoryBytes: UInt64
  ) {
    self.version = version
    self.processID = processID
    self.port = port
    self.uptimeSeconds = uptimeSeconds
    self.connections = connections
    self.connectionsMax = connectionsMax
    self.connectionsReceived = connectionsReceived
    self.commandsProcessed = commandsProcessed
    self.memoryBytes = memoryBytes
  }
}

/// What is known of one RESP connection, for `CLIENT`.
public struct ClientFacts: Sendable, Equatable {
  /// Counted from 1, never used again.
  public var id: Int64
  /// `host:port`, or a Unix socket's path.
  public var address: String
  /// Where it was accepted.
  public var localAddress: String
  /// As `CLIENT SETNAME` set it.
  public var name = ""
  /// As `CLIENT SETINFO` set it.
  public var libraryName = ""
  /// As `CLIENT SETINFO` set it.
  public var libraryVersion = ""
  /// The dialect that it speaks.
  public var version = RESPVersion.two
  /// In milliseconds of a monotonic clock.
  public var connectedAt: Int64

  /// A new connection's.
  public init(id: Int64, address: String, localAddress: String, connectedAt: Int64) {
    self.id = id
    self.address = address
    self.localAddress = localAddress
    self.connectedAt = connectedAt
  }
}

/// What connections that speak RESP share over all loops of a server.
public protocol RESPHost: AnyObject, Sendable {
  var facts: ServerFacts { get }
  /// In milliseconds of the same clock as ``ClientFacts/connectedAt``.
  var now: Int64 { get }
  /// Whether clients must give a password.
  var asksForPassword: Bool { get }
  /// Compares in a time that does not depend on where they differ.
  func isPassword(_ text: UnsafeRawBufferPointer) -> Bool
  /// Every connection, by id.
  func clients() -> [ClientFacts]
  /// One connection; nil if it is gone, or never was.
  func client(_ id: Int64) -> ClientFacts?
  /// A connection told something about itself.
  func update(_ client: ClientFacts)
  /// Ends the connections with these ids.
  func kill(_ ids: [Int64])
}
