import StockEngine

/// The life of one RESP connection, as a value: reads its requests, fills batches, writes its answers.
///
/// Nothing is trusted: lengths, counts and names are checked before anything is kept. It knows no socket and no engine. Answers that need neither (PING, HELLO ...) are written at once into `texts`, and keep their
/// place among the others.
public struct RESPSession: Sendable {
  /// One answer that is due.
  public struct Slot: Sendable {
    enum Answer {
      /// What the engine replied at this place of the batch.
      case reply(Int, ReplyShape, codeOnly: Bool)
      /// Written already: a piece of `texts`.
      case text(ArgumentRange)
    }

    var answer: Answer
    var version: RESPVersion
  }

  /// Why decoding stopped.
  public enum Stop: Sendable, Equatable {
    /// All that is whole was taken.
    case needsMore
    /// The next request does not go into this batch.
    case batchFull
    /// Work that is not for the loop; the batch holds nothing else, and nothing more is taken until it is answered.
    case errand(Errand, ErrandSlot)
    /// The client wants to leave, once everything before has left.
    case quit
    case fault(RESPProtocolFault)
  }

  /// How an errand is answered.
  public struct ErrandSlot: Sendable, Equatable {
    var codeOnly: Bool
    var version: RESPVersion
  }

  /// How much one call takes.
  public struct Bounds: Sendable {
    /// Commands of a batch.
    public var commandsMax: Int
    /// Rows that the reads of a batch may ask for.
    public var rowsMax: Int

    /// Bounds by their numbers.
    public init(commandsMax: Int, rowsMax: Int) {
      self.commandsMax = commandsMax
      self.rowsMax = rowsMax
    }
  }

  var client: ClientFacts
  let host: any RESPHost
  var isAuthenticated: Bool
  var version = RESPVersion.two
  private let limits: RESPLimits
  private var parser: RESPRequestParser
  private var unauthenticatedAnswerBytes = 0
  /// Answers that are written already, and patterns, of the present call.
  private(set) var texts: [UInt8] = []

  /// A new connection.
  public init(client: ClientFacts, host: any RESPHost, limits: RESPLimits = RESPLimits()) {
    self.client = client
    self.host = host
    self.limits = limits
    parser = RESPRequestParser(limits: limits)
    isAuthenticated = !host.asksForPassword
  }

  /// Whether the password was given, or none is asked for.
  public var isAdmitted: Bool { isAuthenticated }
  /// The connection's number.
  public var clientID: Int64 { client.id }

  // MARK: Requests

  /// Takes requests off the front of `input` until something stops it.
  /// - Returns: bytes taken.
  public mutating func decode(
    _ input: UnsafeRawBufferPointer, bounds: Bounds, batch: inout CommandBatch, slots: inout [Slot]
  ) -> (consumed: Int, stop: Stop) {
    texts.removeAll(keepingCapacity: true)
    let verbs = VerbTable.shared
    var offset = 0
    var rows = 0
    while true {
      if batch.count >= bounds.commandsMax || slots.count >= bounds.commandsMax || batch.isFullOfRankedLines
        || texts.count >= limits.writtenBytesMax
      {
        return (offset, offset < input.count ? .batchFull : .needsMore)
      }
      if !isAuthenticated, unauthenticatedAnswerBytes > limits.unauthenticatedAnswerBytesMax {
        return (offset, .fault(RESPProtocolFault(message: "too many requests without a password")))
      }
      let rest = UnsafeRawBufferPointer(rebasing: input[offset...])
      let step = parser.next(rest, isAuthenticated: isAuthenticated)
      switch step {
      case .needsMore: return (offset, .needsMore)
      case .fault(let fault): return (offset, .fault(fault))
      case .nothing(let bytes): offset += bytes
      case .request(let bytes), .inline(let bytes):
        let ending =
          if case .inline = step {
            parser.inlineText.withUnsafeBytes { take($0, verbs, &rows, bounds, &batch, &slots) }
          } else {
            take(rest, verbs, &rows, bounds, &batch, &slots)
          }
        switch ending {
        case .goOn: offset += bytes
        case .postpone: return (offset, .batchFull)
        case .errand(let errand, let slot): return (offset + bytes, .errand(errand, slot))
        case .quit: return (offset + bytes, .quit)
        case .fault(let fault): return (offset + bytes, .fault(fault))
        }
      }
    }
  }

  enum Ending {
    case goOn
    /// The request is to be taken first by the next call.
    case postpone
    case errand(Errand, ErrandSlot)
    case quit
    case fault(RESPProtocolFault)
  }

