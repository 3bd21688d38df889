import StockEngine

// reserve, deduct, confirm, cancel, extend, resolve, return.

extension ReferenceModel {
  func endAnswer(_ state: OrderState) -> Answer {
    let outcome: Outcome =
      switch state {
      case .cancelled: .alreadyCancelled
      case .expired: .expired
      case .fenced: .orderFenced
      case .confirmed, .shipped, .delivered: .alreadyConfirmed
      case .returned, .reserved, .deferred: .wrongState
      }
    return Answer(outcome, ["state=\(state.name)"])
  }

  private func available(_ item: String) -> String { "available=\(items[Self.short(item)]?.sellable ?? 0)" }

  // MARK: reserve, deduct

  mutating func place(_ placement: ShopCommand.Placement, isDeduct: Bool, at now: Int64) -> Answer {
    if !placement.pools.isEmpty { return placeRanked(placement, isDeduct: isDeduct, at: now) }
    let names = Self.itemNames(placement)
    var units: [String: Int64] = [:]
    for (line, name) in zip(placement.lines, names) { units[name, default: 0] += line.quantity }
    let content = Content(
      isDeduct: isDeduct, units: units, buyer: placement.buyer, payload: placement.payload, sale: placement.sale,
      subjects: Self.sorted(placement.subjects))
    if let order = orders[placement.order] { return repeated(order, content, first: names[0]) }
    if let refusal = refusalOfID(placement, at: now) { return refusal }
    if !placement.sale.isEmpty { return placeInSale(placement, content, names, at: now) }
    if let refusal = unknown(names) ?? overLimit(content) ?? short(names, units) { return refusal }
    return take(placement, content, first: names[0], at: now)
  }

  /// What is refused whatever the stock is.
  func refusalOfID(_ placement: ShopCommand.Placement, at now: Int64) -> Answer? {
    if let gone = retired[placement.order] {
      return gone.state.isSold ? Answer(.confirmed, again: true, ["state=\(gone.state.name)"]) : endAnswer(gone.state)
    }
    if placement.issuedAt != 0 && now - placement.issuedAt > rules.idRetentionMilliseconds { return Answer(.tooOld) }
    return placement.holdMilliseconds > rules.holdMillisecondsMax ? Answer(.holdTooLong) : nil
  }

  /// Takes the units and makes the order.
  mutating func hold(
    _ placement: ShopCommand.Placement, _ content: Content, isDeferred: Bool = false, at now: Int64
  ) {
    for (item, quantity) in content.units where !isDeferred {
      move(item) {
        $0.available -= quantity
        if content.isDeduct { $0.sold += quantity } else { $0.reserved += quantity }
      }
    }
    var hold = placement.holdMilliseconds
    if hold == 0 { hold = sales[content.sale]?.opening.payMilliseconds ?? 0 }
    if hold == 0 { hold = rules.holdMilliseconds }
    var lines: [String: Line] = [:]
    for (item, quantity) in content.units {
      lines[item] = Line(quantity: quantity)
      lines[item]?.confirmed = content.isDeduct ? quantity : 0
      lines[item]?.isCounted = content.sale.isEmpty && limits[Self.sku(item)] != nil
    }
    orders[placement.order] = Order(
      state: content.isDeduct ? .confirmed : (isDeferred ? .deferred : .reserved), content: content, lines: lines,
      deadline: content.isDeduct ? now : now + hold, createdAt: now, changedAt: now)
    index(placement.order)
  }

  /// What was taken of each item, in the order in which the lines name them.
  func placedWords(_ lines: [String], _ units: [String: Int64]) -> [String] {
    let names = lines.map(Self.short)
    return names.indices.filter { !names[..<$0].contains(names[$0]) }.flatMap { index -> [String] in
      guard let item = items[names[index]], let quantity = units[names[index]] else { return [] }
      return Answer.placedWords(names[index], quantity, min(quantity, max(0, -item.available)), item.sellable)
    }
  }

  /// `sku@~sale` in a sale.
  private static func itemNames(_ placement: ShopCommand.Placement) -> [String] {
    placement.lines.map { line in
      placement.sale.isEmpty ? short(line.item) : saleItem(line.item, placement.sale)
    }
  }

