import Logging
import NIOConcurrencyHelpers

/// What a server logs, for tests that look at it.
final class LogLines: Sendable {
  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add(event.level, event.message) }
  }

  private let entries = NIOLockedValueBox<[(level: Logger.Level, text: String)]>([])

  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  var warnings: [String] { entries.withLockedValue { $0.filter { $0.level == .warning }.map(\.text) } }

  private func add(_ level: Logger.Level, _ message: Logger.Message) {
    entries.withLockedValue { $0.append((level, "\(message)")) }
  }
}
