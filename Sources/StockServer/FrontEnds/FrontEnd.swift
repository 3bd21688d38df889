import NIOCore
import StockEngine
import StockWire

/// A protocol that connections speak. Another one is a case here and a type beside ``BinaryFrontEnd``.
enum FrontEnd: Sendable {
  case binary(BinaryFrontEnd)

  /// Whether the first thing is a hello with a deadline.
  var greets: Bool {
    switch self {
    case .binary: true
    }
  }

  /// Decodes as much as there is, and as the machine lets it take.
  /// - Parameter greeting: the server as a hello may see it; needed as long as the machine has not been greeted.
  func decode(
    _ input: UnsafeRawBufferPointer, _ machine: inout ConnectionMachine, limits: ServerLimits, greeting: ServerView?,
    batch: inout CommandBatch, slots: inout [ReplySlot]
  ) -> DecodeResult {
    switch self {
    case .binary(let front):
      front.decode(input, &machine, limits: limits, greeting: greeting, batch: &batch, slots: &slots)
    }
  }

  /// Writes the answer of one slot.
  /// - Returns: its bytes.
  func write(_ slot: ReplySlot, _ replies: borrowing ReplyBatch, to output: inout ByteBuffer) -> Int {
    switch self {
    case .binary: BinaryFrontEnd.write(slot, replies, to: &output)
    }
  }

  /// Why the connection ends, for the client.
  func reason(_ fault: WireFault, id: UInt64) -> [UInt8] {
    switch self {
    case .binary: ErrorFrame(fault).frame(id: id)
    }
  }
}

/// One answer that is due, in the order of the requests.
enum ReplySlot: Sendable {
  /// `count` replies of the batch from `first` on, as one frame.
  case replies(id: UInt64, first: Int, count: Int)
  case pong(id: UInt64)
  case hello(HelloReply, id: UInt64)
}

/// What a hello is compared with.
struct ServerView: Sendable {
  var storeID: StoreID
  var epochs: EpochHistory
  var durableLSN: LSN
  var now: Timestamp
}

struct DecodeResult {
  /// Bytes that were taken off the front of the input.
  var consumed: Int
  var stop: Stop

  enum Stop {
    /// All that is whole was taken.
    case needsMore
    /// The next frame does not go into this batch: execute, then go on.
    case batchFull
    /// The machine takes no more for now.
    case paused
    /// A read of the log's files was asked for, and the batch holds nothing else: it is read elsewhere, and nothing more is taken
    /// until it is answered.
    case logRead(LogReadRequest)
    case fault(WireFault, id: UInt64)
  }
}

/// A read of the log's files that a client asked for.
struct LogReadRequest: Sendable {
  enum Read: Sendable {
    case history(item: String, beforeVersion: UInt64, rowsMax: Int)
    case demand(item: String, DemandQuery)
  }

  var id: UInt64
  var read: Read

  /// Nil if the command is no such read.
  init?(_ command: Command, of batch: borrowing CommandBatch, id: UInt64) {
    self.id = id
    switch command {
    case .history(let history):
      read = .history(
        item: batch.string(history.item), beforeVersion: history.beforeVersion, rowsMax: Int(history.rowsMax))
    case .demand(let demand): read = .demand(item: batch.string(demand.item), demand.query)
    default: return nil
    }
  }
}
