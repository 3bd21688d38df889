import Glibc
import StockEngine
import Testing

@testable import stockcli

/// `replay --sale`: options, the report, the winners' list, and what it says when it cannot tell.
@Suite struct WhatIfTests {
  @Test(arguments: [
    ("stock=茶:b:7", WhatIf.Change.stock(sku: "茶:b", units: 7)),
    ("limit=user:1", .limit(dimension: "user", measure: .units, max: 1)),
    ("limit=user:1:orders", .limit(dimension: "user", measure: .openOrders, max: 1)),
    ("limit=phone:none", .noLimit(dimension: "phone")),
    ("window=2026-11-21T10:00:00Z..", .window(start: Timestamp(milliseconds: 1_795_255_200_000), end: nil)),
    ("window=5..6", .window(start: Timestamp(milliseconds: 5), end: Timestamp(milliseconds: 6))),
    ("pause=none", .noPause),
  ])
  func change(text: String, change: WhatIf.Change) {
    #expect(WhatIfOption(argument: text)?.change == change)
  }

  @Test(arguments: [
    "", "stock", "stock=7", "stock=A:x", "limit=user", "limit=user:-1", "window=..", "window=5", "pause=1",
  ])
  func notAChange(text: String) {
    #expect(WhatIfOption(argument: text) == nil)
  }

  /// A store with two sales: one that recorded what it refused, one that did not.
  private func makeStore(in directory: String) throws {
    var configuration = EngineConfiguration()
    configuration.freeBytesMin = 0
    let inventory = try Inventory(path: directory, configuration: configuration)
    let executor = inventory.makeExecutor()
    var batch = CommandBatch()
    var replies = ReplyBatch()
    for (sale, options) in [("618", SaleTerms.Options.recordsAttempts), ("quiet", [])] {
      let start = batch.lineCount
      batch.appendLine(item: batch.store("tea"), quantity: 2)
      let terms = SaleTerms(start: .zero, end: .distantFuture, options: options)
      batch.append(
        .openSale(
          OpenSale(
            operation: batch.store("open-\(sale)"), sale: batch.store(sale), terms: terms, isPaused: false,
            stock: SaleStock(source: .supply, lines: IndexRange(start: UInt32(start), count: 1)))))
    }
    for number in 1...4 {
      let line = batch.lineCount
      batch.appendLine(item: batch.store("tea"), quantity: 1)
      var reserve = Reserve(
        order: batch.store("o-\(number)"), buyer: batch.store("u,\(number)"), payload: .empty,
        lines: IndexRange(start: UInt32(line), count: 1), holdMilliseconds: 0, issuedAt: .zero)
      reserve.sale = batch.store("618")
      batch.append(.reserve(reserve))
    }
    executor.execute(&batch, into: &replies)
    #expect(replies.replies.map(\.outcome) == [.done, .done, .reserved, .reserved, .soldOut, .soldOut])
    try inventory.flush()
    try inventory.shutdown()
  }

  private func run(_ arguments: String, in path: String) throws -> (code: Int32, output: String, messages: String) {
    let tool = try Executable.find("stockcli")
    let status = system("'\(tool)' replay '\(path)/store' \(arguments) > '\(path)/out' 2> '\(path)/err'")
    return ((status >> 8) & 0xFF, try text(path + "/out"), try text(path + "/err"))
  }

  private func text(_ path: String) throws -> String {
    let source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    while let byte = try source.next() { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func theReport() throws {
    let scratch = try ScratchDirectory.temporary()
    defer { scratch.remove() }
    let path = scratch.path
    try makeStore(in: path + "/store")

    let more = try run("--sale 618 --what-if stock=tea:3 --winners '\(path)/winners' -o ndjson", in: path)
    #expect(more.code == 0)
    #expect(more.output.contains(#""newWinners":1,"lostWinners":0,"recorded":{"attempts":4,"repeats":0,"winners":2"#))
    #expect(more.output.contains(#""whatIf":{"attempts":4,"repeats":0,"winners":3,"units":3"#))
    #expect(more.messages.contains("assumed: 1 orders that win only here are paid at once (--assume confirm)"))
    let rows = try text(path + "/winners").split(separator: "\n").map(String.init)
    #expect(rows.count == 4)
    #expect(rows[0] == "order,buyer,change,recorded_units,recorded_at,what_if_units,what_if_at")
    #expect(rows[1].hasPrefix(#"o-1,"u,1",same,1,"#))
    #expect(rows[3].hasPrefix(#"o-3,"u,3",new,,,1,2"#))

    let table = try run("--sale 618 --what-if limit=user:0 --assume like", in: path)
    #expect(table.code == 0)
    #expect(table.output.contains("winners lost"))
    #expect(table.output.contains("limitReached, units unmet"))
    try programsReadNumbers(in: path)
    #expect(try run("--sale 618", in: path).code == 0)

    let quiet = try run("--sale quiet --what-if stock=tea:9", in: path)
    #expect(quiet.code == 1)
    #expect(quiet.output.isEmpty && quiet.messages.contains("recordAttempts"))
    #expect(try run("--sale quiet --without-refused", in: path).code == 0)
    let unknown = try run("--sale nobody", in: path)
    #expect(unknown.code == 1 && unknown.messages.contains("no opening of sale nobody"))
    let misfit = try run("--sale 618 --what-if stock=coffee:1", in: path)
    #expect(misfit.code == 64 && misfit.messages.contains("the sale sold no coffee; it sold tea"))
    #expect(try run("--what-if pause=none", in: path).code == 64)
    for assumption in ["confirm", "expire", "like"] {
      let refused = try run("--assume \(assumption)", in: path)
      #expect(refused.code == 64 && refused.messages.contains("--assume"))
    }
    #expect(try run("--sale 618 --sku tea", in: path).code == 64)
  }

  /// Times and what differs between them apart, every cell of the CSV is a whole number as a program reads it.
  private func programsReadNumbers(in path: String) throws {
    let csv = try run("--sale 618 --what-if limit=user:0 --output csv", in: path)
    #expect(csv.code == 0)
    var reader = CSVReader(try ByteSource(path: path + "/out"))
    var lines: [[String]] = []
    while let record = try reader.next() { lines.append(record.fields) }
    #expect(lines.first == ["figure", "sku", "recorded", "what_if", "change"])
    let figures = lines.dropFirst().filter { $0[0] != "sold out at" }
    #expect(figures.contains(["winners lost", "", "", "", "-2"]))
    #expect(figures.contains(["winners new", "", "", "", "0"]))
    for cell in figures.flatMap({ $0[2...] }) where !cell.isEmpty { #expect(Int64(cell) != nil, "\(cell)") }
  }
}
