import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import StockClient

@testable import StockEngine
@testable import StockWire

/// An in-process server that speaks the protocol and misbehaves on demand.
final class FakeServer: Sendable {
  static let epoch = Epoch(number: 4, nonce: 1)

  /// What it does with a request frame, counted from 1 over all connections.
  enum Mishap: Sendable, Equatable {
    /// Closes without doing it.
    case dropBefore
    /// Does it, then closes without an answer.
    case dropAfter
    /// Does it, and never answers.
    case swallow
    /// Sends an error frame instead of doing it.
    case refuse(ErrorCode)
    /// Answers with one reply too few.
    case shortReply
    /// Answers with an outcome that no version knows.
    case unknownOutcome
  }

  struct State {
    var store = FakeStore()
    var framesSeen = 0
    var connectionsSeen = 0
    var connectionsOpen = 0
    var hellos: [Hello] = []
    var mishaps: [Int: Mishap] = [:]
    /// Refuses this many hellos.
    var helloErrors: [ErrorCode] = []
    var limits = (frameBytes: 1 << 20, commands: 16_384, frames: 1024)
  }

  let state: NIOLockedValueBox<State>
  private let channel: any Channel
  var address: ServerAddress {
    guard let port = channel.localAddress?.port else { preconditionFailure("it is bound") }
    return .tcp(host: "127.0.0.1", port: port)
  }

  private init(_ state: NIOLockedValueBox<State>, _ channel: any Channel) {
    self.state = state
    self.channel = channel
  }

  static func start(
    port: Int = 0, state: NIOLockedValueBox<State> = NIOLockedValueBox(State())
  ) async throws -> FakeServer {
    // A named port may still be held for a moment by what was there before, or by a passing connection of another program.
    for _ in 0..<50 where port != 0 {
      do {
        return try await bind(port, state)
      } catch let error as IOError where error.errnoCode == 98 {  // EADDRINUSE
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    return try await bind(port, state)
  }

  private static func bind(_ port: Int, _ state: NIOLockedValueBox<State>) async throws -> FakeServer {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeHandler(state))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    return FakeServer(state, channel)
  }

  func stop() async throws { try await channel.close() }

  func with<Value: Sendable>(_ body: @Sendable (inout State) -> Value) -> Value { state.withLockedValue { body(&$0) } }

  var store: FakeStore { state.withLockedValue { $0.store } }
}

/// Runs `body` with a fake server and a client of it.
func withFake(
  configuration: ClientConfiguration = quick, _ setUp: @Sendable (inout FakeServer.State) -> Void = { _ in },
  _ body: (FakeServer, StockClient) async throws -> Void
) async throws {
  let server = try await FakeServer.start()
  server.with(setUp)
  let client = try await StockClient.connect(to: server.address, configuration: configuration)
  try await body(server, client)
  await client.close()
  try await server.stop()
}

/// Short pauses, so that nothing in a test waits long.
let quick: ClientConfiguration = {
  var configuration = ClientConfiguration()
  configuration.requestTimeout = .seconds(20)
  configuration.retry.pauseMin = .milliseconds(1)
  configuration.retry.pauseMax = .milliseconds(5)
  return configuration
}()

private final class FakeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let state: NIOLockedValueBox<FakeServer.State>
  private var held = ByteBuffer()
  private var isGreeted = false

  init(_ state: NIOLockedValueBox<FakeServer.State>) { self.state = state }

  func channelActive(context: ChannelHandlerContext) {
    state.withLockedValue {
      $0.connectionsSeen += 1
      $0.connectionsOpen += 1
    }
  }

  func channelInactive(context: ChannelHandlerContext) { state.withLockedValue { $0.connectionsOpen -= 1 } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    held.writeBuffer(&buffer)
    while let (header, payload) = takeFrame() {
      guard respond(header, payload, context) else {
        context.close(promise: nil)
        return
      }
    }
  }

