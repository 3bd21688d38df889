/// What a frame is. Raw values are part of the protocol: append only.
public enum FrameKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Client: the first frame of a connection.
  case hello = 1
  /// Server: the hello was accepted.
  case helloReply = 2
  /// Client: commands.
  case request = 3
  /// Server: the replies to one request frame, as many as it had commands, in its order.
  case reply = 4
  /// Server: why it closes the connection right after this frame.
  case error = 5
  /// Client: asks for a pong.
  case ping = 6
  /// Server: answers a ping, in its place among the replies.
  case pong = 7
}

/// The first 16 bytes of every frame.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | length: bytes after the header | u32 |
/// | 4 | kind | u8 |
/// | 5 | flags: 0 in this version | u8 |
/// | 6 | count: commands of a request, replies of a reply, else 0 | u16 |
/// | 8 | id: the client's, echoed in reply and pong | u64 |
public struct FrameHeader: Hashable, Sendable, BitwiseCopyable {
  /// Bytes after the header.
  public var length: UInt32
  /// What the payload is.
  public var kind: FrameKind
  /// 0 in this version.
  public var flags: UInt8
  /// Commands of a request, replies of a reply, else 0.
  public var count: UInt16
  /// Any number of the client's; answers carry the id of the frame that they answer.
  public var id: UInt64

  /// A header to write; nothing is checked.
  public init(length: UInt32, kind: FrameKind, flags: UInt8 = 0, count: UInt16 = 0, id: UInt64 = 0) {
    self.length = length
    self.kind = kind
    self.flags = flags
    self.count = count
    self.id = id
  }

  /// Bytes of a header.
  public static let bytes = 16

  /// Reads a header. Its length is not checked against any limit: that is the reader's, before it waits or allocates.
  /// - Parameter bytes: at least 16 of them.
  /// - Throws: ``WireFault`` `malformedFrame` for an unknown kind, flags, or a count on a frame that has none.
  public init(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
    precondition(bytes.count >= Self.bytes, "a header has 16 bytes")
    var reader = FieldReader(bytes, 0..<Self.bytes)
    length = reader.u32()
    guard let kind = FrameKind(rawValue: reader.u8()) else {
      throw WireFault(.malformedFrame, "unknown frame kind \(bytes[4])")
    }
    self.kind = kind
    flags = reader.u8()
    count = reader.u16()
    id = reader.u64()
    guard flags == 0 else { throw WireFault(.malformedFrame, "unknown frame flags \(flags)") }
    switch kind {
    case .request, .reply:
      guard count > 0 else { throw WireFault(.malformedFrame, "a request and a reply count at least 1") }
    case .hello, .helloReply, .error, .ping, .pong:
      guard count == 0 else { throw WireFault(.malformedFrame, "only requests and replies have a count") }
    }
  }

  /// Writes the header's 16 bytes to the front of `bytes`.
  public func write(to bytes: UnsafeMutableRawBufferPointer) {
    var writer = FieldWriter(bytes)
    write(to: &writer)
  }

  func write(to writer: inout FieldWriter) {
    writer.u32(length)
    writer.u8(kind.rawValue)
    writer.u8(flags)
    writer.u16(count)
    writer.u64(id)
  }
}
