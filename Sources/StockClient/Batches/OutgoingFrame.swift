import NIOCore
import StockWire

/// A frame on its way: bytes that can be sent again, unchanged.
struct OutgoingFrame: Sendable {
  /// Header and payload. The id is set once, before it is first sent.
  private(set) var bytes: ByteBuffer
  /// Commands; 0 is a ping.
  let commands: Int
  /// A history or a demand, which may take long.
  let readsLog: Bool

  init(bytes: ByteBuffer, commands: Int, readsLog: Bool = false) {
    self.bytes = bytes
    self.commands = commands
    self.readsLog = readsLog
  }

  /// A ping.
  static func ping() -> OutgoingFrame {
    OutgoingFrame(bytes: ByteBuffer(bytes: PingFrame.ping(id: 0)), commands: 0)
  }

  mutating func setID(_ id: UInt64) {
    bytes.setInteger(id, at: bytes.readerIndex + 8, endianness: .little)
  }
}

/// What the server takes in one frame.
struct FrameLimits: Hashable, Sendable {
  var frameBytesMax = Wire.frameBytesMax
  var commandsPerFrameMax = 16 * 1024
  var framesInFlightMax = Wire.framesInFlightMax

  init() {}

  init(_ reply: HelloReply) {
    frameBytesMax = Int(reply.frameBytesMax)
    commandsPerFrameMax = min(Int(reply.commandsPerFrameMax), Int(UInt16.max))
    framesInFlightMax = max(1, Int(reply.framesInFlightMax))
  }
}

extension ByteBuffer {
  mutating func writeHeader(_ header: FrameHeader) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.bytes) { bytes in
      header.write(to: bytes)
      return FrameHeader.bytes
    }
  }
}
