/// Commands that are decided together, with the bytes that their texts lie in.
///
/// Front ends fill it: they copy each text once and describe it by a range. Every `append` checks the bounds of the model, so
/// what is in a batch is well formed. A batch is reused; once warm it allocates nothing.
public struct CommandBatch: ~Copyable, Sendable {
  /// The commands so far; malformed ones keep their place.
  public private(set) var commands: [Command] = []
  var lines: [InputLine] = []
  /// Names of ranked pools.
  var pools: [ByteRange] = []
  /// Lines times pools of the ranked orders so far.
  public internal(set) var rankedLineCount = 0
  var rankedLinesBefore = 0
  var bytes: [UInt8] = []

  /// Every key may be loaded as whole words, so the bytes always end in this much slack.
  static let slackBytes = 32

  /// An empty batch.
  public init() { removeAll() }

  /// How many commands it has.
  public var count: Int { commands.count }
  /// Whether it has none.
  public var isEmpty: Bool { commands.isEmpty }
  /// Whether it has as many as one batch may; a further one is malformed.
  public var isFull: Bool { commands.count >= Bounds.commandsPerBatchMax }

  /// Texts that grew beyond this are given back when the batch is emptied: several times what one read of a socket brings.
  static let bytesKept = 4 << 20
  /// The same for lines, and for the names of ranked pools: 16 bytes each, about.
  static let linesKept = 256 << 10

  /// Empties it and keeps its memory, unless it is much more than batches usually need.
  public mutating func removeAll() {
    commands.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: lines.capacity <= Self.linesKept)
    pools.removeAll(keepingCapacity: pools.capacity <= Self.linesKept)
    rankedLineCount = 0
    rankedLinesBefore = 0
    bytes.removeAll(keepingCapacity: bytes.capacity <= Self.bytesKept)
  }

  /// The bytes of a text of this batch.
  public func text(_ range: ByteRange) -> [UInt8] { Array(bytes[range.start..<range.end]) }

  /// A text of this batch. Bytes that are not UTF-8 are replaced.
  public func string(_ range: ByteRange) -> String { String(decoding: bytes[range.start..<range.end], as: UTF8.self) }

  /// A line by its index.
  public func line(_ index: Int) -> InputLine { lines[index] }

  // MARK: Filling

  /// Copies a text, unchecked; the appends below check what they use.
  public mutating func store(_ text: some Collection<UInt8>) -> ByteRange {
    let offset = bytes.count
    bytes.append(contentsOf: text)
    return ByteRange(offset: offset, count: bytes.count - offset)
  }

  /// Copies a text, unchecked; the appends below check what they use.
  public mutating func store(_ text: String) -> ByteRange { store(text.utf8) }

  /// Adopts bytes that already lie together (a frame's), so that texts can be described by ranges of them.
  /// - Returns: the offset of their first byte in this batch.
  public mutating func adopt(_ source: UnsafeRawBufferPointer) -> Int {
    let offset = bytes.count
    bytes.append(contentsOf: source)
    return offset
  }

  /// Appends a line. `sku@main` and `sku` are the same item; the short name is the one that is kept.
  public mutating func appendLine(item: ByteRange, quantity: Int64) {
    lines.append(InputLine(item: shortName(item), quantity: quantity))
  }

  /// An item's name without a `@main` at its end.
  public func shortName(_ name: ByteRange) -> ByteRange {
    let suffix: StaticString = "@main"
    let suffixCount = suffix.utf8CodeUnitCount
    guard Int(name.count) > suffixCount, name.end <= bytes.count, bytes[name.end - suffixCount] == UInt8(ascii: "@")
    else { return name }
    let matches = bytes[name.end - suffixCount..<name.end].elementsEqual(
      UnsafeBufferPointer(start: suffix.utf8Start, count: suffixCount))
    return matches ? ByteRange(offset: name.start, count: Int(name.count) - suffixCount) : name
  }

  /// Where the next line will lie.
  public var lineCount: Int { lines.count }

  /// Appends a command after checking it against the bounds. A command that fails keeps its place as malformed.
  ///
  /// The lines of an order that ranks pools are replaced by new ones behind all others: each SKU's items in these pools.
  public mutating func append(_ command: Command) {
    if case .move(var move) = command {
      // The check compares the names, so they must be short before it.
      move.from = shortName(move.from)
      move.to = shortName(move.to)
      commands.append(check(move).map { .malformed($0) } ?? .move(move))
      return
    }
    if let malformation = check(command) { return commands.append(.malformed(malformation)) }
    switch command {
    case .adjust(var adjust):
      adjust.item = shortName(adjust.item)
      commands.append(.adjust(adjust))
    case .configureItem(var configure):
      configure.item = shortName(configure.item)
      commands.append(.configureItem(configure))
    case .reserve(let reserve) where !reserve.pools.isEmpty: commands.append(.reserve(expand(reserve)))
    case .deduct(let reserve) where !reserve.pools.isEmpty: commands.append(.deduct(expand(reserve)))
    case .reserve(let reserve) where !reserve.sale.isEmpty:
      nameSaleItems(reserve.lines, reserve.sale)
      commands.append(command)
    case .deduct(let reserve) where !reserve.sale.isEmpty:
      nameSaleItems(reserve.lines, reserve.sale)
      commands.append(command)
    case .openSale(var open):
      open.stock = withSaleItems(open.stock, open.sale)
      commands.append(.openSale(open))
    case .addToSale(var addition):
      addition.stock = withSaleItems(addition.stock, addition.sale)
      commands.append(.addToSale(addition))
    default: commands.append(command)
    }
  }

  /// Makes `sku@~SALE` of plain SKUs: from here on the item is looked up like any other.
  private mutating func nameSaleItems(_ range: IndexRange, _ sale: ByteRange) {
    for index in range.indices { lines[index].item = saleItem(lines[index].item, sale) }
  }

  private mutating func saleItem(_ name: ByteRange, _ sale: ByteRange) -> ByteRange {
    let start = bytes.count
    let sku = bytes[name.start..<name.end].firstIndex(of: UInt8(ascii: "@")) ?? name.end
    for index in name.start..<sku { bytes.append(bytes[index]) }
    bytes.append(UInt8(ascii: "@"))
    bytes.append(UInt8(ascii: "~"))
    for index in sale.start..<sale.end { bytes.append(bytes[index]) }
    return ByteRange(offset: start, count: bytes.count - start)
  }

  /// Puts the sale's own item behind each line.
  private mutating func withSaleItems(_ stock: SaleStock, _ sale: ByteRange) -> SaleStock {
    let start = lines.count
    for index in stock.lines.indices {
      lines.append(lines[index])
      lines.append(InputLine(item: saleItem(lines[index].item, sale), quantity: lines[index].quantity))
    }
    return SaleStock(source: stock.source, lines: IndexRange(start: start, count: lines.count - start))
  }

  /// Takes the last command back: it is to come first in another batch.
  public mutating func removeLast() { commands.removeLast() }

  /// Readies the bytes for reading as words. The engine calls it; calling twice does no harm.
  mutating func seal() {
    for _ in 0..<Self.slackBytes { bytes.append(0) }
  }
}

