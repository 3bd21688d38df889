import ArgumentParser
import Glibc
import StockClient
import StockEngine
import StockWire

struct PreheatVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preheat",
    abstract: "Creates items with their first stock from a CSV or NDJSON file. Running it again does no harm.",
    discussion: """
      CSV: the first line names the columns; sku and quantity are needed, pool may be there, others are skipped.
      NDJSON: {"sku":"tea","pool":"east","quantity":5} on each line; pool may be left out.

      Every row is an operation of its own whose id follows from the row, so that a second run of the same file answers \
      "already" and changes nothing. Rows that are wrong or refused are told with their line; the others are done.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case csv, ndjson }

  @Argument(help: "The file; - is standard input.") var file: String
  @Option(help: "csv or ndjson. Default: by the file's name, else by its first byte.") var format: Format?
  @Flag(help: "Reads and checks the file, and sends nothing.") var dryRun = false
  @Flag(help: "Existing items of which nothing is held are replaced.") var replace = false
  @Option(help: "Rows in a frame.") var batch = 500
  @Option(help: "Writes rows that were not done to this file, as CSV with line numbers.") var errors: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...5000).contains(batch) else { throw ValidationError("--batch is 1 to 5,000") }
  }

  func run() async throws {
    var run = try PreheatRun(self)
    if dryRun {
      try await run.readAll(nil)
    } else {
      try await global.withClient { client in try await run.readAll(client) }
    }
    run.report()
    if run.counts.bad + run.counts.refused > 0 { throw ExitCode.refused }
  }
}

/// One run over one file, in constant memory.
struct PreheatRun {
  struct Counts: Equatable {
    var rows = 0
    var done = 0
    var already = 0
    var refused = 0
    var bad = 0
  }

  private let verb: PreheatVerb
  private var rows: StockRows
  private var errors: ErrorFile?
  private var progress: ProgressBar
  private(set) var counts = Counts()
  private var shown = 0
  private let start = monotonicNanoseconds()

  private static let remarksMax = 20
  private static let triesMax = 50

  init(_ verb: PreheatVerb) throws {
    self.verb = verb
    do throws(InputFault) {
      rows = try StockRows(path: verb.file, format: verb.format.map { $0 == .csv ? .csv : .ndjson })
    } catch {
      throw error.told(of: verb.file, by: "preheat")
    }
    errors = try verb.errors.map { path throws(ExitCode) in
      do throws(InputFault) { return try ErrorFile(path) } catch { throw error.told(of: path, by: "preheat") }
    }
    progress = ProgressBar(isShown: verb.global.output.showsProgress, bytesTotal: rows.bytesTotal)
  }

  /// - Parameter client: nil: a dry run.
  mutating func readAll(_ client: StockClient?) async throws {
    var waiting: [StockRow] = []
    do {
      while let next = try rows.next() {
        counts.rows += 1
        switch next {
        case .bad(let fault):
          counts.bad += 1
          tell(line: fault.line, item: "", quantity: nil, outcome: "unreadable", fault.message)
        case .row(let row): waiting.append(row)
        }
        if waiting.count >= verb.batch {
          try await send(waiting, client)
          waiting.removeAll(keepingCapacity: true)
        }
      }
      if !waiting.isEmpty { try await send(waiting, client) }
    } catch let fault as InputFault {
      // The rest cannot be read; what was sent stands, and the file can be run again.
      counts.bad += 1
      tell(line: fault.line, item: "", quantity: nil, outcome: "unreadable", fault.message)
    } catch let error as StockClientError {
      progress.end()
      Messages.say(
        "stopped behind \(Figures.grouped(counts.done + counts.already)) rows that are done. Run it again: they will be told as already."
      )
      throw error
    }
    progress.end()
  }

  private mutating func send(_ all: [StockRow], _ client: StockClient?) async throws {
    defer { progress.show(rows: counts.rows, bytes: rows.bytesRead) }
    guard let client else {
      counts.done += all.count
      return
    }
    var rows = all
    for attempt in 1...Self.triesMax where !rows.isEmpty {
      var batch = StockBatch()
      for row in rows {
        batch.preheat(
          operation: Self.operationID(row, replace: verb.replace), replace: verb.replace,
          lines: [WireLine(row.item, row.quantity)])
      }
      let replies = try await client.send(batch).replies
      var again: [StockRow] = []
      for (row, reply) in zip(rows, replies) {
        if reply.outcome == .overloaded, attempt < Self.triesMax { again.append(row) } else { count(row, reply) }
      }
      rows = again
      if !rows.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }
  }

  private mutating func count(_ row: StockRow, _ reply: WireReply) {
    if reply.outcome.isSuccess {
      if reply.isRepeat { counts.already += 1 } else { counts.done += 1 }
      return
    }
    counts.refused += 1
    let hint =
      reply.outcome == .itemExists
      ? verb.replace
        ? "some of it is held" : "it exists with another quantity; --replace sets it anew if nothing is held"
      : reply.outcome.mayRetryDiffer ? "a later run may differ" : "no retry can differ"
    tell(line: row.line, item: row.item, quantity: row.quantity, outcome: reply.outcome.name, hint)
  }

  /// 128 bits of the row's content. Not its line: rows may be added above it.
  static func operationID(_ row: StockRow, replace: Bool) -> String {
    ContentID.make("preheat-", "\(row.item)\n\(row.quantity)\n\(replace)")
  }

  // MARK: Telling

  private mutating func tell(line: Int?, item: String, quantity: UInt32?, outcome: String, _ message: String) {
    errors?.add(line: line, item: item, quantity: quantity, outcome: outcome, message)
    shown += 1
    if shown <= Self.remarksMax {
      progress.end()
      Messages.say("line \(line.map(String.init) ?? "?"): \(item.isEmpty ? "" : item + ": ")\(outcome): \(message)")
    } else if shown == Self.remarksMax + 1 {
      Messages.say("more rows were not done\(verb.errors == nil ? "; --errors FILE lists them all" : "")")
    }
  }

  func report() {
    let seconds = Double(monotonicNanoseconds() - start) / 1e9
    let record = Record(
      verb.dryRun ? "checked" : "preheated",
      [
        "rows": .integer(counts.rows), "done": .integer(counts.done), "already": .integer(counts.already),
        "refused": .integer(counts.refused), "bad": .integer(counts.bad),
        "seconds": .number((seconds * 100).rounded() / 100), "errors": verb.errors.map { .string($0) } ?? .null,
      ])
    verb.global.output.show(record)
  }
}

/// Rows that were not done, as CSV.
final class ErrorFile {
  private let descriptor: Int32

  init(_ path: String) throws(InputFault) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw InputFault.notOpened(String(cString: strerror(errno))) }
    Messages.raw("line,item,quantity,outcome,message\n", to: descriptor)
  }

  deinit { close(descriptor) }

  func add(line: Int?, item: String, quantity: UInt32?, outcome: String, _ message: String) {
    let fields = [line.map(String.init) ?? "", item, quantity.map { String($0) } ?? "", outcome, message]
    Messages.raw(fields.map(CSV.quoted).joined(separator: ",") + "\n", to: descriptor)
  }
}

/// A bar on standard error, drawn at most ten times a second.
struct ProgressBar {
  let isShown: Bool
  let bytesTotal: Int?
  private var lastNanoseconds: UInt64 = 0
  private var isOpen = false

  init(isShown: Bool, bytesTotal: Int?) {
    self.isShown = isShown
    self.bytesTotal = bytesTotal
  }

  mutating func show(rows: Int, bytes: Int) {
    let now = monotonicNanoseconds()
    guard isShown, now - lastNanoseconds > 100_000_000 else { return }
    lastNanoseconds = now
    isOpen = true
    var text = "\r\(Figures.grouped(rows)) rows"
    if let bytesTotal, bytesTotal > 0 {
      let done = min(1, Double(bytes) / Double(bytesTotal))
      let filled = Int(done * 30)
      text =
        "\r[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        + "] \(Int(done * 100)) %  \(Figures.grouped(rows)) rows"
    }
    Messages.raw(text + "\u{1B}[K", to: STDERR_FILENO)
  }

  /// Leaves the line free for other messages.
  mutating func end() {
    guard isOpen else { return }
    isOpen = false
    Messages.raw("\r\u{1B}[K", to: STDERR_FILENO)
  }
}
