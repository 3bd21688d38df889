import Configuration
import Logging
import StockEngine
import StockServer

/// Every setting with its value and origin: flags before the environment before defaults.
struct Configured {
  enum Origin: String {
    case flag
    case environment
    case preset = "default"
  }

  struct Value {
    var setting: Setting
    var text: String
    var origin: Origin
  }

  let values: [Value]

  /// - Parameter arguments: without the program's name; checked before.
  init(arguments: [String], environment: [String: String]) throws(UsageFault) {
    try Arguments.check(arguments)
    try Arguments.check(environment: environment)
    let flags = ConfigReader(provider: CommandLineArgumentsProvider(arguments: ["stockd"] + arguments))
    let variables = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "stockd"))
    values = Setting.all.map { setting in
      let key = ConfigKey([setting.name])
      if setting.kind == .flag {
        if let isSet = flags.bool(forKey: key) { return Value(setting: setting, text: "\(isSet)", origin: .flag) }
      } else if let text = flags.string(forKey: key) {
        return Value(setting: setting, text: text, origin: .flag)
      }
      if let text = variables.string(forKey: key), !text.isEmpty {
        return Value(setting: setting, text: text, origin: .environment)
      }
      return Value(setting: setting, text: setting.defaultText, origin: .preset)
    }
  }

  /// A line each, for `--print-config`.
  var description: String {
    values.map { value in
      let left = "\(value.setting.name) = \(value.text)"
      return left + String(repeating: " ", count: max(1, 44 - left.count)) + "# \(value.origin.rawValue)"
    }.joined(separator: "\n")
  }

  // MARK: Values

  private func value(_ name: String) -> Value {
    guard let value = values.first(where: { $0.setting.name == name }) else {
      preconditionFailure("no setting \(name)")
    }
    return value
  }

  private func refuse(_ value: Value, _ advice: String) -> UsageFault {
    let place =
      switch value.origin {
      case .flag: "--\(value.setting.name)"
      case .environment: value.setting.environmentName
      case .preset: "the default of \(value.setting.name)"
      }
    return .configuration("\(place) cannot be '\(value.text)'", advice)
  }

  private func text(_ name: String) -> String { value(name).text }

  /// Nil for `none`.
  private func optional(_ name: String) -> String? {
    let text = text(name)
    return text == "none" ? nil : text
  }

  private func flag(_ name: String) throws(UsageFault) -> Bool {
    switch text(name) {
    case "true", "1", "yes": true
    case "false", "0", "no": false
    default: throw refuse(value(name), "It is true or false.")
    }
  }

  private func count(_ name: String, _ range: ClosedRange<Int>) throws(UsageFault) -> Int {
    guard let count = Int(text(name)), range.contains(count) else {
      throw refuse(value(name), "It is a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return count
  }

  private func bytes(_ name: String) throws(UsageFault) -> UInt64 {
    guard let bytes = Units.bytes(text(name)), bytes <= UInt64(Int64.max) else {
      throw refuse(value(name), "It is a number of bytes, such as 67108864 or 64MiB.")
    }
    return bytes
  }

  private func milliseconds(_ name: String) throws(UsageFault) -> Int64 {
    guard let milliseconds = Units.milliseconds(text(name)) else {
      throw refuse(value(name), "It is a time with its unit, such as 500ms, 30s, 15m, 24h or 30d.")
    }
    return milliseconds
  }

  // MARK: What the daemon needs

  /// Every value parsed and checked.
  /// - Parameter cores: how many the machine has.
  func daemon(cores: Int) throws(UsageFault) -> DaemonConfiguration {
    let isDev = try flag("dev")
    if isDev, value("data-dir").origin != .preset {
      throw .usage("--dev makes a temporary store, but a data directory is given too", "Leave one of them out.")
    }
    guard let level = Logger.Level(rawValue: text("log-level")) else {
      throw refuse(value("log-level"), Setting.all.first { $0.name == "log-level" }?.help ?? "")
    }
    guard let format = LogFormat(rawValue: text("log-format")) else {
      throw refuse(value("log-format"), "It is text or json.")
    }
    let askedLoops = try count("loops", 0...64)
    let loops = askedLoops == 0 ? min(max(cores / 2, 1), 16) : askedLoops
    let listeners = try listeners("listen", "socket")
    let respListeners = try self.listeners("resp", "resp-socket")
    if listeners.isEmpty && respListeners.isEmpty {
      throw .configuration("there is nothing to listen on", "Set --listen, --socket, --resp or --resp-socket.")
    }
    for twice in Set(listeners).intersection(respListeners) where twice.isFixed {
      throw .configuration(
        "\(twice) is to serve the binary protocol and RESP", "Each needs an address of its own.")
    }
    return DaemonConfiguration(
      dataDirectory: isDev ? nil : text("data-dir"), catalogue: text("catalogue"),
      cataloguePathIsGiven: value("catalogue").origin != .preset, listeners: listeners, respListeners: respListeners,
      respPassword: try respPassword(), loops: loops,
      engine: try engine(loops: loops), limits: try limits(), logLevel: level, logFormat: format)
  }

  /// - Parameters:
  ///   - listen: the name of the setting that has a host and a port.
  ///   - socket: the name of the one that has a path.
  private func listeners(_ listen: String, _ socket: String) throws(UsageFault) -> [StockServer.Listener] {
    var listeners: [StockServer.Listener] = []
    if let text = optional(listen) {
      guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
        (0...65535).contains(port)
      else { throw refuse(value(listen), "It is host:port, such as 127.0.0.1:6480 or [::1]:6480, or none.") }
      var host = String(text[..<colon])
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      if host.isEmpty { throw refuse(value(listen), "Name a loopback host.") }
      do throws(EngineFault) {
        try StockServer.check(.tcp(host: host, port: port))
      } catch {
        throw .configuration(error.message, error.advice)
      }
      listeners.append(.tcp(host: host, port: port))
    }
    if let path = optional(socket) {
      // sun_path has 108 bytes with its end.
      if path.utf8.count > 107 { throw refuse(value(socket), "A socket's path has at most 107 bytes.") }
      listeners.append(.unix(path: path))
    }
    return listeners
  }

  /// The first line of the password's file.
  private func respPassword() throws(UsageFault) -> [UInt8]? {
    guard let path = optional("resp-password-file") else { return nil }
    // Whatever its bytes are: a client sends the same ones.
    guard let bytes = Files.bytes(path) else {
      throw .configuration("the password file \(path) cannot be read", "Check the path and who may read it.")
    }
    let password = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
    if password.isEmpty {
      throw .configuration("the first line of \(path) is empty", "Write the password there, or set none.")
    }
    return password
  }

  private func limits() throws(UsageFault) -> ServerLimits {
    var limits = ServerLimits()
    limits.connectionsMax = try count("connections-max", 1...1_000_000)
    limits.drainMilliseconds = try milliseconds("drain")
    return limits
  }

  private func engine(loops: Int) throws(UsageFault) -> EngineConfiguration {
    var engine = EngineConfiguration()
    let asked = try count("shards", 0...64)
    // The largest power of two that is not above the loops.
    engine.shards = asked == 0 ? 1 << (Int.bitWidth - 1 - loops.leadingZeroBitCount) : asked
    engine.segmentBytes = Int(try bytes("segment-bytes"))
    engine.snapshotBytes = try bytes("snapshot-bytes")
    engine.lagBytesMax = try bytes("lag-bytes-max")
    engine.pendingBytesMax = Int(try bytes("pending-bytes-max"))
    engine.readyMemoryBytes = Int(try bytes("ready-memory"))
    engine.freeBytesMin = try bytes("free-bytes-min")
    engine.archiveBytesMax = try bytes("archive-bytes-max")
    engine.archiveMillisecondsMax = try milliseconds("archive-age")
    engine.historyBytesMax = try bytes("history-bytes-max")
    engine.rules.holdMilliseconds = try milliseconds("hold")
    engine.rules.holdMillisecondsMax = try milliseconds("hold-max")
    engine.rules.endedRetentionMilliseconds = try milliseconds("ended-retention")
    engine.rules.soldRetentionMilliseconds = try milliseconds("sold-retention")
    engine.rules.idRetentionMilliseconds = try milliseconds("id-retention")
    engine.rules.outageShiftMillisecondsMax = try milliseconds("outage-shift-max")
    engine.rules.unpaidFlagThreshold = try count("unpaid-flag-after", 0...Rules.unpaidFlagThresholdMax)
    engine.rules.unpaidPeriodMilliseconds = try milliseconds("unpaid-period")
    engine.rules.flagMilliseconds = try milliseconds("flag-for")
    do throws(EngineFault) {
      try engine.check()
    } catch {
      throw .configuration(error.message, error.advice)
    }
    return engine
  }
}

/// The daemon's configuration, checked.
struct DaemonConfiguration {
  /// Nil: a temporary one.
  var dataDirectory: String?
  var catalogue: String
  var cataloguePathIsGiven: Bool
  var listeners: [StockServer.Listener]
  var respListeners: [StockServer.Listener]
  /// Nil: RESP clients need none.
  var respPassword: [UInt8]?
  var loops: Int
  var engine: EngineConfiguration
  var limits: ServerLimits
  var logLevel: Logger.Level
  var logFormat: LogFormat
}

extension StockServer.Listener {
  /// One address; port 0 is another one each time.
  fileprivate var isFixed: Bool {
    switch self {
    case .tcp(_, let port): port != 0
    case .unix: true
    }
  }
}
