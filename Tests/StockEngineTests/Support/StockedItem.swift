import StockModel
import StockTestSupport

@testable import StockEngine

/// One item's units, as they lie in its shard's tables.
struct StockedItem: Sendable, CustomStringConvertible {
  private let number: ItemNumber
  let supplied: Int64
  let available: Int64
  let reserved: Int64
  let sold: Int64
  let scrapped: Int64

  private init(_ machine: UnsafeMutablePointer<Machine>, _ slot: UInt32) {
    let item = machine.pointee.items.pointer(slot)
    let totals = machine.pointee.totals.pointer(slot)
    number = item.pointee.number
    (available, reserved) = (item.pointee.available, item.pointee.reserved)
    (supplied, sold, scrapped) = (totals.pointee.supplied, totals.pointee.sold, totals.pointee.scrapped)
  }

  /// No unit is lost, made or owed.
  var isConserved: Bool {
    supplied == available + reserved + sold + scrapped && reserved >= 0 && sold >= 0 && scrapped >= 0
  }

  var description: String {
    "supplied \(supplied), available \(available), reserved \(reserved), sold \(sold), scrapped \(scrapped)"
  }

  func name(in store: TestStore) -> String {
    let shards = store.inventory.group.shards
    return shards[Int(number.partition.rawValue) & (shards.count - 1)].enter { shard in
      shard.withMachine { machine in
        guard let slot = machine.pointee.itemSlot(number) else { preconditionFailure("items are never taken away") }
        return machine.pointee.withBytes(of: machine.pointee.items[slot].key) { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  static func all(in store: TestStore) -> [StockedItem] {
    store.inventory.group.shards.flatMap { shard in
      shard.enter { shard in shard.withMachine { all(in: $0) } }
    }
  }

  private static func all(in machine: UnsafeMutablePointer<Machine>) -> [StockedItem] {
    var items: [StockedItem] = []
    items.reserveCapacity(machine.pointee.itemCount)
    for index in 0..<machine.pointee.partitionsServed {
      let partition = machine.pointee.partition(at: index)
      var ordinal = 0
      while let slot = partition.pointee.itemSlot(ordinal) {
        items.append(StockedItem(machine, slot))
        ordinal += 1
      }
    }
    return items
  }
}
