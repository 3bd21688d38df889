import ArgumentParser
import StockEngine

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Folds the log up to a moment and shows the balances then. Changes nothing.",
    discussion: """
      --sku shows how one item's balance came about, change by change. --diff shows what changed between the moment and a \
      later one (--diff-lsn; without it, the end of the log). --sale decides a recorded sale again, under the numbers of --what-if: \
      stock=SKU:N, limit=DIM:N (or DIM:N:orders, DIM:none), window=START..END (either may be left out), pause=none.
      """)

  @Argument(help: "The data directory.") var directory: String
  @Option(help: "The last record to fold.") var untilLsn: UInt64?
  @Option(help: "Fold nothing later than this: 2026-11-21T10:00:00Z or milliseconds since 1970.") var untilTime: Moment?
  @Option(help: "The history of one item instead of balances.") var sku: String?
  @Flag(help: "What changed between the moment and a later one.") var diff = false
  @Option(help: "The later moment of --diff.") var diffLsn: UInt64?
  @Option(help: "The sale to decide again; without --what-if as it was, which is a check.") var sale: String?
  @Option(help: ArgumentHelp("One number that was otherwise. May be given several times.", valueName: "change"))
  var whatIf: [WhatIfOption] = []
  @Option(
    help:
      "What becomes of orders that win only then: confirm (paid at once; the default), expire (never), like (as the recorded ones)."
  )
  var assume: WhatIf.Assumption?
  @Flag(help: "Goes on with the winners alone if the sale did not record what it refused.") var withoutRefused = false
  @Option(help: ArgumentHelp("Writes everybody who wins, then or now, as CSV.", valueName: "file")) var winners: String?
  @OptionGroup var output: OutputOptions

  private var limit: StoreInspector.ReplayLimit {
    var limit = StoreInspector.ReplayLimit()
    if let untilLsn { limit.lsn = LSN(untilLsn) }
    if let untilTime { limit.time = untilTime.timestamp }
    return limit
  }

  func validate() throws {
    if diff && sku != nil { throw ValidationError("--diff and --sku do not go together") }
    if diffLsn != nil && !diff { throw ValidationError("--diff-lsn goes with --diff") }
    if sale == nil && (!whatIf.isEmpty || assume != nil || winners != nil || withoutRefused) {
      throw ValidationError("--what-if, --assume, --winners and --without-refused go with --sale")
    }
    if sale != nil && (diff || sku != nil || untilLsn != nil || untilTime != nil) {
      throw ValidationError("--sale takes the whole log: --sku, --diff and --until do not go with it")
    }
  }

  func run() throws {
    if let sale {
      let replay = WhatIfReplay(
        directory: directory, sale: sale, changes: whatIf.map(\.change), assuming: assume ?? .confirm,
        withoutRefused: withoutRefused, winnersFile: winners, output: output)
      return try replay.run()
    }
    try Offline.run { () throws(EngineFault) in
      let inspector = try StoreInspector(path: directory)
      if let sku {
        try showHistory(of: sku, inspector)
      } else if diff {
        try showDifference(inspector)
      } else {
        let replay = try inspector.replay(limit)
        note(replay)
        var table = Table([
          .text("item"), .number("supplied"), .number("available"), .number("reserved"), .number("sold"),
          .number("scrapped"), .number("version"),
        ])
        for balance in replay.balances {
          table.append([
            .string(balance.item), .integer(balance.supplied), .integer(balance.available), .integer(balance.reserved),
            .integer(balance.sold), .integer(balance.scrapped), .integer(balance.version),
          ])
        }
        output.show(table)
      }
    }
  }

  private func note(_ replay: StoreInspector.Replay) {
    output.note(
      "LSN \(replay.lsn)  \(replay.time.text)  \(Figures.grouped(replay.events)) events folded"
        + (replay.fromSnapshot > .zero ? " on the snapshot of LSN \(replay.fromSnapshot)" : "")
        + "  \(Figures.grouped(replay.openOrders)) open orders  state \(String(replay.stateHash, radix: 16))")
  }

  private func showHistory(of sku: String, _ inspector: StoreInspector) throws(EngineFault) {
    var table = Table([
      .number("lsn"), .text("time"), .text("event"), .text("order"), .text("operation"), .number("quantity"),
      .text("details"),
    ])
    var operation: (lsn: LSN, id: String)?
    let wanted = ExactText(sku)
    let replay = try inspector.replay(limit, fromStart: true) { event, name in
      if let id = event.operation { operation = (event.lsn, id) }
      let quantity = event.lines.filter { ExactText(name($0.item)) == wanted }.reduce(Int64(0)) { $0 + $1.quantity }
      guard event.lines.contains(where: { ExactText(name($0.item)) == wanted }) else { return }
      table.append([
        .integer(event.lsn.rawValue), .string(event.time.text), .string(event.kind.name),
        event.order.map { .string($0) } ?? .null,
        operation?.lsn == event.lsn ? .string(operation?.id ?? "") : .null, .integer(quantity),
        .string(event.details.map { "\($0.name)=\($0.value)" }.joined(separator: " ")),
      ])
    }
    note(replay)
    output.show(table)
    if table.rows.isEmpty { output.note("the log up to there has no event of \(sku)") }
  }

  private func showDifference(_ inspector: StoreInspector) throws(EngineFault) {
    let before = try inspector.replay(limit)
    var later = StoreInspector.ReplayLimit()
    if let diffLsn { later.lsn = LSN(diffLsn) }
    let after = try inspector.replay(later)
    note(before)
    note(after)
    let known = Dictionary(uniqueKeysWithValues: before.balances.map { ($0.number, $0) })
    var table = Table([
      .text("item"), .number("supplied"), .number("available"), .number("reserved"), .number("sold"),
      .number("scrapped"), .number("changes"),
    ])
    for balance in after.balances {
      let old = known[balance.number]
      if old == balance { continue }
      let columns: [KeyPath<StoreInspector.Balance, Int64>] = [\.supplied, \.available, \.reserved, \.sold, \.scrapped]
      var row: [JSONValue] = [.string(balance.item)]
      for column in columns {
        let change: Int64 = balance[keyPath: column] - (old?[keyPath: column] ?? 0)
        row.append(.integer(change))
      }
      let changes: UInt64 = balance.version - (old?.version ?? 0)
      row.append(.integer(changes))
      table.append(row)
    }
    output.show(table)
  }
}
