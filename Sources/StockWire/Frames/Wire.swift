/// The protocol's constants. `docs/protocol.md` says the same in words.
public enum Wire {
  /// The only version so far. A connection speaks the highest version that both sides know.
  public static let version: UInt16 = 1
  /// `STOCKD\r\n` as a little-endian word, so that its bytes lie on the wire in reading order.
  public static let magic: UInt64 = 0x0A0D_444B_434F_5453
  /// The first frame of a connection, its header included: nothing larger is read before the hello was accepted.
  public static let helloFrameBytesMax = 512
  /// The most that a request frame may hold unless the server says otherwise, without its header.
  public static let frameBytesMax = 1 << 20
  /// The most that a reply frame holds, without its header. Reads whose answers would pass it are answered `unavailable`.
  public static let replyFrameBytesMax = 16 << 20
  /// Rows that the reads of one request frame may ask for: the sum of their pages and items.
  public static let rowsPerFrameMax = 64 << 10
  /// What a page of items counts as at least, against ``rowsPerFrameMax``: a rare prefix is looked for among thousands.
  public static let rowsPerList = 512
  /// What the read of one order counts as, against ``rowsPerFrameMax``.
  public static let rowsPerOrder = 64
  /// What the read of one sale counts as, against ``rowsPerFrameMax``: its units are added up over up to 100,000 items.
  public static let rowsPerSale = 4_096
  /// What the read of a SKU's pools counts as, against ``rowsPerFrameMax``.
  public static let rowsPerPools = 256
  /// Request frames that a connection may have unanswered before the server stops reading from it.
  public static let framesInFlightMax = 1024
}
