import StockTestSupport

@testable import StockEngine

/// What limits count and which unpaid orders stand in the way: as the engine keeps it, or as a model's orders come to.
struct Counters {
  /// By scope and fingerprint of the subject.
  var uses: [String: UInt64] = [:]
  /// Order ids, by sale and fingerprint of buyer and item.
  var unpaid: [String: String] = [:]
  /// The engine's items by name.
  var items: [String: ItemNumber] = [:]
  /// The engine's scopes: `sale 618`, `sku tea`.
  var scopes: [String: ScopeNumber] = [:]

  private static func name(_ scope: String, _ isSale: Bool, _ low: UInt64, _ high: UInt32) -> String {
    "\(isSale ? "sale" : "sku") \(scope) \(String(low, radix: 16)) \(String(high, radix: 16))"
  }

  init(_ store: TestStore) {
    for shard in store.inventory.group.shards {
      let part = shard.enter { shard in shard.withMachine { Counters($0) } }
      uses.merge(part.uses) { _, _ in preconditionFailure("a subject is counted twice") }
      unpaid.merge(part.unpaid) { _, _ in preconditionFailure("an unpaid order is noted twice") }
      items.merge(part.items) { _, _ in preconditionFailure("an item is there twice") }
      scopes.merge(part.scopes) { _, _ in preconditionFailure("a scope is there twice") }
    }
  }

  private init(_ machine: UnsafeMutablePointer<Machine>) {
    for scope in machine.pointee.scopes {
      let name = String(decoding: scope.pointee.name, as: UTF8.self)
      let isSale = scope.pointee.sale != nil
      scopes["\(isSale ? "sale" : "sku") \(name)"] = scope.pointee.number
      var slots: [UInt32] = []
      scope.pointee.unpaid.forEach { slots.append($0) }
      for slot in slots {
        let entry = machine.pointee.unpaid[slot]
        let order = machine.pointee.withBytes(of: entry.order) { String(decoding: $0, as: UTF8.self) }
        let before = unpaid.updateValue(order, forKey: Self.name(name, isSale, entry.low, entry.high))
        precondition(before == nil, "an unpaid order is noted twice")
      }
    }
    for partition in machine.pointee.partitions {
      var slots: [UInt32] = []
      machine.pointee.partition(partition).pointee.uses.forEach { slots.append($0) }
      for slot in slots {
        let use = machine.pointee.uses[slot]
        let scope = machine.pointee.scope(use.scope)
        if scope.pointee.switches.isRetired { continue }
        let name = String(decoding: scope.pointee.name, as: UTF8.self)
        let before = uses.updateValue(
          use.count, forKey: Self.name(name, scope.pointee.switches.isSale, use.low, use.high))
        precondition(before == nil, "a subject is counted twice")
      }
      var ordinal = 0
      while let slot = machine.pointee.partition(partition).pointee.itemSlot(ordinal) {
        let item = machine.pointee.items[slot]
        items[machine.pointee.withBytes(of: item.key) { String(decoding: $0, as: UTF8.self) }] = item.number
        ordinal += 1
      }
    }
  }

  /// - Parameter engine: its numbers are what fingerprints are made with.
  init(_ model: ReferenceModel, numbersOf engine: Counters) {
    items = engine.items
    scopes = engine.scopes
    for (key, count) in model.uses() {
      let (name, isSale) =
        switch key.scope {
        case .sale(let sale): (sale, true)
        case .sku(let sku): (sku, false)
        }
      guard let scope = scopes["\(isSale ? "sale" : "sku") \(name)"] else {
        preconditionFailure("the engine has no scope \(name)")
      }
      let tag = Self.withBytes(key.dimension) { Use.tag($0, key.measure, scope, seed: TestStore.id.keySeed) }
      let print = Self.withBytes(key.subject) { Use.key($0, tag) }
      uses[Self.name(name, isSale, print.low, print.high)] = UInt64(count)
    }
    let machine = Machine(store: TestStore.id)
    for (id, order) in model.orders where order.state.isOpen && !order.content.buyer.isEmpty {
      guard let sale = model.sales[order.content.sale], sale.opening.unpaid != .allow else { continue }
      for item in order.lines.keys {
        guard let number = items[item] else { preconditionFailure("the engine has no \(item)") }
        let print = Self.withBytes(order.content.buyer) { machine.unpaidKey($0, number) }
        unpaid[Self.name(order.content.sale, true, print.low, print.high)] = id
      }
    }
  }

  private static func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Array(text.utf8).withUnsafeBytes { body($0) }
  }

  static func difference<Value: Equatable>(_ engine: [String: Value], _ model: [String: Value]) -> String {
    Set(engine.keys).union(model.keys).filter { engine[$0] != model[$0] }.sorted().map { key in
      "\(key): the store has \(engine[key].map { "\($0)" } ?? "nothing"), the model \(model[key].map { "\($0)" } ?? "nothing")"
    }.joined(separator: "\n  ")
  }
}

/// A snapshot that was read and written again.
struct RewrittenSnapshot {
  var bytes: [UInt8]
  var stateHash: UInt64

  /// - Throws: what a start would say.
  init(_ snapshot: [UInt8]) throws {
    let disk = SimulatedStorage()
    disk.place(snapshot, at: "/before.snap")
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    let machine = UnsafeMutablePointer<Machine>.allocate(capacity: 1)
    machine.initialize(to: Machine(store: TestStore.id, tracksDeadlines: false))
    defer {
      machine.deinitialize(count: 1)
      machine.deallocate()
    }
    var machines = MachineSet(places: places, shards: 1, store: TestStore.id)
    machines.hold(machine, shard: 0)
    var reader = try SnapshotReader(file: disk.open("/before.snap", .read), name: "before.snap", store: TestStore.id)
    _ = try reader.load(into: machines)
    stateHash = machine.pointee.stateHash
    var writer = SnapshotWriter(file: try disk.open("/after.snap", .create), header: reader.header)
    _ = try writer.write(machine.pointee)
    bytes = disk.bytes("/after.snap") ?? []
  }
}
