import Glibc
import StockClient

/// A stockd that a drill starts, waits for, kills and starts again.
final class DaemonProcess {
  /// What its readiness line said.
  struct Ready: Sendable {
    var process: pid_t
    var address: ServerAddress
    var recoveryMilliseconds: Int
    /// From starting the process to the line.
    var startNanoseconds: UInt64
  }

  private let executable: String
  let dataDirectory: String
  private let logFile: String
  private let extraArguments: [String]
  /// The same after every restart, so that buyers find it again.
  private let port: Int
  private var process: pid_t?

  init(
    executable: String, dataDirectory: String, logFile: String, extraArguments: [String] = []
  ) throws(DrillFault) {
    port = try Self.freePort()
    self.executable = executable
    self.dataDirectory = dataDirectory
    self.logFile = logFile
    self.extraArguments = extraArguments
  }

  deinit { kill() }

  /// Starts it and waits for its readiness line.
  func start(timeoutMilliseconds: Int32 = 30_000) throws(DrillFault) -> Ready {
    precondition(process == nil, "the daemon runs already")
    let started = monotonicNanoseconds()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw DrillFault("no pipe: \(String(cString: strerror(errno)))") }
    defer { close(ends[0]) }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    let process: pid_t
    do throws(DrillFault) {
      process = try spawn(output: ends[1])
    } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    self.process = process
    let line = try readLine(ends[0], timeoutMilliseconds: timeoutMilliseconds)
    return try ready(line, process, monotonicNanoseconds() - started)
  }

  /// Starts it and kills it so soon, ready or not.
  func startAndKill(afterMilliseconds milliseconds: Int) throws(DrillFault) {
    precondition(process == nil, "the daemon runs already")
    let output = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(output) }
    process = try spawn(output: output)
    usleep(UInt32(milliseconds) * 1000)
    kill()
  }

  /// kill -9, and waits until the system has taken it away.
  func kill() {
    guard let process else { return }
    Glibc.kill(process, SIGKILL)
    reap(process)
  }

  /// SIGTERM: it finishes, syncs, makes a snapshot and ends with status 0. If it still runs when its time is over it is killed.
  @discardableResult
  func stop(withinMilliseconds timeout: Int = stopMilliseconds) -> End {
    guard let process else { return .exited(0) }
    Glibc.kill(process, SIGTERM)
    let end = end(withinMilliseconds: timeout)
    kill()
    return end
  }

  static let stopMilliseconds = 60_000

  /// What became of a daemon that was not asked to end, or asked otherwise.
  enum End: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    case stillRuns

    /// What is wrong with it, of a daemon that was told to stop; nil: nothing.
    var complaint: String? {
      switch self {
      case .exited(0): nil
      case .exited(let status): "the daemon was told to stop, and ended with status \(status)"
      case .signalled(let signal): "the daemon was told to stop, and signal \(signal) ended it"
      case .stillRuns: "the daemon was told to stop, and still ran when its time was over"
      }
    }
  }

  /// Waits for it to end by itself.
  func end(withinMilliseconds timeout: Int) -> End {
    guard let process else { return .exited(0) }
    let deadline = monotonicNanoseconds() + UInt64(timeout) * 1_000_000
    var status: Int32 = 0
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { break }
      precondition(ended == 0 || errno == EINTR, "a daemon that somebody else has waited for")
      if monotonicNanoseconds() >= deadline { return .stillRuns }
      usleep(5000)
    }
    self.process = nil
    return status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
  }

  @discardableResult
  private func reap(_ process: pid_t) -> Int32? {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    self.process = nil
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
  }

  // MARK: Parts

  /// A free loopback port below the ephemeral range: while the daemon is down, no client's own socket can take it.
  private static func freePort() throws(DrillFault) -> Int {
    for _ in 0..<100 {
      let port = Int.random(in: 20_000..<32_000)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { break }
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if result == 0 { return port }
    }
    throw DrillFault("no free loopback port from 20,000 to 32,000")
  }

  private var arguments: [String] {
    [
      executable, "--data-dir", dataDirectory, "--listen", "127.0.0.1:\(port)", "--resp", "none", "--log-level",
      "warning",
    ] + extraArguments
  }

  private func spawn(output: Int32) throws(DrillFault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, logFile, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    Self.keepDescriptorsToOurselves()
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    let code = posix_spawn(&process, executable, &actions, nil, &words, environ)
    guard code == 0 else { throw DrillFault("\(executable) cannot be started: \(String(cString: strerror(code)))") }
    return process
  }

  /// The buyers' sockets are not the daemon's: it must not inherit and keep them.
  private static func keepDescriptorsToOurselves() {
    guard let directory = opendir("/proc/self/fd") else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let descriptor = Int32(name), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
  }

  private func readLine(_ descriptor: Int32, timeoutMilliseconds: Int32) throws(DrillFault) -> String {
    var bytes: [UInt8] = []
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while !bytes.contains(0x0A) {
      let count = poll(&poller, 1, timeoutMilliseconds)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw DrillFault("stockd was not ready within \(timeoutMilliseconds / 1000) s; see \(logFile)")
      }
      var piece = [UInt8](repeating: 0, count: 512)
      let got = read(descriptor, &piece, piece.count)
      guard got > 0, bytes.count < 64 * 1024 else {
        let status = process.flatMap { reap($0) }
        throw DrillFault(
          "stockd ended before it was ready (\(status.map { "exit \($0)" } ?? "signal")); see \(logFile)")
      }
      bytes += piece.prefix(got)
    }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }

  /// `stockd ready pid=1 binary=127.0.0.1:6480 ... recovered_ms=12`
  private func ready(_ line: String, _ process: pid_t, _ nanoseconds: UInt64) throws(DrillFault) -> Ready {
    var fields: [Substring: Substring] = [:]
    for word in line.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard line.hasPrefix("stockd ready"), let text = fields["binary"], let address = ServerAddress(String(text)) else {
      throw DrillFault("not a readiness line: \(line)")
    }
    return Ready(
      process: process, address: address, recoveryMilliseconds: fields["recovered_ms"].flatMap { Int($0) } ?? 0,
      startNanoseconds: nanoseconds)
  }
}

/// Why a drill could not be carried through. It says nothing about the daemon's promises.
struct DrillFault: Error, Equatable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
