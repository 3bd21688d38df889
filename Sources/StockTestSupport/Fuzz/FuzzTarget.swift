import StockEngine
import StockRESP
import StockWire

/// What is fed with bytes from anybody: by libFuzzer (`make fuzz`), and with the kept corpus by the tests. Nothing may trap, hang, or
/// answer with anything but what the protocol says.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A RESP connection: the first byte says how its bytes are cut into reads, and whether there is a password.
  case resp
  /// A request frame's payload: the first byte is its number of commands.
  case frame
  /// A segment of the log, or the raw bytes of one group.
  case group
  /// A snapshot.
  case snapshot
  /// An archive file.
  case archive

  /// Runs one input: through the codec, a store without a log, and the codec again; or through the readers of the store's files.
  public func run(_ input: UnsafeRawBufferPointer) {
    guard let first = input.first else { return }
    let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    switch self {
    case .resp: RESPFuzz.run(rest, readBytes: Int(first & 0x7F), hasPassword: first & 0x80 != 0)
    case .frame: FrameFuzz.run(rest, commands: Int(first))
    case .group: FileFuzz.readSegment(rest, mode: first & 3)
    case .snapshot: FileFuzz.readSnapshot(rest, mode: first & 1)
    case .archive: FileFuzz.readArchive(rest, mode: first & 1)
    }
  }
}

private enum FrameFuzz {
  static func run(_ payload: UnsafeRawBufferPointer, commands: Int) {
    // A header is looked at when it is whole.
    if payload.count >= FrameHeader.bytes { _ = try? FrameHeader(payload) }
    _ = try? Hello(payload: payload)
    var batch = CommandBatch()
    do throws(WireFault) {
      try RequestDecoder.decode(payload: payload, count: commands, into: &batch)
    } catch {
      precondition(batch.isEmpty, "a frame is taken whole or not at all")
      return
    }
    precondition(batch.count == commands, "every command keeps its place")
    if batch.isEmpty { return }
    var machine = MachineBenchmark()
    var replies = ReplyBatch()
    _ = machine.execute(&batch, into: &replies)
    precondition(replies.replies.count == commands, "every command has a reply")
    let range = 0..<commands
    let frame = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ReplyEncoder.frameBytes(replies, range), alignment: 8)
    defer { frame.deallocate() }
    ReplyEncoder.write(replies, range, id: 1, to: frame)
    var decoder = ReplyDecoder(
      payload: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.bytes...]), count: commands)
    var read = 0
    do throws(WireFault) {
      while try decoder.next() != nil { read += 1 }
    } catch {
      preconditionFailure("the server's own frame cannot be read: \(error)")
    }
    precondition(read == commands, "the client reads as many replies as it sent commands")
  }
}

private enum RESPFuzz {
  /// - Parameter readBytes: how many bytes each read brings; 0: all at once.
  static func run(_ stream: UnsafeRawBufferPointer, readBytes: Int, hasPassword: Bool) {
    let host = FuzzHost(asksForPassword: hasPassword)
    var session = RESPSession(client: ClientFacts(id: 1, address: "a", localAddress: "b", connectedAt: 0), host: host)
    var machine = MachineBenchmark()
    var batch = CommandBatch()
    var replies = ReplyBatch()
    var slots: [RESPSession.Slot] = []
    var writer = RESPWriter()
    let bounds = RESPSession.Bounds(commandsMax: 64, rowsMax: 4096)
    var input: [UInt8] = []
    var read = 0
    while read < stream.count {
      let end = readBytes == 0 ? stream.count : min(read + readBytes, stream.count)
      input.append(contentsOf: stream[read..<end])
      read = end
      var isDone = false
      while !isDone {
        batch.removeAll()
        replies.removeAll()
        slots.removeAll()
        writer.removeAll()
        let (consumed, stop) = input.withUnsafeBytes {
          session.decode($0, bounds: bounds, batch: &batch, slots: &slots)
        }
        precondition(consumed >= 0 && consumed <= input.count, "what is taken was there")
        input.removeFirst(consumed)
        if !batch.isEmpty { _ = machine.execute(&batch, into: &replies) }
        for slot in slots { session.write(slot, replies, to: &writer) }
        var values = RESPValues(writer.bytes)
        precondition(values.count == slots.count, "every request has one answer")
        switch stop {
        case .needsMore: isDone = true
        case .batchFull: precondition(consumed > 0, "a batch takes at least one request")
        case .errand(let errand, let slot):
          writer.removeAll()
          RESPSession.write(errand == .snapshot ? .ordered : .checked(CheckReport()), replies, for: slot, to: &writer)
          values = RESPValues(writer.bytes)
          precondition(values.count == 1, "an errand has one answer")
        case .quit, .fault: return
        }
      }
    }
  }
}

/// Counts the values in what a server wrote; traps where it is no RESP.
private struct RESPValues {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0
  private(set) var count = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    while at < bytes.count {
      skip()
      count += 1
    }
  }

  private mutating func line() -> Substring {
    let start = at
    while bytes[at] != 0x0D { at += 1 }
    precondition(bytes[at + 1] == 0x0A, "a line ends with CRLF")
    defer { at += 2 }
    return Substring(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func skip() {
    let text = line()
    let rest = text.dropFirst()
    switch text.first {
    case "+", "-", ":", "_", "#", ",": return
    case "$" where rest == "-1": return
    case "$", "=":
      guard let length = Int(rest), length >= 0 else { preconditionFailure("a length is a number: \(text)") }
      precondition(bytes[at + length] == 0x0D && bytes[at + length + 1] == 0x0A, "a bulk ends with CRLF")
      at += length + 2
    case "*", "~", "%":
      guard let elements = Int(rest), elements >= 0 else { preconditionFailure("a count is a number: \(text)") }
      for _ in 0..<(text.first == "%" ? 2 * elements : elements) { skip() }
    default: preconditionFailure("no type of RESP: \(text)")
    }
  }
}

/// A server of one connection.
private final class FuzzHost: RESPHost {
  let asksForPassword: Bool

  init(asksForPassword: Bool) { self.asksForPassword = asksForPassword }

  var now: Int64 { 0 }
  var facts: ServerFacts {
    ServerFacts(
      version: "0", processID: 1, port: 1, uptimeSeconds: 0, connections: 1, connectionsMax: 1, connectionsReceived: 1,
      commandsProcessed: 0, memoryBytes: 0)
  }
  func isPassword(_ text: UnsafeRawBufferPointer) -> Bool { text.elementsEqual("p".utf8) }
  func clients() -> [ClientFacts] { [] }
  func client(_ id: Int64) -> ClientFacts? { nil }
  func update(_ client: ClientFacts) {}
  func kill(_ ids: [Int64]) {}
}
