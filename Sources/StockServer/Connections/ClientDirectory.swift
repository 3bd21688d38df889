import CLinux
import Glibc
import NIOConcurrencyHelpers
import StockRESP
import Synchronization

/// The RESP connections of all loops, by number, and what the server tells of itself.
final class ClientDirectory: RESPHost {
  private struct Entry {
    var facts: ClientFacts
    var close: @Sendable () -> Void
  }

  private let entries = NIOLockedValueBox<[Int64: Entry]>([:])
  private let nextID = Atomic<Int64>(1)
  private let commands = Atomic<UInt64>(0)
  private let tcpPort = Atomic(0)
  private let census: ConnectionCensus
  private let version: String
  private let password: [UInt8]?
  private let connectionsMax: Int
  private let startedAt = ClientDirectory.clock()

  init(census: ConnectionCensus, connectionsMax: Int, version: String, password: [UInt8]?) {
    self.census = census
    self.connectionsMax = connectionsMax
    self.version = version
    precondition(password?.isEmpty != true, "an empty password lets nobody in and keeps nobody out")
    self.password = password
  }

  /// The port of the first TCP listener that speaks RESP.
  func listens(on port: Int) { _ = tcpPort.compareExchange(expected: 0, desired: port, ordering: .relaxed) }

  // MARK: Connections

  /// - Parameter close: ends the connection; may be called on any thread.
  func add(address: String, localAddress: String, close: @escaping @Sendable () -> Void) -> ClientFacts {
    let id = nextID.add(1, ordering: .relaxed).oldValue
    let facts = ClientFacts(id: id, address: address, localAddress: localAddress, connectedAt: now)
    entries.withLockedValue { $0[id] = Entry(facts: facts, close: close) }
    return facts
  }

  func remove(_ id: Int64) { entries.withLockedValue { $0[id] = nil } }

  func count(commands count: Int) { commands.add(UInt64(count), ordering: .relaxed) }

  func clients() -> [ClientFacts] {
    entries.withLockedValue { $0.values.map(\.facts) }.sorted { $0.id < $1.id }
  }

  func client(_ id: Int64) -> ClientFacts? { entries.withLockedValue { $0[id]?.facts } }

  func update(_ client: ClientFacts) { entries.withLockedValue { $0[client.id]?.facts = client } }

  func kill(_ ids: [Int64]) {
    let closes = entries.withLockedValue { entries in ids.compactMap { entries[$0]?.close } }
    for close in closes { close() }
  }

  // MARK: The server

  var asksForPassword: Bool { password != nil }

  func isPassword(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let password else { return true }
    var difference = text.count ^ password.count
    for (index, byte) in text.enumerated() { difference |= Int(byte ^ password[index % password.count]) }
    return difference == 0
  }

  var now: Int64 { Self.clock() }

  private static func clock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  var facts: ServerFacts {
    ServerFacts(
      version: version, processID: Int64(getpid()), port: tcpPort.load(ordering: .relaxed),
      uptimeSeconds: (now - startedAt) / 1000, connections: census.count, connectionsMax: connectionsMax,
      connectionsReceived: census.received, commandsProcessed: commands.load(ordering: .relaxed),
      memoryBytes: Self.residentBytes())
  }

  /// The second number of `/proc/self/statm`, in pages.
  private static func residentBytes() -> UInt64 {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    let text = withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { bytes in
      String(decoding: bytes[..<max(0, read(file, bytes.baseAddress, bytes.count))], as: UTF8.self)
    }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
    return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