  /// Takes one request whose arguments the parser has.
  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ verbs: borrowing VerbTable, _ rows: inout Int, _ bounds: Bounds,
    _ batch: inout CommandBatch, _ slots: inout [Slot]
  ) -> Ending {
    let arguments = parser.arguments
    return arguments.withUnsafeBufferPointer { ranges in
      let name = slice(bytes, ranges[0])
      guard let verb = verbs.verb(name) else {
        if RedisCommands.isHTTP(name) { return .fault(.http) }
        answer(&slots) { session, writer in session.writeUnknown(bytes, ranges, to: &writer) }
        return .goOn
      }
      switch verb {
      case .stock: return take(verb, bytes, ranges, first: 1, &rows, bounds, &batch, &slots)
      case .house(let house):
        return take(house, bytes, ranges, verbs, &rows, bounds, &batch, &slots)
      }
    }
  }

  /// - Parameters:
  ///   - first: the argument behind the command's name.
  ///   - readsOnly: a command that may change something is refused.
  mutating func take(
    _ reference: VerbReference, _ bytes: UnsafeRawBufferPointer, _ ranges: UnsafeBufferPointer<ArgumentRange>,
    first: Int, readsOnly: Bool = false, _ rows: inout Int, _ bounds: Bounds, _ batch: inout CommandBatch,
    _ slots: inout [Slot]
  ) -> Ending {
    guard case .stock(let verb, let codeOnly) = reference else { preconditionFailure("the caller has looked") }
    if !isAuthenticated {
      answer(&slots) { _, writer in writer.error("NOAUTH Authentication required.") }
      return .goOn
    }
    batch.beginFrame()
    // Everything from the first argument to the last, framing included: one copy.
    let start = first < ranges.count ? Int(ranges[first].offset) : 0
    let end = first < ranges.count ? Int(ranges[ranges.count - 1].offset) + Int(ranges[ranges.count - 1].count) : 0
    let adopted = batch.adopt(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    var arguments = Arguments(of: reference, bytes, ranges, first: first, adopted: adopted - start)
    let place = batch.count
    do throws(CommandFault) {
      switch try verb.read(&arguments, into: &batch) {
      case .command(let shape):
        if codeOnly, !shape.hasCode {
          batch.removeLast()
          throw CommandFault(":CODE is for commands that answer with a code; this one reads")
        }
        if readsOnly, !shape.isRead {
          batch.removeLast()
          throw ScriptNames.writes
        }
        let asked = shape.rows(batch.commands[place])
        // Of a batch that already asks for rows the last command is taken back and comes first in the next.
        if rows > 0, rows + asked > bounds.rowsMax {
          batch.removeLast()
          return .postpone
        }
        rows += asked
        slots.append(Slot(answer: .reply(place, kept(shape, batch), codeOnly: codeOnly), version: version))
        return .goOn
      case .errand(let errand):
        if readsOnly, errand == .snapshot { throw ScriptNames.writes }
        if !slots.isEmpty { return .postpone }
        return .errand(errand, ErrandSlot(codeOnly: codeOnly, version: version))
      }
    } catch {
      answer(&slots) { _, writer in writer.error(error.message) }
      return .goOn
    }
  }

  /// A shape that refers to a text keeps it.
  private mutating func kept(_ shape: ReplyShape, _ batch: borrowing CommandBatch) -> ReplyShape {
    guard case .scan(let pattern?) = shape else { return shape }
    let start = texts.count
    texts += batch.text(ByteRange(offset: pattern.offset, count: pattern.count))
    return .scan(pattern: ArgumentRange(offset: UInt32(start), count: pattern.count))
  }

  func slice(_ bytes: UnsafeRawBufferPointer, _ range: ArgumentRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(range.offset)..<Int(range.offset) + Int(range.count)])
  }

  /// Writes an answer that needs no engine.
  mutating func answer(_ slots: inout [Slot], _ write: (borrowing RESPSession, inout RESPWriter) -> Void) {
    var writer = RESPWriter(capacity: 256)
    writer.version = version
    write(self, &writer)
    let start = texts.count
    texts.append(contentsOf: writer.bytes)
    unauthenticatedAnswerBytes = isAuthenticated ? 0 : unauthenticatedAnswerBytes + writer.count
    slots.append(
      Slot(
        answer: .text(ArgumentRange(offset: UInt32(start), count: UInt32(texts.count - start))), version: version))
  }

  // MARK: Answers

  /// All slots of the last call to ``decode`` were written: a large answer's memory is not kept for the connection's life.
  public mutating func written() {
    if texts.capacity > Self.textBytesKept { texts = [] }
  }

  private static let textBytesKept = 4 << 10

  /// Writes what a slot stands for. Of slots of the last call to ``decode``.
  public func write(_ slot: Slot, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter) {
    writer.version = slot.version
    switch slot.answer {
    case .reply(let index, .serverInfo(let sections), _):
      writeInfo(sections, replies.replies[index], replies, to: &writer)
    case .reply(let index, let shape, let codeOnly):
      ReplyWriter(shape: shape, codeOnly: codeOnly).write(replies.replies[index], replies, texts: texts, to: &writer)
    case .text(let range):
      texts.withUnsafeBytes { writer.raw(slice($0, range)) }
    }
  }
}
