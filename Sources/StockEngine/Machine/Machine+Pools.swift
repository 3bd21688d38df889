/// An item in a pool of its own, and the one of the same SKU that came before it. Only such items have a link: a SKU without
/// pools pays nothing for them.
struct PoolLink: BitwiseCopyable {
  /// A slot of `Machine.items`.
  var item: UInt32
  /// A slot of `Machine.poolLinks`, or `none`.
  var next: UInt32

  static let none: UInt32 = .max
}

extension Machine {
  /// Links an item that was inserted to the other pools of its SKU in the same partition, if it lies in one. The pools of sales lie
  /// elsewhere, by the sale: a SKU's are found by asking every partition, however many sales there were.
  mutating func linkPool(_ slot: UInt32) {
    let partition = partition(items[slot].number.partition)
    let place: (hash: UInt64, head: UInt32?)? = withBytes(of: items[slot].key) { name in
      guard let sku = Self.sku(ofPooled: name) else { return nil }
      let hash = hash(ofSKU: sku)
      return (hash, poolHead(sku, hash, partition))
    }
    guard let (hash, head) = place else { return }
    let link = poolLinks.insert(PoolLink(item: slot, next: head ?? PoolLink.none))
    if let head {
      partition.pointee.pools.replace(hash, slot: head, with: link)
    } else {
      partition.pointee.pools.insert(hash, slot: link)
    }
  }

  /// Visits a SKU's items in pools of their own that lie in a partition, newest first, until `visit` answers false: in the SKU's
  /// own partition all but those of sales, in each those of the sales that lie there.
  func forEachPool(of sku: UnsafeRawBufferPointer, in number: Partition, _ visit: (UInt32) -> Bool) {
    if partition(number).pointee.pools.count == 0 { return }
    var next = poolHead(sku, hash(ofSKU: sku), partition(number)) ?? PoolLink.none
    while next != PoolLink.none {
      let link = poolLinks[next]
      if !visit(link.item) { return }
      next = link.next
    }
  }

  /// The newest link of a SKU.
  private func poolHead(
    _ sku: UnsafeRawBufferPointer, _ hash: UInt64, _ partition: UnsafeMutablePointer<PartitionState>
  ) -> UInt32? {
    var probe = partition.pointee.pools.probe(hash)
    while let link = partition.pointee.pools.next(&probe) {
      let isOfSKU = withBytes(of: items[poolLinks[link].item].key) { name in
        name.count > sku.count && name[sku.count] == UInt8(ascii: "@") && name.starts(with: sku)
      }
      if isOfSKU { return link }
    }
    return nil
  }

  /// The SKU of an item with a pool of its own; nil without a pool.
  private static func sku(ofPooled name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let at = name.firstIndex(of: UInt8(ascii: "@")), at + 1 < name.count else { return nil }
    return UnsafeRawBufferPointer(rebasing: name[..<at])
  }

  /// An item by its number and its name.
  struct NamedItem: Sendable {
    let number: ItemNumber
    let name: [UInt8]
  }

  /// A SKU's items that lie in a partition, whatever became of them.
  /// - Parameter sku: `count` bytes, and behind them what may be read as words.
  func items(ofSKU sku: [UInt8], count: Int, in number: Partition) -> [NamedItem] {
    var found: [NamedItem] = []
    func add(_ slot: UInt32) {
      found.append(NamedItem(number: items[slot].number, name: withBytes(of: items[slot].key) { Array($0) }))
    }
    sku.withUnsafeBufferPointer { bytes in
      let key = ItemKey(bytes.baseAddress!, count: count, seed: keySeed)
      if key.partition == number, let main = findItem(key) { add(main) }
      forEachPool(of: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count]), in: number) { slot in
        add(slot)
        return true
      }
    }
    return found
  }

  /// Nothing but this machine's memory rests on it.
  private func hash(ofSKU sku: UnsafeRawBufferPointer) -> UInt64 { hashBytes(sku, seed: keySeed) }
}
