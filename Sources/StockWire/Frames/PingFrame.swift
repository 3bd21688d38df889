/// A frame without a payload.
public enum PingFrame {
  /// A ping: the server answers a pong with its id.
  public static func ping(id: UInt64) -> [UInt8] { empty(.ping, id: id) }

  /// The answer to a ping, with its id.
  public static func pong(id: UInt64) -> [UInt8] { empty(.pong, id: id) }

  private static func empty(_ kind: FrameKind, id: UInt64) -> [UInt8] {
    [UInt8](rawCount: FrameHeader.bytes) { FrameHeader(length: 0, kind: kind, id: id).write(to: $0) }
  }
}
