import NIOCore
import StockEngine
import StockRESP
import StockWire

/// RESP2 and RESP3, as `docs/resp.md` tells them: a session, and the directory that `CLIENT LIST` reads.
struct RESPFrontEnd: Sendable {
  var session: RESPSession
  let directory: ClientDirectory

  mutating func decode(
    _ input: UnsafeRawBufferPointer, _ machine: inout ConnectionMachine, limits: ServerLimits,
    into scratch: inout LoopScratch
  ) -> DecodeResult {
    guard machine.mayTakeFrame(pending: 0) else { return DecodeResult(consumed: 0, stop: .paused) }
    let bounds = RESPSession.Bounds(commandsMax: limits.commandsPerFrameMax, rowsMax: limits.rowsPerFrameMax)
    let (consumed, stop) = session.decode(input, bounds: bounds, batch: &scratch.batch, slots: &scratch.respSlots)
    let isErrand = if case .errand = stop { true } else { false }
    directory.count(commands: scratch.respSlots.count + (isErrand ? 1 : 0))
    if session.isAdmitted { machine.greeted() }
    return DecodeResult(consumed: consumed, stop: Self.stop(stop))
  }

  private static func stop(_ stop: RESPSession.Stop) -> DecodeResult.Stop {
    switch stop {
    case .needsMore: .needsMore
    case .batchFull: .batchFull
    case .errand(let errand, let slot): .errand(ErrandRequest(errand, slot))
    case .quit: .quit
    case .fault(let fault) where fault == .http: .http
    case .fault(let fault): .fault(WireFault(.malformedFrame, fault.message), id: 0)
    }
  }

  /// What one read brought counts as one frame: a deep pipeline is bounded by its bytes.
  mutating func write(_ scratch: inout LoopScratch, to output: inout ByteBuffer) -> (bytes: Int, frames: Int) {
    for index in scratch.respSlots.indices {
      session.write(scratch.respSlots[index], scratch.replies, to: &scratch.respWriter)
    }
    session.written()
    return (output.writeBytes(scratch.respWriter.bytes), 1)
  }

  /// An error where no answer is due, as Redis sends it. Where answers may be due and their fate is unknown there is none: a client
  /// would take it for the answer of its next command.
  static func reason(_ fault: WireFault) -> [UInt8] {
    let text: String
    switch fault.code {
    case .malformedFrame: text = "ERR Protocol error: \(fault.detail)"
    case .tooManyConnections: text = "ERR max number of clients reached"
    case .helloTimeout: text = "NOAUTH no password came in time"
    case .notStockd, .unsupportedVersion, .dataRegression, .otherStore, .frameTooLarge, .shuttingDown, .slowReader,
      .tooManyInFlight, .logFailed, .tooManyCommands, .tooManyRows:
      return []
    }
    var writer = RESPWriter(capacity: 256)
    writer.error(text)
    return Array(writer.bytes)
  }
}
