/// Why the server closes the connection right after this frame.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | code | u16 |
/// | 2 | may a retry differ (0, 1) | u8 |
/// | 3 | 0 | u8 |
/// | 4 | bytes of the text | u16 |
/// | 6 | text, UTF-8, for people | bytes |
public struct ErrorFrame: Hashable, Sendable {
  /// A code's number; an older client may not know its name.
  public var rawCode: UInt16
  /// Whether the same bytes on a new connection may fare better.
  public var mayRetryDiffer: Bool
  /// What happened, for people.
  public var text: String

  /// Nil if this client does not know the number.
  public var code: ErrorCode? { ErrorCode(rawValue: rawCode) }

  /// The frame that tells a client of a fault.
  public init(_ fault: WireFault) {
    rawCode = fault.code.rawValue
    mayRetryDiffer = fault.code.mayRetryDiffer
    text = fault.description
  }

  /// Reads a payload.
  /// - Throws: `malformedFrame` if it ends too early.
  public init(payload: UnsafeRawBufferPointer) throws(WireFault) {
    var reader = FieldReader(payload, 0..<payload.count)
    rawCode = reader.u16()
    mayRetryDiffer = reader.u8() != 0
    _ = reader.u8()
    let text = reader.text16()
    guard !reader.isBroken else { throw WireFault(.malformedFrame, "an error frame that ends too early") }
    self.text = reader.string(text)
  }

  /// The whole frame.
  /// - Parameter id: the id of the frame at fault if it was read, else 0.
  public func frame(id: UInt64 = 0) -> [UInt8] {
    let text = Array(text.utf8.prefix(1024))
    return [UInt8](rawCount: FrameHeader.bytes + 6 + text.count) { bytes in
      var writer = FieldWriter(bytes)
      FrameHeader(length: UInt32(6 + text.count), kind: .error, id: id).write(to: &writer)
      writer.u16(rawCode)
      writer.u8(mayRetryDiffer ? 1 : 0)
      writer.u8(0)
      text.withUnsafeBytes { writer.text16($0) }
    }
  }
}
