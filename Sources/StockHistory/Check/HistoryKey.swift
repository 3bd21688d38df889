import StockModel

/// Something that operations have in common.
enum HistoryKey: Hashable, Sendable {
  case order(String)
  case operation(String)
  case item(String)
  case sale(String)
  case buyer(String)
}

/// What makes two commands one and the same: a repeat has the effect of the first.
struct EffectID: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case place, confirm, cancel, resolve, operation }

  var kind: Kind
  var id: String
}

extension ShopCommand {
  /// nil: it has no effect, or one of its own each time.
  var effect: EffectID? {
    switch self {
    case .reserve(let placement), .deduct(let placement): EffectID(kind: .place, id: placement.order)
    case .confirm(let id): EffectID(kind: .confirm, id: id)
    case .cancel(let id, _): EffectID(kind: .cancel, id: id)
    case .resolve(let id): EffectID(kind: .resolve, id: id)
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .openSale, .addToSale, .switchSale,
      .limitSKU, .flagBuyer, .extend, .returnLines, .confirmLines, .cancelLines, .ship, .deliver:
      operation.map { EffectID(kind: .operation, id: $0) }
    case .nextIDs, .get, .list, .order, .stats, .pools, .sale, .sales, .buyer: nil
    }
  }

  /// What it names.
  var keys: [HistoryKey] {
    var keys: [HistoryKey] = []
    if let order { keys.append(.order(order)) }
    if let operation { keys.append(.operation(operation)) }
    for name in itemNames { keys.append(.item(name)) }
    // A placement reads its sale and changes nothing of it.
    if placement == nil, let sale { keys.append(.sale(sale)) }
    return keys
  }

  /// A confirm may be refused and yet leave a record: that a refund is due.
  var mayRefuseWithRecord: Bool {
    if case .confirm = self { return true }
    if case .confirmLines = self { return true }
    return false
  }
}
