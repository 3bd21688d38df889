import Logging
import NIOCore
import StockEngine
import StockRESP
import StockWire

/// The shell around a ``ConnectionMachine``: moves bytes between the socket, the front end and the engine. One a connection.
///
/// Everything that one read brought is decoded into one batch and executed in place. Reply bytes gather in `output` until
/// the machine lets them go.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let hub: LoopHub
  private var front: FrontEnd
  private var machine: ConnectionMachine
  private var context: ChannelHandlerContext?
  private var admission: Admission?

  /// What was read and not decoded.
  private var input = ByteBuffer()
  /// `input` is the buffer that NIO read into, which it would like to have back.
  private var inputIsBorrowed = false
  /// `input` may hold whole frames that backpressure or a read of the log holds up.
  private var isPaused = false
  /// There is more to do, but it is the others' turn.
  private var isYielding = false
  private var inputEnded = false
  /// NIO asked for a read that was not granted yet.
  private var readIsDue = false

  /// The bytes that the machine counts as held, in order.
  private var output = ByteBuffer()
  private var waitsForLog = false

  /// An output buffer that grew beyond this is not kept for later.
  private static let outputBytesKept = 128 << 10

  init(hub: LoopHub, front: FrontEnd) {
    self.hub = hub
    self.front = front
    machine = ConnectionMachine(limits: hub.limits, now: hub.now, greets: front.greets)
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { opened() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    gone()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    opened()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    gone()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hub.logger.debug("connection error", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if machine.discardsInput { return }
    let bytes = unwrapInboundIn(data)
    if input.readableBytes == 0 {
      input = bytes
      inputIsBorrowed = true
    } else {
      input.writeImmutableBuffer(bytes)
      inputIsBorrowed = false
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !isPaused { process() }
  }

  /// NIO asks whether to read: not while the machine takes nothing.
  func read(context: ChannelHandlerContext) {
    if machine.wantsRead, !isYielding {
      context.read()
    } else {
      readIsDue = true
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      inputEnded = true
      if !isPaused || machine.discardsInput { endInput() }
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    machine.writabilityChanged(to: context.channel.isWritable)
    flush()
    resume()
    context.fireChannelWritabilityChanged()
  }

  private func opened() {
    guard admission == nil else { return }
    let admission = hub.add(self)
    self.admission = admission
    switch admission {
    case .admitted: break
    case .refused(let code): fail(WireFault(code))
    case .turnedAway: context?.close(promise: nil)
    }
  }

  private func gone() {
    guard let admission else { return }
    self.admission = nil
    machine.disconnected()
    front.ended()
    input = ByteBuffer()
    output = ByteBuffer()
    hub.remove(self, admission)
  }

  // MARK: From the hub

  func logWentOn() {
    waitsForLog = false
    flush()
    resume()
  }

  func logFailed() {
    waitsForLog = false
    switch machine.logFailed(durable: hub.durable) {
    case .ignore: break
    case .explain(let fault, let keeping):
      output.moveWriterIndex(to: output.readerIndex + keeping)
      explain(fault)
    }
  }

  func errandAnswered(_ answer: ByteBuffer, gate: LSN) {
    guard machine.errandEnded() else { return }
    output.writeImmutableBuffer(answer)
    machine.queue(bytes: answer.readableBytes, frames: 1, gate: gate)
    flush()
    resume()
  }

  func stop() { perform(machine.stop()) }

  func abort() { context?.close(promise: nil) }

  func tick(now: Int64) {
    guard let context else { return }
    let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    switch machine.tick(now: now, unsent: unsent) {
    case .nothing: break
    case .explain(let fault): explain(fault)
    case .abort(let code):
      hub.logger.info("connection closed", metadata: ["reason": "\(code.name)", "unsentBytes": "\(unsent)"])
      context.close(promise: nil)
    case .close: context.close(promise: nil)
    }
  }

  // MARK: Input

  /// Decodes, executes and answers what lies in `input`, as far as the machine lets it.
  private func process() {
    repeat {
      isPaused = false
      processOnce()
      flush()
      // The log may have gone on before anybody waited for it: then the flush has lifted what paused, and nobody will
      // come to resume.
    } while isPaused && !isYielding && machine.mayTakeFrame(pending: 0)
    keepRest()
    if inputEnded, !isPaused { endInput() }
  }

  private func processOnce() {
    var turnEnd: NIODeadline?
    while input.readableBytes > 0, !machine.discardsInput {
      switch decodeAndExecute() {
      case .needsMore: return
      case .batchFull:
        flush()
        // From the end of the first batch on: input of one batch, the usual case, asks for no time.
        let now = NIODeadline.now()
        let end = turnEnd ?? now + .microseconds(hub.limits.turnMicroseconds)
        turnEnd = end
        if now < end { continue }
        isPaused = true
        isYielding = true
        hub.yield(self)
        return
      case .paused:
        isPaused = true
        return
      case .errand(let request):
        machine.errandBegan()
        isPaused = true
        hub.run(request, for: self)
        return
      case .quit:
        perform(machine.quit())
        return
      case .http:
        hub.warnOfHTTP(context?.channel.remoteAddress)
        fail(WireFault(.malformedFrame, RESPProtocolFault.http.message))
      case .fault(let fault, let id): fail(fault, id: id)
      }
    }
  }

  private func decodeAndExecute() -> DecodeResult.Stop {
    let greeting = machine.isOpen ? nil : hub.view
    return hub.withScratch { scratch, executor in
      let result = input.withUnsafeReadableBytes { bytes in
        front.decode(bytes, &machine, limits: hub.limits, greeting: greeting, into: &scratch)
      }
      input.moveReaderIndex(forwardBy: result.consumed)
      if case .errand = result.stop { return result.stop }
      if !scratch.batch.isEmpty {
        executor.execute(&scratch.batch, into: &scratch.replies)
        precondition(scratch.replies.replies.count == scratch.batch.count, "every command has a reply")
        hub.decided()
      }
      if scratch.hasAnswers {
        let (bytes, frames) = front.write(&scratch, to: &output)
        machine.queue(bytes: bytes, frames: frames, gate: scratch.replies.gate)
      }
      return result.stop
    }
  }

  /// It is this connection's turn again. Nothing was read meanwhile.
  func goOn() {
    isYielding = false
    resume()
  }

  /// Gives NIO its buffer back: the part of a frame that is left is copied.
  private func keepRest() {
    if input.readableBytes == 0 || machine.discardsInput {
      input = ByteBuffer()
    } else if inputIsBorrowed {
      input = ByteBuffer(bytes: input.readableBytesView)
    } else {
      input.discardReadBytes()
    }
    inputIsBorrowed = false
  }

  /// Goes on where backpressure or a read of the log stopped.
  private func resume() {
    if isYielding { return }
    if isPaused, machine.mayTakeFrame(pending: 0) { process() }
    if readIsDue, machine.wantsRead, !isYielding {
      readIsDue = false
      context?.read()
    }
  }

  private func endInput() { perform(machine.inputClosed()) }

  // MARK: Output

  /// Hands what may leave to the socket: one write and one flush.
  private func flush() {
    guard let context else { return }
    let durable = hub.durable
    switch machine.flush(durable: durable, now: hub.now) {
    case .wait: break
    case .write(let bytes): write(bytes, context)
    case .writeAndFinish(let bytes):
      if bytes > 0 { write(bytes, context) }
      finish(context)
    }
    if machine.isGated, !waitsForLog {
      waitsForLog = true
      hub.waitForLog(self, seen: durable)
    }
  }

  private func write(_ bytes: Int, _ context: ChannelHandlerContext) {
    if bytes < output.readableBytes {
      guard let part = output.readSlice(length: bytes) else { preconditionFailure("the machine counts what is held") }
      context.writeAndFlush(wrapOutboundOut(part), promise: nil)
      return
    }
    // Taken out first: the write may call back into this handler.
    var all = output
    output = ByteBuffer()
    context.writeAndFlush(wrapOutboundOut(all), promise: nil)
    if output.readableBytes == 0, all.capacity <= Self.outputBytesKept {
      // The usual case: it was written at once, nobody else holds it, and clearing it allocates nothing.
      all.clear()
      output = all
    }
  }

  // MARK: The end

  /// Ends the output behind all that was handed over.
  private func finish(_ context: ChannelHandlerContext) {
    let left = context.eventLoop.makePromise(of: Void.self)
    left.futureResult.assumeIsolated().whenComplete { [self] _ in perform(machine.outputEnded(now: hub.now)) }
    if inputEnded {
      endInput()
      // With both sides at their end NIO closes at once, and what is unsent is lost: the close waits for the last byte.
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: left)
    } else {
      context.close(mode: .output, promise: left)
    }
  }

  private func fail(_ fault: WireFault, id: UInt64 = 0) {
    if fault.code == .dataRegression {
      hub.logger.critical(
        "a client has seen more of the log than this server has: acknowledged orders are missing here",
        metadata: ["detail": "\(fault.detail)", "durableLSN": "\(hub.engine.durableLSN)"])
    } else {
      hub.logger.debug("connection refused", metadata: ["reason": "\(fault)"])
    }
    perform(machine.fail(fault), id: id)
  }

  private func perform(_ action: ConnectionMachine.EndAction, id: UInt64 = 0) {
    switch action {
    case .ignore: break
    case .explain(let fault): explain(fault, id: id)
    case .drain: flush()
    case .close: context?.close(promise: nil)
    }
  }

  private func explain(_ fault: WireFault, id: UInt64 = 0) {
    let bytes = output.writeBytes(front.reason(fault, id: id))
    machine.queue(bytes: bytes, frames: 0, gate: .zero)
    flush()
    resume()
  }
}
