import ArgumentParser
import Glibc

/// How answers are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  case table, json, ndjson, csv
}

struct OutputOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "How to print: table, json, ndjson or csv.")
  var format: OutputFormat = .table

  @Flag(help: "No colour, as NO_COLOR in the environment.")
  var noColor = false

  @Flag(name: [.short, .long], help: "No progress and no remarks on standard error.")
  var quiet = false

  var usesColour: Bool {
    !noColor && (Environment.value("NO_COLOR") ?? "").isEmpty && format == .table && isatty(STDOUT_FILENO) == 1
  }

  /// Whether a progress bar has somebody to look at it.
  var showsProgress: Bool { !quiet && isatty(STDERR_FILENO) == 1 }

  func note(_ text: String) {
    if !quiet { Messages.say(text) }
  }
}

/// Standard error: progress and messages. Standard output is data only.
enum Messages {
  static func say(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func out(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  static func raw(_ text: String, to descriptor: Int32) { write(text, to: descriptor) }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        start += count
      }
    }
  }
}