  /// Everything was checked: the order is made.
  mutating func take(
    _ placement: ShopCommand.Placement, _ content: Content, first: String, isDeferred: Bool = false, at now: Int64
  ) -> Answer {
    hold(placement, content, isDeferred: isDeferred, at: now)
    let until = "until=\(Times.text(orders[placement.order]?.deadline ?? 0, since: base))"
    if !isDeferred, content.units.keys.contains(where: { (items[$0]?.available ?? 0) < 0 }) {
      return Answer(
        content.isDeduct ? .confirmed : .reserved, placedWords(placement.lines.map(\.item), content.units) + [until])
    }
    if content.isDeduct { return Answer(.confirmed, [available(first)]) }
    return Answer(isDeferred ? .deferred : .reserved, [available(first), until])
  }

  func unknown(_ names: [String]) -> Answer? {
    let unknown = names.filter { items[$0] == nil }
    return unknown.isEmpty ? nil : Answer(.unknownItem, unknown.map { "\($0)=0" })
  }

  func short(_ names: [String], _ units: [String: Int64]) -> Answer? {
    var short: [String] = []
    for (index, name) in names.enumerated() where !names[..<index].contains(name) {
      guard let item = items[name], let wanted = units[name] else { continue }
      if item.sellable < wanted { short.append("\(name)=\(max(0, item.sellable))") }
    }
    return short.isEmpty ? nil : Answer(.soldOut, short)
  }

  func repeated(_ order: Order, _ content: Content, first: String) -> Answer {
    if order.state == .fenced { return Answer(.orderFenced, ["state=fenced"]) }
    guard order.content == content else { return Answer(.idConflict, ["state=\(order.state.name)"]) }
    switch order.state {
    case .reserved, .deferred:
      return Answer(
        order.state == .deferred ? .deferred : .reserved, again: true,
        [available(first), "until=\(Times.text(order.deadline, since: base))"])
    case .confirmed, .shipped, .delivered:
      return Answer(order.isLate ? .lateConfirmed : .confirmed, again: true, [available(first)])
    case .cancelled, .expired, .returned, .fenced: return endAnswer(order.state)
    }
  }

  // MARK: confirm, cancel

  mutating func confirm(_ id: String, at now: Int64) -> Answer {
    if let late = confirmOfRest(id) { return late }
    if let gone = retired[id] {
      if gone.state.isSold { return Answer(.confirmed, again: true) }
      if gone.state != .returned { retired[id]?.isRefundRequired = true }
      return endAnswer(gone.state)
    }
    guard let order = orders[id] else { return Answer(.noSuchOrder) }
    switch order.state {
    case .reserved:
      sell(id, open(order))
      settle(id, unsold: .confirmed, now)
      return Answer(.confirmed)
    case .deferred: return confirmDeferred(id, order, at: now)
    case .confirmed, .shipped, .delivered: return Answer(order.isLate ? .lateConfirmed : .confirmed, again: true)
    case .expired: return confirmLate(id, order, at: now)
    case .cancelled, .fenced:
      orders[id]?.isRefundRequired = true
      return endAnswer(order.state)
    case .returned: return endAnswer(.returned)
    }
  }

  /// A part was sold, and the rest went back: what is paid for the rest goes back, too.
  mutating func confirmOfRest(_ id: String) -> Answer? {
    guard let rest = orders[id]?.rest ?? retired[id]?.rest, let state = orders[id]?.state ?? retired[id]?.state else {
      return nil
    }
    orders[id]?.isRefundRequired = true
    retired[id]?.isRefundRequired = true
    return Answer(rest == .expired ? .expired : .alreadyCancelled, ["state=\(state.name)"])
  }

  private mutating func confirmLate(_ id: String, _ order: Order, at now: Int64) -> Answer {
    let isStrict = sales[order.content.sale]?.opening.isStrict ?? false
    let expired = order.lines.mapValues(\.expired).filter { $0.value > 0 }
    guard !order.isRefundRequired, !isStrict, isThere(expired), canCountAgain(order, expired) else {
      orders[id]?.isRefundRequired = true
      return endAnswer(.expired)
    }
    for item in expired.keys { orders[id]?.lines[item]?.expired = 0 }
    take(id, expired, at: now)
    orders[id]?.isLate = true
    return Answer(.lateConfirmed)
  }

  private mutating func confirmDeferred(_ id: String, _ order: Order, at now: Int64) -> Answer {
    guard isThere(open(order)) else {
      giveBack(id, open(order), to: \.cancelled)
      end(id, .cancelled, now)
      orders[id]?.isRefundRequired = true
      return Answer(.soldOut)
    }
    take(id, open(order), at: now)
    return Answer(.confirmed)
  }

  private func isThere(_ units: [String: Int64]) -> Bool {
    units.allSatisfy { (items[$0]?.sellable ?? 0) >= $1 }
  }

