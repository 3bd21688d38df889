import NIOCore
import StockEngine
import StockWire

/// Cuts what arrives into frames and hands them to the driver. One a connection; lives on the driver's loop.
final class FrameHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let driver: SessionDriver
  private let number: Int
  private var held: ByteBuffer?
  private var isOver = false

  init(_ driver: SessionDriver, number: Int) {
    self.driver = driver
    self.number = number
  }

  func channelActive(context: ChannelHandlerContext) {
    driver.connected(number, context.channel)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if var held {
      self.held = nil
      held.writeBuffer(&buffer)
      buffer = held
    }
    while !isOver {
      do throws(WireFault) {
        guard try takeFrame(&buffer) else { break }
      } catch {
        isOver = true
        driver.violated(number, error.description)
      }
    }
    if !isOver, buffer.readableBytes > 0 {
      buffer.discardReadBytes()
      held = buffer
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    driver.flush()
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    driver.lost(number, "the server closed it")
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    driver.lost(number, String(describing: error))
    context.close(promise: nil)
  }

  /// False: the frame is not whole yet.
  private func takeFrame(_ buffer: inout ByteBuffer) throws(WireFault) -> Bool {
    guard buffer.readableBytes >= FrameHeader.bytes else { return false }
    let header = try buffer.withFrameBytes(FrameHeader.bytes) { bytes throws(WireFault) in try FrameHeader(bytes) }
    guard header.length <= Wire.replyFrameBytesMax else {
      throw WireFault(.frameTooLarge, "a frame of \(header.length) bytes")
    }
    let whole = FrameHeader.bytes + Int(header.length)
    guard buffer.readableBytes >= whole else { return false }
    try buffer.withFrameBytes(whole) { bytes throws(WireFault) in
      try take(header, UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.bytes...]))
    }
    buffer.moveReaderIndex(forwardBy: whole)
    return true
  }

  private func take(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) throws(WireFault) {
    switch header.kind {
    case .reply: takeReplies(header, payload)
    case .pong: driver.replied(number, id: header.id, count: 0, .success([]), highestLSN: .zero)
    case .helloReply: driver.greeted(number, try HelloReply(payload: payload))
    case .error:
      isOver = true
      driver.refused(number, id: header.id, try ErrorFrame(payload: payload))
    case .hello, .request, .ping: throw WireFault(.malformedFrame, "a server sends no \(header.kind)")
    }
  }

  private func takeReplies(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
    var decoder = ReplyDecoder(payload: payload, count: Int(header.count))
    var replies: [WireReply] = []
    replies.reserveCapacity(Int(header.count))
    var highestLSN = LSN.zero
    var result: Result<[WireReply], WireFault>
    do throws(WireFault) {
      while let reply = try decoder.next() {
        highestLSN = max(highestLSN, reply.lsn)
        replies.append(reply)
      }
      result = .success(replies)
    } catch {
      result = .failure(error)
      // Where one reply cannot be read, those before it may not be what they seem.
      highestLSN = .zero
    }
    driver.replied(number, id: header.id, count: Int(header.count), result, highestLSN: highestLSN)
  }
}

extension ByteBuffer {
  /// The first `count` readable bytes, with typed throws.
  fileprivate func withFrameBytes<Value>(
    _ count: Int, _ body: (UnsafeRawBufferPointer) throws(WireFault) -> Value
  ) throws(WireFault) -> Value {
    var result: Result<Value, WireFault>?
    withUnsafeReadableBytes { bytes in
      let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
      do throws(WireFault) {
        result = .success(try body(bytes))
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("the closure above always runs") }
    return try result.get()
  }
}
