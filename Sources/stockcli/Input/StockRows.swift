import FoundationEssentials
import StockEngine

/// One row of a catalogue: an item and its first stock.
struct StockRow: Equatable, Sendable {
  var line: Int
  /// `sku` or `sku@pool`.
  var item: String
  var quantity: UInt32
}

/// The rows of a catalogue, one at a time, whatever the file's size.
///
/// CSV: a header line that names the columns `sku` and `quantity`, and perhaps `pool`; others are skipped. NDJSON: an object a line,
/// `{"sku":"tea","pool":"east","quantity":5}`.
struct StockRows {
  enum Format: String, CaseIterable, Sendable { case csv, ndjson }

  enum Next: Equatable {
    case row(StockRow)
    case bad(InputFault)
  }

  private enum Reader {
    case csv(CSVReader, sku: Int, pool: Int?, quantity: Int)
    case ndjson(LineReader)
  }

  private var reader: Reader
  let bytesTotal: Int?

  /// - Parameter format: nil takes the file's ending, else what its first byte looks like.
  init(path: String, format: Format?) throws(InputFault) {
    let source = try ByteSource(path: path)
    bytesTotal = source.bytesTotal
    switch try Self.format(path, format, source) {
    case .ndjson: reader = .ndjson(LineReader(source))
    case .csv:
      var csv = CSVReader(source)
      guard let header = try csv.next() else {
        throw InputFault(line: nil, "there is nothing in it")
      }
      var names = header.fields
      // A byte order mark belongs to no name.
      if let first = names.first, first.unicodeScalars.first == "\u{FEFF}" {
        names[0] = String(String.UnicodeScalarView(first.unicodeScalars.dropFirst()))
      }
      guard let sku = names.firstIndex(of: "sku"), let quantity = names.firstIndex(of: "quantity") else {
        throw InputFault(line: header.line, "the first line must name the columns sku and quantity")
      }
      reader = .csv(csv, sku: sku, pool: names.firstIndex(of: "pool"), quantity: quantity)
    }
  }

  private static func format(
    _ path: String, _ format: Format?, _ source: ByteSource
  ) throws(InputFault) -> Format {
    if let format { return format }
    if path.hasSuffix(".csv") { return .csv }
    if path.hasSuffix(".ndjson") || path.hasSuffix(".jsonl") { return .ndjson }
    return try source.peek() == UInt8(ascii: "{") ? .ndjson : .csv
  }

  var bytesRead: Int {
    switch reader {
    case .csv(let csv, _, _, _): csv.bytesRead
    case .ndjson(let lines): lines.bytesRead
    }
  }

  /// The next row, or what is wrong with it; nil at the end.
  mutating func next() throws(InputFault) -> Next? {
    switch reader {
    case .csv(var csv, let sku, let pool, let quantity):
      defer { reader = .csv(csv, sku: sku, pool: pool, quantity: quantity) }
      guard let record = try csv.next() else { return nil }
      if let fault = record.fault { return .bad(InputFault(line: record.line, fault)) }
      guard record.fields.count > max(sku, quantity, pool ?? 0) else {
        return .bad(InputFault(line: record.line, "\(record.fields.count) columns, fewer than the first line names"))
      }
      return Self.row(
        record.line, sku: record.fields[sku], pool: pool.map { record.fields[$0] },
        quantity: record.fields[quantity])
    case .ndjson(var lines):
      defer { reader = .ndjson(lines) }
      return try lines.next().map { Self.row($0.number, json: $0.bytes) }
    }
  }

  private struct JSONRow: Decodable {
    var sku: String
    var pool: String?
    var quantity: Int64
  }

  private static func row(_ line: Int, json: [UInt8]) -> Next {
    guard let row = try? JSONDecoder().decode(JSONRow.self, from: Data(json)) else {
      return .bad(InputFault(line: line, "not an object with the text sku and the number quantity"))
    }
    return Self.row(line, sku: row.sku, pool: row.pool, quantity: String(row.quantity))
  }

  private static func row(_ line: Int, sku: String, pool: String?, quantity: String) -> Next {
    if let fault = fault(part: sku, "sku", bytesMax: Bounds.skuBytesMax) { return .bad(InputFault(line: line, fault)) }
    var item = sku
    if let pool, !pool.isEmpty, pool != "main" {
      if let fault = fault(part: pool, "pool", bytesMax: Bounds.poolBytesMax) {
        return .bad(InputFault(line: line, fault))
      }
      if pool.utf8.first == UInt8(ascii: "~") {
        return .bad(InputFault(line: line, "a pool whose name begins with ~ belongs to a sale"))
      }
      item += "@" + pool
    }
    guard let number = Int64(quantity), number >= 0, number <= Bounds.quantityMax else {
      return .bad(
        InputFault(line: line, "the quantity '\(quantity.prefix(40))' is not a number from 0 to \(Bounds.quantityMax)"))
    }
    return .row(StockRow(line: line, item: item, quantity: UInt32(number)))
  }

  /// What is wrong with a SKU or a pool's name; nil: nothing.
  static func fault(part: String, _ name: String, bytesMax: Int) -> String? {
    if part.isEmpty { return "the \(name) is empty" }
    if part.utf8.count > bytesMax { return "the \(name) has \(part.utf8.count) bytes; \(bytesMax) are allowed" }
    let isPlain = part.unicodeScalars.allSatisfy { scalar in
      scalar != "@" && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }
    return isPlain ? nil : "the \(name) '\(part.prefix(40))' holds a space, a control character or @"
  }
}

/// The lines of a source, without their ends and without empty ones.
struct LineReader {
  private let source: ByteSource
  private var number = 0

  static let lineBytesMax = 1 << 20

  init(_ source: ByteSource) { self.source = source }

  var bytesRead: Int { source.bytesRead }

  mutating func next() throws(InputFault) -> (number: Int, bytes: [UInt8])? {
    while try source.peek() != nil {
      number += 1
      var bytes: [UInt8] = []
      while let byte = try source.next(), byte != 0x0A {
        bytes.append(byte)
        if bytes.count > Self.lineBytesMax { throw InputFault(line: number, "a line of more than 1 MiB") }
      }
      if bytes.last == 0x0D { bytes.removeLast() }
      if !bytes.isEmpty { return (number, bytes) }
    }
    return nil
  }
}
