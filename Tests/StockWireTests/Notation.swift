import StockEngine

@testable import StockWire

/// Bytes in the notation of `docs/protocol.md`: pairs of hex digits, texts in single quotes, spaces and line ends anywhere.
func bytes(_ notation: String) -> [UInt8] {
  var result: [UInt8] = []
  var quoted = false
  var pending: UInt8?
  for character in notation.utf8 {
    if character == UInt8(ascii: "'") {
      quoted.toggle()
    } else if quoted {
      result.append(character)
    } else if let digit = Character(UnicodeScalar(character)).hexDigitValue {
      if let high = pending {
        result.append(high << 4 | UInt8(digit))
        pending = nil
      } else {
        pending = UInt8(digit)
      }
    } else {
      precondition(character == 0x20 || character == 0x0A, "not a notation: \(notation)")
    }
  }
  precondition(pending == nil && !quoted, "half a byte in \(notation)")
  return result
}

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// A command as one line, so that two can be compared.
func describe(_ command: Command, _ batch: borrowing CommandBatch) -> String {
  func lines(_ range: IndexRange) -> String {
    range.indices.map { index in
      let line = batch.line(index)
      return "\(batch.string(line.item))*\(line.quantity)"
    }.joined(separator: ",")
  }
  func reserve(_ name: String, _ reserve: Reserve) -> String {
    "\(name) \(batch.string(reserve.order)) buyer=\(batch.string(reserve.buyer)) "
      + "payload=\(hex(batch.text(reserve.payload))) [\(lines(reserve.lines))] hold=\(reserve.holdMilliseconds) "
      + "issued=\(reserve.issuedAt.milliseconds)"
      + (reserve.sale.isEmpty ? "" : " sale=\(batch.string(reserve.sale))")
      + (reserve.subjects.isEmpty ? "" : " subjects=\(hex(batch.text(reserve.subjects)))")
      + (reserve.replacesUnpaid ? " replaces" : "")
      + (reserve.pools.isEmpty ? "" : " pools=\(reserve.pools.count)")
  }
  return switch command {
  case .preheat(let it): "preheat \(batch.string(it.operation)) [\(lines(it.lines))] replace=\(it.replace)"
  case .supply(let it): "supply \(batch.string(it.operation)) [\(lines(it.lines))]"
  case .restock(let it): "restock \(batch.string(it.operation)) [\(lines(it.line))] \(batch.string(it.reference))"
  case .adjust(let it):
    "adjust \(batch.string(it.operation)) \(batch.string(it.item)) \(it.change) force=\(it.force) "
      + "\(batch.string(it.reason)) \(batch.string(it.reference))"
  case .configureItem(let it):
    "configure \(batch.string(it.operation)) \(batch.string(it.item)) floor=\(it.floor.map { "\($0)" } ?? "as it is")"
  case .move(let it):
    "move \(batch.string(it.operation)) \(batch.string(it.from)) -> \(batch.string(it.to)) \(it.quantity)"
  case .reserve(let it): reserve("reserve", it)
  case .deduct(let it): reserve("deduct", it)
  case .confirm(let it): "confirm \(batch.string(it.order))"
  case .cancel(let it): "cancel \(batch.string(it.order)) \(batch.string(it.reason))"
  case .extend(let it): "extend \(batch.string(it.operation)) \(batch.string(it.order)) hold=\(it.holdMilliseconds)"
  case .resolve(let it): "resolve \(batch.string(it.order))"
  case .returnLines(let it):
    "return \(batch.string(it.operation)) \(batch.string(it.order)) [\(lines(it.lines))] \(it.disposition)"
  case .ship(let it): "ship \(batch.string(it.operation)) \(batch.string(it.order))"
  case .deliver(let it): "deliver \(batch.string(it.operation)) \(batch.string(it.order))"
  case .confirmLines(let it):
    "confirmLines \(batch.string(it.operation)) \(batch.string(it.order)) [\(lines(it.lines))] \(it.remainder)"
  case .cancelLines(let it):
    "cancelLines \(batch.string(it.operation)) \(batch.string(it.order)) [\(lines(it.lines))] \(batch.string(it.reason))"
  case .nextIDs(let it): "nextIDs \(it.count)"
  case .get(let it): "get [\(lines(it.lines))]"
  case .list(let it): "list \(it.cursor) rows=\(it.rowsMax) \(batch.string(it.prefix))"
  case .order(let it): "order \(batch.string(it.order))"
  case .history(let it): "history \(batch.string(it.item)) before=\(it.beforeVersion) rows=\(it.rowsMax)"
  case .demand(let it):
    "demand \(batch.string(it.item)) from=\(it.query.from.milliseconds) key=\(it.query.key) "
      + "until=\(it.query.until.milliseconds) \(it.query.bucket) rows=\(it.query.rowsMax)"
  case .stats: "stats"
  case .limitSKU(let it):
    "limitSKU \(batch.string(it.operation)) \(batch.string(it.item)) \(hex(batch.text(it.limit))) lifted=\(it.isLifted)"
  case .openSale(let it):
    "openSale \(batch.string(it.operation)) \(batch.string(it.sale)) \(it.terms.start)..<\(it.terms.end) "
      + "hold=\(it.terms.holdMilliseconds) \(it.terms.unpaid) \(it.terms.flagged) options=\(it.terms.options.rawValue) "
      + "limits=\(hex(batch.text(it.terms.limits))) eligible=\(hex(batch.text(it.terms.eligible))) "
      + "paused=\(it.isPaused) \(it.stock.source) [\(lines(it.stock.lines))]"
  case .addToSale(let it):
    "addToSale \(batch.string(it.operation)) \(batch.string(it.sale)) \(it.stock.source) [\(lines(it.stock.lines))]"
  case .switchSale(let it): "\(it.change) \(batch.string(it.operation)) \(batch.string(it.sale))"
  case .flagBuyer(let it): "flag \(batch.string(it.operation)) \(batch.string(it.buyer)) \(it.isFlagged)"
  case .sale(let it): "sale \(batch.string(it.sale))"
  case .sales(let it): "sales \(it.cursor) rows=\(it.rowsMax)"
  case .buyer(let it): "buyer \(batch.string(it.buyer))"
  case .pools(let it): "pools \(batch.string(it.sku))"
  case .malformed(let malformation): "malformed \(malformation)"
  }
}

/// What a request payload decodes to, a line each; or the fault.
func decoded(_ payload: [UInt8], count: Int = 1) -> [String] {
  var batch = CommandBatch()
  let fault = payload.withUnsafeBytes { payload -> WireFault? in
    do throws(WireFault) {
      try RequestDecoder.decode(payload: payload, count: count, into: &batch)
      return nil
    } catch {
      return error
    }
  }
  if let fault { return ["fault \(fault.code.name)"] }
  return batch.commands.map { describe($0, batch) }
}

/// The replies of a payload; nil if it cannot be read.
func replies(_ payload: [UInt8], count: Int = 1) -> [WireReply]? {
  payload.withUnsafeBytes { payload in
    var decoder = ReplyDecoder(payload: payload, count: count)
    var replies: [WireReply] = []
    while true {
      do throws(WireFault) {
        guard let reply = try decoder.next() else { return replies }
        replies.append(reply)
      } catch {
        return nil
      }
    }
  }
}

/// A small generator with a seed, so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
