import StockEngine

// `STOCK.SALE OPEN|ADD|PAUSE|RESUME|CLOSE|INFO|LIST`.

extension Keyword {
  fileprivate static let open = Keyword("OPEN")
  fileprivate static let add = Keyword("ADD")
  fileprivate static let pause = Keyword("PAUSE")
  fileprivate static let resume = Keyword("RESUME")
  fileprivate static let close = Keyword("CLOSE")
  fileprivate static let info = Keyword("INFO")
  fileprivate static let list = Keyword("LIST")

  fileprivate static let start = Keyword("START")
  fileprivate static let end = Keyword("END")
  fileprivate static let pay = Keyword("PAY")
  fileprivate static let limit = Keyword("LIMIT")
  fileprivate static let openOrders = Keyword("OPENORDERS")
  fileprivate static let giveBack = Keyword("GIVEBACK")
  fileprivate static let eligible = Keyword("ELIGIBLE")
  fileprivate static let from = Keyword("FROM")
  fileprivate static let unpaid = Keyword("UNPAID")
  fileprivate static let flagged = Keyword("FLAGGED")
  fileprivate static let strict = Keyword("STRICT")
  fileprivate static let record = Keyword("RECORD")
  fileprivate static let paused = Keyword("PAUSED")
  fileprivate static let count = Keyword("COUNT")

  fileprivate static let allow = Keyword("ALLOW")
  fileprivate static let refuse = Keyword("REFUSE")
  fileprivate static let replace = Keyword("REPLACE")
  fileprivate static let deferred = Keyword("DEFERRED")

  /// What may come behind a limit's pairs.
  fileprivate static let saleOptions: [Keyword] = [
    start, end, pay, limit, openOrders, giveBack, eligible, from, unpaid, flagged, strict, record, paused, items,
  ]
}

extension StockVerb {
  static func readSaleCommand(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let subcommand = try arguments.keyword()
    if subcommand == .open { return try openSale(&arguments, &batch) }
    if subcommand == .add { return try addToSale(&arguments, &batch) }
    if subcommand == .pause { return try switchSale(&arguments, &batch, .pause) }
    if subcommand == .resume { return try switchSale(&arguments, &batch, .resume) }
    if subcommand == .close { return try switchSale(&arguments, &batch, .close) }
    if subcommand == .info {
      let sale = try arguments.text()
      try arguments.finish()
      batch.append(.sale(ReadSale(sale: sale)))
      return .sale
    }
    guard subcommand == .list else {
      throw CommandFault("unknown subcommand of STOCK.SALE: OPEN, ADD, PAUSE, RESUME, CLOSE, INFO and LIST are known")
    }
    return try listSales(&arguments, &batch)
  }

  /// `[cursor] [COUNT n]`
  private static func listSales(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    var cursor: Int64 = 0
    if !arguments.isEmpty, !arguments.isNext(.count) { cursor = try arguments.count() }
    let rowsMax = arguments.takes(.count) ? try arguments.rowCount() : 64
    try arguments.finish()
    batch.append(.sales(ListSales(cursor: UInt64(cursor), rowsMax: UInt32(rowsMax))))
    return .sales
  }

  /// `id op`
  private static func switchSale(
    _ arguments: inout Arguments, _ batch: inout CommandBatch, _ change: SwitchSale.Change
  ) throws(CommandFault) -> ReplyShape {
    let sale = try arguments.text()
    let operation = try arguments.text()
    try arguments.finish()
    batch.append(.switchSale(SwitchSale(operation: operation, sale: sale, change: change)))
    return .status
  }

  /// `id op [FROM pool] ITEMS item qty ...`
  private static func addToSale(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let sale = try arguments.text()
    let operation = try arguments.text()
    var pool: [UInt8]?
    if arguments.takes(.from) { pool = Array(try arguments.slice()) }
    guard arguments.takes(.items) else {
      throw arguments.isEmpty ? CommandFault.arity(arguments.verb.name) : CommandFault.syntax
    }
    let stock = try saleStock(&arguments, &batch, from: pool)
    batch.append(.addToSale(AddToSale(operation: operation, sale: sale, stock: stock)))
    return .countedChange(UInt16(truncatingIfNeeded: stock.lines.count))
  }

  /// `sku qty ...`; units of a pool are named `sku@pool`, as the engine names the item that gives.
  private static func saleStock(
    _ arguments: inout Arguments, _ batch: inout CommandBatch, from pool: [UInt8]?
  ) throws(CommandFault) -> SaleStock {
    guard let pool else { return SaleStock(source: .supply, lines: try arguments.lines(&batch)) }
    guard arguments.left > 0, arguments.left % 2 == 0 else { throw CommandFault.arity(arguments.verb.name) }
    // Before anything is stored: each line has the pool's name in it.
    if pool.count > Bounds.poolBytesMax { throw CommandFault(Malformation.itemName.explanation) }
    if arguments.left / 2 > Bounds.linesPerSaleOperationMax {
      throw CommandFault(Malformation.lineCount.explanation)
    }
    let start = batch.lineCount
    while !arguments.isEmpty {
      let sku = Array(try arguments.slice())
      batch.appendLine(
        item: batch.store(sku + CollectionOfOne(UInt8(ascii: "@")) + pool), quantity: try arguments.integer())
    }
    return SaleStock(
      source: .pools,
      lines: IndexRange(start: UInt32(truncatingIfNeeded: start), count: UInt32(batch.lineCount - start)))
  }

