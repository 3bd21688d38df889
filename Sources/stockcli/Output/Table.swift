/// Rows with named columns: the one shape of every answer. It prints as a table that aligns with Chinese text, as JSON, as a line
/// of JSON a row, or as CSV.
struct Table: Equatable, Sendable {
  struct Column: Equatable, Sendable {
    /// In JSON and CSV.
    var name: String
    var alignsRight: Bool
    /// Where a terminal is too narrow for the table, columns with the highest rank are left out first; those with 0 never are.
    var rank = 0

    static func text(_ name: String, rank: Int = 0) -> Column { Column(name: name, alignsRight: false, rank: rank) }
    static func number(_ name: String, rank: Int = 0) -> Column { Column(name: name, alignsRight: true, rank: rank) }
  }

  var columns: [Column]
  var rows: [[JSONValue]] = []

  init(_ columns: [Column], rows: [[JSONValue]] = []) {
    self.columns = columns
    self.rows = rows
  }

  mutating func append(_ row: [JSONValue]) {
    precondition(row.count == columns.count, "a row has one cell a column")
    rows.append(row)
  }

  func text(_ format: OutputFormat, colour: Bool = false) -> String {
    switch format {
    case .table: tableText(colour: colour)
    case .json: JSONValue.array(objects).prettyText
    case .ndjson: objects.map(\.text).joined(separator: "\n")
    case .csv: csvText
    }
  }

  var objects: [JSONValue] {
    rows.map { row in .object(zip(columns, row).map { JSONValue.Member(name: $0.name, value: $1) }) }
  }

  // MARK: Table

  private static let gap = 2

  private var widths: [Int] {
    columns.indices.map { column in
      rows.reduce(DisplayWidth.of(columns[column].name)) { max($0, DisplayWidth.of($1[column].cellText)) }
    }
  }

  /// Columns of a terminal that it takes as a table.
  var displayWidth: Int { widths.reduce(0, +) + Self.gap * (columns.count - 1) }

  /// The table without the columns that it has to do without to be at most so wide.
  func fitting(_ columnsOfTerminal: Int) -> (table: Table, hidden: [String]) {
    let widths = widths
    var kept = Array(columns.indices)
    var hidden: [Int] = []
    func width() -> Int { kept.reduce(0) { $0 + widths[$1] } + Self.gap * (kept.count - 1) }
    while width() > columnsOfTerminal, let next = kept.max(by: { columns[$0].rank < columns[$1].rank }),
      columns[next].rank > 0
    {
      kept.removeAll { $0 == next }
      hidden.append(next)
    }
    return (
      Table(kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } }),
      hidden.sorted().map { columns[$0].name }
    )
  }

  private func tableText(colour: Bool) -> String {
    let cells = rows.map { $0.map(\.cellText) }
    let titles = columns.map { $0.name.uppercased() }
    let widths = widths
    var lines = [line(titles, widths)]
    if colour { lines[0] = "\u{1B}[1m" + lines[0] + "\u{1B}[0m" }
    lines += cells.map { line($0, widths) }
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for index in cells.indices {
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      let space = String(repeating: " ", count: widths[index] - DisplayWidth.of(cells[index]))
      let isLast = index == cells.count - 1
      line += columns[index].alignsRight ? space + cells[index] : cells[index] + (isLast ? "" : space)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  // MARK: CSV

  private var csvText: String {
    ([columns.map(\.name)] + rows.map { $0.map(\.plainText) })
      .map { $0.map(CSV.quoted).joined(separator: ",") }
      .joined(separator: "\n")
  }
}

extension JSONValue {
  /// As people read it: grouped digits.
  var cellText: String {
    switch self {
    case .integer(let value): Figures.grouped(value)
    case .null: "-"
    case .bool(let value): value ? "yes" : "no"
    case .number, .string, .array, .object: plainText
    }
  }

  /// As a program reads it.
  var plainText: String {
    switch self {
    case .null: ""
    case .string(let value): value
    case .bool, .integer, .number, .array, .object: text
    }
  }
}

enum CSV {
  /// A field, quoted if it must be (RFC 4180).
  static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return field }
    var text = "\""
    for character in field.unicodeScalars {
      if character == "\"" { text += "\"" }
      text.unicodeScalars.append(character)
    }
    return text + "\""
  }
}
