import StockEngine
import StockWire

/// Every maximum of a connection, by name. Each is checked where it is reached; none is an assumption about clients.
public struct ServerLimits: Sendable, Equatable {
  /// Connections of all listeners. One more is told so and closed.
  public var connectionsMax = 10_000
  /// Connections that are being told why they may not stay, over all listeners and above `connectionsMax`; one more is closed without
  /// a word. Each takes a descriptor for as long as it lingers.
  public var refusedConnectionsMax = 64
  /// From the connection to its complete hello.
  public var helloTimeoutMilliseconds: Int64 = 5_000
  /// The first frame, header included.
  public var helloFrameBytesMax = Wire.helloFrameBytesMax
  /// A request frame's payload.
  public var frameBytesMax = Wire.frameBytesMax
  /// Commands of a request frame, and of a batch.
  public var commandsPerFrameMax = Bounds.commandsPerBatchMax
  /// Rows that the reads of a frame, and of a batch, may ask for: what bounds the memory that answers take.
  public var rowsPerFrameMax = Wire.rowsPerFrameMax
  /// How long one connection's input may keep its loop busy behind its first batch before the others have their turn. The batch in which
  /// it is over is finished.
  public var turnMicroseconds: Int64 = 1_000
  /// Frames of one connection without an answer. With so many, nothing more is read from it.
  public var framesInFlightMax = Wire.framesInFlightMax
  /// Replies that are kept for one connection, because their records are not durable or the client does not read. With
  /// more, nothing more is read from it; one batch may carry it beyond.
  public var outputBytesMax = 4 << 20
  /// How long a client may take nothing of the replies that wait for it.
  public var writeStallMilliseconds: Int64 = 30_000
  /// How long a connection that was told why it ends is read on, so that the reason is not lost to a reset.
  public var lingerMilliseconds: Int64 = 1_000
  /// How long a stop waits for replies in flight.
  public var drainMilliseconds: Int64 = 10_000
  /// Connections that wait to be accepted.
  public var backlog = 1_024

  /// The defaults, as `docs/protocol.md`, section 8, tells them.
  public init() {}

  /// Nil, or the first value that makes no sense.
  public var complaint: String? {
    if connectionsMax < 1 { return "connectionsMax is below 1" }
    if turnMicroseconds < 0 { return "turnMicroseconds is negative" }
    if refusedConnectionsMax < 0 { return "refusedConnectionsMax is negative" }
    if helloFrameBytesMax < Hello.frameBytes { return "helloFrameBytesMax does not hold a hello" }
    if frameBytesMax < 1 || frameBytesMax > Int(Int32.max) { return "frameBytesMax is not 1 to 2^31-1" }
    if commandsPerFrameMax < 1 || commandsPerFrameMax > Bounds.commandsPerBatchMax {
      return "commandsPerFrameMax is not 1 to \(Bounds.commandsPerBatchMax)"
    }
    if rowsPerFrameMax < Bounds.rowsPerPageMax { return "rowsPerFrameMax does not hold a page" }
    if framesInFlightMax < 1 || outputBytesMax < 1 || backlog < 1 { return "a maximum is below 1" }
    if helloTimeoutMilliseconds < 1 || writeStallMilliseconds < 1 || lingerMilliseconds < 0 || drainMilliseconds < 0 {
      return "a time is negative"
    }
    return nil
  }
}
