import Glibc

/// One argument: where its bytes lie, counted from the first byte of its request (or of its line's text).
struct ArgumentRange: Equatable, BitwiseCopyable {
  var offset: UInt32
  var count: UInt32
}

/// What breaks the protocol; the connection ends after it was told.
public struct RESPProtocolFault: Error, Hashable, Sendable {
  /// As it is sent after `-ERR Protocol error: `.
  public var message: String

  /// A web page, or a server that was tricked, posts here: lines of its header are no commands, but its body might be some.
  public static let http = RESPProtocolFault(message: "this is no HTTP server")
}

/// Cuts requests out of a byte stream: multi-bulk arrays, and commands in one line.
///
/// It remembers how far it got in a request that is not whole, so a client that sends byte by byte costs no more than one that
/// does not.
struct RESPRequestParser {
  enum Step: Equatable {
    case needsMore
    /// A whole command: `arguments` lie in the request's own bytes.
    case request(bytes: Int)
    /// A whole command in one line: `arguments` lie in `inlineText`.
    case inline(bytes: Int)
    /// An empty line, or an array of none: nothing to answer.
    case nothing(bytes: Int)
    case fault(RESPProtocolFault)
  }

  private let limits: RESPLimits
  private(set) var arguments: [ArgumentRange] = []
  /// The words of a line without their quotes.
  private(set) var inlineText: [UInt8] = []

  /// The next byte that is not understood yet, and how far a line's end was looked for.
  private var position = 0
  private var scanned = 0
  /// Arguments still to come; nil before the request's first line.
  private var missing: Int?
  /// The length of the argument that is being read.
  private var argumentBytes: Int?

  init(limits: RESPLimits) {
    self.limits = limits
    arguments.reserveCapacity(16)
  }

  /// Whether part of a request was read.
  var isWithinRequest: Bool { missing != nil }

  /// Looks for the request at the front of `bytes`. After any step but `needsMore` the next call begins a new one.
  /// - Parameter bytes: from the request's first byte on; those that an earlier call saw are the same.
  mutating func next(_ bytes: UnsafeRawBufferPointer, isAuthenticated: Bool = true) -> Step {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return .needsMore }
    if missing == nil {
      if position == 0 { arguments.removeAll(keepingCapacity: true) }
      guard bytes[0] == UInt8(ascii: "*") else { return nextLine(bytes, isAuthenticated) }
      do throws(RESPProtocolFault) {
        guard let count = try length(bytes, .multibulk) else { return .needsMore }
        if count <= 0 { return end(.nothing(bytes: position)) }
        try checkCount(count, isAuthenticated)
        missing = count
      } catch {
        return end(.fault(error))
      }
    }
    do throws(RESPProtocolFault) {
      while let left = missing, left > 0 {
        if argumentBytes == nil {
          guard position < bytes.count else { return .needsMore }
          if bytes[position] != UInt8(ascii: "$") {
            throw RESPProtocolFault(message: "expected '$', got '\(Self.shown(bytes[position]))'")
          }
          guard let count = try length(bytes, .bulk) else { return .needsMore }
          if count < 0 || count > limits.argumentBytesMax { throw RESPProtocolFault(message: "invalid bulk length") }
          if !isAuthenticated && count > limits.unauthenticatedArgumentBytesMax {
            throw RESPProtocolFault(message: "unauthenticated bulk length")
          }
          if position + count + 2 > limits.requestBytesMax { throw RESPProtocolFault(message: "too big request") }
          argumentBytes = count
        }
        guard let count = argumentBytes else { preconditionFailure("set above") }
        let end = position + count
        guard bytes.count >= end + 2 else { return .needsMore }
        if base.loadUnaligned(fromByteOffset: end, as: UInt16.self) != 0x0A0D {
          throw RESPProtocolFault(message: "expected CRLF after an argument")
        }
        arguments.append(ArgumentRange(offset: UInt32(position), count: UInt32(count)))
        argumentBytes = nil
        position = end + 2
        scanned = position
        missing = left - 1
      }
    } catch {
      return end(.fault(error))
    }
    return end(.request(bytes: position))
  }

  private func checkCount(_ count: Int, _ isAuthenticated: Bool) throws(RESPProtocolFault) {
    if count <= (isAuthenticated ? limits.argumentsMax : limits.unauthenticatedArgumentsMax) { return }
    throw RESPProtocolFault(message: isAuthenticated ? Length.multibulk.message : "unauthenticated multibulk length")
  }

  private mutating func end(_ step: Step) -> Step {
    position = 0
    scanned = 0
    missing = nil
    argumentBytes = nil
    return step
  }

  private enum Length {
    case multibulk, bulk

    var message: String {
      switch self {
      case .multibulk: "invalid multibulk length"
      case .bulk: "invalid bulk length"
      }
    }

    var fault: RESPProtocolFault { RESPProtocolFault(message: message) }
  }

  /// Reads the number of the line at `position`, behind its first byte, and goes behind the line.
  /// - Returns: nil if the line is not whole.
  @inline(__always)
  private mutating func length(
    _ bytes: UnsafeRawBufferPointer, _ kind: Length
  ) throws(RESPProtocolFault) -> Int? {
    var at = position + 1
    let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    var number = 0
    var digits = 0
    while at < bytes.count, bytes[at] != UInt8(ascii: "\r") {
      let digit = bytes[at] &- UInt8(ascii: "0")
      digits += 1
      if digit > 9 || digits > Self.digitsMax { throw kind.fault }
      number = number &* 10 &+ Int(digit)
      at += 1
    }
    guard at + 1 < bytes.count else { return nil }
    if digits == 0 || bytes[at + 1] != UInt8(ascii: "\n") { throw kind.fault }
    position = at + 2
    return isNegative ? -number : number
  }

  /// Of a length.
  private static let digitsMax = 10

  static func shown(_ byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
  }
}

