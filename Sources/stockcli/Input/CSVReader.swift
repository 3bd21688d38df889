/// Reads CSV records after RFC 4180, one at a time: quoted fields may hold commas, doubled quotes and line ends.
struct CSVReader {
  private let source: ByteSource
  private var line = 1

  /// A record, and the line that it begins on.
  struct Record: Equatable {
    var line: Int
    var fields: [String]
    /// Nil: the record is sound.
    var fault: String?
  }

  static let recordBytesMax = 1 << 20

  init(_ source: ByteSource) { self.source = source }

  var bytesRead: Int { source.bytesRead }

  /// The next record that is not an empty line; nil at the end.
  mutating func next() throws(InputFault) -> Record? {
    while let first = try source.peek() {
      if first == 0x0A || first == 0x0D {
        _ = try source.next()
        if first == 0x0A { line += 1 }
        continue
      }
      return try record()
    }
    return nil
  }

  private mutating func record() throws(InputFault) -> Record {
    var record = Record(line: line, fields: [])
    var bytes = 0
    while true {
      let field = try self.field(&record.fault)
      bytes += field.utf8.count
      if bytes > Self.recordBytesMax { throw InputFault(line: record.line, "a record of more than 1 MiB") }
      record.fields.append(field)
      switch try source.next() {
      case 0x2C?: continue
      case 0x0D?:
        if try source.peek() == 0x0A { _ = try source.next() }
        line += 1
        return record
      case 0x0A?:
        line += 1
        return record
      default: return record
      }
    }
  }

  /// Up to the comma or line end, which stays.
  private mutating func field(_ fault: inout String?) throws(InputFault) -> String {
    var bytes: [UInt8] = []
    guard try source.peek() == 0x22 else {
      while let byte = try source.peek(), byte != 0x2C, byte != 0x0A, byte != 0x0D {
        if byte == 0x22 { fault = "a quote within a field that does not begin with one" }
        bytes.append(byte)
        _ = try source.next()
        if bytes.count > Self.recordBytesMax { throw InputFault(line: line, "a field of more than 1 MiB") }
      }
      return text(bytes, &fault)
    }
    _ = try source.next()
    while let byte = try source.next() {
      if byte == 0x22 {
        guard try source.peek() == 0x22 else {
          while let extra = try source.peek(), extra != 0x2C, extra != 0x0A, extra != 0x0D {
            fault = "text behind a field's closing quote"
            _ = try source.next()
          }
          return text(bytes, &fault)
        }
        _ = try source.next()
      }
      if byte == 0x0A { line += 1 }
      bytes.append(byte)
      if bytes.count > Self.recordBytesMax {
        throw InputFault(line: line, "a quoted field that does not end within 1 MiB")
      }
    }
    fault = "a quoted field does not end"
    return text(bytes, &fault)
  }

  private func text(_ bytes: [UInt8], _ fault: inout String?) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    fault = "not UTF-8"
    return String(decoding: bytes, as: UTF8.self)
  }
}
