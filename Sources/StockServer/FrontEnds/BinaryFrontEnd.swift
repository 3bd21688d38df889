import NIOCore
import StockEngine
import StockWire

/// The binary protocol of `docs/protocol.md`, as a value.
struct BinaryFrontEnd: Sendable {
  /// A frame that ends the connection.
  private struct Refusal: Error {
    var fault: WireFault
    var id: UInt64
  }

  /// Nothing of a frame is looked at before all of it is there, save its header: that is checked as soon as it can be, so
  /// that nothing is kept for a frame that will be refused.
  func decode(
    _ input: UnsafeRawBufferPointer, _ machine: inout ConnectionMachine, limits: ServerLimits, greeting: ServerView?,
    batch: inout CommandBatch, slots: inout [ReplySlot]
  ) -> DecodeResult {
    var offset = 0
    var rows = 0
    do throws(Refusal) {
      while input.count - offset >= FrameHeader.bytes {
        guard machine.mayTakeFrame(pending: slots.count) else { return DecodeResult(consumed: offset, stop: .paused) }
        let rest = UnsafeRawBufferPointer(rebasing: input[offset...])
        let header = try Self.header(rest, isGreeting: !machine.isOpen, limits: limits)
        let end = FrameHeader.bytes + Int(header.length)
        guard rest.count >= end else { break }
        let payload = UnsafeRawBufferPointer(rebasing: rest[FrameHeader.bytes..<end])
        switch header.kind {
        case .request:
          let readsTheLog = header.count == 1 && payload.first.flatMap { Operation(rawValue: $0) }?.readsTheLog == true
          let rowsAsked = try Self.rows(payload, header, limits)
          if batch.count + Int(header.count) > Bounds.commandsPerBatchMax || (readsTheLog && !slots.isEmpty)
            || (rows > 0 && rows + rowsAsked > limits.rowsPerFrameMax)
            || batch.isFullOfRankedLines
          {
            return DecodeResult(consumed: offset, stop: .batchFull)
          }
          rows += rowsAsked
          let first = batch.count
          RequestDecoder.decodeChecked(payload: payload, count: Int(header.count), into: &batch)
          if readsTheLog, let request = ErrandRequest(batch.commands[first], of: batch, id: header.id) {
            return DecodeResult(consumed: offset + end, stop: .errand(request))
          }
          slots.append(.replies(id: header.id, first: first, count: Int(header.count)))
        case .ping:
          slots.append(.pong(id: header.id))
        case .hello:
          guard let greeting else { preconditionFailure("header() lets a hello through in a greeting only") }
          slots.append(.hello(try Self.greet(payload, id: header.id, greeting, limits), id: header.id))
          machine.greeted()
        case .helloReply, .reply, .error, .pong: preconditionFailure("header() lets no server's frame through")
        }
        offset += end
      }
      return DecodeResult(consumed: offset, stop: .needsMore)
    } catch {
      return DecodeResult(consumed: offset, stop: .fault(error.fault, id: error.id))
    }
  }

  /// Reads a header and refuses what this phase and these limits do not allow.
  private static func header(
    _ bytes: UnsafeRawBufferPointer, isGreeting: Bool, limits: ServerLimits
  ) throws(Refusal) -> FrameHeader {
    let id = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    if isGreeting, bytes[4] != FrameKind.hello.rawValue {
      // Whatever it is, its bytes at an id's place are no id.
      throw Refusal(fault: WireFault(.notStockd), id: 0)
    }
    let header: FrameHeader
    do throws(WireFault) {
      header = try FrameHeader(bytes)
    } catch {
      throw Refusal(fault: error, id: id)
    }
    func refuse(_ code: ErrorCode, _ detail: String) -> Refusal { Refusal(fault: WireFault(code, detail), id: id) }
    switch header.kind {
    case .hello:
      if !isGreeting { throw refuse(.malformedFrame, "a second hello") }
      if Int(header.length) > limits.helloFrameBytesMax - FrameHeader.bytes {
        throw refuse(.frameTooLarge, "\(header.length) bytes; a hello frame has at most \(limits.helloFrameBytesMax)")
      }
    case .request:
      if Int(header.length) > limits.frameBytesMax {
        throw refuse(.frameTooLarge, "\(header.length) bytes; a request has at most \(limits.frameBytesMax)")
      }
      if Int(header.count) > limits.commandsPerFrameMax {
        throw refuse(.tooManyCommands, "\(header.count) commands; a frame has at most \(limits.commandsPerFrameMax)")
      }
    case .ping:
      if header.length != 0 { throw refuse(.malformedFrame, "a ping has no payload") }
    case .helloReply, .reply, .error, .pong:
      throw refuse(.malformedFrame, "a client sends no frame of kind \(header.kind.rawValue)")
    }
    return header
  }