// MARK: - Checks

extension CommandBatch {
  private func check(_ command: Command) -> Malformation? {
    switch command {
    case .preheat(let preheat):
      checkID(preheat.operation) ?? checkLines(preheat.lines, max: Bounds.linesPerOperationMax, quantityMin: 0)
    case .supply(let supply):
      checkID(supply.operation) ?? checkLines(supply.lines, max: Bounds.linesPerOperationMax, quantityMin: 1)
    case .restock(let restock):
      checkID(restock.operation) ?? checkLines(restock.line, max: 1, quantityMin: 1) ?? checkNote(restock.reference)
    case .adjust(let adjust): check(adjust)
    case .configureItem(let configure): check(configure)
    case .move(let move): check(move)
    case .reserve(let reserve), .deduct(let reserve): check(reserve)
    case .confirm(let confirm): checkID(confirm.order)
    case .cancel(let cancel): checkID(cancel.order) ?? checkNote(cancel.reason)
    case .extend(let extend):
      checkID(extend.operation) ?? checkID(extend.order) ?? (extend.holdMilliseconds > 0 ? nil : .holdTime)
    case .resolve(let resolve): checkID(resolve.order)
    case .returnLines(let returned):
      checkID(returned.operation) ?? checkID(returned.order)
        ?? (returned.lines.isEmpty
          ? nil : checkLines(returned.lines, max: Bounds.linesPerOrderMax, quantityMin: 1, ofSale: true))
    case .ship(let mark), .deliver(let mark): checkID(mark.operation) ?? checkID(mark.order)
    case .confirmLines(let confirm):
      checkID(confirm.operation) ?? checkID(confirm.order)
        ?? checkLines(confirm.lines, max: Bounds.linesPerOrderMax, quantityMin: 1, ofSale: true)
    case .cancelLines(let cancel):
      checkID(cancel.operation) ?? checkID(cancel.order)
        ?? checkLines(cancel.lines, max: Bounds.linesPerOrderMax, quantityMin: 1, ofSale: true)
        ?? checkNote(cancel.reason)
    case .get(let get): checkLines(get.lines, max: Bounds.itemsPerReadMax, quantityMin: 0, ofSale: true)
    case .list(let list):
      list.rowsMax >= 1 && list.rowsMax <= Bounds.rowsPerPageMax
        ? (list.prefix.count <= Bounds.itemNameBytesMax ? nil : .itemName) : .rowCount
    case .order(let read): checkID(read.order)
    case .history(let history):
      history.rowsMax >= 1 && history.rowsMax <= Bounds.rowsPerPageMax
        ? (isItemName(history.item, ofSale: true) ? nil : .itemName) : .rowCount
    case .demand(let demand):
      demand.query.rowsMax >= 1 && demand.query.rowsMax <= Bounds.rowsPerPageMax
        ? (isItemName(demand.item, ofSale: true) ? nil : .itemName) : .rowCount
    case .limitSKU(let limit): check(limit)
    case .openSale(let open): check(open)
    case .addToSale(let addition): checkID(addition.operation) ?? checkSale(addition.sale) ?? check(addition.stock)
    case .switchSale(let change): checkID(change.operation) ?? checkSale(change.sale)
    case .flagBuyer(let flag): checkID(flag.operation) ?? checkBuyer(flag.buyer)
    case .sale(let read): checkSale(read.sale)
    case .sales(let list): list.rowsMax >= 1 && list.rowsMax <= Bounds.rowsPerPageMax ? nil : .rowCount
    case .buyer(let read): checkBuyer(read.buyer)
    case .nextIDs(let next): next.count >= 1 && next.count <= Bounds.idsPerCommandMax ? nil : .idCount
    case .pools(let pools): isPlainName(pools.sku) ? nil : .itemName
    case .stats, .malformed: nil
    }
  }

