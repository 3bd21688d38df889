import Testing

@testable import StockRESP

/// Bytes to steps.
@Suite("Requests are cut out of the stream")
struct ParserTests {
  /// What a stream comes to: the arguments of each request, and the fault at its end.
  static func steps(
    _ bytes: [UInt8], isAuthenticated: Bool = true, limits: RESPLimits = RESPLimits(), piece: Int = .max
  ) -> [String] {
    var parser = RESPRequestParser(limits: limits)
    var steps: [String] = []
    var start = 0
    var end = 0
    while end < bytes.count {
      end = piece < bytes.count - end ? end + piece : bytes.count
      stream: while true {
        let step = bytes[start..<end].withUnsafeBytes { rest -> RESPRequestParser.Step in
          let step = parser.next(rest, isAuthenticated: isAuthenticated)
          switch step {
          case .request: steps.append(shown(parser.arguments, rest))
          case .inline: steps.append(parser.inlineText.withUnsafeBytes { shown(parser.arguments, $0) })
          case .nothing: steps.append("nothing")
          case .fault(let fault): steps.append("fault: " + fault.message)
          case .needsMore: break
          }
          return step
        }
        switch step {
        case .needsMore: break stream
        case .fault: return steps
        case .request(let count), .inline(let count), .nothing(let count): start += count
        }
      }
    }
    return start < end ? steps + ["more"] : steps
  }

  private static func shown(_ ranges: [ArgumentRange], _ text: UnsafeRawBufferPointer) -> String {
    ranges.map { range in
      String(decoding: text[Int(range.offset)..<Int(range.offset + range.count)], as: UTF8.self)
    }.joined(separator: "|")
  }

  static let streams: [(String, [String])] = [
    ("*1\r\n$4\r\nPING\r\n", ["PING"]),
    ("*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n", ["ECHO|hi"]),
    ("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", ["ECHO|"]),
    ("*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n*1\r\n$1\r\nx\r\n", ["ECHO|a\r\nb", "x"]),
    ("*0\r\n*-1\r\n*-0\r\n*-99\r\n*1\r\n$1\r\nx\r\n", ["nothing", "nothing", "nothing", "nothing", "x"]),
    ("*01\r\n$0001\r\nx\r\n", ["x"]),
    ("\r\n\n  \r\nPING\r\n", ["nothing", "nothing", "nothing", "PING"]),
    ("PING\n*1\r\n$1\r\nx\r\nECHO a b\r\n", ["PING", "x", "ECHO|a|b"]),
    ("  set\ta   1  \r\n", ["set|a|1"]),
    ("ECHO \"a b\" 'c d'\r\n", ["ECHO|a b|c d"]),
    ("ECHO \"\\x41\\n\\r\\t\\b\\a\\\\\\\"\\q\" x\r\n", ["ECHO|A\n\r\t\u{8}\u{7}\\\"q|x"]),
    ("ECHO \"\\x4\" \"\\xg1\"\r\n", ["ECHO|x4|xg1"]),
    ("ECHO 'it\\'s' '\\n' \"it's\"\r\n", ["ECHO|it's|\\n|it's"]),
    ("\"\"\r\n", [""]),
    ("'' \"\" a\r\n", ["||a"]),
    ("a\"b c\"\r\n", ["ab c"]),
    ("a\rb\n", ["a|b"]),
    ("ECHO \"a\r\n", ["fault: unbalanced quotes in request"]),
    ("ECHO 'a\r\n", ["fault: unbalanced quotes in request"]),
    ("ECHO \"a\"b\r\n", ["fault: unbalanced quotes in request"]),
    ("ECHO 'a'b\r\n", ["fault: unbalanced quotes in request"]),
    ("ECHO \"a\\\"\r\n", ["fault: unbalanced quotes in request"]),
    ("PING\r\n*x\r\n", ["PING", "fault: invalid multibulk length"]),
    ("*\r\n", ["fault: invalid multibulk length"]),
    ("*-\r\n", ["fault: invalid multibulk length"]),
    ("*+1\r\n", ["fault: invalid multibulk length"]),
    ("* 1\r\n", ["fault: invalid multibulk length"]),
    ("*1\rx", ["fault: invalid multibulk length"]),
    ("*4097\r\n", ["fault: invalid multibulk length"]),
    ("*99999999999\r\n", ["fault: invalid multibulk length"]),
    ("*9223372036854775808\r\n", ["fault: invalid multibulk length"]),
    ("*1\r\nPING\r\n", ["fault: expected '$', got 'P'"]),
    ("*1\r\n:1\r\n", ["fault: expected '$', got ':'"]),
    ("*1\r\n\r\n", ["fault: expected '$', got '\\xd'"]),
    ("*1\r\n$-1\r\n", ["fault: invalid bulk length"]),
    ("*1\r\n$x\r\n", ["fault: invalid bulk length"]),
    ("*1\r\n$\r\n", ["fault: invalid bulk length"]),
    ("*1\r\n$99999999999999999999\r\n", ["fault: invalid bulk length"]),
    ("*1\r\n$262145\r\n", ["fault: invalid bulk length"]),
    ("*1\r\n$1\rx", ["fault: invalid bulk length"]),
    ("*1\r\n$1\r\nxyz", ["fault: expected CRLF after an argument"]),
    ("*1\r\n$1\r\nx\n\r", ["fault: expected CRLF after an argument"]),
    ("*1", ["more"]), ("*1\r", ["more"]), ("*2\r\n$1\r\nx\r\n", ["more"]), ("PING", ["more"]),
  ]

