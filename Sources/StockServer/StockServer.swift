import Glibc
public import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
public import StockEngine
import StockRESP

/// Serves an engine on TCP and Unix sockets, in the binary protocol and in RESP.
public final class StockServer: Sendable {
  /// Where to listen.
  public enum Listener: Sendable, Hashable, CustomStringConvertible {
    /// A loopback address. Port 0 takes a free one.
    case tcp(host: String, port: Int)
    /// A Unix stream socket. A file left by a dead server is replaced.
    case unix(path: String)

    /// `host:port`, or the path.
    public var description: String {
      switch self {
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      case .unix(let path): path
      }
    }
  }

  private struct Running {
    var group: MultiThreadedEventLoopGroup
    var errandThreads: NIOThreadPool
    var hubs: [LoopHub]
    var listeners: [any Channel] = []
    var addresses: [Listener] = []
    var respAddresses: [Listener] = []
  }

  private enum Speech {
    case binary, resp
  }

  private let engine: any ServedEngine
  private let listeners: [Listener]
  private let respListeners: [Listener]
  private let loops: Int
  private let limits: ServerLimits
  private let logger: Logger
  private let census: ConnectionCensus
  private let directory: ClientDirectory
  private let running = NIOLockedValueBox<Running?>(nil)

  /// A server that does not listen yet: ``start()`` does.
  /// - Parameters:
  ///   - listeners: where the binary protocol is spoken.
  ///   - respListeners: where RESP is spoken.
  ///   - respPassword: what RESP clients must give before anything else; nil: nothing.
  ///   - version: as `INFO` tells it.
  public init(
    engine: any ServedEngine, listeners: [Listener], respListeners: [Listener] = [], respPassword: [UInt8]? = nil,
    version: String = "", loops: Int, limits: ServerLimits, logger: Logger
  ) {
    self.engine = engine
    self.listeners = listeners
    self.respListeners = respListeners
    self.loops = loops
    self.limits = limits
    self.logger = logger
    census = ConnectionCensus(connectionsMax: limits.connectionsMax, refusedMax: limits.refusedConnectionsMax)
    directory = ClientDirectory(
      census: census, connectionsMax: limits.connectionsMax, version: version, password: respPassword)
  }

  /// Where the listeners came to listen, in their order, with the ports that were free; empty before ``start()``.
  public var boundAddresses: [Listener] { running.withLockedValue { $0?.addresses ?? [] } }

  /// The same for RESP.
  public var boundRESPAddresses: [Listener] { running.withLockedValue { $0?.respAddresses ?? [] } }

  /// Connections that are served now.
  public var connectionCount: Int { census.count }

