import StockEngine
import StockWire

// How a reply becomes a success. Nil: no server answers this to that command.

extension Hold {
  init?(_ reply: WireReply) {
    switch (reply.outcome, reply.body) {
    case (.reserved, .hold(let available, let deadline)), (.extended, .hold(let available, let deadline)):
      self.init(
        state: .reserved, available: available, deadline: deadline, isRepeat: reply.isRepeat, lsn: reply.lsn)
    case (.deferred, .hold(let available, let deadline)):
      self.init(
        state: .deferred, available: available, deadline: deadline, isRepeat: reply.isRepeat, lsn: reply.lsn)
    case (.reserved, .placed(let lines, let deadline)):
      self.init(
        state: .reserved, available: lines.first?.available, deadline: deadline, isRepeat: reply.isRepeat,
        lsn: reply.lsn, lines: lines)
    case (.confirmed, let body), (.lateConfirmed, let body):
      self.init(
        state: body.state ?? .confirmed, available: body.available, deadline: nil, isRepeat: reply.isRepeat,
        lsn: reply.lsn)
    default: return nil
    }
  }
}

extension Sale {
  init?(_ reply: WireReply) {
    guard reply.outcome == .confirmed || reply.outcome == .lateConfirmed else { return nil }
    self.init(
      isLate: reply.outcome == .lateConfirmed, available: reply.body.available, isRepeat: reply.isRepeat,
      lsn: reply.lsn, lines: reply.body.placed)
  }
}

extension Cancellation {
  init?(_ reply: WireReply) {
    guard reply.outcome == .cancelled || reply.outcome == .fenced else { return nil }
    self.init(isFenced: reply.outcome == .fenced, isRepeat: reply.isRepeat, lsn: reply.lsn)
  }
}

extension Resolution {
  init?(_ reply: WireReply) {
    switch (reply.outcome, reply.body) {
    case (.fenced, _): self.init(state: .fenced, lsn: reply.lsn)
    case (.found, .state(let state)): self.init(state: state, lsn: reply.lsn)
    default: return nil
    }
  }
}

extension ReturnReceipt {
  init?(_ reply: WireReply) {
    guard reply.outcome == .returned else { return nil }
    self.init(state: reply.body.state, isRepeat: reply.isRepeat, lsn: reply.lsn)
  }
}

extension OrderChange {
  /// - Parameter outcome: what the command answers when it took effect.
  init?(_ reply: WireReply, _ outcome: Outcome) {
    guard reply.outcome == outcome else { return nil }
    self.init(state: reply.body.state, isRepeat: reply.isRepeat, lsn: reply.lsn)
  }
}

extension IssuedIDs {
  init?(_ reply: WireReply) {
    guard reply.outcome == .done, case .ids(let first, let count) = reply.body, count > 0,
      first <= UInt64.max - UInt64(count - 1)
    else { return nil }
    self.init(ids: first...first + UInt64(count - 1), lsn: reply.lsn)
  }
}

extension StockChange {
  init?(_ reply: WireReply) {
    guard reply.outcome == .done, let available = reply.body.available else { return nil }
    self.init(available: available, isRepeat: reply.isRepeat, lsn: reply.lsn)
  }
}

extension OperationReceipt {
  init?(_ reply: WireReply) {
    guard reply.outcome == .done else { return nil }
    self.init(isRepeat: reply.isRepeat, lsn: reply.lsn)
  }
}

extension Reading {
  /// - Parameter value: the value in a found reply's body.
  init?(_ reply: WireReply, _ value: (WireReply.Body) -> Value?) {
    guard reply.outcome == .found, let value = value(reply.body) else { return nil }
    self.init(value: value, lsn: reply.lsn)
  }
}

extension WireReply.Body {
  fileprivate var available: Int64? {
    switch self {
    case .hold(let available, _), .available(let available): available
    case .placed(let lines, _): lines.first?.available
    case .none, .state, .shortages, .items, .page, .order, .version, .malformation, .stats, .history, .demand, .limit,
      .unpaid, .sales, .buyer, .ids:
      nil
    }
  }

  fileprivate var state: OrderState? {
    switch self {
    case .state(let state): state
    case .none, .hold, .available, .placed, .shortages, .items, .page, .order, .version, .malformation, .stats,
      .history, .demand, .limit, .unpaid, .sales, .buyer, .ids:
      nil
    }
  }

  fileprivate var placed: [WirePlacedLine] {
    guard case .placed(let lines, _) = self else { return [] }
    return lines
  }

  var items: [WireBalance]? {
    guard case .items(let items) = self else { return nil }
    return items
  }

  var page: ItemPage? {
    guard case .page(let items, let next) = self else { return nil }
    return ItemPage(items: items, next: next == 0 ? nil : next)
  }

  var order: WireOrder? {
    guard case .order(let order) = self else { return nil }
    return order
  }

  var stats: StoreStats? {
    guard case .stats(let stats) = self else { return nil }
    return stats
  }

  var demand: WireDemand? {
    guard case .demand(let demand) = self else { return nil }
    return demand
  }

  var history: HistoryPage? {
    guard case .history(let changes, let completeSince) = self else { return nil }
    return HistoryPage(changes: changes, completeSince: completeSince)
  }

  var sale: WireSale? {
    guard case .sales(let sales, _) = self else { return nil }
    return sales.first
  }

  var sales: SalePage? {
    guard case .sales(let sales, let next) = self else { return nil }
    return SalePage(sales: sales, next: next == 0 ? nil : next)
  }

  var buyer: WireBuyer? {
    guard case .buyer(let buyer) = self else { return nil }
    return buyer
  }
}
