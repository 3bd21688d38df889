// What `append` checks, and writes anew, of the commands that speak of pools and floors.

extension CommandBatch {
  func check(_ configure: ConfigureItem) -> Malformation? {
    if let malformation = checkID(configure.operation) { return malformation }
    if !isItemName(configure.item) { return .itemName }
    guard let floor = configure.floor else { return .unreadable }
    return floor.magnitude <= UInt64(Bounds.quantityMax) ? nil : .quantity
  }

  /// - Parameter move: its names are the short ones.
  func check(_ move: Move) -> Malformation? {
    if let malformation = checkID(move.operation) { return malformation }
    guard isItemName(move.from), isItemName(move.to) else { return .itemName }
    if belongsToSale(move.from) || belongsToSale(move.to) { return .itemName }
    if slice(move.from) == slice(move.to) || !sku(move.from).elementsEqual(sku(move.to)) { return .itemName }
    return move.quantity >= 1 && move.quantity <= Bounds.quantityMax ? nil : .quantity
  }

  /// An item's name up to its `@`.
  private func sku(_ name: ByteRange) -> ArraySlice<UInt8> {
    slice(name).prefix { $0 != UInt8(ascii: "@") }
  }

  /// A pool whose name begins with `~` belongs to a sale; only the sale's commands touch its stock.
  func belongsToSale(_ name: ByteRange) -> Bool {
    guard let at = slice(name).firstIndex(of: UInt8(ascii: "@")) else { return false }
    return at + 1 < name.end && bytes[at + 1] == UInt8(ascii: "~")
  }

  // MARK: Ranked pools

  /// Appends a pool's name to those that a reserve may rank.
  public mutating func appendPool(_ name: ByteRange) { pools.append(name) }

  /// The commands that follow came together: what they rank is bounded anew.
  public mutating func beginFrame() { rankedLinesBefore = rankedLineCount }

  /// No further order that ranks pools should be taken into this batch.
  public var isFullOfRankedLines: Bool { rankedLineCount >= Bounds.rankedLinesPerBatchMax }

  /// Where the next pool's name will lie.
  public var poolCount: Int { pools.count }

  /// - Parameter reserve: one whose lines are well formed.
  func checkRanking(_ reserve: Reserve) -> Malformation? {
    let count = Int(reserve.pools.count)
    guard count <= Bounds.poolsPerReserveMax, reserve.pools.indices.upperBound <= pools.count else { return .lineCount }
    for index in reserve.pools.indices {
      guard isPlainName(pools[index]), bytes[pools[index].start] != UInt8(ascii: "~") else { return .itemName }
      for other in reserve.pools.indices.lowerBound..<index where slice(pools[other]) == slice(pools[index]) {
        return .itemName
      }
    }
    for index in reserve.lines.indices where !isPlainName(lines[index].item) { return .itemName }
    let rankedLines = rankedLineCount - rankedLinesBefore + Int(reserve.lines.count) * count
    return rankedLines <= Bounds.rankedLinesPerBatchMax ? nil : .batchFull
  }

  /// A SKU, or a pool: nothing before an `@` and nothing behind it.
  func isPlainName(_ name: ByteRange) -> Bool {
    isItemName(name) && !slice(name).contains(UInt8(ascii: "@"))
  }

  /// Puts each SKU's items in the ranked pools behind all other lines, so that they are hashed, locked and asked for as any line.
  mutating func expand(_ reserve: Reserve) -> Reserve {
    let start = lines.count
    for index in reserve.lines.indices {
      let line = lines[index]
      for pool in reserve.pools.indices {
        lines.append(InputLine(item: item(line.item, in: pools[pool]), quantity: line.quantity))
      }
    }
    var expanded = reserve
    expanded.lines = IndexRange(start: start, count: lines.count - start)
    rankedLineCount += lines.count - start
    return expanded
  }

  /// Writes `sku@pool`; the pool `main` is the SKU's own.
  private mutating func item(_ sku: ByteRange, in pool: ByteRange) -> ByteRange {
    if slice(pool).elementsEqual("main".utf8) { return sku }
    let start = bytes.count
    append(sku)
    bytes.append(UInt8(ascii: "@"))
    append(pool)
    return ByteRange(offset: start, count: bytes.count - start)
  }

  private func slice(_ text: ByteRange) -> ArraySlice<UInt8> { bytes[text.start..<text.end] }

  /// Copies a text of the batch to its end.
  private mutating func append(_ text: ByteRange) {
    let end = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: Int(text.count)))
    bytes.withUnsafeMutableBytes { $0[end...].copyBytes(from: $0[text.start..<text.end]) }
  }
}
