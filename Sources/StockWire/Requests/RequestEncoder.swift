public import StockEngine

/// One item and how many units of it, on its way to a server.
public struct WireLine: Hashable, Sendable {
  /// `sku` or `sku@pool`.
  public var item: String
  /// Units, 1 to 2^31-1; a preheat may say 0.
  public var quantity: UInt32

  /// So many units of an item. The server checks both.
  public init(_ item: String, _ quantity: UInt32) {
    self.item = item
    self.quantity = quantity
  }
}

/// Builds request frames: one command after the other, then the header.
///
/// It is reused: `begin`, commands, `finish`, send `bytes`. Once warm it allocates nothing. Texts that cannot even be written
/// (over 255 bytes, or over 65,535 for payloads and notes) are cut there; every real bound is far below and checked by the
/// server, which answers `malformed`.
public struct RequestEncoder: Sendable {
  /// The frame so far; whole after ``finish(id:)``.
  public private(set) var bytes: [UInt8] = []
  /// Commands so far.
  public private(set) var count = 0
  private var commandStart = 0

  /// An encoder that has begun its first frame.
  public init() { begin() }

  /// Whether the frame has no command yet.
  public var isEmpty: Bool { count == 0 }
  /// Bytes of the payload so far: compare with the server's `frameBytesMax`.
  public var payloadBytes: Int { bytes.count - FrameHeader.bytes }

