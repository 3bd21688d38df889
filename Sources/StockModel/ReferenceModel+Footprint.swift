import StockEngine

// What a command may change, so that it can be taken back, or tried on a small copy.

extension ReferenceModel {
  /// The entries that some commands read or change, as they are now.
  package struct Footprint: Sendable {
    var orders: [(id: String, value: Order?)] = []
    var retired: [(id: String, value: Retired?)] = []
    var items: [(name: String, value: Item?)] = []
    var operations: [(id: String, value: Operation?)] = []
    var sales: [(id: String, value: Sale?)] = []
    var limits: [(sku: String, value: [SKULimit]?)] = []
    var buyers: [(id: String, value: Buyer?)] = []
  }

  /// - Parameter withUses: with all that limits count for the commands' subjects; only a copy needs it.
  package func footprint(of commands: [ShopCommand], withUses: Bool = false) -> Footprint {
    var print = Footprint()
    for command in commands {
      if let id = command.operation { print.operations.append((id, operations[id])) }
      if let id = command.order { add(order: id, to: &print) }
      if let buyer = command.buyer { print.buyers.append((buyer, buyers[buyer])) }
      for name in command.itemNames { add(item: name, to: &print) }
      if let placement = command.placement {
        add(placement, withUses: withUses, to: &print)
      } else if let sale = command.sale {
        add(sale: sale, to: &print)
      }
      if case .limitSKU(_, let sku, _, _) = command { print.limits.append((sku, limits[sku])) }
      if case .pools(let sku) = command {
        for name in items.keys where Self.sku(name) == sku { add(item: name, to: &print) }
      }
    }
    return print
  }

  /// It reads its sale, and changes nothing of it but what its lines name.
  private func add(_ placement: ShopCommand.Placement, withUses: Bool, to print: inout Footprint) {
    if !placement.sale.isEmpty { print.sales.append((placement.sale, sales[placement.sale])) }
    let isReplacing = sales[placement.sale].map { $0.opening.unpaid != .allow } ?? false
    if withUses || isReplacing { addOrders(of: placement, isOpen: !withUses, to: &print) }
  }

  private func add(order id: String, to print: inout Footprint) {
    let order = orders[id]
    print.orders.append((id, order))
    print.retired.append((id, retired[id]))
    guard let order else { return }
    for name in order.lines.keys { add(item: name, to: &print) }
    if !order.content.sale.isEmpty { print.sales.append((order.content.sale, sales[order.content.sale])) }
  }

  private func add(sale id: String, to print: inout Footprint) {
    print.sales.append((id, sales[id]))
    for name in sales[id]?.sources.keys ?? [:].keys { add(item: name, to: &print) }
  }

  private func add(item name: String, to print: inout Footprint) {
    print.items.append((name, items[name]))
    let sku = Self.sku(name)
    if let known = limits[sku] { print.limits.append((sku, known)) }
  }

  private func addOrders(of placement: ShopCommand.Placement, isOpen: Bool, to print: inout Footprint) {
    var subjects = placement.subjects
    if !placement.buyer.isEmpty { subjects.append(ShopCommand.Subject("user", placement.buyer)) }
    for id in subjects.flatMap({ ordersOf[$0] ?? [] }) where !isOpen || orders[id]?.state.isOpen == true {
      add(order: id, to: &print)
    }
  }

  /// Everything is as it was when the footprint was taken.
  package mutating func restore(_ print: Footprint) {
    // Backwards: of an entry that comes twice the first is the oldest.
    for (id, value) in print.orders.reversed() {
      if value == nil, let made = orders[id] { unindex(id, made) }
      orders[id] = value
    }
    for (id, value) in print.retired.reversed() { retired[id] = value }
    for (name, value) in print.items.reversed() { items[name] = value }
    for (id, value) in print.operations.reversed() { operations[id] = value }
    for (id, value) in print.sales.reversed() { sales[id] = value }
    for (sku, value) in print.limits.reversed() { limits[sku] = value }
    for (id, value) in print.buyers.reversed() { buyers[id] = value }
  }

  /// A small model with these entries and nothing else.
  package func part(_ print: Footprint) -> ReferenceModel {
    var part = ReferenceModel(rules: rules, base: base)
    part.isDriven = isDriven
    part.restore(print)
    for id in part.orders.keys { part.index(id) }
    return part
  }
}

extension ShopCommand {
  /// What a reserve or a deduct asks for.
  package var placement: Placement? {
    if case .reserve(let placement) = self { return placement }
    if case .deduct(let placement) = self { return placement }
    return nil
  }

