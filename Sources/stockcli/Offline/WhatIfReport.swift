import StockEngine

/// A sale as it was beside the sale as it would have been, for people and for programs.
struct WhatIfReport {
  let whatIf: WhatIf
  let report: WhatIf.Report
  let assuming: WhatIf.Assumption

  private var sides: [WhatIf.Side] { [report.recorded, report.whatIf] }

  /// The figures of the whole sale, those of each SKU, and what was refused: one table, the recorded and the other side by side.
  var table: Table {
    var table = Table([
      .text("figure"), .text("sku"), .number("recorded"), .number("what_if"), .number("change"),
    ])
    table.append(row("attempts") { Int64($0.attempts) })
    table.append(row("winners") { Int64($0.winners) })
    table.append(row("units won") { $0.units })
    table.append([.string("winners lost"), .null, .null, .null, .integer(-report.lostWinners)])
    table.append([.string("winners new"), .null, .null, .null, .integer(report.newWinners)])
    for (index, sku) in whatIf.skus.enumerated() {
      table.append(row("supplied", sku) { $0.skus[index].supplied })
      table.append(row("sold", sku) { $0.skus[index].sold })
      table.append(row("reserved", sku) { $0.skus[index].reserved })
      table.append(row("left", sku) { $0.skus[index].left })
      table.append(soldOut(index, sku))
    }
    for key in unmetKeys {
      func unmet(_ side: WhatIf.Side) -> WhatIf.Unmet? { side.unmet.first { Unmet($0) == key } }
      let reason = key.reason.name
      table.append(row("\(reason), attempts", key.sku.string) { Int64(unmet($0)?.attempts ?? 0) })
      table.append(row("\(reason), orders unmet", key.sku.string) { Int64(unmet($0)?.orders ?? 0) })
      table.append(row("\(reason), units unmet", key.sku.string) { unmet($0)?.units ?? 0 })
    }
    return table
  }

  private func row(_ name: String, _ sku: String? = nil, _ value: (WhatIf.Side) -> Int64) -> [JSONValue] {
    let (before, after) = (value(report.recorded), value(report.whatIf))
    return [
      .string(name), sku.map { JSONValue.string($0) } ?? .null, .integer(before), .integer(after),
      .integer(after - before),
    ]
  }

  private func soldOut(_ index: Int, _ sku: String) -> [JSONValue] {
    let (before, after) = (report.recorded.skus[index].soldOutAt, report.whatIf.skus[index].soldOutAt)
    var change = JSONValue.null
    if let before, let after { change = .string(Self.difference(before, after)) }
    return [.string("sold out at"), .string(sku), Self.moment(before), Self.moment(after), change]
  }

  private static func moment(_ time: Timestamp?) -> JSONValue { time.map { JSONValue.string($0.text) } ?? .null }

  private struct Unmet: Hashable {
    var reason: Outcome
    var sku: ExactText

    init(_ row: WhatIf.Unmet) {
      reason = row.reason
      sku = ExactText(row.sku)
    }
  }

  private var unmetKeys: [Unmet] {
    Set(sides.flatMap { $0.unmet.map { Unmet($0) } }).sorted {
      ($0.reason.rawValue, $0.sku) < ($1.reason.rawValue, $1.sku)
    }
  }

  private static func difference(_ before: Timestamp, _ after: Timestamp) -> String {
    let milliseconds = after.milliseconds - before.milliseconds
    return (milliseconds < 0 ? "-" : "+") + Figures.decimal(Double(milliseconds.magnitude) / 1000, places: 3) + " s"
  }

  var object: JSONValue {
    .object([
      "sale": .string(whatIf.sale), "assume": .string(assuming.rawValue), "assumedOrders": .integer(report.assumed),
      "refusedRecorded": .bool(whatIf.recordsAttempts), "unrecordedAttempts": .integer(whatIf.unrecordedAttempts),
      "newWinners": .integer(report.newWinners), "lostWinners": .integer(report.lostWinners),
      "recorded": Self.object(report.recorded), "whatIf": Self.object(report.whatIf),
    ])
  }

  private static func object(_ side: WhatIf.Side) -> JSONValue {
    .object([
      "attempts": .integer(side.attempts), "repeats": .integer(side.repeats), "winners": .integer(side.winners),
      "units": .integer(side.units), "skus": .array(side.skus.map(object)), "unmet": .array(side.unmet.map(object)),
    ])
  }

  private static func object(_ sku: WhatIf.SKU) -> JSONValue {
    let soldOutAt = sku.soldOutAt.map { JSONValue.integer($0.milliseconds) } ?? .null
    return .object([
      "sku": .string(sku.sku), "supplied": .integer(sku.supplied), "sold": .integer(sku.sold),
      "reserved": .integer(sku.reserved), "scrapped": .integer(sku.scrapped), "left": .integer(sku.left),
      "soldOutAt": soldOutAt,
    ])
  }

  private static func object(_ row: WhatIf.Unmet) -> JSONValue {
    .object([
      "reason": .string(row.reason.name), "sku": .string(row.sku), "attempts": .integer(row.attempts),
      "orders": .integer(row.orders), "units": .integer(row.units),
    ])
  }

  /// Every order that won on either side, by the time at which it first did.
  var winners: Table {
    var table = Table([
      .text("order"), .text("buyer"), .text("change"), .number("recorded_units"), .text("recorded_at"),
      .number("what_if_units"), .text("what_if_at"),
    ])
    for winner in report.winners {
      let change = winner.recorded == nil ? "new" : winner.whatIf == nil ? "lost" : "same"
      func cells(_ win: WhatIf.Win?) -> [JSONValue] {
        [win.map { JSONValue.integer($0.units) } ?? .null, Self.moment(win?.time)]
      }
      table.append(
        [.string(winner.order), .string(winner.buyer), .string(change)] + cells(winner.recorded)
          + cells(winner.whatIf))
    }
    return table
  }
}
