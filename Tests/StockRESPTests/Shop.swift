import StockEngine
import StockModel
import StockTestSupport
import Synchronization
import Testing

@testable import StockRESP

/// A server of which only what a session may ask is there.
final class TestHost: RESPHost {
  struct State {
    var clients: [Int64: ClientFacts] = [:]
    var killed: [Int64] = []
  }

  let password: [UInt8]?
  private let state = Mutex(State())

  init(password: String? = nil) { self.password = password.map { Array($0.utf8) } }

  var killed: [Int64] { state.withLock { $0.killed } }

  var facts: ServerFacts {
    ServerFacts(
      version: "9.8.7", processID: 77, port: 6481, uptimeSeconds: 90_000, connections: 3, connectionsMax: 500,
      connectionsReceived: 12, commandsProcessed: 34, memoryBytes: 5 << 20)
  }
  var now: Int64 { 60_000 }
  var asksForPassword: Bool { password != nil }
  func isPassword(_ text: UnsafeRawBufferPointer) -> Bool { text.elementsEqual(password ?? []) }
  func clients() -> [ClientFacts] { state.withLock { $0.clients.values.sorted { $0.id < $1.id } } }
  func client(_ id: Int64) -> ClientFacts? { state.withLock { $0.clients[id] } }
  func update(_ client: ClientFacts) { state.withLock { $0.clients[client.id] = client } }
  func kill(_ ids: [Int64]) { state.withLock { $0.killed += ids } }

  func connect(_ id: Int64) -> ClientFacts {
    let client = ClientFacts(id: id, address: "127.0.0.1:\(5000 + id)", localAddress: "127.0.0.1:6481", connectedAt: 0)
    update(client)
    return client
  }
}

/// A session with a real engine behind it, on a simulated disk, and a clock that the test moves.
final class Shop {
  let store: TestStore
  let host: TestHost
  var session: RESPSession
  private let executor: BatchExecutor
  private var input: [UInt8] = []
  private(set) var batches: [Int] = []

  /// What the largest answer of one call to the decoder came to.
  private(set) var answerBytesMax = 0
  var bounds = RESPSession.Bounds(commandsMax: 16_384, rowsMax: 65_536)

  enum Ending: Equatable {
    case goesOn
    case quit
    case fault(String)
  }
  private(set) var ending = Ending.goesOn

  init(
    password: String? = nil, id: Int64 = 7, limits: RESPLimits = RESPLimits(), rules: Rules = Rules(), shards: Int = 1
  ) throws {
    store = try TestStore(shards: shards, rules: rules)
    host = TestHost(password: password)
    session = RESPSession(client: host.connect(id), host: host, limits: limits)
    executor = store.inventory.makeExecutor()
  }

  /// Sends bytes and takes what comes back.
  func send(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    input += bytes
    while ending == .goesOn {
      var batch = CommandBatch()
      var slots: [RESPSession.Slot] = []
      let (consumed, stop) = input.withUnsafeBytes {
        session.decode($0, bounds: bounds, batch: &batch, slots: &slots)
      }
      input.removeFirst(consumed)
      output += answer(&batch, slots)
      switch stop {
      case .needsMore: return output
      case .batchFull: precondition(consumed > 0 || !slots.isEmpty, "the decoder does not get on")
      case .errand(let errand, let slot): output += perform(errand, slot)
      case .quit: ending = .quit
      case .fault(let fault): ending = .fault(fault.message)
      }
    }
    return output
  }

  private func answer(_ batch: inout CommandBatch, _ slots: [RESPSession.Slot]) -> [UInt8] {
    if slots.isEmpty { return [] }
    batches.append(slots.count)
    var replies = ReplyBatch()
    if !batch.isEmpty { executor.execute(&batch, into: &replies) }
    var writer = RESPWriter(capacity: 64)
    for slot in slots { session.write(slot, replies, to: &writer) }
    session.written()
    answerBytesMax = max(answerBytesMax, writer.count)
    return Array(writer.bytes)
  }

  private func perform(_ errand: Errand, _ slot: RESPSession.ErrandSlot) -> [UInt8] {
    var replies = ReplyBatch()
    var writer = RESPWriter(capacity: 64)
    switch errand {
    case .history(let item, let beforeVersion, let rowsMax):
      store.inventory.history(item: item, beforeVersion: beforeVersion, rowsMax: rowsMax, into: &replies)
      RESPSession.write(.reply, replies, for: slot, to: &writer)
    case .check: RESPSession.write(.checked(store.inventory.check()), replies, for: slot, to: &writer)
    case .snapshot: RESPSession.write(.ordered, replies, for: slot, to: &writer)
    }
    return Array(writer.bytes)
  }

  /// The answer to one request in words.
  func say(_ text: String) -> String { notation(send(request(text))).joined(separator: " & ") }

  /// Whether an answer is no error, or one that begins as this server's errors may. Clients act on what errors begin with.
  static func hasKnownPrefix(_ answer: String) -> Bool {
    let known = ["ERR", "NOAUTH", "WRONGPASS", "NOPROTO", "NOSCRIPT", "READONLY", "TRYAGAIN"]
    return !answer.hasPrefix("-") || Int64(answer) != nil || known.contains { answer.hasPrefix("-\($0) ") }
  }

  /// Plays lines of `request => answer`. A line `+ 5` moves the clock by five milliseconds; `...` in an answer stands for anything.
  func play(_ story: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for line in story.split(separator: "\n") {
      if line.hasPrefix("+ ") {
        store.advance(Int64(line.dropFirst(2))!)
        continue
      }
      let halves = Self.parts(of: line, by: " => ")
      precondition(halves.count == 2, "no equation: \(line)")
      let answer = say(halves[0])
      #expect(Self.hasKnownPrefix(answer), "\(halves[0]) => \(answer)", sourceLocation: sourceLocation)
      #expect(matches(answer, halves[1]), "\(halves[0]) => \(answer), not \(halves[1])", sourceLocation: sourceLocation)
    }
  }

  private func matches(_ answer: String, _ expected: String) -> Bool {
    let parts = Self.parts(of: expected[...], by: "...")
    guard parts.count > 1 else { return answer == expected }
    guard answer.hasPrefix(parts[0]), answer.hasSuffix(parts[parts.count - 1]) else { return false }
    var rest = answer[...]
    for part in parts where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  private static func parts(of text: Substring, by separator: String) -> [String] {
    var parts: [String] = []
    var rest = text
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
