// What `append` checks of the commands that speak of pools and floors.

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
    let (from, to) = (bytes[move.from.start..<move.from.end], bytes[move.to.start..<move.to.end])
    if from == to || !sku(move.from).elementsEqual(sku(move.to)) { return .itemName }
    return move.quantity >= 1 && move.quantity <= Bounds.quantityMax ? nil : .quantity
  }

  /// An item's name up to its `@`.
  private func sku(_ name: ByteRange) -> ArraySlice<UInt8> {
    bytes[name.start..<name.end].prefix { $0 != UInt8(ascii: "@") }
  }

  /// A pool whose name begins with `~` belongs to a sale; only the sale's commands touch its stock.
  func belongsToSale(_ name: ByteRange) -> Bool {
    guard let at = bytes[name.start..<name.end].firstIndex(of: UInt8(ascii: "@")) else { return false }
    return at + 1 < name.end && bytes[at + 1] == UInt8(ascii: "~")
  }
}
