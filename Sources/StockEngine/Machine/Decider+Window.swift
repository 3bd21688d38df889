// A batch is decided in windows. For each: hash every key and learn which shards are needed; take their locks; decide, asking
// all the while for the cache lines of the commands that come next: of the indexes first, then of what they point to.

extension Command {
  /// The order that the command is about.
  var order: ByteRange? {
    switch self {
    case .reserve(let reserve), .deduct(let reserve): reserve.order
    case .confirm(let confirm): confirm.order
    case .cancel(let cancel): cancel.order
    case .extend(let extend): extend.order
    case .resolve(let resolve): resolve.order
    case .returnLines(let returned): returned.order
    case .ship(let mark), .deliver(let mark): mark.order
    case .confirmLines(let confirm): confirm.order
    case .cancelLines(let cancel): cancel.order
    case .order(let read): read.order
    case .preheat, .supply, .restock, .adjust, .limitSKU, .openSale, .addToSale, .switchSale, .flagBuyer, .get, .list,
      .history, .demand, .stats, .sale, .sales, .buyer, .malformed, .nextIDs, .configureItem, .move, .pools:
      nil
    }
  }

  var operation: ByteRange? {
    switch self {
    case .preheat(let preheat): preheat.operation
    case .supply(let supply): supply.operation
    case .restock(let restock): restock.operation
    case .adjust(let adjust): adjust.operation
    case .configureItem(let configure): configure.operation
    case .move(let move): move.operation
    case .extend(let extend): extend.operation
    case .returnLines(let returned): returned.operation
    case .limitSKU(let limit): limit.operation
    case .openSale(let open): open.operation
    case .addToSale(let addition): addition.operation
    case .switchSale(let change): change.operation
    case .flagBuyer(let flag): flag.operation
    case .ship(let mark), .deliver(let mark): mark.operation
    case .confirmLines(let confirm): confirm.operation
    case .cancelLines(let cancel): cancel.operation
    case .reserve, .deduct, .confirm, .cancel, .resolve, .get, .list, .order, .history, .demand, .stats, .sale, .sales,
      .buyer,
      .nextIDs, .malformed, .pools:
      nil
    }
  }

  var lines: IndexRange {
    switch self {
    case .reserve(let reserve), .deduct(let reserve): reserve.lines
    case .preheat(let preheat): preheat.lines
    case .supply(let supply): supply.lines
    case .restock(let restock): restock.line
    case .returnLines(let returned): returned.lines
    case .confirmLines(let confirm): confirm.lines
    case .cancelLines(let cancel): cancel.lines
    case .openSale(let open): open.stock.lines
    case .addToSale(let addition): addition.stock.lines
    case .get(let get): get.lines
    case .confirm, .cancel, .extend, .resolve, .order, .adjust, .configureItem, .move, .limitSKU, .switchSale,
      .flagBuyer,
      .list, .history, .demand, .stats, .pools, .sale, .sales, .buyer, .ship, .deliver, .nextIDs, .malformed:
      .empty
    }
  }

  /// A reserve or deduct in a sale.
  @inline(__always)
  var inSale: (sale: ByteRange, buyer: ByteRange, subjects: ByteRange)? {
    switch self {
    case .reserve(let reserve), .deduct(let reserve):
      reserve.sale.isEmpty ? nil : (reserve.sale, reserve.buyer, reserve.subjects)
    default: nil
    }
  }

  /// An item that it names without a line. (The pools of a SKU lie together, so one end of a move stands for both.)
  var looseItem: ByteRange? {
    switch self {
    case .adjust(let adjust): adjust.item
    case .configureItem(let configure): configure.item
    case .move(let move): move.from
    case .pools(let pools): pools.sku
    case .preheat, .supply, .restock, .reserve, .deduct, .confirm, .cancel, .extend, .resolve, .returnLines, .ship,
      .deliver, .confirmLines, .cancelLines, .limitSKU, .openSale, .addToSale, .switchSale, .flagBuyer, .get, .list,
      .order, .history, .demand, .stats, .sale, .sales, .buyer, .nextIDs, .malformed:
      nil
    }
  }

  /// Is about an order that is probably there.
  var expectsOrder: Bool {
    switch self {
    case .confirm, .cancel, .extend, .resolve, .returnLines, .order, .ship, .deliver, .confirmLines, .cancelLines: true
    case .reserve, .deduct, .preheat, .supply, .restock, .adjust, .limitSKU, .openSale, .addToSale, .switchSale,
      .flagBuyer, .get, .list, .history, .demand, .stats, .sale, .sales, .buyer, .malformed, .nextIDs, .configureItem,
      .move,
      .pools:
      false
    }
  }

