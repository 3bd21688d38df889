import StockEngine
import StockModel

/// Writes a history line by line into memory; whoever has it takes the bytes from there.
package struct HistoryWriter: Sendable {
  /// Whole lines that were not taken yet.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Gives the bytes away and begins anew.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// The whole of a history.
  package static func bytes(of history: ClientHistory) -> [UInt8] {
    var writer = HistoryWriter()
    writer.append(history.header)
    for item in history.given { writer.append(item) }
    for operation in history.operations { writer.append(operation) }
    return writer.take()
  }

  package mutating func append(_ header: HistoryHeader) {
    line { line in
      line.put("format", HistoryHeader.format)
      line.put("version", HistoryHeader.version)
      line.put("from", Int64(header.from.rawValue), unless: 0)
      line.putObject("rules") { own in
        for (name, path) in HistoryHeader.ruleNames { own.put(field: name, header.rules[keyPath: path]) }
        own.put("unpaidFlagThreshold", Int64(header.rules.unpaidFlagThreshold))
      }
    }
  }

  package mutating func append(_ given: GivenItem) {
    line { line in
      line.put("given", given.name)
      line.put("available", given.item.available)
      line.put("reserved", given.item.reserved, unless: 0)
      line.put("sold", given.item.sold, unless: 0)
      line.put("scrapped", given.item.scrapped, unless: 0)
      line.put("floor", given.item.floor, unless: 0)
      line.put("itemVersion", given.item.version)
      line.put("supplied", given.item.supplied)
    }
  }

  package mutating func append(_ operation: HistoryOperation) {
    line { line in
      line.put("client", operation.client)
      line.put("call", operation.called)
      if let returned = operation.returned { line.put("return", returned) }
      line.put("resent", operation.isResent)
      line.put(operation.command)
      if let answer = operation.answer {
        line.put("lsn", Int64(answer.lsn.rawValue))
        line.put("outcome", answer.outcome.name)
        line.put("repeat", answer.isRepeat)
        if !answer.words.isEmpty { line.put("says", answer.words) }
      }
      if let time = operation.logTime { line.put("logTime", time) }
    }
  }

  private mutating func line(_ body: (inout HistoryLine) -> Void) {
    var line = HistoryLine(bytes: bytes)
    bytes = []
    line.object(body)
    line.bytes.append(0x0A)
    bytes = line.bytes
  }
}

/// The fields of one object, in JSON.
struct HistoryLine {
  var bytes: [UInt8]
  private var isFirst = true

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func object(_ body: (inout HistoryLine) -> Void) {
    bytes.append(UInt8(ascii: "{"))
    isFirst = true
    body(&self)
    isFirst = false
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func name(_ name: StaticString) {
    name.withUTF8Buffer { self.name($0) }
  }

  private mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes.append(UInt8(ascii: "\""))
    bytes += utf8
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func put(_ name: StaticString, _ number: Int64) {
    self.name(name)
    bytes += String(number).utf8
  }

  mutating func put(field name: String, _ number: Int64) {
    var name = name
    name.withUTF8 { self.name($0) }
    bytes += String(number).utf8
  }

  mutating func put(_ name: StaticString, _ number: Int64, unless absent: Int64) {
    if number != absent { put(name, number) }
  }

  /// A flag that is not set is left out.
  mutating func put(_ name: StaticString, _ flag: Bool) {
    guard flag else { return }
    self.name(name)
    bytes += "true".utf8
  }

  mutating func put(_ name: StaticString, _ text: String) {
    self.name(name)
    quote(text)
  }

  mutating func put(_ name: StaticString, _ text: String, unless absent: String) {
    if text != absent { put(name, text) }
  }

  mutating func put(_ name: StaticString, _ texts: [String]) {
    putList(name, texts) { line, text in line.quote(text) }
  }

  mutating func putObject(_ name: StaticString, _ body: (inout HistoryLine) -> Void) {
    self.name(name)
    object(body)
  }

  mutating func putList<Element>(
    _ name: StaticString, _ elements: [Element], _ body: (inout HistoryLine, Element) -> Void
  ) {
    self.name(name)
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      body(&self, element)
    }
    bytes.append(UInt8(ascii: "]"))
    isFirst = false
  }

  mutating func putPair(_ text: String, _ body: (inout HistoryLine) -> Void) {
    bytes.append(UInt8(ascii: "["))
    quote(text)
    bytes.append(UInt8(ascii: ","))
    body(&self)
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func append(_ number: Int64) { bytes += String(number).utf8 }

  mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
