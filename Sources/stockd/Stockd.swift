import Glibc
import Logging
import StockEngine

/// The daemon's entry: reads the configuration, answers questions about it, or runs.
@main
enum Stockd {
  static let version = "0.1.0"

  static func main() async {
    // A client that goes away is an error of one write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow further: it ends with a message and 74, not with a core.
    signal(SIGXFSZ, SIG_IGN)
    let arguments = Array(Swift.CommandLine.arguments.dropFirst())
    do throws(UsageFault) {
      try Arguments.check(arguments)
      if arguments.contains("--help") { return print(Setting.helpText) }
      if arguments.contains("--version") { return print("stockd \(version)") }
      let configured = try Configured(arguments: arguments, environment: environment())
      let configuration = try configured.daemon(cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      if arguments.contains("--print-config") { return print(configured.description) }
      if arguments.contains("--check-config") { return print("stockd: the configuration is sound") }
      await run(configuration)
    } catch {
      complain("stockd: \(error)")
      exit(error.exitStatus)
    }
  }

  private static func run(_ configuration: DaemonConfiguration) async {
    let logger = Logger(label: "stockd") { label in
      StderrLogHandler(label: label, format: configuration.logFormat, level: configuration.logLevel)
    }
    do throws(EngineFault) {
      try await Daemon(configuration: configuration, logger: logger).run()
    } catch {
      complain(Obituary.text(error))
      exit(error.exitStatus)
    }
  }

  private static func complain(_ text: String) {
    var text = text + "\n"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return variables
  }
}
