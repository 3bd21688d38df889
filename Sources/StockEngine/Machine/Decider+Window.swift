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
    case .order(let read): read.order
    case .preheat, .supply, .restock, .adjust, .configureItem, .move, .get, .list, .history, .stats, .pools, .malformed:
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
    case .reserve, .deduct, .confirm, .cancel, .resolve, .get, .list, .order, .history, .stats, .pools, .malformed: nil
    }
  }

  var lines: IndexRange {
    switch self {
    case .reserve(let reserve), .deduct(let reserve): reserve.lines
    case .preheat(let preheat): preheat.lines
    case .supply(let supply): supply.lines
    case .restock(let restock): restock.line
    case .returnLines(let returned): returned.lines
    case .get(let get): get.lines
    case .confirm, .cancel, .extend, .resolve, .order, .adjust, .configureItem, .move, .list, .history, .stats,
      .pools, .malformed:
      .empty
    }
  }

  /// An item that it names without a line. (The pools of a SKU lie together, so one end of a move stands for both.)
  var looseItem: ByteRange? {
    switch self {
    case .adjust(let adjust): adjust.item
    case .configureItem(let configure): configure.item
    case .move(let move): move.from
    case .pools(let pools): pools.sku
    case .preheat, .supply, .restock, .reserve, .deduct, .confirm, .cancel, .extend, .resolve, .returnLines, .get,
      .list,
      .order, .history, .stats, .malformed:
      nil
    }
  }

  /// Is about an order that is probably there.
  var expectsOrder: Bool {
    switch self {
    case .confirm, .cancel, .extend, .resolve, .returnLines, .order: true
    case .reserve, .deduct, .preheat, .supply, .restock, .adjust, .configureItem, .move, .get, .list, .history, .stats,
      .pools, .malformed:
      false
    }
  }

  /// Walks all items or all shards.
  var needsEveryShard: Bool {
    switch self {
    // The pools of sales lie where the sales do.
    case .list, .stats, .pools: true
    case .preheat, .supply, .restock, .adjust, .configureItem, .move, .reserve, .deduct, .confirm, .cancel, .extend,
      .resolve, .returnLines, .get, .order, .history, .malformed:
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
    }
    window = start..<index
    windowLines = max(lineStart, 0)..<max(lineStart, lineEnd, 0)
    return shards
  }

  private func addRareShards(of command: Command, to shards: inout ShardSet) {
    if let operation = command.operation { shards.insert(machines.shard(of: key(operation).partition)) }
    if let item = command.looseItem { shards.insert(machines.shard(of: itemKey(named: item).partition)) }
    if command.needsEveryShard { shards.formUnion(.all(machines.shardCount)) }
  }

  /// The shards of the lines of every order that the window's commands name. What stands in a home whose lock is held stays
  /// so: if this is a subset of what is held, the window can be decided.
  func shardsOfOrders(_ commands: UnsafeBufferPointer<Command>) -> ShardSet {
    var shards = ShardSet()
    for index in window where commands[index].order != nil {
      let key = orderKeys[index - window.lowerBound]
      let home = machines.machine(key.partition)
      guard case .record(let slot) = home.pointee.findOrder(key) else { continue }
      for line in home.pointee.lines(of: home.pointee.orders.pointer(slot)) {
        shards.insert(machines.shard(of: line.item.partition))
      }
    }
    return shards
  }

  /// How many commands ahead of the one that is decided the indexes are asked for; what they point to, half as many. Memory
  /// then works while commands are decided (a random access takes 100 to 160 ns, a reserve about as long).
  private static let distance = 32

  /// Asks for the memory of the window's first commands.
  func beginTouching(_ commands: UnsafeBufferPointer<Command>) {
    if window.count == 1 { return }
    for index in window.prefix(Self.distance) { touchIndexes(commands[index], index) }
    for index in window.prefix(Self.distance / 2) { touchEntries(commands[index], index) }
  }

  /// Asks for the memory of the commands that come a little after this one.
  @inline(__always)
  func touchAhead(of index: Int, _ commands: UnsafeBufferPointer<Command>) {
    let far = index &+ Self.distance
    if far < window.upperBound { touchIndexes(commands[far], far) }
    let near = index &+ Self.distance / 2
    if near < window.upperBound { touchEntries(commands[near], near) }
  }

  @inline(__always)
  private func touchIndexes(_ command: Command, _ index: Int) {
    for line in command.lines.indices { touchIndex(itemKeys[line - windowLines.lowerBound]) }
    if command.order != nil {
      let key = orderKeys[index - window.lowerBound]
      machines.machine(key.partition).pointee.partition(key.partition).pointee.orders.prefetchEntry(key.hash)
    }
  }

  @inline(__always)
  private func touchEntries(_ command: Command, _ index: Int) {
    for line in command.lines.indices { touchItem(itemKeys[line - windowLines.lowerBound]) }
    if command.expectsOrder { touchOrder(orderKeys[index - window.lowerBound]) }
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
