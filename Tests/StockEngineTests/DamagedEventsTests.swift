import StockTestSupport
import Testing

@testable import StockEngine

/// The events of a damaged store: all that can be read, and each place that cannot.
@Suite struct DamagedEventsTests {
  private func orders(_ disk: SimulatedStorage) throws -> (orders: [String], faults: [EngineFault]) {
    let inspector = try StoreInspector(path: WholeStore.folder, storage: disk)
    var orders: [String] = []
    var faults: [EngineFault] = []
    try inspector.events(
      StoreInspector.EventFilter(), damage: { (fault) throws(EngineFault) in faults.append(fault) }
    ) { event in
      if event.kind == .reserved, let order = event.order { orders.append(order) }
      return true
    }
    return (orders, faults)
  }

  private let second = "\(WholeStore.folder)/log/\(LogFormat.segmentName(2))"

  @Test func behindADamagedGroup() throws {
    let (store, lsns) = try SalvageTests.storeOfOrders()
    let end = 4096 * 2
    try store.storage.flip(second, at: end + 90)
    let (orders, faults) = try orders(store.storage)
    // The second segment has orders 4 to 6, and its second group is the fifth.
    #expect(orders == [1, 2, 3, 4, 6, 7, 8, 9].map { "o-\($0)" })
    let fault = try #require(faults.first)
    #expect(faults.count == 1 && fault.code == .corrupt && fault.file == second && fault.lsn == lsns[4])
    #expect(fault.offset == UInt64(end))
    // Who does not ask for it is not told less in silence.
    let inspector = try StoreInspector(path: WholeStore.folder, storage: store.storage)
    #expect(throws: fault) { try inspector.events(StoreInspector.EventFilter()) { _ in true } }
  }

  @Test func behindADamagedHeader() throws {
    let (store, _) = try SalvageTests.storeOfOrders()
    try store.storage.flip(second, at: 33)
    let (orders, faults) = try orders(store.storage)
    #expect(orders == (1...9).map { "o-\($0)" })
    #expect(faults.map(\.file) == [second])
  }

  @Test func behindADamagedBlockOfTheArchive() throws {
    let store = try WholeStore()
    let whole = try self.orders(store.disk)
    let archived = try #require(store.paths(in: "archive").first)
    let reader = try ArchiveReader(store.disk, path: archived, store: TestStore.id)
    let block = try #require(reader.blocks.first)
    try store.disk.flip(archived, at: Int(block.offset) + 20)
    let (orders, faults) = try orders(store.disk)
    #expect(faults.map(\.file) == [archived] && whole.faults.isEmpty)
    // All but what that block had.
    var filter = StoreInspector.EventFilter()
    filter.firstLSN = block.lastLSN.advanced(by: 1)
    var behind: [String] = []
    let inspector = try StoreInspector(path: WholeStore.folder, storage: store.disk)
    try inspector.events(filter) { event in
      if event.kind == .reserved, let order = event.order { behind.append(order) }
      return true
    }
    #expect(orders == behind)
  }

  @Test func behindASegmentThatIsNotThere() throws {
    let (store, _) = try SalvageTests.storeOfOrders()
    store.storage.remove(second)
    let (orders, faults) = try orders(store.storage)
    #expect(orders == [1, 2, 3, 7, 8, 9].map { "o-\($0)" })
    #expect(faults.map(\.code) == [.missing] && faults[0].message == "segment 2 is not there; segment 3 is.")
  }

  @Test func namesOfItemsBehindTheDamage() throws {
    let store = try TestStore(segmentBytes: 64 << 10)
    try store.perform("preheat op-1 A=1")
    try store.inventory.seal()
    try store.perform("preheat op-2 B=1")
    try store.inventory.seal()
    try store.perform("preheat op-3 C=1")
    store.stop()
    store.storage.kill()
    for path in store.storage.paths(in: WholeStore.folder + "/snap") { store.storage.remove(path) }
    let whole = try StoreInspector(path: WholeStore.folder, storage: store.storage).itemNames()
    #expect(Set(whole.names.values) == ["A", "B", "C"] && whole.fault == nil)
    try store.storage.flip(second, at: 4096 + 90)
    let damaged = try StoreInspector(path: WholeStore.folder, storage: store.storage).itemNames()
    #expect(damaged.names == whole.names.filter { $0.value != "B" })
    #expect(damaged.fault?.code == .corrupt)
  }
}
