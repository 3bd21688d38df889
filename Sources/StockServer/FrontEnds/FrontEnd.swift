import NIOCore
import StockEngine
import StockRESP
import StockWire

/// A protocol that a connection speaks, with what it remembers of its client. Another one is a case here and a type beside
/// ``BinaryFrontEnd``.
enum FrontEnd: Sendable {
  case binary(BinaryFrontEnd)
  case resp(RESPFrontEnd)

  /// Whether the first thing is a hello, or a password, with a deadline.
  var greets: Bool {
    switch self {
    case .binary: true
    case .resp(let front): !front.session.isAdmitted
    }
  }

  /// Decodes as much as there is, and as the machine lets it take.
  /// - Parameter greeting: the server as a hello may see it; needed as long as the machine has not been greeted.
  mutating func decode(
    _ input: UnsafeRawBufferPointer, _ machine: inout ConnectionMachine, limits: ServerLimits, greeting: ServerView?,
    into scratch: inout LoopScratch
  ) -> DecodeResult {
    switch self {
    case .binary(let front):
      return front.decode(
        input, &machine, limits: limits, greeting: greeting, batch: &scratch.batch, slots: &scratch.slots)
    case .resp(var front):
      take()
      defer { self = .resp(front) }
      return front.decode(input, &machine, limits: limits, into: &scratch)
    }
  }

  /// Leaves the memory of a session to the one copy that is changed: with two, every change would copy it.
  private mutating func take() { self = .binary(BinaryFrontEnd()) }

  /// Writes the answers of everything that was decoded.
  /// - Returns: their bytes, and how many frames they count as.
  mutating func write(_ scratch: inout LoopScratch, to output: inout ByteBuffer) -> (bytes: Int, frames: Int) {
    switch self {
    case .binary:
      var bytes = 0
      for slot in scratch.slots { bytes += BinaryFrontEnd.write(slot, scratch.replies, to: &output) }
      return (bytes, scratch.slots.count)
    case .resp(var front):
      take()
      defer { self = .resp(front) }
      return front.write(&scratch, to: &output)
    }
  }

  /// Why the connection ends, for the client. Empty: it is just closed.
  func reason(_ fault: WireFault, id: UInt64) -> [UInt8] {
    switch self {
    case .binary: ErrorFrame(fault).frame(id: id)
    case .resp: RESPFrontEnd.reason(fault)
    }
  }

  /// The connection is gone.
  func ended() {
    switch self {
    case .binary: break
    case .resp(let front): front.directory.remove(front.session.clientID)
    }
  }
}

/// Memory that the connections of a loop share: one at a time decodes into it, and has its batch executed and answered.
struct LoopScratch: ~Copyable {
  var batch = CommandBatch()
  var replies = ReplyBatch()
  /// Of the binary protocol.
  var slots: [ReplySlot] = []
  var respSlots: [RESPSession.Slot] = []
  var respWriter = RESPWriter()

  /// Whether anything is to be answered.
  var hasAnswers: Bool { !slots.isEmpty || !respSlots.isEmpty }

  mutating func removeAll() {
    batch.removeAll()
    replies.removeAll()
    slots.removeAll(keepingCapacity: true)
    respSlots.removeAll(keepingCapacity: true)
    respWriter.removeAll()
  }
}

/// One answer of the binary protocol that is due, in the order of the requests.
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
    /// Something was asked for that is not for the loop, and the batch holds nothing else: it is done elsewhere, and nothing more is
    /// taken until it is answered.
    case errand(ErrandRequest)
    /// The client takes its leave.
    case quit
    /// It is no Redis client, but somebody who posts to a web server.
    case http
    case fault(WireFault, id: UInt64)
  }
}

/// Something that a client asked for and that blocks.
struct ErrandRequest: Sendable {
  enum Work: Sendable {
    case history(item: String, beforeVersion: UInt64, rowsMax: Int)
    case demand(item: String, DemandQuery)
    case check
    case snapshot
  }

  enum Answer: Sendable {
    /// A frame of the binary protocol with this id.
    case frame(id: UInt64)
    case resp(RESPSession.ErrandSlot)
  }

  var work: Work
  var answer: Answer
}

extension ErrandRequest {
  /// Nil if the command is no read of the log.
  init?(_ command: Command, of batch: borrowing CommandBatch, id: UInt64) {
    answer = .frame(id: id)
    switch command {
    case .history(let history):
      work = .history(
        item: batch.string(history.item), beforeVersion: history.beforeVersion, rowsMax: Int(history.rowsMax))
    case .demand(let demand): work = .demand(item: batch.string(demand.item), demand.query)
    default: return nil
    }
  }

  init(_ errand: Errand, _ slot: RESPSession.ErrandSlot) {
    answer = .resp(slot)
    switch errand {
    case .history(let item, let beforeVersion, let rowsMax):
      work = .history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax)
    case .check: work = .check
    case .snapshot: work = .snapshot
    }
  }

  /// Does it and writes the answer.
  /// - Returns: the LSN that the answer rests on.
  func perform(_ engine: any ServedEngine, to output: inout ByteBuffer) -> LSN {
    var replies = ReplyBatch()
    let result: ErrandResult
    switch work {
    case .history(let item, let beforeVersion, let rowsMax):
      engine.history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax, into: &replies)
      result = .reply
    case .demand(let item, let query):
      engine.demand(item: item, query, into: &replies)
      result = .reply
    case .check: result = .checked(engine.check())
    case .snapshot:
      do throws(EngineFault) {
        try engine.orderSnapshot()
        result = .ordered
      } catch {
        result = .failed(error)
      }
    }
    switch answer {
    case .frame(let id):
      precondition(replies.replies.count == 1, "a read of the log has one reply")
      _ = BinaryFrontEnd.write(.replies(id: id, first: 0, count: 1), replies, to: &output)
    case .resp(let slot):
      var writer = RESPWriter(capacity: 4096)
      RESPSession.write(result, replies, for: slot, to: &writer)
      output.writeBytes(writer.bytes)
    }
    if case .checked(let report) = result { return report.gate }
    return replies.gate
  }
}