  /// Walks all items or all shards.
  var needsEveryShard: Bool {
    switch self {
    case .list, .stats, .sales, .pools: true
    case .preheat, .supply, .restock, .adjust, .limitSKU, .reserve, .deduct, .confirm, .cancel, .extend, .resolve,
      .returnLines, .openSale, .addToSale, .switchSale, .flagBuyer, .get, .order, .history, .demand, .sale, .buyer,
      .malformed,
      .ship, .deliver, .confirmLines, .cancelLines, .nextIDs, .configureItem, .move:
      // The pools of sales lie where the sales do.
      false
    }
  }
}

extension Decider {
  /// Takes the window that begins at `start` and hashes its keys.
  /// - Returns: the shards that its commands name. An order may need more: see `shardsOfOrders`.
  mutating func openWindow(of commands: UnsafeBufferPointer<Command>, from start: Int) -> ShardSet {
    var shards = ShardSet()
    var lineStart = -1
    var lineEnd = 0
    var index = start
    let isSingle = machines.isSingle
    if isSingle { shards.insert(0) }
    while index < commands.count && index - start < Self.windowCommandsMax {
      let command = commands[index]
      let lines = command.lines.indices
      if !lines.isEmpty {
        if lineStart < 0 { (lineStart, lineEnd) = (lines.lowerBound, lines.lowerBound) }
        // Front ends append lines in the order of the commands; a command that does not keep to it opens a window of its own.
        guard lines.lowerBound >= lineEnd, lines.upperBound - lineStart <= Self.windowLinesMax else { break }
        for line in lines {
          let name = commandLines[line].item
          let key = ItemKey(bytes + name.start, count: Int(name.count), seed: keySeed)
          (itemKeys + (line - lineStart)).initialize(to: key)
          if !isSingle { shards.insert(machines.shard(of: key.partition)) }
        }
        lineEnd = lines.upperBound
      }
      if let order = command.order {
        let key = key(order)
        (orderKeys + (index - start)).initialize(to: key)
        if !isSingle { shards.insert(machines.shard(of: key.partition)) }
      }
      if !isSingle { addRareShards(of: command, to: &shards) }
      index += 1
      // What walks all items or shards takes long enough for one holding of the locks.
      if command.needsEveryShard { break }
    }
    window = start..<index
    windowLines = max(lineStart, 0)..<max(lineStart, lineEnd, 0)
    return shards
  }

  private func addRareShards(of command: Command, to shards: inout ShardSet) {
    if let operation = command.operation { shards.insert(machines.shard(of: key(operation).partition)) }
    switch command {
    // Whether the buyer is flagged stands with the buyer.
    case .reserve(let reserve) where !reserve.sale.isEmpty && !reserve.buyer.isEmpty:
      shards.insert(machines.shard(of: key(reserve.buyer).partition))
      shards.insert(machines.shard(of: key(reserve.sale).partition))
    case .deduct(let reserve) where !reserve.sale.isEmpty && !reserve.buyer.isEmpty:
      shards.insert(machines.shard(of: key(reserve.buyer).partition))
    case .openSale(let open): shards.insert(machines.shard(of: key(open.sale).partition))
    case .addToSale(let addition): shards.insert(machines.shard(of: key(addition.sale).partition))
    case .switchSale(let change): shards.insert(machines.shard(of: key(change.sale).partition))
    case .sale(let read): shards.insert(machines.shard(of: key(read.sale).partition))
    case .limitSKU(let limit): shards.insert(machines.shard(of: key(limit.item).partition))
    case .flagBuyer(let flag): shards.insert(machines.shard(of: key(flag.buyer).partition))
    case .buyer(let read): shards.insert(machines.shard(of: key(read.buyer).partition))
    case .nextIDs: shards.insert(machines.shard(of: .ofStore))
    default: break
    }
    if let item = command.looseItem { shards.insert(machines.shard(of: itemKey(named: item).partition)) }
    if command.needsEveryShard { shards.formUnion(.all(machines.shardCount)) }
  }

  /// The shards of the lines of every order that the window's commands name. What stands in a home whose lock is held stays
  /// so: if this is a subset of what is held, the window can be decided.
  func shardsOfOrders(_ commands: UnsafeBufferPointer<Command>) -> ShardSet {
    var shards = ShardSet()
    for index in window where commands[index].order != nil && !PlantedBug.shardsOfOrderForgotten.isPlanted {
      let key = orderKeys[index - window.lowerBound]
      let home = machines.machine(key.partition)
      guard case .record(let slot) = home.pointee.findOrder(key) else {
        if case .reserve(let reserve) = commands[index], !reserve.sale.isEmpty { addUnpaid(reserve, to: &shards) }
        continue
      }
      add(slot, home, to: &shards)
    }
    return shards
  }

  private func add(_ slot: UInt32, _ home: UnsafeMutablePointer<Machine>, to shards: inout ShardSet) {
    let order = home.pointee.orders.pointer(slot)
    for line in home.pointee.lines(of: order) { shards.insert(machines.shard(of: line.item.partition)) }
    if let buyer = shardOfBuyer(order, home) { shards.insert(buyer) }
  }

