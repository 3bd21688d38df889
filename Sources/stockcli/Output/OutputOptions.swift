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

  /// Prints a table; on a terminal that is too narrow for it, without its less important columns.
  func show(_ table: Table) {
    guard format == .table, let width = Terminal.width else { return Messages.out(table.text(format)) }
    let (fitting, hidden) = table.fitting(width)
    Messages.out(fitting.text(.table, colour: usesColour))
    if !hidden.isEmpty {
      note("narrow terminal, hidden: \(hidden.joined(separator: ", "))")
    }
  }

  /// Prints a record; on a terminal that is too narrow for it, on several lines.
  func show(_ record: Record) {
    Messages.out(format == .table ? record.lines(width: Terminal.width ?? .max) : record.text(format))
  }

  func note(_ text: String) {
    if !quiet { Messages.say(text) }
  }
}

enum Terminal {
  /// Columns of the terminal on standard output; nil if it is none.
  static var width: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}

/// Standard error: progress and messages. Standard output is data only.
enum Messages {
  static func say(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func out(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// A piece of an output that goes on.
  /// - Throws: what the verb ends with if the piece cannot be written: nobody would see the next one.
  static func piece(_ text: String) throws(ExitCode) {
    let code = write(text, to: STDOUT_FILENO)
    if code == EPIPE { throw .noReader }
    if code != 0 {
      say("standard output cannot be written: \(String(cString: strerror(code)))")
      throw .serverError
    }
  }

  static func raw(_ text: String, to descriptor: Int32) { write(text, to: descriptor) }

  /// - Returns: the system's error number; 0: all of it was written.
  @discardableResult
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : EIO }
        start += count
      }
      return 0
    }
  }
}
