/// Stock items of a CSV file with the columns `sku`, `pool` and `quantity`, for `--dev`.
struct Catalogue: Equatable {
  struct Row: Equatable {
    /// `sku`, or `sku@pool`.
    var item: String
    var quantity: Int64
  }

  private(set) var rows: [Row] = []

  /// - Throws: which line is wrong, and how.
  init(csv: String) throws(UsageFault) {
    var records = Self.records(csv).makeIterator()
    guard let header = records.next(), let sku = header.firstIndex(of: "sku"),
      let quantity = header.firstIndex(of: "quantity")
    else {
      throw .configuration(
        "the catalogue's first line does not name the columns sku and quantity", "See data/README.md.")
    }
    let pool = header.firstIndex(of: "pool")
    var line = 1
    while let record = records.next() {
      line += 1
      guard record.count == header.count, let units = Int64(record[quantity]), units >= 0 else {
        throw .configuration(
          "line \(line) of the catalogue has not the columns of the first line", "See data/README.md.")
      }
      let name = pool.map { record[$0] } ?? "main"
      rows.append(Row(item: name == "main" ? record[sku] : "\(record[sku])@\(name)", quantity: units))
    }
  }

  /// Records of RFC 4180: fields in quotes may hold commas, line ends and doubled quotes.
  private static func records(_ csv: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var quoteEnded = false
    func text() -> String { String(decoding: field, as: UTF8.self) }
    for byte in csv.utf8 {
      if isQuoted, !quoteEnded, byte == UInt8(ascii: "\"") {
        quoteEnded = true
      } else if isQuoted, quoteEnded, byte == UInt8(ascii: "\"") {
        field.append(byte)
        quoteEnded = false
      } else if isQuoted, !quoteEnded {
        field.append(byte)
      } else if byte == UInt8(ascii: "\""), field.isEmpty {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") {
        record.append(text())
        field.removeAll(keepingCapacity: true)
        isQuoted = false
        quoteEnded = false
        if byte == UInt8(ascii: "\n") {
          records.append(record)
          record = []
        }
      } else if byte != UInt8(ascii: "\r") {
        field.append(byte)
      }
    }
    if !field.isEmpty || !record.isEmpty { records.append(record + [text()]) }
    return records
  }
}