// MARK: - Commands in one line

extension RESPRequestParser {
  private mutating func nextLine(_ bytes: UnsafeRawBufferPointer, _ isAuthenticated: Bool) -> Step {
    let bytesMax = isAuthenticated ? limits.inlineBytesMax : limits.unauthenticatedArgumentBytesMax
    let rest = UnsafeRawBufferPointer(rebasing: bytes[scanned...])
    guard let base = rest.baseAddress, let found = memchr(base, Int32(UInt8(ascii: "\n")), rest.count) else {
      scanned = bytes.count
      if scanned > bytesMax { return end(.fault(RESPProtocolFault(message: "too big inline request"))) }
      return .needsMore
    }
    let lineEnd = scanned + (UnsafeRawPointer(found) - base)
    if lineEnd > bytesMax {
      return end(.fault(RESPProtocolFault(message: "too big inline request")))
    }
    let hasReturn = lineEnd > 0 && bytes[lineEnd - 1] == UInt8(ascii: "\r")
    let line = UnsafeRawBufferPointer(rebasing: bytes[..<(hasReturn ? lineEnd - 1 : lineEnd)])
    arguments.removeAll(keepingCapacity: true)
    inlineText.removeAll(keepingCapacity: true)
    do throws(RESPProtocolFault) {
      try splitLine(line, isAuthenticated)
    } catch {
      return end(.fault(error))
    }
    return end(arguments.isEmpty ? .nothing(bytes: lineEnd + 1) : .inline(bytes: lineEnd + 1))
  }

  /// Cuts a line into words. `"a\x20b\n"` and `'it\'s'` are one word each.
  /// - Throws: if a quote is open at the end, something follows a closing one, or there are too many words.
  private mutating func splitLine(
    _ line: UnsafeRawBufferPointer, _ isAuthenticated: Bool
  ) throws(RESPProtocolFault) {
    let unbalanced = RESPProtocolFault(message: "unbalanced quotes in request")
    var at = 0
    while true {
      while at < line.count, Self.isSpace(line[at]) { at += 1 }
      if at == line.count { return }
      try checkCount(arguments.count + 1, isAuthenticated)
      let start = inlineText.count
      while at < line.count, !Self.isSpace(line[at]) {
        switch line[at] {
        case UInt8(ascii: "\""):
          guard let end = doubleQuoted(line, at + 1) else { throw unbalanced }
          at = end
        case UInt8(ascii: "'"):
          guard let end = singleQuoted(line, at + 1) else { throw unbalanced }
          at = end
        default:
          inlineText.append(line[at])
          at += 1
        }
      }
      arguments.append(ArgumentRange(offset: UInt32(start), count: UInt32(inlineText.count - start)))
    }
  }

  /// - Returns: the place behind the closing quote.
  private mutating func doubleQuoted(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var at = start
    while at < line.count {
      let byte = line[at]
      if byte == UInt8(ascii: "\"") { return Self.endsWord(line, at + 1) ? at + 1 : nil }
      if byte != UInt8(ascii: "\\") || at + 1 == line.count {
        inlineText.append(byte)
        at += 1
        continue
      }
      if line[at + 1] == UInt8(ascii: "x"), at + 3 < line.count, let high = Self.hexDigit(line[at + 2]),
        let low = Self.hexDigit(line[at + 3])
      {
        inlineText.append(high << 4 | low)
        at += 4
        continue
      }
      inlineText.append(Self.escaped(line[at + 1]))
      at += 2
    }
    return nil
  }

  private mutating func singleQuoted(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var at = start
    while at < line.count {
      if line[at] == UInt8(ascii: "\\"), at + 1 < line.count, line[at + 1] == UInt8(ascii: "'") {
        inlineText.append(UInt8(ascii: "'"))
        at += 2
      } else if line[at] == UInt8(ascii: "'") {
        return Self.endsWord(line, at + 1) ? at + 1 : nil
      } else {
        inlineText.append(line[at])
        at += 1
      }
    }
    return nil
  }

  private static func endsWord(_ line: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    at == line.count || isSpace(line[at])
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0 }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func escaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "a"): 0x07
    default: byte
    }
  }
}