  private func checkBuyer(_ buyer: ByteRange) -> Malformation? {
    buyer.count >= 1 && buyer.count <= Bounds.buyerBytesMax ? nil : .buyerLength
  }

  /// A sale's id must make a pool's name.
  private func checkSale(_ sale: ByteRange) -> Malformation? {
    sale.count <= Bounds.saleBytesMax && isItemName(sale) && !contains(sale, UInt8(ascii: "@")) ? nil : .sale
  }

  private func contains(_ text: ByteRange, _ byte: UInt8) -> Bool { bytes[text.start..<text.end].contains(byte) }

  private func check(_ open: OpenSale) -> Malformation? {
    if let malformation = checkID(open.operation) ?? checkSale(open.sale) { return malformation }
    guard open.terms.end > open.terms.start, open.terms.options.isSubset(of: .known) else { return .sale }
    if open.terms.holdMilliseconds < 0 { return .holdTime }
    if withText(open.terms.limits, Limit.decoded) == nil { return .limit }
    let malformation = withText(open.terms.eligible) {
      SubjectList.check($0, pairsMax: Bounds.eligibleValuesMax, repeats: true)
    }
    // A sale that is filled later has no lines yet.
    return malformation ?? (open.stock.lines.isEmpty ? nil : check(open.stock))
  }

  private func check(_ stock: SaleStock) -> Malformation? {
    if let malformation = checkLines(stock.lines, max: Bounds.linesPerSaleOperationMax, quantityMin: 1) {
      return malformation
    }
    switch stock.source {
    case .supply: return arePlain(stock.lines) ? nil : .sale
    case .pools: return nil
    }
  }

  private func arePlain(_ range: IndexRange) -> Bool {
    range.indices.allSatisfy { !contains(lines[$0].item, UInt8(ascii: "@")) }
  }

  private func check(_ limit: LimitSKU) -> Malformation? {
    if let malformation = checkID(limit.operation) { return malformation }
    guard isItemName(limit.item), limit.item.count <= Bounds.skuBytesMax, !contains(limit.item, UInt8(ascii: "@"))
    else {
      return .itemName
    }
    return withText(limit.limit, Limit.decoded)?.count == 1 ? nil : .limit
  }