  /// Binds every listener and serves.
  /// - Throws: `configuration` for an address that is not loopback or limits that make no sense; `io` if a bind fails. Nothing
  ///   is left open then.
  public func start() async throws(EngineFault) {
    if let complaint = limits.complaint {
      throw EngineFault(.configuration, complaint, advice: "Correct the limit.")
    }
    if loops < 1 {
      throw EngineFault(.configuration, "there must be at least one event loop", advice: "Set loops to 1 or more.")
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
    let errandThreads = NIOThreadPool(numberOfThreads: 1)
    errandThreads.start()
    var hubs: [LoopHub] = []
    for loop in group.makeIterator() {
      let hub = LoopHub(
        loop: loop, engine: engine, limits: limits, census: census, errandThreads: errandThreads, logger: logger)
      hubs.append(hub)
      loop.execute { hub.start() }
    }
    running.withLockedValue { [hubs] in
      $0 = Running(group: group, errandThreads: errandThreads, hubs: hubs)
    }
    for (listener, speech) in listeners.map({ ($0, Speech.binary) }) + respListeners.map({ ($0, .resp) }) {
      do {
        try await bind(listener, speech, group, hubs)
      } catch {
        await stop()
        if let fault = error as? EngineFault { throw fault }
        throw EngineFault(
          .io, "cannot listen on \(listener): \(error)", advice: "Choose another address, or stop who uses it.")
      }
    }
  }

  /// Refuses what this server would never listen on, before anything is opened.
  /// - Throws: `configuration` for a host that cannot be resolved or is not loopback.
  public static func check(_ listener: Listener) throws(EngineFault) {
    switch listener {
    case .tcp(let host, let port): _ = try loopbackAddress(host, port)
    case .unix: break
    }
  }

  /// Accepts nothing more, lets what was decided become durable and leave, and closes. Bounded by `drainMilliseconds`.
  public func stop() async {
    guard
      let running = running.withLockedValue({ running in
        defer { running = nil }
        return running
      })
    else { return }
    for listener in running.listeners { try? await listener.close() }
    for address in running.addresses + running.respAddresses {
      if case .unix(let path) = address { unlink(path) }
    }
    for drained in running.hubs.map({ $0.stop() }) { try? await drained.get() }
    try? await running.errandThreads.shutdownGracefully()
    try? await running.group.shutdownGracefully()
  }

  // MARK: Listening

  private func bind(
    _ listener: Listener, _ speech: Speech, _ group: MultiThreadedEventLoopGroup, _ hubs: [LoopHub]
  ) async throws {
    let bootstrap = bootstrap(speech, group, hubs)
    switch listener {
    case .tcp(let host, let port):
      let address = try Self.loopbackAddress(host, port)
      let channel =
        try await bootstrap
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(to: address).get()
      let bound = channel.localAddress
      add(channel, .tcp(host: bound?.ipAddress ?? host, port: bound?.port ?? port), speech)
    case .unix(let path):
      let descriptor = try UnixSocket.bind(path)
      let channel = try await bootstrap.withBoundSocket(descriptor).get()
      // NIO lets 128 wait on a socket that it did not bind.
      listen(descriptor, CInt(limits.backlog))
      add(channel, .unix(path: path), speech)
    }
  }

  private func add(_ channel: any Channel, _ address: Listener, _ speech: Speech) {
    running.withLockedValue {
      $0?.listeners.append(channel)
      switch speech {
      case .binary: $0?.addresses.append(address)
      case .resp: $0?.respAddresses.append(address)
      }
    }
    if speech == .resp, case .tcp(_, let port) = address { directory.listens(on: port) }
  }

  private func front(_ speech: Speech, of channel: any Channel) -> FrontEnd {
    switch speech {
    case .binary: return .binary(BinaryFrontEnd())
    case .resp:
      let address = Self.text(channel.remoteAddress)
      let client = directory.add(
        // The client of a Unix socket has no name of its own.
        address: address.isEmpty ? Self.text(channel.localAddress) : address,
        localAddress: Self.text(channel.localAddress),
        // Never at once: a connection that ends itself is in the middle of decoding.
        close: { channel.eventLoop.execute { channel.close(promise: nil) } })
      return .resp(RESPFrontEnd(session: RESPSession(client: client, host: directory), directory: directory))
    }
  }

  /// `host:port`, or a socket's path.
  private static func text(_ address: SocketAddress?) -> String {
    guard let address else { return "" }
    guard let host = address.ipAddress, let port = address.port else { return address.pathname ?? "" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private func bootstrap(_ speech: Speech, _ group: MultiThreadedEventLoopGroup, _ hubs: [LoopHub]) -> ServerBootstrap {
    let byLoop = Dictionary(uniqueKeysWithValues: hubs.map { (ObjectIdentifier($0.loop), $0) })
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(limits.backlog))
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptGate(census: self.census))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // One read a turn: what it brought is one batch, or several with a turn between them, and a busy client does not keep the others
      // waiting.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 4 << 10, maximum: 128 << 10)
      )
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 << 10, high: 512 << 10))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let hub = byLoop[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("every loop of the group has a hub")
          }
          try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(hub: hub, front: self.front(speech, of: channel)))
        }
      }
  }

  /// - Throws: `configuration` if the host is not a loopback address.
  private static func loopbackAddress(_ host: String, _ port: Int) throws(EngineFault) -> SocketAddress {
    let address: SocketAddress
    do {
      address = try SocketAddress.makeAddressResolvingHost(host, port: port)
    } catch {
      throw EngineFault(
        .configuration, "the host \(host) cannot be resolved: \(error)",
        advice: "Listen on 127.0.0.1, ::1 or a Unix socket.")
    }
    guard isLoopback(address) else {
      throw EngineFault(
        .configuration, "\(host) is not a loopback address, and this server has neither TLS nor authentication",
        advice: "Listen on 127.0.0.1, ::1 or a Unix socket, and put a tunnel in front of it for other machines.")
    }
    return address
  }

  static func isLoopback(_ address: SocketAddress) -> Bool {
    guard let ip = address.ipAddress else { return true }
    return ip.hasPrefix("127.") || ip == "::1"
  }
}