  /// An unpaid order of the same buyer may be expired or replaced: its shards are needed too, and its home's to see them.
  private func addUnpaid(_ reserve: Reserve, to shards: inout ShardSet) {
    guard !reserve.buyer.isEmpty, let scope = sale(reserve.sale), scope.pointee.switches.unpaid != .allow else {
      return
    }
    let machine = machines.machine(scope.pointee.number.partition)
    for line in reserve.lines.indices {
      guard let item = item(itemKey(line)) else { continue }
      let key = machine.pointee.unpaidKey(text(reserve.buyer), item.pointee.number)
      guard let slot = machine.pointee.findUnpaid(key) else { continue }
      machine.pointee.withKey(of: machine.pointee.unpaid[slot].order) { key in
        let home = machines.shard(of: key.partition)
        shards.insert(home)
        guard machines.held.contains(home),
          case .record(let order) = machines.machine(key.partition).pointee.findOrder(key)
        else { return }
        add(order, machines.machine(key.partition), to: &shards)
      }
    }
  }

  /// How many commands ahead of the one that is decided the indexes are asked for; what they point to, half as many. Memory
  /// then works while commands are decided (a random access takes 100 to 160 ns, a reserve about as long).
  private static let distance = 32

  /// Asks for the memory of the window's first commands.
  mutating func beginTouching(_ commands: UnsafeBufferPointer<Command>) {
    // Another window may have other machines.
    lastSale = nil
    touchesLimits = false
    if window.count == 1 {
      useLookups[0] = UseLookups.Made()
      return
    }
    for index in window.prefix(Self.distance) { touchIndexes(commands[index], index) }
    for index in window.prefix(Self.distance / 2) { touchEntries(commands[index], index) }
    touchesLimits = machines.hasLimitedSKUs
    if touchesLimits {
      for index in window.prefix(Self.distance / 4) { touchLimit(commands[index], index) }
      for index in window.prefix(Self.distance / 8) { touchLimitedUses(commands[index], index) }
    }
  }

  /// Asks for the memory of the commands that come a little after this one.
  @inline(__always)
  mutating func touchAhead(of index: Int, _ commands: UnsafeBufferPointer<Command>) {
    let far = index &+ Self.distance
    if far < window.upperBound { touchIndexes(commands[far], far) }
    let near = index &+ Self.distance / 2
    if near < window.upperBound { touchEntries(commands[near], near) }
    if touchesLimits { touchLimitsAhead(of: index, commands) }
  }

  @inline(never)
  private mutating func touchLimitsAhead(of index: Int, _ commands: UnsafeBufferPointer<Command>) {
    let third = index &+ Self.distance / 4
    if third < window.upperBound { touchLimit(commands[third], third) }
    let fourth = index &+ Self.distance / 8
    if fourth < window.upperBound { touchLimitedUses(commands[fourth], fourth) }
  }

  @inline(__always)
  private mutating func touchIndexes(_ command: Command, _ index: Int) {
    for line in command.lines.indices { touchIndex(itemKeys[line - windowLines.lowerBound]) }
    if command.order != nil {
      let key = orderKeys[index - window.lowerBound]
      machines.machine(key.partition).pointee.partition(key.partition).pointee.orders.prefetchEntry(key.hash)
    }
    if let asked = command.inSale {
      touchUseIndexes(sale: asked.sale, buyer: asked.buyer, subjects: asked.subjects, index)
    }
  }

  @inline(__always)
  private mutating func touchEntries(_ command: Command, _ index: Int) {
    for line in command.lines.indices { touchItem(itemKeys[line - windowLines.lowerBound]) }
    if command.expectsOrder { touchOrder(orderKeys[index - window.lowerBound]) }
    if command.inSale != nil { touchUses(index) }
  }

  @inline(__always)
  private func touchIndex(_ key: ItemKey) {
    machines.machine(key.partition).pointee.partition(key.partition).pointee.items.prefetchEntry(key.name.hash)
  }

  @inline(__always)
  private func touchItem(_ key: ItemKey) {
    let machine = machines.machine(key.partition)
    let index = machine.pointee.partition(key.partition)
    var probe = index.pointee.items.probe(key.name.hash)
    if let slot = index.pointee.items.next(&probe) { prefetch(machine.pointee.items.pointer(slot)) }
  }

  @inline(__always)
  private func touchOrder(_ key: Key) {
    let machine = machines.machine(key.partition)
    let index = machine.pointee.partition(key.partition)
    var probe = index.pointee.orders.probe(key.hash)
    if let slot = index.pointee.orders.next(&probe), slot & PartitionState.fingerprintBit == 0 {
      prefetch(machine.pointee.orders.pointer(slot))
      prefetch(UnsafeRawPointer(machine.pointee.orders.pointer(slot)) + 64)
    }
  }
}