  private func withText<Result>(_ text: ByteRange, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[text.start..<text.end])) }
  }

  /// Pairs as a subject list, in its one order.
  public mutating func storeSubjects(_ pairs: [(dimension: String, value: String)]) -> ByteRange {
    store(SubjectList.encoded(pairs))
  }

  private func check(_ reserve: Reserve) -> Malformation? {
    if let malformation = checkID(reserve.order) { return malformation }
    if reserve.buyer.count > Bounds.buyerBytesMax { return .buyerLength }
    if reserve.payload.count > Bounds.payloadBytesMax { return .payloadLength }
    if reserve.holdMilliseconds < 0 { return .holdTime }
    if !reserve.sale.isEmpty || !reserve.subjects.isEmpty, let malformation = checkTerms(of: reserve) {
      return malformation
    }
    return checkLines(reserve.lines, max: Bounds.linesPerOrderMax, quantityMin: 1)
      ?? (reserve.pools.isEmpty ? nil : checkRanking(reserve))
  }

  private func checkTerms(of reserve: Reserve) -> Malformation? {
    if !reserve.sale.isEmpty {
      if let malformation = checkSale(reserve.sale) { return malformation }
      // A sale has one pool of its own.
      if !reserve.pools.isEmpty { return .sale }
      guard reserve.lines.indices.upperBound <= lines.count,
        reserve.lines.indices.allSatisfy({ lines[$0].item.end <= bytes.count }), arePlain(reserve.lines)
      else { return .sale }
    }
    return withText(reserve.subjects) { text in
      if let malformation = SubjectList.check(text, pairsMax: Bounds.subjectsPerOrderMax, repeats: false) {
        return malformation
      }
      return SubjectList(text).contains { Dimension.isUser($0.dimension) } ? .subject : nil
    }
  }

  private func check(_ adjust: Adjust) -> Malformation? {
    if let malformation = checkID(adjust.operation) { return malformation }
    if !isItemName(adjust.item) { return .itemName }
    switch adjust.change {
    case .by(let delta):
      if delta == 0 || delta.magnitude > UInt64(Bounds.quantityMax) { return .quantity }
    case .to(let available, _):
      if available.magnitude > UInt64(Bounds.quantityMax) { return .quantity }
    }
    return checkNote(adjust.reason) ?? checkNote(adjust.reference)
  }

  func checkID(_ id: ByteRange) -> Malformation? {
    id.count >= 1 && id.count <= Bounds.idBytesMax ? nil : .idLength
  }

  private func checkNote(_ note: ByteRange) -> Malformation? {
    if note.isEmpty { return nil }
    if note.count > Bounds.noteBytesMax { return .noteLength }
    return isText(note) ? nil : .text
  }

  private func checkLines(
    _ range: IndexRange, max: Int, quantityMin: Int64, ofSale: Bool = false
  ) -> Malformation? {
    guard range.count >= 1, Int(range.count) <= max, range.indices.upperBound <= lines.count else { return .lineCount }
    for index in range.indices {
      let line = lines[index]
      if line.quantity < quantityMin || line.quantity > Bounds.quantityMax { return .quantity }
      if !isItemName(line.item, ofSale: ofSale) { return .itemName }
    }
    return nil
  }

  /// ASCII is decided byte by byte; anything above is left to the standard library's UTF-8 validation.
  func isItemName(_ name: ByteRange, ofSale: Bool = false) -> Bool {
    guard name.count >= 1, name.end <= bytes.count, Int(name.count) <= Bounds.itemNameBytesMax else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      var separator = -1
      var isASCII = true
      for index in name.start..<name.end {
        let byte = bytes[index]
        if byte <= 0x20 || byte == 0x7F { return false }
        if byte >= 0x80 { isASCII = false }
        if byte == UInt8(ascii: "@") {
          if separator >= 0 { return false }
          separator = index
        }
      }
      let skuEnd = separator < 0 ? name.end : separator
      guard skuEnd > name.start, skuEnd - name.start <= Bounds.skuBytesMax else { return false }
      if separator >= 0 {
        let poolBytes = name.end - separator - 1
        guard poolBytes >= 1, poolBytes <= Bounds.poolBytesMax else { return false }
        // Only a sale's own commands touch its pools.
        if bytes[separator + 1] == UInt8(ascii: "~") && !ofSale { return false }
      }
      return isASCII || Self.isPrintableText(bytes[name.start..<name.end])
    }
  }

  private func isText(_ range: ByteRange) -> Bool {
    bytes.withUnsafeBufferPointer { String(validating: $0[range.start..<range.end], as: UTF8.self) != nil }
  }

  /// Valid UTF-8 without white space and control characters.
  private static func isPrintableText(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }
  }
}