  /// available -> sold.
  private mutating func take(_ id: String, _ units: [String: Int64], at now: Int64) {
    for (item, quantity) in units {
      orders[id]?.lines[item]?.confirmed += quantity
      move(item) {
        $0.available -= quantity
        $0.sold += quantity
      }
    }
    end(id, .confirmed, now)
  }

  mutating func cancel(_ id: String, at now: Int64) -> Answer {
    guard let state = orders[id]?.state ?? retired[id]?.state else {
      fence(id, now)
      return Answer(.fenced)
    }
    if (orders[id]?.rest ?? retired[id]?.rest) == .cancelled { return Answer(.cancelled, again: true) }
    switch state {
    case .reserved, .deferred:
      giveBack(id, orders[id].map(open) ?? [:], to: \.cancelled)
      settle(id, unsold: .cancelled, isRest: true, now)
      return Answer(.cancelled)
    case .cancelled: return Answer(.cancelled, again: true)
    case .fenced: return Answer(.fenced, again: true)
    case .confirmed, .shipped, .delivered, .expired, .returned: return endAnswer(state)
    }
  }

  private mutating func fence(_ id: String, _ now: Int64) {
    orders[id] = Order(
      state: .fenced, content: Content(isDeduct: false, units: [:], buyer: "", payload: ""), lines: [:], deadline: now,
      createdAt: now, changedAt: now)
  }

  // MARK: resolve, extend, return

  mutating func resolve(_ id: String, at now: Int64) -> Answer {
    if let state = orders[id]?.state ?? retired[id]?.state { return Answer(.found, ["state=\(state.name)"]) }
    fence(id, now)
    return Answer(.fenced)
  }

  /// What can be bought of an extended cart's first item is left open: the log keeps no order of lines.
  mutating func extend(_ operation: String, _ id: String, _ hold: Int64, at now: Int64) -> Answer {
    let content = "extend \(id) \(hold)"
    let status = status(operation, content)
    if status == .conflict { return Answer(.idConflict) }
    if let gone = retired[id] { return endAnswer(gone.state) }
    guard var order = orders[id] else { return Answer(.noSuchOrder) }
    guard order.state.isOpen else { return endAnswer(order.state) }
    if status == .new {
      if hold > rules.holdMillisecondsMax { return Answer(.holdTooLong) }
      operations[operation] = Operation(content: content, at: now)
      if now + hold > order.deadline {
        order.deadline = now + hold
        order.changedAt = now
        orders[id] = order
        note(due: order.deadline)
      }
    }
    return Answer(
      order.state == .deferred ? .deferred : .extended, again: status == .done,
      ["until=\(Times.text(order.deadline, since: base))"])
  }

  mutating func returnLines(
    _ operation: String, _ id: String, _ lines: [ShopCommand.Line], _ isScrapped: Bool, at now: Int64
  ) -> Answer {
    let content = "return \(id) \(Self.text(lines)) \(isScrapped)"
    switch status(operation, content) {
    case .conflict: return Answer(.idConflict)
    case .done: return Answer(.returned, again: true)
    case .new: break
    }
    if retired[id] != nil { return Answer(.tooOld) }
    guard var order = orders[id] else { return Answer(.noSuchOrder) }
    guard order.state.isSold || (order.state.isOpen && order.lines.values.contains { $0.out > 0 }) else {
      return Answer(.wrongState, ["state=\(order.state.name)"])
    }
    var units: [String: Int64] = [:]
    for line in lines { units[Self.short(line.item), default: 0] += line.quantity }
    if lines.isEmpty { units = order.lines.mapValues(\.out).filter { $0.value > 0 } }
    for (item, quantity) in units {
      guard let line = order.lines[item], line.out >= quantity else { return Answer(.exceedsSold) }
    }
    operations[operation] = Operation(content: content, at: now)
    for (item, quantity) in units {
      order.lines[item]?.returned += quantity
      for limit in limits[Self.sku(item)] ?? [] where limit.measure == .units && limit.isGivenBackOnReturn {
        order.lines[item]?.givenBack[limit.dimension, default: 0] += quantity
      }
      move(item) {
        $0.sold -= quantity
        if isScrapped { $0.scrapped += quantity } else { $0.available += quantity }
      }
    }
    orders[id] = order
    let isAllBack = order.lines.values.allSatisfy { $0.open == 0 && $0.out == 0 }
    if isAllBack { end(id, .returned, now) }
    return Answer(.returned, ["state=\(isAllBack ? OrderState.returned.name : order.state.name)"])
  }
}