  /// Begins a frame; what was there is forgotten.
  public mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    for _ in 0..<FrameHeader.bytes { bytes.append(0) }
    count = 0
  }

  /// Writes the header. ``bytes`` is the frame.
  public mutating func finish(id: UInt64) {
    precondition(count > 0 && count <= UInt16.max, "a request frame has 1 to 65,535 commands")
    let header = FrameHeader(length: UInt32(payloadBytes), kind: .request, count: UInt16(count), id: id)
    bytes.withUnsafeMutableBytes { header.write(to: $0) }
  }

  // MARK: Orders

  /// Holds units for an order: all lines or none.
  /// - Parameters:
  ///   - holdMilliseconds: payment time; 0 takes the server's rule.
  ///   - issuedAt: when the shop made the id, if it wants ids that are too old refused.
  ///   - terms: the sale, and whom limits count.
  ///   - pools: up to 8, the best first; the lines then name SKUs, and each is taken whole from the first pool that can give it.
  public mutating func reserve(
    order: String, buyer: String = "", payload: [UInt8] = [], lines: [WireLine], holdMilliseconds: Int64 = 0,
    issuedAt: Timestamp? = nil, pools: [String] = [], terms: WireReserveTerms = WireReserveTerms()
  ) {
    hold(.reserve, order, buyer, payload, lines, holdMilliseconds, issuedAt, pools, terms)
  }

  /// Reserve and confirm in one step.
  public mutating func deduct(
    order: String, buyer: String = "", payload: [UInt8] = [], lines: [WireLine], holdMilliseconds: Int64 = 0,
    issuedAt: Timestamp? = nil, pools: [String] = [], terms: WireReserveTerms = WireReserveTerms()
  ) {
    hold(.deduct, order, buyer, payload, lines, holdMilliseconds, issuedAt, pools, terms)
  }

  /// A reserve of one line from bytes that the caller already has: for those who send millions.
  public mutating func reserve(
    order: Span<UInt8>, buyer: Span<UInt8>, item: Span<UInt8>, quantity: UInt32, holdMilliseconds: Int64 = 0
  ) {
    begin(.reserve)
    put(holdMilliseconds)
    text8(order)
    text8(buyer)
    put(UInt16(0))
    put(UInt16(1))
    text8(item)
    put(quantity)
    end()
  }

  /// reserved -> sold.
  public mutating func confirm(order: String) {
    begin(.confirm)
    text8(order.utf8.span)
    end()
  }

  /// reserved -> available; an unknown order gets a tombstone.
  public mutating func cancel(order: String, reason: String = "") {
    begin(.cancel)
    text8(order.utf8.span)
    text16(reason.utf8.span)
    end()
  }

  /// A later deadline: now + `holdMilliseconds`.
  public mutating func extend(operation: String, order: String, holdMilliseconds: Int64) {
    begin(.extend)
    text8(operation.utf8.span)
    text8(order.utf8.span)
    put(holdMilliseconds)
    end()
  }

  /// The order's state, or a tombstone if it never was.
  public mutating func resolve(order: String) {
    begin(.resolve)
    text8(order.utf8.span)
    end()
  }

  /// sold -> available or scrapped. No lines: everything that is still out.
  public mutating func returnLines(
    operation: String, order: String, lines: [WireLine] = [], disposition: ReturnLines.Disposition = .available
  ) {
    begin(.returnLines, flags: disposition == .scrapped ? CommandFlags.returnScrapped : 0)
    text8(operation.utf8.span)
    text8(order.utf8.span)
    put(lines)
    end()
  }

  /// reserved -> sold for some units of an open order.
  public mutating func confirmLines(
    operation: String, order: String, lines: [WireLine], remainder: ConfirmLines.Remainder = .keep
  ) {
    begin(.confirmLines, flags: remainder == .release ? CommandFlags.confirmRelease : 0)
    text8(operation.utf8.span)
    text8(order.utf8.span)
    put(lines)
    end()
  }

  /// reserved -> available for some units of an open order.
  public mutating func cancelLines(operation: String, order: String, lines: [WireLine], reason: String = "") {
    begin(.cancelLines)
    text8(operation.utf8.span)
    text8(order.utf8.span)
    put(lines)
    text16(reason.utf8.span)
    end()
  }

  /// confirmed -> shipped.
  public mutating func ship(operation: String, order: String) { mark(.ship, operation, order) }

  /// shipped -> delivered.
  public mutating func deliver(operation: String, order: String) { mark(.deliver, operation, order) }

  private mutating func mark(_ mark: Operation, _ operation: String, _ order: String) {
    begin(mark)
    text8(operation.utf8.span)
    text8(order.utf8.span)
    end()
  }

  /// Numbers that no other call gets.
  public mutating func nextIDs(_ count: UInt32) {
    begin(.nextIDs)
    put(count)
    end()
  }

  // MARK: Stock

  /// Creates items with their first stock.
  public mutating func preheat(operation: String, lines: [WireLine], replace: Bool = false) {
    begin(.preheat, flags: replace ? CommandFlags.preheatReplace : 0)
    text8(operation.utf8.span)
    put(lines)
    end()
  }

  /// Adds units to existing items.
  public mutating func supply(operation: String, lines: [WireLine]) {
    begin(.supply)
    text8(operation.utf8.span)
    put(lines)
    end()
  }

  /// Adds units to one item, with the paper that came with them.
  public mutating func restock(operation: String, item: String, quantity: UInt32, reference: String = "") {
    begin(.restock)
    text8(operation.utf8.span)
    text8(item.utf8.span)
    put(quantity)
    text16(reference.utf8.span)
    end()
  }

  /// Corrects one item's stock.
  public mutating func adjust(
    operation: String, item: String, change: Adjust.Change, force: Bool = false, reason: String = "",
    reference: String = ""
  ) {
    var flags: UInt8 = force ? CommandFlags.adjustForce : 0
    if case .to = change { flags |= CommandFlags.adjustAbsolute }
    begin(.adjust, flags: flags)
    text8(operation.utf8.span)
    text8(item.utf8.span)
    switch change {
    case .by(let delta):
      put(delta)
    case .to(let available, let version):
      put(available)
      put(version)
    }
    text16(reason.utf8.span)
    text16(reference.utf8.span)
    end()
  }

  /// Sets how far an item may be sold: a floor below 0 permits backorder, one above 0 keeps safety stock.
  public mutating func configure(operation: String, item: String, floor: Int64) {
    begin(.configureItem, flags: CommandFlags.configureFloor)
    text8(operation.utf8.span)
    text8(item.utf8.span)
    put(floor)
    end()
  }

  /// Moves units from one pool of a SKU to another.
  public mutating func move(operation: String, from: String, to: String, quantity: UInt32) {
    begin(.move)
    text8(operation.utf8.span)
    text8(from.utf8.span)
    text8(to.utf8.span)
    put(quantity)
    end()
  }

  // MARK: Reads

  /// Balances of named items, at one moment.
  public mutating func get(items: [String]) {
    begin(.get)
    let items = items.prefix(Int(UInt16.max))
    put(UInt16(items.count))
    for item in items { text8(item.utf8.span) }
    end()
  }

  /// A page of items. `cursor` 0 begins; else the `next` of the page before.
  public mutating func list(cursor: UInt64 = 0, rowsMax: UInt32 = 100, prefix: String = "") {
    begin(.list)
    put(cursor)
    put(rowsMax)
    text8(prefix.utf8.span)
    end()
  }

  /// One order.
  public mutating func order(_ order: String) {
    begin(.order)
    text8(order.utf8.span)
    end()
  }

  /// An item's changes, newest first. It must be the only command of its frame.
  public mutating func history(item: String, beforeVersion: UInt64 = 0, rowsMax: UInt32 = 100) {
    begin(.history)
    put(beforeVersion)
    put(rowsMax)
    text8(item.utf8.span)
    end()
  }

  /// How often buying an item, or a SKU in all of its pools, was refused over time. It must be the only command of its frame.
  public mutating func demand(item: String, _ query: DemandQuery = DemandQuery()) {
    begin(.demand)
    put(query.from.milliseconds)
    put(query.key)
    put(query.until.milliseconds)
    put(query.rowsMax)
    put(query.bucket.rawValue)
    text8(item.utf8.span)
    end()
  }

  /// Totals of the store.
  public mutating func stats() {
    begin(.stats)
    end()
  }

  /// Balances of a SKU in every pool.
  public mutating func pools(sku: String) {
    begin(.pools)
    text8(sku.utf8.span)
    end()
  }

  // MARK: Parts

  private mutating func hold(
    _ operation: Operation, _ order: String, _ buyer: String, _ payload: [UInt8], _ lines: [WireLine],
    _ holdMilliseconds: Int64, _ issuedAt: Timestamp?, _ pools: [String], _ terms: WireReserveTerms
  ) {
    let flags =
      terms.flags(operation) | (issuedAt == nil ? 0 : CommandFlags.reserveIssuedAt)
      | (pools.isEmpty ? 0 : CommandFlags.reservePools)
    begin(operation, flags: flags)
    put(holdMilliseconds)
    if let issuedAt { put(issuedAt.milliseconds) }
    text8(order.utf8.span)
    text8(buyer.utf8.span)
    text16(payload.span)
    put(lines)
    if !pools.isEmpty {
      let pools = pools.prefix(Int(UInt8.max))
      put(UInt8(pools.count))
      for pool in pools { text8(pool.utf8.span) }
    }
    if !terms.sale.isEmpty { text8(terms.sale.utf8.span) }
    if !terms.subjects.isEmpty {
      text16(SubjectList.encoded(terms.subjects.map { ($0.dimension, $0.value) }).span)
    }
    end()
  }

  mutating func begin(_ operation: Operation, flags: UInt8 = 0) {
    commandStart = bytes.count
    put(UInt64(operation.rawValue) | UInt64(flags) << 8)
  }

  mutating func end() {
    let bodyBytes = UInt32(bytes.count - commandStart - CommandHeader.bytes)
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: bodyBytes.littleEndian, toByteOffset: commandStart + 4, as: UInt32.self)
    }
    count += 1
  }

  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ lines: [WireLine]) {
    let lines = lines.prefix(Int(UInt16.max))
    put(UInt16(lines.count))
    for line in lines {
      text8(line.item.utf8.span)
      put(line.quantity)
    }
  }

  mutating func text8(_ text: Span<UInt8>) {
    let count = min(text.count, Int(UInt8.max))
    bytes.append(UInt8(count))
    text.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(count)) }
  }

  mutating func text16(_ text: Span<UInt8>) {
    let count = min(text.count, Int(UInt16.max))
    put(UInt16(count))
    text.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(count)) }
  }
}