  /// Checks the framing of a request.
  /// - Returns: rows that its reads ask for.
  private static func rows(
    _ payload: UnsafeRawBufferPointer, _ header: FrameHeader, _ limits: ServerLimits
  ) throws(Refusal) -> Int {
    let rows: Int
    do throws(WireFault) {
      rows = try RequestDecoder.checkFraming(payload: payload, count: Int(header.count))
    } catch {
      throw Refusal(fault: error, id: header.id)
    }
    guard rows <= limits.rowsPerFrameMax else {
      throw Refusal(
        fault: WireFault(.tooManyRows, "\(rows) rows; a frame asks for at most \(limits.rowsPerFrameMax)"),
        id: header.id)
    }
    return rows
  }

  private static func greet(
    _ payload: UnsafeRawBufferPointer, id: UInt64, _ server: ServerView, _ limits: ServerLimits
  ) throws(Refusal) -> HelloReply {
    let hello: Hello
    do throws(WireFault) {
      hello = try Hello(payload: payload)
    } catch {
      throw Refusal(fault: error, id: id)
    }
    let version = min(hello.versionMax, Wire.version)
    if version < hello.versionMin || version == 0 {
      throw Refusal(
        fault: WireFault(
          .unsupportedVersion, "client \(hello.versionMin) to \(hello.versionMax), server \(Wire.version)"), id: id)
    }
    if let storeID = hello.storeID, storeID != server.storeID {
      throw Refusal(fault: WireFault(.otherStore, "client \(storeID), server \(server.storeID)"), id: id)
    }
    guard server.epochs.includes(hello.highestLSN, in: hello.epoch, durable: server.durableLSN) else {
      let seen = "client has seen LSN \(hello.highestLSN) of epoch \(hello.epoch)"
      let there = "server has LSN \(server.durableLSN) of epoch \(server.epochs.current)"
      throw Refusal(fault: WireFault(.dataRegression, "\(seen), \(there)"), id: id)
    }
    return HelloReply(
      version: version, frameBytesMax: UInt32(limits.frameBytesMax),
      commandsPerFrameMax: UInt32(limits.commandsPerFrameMax),
      framesInFlightMax: UInt32(limits.framesInFlightMax), storeID: server.storeID,
      durableLSN: server.durableLSN, now: server.now, epoch: server.epochs.current)
  }

  /// Writes the answer of one slot behind `output`.
  /// - Returns: its bytes.
  static func write(_ slot: ReplySlot, _ replies: borrowing ReplyBatch, to output: inout ByteBuffer) -> Int {
    switch slot {
    case .replies(let id, let first, let count):
      let range = first..<first + count
      let bytes = ReplyEncoder.frameBytes(replies, range)
      output.reserveCapacity(minimumWritableBytes: bytes)
      // The closure may not capture what is borrowed, so the frame is written through a pointer that does not outlive it.
      var target: UnsafeMutableRawBufferPointer?
      output.withUnsafeMutableWritableBytes { target = UnsafeMutableRawBufferPointer(rebasing: $0[..<bytes]) }
      ReplyEncoder.write(replies, range, id: id, to: target!)
      output.moveWriterIndex(forwardBy: bytes)
      return bytes
    case .pong(let id): return output.writeBytes(PingFrame.pong(id: id))
    case .hello(let reply, let id): return output.writeBytes(reply.frame(id: id))
    }
  }
}
