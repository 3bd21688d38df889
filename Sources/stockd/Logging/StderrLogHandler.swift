import Glibc
import Logging

/// How log lines look.
enum LogFormat: String, Sendable {
  /// `2026-11-21T10:05:55.042Z info  message key=value`
  case text
  /// `{"time":"...","level":"info","message":"...","key":"value"}`
  case json
}

/// Writes one line an event to stderr, with one call, so that lines of several threads do not mix.
struct StderrLogHandler: LogHandler {
  let label: String
  let format: LogFormat
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(label: String, format: LogFormat, level: Logger.Level) {
    self.label = label
    self.format = format
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let line = Self.line(
      milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000, level: event.level,
      message: "\(event.message)", metadata: all, format: format)
    Self.write(line)
  }

  /// One line, with its end.
  static func line(
    milliseconds: Int64, level: Logger.Level, message: String, metadata: Logger.Metadata, format: LogFormat
  ) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let time = UTC.text(milliseconds: milliseconds)
    switch format {
    case .text:
      let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
      let fields = pairs.map { " \($0.0)=\(quotedIfNeeded($0.1))" }.joined()
      return "\(time) \(name) \(escaped(message, quotes: false))\(fields)\n"
    case .json:
      let fields = pairs.map { ",\"\(escaped($0.0))\":\"\(escaped($0.1))\"" }.joined()
      return "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":\"\(escaped(message))\"\(fields)}\n"
    }
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0.value != 0x7F }
    return isPlain ? text : "\"\(escaped(text))\""
  }

  /// Control characters never reach the terminal or break a line.
  private static func escaped(_ text: String, quotes: Bool = true) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      case "\\" where quotes: result += "\\\\"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(STDERR_FILENO, bytes.baseAddress! + written, bytes.count - written)
        if count <= 0 { return }
        written += count
      }
    }
  }
}
