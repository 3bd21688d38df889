import StockEngine

// Answers that change with time alone, with no record between.

extension ReferenceModel {
  /// The moments behind `first`, up to `last`, at which the answer to a command may turn into another, in order: a flag ends, an expiry is
  /// too long ago to count, a sale begins or ends, an order's own time is too old. Between two of them it stays the same.
  package func turns(of command: ShopCommand, between first: Int64, and last: Int64) -> [Int64] {
    var turns: [Int64] = []
    if let buyer = command.buyer, let known = buyers[buyer] {
      if known.flag == .rule, known.until != 0 { turns.append(known.until) }
      turns += known.expiries.map { $0 + rules.unpaidPeriodMilliseconds }
    }
    if let opening = command.sale.flatMap({ sales[$0]?.opening }) { turns += [opening.start, opening.end] }
    if case .openSale(_, let opening) = command { turns.append(opening.end) }
    if let issuedAt = command.placement?.issuedAt, issuedAt != 0 {
      turns.append(issuedAt &+ rules.idRetentionMilliseconds &+ 1)
    }
    return turns.filter { $0 > first && $0 <= last }.sorted()
  }
}
