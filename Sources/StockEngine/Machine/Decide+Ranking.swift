// A reserve or deduct that ranks pools: its lines are SKUs, each of which lies in the batch as its items in these pools, one
// behind the other. Every SKU is served whole from the first pool that can give it whole.

extension Decider {
  /// Takes what such an order asks for: all or nothing.
  @inline(never)
  mutating func placeRanked(
    _ reserve: Reserve, deducts: Bool, _ deadline: Timestamp, _ replies: inout ReplyBatch
  ) -> Reply {
    let rows = replies.placed.count
    // Limits come before the stock, and are the same whichever pool a SKU comes from.
    if let refusal = overLimitRanked(reserve, deducts: deducts, &replies) { return refusal }
    if let refusal = chooseItems(reserve, &replies) {
      replies.placed.removeLast(replies.placed.count - rows)
      return refusal
    }
    let lines = IndexRange(start: 0, count: replies.placed.count - rows)
    var chosen = UnsafeMutableBufferPointer(start: eventLines, count: Int(lines.count))
    chosen.sort { $0.item < $1.item }
    markLimited(lines)
    let placed = Event.Placed(
      order: reserve.order, buyer: reserve.buyer, payload: reserve.payload, lines: lines, deadline: deadline,
      subjects: reserve.subjects)
    emit(deducts ? .deducted(placed) : .reserved(placed))
    return Reply(
      deducts ? .confirmed : .reserved,
      .placed(IndexRange(start: rows, count: Int(lines.count)), deadline: deadline))
  }

  /// The limit that is in the way, if one is.
  private func overLimitRanked(
    _ reserve: Reserve, deducts: Bool, _ replies: inout ReplyBatch
  ) -> Reply? {
    var count = 0
    var isLimited = false
    for group in SKUs(reserve) {
      guard let quantity = quantity(of: group, in: reserve) else { continue }
      // An unknown SKU, or more than a line may have: that is said before any limit.
      guard quantity <= Bounds.quantityMax, let index = group.first(where: { item(itemKey($0)) != nil }),
        let item = item(itemKey(index))
      else { return nil }
      eventLines[count] = EventLine(item: item.pointee.number, quantity: UInt32(quantity))
      count += 1
      if !item.pointee.scope.isNone { isLimited = true }
    }
    if !isLimited { return nil }
    return overLimit(reserve, IndexRange(start: 0, count: count), deducts: deducts, &replies)
  }

  /// Chooses an item for each SKU: puts them into the event's lines and, as they will be, into the rows of the reply.
  /// - Returns: why they cannot be served.
  private func chooseItems(_ reserve: Reserve, _ replies: inout ReplyBatch) -> Reply? {
    var unknown: [ByteRange] = []
    let short = replies.shortages.count
    var count = 0
    for group in SKUs(reserve) {
      guard let quantity = quantity(of: group, in: reserve) else { continue }
      if quantity > Bounds.quantityMax { return Reply(.malformed, .malformation(.quantity)) }
      let before = replies.shortages.count
      var isServed = false
      var exists = false
      for index in group {
        guard let item = item(itemKey(index)) else { continue }
        exists = true
        if item.pointee.sellable >= quantity {
          eventLines[count] = EventLine(item: item.pointee.number, quantity: UInt32(quantity))
          count += 1
          replies.placed.append(
            PlacedLine(
              item: store(commandLines[index].item, in: &replies), quantity: quantity,
              backordered: min(quantity, max(0, quantity - item.pointee.available)),
              available: item.pointee.sellable - quantity))
          isServed = true
          break
        }
        replies.shortages.append(
          Shortage(item: store(commandLines[index].item, in: &replies), available: max(0, item.pointee.sellable)))
      }
      if isServed { replies.shortages.removeLast(replies.shortages.count - before) }
      if !exists { unknown.append(sku(group)) }
    }
    if !unknown.isEmpty {
      replies.shortages.removeLast(replies.shortages.count - short)
      for sku in unknown { replies.shortages.append(Shortage(item: store(sku, in: &replies), available: 0)) }
    }
    let rows = IndexRange(start: short, count: replies.shortages.count - short)
    if rows.isEmpty { return nil }
    return Reply(unknown.isEmpty ? .soldOut : .unknownItem, .shortages(rows))
  }

  // MARK: Repeats

  /// Whether an order is what such a command asks for: of each SKU as much, from any of the pools, and nothing else.
  func isServed(_ reserve: Reserve, _ slot: UInt32, _ home: UnsafeMutablePointer<Machine>) -> Bool {
    var count = 0
    for group in SKUs(reserve) {
      guard let quantity = quantity(of: group, in: reserve) else { continue }
      guard line(of: group, slot, home)?.quantity == UInt32(clamping: quantity) else { return false }
      count += 1
    }
    return count == home.pointee.lines(of: home.pointee.orders.pointer(slot)).count
  }

  /// The item from which such an order's first SKU was served.
  func firstItem(
    _ reserve: Reserve, _ slot: UInt32, _ home: UnsafeMutablePointer<Machine>
  ) -> UnsafeMutablePointer<Item>? {
    var groups = SKUs(reserve)
    return groups.next().flatMap { line(of: $0, slot, home) }.map { item($0.item) }
  }

  /// The order's line of one of a SKU's items.
  private func line(of group: Range<Int>, _ slot: UInt32, _ home: UnsafeMutablePointer<Machine>) -> OrderLine? {
    let lines = home.pointee.lines(of: home.pointee.orders.pointer(slot))
    for index in group {
      guard let number = item(itemKey(index))?.pointee.number else { continue }
      if let line = lines.first(where: { $0.item == number }) { return line }
    }
    return nil
  }

  // MARK: SKUs

  /// Each line's items: as many lines of the batch as there are pools.
  private struct SKUs: Sequence, IteratorProtocol {
    private var start: Int
    private let end: Int
    private let pools: Int

    init(_ reserve: Reserve) {
      start = Int(reserve.lines.start)
      end = reserve.lines.indices.upperBound
      pools = Int(reserve.pools.count)
    }

    mutating func next() -> Range<Int>? {
      guard start < end else { return nil }
      defer { start += pools }
      return start..<start + pools
    }
  }

  /// Units of a SKU over all lines that name it; nil if an earlier line names it.
  private func quantity(of group: Range<Int>, in reserve: Reserve) -> Int64? {
    var quantity: Int64 = 0
    for other in SKUs(reserve) where isSameName(other.lowerBound, group.lowerBound) {
      if other.lowerBound < group.lowerBound { return nil }
      quantity += commandLines[other.lowerBound].quantity
    }
    return quantity
  }

  /// Two lines' items of one pool are the same if their SKUs are.
  private func isSameName(_ line: Int, _ other: Int) -> Bool {
    let (left, right) = (commandLines[line].item, commandLines[other].item)
    return itemKey(line).name.hash == itemKey(other).name.hash && text(left).elementsEqual(text(right))
  }

  /// A SKU's name: that of any of its items up to the `@`.
  private func sku(_ group: Range<Int>) -> ByteRange {
    let name = commandLines[group.lowerBound].item
    let count = text(name).firstIndex(of: UInt8(ascii: "@")) ?? Int(name.count)
    return ByteRange(offset: name.start, count: count)
  }
}
