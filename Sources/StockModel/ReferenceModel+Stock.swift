import StockEngine

// preheat, supply, restock, adjust.

extension ReferenceModel {
  mutating func performOnStock(_ command: ShopCommand, at now: Int64) -> Answer {
    switch command {
    case .preheat(let id, let lines, let replace):
      return once(id, "preheat \(Self.text(lines)) \(replace)", first: lines[0].item, now) { model in
        let obstacles = model.obstacles(lines, replace)
        return obstacles.isEmpty ? nil : Answer(.itemExists, obstacles)
      } apply: { model in
        for line in lines { model.preheat(line) }
      }
    case .supply(let id, let lines): return supply(id, "supply \(Self.text(lines))", lines, now)
    case .restock(let id, let line, let reference):
      return supply(id, "restock \(Self.text([line])) \(reference)", [line], now)
    case .adjust(let id, let item, let by, let force, let reason):
      return adjust(id, "adjust \(Self.short(item)) by \(by) \(force) \(reason)", Self.short(item), force, now) { _ in
        by
      }
    case .adjustTo(let id, let item, let available, let version, let force, let reason):
      let content = "adjust \(Self.short(item)) to \(available) \(version) \(force) \(reason)"
      return adjust(id, content, Self.short(item), force, now) { item in
        item.version == Int64(bitPattern: version) ? available - item.available : nil
      }
    default: preconditionFailure("\(command) is not about stock")
    }
  }

  static func text(_ lines: [ShopCommand.Line]) -> String {
    lines.map { "\(short($0.item))=\($0.quantity)" }.joined(separator: " ")
  }

  /// An operation that is done once: `check` refuses, `apply` does it.
  mutating func once(
    _ id: String, _ content: String, first: String, _ now: Int64, check: (ReferenceModel) -> Answer?,
    apply: (inout ReferenceModel) -> Void
  ) -> Answer {
    let status = status(id, content)
    if status == .conflict { return Answer(.idConflict) }
    if status == .new {
      if let refusal = check(self) { return refusal }
      operations[id] = Operation(content: content, at: now)
      apply(&self)
    }
    return Answer(.done, again: status == .done, ["available=\(items[Self.short(first)]?.sellable ?? 0)"])
  }

  private func obstacles(_ lines: [ShopCommand.Line], _ replace: Bool) -> [String] {
    let names = lines.map { Self.short($0.item) }
    var words: [String] = []
    for name in names {
      if let item = items[name], !replace || item.reserved > 0 { words.append("\(name)=\(item.sellable)") }
    }
    for (index, name) in names.enumerated() where names[..<index].contains(name) { words.append("\(name)=0") }
    return words
  }

  private mutating func preheat(_ line: ShopCommand.Line) {
    let name = Self.short(line.item)
    if items[name] == nil { items[name] = Item() }
    move(name) { item in
      item.supplied += line.quantity - item.available
      item.available = line.quantity
    }
  }

  private mutating func supply(_ id: String, _ content: String, _ lines: [ShopCommand.Line], _ now: Int64) -> Answer {
    once(id, content, first: lines[0].item, now) { model in
      let unknown = lines.map { Self.short($0.item) }.filter { model.items[$0] == nil }
      return unknown.isEmpty ? nil : Answer(.unknownItem, unknown.map { "\($0)=0" })
    } apply: { model in
      for line in lines {
        model.move(Self.short(line.item)) { item in
          item.supplied += line.quantity
          item.available += line.quantity
        }
      }
    }
  }

  /// - Parameter change: by how much; nil if the version is another.
  private mutating func adjust(
    _ id: String, _ content: String, _ name: String, _ force: Bool, _ now: Int64, _ change: (Item) -> Int64?
  ) -> Answer {
    let status = status(id, content)
    if status == .conflict { return Answer(.idConflict) }
    if status == .done { return Answer(.done, again: true, ["available=\(items[name]?.sellable ?? 0)"]) }
    guard let item = items[name] else { return Answer(.unknownItem, ["\(name)=0"]) }
    guard let delta = change(item) else {
      return Answer(.versionMismatch, ["version=\(item.version)", "available=\(item.available)"])
    }
    if delta < 0 && item.available + delta < item.floor && !force {
      return Answer(.belowFloor, ["available=\(item.sellable)"])
    }
    operations[id] = Operation(content: content, at: now)
    if delta != 0 {
      move(name) { item in
        item.supplied += delta
        item.available += delta
      }
    }
    return Answer(.done, ["available=\(item.sellable + delta)"])
  }
}
