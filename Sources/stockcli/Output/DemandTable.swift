import StockEngine
import StockWire

/// A demand curve as rows: refused attempts by time and reason, over all pools of a SKU or apart by item.
struct DemandTable: Equatable {
  struct Row: Equatable {
    var time: Timestamp
    /// Nil: summed over the items that were asked for.
    var item: String?
    /// The number of an outcome.
    var reason: UInt8
    var attempts: UInt64
    var units: Int64

    var reasonName: String { Outcome(rawValue: reason)?.name ?? "outcome\(reason)" }
  }

  /// Ascending by time.
  private(set) var rows: [Row] = []
  private let byItem: Bool

  init(byItem: Bool) { self.byItem = byItem }

  /// Adds a row; rows come in the order of time.
  mutating func append(_ row: Row) {
    if byItem {
      rows.append(row)
      return
    }
    var place = rows.count
    while place > 0, rows[place - 1].time == row.time, rows[place - 1].reason >= row.reason { place -= 1 }
    if place < rows.count, rows[place].time == row.time, rows[place].reason == row.reason {
      rows[place].attempts += row.attempts
      rows[place].units += row.units
    } else {
      var summed = row
      summed.item = nil
      rows.insert(summed, at: place)
    }
  }

  /// What the rows come to, a row each reason.
  var totals: [Row] {
    var totals: [UInt8: Row] = [:]
    for row in rows {
      totals[row.reason, default: Row(time: .zero, item: nil, reason: row.reason, attempts: 0, units: 0)].attempts +=
        row.attempts
      totals[row.reason]?.units += row.units
    }
    return totals.values.sorted { $0.reason < $1.reason }
  }

  // MARK: Printing

  /// For programs: the rows alone, which they add up for themselves.
  var plain: Table {
    Table(columns, rows: rows.map { cells($0, time: UTC.json($0.time)) })
  }

  /// For people: with the totals and, where it has room, a bar for each row.
  /// - Parameter width: of the terminal; nil if it is none.
  func table(width: Int?) -> Table {
    var table = plain
    for total in totals { table.append(cells(total, time: .string("total"))) }
    let room = min(Self.barMax, (width ?? 0) - table.displayWidth - 2)
    guard room >= Self.barMin, let most = rows.map(\.attempts).max() else { return table }
    table.columns.append(.text("", rank: 9))
    for index in table.rows.indices {
      let marks = index < rows.count ? Self.marks(rows[index].attempts, of: most, room) : 0
      // Blocks of finer grain are as wide as two letters on many a Chinese terminal.
      table.rows[index].append(.string(String(repeating: "#", count: marks)))
    }
    return table
  }

  private static let barMin = 6
  private static let barMax = 40

  /// In proportion, rounded up: whatever was refused at all is seen.
  static func marks(_ attempts: UInt64, of most: UInt64, _ room: Int) -> Int {
    most == 0 ? 0 : Int((Double(attempts) / Double(most) * Double(room)).rounded(.up))
  }

  private var columns: [Table.Column] {
    [.text("time")] + (byItem ? [.text("item")] : []) + [.text("reason"), .number("attempts"), .number("units")]
  }

  private func cells(_ row: Row, time: JSONValue) -> [JSONValue] {
    [time] + (byItem ? [row.item.map { .string($0) } ?? .null] : [])
      + [.string(row.reasonName), .integer(row.attempts), .integer(row.units)]
  }
}

extension DemandTable.Row {
  init(_ row: WireDemand.Row) {
    self.init(time: row.time, item: row.item, reason: row.rawReason, attempts: row.attempts, units: row.units)
  }

  init(_ row: StoreInspector.Demand.Row) {
    self.init(time: row.time, item: row.item, reason: row.reason, attempts: row.attempts, units: row.units)
  }
}
