import StockEngine

extension ReplyEncoder {
  static func limitBytes(_ row: LimitRefusal) -> Int {
    1 + 8 + 8 + 1 + 1 + Int(row.dimension.count) + Int(row.item.count)
  }

  static func write(_ row: LimitRefusal, _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter) {
    writer.u8(row.measure.rawValue)
    writer.i64(row.max)
    writer.i64(row.used)
    writer.text8(texts.text(row.dimension))
    writer.text8(texts.text(row.item))
  }

  static func saleBytes(_ row: SaleRecord) -> Int {
    1 + 3 * 8 + 3 + 5 * 8 + 6 * 8 + 1 + 2 + 2 + Int(row.sale.count) + Int(row.terms.limits.count)
      + Int(row.terms.eligible.count)
  }

  static func write(_ row: SaleRecord, _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter) {
    writer.u8(row.state.rawValue)
    writer.i64(row.terms.start.milliseconds)
    writer.i64(row.terms.end.milliseconds)
    writer.i64(row.terms.holdMilliseconds)
    writer.u8(row.terms.unpaid.rawValue)
    writer.u8(row.terms.flagged.rawValue)
    writer.u8(row.terms.options.rawValue)
    writer.i64(row.items)
    writer.i64(row.available)
    writer.i64(row.reserved)
    writer.i64(row.sold)
    writer.i64(row.scrapped)
    for count in row.refused.inOrder { writer.u64(count) }
    writer.text8(texts.text(row.sale))
    writer.text16(texts.text(row.terms.limits))
    writer.text16(texts.text(row.terms.eligible))
  }

  static func buyerBytes(_ row: BuyerRecord) -> Int { 1 + 8 + 4 + 1 + Int(row.buyer.count) }

  static func write(_ row: BuyerRecord, _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter) {
    writer.u8((row.isFlagged ? BuyerFlags.flagged : 0) | (row.isFlaggedByHand ? BuyerFlags.byHand : 0))
    writer.i64(row.until.milliseconds)
    writer.u32(row.unpaid)
    writer.text8(texts.text(row.buyer))
  }
}