  /// The id of the order that it is about.
  package var order: String? {
    switch self {
    case .reserve(let placement), .deduct(let placement): placement.order
    case .confirm(let id), .cancel(let id, _), .resolve(let id), .order(let id), .extend(_, let id, _),
      .returnLines(_, let id, _, _), .confirmLines(_, let id, _, _), .cancelLines(_, let id, _, _), .ship(_, let id),
      .deliver(_, let id):
      id
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .openSale, .addToSale, .switchSale,
      .limitSKU, .flagBuyer, .sale, .sales, .buyer, .nextIDs, .get, .list, .stats, .pools:
      nil
    }
  }

  /// Its operation id.
  package var operation: String? {
    switch self {
    case .preheat(let id, _, _), .supply(let id, _), .restock(let id, _, _), .adjust(let id, _, _, _, _),
      .adjustTo(let id, _, _, _, _, _), .configure(let id, _, _), .move(let id, _, _, _), .openSale(let id, _),
      .addToSale(let id, _, _, _), .switchSale(let id, _, _), .limitSKU(let id, _, _, _), .flagBuyer(let id, _, _),
      .extend(let id, _, _), .returnLines(let id, _, _, _), .confirmLines(let id, _, _, _),
      .cancelLines(let id, _, _, _), .ship(let id, _), .deliver(let id, _):
      id
    case .reserve, .deduct, .confirm, .cancel, .resolve, .order, .get, .list, .stats, .pools, .sale, .sales, .buyer,
      .nextIDs:
      nil
    }
  }

  /// The sale that it is about or buys in.
  package var sale: String? {
    switch self {
    case .reserve(let placement), .deduct(let placement): placement.sale.isEmpty ? nil : placement.sale
    case .openSale(_, let opening): opening.sale
    case .addToSale(_, let sale, _, _), .switchSale(_, let sale, _), .sale(let sale): sale
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .limitSKU, .flagBuyer, .sales, .buyer,
      .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines, .cancelLines, .ship, .deliver, .nextIDs, .get,
      .list, .order, .stats, .pools:
      nil
    }
  }

  /// Who buys, or of whom it asks.
  package var buyer: String? {
    switch self {
    case .reserve(let placement), .deduct(let placement): placement.buyer.isEmpty ? nil : placement.buyer
    case .flagBuyer(_, let buyer, _), .buyer(let buyer): buyer
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .openSale, .addToSale, .switchSale,
      .limitSKU, .sale, .sales, .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines, .cancelLines, .ship,
      .deliver, .nextIDs, .get, .list, .order, .stats, .pools:
      nil
    }
  }

  /// The items that it names, or may touch by what it names; not those of an order that it names.
  package var itemNames: [String] {
    switch self {
    case .preheat(_, let lines, _), .supply(_, let lines): lines.map { ReferenceModel.short($0.item) }
    case .restock(_, let line, _): [ReferenceModel.short(line.item)]
    case .adjust(_, let item, _, _, _), .adjustTo(_, let item, _, _, _, _), .configure(_, let item, _):
      [ReferenceModel.short(item)]
    case .move(_, let from, let to, _): [ReferenceModel.short(from), ReferenceModel.short(to)]
    case .reserve(let placement), .deduct(let placement): Self.itemNames(placement)
    case .openSale(_, let opening):
      opening.lines.flatMap { [ReferenceModel.short($0.item), ReferenceModel.saleItem($0.item, opening.sale)] }
    case .addToSale(_, let sale, _, let lines):
      lines.flatMap { [ReferenceModel.short($0.item), ReferenceModel.saleItem($0.item, sale)] }
    case .get(let names): names.map(ReferenceModel.short)
    case .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines, .cancelLines, .ship, .deliver, .nextIDs,
      .list, .order, .stats, .pools, .switchSale, .limitSKU, .flagBuyer, .sale, .sales, .buyer:
      []
    }
  }

  private static func itemNames(_ placement: Placement) -> [String] {
    if !placement.sale.isEmpty { return placement.lines.map { ReferenceModel.saleItem($0.item, placement.sale) } }
    if placement.pools.isEmpty { return placement.lines.map { ReferenceModel.short($0.item) } }
    return placement.lines.flatMap { line in
      placement.pools.map { ReferenceModel.short("\(ReferenceModel.sku(line.item))@\($0)") }
    }
  }

  /// Changes nothing, whatever it is answered.
  package var isRead: Bool {
    switch self {
    case .get, .list, .order, .stats, .pools, .sale, .sales, .buyer: true
    case .preheat, .supply, .restock, .adjust, .adjustTo, .configure, .move, .openSale, .addToSale, .switchSale,
      .limitSKU, .flagBuyer, .reserve, .deduct, .confirm, .cancel, .extend, .resolve, .returnLines, .confirmLines,
      .cancelLines, .ship, .deliver, .nextIDs:
      false
    }
  }
}
