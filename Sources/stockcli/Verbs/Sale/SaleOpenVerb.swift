import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct SaleOpenVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Opens the sale that a JSON file describes. Running it again does no harm.",
    discussion: """
      The fields of the file stand in docs/cli.md; data/sale.json is one. The operation's id follows from its content: a second \
      run of the same file changes nothing, and one that was interrupted goes on. A sale of more than \
      \(Bounds.linesPerSaleOperationMax) items is filled paused, and sells when all of it is there.
      """)

  @Argument(help: "The file; - is standard input.") var file: String
  @Flag(help: "It sells nothing until stockcli sale resume.") var paused = false
  @Flag(help: "Reads and checks the file, and sends nothing.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    do {
      let sale = try SaleFile.read(file)
      if dryRun {
        let terms = try sale.terms(now: UTC.now, opened: nil)
        show("checked", sale, terms, operation: sale.operationID(isPaused: paused))
      } else {
        try await global.withClient { client in try await open(sale, client) }
      }
    } catch let fault as InputFault {
      throw fault.told(of: file, by: "sale open")
    }
  }

  private func open(_ sale: SaleFile, _ client: StockClient) async throws {
    let start = monotonicNanoseconds()
    let opened = try await opened(sale.id, client)
    // The server's clock decides when the window begins, so offsets count from its time.
    let now = sale.hasOffsets ? try global.value(try await client.stats()).value.now : .zero
    let terms = try sale.terms(now: now, opened: opened)
    if opened == nil { try await checkStock(sale, client) }
    let operation = sale.operationID(isPaused: paused)
    var progress = ProgressBar(isShown: global.output.showsProgress, bytesTotal: sale.lines.count)
    let answer = try await client.openWholeSale(
      operation: operation, sale: sale.id, terms: terms, isPaused: paused, source: sale.source, lines: sale.lines
    ) { progress.show(rows: $0, bytes: $0) }
    progress.end()
    switch answer {
    case .done(let receipt):
      show("opened", sale, terms, receipt, operation: operation, seconds: Double(monotonicNanoseconds() - start) / 1e9)
    case .refused(let refusal):
      let code = global.refused(refusal)
      try await advise(sale, refusal, client)
      throw code
    }
  }

  /// The sale, if it was opened before.
  private func opened(_ id: String, _ client: StockClient) async throws -> WireSale? {
    let answer = try await client.sale(id)
    return answer.refusal?.outcome == .noSuchSale ? nil : try global.value(answer).value
  }

  /// A sale of several steps is not begun if it could not be filled. The server checks each step again.
  private func checkStock(_ sale: SaleFile, _ client: StockClient) async throws {
    guard sale.source == .pools, sale.lines.count > Bounds.linesPerSaleOperationMax else { return }
    var missing: [String] = []
    for start in stride(from: 0, to: sale.lines.count, by: Bounds.itemsPerReadMax) {
      let lines = sale.lines[start..<min(start + Bounds.itemsPerReadMax, sale.lines.count)]
      let balances = try global.value(try await client.get(lines.map(\.item))).value
      for (line, balance) in zip(lines, balances) where movable(balance) < Int64(line.quantity) {
        missing.append(
          "\(line.item) (\(line.quantity) wanted, \(balance.exists ? "\(movable(balance)) there" : "no such item"))")
      }
    }
    if missing.isEmpty { return }
    Messages.say("the sale cannot be filled, and was not opened:")
    for line in missing.prefix(Self.remarksMax) { Messages.say("  " + line) }
    if missing.count > Self.remarksMax {
      Messages.say("  and \(Figures.grouped(missing.count - Self.remarksMax)) more")
    }
    throw ExitCode.refused
  }

  /// Stock above the safety stock; what may be sold ahead is not there to be moved.
  private func movable(_ balance: WireBalance) -> Int64 { balance.available - max(0, balance.floor) }

  private static let remarksMax = 20

  /// What to do about it.
  private func advise(_ sale: SaleFile, _ refusal: Refusal, _ client: StockClient) async throws {
    if refusal.outcome == .saleExists {
      Messages.say(
        "\(sale.id) was opened from another file, or with other flags: see stockcli sale show \(sale.id), or give this one another id"
      )
    } else if let half = try await opened(sale.id, client), half.state == .paused {
      Messages.say(
        "\(sale.id) is there, paused, with \(Figures.grouped(half.items)) SKUs. Bring what is missing and run the same file again, "
          + "or stockcli sale close \(sale.id)")
    }
  }

  private func show(
    _ outcome: String, _ sale: SaleFile, _ terms: WireSaleTerms, _ receipt: OperationReceipt? = nil,
    operation: String, seconds: Double? = nil
  ) {
    global.output.show(
      Record(
        outcome,
        [
          "sale": .string(sale.id), "title": sale.title.isEmpty ? .null : .string(sale.titleText),
          "start": UTC.json(terms.start), "end": UTC.json(terms.end), "items": .integer(sale.lines.count),
          "units": .integer(sale.units), "paused": .bool(paused), "operation": .string(operation),
          "repeat": receipt.map { .bool($0.isRepeat) } ?? .null,
          "seconds": seconds.map { .number(($0 * 100).rounded() / 100) } ?? .null,
          "lsn": receipt.map { .integer($0.lsn.rawValue) } ?? .null,
        ]))
  }
}
