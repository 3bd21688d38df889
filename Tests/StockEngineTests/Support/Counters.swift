import StockModel
import StockTestSupport

@testable import StockEngine

/// What limits count and which unpaid orders stand in the way: as the engine keeps it, or as a model's orders come to.
struct Counters: Sendable {
  /// A scope, with the fingerprint of a subject, or of a buyer and an item.
  struct Key: Hashable, Sendable {
    var scope: ScopeNumber
    var low: UInt64
    var high: UInt32

    init(_ scope: ScopeNumber, _ print: Use.Key) { (self.scope, low, high) = (scope, print.low, print.high) }
  }

  /// By scope and subject.
  var uses: [Key: UInt64] = [:]
  /// Order ids, by buyer and item, which is a sale's own.
  var unpaid: [Key: String] = [:]
  /// The engine's scopes that still count or note something.
  private var scopes: [ReferenceModel.Scope: ScopeNumber] = [:]
  /// The engine's items, by name, of sales that note unpaid orders.
  private var items: [String: ItemNumber] = [:]

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
    noteUnpaid(machine)
    for scope in machine.pointee.scopes {
      // An order that was extended may outlive its sale.
      if scope.pointee.switches.isRetired && scope.pointee.unpaidCount == 0 { continue }
      scopes[Self.scope(scope)] = scope.pointee.number
      if scope.pointee.switches.unpaid != .allow { noteItems(scope, machine) }
    }
    for index in 0..<machine.pointee.partitionsServed {
      machine.pointee.partition(at: index).pointee.uses.forEach { slot in
        let use = machine.pointee.uses[slot]
        if machine.pointee.scope(use.scope).pointee.switches.isRetired { return }
        let before = uses.updateValue(use.count, forKey: Key(use.scope, use.key))
        precondition(before == nil, "a subject is counted twice")
      }
    }
  }

  private static func scope(_ scope: UnsafeMutablePointer<Scope>) -> ReferenceModel.Scope {
    let name = String(decoding: scope.pointee.name, as: UTF8.self)
    return scope.pointee.switches.isSale ? .sale(name) : .sku(name)
  }

  private mutating func noteUnpaid(_ machine: UnsafeMutablePointer<Machine>) {
    for index in 0..<machine.pointee.partitionsServed {
      machine.pointee.partition(at: index).pointee.unpaid.forEach { slot in
        let entry = machine.pointee.unpaid[slot]
        let order = machine.pointee.withBytes(of: entry.order) { String(decoding: $0, as: UTF8.self) }
        let before = unpaid.updateValue(order, forKey: Key(.none, Use.Key(low: entry.low, high: entry.high)))
        precondition(before == nil, "an unpaid order is noted twice")
      }
    }
    let counted = machine.pointee.scopes.reduce(0) { $0 + $1.pointee.unpaidCount }
    precondition(counted == unpaid.count, "the sales count \(counted) unpaid orders, the indexes have \(unpaid.count)")
  }

  private mutating func noteItems(_ scope: UnsafeMutablePointer<Scope>, _ machine: UnsafeMutablePointer<Machine>) {
    for item in scope.pointee.sale?.items ?? [] {
      guard let slot = machine.pointee.itemSlot(item.item) else { preconditionFailure("a sale's items lie with it") }
      let key = machine.pointee.items[slot].key
      items[machine.pointee.withBytes(of: key) { String(decoding: $0, as: UTF8.self) }] = item.item
    }
  }

  /// - Parameters:
  ///   - engine: its numbers are what fingerprints are made with.
  ///   - store: the engine's.
  /// - Throws: `Disagreement` if the engine does not know what the model counts.
  init(_ model: ReferenceModel, numbersOf engine: Counters, in store: TestStore) throws {
    for (use, count) in model.uses() {
      let scope = try engine.number(of: use.scope)
      let tag = Self.withBytes(use.dimension) { Use.tag($0, use.measure, scope, seed: TestStore.id.keySeed) }
      uses[Key(scope, Self.withBytes(use.subject) { Use.key($0, tag) })] = UInt64(count)
    }
    for (id, order) in model.orders where order.state.isOpen && !order.content.buyer.isEmpty {
      guard let sale = model.sales[order.content.sale], sale.opening.unpaid != .allow else { continue }
      for item in order.lines.keys {
        guard let number = engine.items[item] else {
          throw Disagreement(description: "\(id) is unpaid, the engine notes nothing of \(item)")
        }
        unpaid[Key(.none, Self.unpaidKey(order.content.buyer, number, in: store))] = id
      }
    }
  }

  private func number(of scope: ReferenceModel.Scope) throws -> ScopeNumber {
    guard let number = scopes[scope] else {
      throw Disagreement(description: "the engine counts nothing of \(scope) any more")
    }
    return number
  }

  private static func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }

  private static func unpaidKey(_ buyer: String, _ item: ItemNumber, in store: TestStore) -> Use.Key {
    store.inventory.group.shards[0].enter { shard in
      shard.withMachine { machine in withBytes(buyer) { machine.pointee.unpaidKey($0, item) } }
    }
  }

  /// The engine's counts beside a model's, where they differ.
  func difference<Value: Equatable>(_ counts: KeyPath<Counters, [Key: Value]>, from model: Counters) -> String {
    let (ours, theirs) = (self[keyPath: counts], model[keyPath: counts])
    func words(_ value: Value?) -> String { value.map { "\($0)" } ?? "nothing" }
    return Set(ours.keys).union(theirs.keys).filter { ours[$0] != theirs[$0] }.map { key in
      "\(name(of: key)): the store has \(words(ours[key])), the model \(words(theirs[key]))"
    }.sorted().joined(separator: "\n  ")
  }

  private func name(of key: Key) -> String {
    let scope = scopes.first { $0.value == key.scope }.map { "\($0.key)" } ?? "scope \(key.scope.rawValue)"
    return "\(scope) \(String(key.low, radix: 16)) \(String(key.high, radix: 16))"
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
