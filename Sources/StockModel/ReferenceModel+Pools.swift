import StockEngine

// configure, move, ranked pools.

extension ReferenceModel {
  mutating func performOnPools(_ command: ShopCommand, at now: Int64) -> Answer {
    switch command {
    case .configure(let id, let item, let floor):
      guard let floor else { return Answer(.malformed, ["reason=unreadable"]) }
      return configure(id, Self.short(item), floor, now)
    case .move(let id, let from, let to, let quantity):
      return move(id, Self.short(from), Self.short(to), quantity, now)
    default: preconditionFailure("\(command) is not about pools")
    }
  }

  private mutating func configure(_ id: String, _ name: String, _ floor: Int64, _ now: Int64) -> Answer {
    once(id, "configure \(name) \(floor)", first: name, now) { model in
      model.items[name] == nil ? Answer(.unknownItem, ["\(name)=0"]) : nil
    } apply: { model in
      if model.items[name]?.floor != floor { model.move(name) { $0.floor = floor } }
    }
  }

  private mutating func move(_ id: String, _ from: String, _ to: String, _ quantity: Int64, _ now: Int64) -> Answer {
    guard from != to, Self.sku(from) == Self.sku(to) else { return Answer(.malformed, ["reason=itemName"]) }
    return once(id, "move \(from) \(to) \(quantity)", first: from, now) { model in
      guard let source = model.items[from] else { return Answer(.unknownItem, ["\(from)=0"]) }
      let movable = source.available - max(0, source.floor)
      return movable < quantity ? Answer(.soldOut, ["\(from)=\(max(0, movable))"]) : nil
    } apply: { model in
      if model.items[to] == nil { model.items[to] = Item(version: 1) }
      for (name, units) in [(from, -quantity), (to, quantity)] {
        model.move(name) {
          $0.supplied += units
          $0.available += units
        }
      }
    }
  }

  // MARK: Ranked pools

  /// Each SKU from the first pool that has all of it.
  mutating func placeRanked(_ placement: ShopCommand.Placement, isDeduct: Bool, at now: Int64) -> Answer {
    let names = placement.lines.map { Self.short($0.item) }
    if !placement.sale.isEmpty { return Answer(.malformed, ["reason=sale"]) }
    if names.contains(where: { $0.contains("@") }) { return Answer(.malformed, ["reason=itemName"]) }
    var wanted: [String: Int64] = [:]
    for (sku, line) in zip(names, placement.lines) { wanted[sku, default: 0] += line.quantity }
    let skus = names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
    let ranked = Dictionary(
      uniqueKeysWithValues: skus.map { sku in (sku, placement.pools.map { Self.short("\(sku)@\($0)") }) })
    var content = Content(
      isDeduct: isDeduct, units: [:], buyer: placement.buyer, payload: placement.payload,
      subjects: Self.sorted(placement.subjects))
    if let order = orders[placement.order] {
      // Any of the pools will do, as long as it was one and the quantity is right.
      let taken = skus.map { sku in ranked[sku, default: []].first { order.content.units[$0] != nil } }
      for (sku, item) in zip(skus, taken) { if let item { content.units[item] = wanted[sku] } }
      let isWhole = taken.allSatisfy { $0 != nil }
      if !isWhole { content.units["no item"] = 1 }
      return repeated(order, content, first: (taken.first ?? nil) ?? "no item")
    }
    if let refusal = refusalOfID(placement, at: now) { return refusal }
    let existing = ranked.mapValues { $0.filter { items[$0] != nil } }
    let unknown = skus.filter { existing[$0, default: []].isEmpty }
    if !unknown.isEmpty { return Answer(.unknownItem, unknown.map { "\($0)=0" }) }
    var asked = content
    for sku in skus { asked.units[existing[sku, default: []][0]] = wanted[sku] }
    if let refusal = overLimit(asked) { return refusal }
    var chosen: [String] = []
    var short: [String] = []
    for sku in skus {
      let (pools, quantity) = (existing[sku, default: []], wanted[sku, default: 0])
      if let item = pools.first(where: { (items[$0]?.sellable ?? 0) >= quantity }) {
        chosen.append(item)
        content.units[item] = quantity
      } else {
        short += pools.map { "\($0)=\(max(0, items[$0]?.sellable ?? 0))" }
      }
    }
    if !short.isEmpty { return Answer(.soldOut, short) }
    hold(placement, content, at: now)
    let until = "until=\(Times.text(orders[placement.order]?.deadline ?? 0, since: base))"
    return Answer(isDeduct ? .confirmed : .reserved, placedWords(chosen, content.units) + [until])
  }

  /// `main` first, then by name. If they are too many, without those of closed sales that hold nothing any more.
  func readPools(_ sku: String, at now: Int64) -> Answer {
    var all = items.keys.filter { Self.sku($0) == sku }
    if all.count > Bounds.poolsPerReadMax { all.removeAll { isSpent($0, at: now) } }
    let names = all.sorted {
      Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
    }
    return Answer(.found, names.flatMap { Answer.itemWords($0, items[$0].map(Self.numbers)) })
  }

  private func isSpent(_ name: String, at now: Int64) -> Bool {
    let parts = name.split(separator: "@~", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let sale = sales[String(parts[1])], sale.closedAt != nil || sale.opening.end <= now else {
      return false
    }
    return items[name]?.available == 0 && items[name]?.reserved == 0
  }
}
