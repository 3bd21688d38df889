import StockEngine

extension ReplyDecoder {
  static func limit(_ fields: inout FieldReader) -> WireReply.Body? {
    guard let measure = Limit.Measure(rawValue: fields.u8()) else { return nil }
    let max = fields.i64()
    let used = fields.i64()
    let dimension = fields.text8()
    let item = fields.text8()
    return .limit(
      WireLimitRefusal(
        dimension: fields.string(dimension), measure: measure, item: fields.string(item), max: max, used: used))
  }

  static func unpaid(_ fields: inout FieldReader) -> WireReply.Body? {
    let order = fields.text8()
    return .unpaid(order: fields.string(order))
  }

  /// Nil: a sale says something that this version does not know.
  static func sales(_ fields: inout FieldReader) -> WireReply.Body? {
    let next = fields.u64()
    let rows = rows(&fields) { sale(&$0) }
    let known = rows.compactMap { $0 }
    return known.count == rows.count ? .sales(known, next: next) : nil
  }

  private static func sale(_ fields: inout FieldReader) -> WireSale? {
    let state = SaleState(rawValue: fields.u8())
    var terms = WireSaleTerms(
      start: Timestamp(milliseconds: fields.i64()), end: Timestamp(milliseconds: fields.i64()),
      holdMilliseconds: fields.i64())
    let unpaid = SaleTerms.UnpaidPolicy(rawValue: fields.u8())
    let flagged = SaleTerms.FlaggedPolicy(rawValue: fields.u8())
    let options = SaleTerms.Options(rawValue: fields.u8())
    let numbers = (fields.i64(), fields.i64(), fields.i64(), fields.i64(), fields.i64())
    let refused = RefusalCounts(inOrder: (0..<6).map { _ in fields.u64() })
    let sale = fields.text8()
    let limits = fields.copy(fields.text16())
    let eligible = fields.copy(fields.text16())
    guard let state, let unpaid, let flagged, let limits = Limit.decoded(limits) else { return nil }
    terms.unpaid = unpaid
    terms.flagged = flagged
    terms.hasStrictDeadline = options.contains(.strictDeadline)
    terms.recordsAttempts = options.contains(.recordsAttempts)
    terms.limits = limits.map { WireLimit($0) }
    terms.eligible = SubjectList.pairs(eligible).map { WireSubject($0.dimension, $0.value) }
    return WireSale(
      sale: fields.string(sale), state: state, terms: terms, items: numbers.0, available: numbers.1,
      reserved: numbers.2, sold: numbers.3, scrapped: numbers.4, refused: refused)
  }

  static func buyer(_ fields: inout FieldReader) -> WireReply.Body? {
    let flags = fields.u8()
    let until = Timestamp(milliseconds: fields.i64())
    let unpaid = fields.u32()
    let buyer = fields.text8()
    return .buyer(
      WireBuyer(
        buyer: fields.string(buyer), isFlagged: flags & BuyerFlags.flagged != 0,
        isFlaggedByHand: flags & BuyerFlags.byHand != 0, until: until, unpaid: unpaid))
  }
}