  @Test("streams", arguments: streams)
  func stream(_ text: String, _ expected: [String]) { #expect(Self.steps(Array(text.utf8)) == expected) }

  @Test("cut at every byte, and byte by byte, it is the same", arguments: streams)
  func split(_ text: String, _ expected: [String]) {
    let bytes = Array(text.utf8)
    for piece in 1...max(1, bytes.count) {
      #expect(Self.steps(bytes, piece: piece) == expected, "in pieces of \(piece)")
    }
  }

  // MARK: Bounds

  @Test("arguments: as many as the limit, and one more")
  func arguments() {
    var limits = RESPLimits()
    limits.argumentsMax = 3
    #expect(Self.steps(multibulk(["a", "b", "c"]), limits: limits) == ["a|b|c"])
    #expect(Self.steps(multibulk(["a", "b", "c", "d"]), limits: limits) == ["fault: invalid multibulk length"])
    #expect(Self.steps(Array("a b c\n".utf8), limits: limits) == ["a|b|c"])
    #expect(Self.steps(Array("a b c d\n".utf8), limits: limits) == ["fault: invalid multibulk length"])
  }

  @Test("an argument's bytes: as many as the limit, and one more")
  func argumentBytes() {
    var limits = RESPLimits()
    limits.argumentBytesMax = 5
    #expect(Self.steps(multibulk(["12345"]), limits: limits) == ["12345"])
    #expect(Self.steps(multibulk(["123456"]), limits: limits) == ["fault: invalid bulk length"])
  }

  @Test("a request's bytes: as many as the limit, and one more; refused before they come")
  func requestBytes() {
    var limits = RESPLimits()
    let request = multibulk(["ECHO", "12345"])
    limits.requestBytesMax = request.count
    #expect(Self.steps(request, limits: limits) == ["ECHO|12345"])
    limits.requestBytesMax = request.count - 1
    #expect(Self.steps(Array(request.dropLast(7)), limits: limits) == ["fault: too big request"])
  }

  @Test("a line's bytes: as many as the limit, and one more, with and without its end")
  func inlineBytes() {
    var limits = RESPLimits()
    limits.inlineBytesMax = 8
    #expect(Self.steps(Array("PING 123\n".utf8), limits: limits) == ["PING|123"])
    #expect(Self.steps(Array("PING 1234\n".utf8), limits: limits) == ["fault: too big inline request"])
    #expect(Self.steps(Array("PING 123".utf8), limits: limits) == ["more"])
    #expect(Self.steps(Array("PING 1234".utf8), limits: limits) == ["fault: too big inline request"])
    #expect(Self.steps(Array("PING 1234".utf8), limits: limits, piece: 1) == ["fault: too big inline request"])
  }

  @Test("before the password: ten arguments of 16 KiB, and a line of as much")
  func unauthenticated() {
    let text = String(repeating: "x", count: 16 << 10)
    let ten = [String](repeating: "a", count: 10)
    func steps(_ bytes: [UInt8]) -> [String] { Self.steps(bytes, isAuthenticated: false) }
    #expect(steps(multibulk(ten)) == [ten.joined(separator: "|")])
    #expect(steps(multibulk(ten + ["a"])) == ["fault: unauthenticated multibulk length"])
    #expect(
      steps(Array((ten + ["a"]).joined(separator: " ").utf8) + [0x0A]) == ["fault: unauthenticated multibulk length"])
    #expect(steps(multibulk(["AUTH", text])) == ["AUTH|" + text])
    #expect(steps(multibulk(["AUTH", text + "x"])) == ["fault: unauthenticated bulk length"])
    #expect(steps(Array(text.utf8) + [0x0A]) == [text])
    #expect(steps(Array("x\(text)".utf8)) == ["fault: too big inline request"])
  }

  @Test("a client that sends a large request byte by byte costs what it sends")
  func linear() {
    var parser = RESPRequestParser(limits: RESPLimits())
    let bytes = multibulk([String](repeating: "0123456789abcdef", count: 4_096))
    let clock = ContinuousClock()
    let time = clock.measure {
      bytes.withUnsafeBytes { all in
        for count in 1..<all.count {
          #expect(parser.next(UnsafeRawBufferPointer(rebasing: all[..<count])) == .needsMore)
        }
      }
    }
    #expect(parser.isWithinRequest)
    #expect(bytes.withUnsafeBytes { parser.next($0) } == .request(bytes: bytes.count))
    // Square, it would take minutes.
    #expect(time < .seconds(20))
  }
}
