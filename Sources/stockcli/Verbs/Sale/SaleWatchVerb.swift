import ArgumentParser
import Glibc
import StockClient
import StockEngine
import StockWire

struct SaleWatchVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Shows a sale as it sells, until it is closed.",
    discussion: """
      On a terminal the view is drawn again at each look; with -o json, ndjson or csv, or into a pipe, each look is a row. The rate is of \
      the last seconds: units that were reserved or sold, less those that came back. Refusals of the last second may be missing.
      """)

  @Argument(help: "The sale's id.") var sale: String
  @Option(help: ArgumentHelp("From one look to the next.", valueName: "time"))
  var interval = TimeOption(duration: .seconds(1))
  @Option(help: "Ends after so many looks.") var count: Int?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard count ?? 1 > 0 else { throw ValidationError("--count is at least 1") }
    guard interval.duration >= .milliseconds(50), interval.duration <= .seconds(3600) else {
      throw ValidationError("--interval is 50ms to 1h")
    }
  }

  func run() async throws {
    try await global.withClient { client in
      var meter = SaleMeter()
      var screen = SaleScreen(colour: global.output.usesColour)
      let start = monotonicNanoseconds()
      var looks: UInt64 = 0
      while true {
        let (sale, now) = try await look(client)
        meter.add(sale, at: monotonicNanoseconds())
        if global.output.format == .table, let width = Terminal.width {
          try screen.draw(SaleView(sale: sale, now: now, meter: meter).lines(width: width))
        } else {
          try show(sale, now, meter, isFirst: looks == 0)
        }
        looks += 1
        if sale.state == .closed || looks == count.map({ UInt64($0) }) { break }
        let next = start + looks * interval.nanoseconds
        let passed = monotonicNanoseconds()
        if next > passed { try await Task.sleep(nanoseconds: next - passed) }
      }
    }
  }

  /// The sale and the server's time, of one moment.
  private func look(_ client: StockClient) async throws -> (WireSale, Timestamp) {
    var batch = StockBatch()
    let sale = batch.sale(self.sale)
    let stats = batch.stats()
    let replies = try await client.send(batch)
    return (try global.value(replies[sale]).value, try global.value(replies[stats]).value.now)
  }

  private func show(_ sale: WireSale, _ now: Timestamp, _ meter: SaleMeter, isFirst: Bool) throws {
    var record = Record(
      sale.state.name,
      [
        "time": UTC.json(now), "sale": .string(sale.sale), "left": .integer(sale.available),
        "reserved": .integer(sale.reserved), "sold": .integer(sale.sold),
        "unitsPerSecond": meter.unitsPerSecond.map { .number(($0 * 10).rounded() / 10) } ?? .null,
        "secondsToSellOut": meter.secondsToSellOut(sale).map { .number($0.rounded(.up)) } ?? .null,
        "refused": .integer(sale.refused.total),
      ])
    record.fields += sale.refused.byReason.map { Record.Field(name: $0.key, value: .integer($0.value)) }
    let text =
      switch global.output.format {
      case .table: record.text(.table)
      // A list that does not end yet is told line by line.
      case .json, .ndjson: record.text(.ndjson)
      case .csv: isFirst ? record.text(.csv) : String(record.text(.csv).drop { $0 != "\n" }.dropFirst())
      }
    try Messages.piece(text + "\n")
  }
}

/// Lines that are drawn over those before.
struct SaleScreen {
  let colour: Bool
  private var height = 0

  init(colour: Bool) { self.colour = colour }

  mutating func draw(_ lines: [String]) throws {
    var text = height > 0 ? "\u{1B}[\(height)A" : ""
    for (index, line) in lines.enumerated() {
      text += "\r" + (colour && index == 0 ? "\u{1B}[1m\(line)\u{1B}[0m" : line) + "\u{1B}[K\n"
    }
    // What the last view had more is gone.
    text += "\u{1B}[J"
    height = lines.count
    try Messages.piece(text)
  }
}
