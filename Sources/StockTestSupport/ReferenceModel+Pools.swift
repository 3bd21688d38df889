import StockEngine

// configure, move.

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
      return source.sellable < quantity ? Answer(.soldOut, ["\(from)=\(max(0, source.sellable))"]) : nil
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

  /// An item's name up to its `@`.
  static func sku(_ item: String) -> String { String(item.prefix { $0 != "@" }) }
}