  /// `id op START ms END ms [PAY s] [LIMIT dimension n ...] [OPENORDERS dimension n ...] [GIVEBACK] [ELIGIBLE dimension v1,v2]
  /// [FROM pool] [UNPAID ALLOW|REFUSE|REPLACE] [FLAGGED ALLOW|REFUSE|DEFERRED] [STRICT] [RECORD] [PAUSED] [ITEMS item qty ...]`
  private static func openSale(
    _ arguments: inout Arguments, _ batch: inout CommandBatch
  ) throws(CommandFault) -> ReplyShape {
    let sale = try arguments.text()
    let operation = try arguments.text()
    var options = SaleOptions()
    while !arguments.isEmpty, !arguments.isNext(.items) { try options.take(&arguments) }
    guard let start = options.start, let end = options.end else {
      throw CommandFault("a sale needs START and END, in milliseconds since 1970")
    }
    var stock = SaleStock(source: .supply, lines: .empty)
    if arguments.takes(.items) { stock = try saleStock(&arguments, &batch, from: options.pool) }
    let terms = SaleTerms(
      start: start, end: end, holdMilliseconds: options.holdMilliseconds, unpaid: options.unpaid,
      flagged: options.flagged, options: options.switches, limits: batch.store(Limit.encoded(options.givenLimits)),
      eligible: batch.store(SubjectList.encoded(options.eligible)))
    batch.append(
      .openSale(OpenSale(operation: operation, sale: sale, terms: terms, isPaused: options.isPaused, stock: stock)))
    return .countedChange(UInt16(truncatingIfNeeded: stock.lines.count))
  }
}

/// What a sale is opened with, as it comes.
private struct SaleOptions {
  var start: Timestamp?
  var end: Timestamp?
  var holdMilliseconds: Int64 = 0
  var unpaid = SaleTerms.UnpaidPolicy.allow
  var flagged = SaleTerms.FlaggedPolicy.allow
  var switches: SaleTerms.Options = []
  var isPaused = false
  var pool: [UInt8]?
  var eligible: [(dimension: String, value: String)] = []
  private var limits: [Limit] = []
  private var givesBack = false

  var givenLimits: [Limit] {
    limits.map { limit in
      var limit = limit
      limit.isGivenBackOnReturn = givesBack
      return limit
    }
  }

  /// Takes one option with its values.
  mutating func take(_ arguments: inout Arguments) throws(CommandFault) {
    let keyword = try arguments.keyword()
    if keyword == .start {
      start = Timestamp(milliseconds: try arguments.integer())
    } else if keyword == .end {
      end = Timestamp(milliseconds: try arguments.integer())
    } else if keyword == .pay {
      holdMilliseconds = try arguments.seconds()
    } else if keyword == .limit {
      try takeLimits(&arguments, .units)
    } else if keyword == .openOrders {
      try takeLimits(&arguments, .openOrders)
    } else if keyword == .giveBack {
      givesBack = true
    } else if keyword == .eligible {
      try takeEligible(&arguments)
    } else if keyword == .from {
      pool = Array(try arguments.slice())
    } else if keyword == .unpaid {
      unpaid = try policy(&arguments, [(.allow, .allow), (.refuse, .refuse), (.replace, .replace)])
    } else if keyword == .flagged {
      flagged = try policy(&arguments, [(.allow, .allow), (.refuse, .refuse), (.deferred, .deferred)])
    } else if keyword == .strict {
      switches.insert(.strictDeadline)
    } else if keyword == .record {
      switches.insert(.recordsAttempts)
    } else if keyword == .paused {
      isPaused = true
    } else {
      throw CommandFault.syntax
    }
  }

  /// `dimension n`, as often as no option's name follows. A word in small letters may be meant as either, so it is refused.
  private mutating func takeLimits(_ arguments: inout Arguments, _ measure: Limit.Measure) throws(CommandFault) {
    if Self.isOptionNext(arguments) { throw Self.ambiguous(try arguments.string()) }
    repeat {
      let dimension = try arguments.string()
      let max = UInt32(try arguments.count(max: Int64(UInt32.max)))
      guard dimension.utf8.count <= Bounds.dimensionBytesMax, limits.count < Bounds.limitsMax else {
        throw CommandFault(Malformation.limit.explanation)
      }
      limits.append(Limit(dimension: dimension, measure: measure, max: max))
      guard Self.isOptionNext(arguments) else { continue }
      var rest = arguments
      let option = try rest.string()
      if option.utf8.allSatisfy({ $0 >= UInt8(ascii: "a") }) { throw Self.ambiguous(option) }
      return
    } while !arguments.isEmpty
  }

  private static func isOptionNext(_ arguments: Arguments) -> Bool {
    Keyword.saleOptions.contains { arguments.isNext($0) }
  }

  private static func ambiguous(_ word: String) -> CommandFault {
    CommandFault(
      "'\(word)' behind LIMIT or OPENORDERS could be a dimension or an option: no dimension can be named like an option here, and an option that follows is written in capitals"
    )
  }

  /// `dimension v1,v2`
  private mutating func takeEligible(_ arguments: inout Arguments) throws(CommandFault) {
    let dimension = try arguments.string()
    guard let values = String(validating: try arguments.slice(), as: UTF8.self),
      dimension.utf8.count <= Bounds.dimensionBytesMax
    else { throw CommandFault(Malformation.subject.explanation) }
    for value in values.split(separator: ",", omittingEmptySubsequences: false) {
      guard value.utf8.count <= Bounds.subjectBytesMax, eligible.count < Bounds.eligibleValuesMax else {
        throw CommandFault(Malformation.subject.explanation)
      }
      eligible.append((dimension, String(value)))
    }
  }

  private func policy<Policy>(
    _ arguments: inout Arguments, _ policies: [(Keyword, Policy)]
  ) throws(CommandFault) -> Policy {
    for (name, policy) in policies where arguments.takes(name) { return policy }
    throw CommandFault.syntax
  }
}