  private func takeFrame() -> (FrameHeader, [UInt8])? {
    guard let head = held.getBytes(at: held.readerIndex, length: FrameHeader.bytes),
      let header = try? head.withUnsafeBytes({ try FrameHeader($0) }),
      held.readableBytes >= FrameHeader.bytes + Int(header.length)
    else { return nil }
    held.moveReaderIndex(forwardBy: FrameHeader.bytes)
    return (header, held.readBytes(length: Int(header.length)) ?? [])
  }

  /// False: close.
  private func respond(_ header: FrameHeader, _ payload: [UInt8], _ context: ChannelHandlerContext) -> Bool {
    switch header.kind {
    case .hello: greet(header, payload, context)
    case .ping: send(PingFrame.pong(id: header.id), context)
    case .request: answer(header, payload, context)
    case .helloReply, .reply, .error, .pong: false
    }
  }

  private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) -> Bool {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    return true
  }

  private func greet(_ header: FrameHeader, _ payload: [UInt8], _ context: ChannelHandlerContext) -> Bool {
    guard let hello = payload.withUnsafeBytes({ try? Hello(payload: $0) }) else { return false }
    let answer: (bytes: [UInt8], isGood: Bool) = state.withLockedValue { state in
      state.hellos.append(hello)
      if !state.helloErrors.isEmpty {
        return (ErrorFrame(WireFault(state.helloErrors.removeFirst())).frame(id: header.id), false)
      }
      if let storeID = hello.storeID, storeID != state.store.id {
        return (ErrorFrame(WireFault(.otherStore)).frame(id: header.id), false)
      }
      if hello.highestLSN.rawValue > state.store.lastLSN {
        return (ErrorFrame(WireFault(.dataRegression)).frame(id: header.id), false)
      }
      let reply = HelloReply(
        frameBytesMax: UInt32(state.limits.frameBytes), commandsPerFrameMax: UInt32(state.limits.commands),
        framesInFlightMax: UInt32(state.limits.frames), storeID: state.store.id, durableLSN: LSN(state.store.lastLSN),
        now: state.store.now, epoch: FakeServer.epoch)
      return (reply.frame(id: header.id), true)
    }
    return send(answer.bytes, context) && answer.isGood
  }

  private func answer(_ header: FrameHeader, _ payload: [UInt8], _ context: ChannelHandlerContext) -> Bool {
    var closes = false
    let bytes: [UInt8]? = state.withLockedValue { state in
      state.framesSeen += 1
      let mishap = state.mishaps.removeValue(forKey: state.framesSeen)
      if case .refuse(let code) = mishap {
        closes = true
        return ErrorFrame(WireFault(code)).frame(id: header.id)
      }
      if mishap == .dropBefore {
        closes = true
        return nil
      }
      var batch = CommandBatch()
      var replies = ReplyBatch()
      do {
        try payload.withUnsafeBytes { try RequestDecoder.decode(payload: $0, count: Int(header.count), into: &batch) }
      } catch {
        closes = true
        return ErrorFrame(WireFault(.malformedFrame)).frame(id: header.id)
      }
      let count = Int(header.count)
      state.store.answer(batch, 0..<count, into: &replies)
      switch mishap {
      case .dropAfter:
        closes = true
        return nil
      case .swallow: return nil
      case .shortReply: return Self.frame(replies, 0..<count - 1, header.id)
      case .unknownOutcome:
        var bytes = Self.frame(replies, 0..<count, header.id)
        bytes[FrameHeader.bytes] = 250
        return bytes
      case .dropBefore, .refuse, nil: return Self.frame(replies, 0..<count, header.id)
      }
    }
    if let bytes { _ = send(bytes, context) }
    return !closes
  }

  private static func frame(_ replies: borrowing ReplyBatch, _ range: Range<Int>, _ id: UInt64) -> [UInt8] {
    [UInt8](rawCount: ReplyEncoder.frameBytes(replies, range)) { ReplyEncoder.write(replies, range, id: id, to: $0) }
  }
}
