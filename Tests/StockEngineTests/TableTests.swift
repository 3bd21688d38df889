import StockModel
import StockTestSupport
import Synchronization
import Testing

@testable import StockEngine

/// The tables against the simplest thing that does the same.
@Suite struct TableTests {
  // MARK: KeyIndex

  @Test(arguments: Seeds.runs(old: [1, 2, 3]))
  func keyIndex(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = KeyIndex(stagger: UInt8(random.below(256)))
    // Few hashes, so that runs are long and entries of one tag many.
    let hashes = (0..<200).map { _ in random.next() & (random.oneIn(2) ? 0xFFFF_FFF0_0000_000F : .max) }
    var model: [UInt64: Set<UInt32>] = [:]
    var free = Set(UInt32(0)..<4000)
    for _ in 0..<6000 {
      let hash = random.pick(hashes)
      if random.below(100) < 55, let slot = free.randomElement(using: &random) {
        free.remove(slot)
        index.insert(hash, slot: slot)
        model[hash, default: []].insert(slot)
      } else if let slot = model[hash]?.randomElement(using: &random) {
        if random.oneIn(4), let other = free.randomElement(using: &random) {
          index.replace(hash, slot: slot, with: other)
          free.remove(other)
          model[hash]?.insert(other)
        } else {
          index.remove(hash, slot: slot)
        }
        free.insert(slot)
        model[hash]?.remove(slot)
      }
    }
    #expect(index.count == UInt32(model.values.reduce(0) { $0 + $1.count }))
    for hash in hashes { #expect(found(index, hash).isSuperset(of: model[hash] ?? [])) }
    let sameTag = Dictionary(grouping: hashes) { UInt32(truncatingIfNeeded: $0) }
    for (_, group) in sameTag {
      let expected = group.reduce(into: Set<UInt32>()) { $0.formUnion(model[$1] ?? []) }
      #expect(found(index, group[0]) == expected)
    }
    var visited: [UInt32] = []
    index.forEach { visited.append($0) }
    #expect(visited.sorted() == model.values.flatMap { $0 }.sorted())
  }

  private func found(_ index: borrowing KeyIndex, _ hash: UInt64) -> Set<UInt32> {
    var slots: Set<UInt32> = []
    var probe = index.probe(hash)
    while let slot = index.next(&probe) { #expect(slots.insert(slot).inserted, "a slot came twice") }
    return slots
  }

  // MARK: Slab, Arena

  @Test(arguments: Seeds.runs(old: [4]))
  func slab(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var slab = Slab<UInt64>(pageShift: 3)
    var model: [UInt32: UInt64] = [:]
    for step in 0..<3000 {
      if random.below(100) < 60 {
        let slot = slab.insert(UInt64(step))
        #expect(model.updateValue(UInt64(step), forKey: slot) == nil, "a slot in use was handed out")
      } else if let slot = model.keys.randomElement(using: &random) {
        slab.remove(slot)
        model[slot] = nil
      }
    }
    #expect(slab.count == model.count)
    for (slot, value) in model { #expect(slab[slot] == value) }
    #expect(Int(slab.slotsUsed) <= 3000)
  }

  @Test func slabBlocksLieInOnePage() {
    var slab = Slab<UInt64>(pageShift: 6)
    for block in 0..<10 {
      let first = slab.insertBlock(of: 32, UInt64(block))
      #expect(first == UInt32(block) * 32)
      #expect(slab.pointer(first) + 31 == slab.pointer(first + 31))
      #expect(slab[first + 31] == UInt64(block))
    }
  }

  @Test(arguments: Seeds.runs(old: [5]))
  func arena(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var arena = Arena()
    var model: [(place: ArenaReference, bytes: [UInt8])] = []
    for step in 0..<2000 {
      if random.below(100) < 60 {
        let count = random.oneIn(10) ? 1 + random.below(Arena.blockBytesMax) : 1 + random.below(200)
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: count)
        let place = arena.allocate(bytes: count)
        #expect(place != .none)
        bytes.withUnsafeBytes { arena.pointer(place).copyMemory(from: $0.baseAddress!, byteCount: count) }
        model.append((place, bytes))
      } else if !model.isEmpty {
        let gone = model.remove(at: random.below(model.count))
        arena.free(gone.place, bytes: gone.bytes.count)
      }
    }
    for (place, bytes) in model {
      #expect(UnsafeRawBufferPointer(start: arena.pointer(place), count: bytes.count).elementsEqual(bytes))
    }
    for (place, bytes) in model { arena.free(place, bytes: bytes.count) }
    #expect(arena.usedBytes == 0)
  }

  // MARK: Large pages

  @Test func backgroundThreadsCutTheirOwnRegions() {
    let pool = LargePages()
    /// The regions of which threads of a kind are given blocks.
    func regions(_ urgency: Thread.Urgency) -> Set<UInt> {
      let found = Mutex<Set<UInt>>([])
      Thread(name: "taker", urgency) { found.withLock { $0 = self.regions(pool, blocks: 3).ids } }.join()
      return found.withLock { $0 }
    }
    let background = regions(.background)
    let usual = regions(.usual)
    #expect(background.isDisjoint(with: usual), "what somebody waits for lies in small pages")
    #expect(regions(.background) == background)
    #expect(regions(.usual) == usual)
  }

  @Test func aRegionThatIsEmptyIsCutAnew() {
    let pool = LargePages()
    var seen: Set<UInt> = []
    for _ in 0..<20 {
      let (ids, blocks) = regions(pool, blocks: 32)
      seen.formUnion(ids)
      for block in blocks { pool.deallocate(block, bytes: Self.blockBytes) }
    }
    #expect(seen.count == 1)
  }

  private static let blockBytes = 64 << 10

  private func regions(_ pool: LargePages, blocks count: Int) -> (ids: Set<UInt>, blocks: [UnsafeMutableRawPointer]) {
    let blocks = (0..<count).map { _ in pool.allocate(bytes: Self.blockBytes) }
    return (Set(blocks.map { UInt(bitPattern: $0) >> 21 }), blocks)
  }

  // MARK: Lists

  @Test(arguments: Seeds.runs(old: [6]))
  func slotQueues(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var pool = Slab<SlotChunk>(pageShift: 4)
    var queues = [SlotQueue](repeating: SlotQueue(), count: 3)
    var model = [[UInt32]](repeating: [], count: 3)
    for step in 0..<5000 {
      let which = random.below(3)
      switch random.below(100) {
      case 0..<52:
        queues[which].append(UInt32(step), in: &pool)
        model[which].append(UInt32(step))
      case 52..<99:
        #expect(queues[which].first(in: pool) == model[which].first)
        #expect(queues[which].popFirst(in: &pool) == model[which].first)
        if !model[which].isEmpty { model[which].removeFirst() }
      default:
        queues[which].removeAll(in: &pool)
        model[which] = []
      }
      #expect(queues[which].count == UInt32(model[which].count))
    }
    for which in 0..<3 {
      var visited: [UInt32] = []
      queues[which].forEach(in: pool) { visited.append($0) }
      #expect(visited == model[which])
      let odd = visited.prefix(40).prefix { $0 % 7 != 3 }.last
      #expect(queues[which].last(ofFirst: 40, in: pool) { $0 % 7 != 3 } == odd)
      #expect(queues[which].last(ofFirst: 40, in: pool) { _ in true } == visited.prefix(40).last)
      queues[which].removeAll(in: &pool)
    }
    #expect(pool.count == 0, "chunks were lost")
  }

  @Test(arguments: Seeds.runs(old: [7]))
  func ageList(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var orders = Slab<Order>(pageShift: 5)
    let blank = Order(
      key: PackedKey(word0: 0, word1: 0, word2: 0), deadline: .zero, createdAt: .zero, changedAt: .zero,
      line: OrderLine(item: ItemNumber(rawValue: 0), quantity: 0), extras: .none, extrasBytes: 0, lineCount: 0,
      state: .cancelled, flags: [])
    var list = AgeList()
    var model: [UInt32] = []
    for _ in 0..<2000 {
      if random.below(100) < 55 || model.isEmpty {
        let slot = orders.insert(blank)
        list.append(slot, in: orders)
        model.append(slot)
      } else {
        let slot = model.remove(at: random.below(model.count))
        list.remove(slot, in: orders)
        orders.remove(slot)
      }
    }
    var walked: [UInt32] = []
    var slot = list.oldest
    while slot != AgeList.none {
      walked.append(slot)
      slot = orders.pointer(slot).pointee.newer
    }
    #expect(walked == model)
  }

  // MARK: Bytes

  @Test func varints() {
    var values: [UInt64] = [0, 1, .max]
    for shift in 0..<64 { values += [1 << UInt64(shift), (1 << UInt64(shift)) - 1] }
    var writer = ByteWriter(capacity: 16)
    for value in values {
      writer.makeRoom(20)
      writer.putVarint(value)
      writer.putSigned(Int64(bitPattern: value))
    }
    var reader = ByteReader(writer.bytes)
    for value in values {
      #expect(reader.takeVarint() == value)
      #expect(reader.takeSigned() == Int64(bitPattern: value))
    }
    #expect(reader.isAtEnd && !reader.hasFailed)
  }

  @Test(arguments: [
    [UInt8](repeating: 0x80, count: 9) + [0x02], [UInt8](repeating: 0xFF, count: 11), [0x80], [0x80, 0x80], [],
  ])
  func varintsThatAreNone(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      var reader = ByteReader(buffer)
      _ = reader.takeVarint()
      #expect(reader.hasFailed)
    }
  }

  @Test(arguments: [0, 1, 126, 127, 128, 129, 16_383, 16_384, 70_000])
  func lengthsInFront(_ count: Int) {
    var writer = ByteWriter(capacity: 8)
    writer.makeRoom(1)
    writer.put(UInt8(7))
    let start = writer.beginLength()
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    writer.makeRoom(count)
    body.withUnsafeBytes { writer.put(bytes: $0) }
    writer.endLength(from: start)
    var reader = ByteReader(writer.bytes)
    #expect(reader.take(UInt8.self) == 7)
    #expect(reader.takeVarint() == UInt64(count))
    #expect(writer.bytes[reader.position...].elementsEqual(body))
  }

  // MARK: Keys

  private func withKey<Result>(_ text: some Collection<UInt8>, seed: UInt64 = 9, _ body: (Key) -> Result) -> Result {
    // What lies behind a key must not matter.
    let padded = Array(text) + [UInt8](repeating: UInt8.random(in: 1...255), count: CommandBatch.slackBytes)
    return padded.withUnsafeBufferPointer { body(Key($0.baseAddress!, count: text.count, seed: seed)) }
  }

  @Test(arguments: 1...64)
  func keysOfEveryLength(_ count: Int) {
    let text = (0..<count).map { UInt8(33 + $0) }
    var machine = Machine(store: TestStore.id)
    let stored = withKey(text) { machine.store($0) }
    #expect(stored.isLong == (count > 23))
    #expect(stored.count == count)
    #expect(machine.withBytes(of: stored) { Array($0) } == text)
    #expect(withKey(text) { $0.matches(stored, in: machine.arena) })
    #expect(withKey(text) { $0.hash } == withKey(text) { $0.hash })
    for place in [0, count / 2, count - 1] {
      var other = text
      other[place] ^= 1
      #expect(!withKey(other) { $0.matches(stored, in: machine.arena) })
      #expect(withKey(other) { $0.hash } != withKey(text) { $0.hash })
    }
    #expect(!withKey(text.dropLast()) { $0.matches(stored, in: machine.arena) })
    #expect(!withKey(text + [0]) { $0.matches(stored, in: machine.arena) })
    machine.release(stored)
    #expect(machine.arena.usedBytes == 0)
  }

  private func partition(_ name: String) -> Partition {
    let padded = Array(name.utf8) + [UInt8](repeating: 64, count: CommandBatch.slackBytes)
    return padded.withUnsafeBufferPointer { ItemKey($0.baseAddress!, count: name.utf8.count, seed: 9).partition }
  }

  @Test func poolsLieWithTheirSKU() {
    var random = SplitMix64(seed: 8)
    for count in 1...64 {
      let sku = String((0..<count).map { _ in "abcdefgh0123456789".randomElement(using: &random)! })
      #expect(partition(sku) == withKey(sku.utf8) { $0.partition })
      for pool in ["n", "north", String(repeating: "p", count: 64)] {
        #expect(partition("\(sku)@\(pool)") == partition(sku))
      }
      #expect(partition("\(sku)@~SALE") == partition("other@~SALE"))
    }
  }

  @Test func theMainPoolHasNoName() throws {
    let store = try TestStore()
    try store.perform("preheat op-1 A@main=3 B@mainly=2 main=1")
    #expect(
      try store.perform("get A A@main B@mainly main").words.filter { !$0.contains(".") } == [
        "A=3", "A=3", "B@mainly=2", "main=1",
      ])
    #expect(try store.perform("preheat op-2 A=1").description == "itemExists A=3")
  }
}
