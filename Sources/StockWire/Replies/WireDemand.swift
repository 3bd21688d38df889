public import StockEngine

/// A page of a demand curve: how often buying an item was refused, over time.
public struct WireDemand: Hashable, Sendable {
  /// Refused attempts to buy one item for one reason, within one bucket.
  public struct Row: Hashable, Sendable {
    /// When the bucket begins, in log time.
    public var time: Timestamp
    /// The number of the outcome that they ended with; an older client may not know its name.
    public var rawReason: UInt8
    /// How many.
    public var attempts: UInt64
    /// Units that they asked for.
    public var units: Int64
    /// The item's name, with its pool.
    public var item: String

    /// The outcome that they ended with; nil if this client does not know the number.
    public var reason: Outcome? { Outcome(rawValue: rawReason) }

    /// A row as a server would send it.
    public init(time: Timestamp, rawReason: UInt8, attempts: UInt64, units: Int64, item: String) {
      self.time = time
      self.rawReason = rawReason
      self.attempts = attempts
      self.units = units
      self.item = item
    }
  }

  /// Ascending by time, then by the item's number, then by reason.
  public var rows: [Row]
  /// From here on the rows are all there are: the log that can be read reaches back no further. Otherwise as far back as was asked.
  public var since: Timestamp
  /// Where the next page begins, which may turn out to be empty; nil: this was the last.
  public var next: DemandCursor?

  /// A page as a server would send it.
  public init(rows: [Row], since: Timestamp, next: DemandCursor?) {
    self.rows = rows
    self.since = since
    self.next = next
  }
}

extension ReplyDecoder {
  static func demand(_ fields: inout FieldReader) -> WireReply.Body {
    let since = Timestamp(milliseconds: fields.i64())
    let flags = fields.u8()
    let next = DemandCursor(time: Timestamp(milliseconds: fields.i64()), key: fields.u64())
    let rows = rows(&fields) { fields in
      var row = WireDemand.Row(
        time: Timestamp(milliseconds: fields.i64()), rawReason: fields.u8(), attempts: fields.u64(),
        units: fields.i64(), item: "")
      let item = fields.text8()
      row.item = fields.string(item)
      return row
    }
    return .demand(WireDemand(rows: rows, since: since, next: flags & DemandFlags.more != 0 ? next : nil))
  }
}

extension ReplyEncoder {
  private static let demandHeadBytes = 8 + 1 + 8 + 8 + 2
  private static let demandRowBytes = 8 + 1 + 8 + 8 + 1

  static func demandBytes(_ page: DemandPage, _ rows: [DemandRow]) -> Int {
    rows[page.rows.indices].reduce(Self.demandHeadBytes) { $0 + Self.demandRowBytes + Int($1.item.count) }
  }

  static func write(
    _ page: DemandPage, _ rows: [DemandRow], _ texts: UnsafeRawBufferPointer, to writer: inout FieldWriter
  ) {
    writer.i64(page.since.milliseconds)
    writer.u8(page.next == nil ? 0 : DemandFlags.more)
    writer.i64(page.next?.time.milliseconds ?? 0)
    writer.u64(page.next?.key ?? 0)
    writer.u16(UInt16(page.rows.count))
    for row in rows[page.rows.indices] {
      writer.i64(row.time.milliseconds)
      writer.u8(row.reason)
      writer.u64(row.attempts)
      writer.i64(row.units)
      writer.text8(texts.text(row.item))
    }
  }
}
