/// Open addressing from a hash to a 31-bit slot number; one per partition and kind of key.
///
/// An entry is the low half of the hash and the slot plus one, so growing needs neither keys nor slots. There are 256 of
/// them, each with a limit of its own on how full it gets: they grow at different times, a few hundred entries to some ten
/// thousand a step, and nobody waits for one big table (a single one of 1.5 M entries took 114 ms to double).
///
/// `@unchecked Sendable`: the entries are owned by this value alone, and it cannot be copied.
struct KeyIndex: ~Copyable, @unchecked Sendable {
  private var entries: UnsafeMutablePointer<UInt64>
  private var mask: UInt32
  private(set) var count: UInt32 = 0
  private var growAt: UInt32
  /// In 256ths.
  private let loadMax: UInt32

  private static let capacityMin: UInt32 = 8

  /// - Parameter stagger: 0 to 255; spreads the moments of growth over tables that fill alike.
  init(stagger: UInt8) {
    loadMax = 144 + UInt32(stagger) * 72 / 256
    mask = Self.capacityMin - 1
    growAt = Self.capacityMin * loadMax / 256
    entries = Self.table(Int(Self.capacityMin))
  }

  deinit { LargePages.tables.deallocate(entries, bytes: memoryBytes) }

  private static func table(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    let memory = LargePages.tables.allocate(bytes: capacity * 8)
    let entries = memory.bindMemory(to: UInt64.self, capacity: capacity)
    entries.initialize(repeating: 0, count: capacity)
    return entries
  }

  /// Walks the slots whose entries agree with a hash: `var probe = index.probe(hash)`, `while let slot = index.next(&probe)`.
  struct Probe: BitwiseCopyable {
    var position: UInt32
    let tag: UInt32
  }

  @inline(__always)
  func probe(_ hash: UInt64) -> Probe {
    let tag = UInt32(truncatingIfNeeded: hash)
    return Probe(position: tag & mask, tag: tag)
  }

  @inline(__always)
  func next(_ probe: inout Probe) -> UInt32? {
    while true {
      let entry = entries[Int(probe.position)]
      if entry == 0 { return nil }
      probe.position = (probe.position &+ 1) & mask
      if UInt32(truncatingIfNeeded: entry >> 32) == probe.tag { return UInt32(truncatingIfNeeded: entry) &- 1 }
    }
  }

  @inline(__always)
  func prefetchEntry(_ hash: UInt64) {
    prefetch(entries + Int(UInt32(truncatingIfNeeded: hash) & mask))
  }

  @inline(__always)
  mutating func insert(_ hash: UInt64, slot: UInt32) {
    if count == growAt { grow() }
    place(UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(slot &+ 1))
    count &+= 1
  }

  @inline(__always)
  private func place(_ entry: UInt64) {
    var position = UInt32(truncatingIfNeeded: entry >> 32) & mask
    while entries[Int(position)] != 0 { position = (position &+ 1) & mask }
    entries[Int(position)] = entry
  }

  /// Replaces the slot of an entry that is there.
  mutating func replace(_ hash: UInt64, slot: UInt32, with other: UInt32) {
    entries[position(hash, slot: slot)] = UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(other + 1)
  }

  /// Removes an entry that is there; later entries of its run move up, so no marks are left behind.
  mutating func remove(_ hash: UInt64, slot: UInt32) {
    var hole = UInt32(position(hash, slot: slot))
    var scan = hole
    while true {
      scan = (scan &+ 1) & mask
      let entry = entries[Int(scan)]
      if entry == 0 { break }
      let home = UInt32(truncatingIfNeeded: entry >> 32) & mask
      // The entry may fill the hole unless its home lies between the hole and itself.
      if (scan &- home) & mask >= (scan &- hole) & mask {
        entries[Int(hole)] = entry
        hole = scan
      }
    }
    entries[Int(hole)] = 0
    count -= 1
  }

  /// Visits every slot, in no order that means anything.
  func forEach(_ body: (UInt32) -> Void) {
    for position in 0...Int(mask) where entries[position] != 0 {
      body(UInt32(truncatingIfNeeded: entries[position]) &- 1)
    }
  }

  private func position(_ hash: UInt64, slot: UInt32) -> Int {
    let wanted = UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(slot + 1)
    var position = UInt32(truncatingIfNeeded: hash) & mask
    while entries[Int(position)] != wanted {
      precondition(entries[Int(position)] != 0, "an index lost the entry of a slot that is in use")
      position = (position &+ 1) & mask
    }
    return Int(position)
  }

  @inline(never)
  private mutating func grow() {
    let old = entries
    let oldCapacity = Int(mask) + 1
    let capacity = oldCapacity * 2
    precondition(capacity <= 1 << 31, "an index has at most 2^31 entries")
    entries = Self.table(capacity)
    mask = UInt32(capacity - 1)
    growAt = UInt32(UInt64(capacity) * UInt64(loadMax) / 256)
    for position in 0..<oldCapacity where old[position] != 0 { place(old[position]) }
    LargePages.tables.deallocate(old, bytes: oldCapacity * 8)
  }

  var memoryBytes: Int { (Int(mask) + 1) * 8 }
}
