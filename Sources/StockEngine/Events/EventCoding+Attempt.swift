// The bytes of a refused attempt: as few as decide it again.

/// What of an attempt follows, and how it was made. Unknown bits mean a newer format.
private struct AttemptFields: OptionSet {
  var rawValue: UInt8
  static let buyer = AttemptFields(rawValue: 1)
  static let severalLines = AttemptFields(rawValue: 4)
  static let subjects = AttemptFields(rawValue: 16)
  static let deduct = AttemptFields(rawValue: 64)
  static let replacesUnpaid = AttemptFields(rawValue: 128)
  static let known: AttemptFields = [.buyer, .severalLines, .subjects, .deduct, .replacesUnpaid]
}

extension ByteWriter {
  @inline(never)
  mutating func put(_ placed: Event.Placed, _ refusal: Event.Refusal, _ source: EventSource, _ time: Timestamp) {
    let lines = source.lines(placed.lines)
    var fields: AttemptFields = []
    if !placed.buyer.isEmpty { fields.insert(.buyer) }
    if lines.count != 1 { fields.insert(.severalLines) }
    if !placed.subjects.isEmpty { fields.insert(.subjects) }
    if refusal.isDeduct { fields.insert(.deduct) }
    if refusal.replacesUnpaid { fields.insert(.replacesUnpaid) }
    makeRoom(64 + Int(placed.order.count) + Int(placed.buyer.count) + Int(placed.subjects.count) + lines.count * 10)
    put(EventKind.attempted.rawValue)
    put(fields.rawValue)
    putText(source.text(placed.order))
    put(placed.sale.rawValue)
    put(refusal.reason)
    if !refusal.isDeduct { putSigned(placed.deadline.milliseconds - time.milliseconds) }
    if !placed.buyer.isEmpty { putText(source.text(placed.buyer)) }
    if !placed.subjects.isEmpty { putText(source.text(placed.subjects)) }
    if lines.count != 1 { putVarint(UInt64(lines.count)) }
    for line in lines {
      put(line.item.rawValue)
      putVarint(UInt64(line.quantity))
    }
  }
}

extension ByteReader {
  @inline(never)
  mutating func takeAttempted(_ lines: inout [EventLine], _ time: Timestamp) throws(EventDecodingError) -> Event {
    let fields = AttemptFields(rawValue: take())
    guard fields.isSubset(of: .known) else {
      throw hasFailed ? .damaged : .newer(kind: EventKind.attempted.rawValue)
    }
    let order = takeText(max: Bounds.idBytesMax)
    let sale = ScopeNumber(rawValue: take())
    let reason: UInt8 = take()
    let isDeduct = fields.contains(.deduct)
    let deadline = isDeduct ? time : time.adding(milliseconds: takeSigned())
    let buyer = fields.contains(.buyer) ? takeText(max: Bounds.buyerBytesMax) : .empty
    let subjects = fields.contains(.subjects) ? takeText(max: SubjectList.bytesMax) : .empty
    let count = fields.contains(.severalLines) ? takeLineCount() : 1
    let placed = Event.Placed(
      order: order, buyer: buyer, payload: .empty, lines: takeLines(count, &lines), deadline: deadline, sale: sale,
      subjects: subjects)
    return .attempted(
      placed, Event.Refusal(reason: reason, isDeduct: isDeduct, replacesUnpaid: fields.contains(.replacesUnpaid)))
  }
}
