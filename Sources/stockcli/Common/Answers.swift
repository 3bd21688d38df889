import ArgumentParser
import StockClient
import StockEngine
import StockWire

extension GlobalOptions {
  /// Prints what a command did, or why it was refused and whether a retry can differ. A refusal exits 1.
  func show<Success>(_ answer: Answer<Success>, _ record: (Success) -> Record) throws {
    switch answer {
    case .done(let success): output.show(record(success))
    case .refused(let refusal): throw refused(refusal)
    }
  }

  /// The value of a read; a refusal is printed and exits 1.
  func value<Value>(_ answer: Answer<Reading<Value>>) throws -> Reading<Value> {
    switch answer {
    case .done(let reading): return reading
    case .refused(let refusal): throw refused(refusal)
    }
  }

  func refused(_ refusal: Refusal) -> ExitCode {
    if output.format != .table { Messages.out(Record(refusal).text(output.format)) }
    Messages.say("refused: \(refusal)")
    if let sale = refusal.sale, sale.state == .scheduled {
      Messages.say("\(sale.sale) sells from \(UTC.text(sale.terms.start)) to \(UTC.text(sale.terms.end))")
    }
    return refusal.outcome == .unavailable ? .serverError : .refused
  }
}

extension Record {
  init(_ refusal: Refusal) {
    self.init(
      refusal.outcome.name,
      [
        "refused": .bool(true), "mayRetryDiffer": .bool(refusal.mayRetryDiffer), "message": .string("\(refusal)"),
        "shortages": .array(
          refusal.shortages.map { .object(["item": .string($0.item), "available": .integer($0.available)]) }),
        "limit": refusal.limit.map(JSONValue.limit) ?? .null,
        "unpaidOrder": refusal.unpaidOrder.map { .string($0) } ?? .null,
        "sale": refusal.sale.map(JSONValue.window) ?? .null, "lsn": .integer(refusal.lsn.rawValue),
      ])
  }

  init(_ name: String, _ receipt: OperationReceipt, _ what: KeyValuePairs<String, JSONValue>, operation: String) {
    self.init(name, what)
    fields += [
      Field(name: "operation", value: .string(operation)), Field(name: "repeat", value: .bool(receipt.isRepeat)),
      Field(name: "lsn", value: .integer(receipt.lsn.rawValue)),
    ]
  }

  init(_ hold: Hold, order: String) {
    self.init(
      hold.state.name,
      [
        "order": .string(order), "available": .optional(hold.available), "deadline": UTC.json(hold.deadline),
        "repeat": .bool(hold.isRepeat), "lsn": .integer(hold.lsn.rawValue), "lines": Self.lines(hold.lines),
      ])
  }

  init(_ sale: Sale, order: String) {
    self.init(
      sale.isLate ? "lateConfirmed" : "confirmed",
      [
        "order": .string(order), "available": .optional(sale.available), "repeat": .bool(sale.isRepeat),
        "lsn": .integer(sale.lsn.rawValue), "lines": Self.lines(sale.lines),
      ])
  }

  init(_ name: String, _ change: OrderChange, order: String, operation: String) {
    self.init(
      name,
      [
        "order": .string(order), "operation": .string(operation),
        "state": change.state.map { .string($0.name) } ?? .null, "repeat": .bool(change.isRepeat),
        "lsn": .integer(change.lsn.rawValue),
      ])
  }

  /// Only where the server told them.
  private static func lines(_ lines: [WirePlacedLine]) -> JSONValue {
    if lines.isEmpty { return .null }
    return .array(
      lines.map {
        .object([
          "item": .string($0.item), "quantity": .integer($0.quantity), "backordered": .integer($0.backordered),
          "available": .integer($0.available),
        ])
      })
  }

  init(_ change: StockChange, operation: String) {
    self.init(
      "done",
      [
        "operation": .string(operation), "available": .integer(change.available), "repeat": .bool(change.isRepeat),
        "lsn": .integer(change.lsn.rawValue),
      ])
  }
}

extension JSONValue {
  fileprivate static func window(_ sale: WireSale) -> JSONValue {
    .object([
      "sale": .string(sale.sale), "state": .string(sale.state.name), "start": UTC.json(sale.terms.start),
      "end": UTC.json(sale.terms.end),
    ])
  }

  fileprivate static func limit(_ limit: WireLimitRefusal) -> JSONValue {
    .object([
      "dimension": .string(limit.dimension), "counts": .string(limit.measure.name),
      "item": limit.item.isEmpty ? .null : .string(limit.item), "max": .integer(limit.max),
      "used": .integer(limit.used),
    ])
  }
}

extension Limit.Measure {
  /// As the tool's answers and sale files call it.
  var name: String {
    switch self {
    case .units: "units"
    case .openOrders: "openOrders"
    }
  }
}

/// Items as rows.
enum BalanceTable {
  static let columns: [Table.Column] = [
    .text("item"), .number("sellable"), .number("available", rank: 2), .number("reserved"), .number("sold"),
    .number("scrapped", rank: 3), .number("supplied", rank: 4), .number("floor", rank: 5), .number("version", rank: 1),
  ]

  static func row(_ balance: WireBalance) -> [JSONValue] {
    guard balance.exists else { return [.string(balance.item)] + Array(repeating: .null, count: columns.count - 1) }
    return [
      .string(balance.item), .integer(balance.sellable), .integer(balance.available), .integer(balance.reserved),
      .integer(balance.sold), .integer(balance.scrapped), .integer(balance.supplied), .integer(balance.floor),
      .integer(balance.version),
    ]
  }
}
