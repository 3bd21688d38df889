import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// An archive file holds what its segment held, to the byte; and one bit of it wrong is noticed.
@Suite struct ArchiveFormatTests {
  // MARK: Golden bytes

  private static let header = ArchiveHeader(
    store: TestStore.id, sequence: 3, firstLSN: LSN(77), lastLSN: LSN(99), firstGroup: 12, groups: 5,
    previousChain: 0xAABB_CCDD_EEFF_0011, chain: 0x1122_3344_5566_7788, firstTime: GoldenBytesTests.time,
    latestTime: GoldenBytesTests.time.adding(milliseconds: 5000), createdAt: GoldenBytesTests.time, segmentBytes: 65536)

  @Test func header() throws {
    let bytes = Self.header.encoded()
    #expect(bytes.count == 136)
    #expect(GoldenBytesTests.hex(bytes) == Self.headerHex)
    #expect(
      try bytes.withUnsafeBytes { try ArchiveHeader(decoding: $0, file: "f", store: TestStore.id) } == Self.header)
  }

  /// Two keys in one page, one of them in three blocks.
  @Test func index() {
    let pairs = [(7, 0), (7, 1), (7, 300), (1000, 2)].map { ArchiveIndexBuilder.pair(UInt64($0.0), $0.1) }
    let image = ArchiveIndexImage(.items, (32, pairs), store: TestStore.id, segment: 3)
    #expect(GoldenBytesTests.hex(image.pages.bytes) == "000103d604e10704")
    #expect(GoldenBytesTests.hex(image.fences.bytes) == Self.fenceHex)
    #expect(
      image.totals
        == ArchiveFooter.Index(
          pageBytes: 8, pages: 1, keyBits: 32, pairs: 4, fencesCheck: image.totals.fencesCheck))
  }

  /// A whole file, its one block stored as it is: two commands and the seal.
  @Test func file() throws {
    let small = try SmallArchive(["preheat op-1 A=10", "reserve o-1 buyer=u1 A=2"])
    #expect(GoldenBytesTests.hex(small.bytes) == Self.fileHex)
  }

  // MARK: What is kept

  @Test(arguments: [Codec.Effort.fast, .high])
  func keepsEveryRecord(_ effort: Codec.Effort) throws {
    let small = try SmallArchive(effort: effort)
    let records = try KeptRecord.ofArchive(small.disk, small.path)
    #expect(records == (try KeptRecord.ofSegment(small.segment, LogFormat.segmentName(1))))
    #expect(records.count == 8)
    var reader = try small.reader()
    try reader.verify()
    #expect(small.bytes.count < small.segment.count)
  }

  /// Random lives: several blocks, groups larger than a block, records of all sizes.
  @Test(arguments: Seeds.runs(old: [1, 2], fresh: 2))
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let store = try TestStore(shards: random.oneIn(2) ? 1 : 4, segmentBytes: 4 << 20)
    let items = (0..<300).map { "item-\($0)" }
    try store.perform(.preheat(operation: "p", lines: items.map { ShopCommand.Line($0, 1_000_000) }, replace: false))
    var number = 0
    for _ in 0..<12 + random.below(20) {
      let commands = (0..<1 + random.below(random.oneIn(3) ? 2000 : 20)).map { _ -> ShopCommand in
        number += 1
        var placement = ShopCommand.Placement(
          order: "o-\(random.below(1 << 40))-\(number)",
          lines: [.init(random.pick(items), 1), .init(random.pick(items), 2)])
        placement.payload = String(repeating: "p", count: random.oneIn(20) ? 1000 : random.below(4))
        return .reserve(placement)
      }
      _ = try store.perform(commands)
      store.advance(Int64(random.below(3)))
    }
    try store.inventory.seal()
    store.stop()
    let disk = store.storage
    disk.kill()
    let directory = StoreDirectory(storage: disk, path: TestStore.path)
    for part in try directory.logParts() {
      let bytes = try #require(disk.bytes(part.path))
      let expected = try KeptRecord.ofSegment(bytes, LogFormat.segmentName(part.sequence))
      if expected.isEmpty { continue }
      let catalog = SmallArchive.catalog(disk)
      #expect(try catalog.archive(part, ArchiveCatalog.Manner(effort: random.oneIn(2) ? .fast : .high)))
      #expect(try KeptRecord.ofArchive(disk, catalog.path(part.sequence)) == expected, "seed \(seed)")
      try checkLookups(disk, catalog.path(part.sequence), seed)
    }
  }

  /// Whatever an event names is found in the block that it stands in.
  private func checkLookups(_ disk: SimulatedStorage, _ path: String, _ seed: UInt64) throws {
    var reader = try ArchiveReader(disk, path: path, store: TestStore.id)
    try reader.verify()
    var named: [String: Set<Int>] = [:]
    for number in reader.blocks.indices {
      let raw = try reader.read(block: number)
      for event in try StoreInspector.events(raw, reader.blocks[number].run, path, 0) {
        if let order = event.order { named["order \(order)", default: []].insert(number) }
        for line in event.lines { named["item \(line.item.rawValue)", default: []].insert(number) }
      }
    }
    for (name, blocks) in named {
      let words = name.split(separator: " ")
      let key: ArchiveReader.Key =
        words[0] == "item"
        ? .item(ItemNumber(rawValue: UInt32(words[1])!))
        : .order(Array(words[1].utf8).withUnsafeBytes { ArchiveFormat.key(of: $0, store: TestStore.id) })
      let found = try reader.blocks(naming: key)
      #expect(found == found.sorted())
      if words[0] == "item" { #expect(Set(found) == blocks) } else { #expect(blocks.isSubset(of: found)) }
    }
    #expect(try reader.blocks(naming: .item(ItemNumber(rawValue: 0xFFFF_FFFF))).isEmpty)
    var strangers = 0
    for number in 0..<1000 {
      let hash = Array("stranger-\(number)".utf8).withUnsafeBytes { ArchiveFormat.key(of: $0, store: TestStore.id) }
      strangers += try reader.blocks(naming: .order(hash)).count
    }
    #expect(strangers < 50, "an unknown order is found too often: \(strangers) blocks in 1000 lookups, seed \(seed)")
  }

  @Test func aRecordOfTheLargestSize() throws {
    let names = (0..<Bounds.linesPerOperationMax).map { number -> ShopCommand.Line in
      let digits = "\(10_000 + number)"
      return ShopCommand.Line(String(repeating: "s", count: 59) + digits + "@" + String(repeating: "p", count: 64), 1)
    }
    let store = try TestStore(segmentBytes: 1 << 20)
    try store.perform(.preheat(operation: "p", lines: names, replace: false))
    try store.inventory.seal()
    let part = try #require(try StoreDirectory(storage: store.storage, path: TestStore.path).logParts().first)
    #expect(try SmallArchive.catalog(store.storage).archive(part))
  }

  // MARK: Damage

  @Test func everyBitOfAnArchiveFile() throws {
    let small = try SmallArchive()
    var bytes = small.bytes
    for offset in bytes.indices {
      for bit in 0..<8 {
        bytes[offset] ^= 1 << bit
        small.disk.place(bytes, at: small.path)
        bytes[offset] ^= 1 << bit
        let fault = #expect(throws: EngineFault.self, "bit \(bit) at \(offset)") {
          var reader = try small.reader()
          try reader.verify()
        }
        #expect(fault?.code == .corrupt)
      }
    }
  }

  /// Lookups are exact or refused: never a third thing.
  @Test func everyByteUnderALookup() throws {
    let small = try SmallArchive()
    let item = ItemNumber(rawValue: 0xB5)
    var whole = try small.reader()
    let expected = try whole.blocks(naming: .item(item))
    #expect(expected == [0])
    var bytes = small.bytes
    for offset in bytes.indices {
      bytes[offset] ^= 0x10
      small.disk.place(bytes, at: small.path)
      bytes[offset] ^= 0x10
      do {
        var reader = try small.reader()
        #expect(try reader.blocks(naming: .item(item)) == expected, "at \(offset)")
        #expect(try KeptRecord.ofArchive(small.disk, small.path).count == 8, "at \(offset)")
      } catch let fault as EngineFault {
        #expect(fault.code == .corrupt)
      }
    }
  }

  @Test func everyCutOfAnArchiveFile() throws {
    let small = try SmallArchive()
    for place in small.bytes.indices {
      small.disk.place(Array(small.bytes[..<place]), at: small.path)
      let fault = #expect(throws: EngineFault.self, "cut at \(place)") { _ = try small.reader() }
      #expect(fault?.code == .corrupt)
    }
    small.disk.place(small.bytes + [0], at: small.path)
    #expect(throws: EngineFault.self) { _ = try small.reader() }
  }

  /// A good file in the wrong place, or of another store.
  @Test func aFileOfAnotherPlace() throws {
    let small = try SmallArchive()
    let wrong = SmallArchive.catalog(small.disk).path(2)
    small.disk.place(small.bytes, at: wrong)
    let fault = #expect(throws: EngineFault.self) {
      _ = try ArchiveReader(small.disk, path: wrong, store: TestStore.id)
    }
    #expect(fault?.code == .corrupt)
    let stranger = #expect(throws: EngineFault.self) {
      _ = try ArchiveReader(small.disk, path: small.path, store: StoreID(low: 1, high: 2))
    }
    #expect(stranger?.code == .otherStore)
  }

  @Test func aNewerFormatIsRefusedPolitely() throws {
    let small = try SmallArchive()
    var bytes = small.bytes
    bytes[8] = 2
    let check = bytes.withUnsafeBytes {
      hashBytes(UnsafeRawBufferPointer(rebasing: $0[..<72]), seed: ArchiveFormat.magic)
    }
    withUnsafeBytes(of: check.littleEndian) { for index in 0..<8 { bytes[72 + index] = $0[index] } }
    small.disk.place(bytes, at: small.path)
    #expect(#expect(throws: EngineFault.self) { _ = try small.reader() }?.code == .newerFormat)
  }

  /// An index that its checks confirm and the records do not: a bug of the writer, which `verify` must not pass.
  @Test func anIndexOfOtherRecordsIsNoticed() throws {
    let small = try SmallArchive()
    let other = try SmallArchive(SmallArchive.commands.map { $0.replacing("o-1", with: "o-9") })
    // The blocks, directory and item index of one, with the order index of the other, and a footer that covers it.
    let whole = try small.reader()
    let donor = try other.reader()
    var footer = whole.footer
    footer.orders = donor.footer.orders
    let mine = whole.footer
    let theirs = donor.footer
    var bytes = Array(small.bytes[..<mine.pagesOffset(.orders)])
    bytes += other.bytes[theirs.pagesOffset(.orders)..<theirs.pagesOffset(.operations)]
    bytes += small.bytes[mine.pagesOffset(.operations)..<small.bytes.count - ArchiveFormat.footerBytes]
    bytes += footer.encoded(seed: ArchiveFormat.seed(TestStore.id, segment: 1, .footer))
    small.disk.place(bytes, at: small.path)
    var reader = try small.reader()
    let fault = #expect(throws: EngineFault.self) { try reader.verify() }
    #expect(fault?.message.contains("index of orders") == true)
  }

  static let headerHex =
    "53544b444152430a01000000000000004444333322221111888877776666555503000000000000004d0000000000000063000000000000000c000000000000000500000000000000737c55fce1ffdc171100ffeeddccbbaa887766554433221100dc20749701000088ef20749701000000dc2074970100000000010000000000046b7915c99293b8"
  static let fenceHex = "070000000000000008000000020000007af4fde1ab2ec806"
  static let fileHex =
    "53544b444152430a01000000000000004444333322221111888877776666555501000000000000000100000000000000040000000000000001000000000000000400000000000000a6a832fd6078b17e000000000000000057a768d02f1a734000dc2074970100000edc20749701000000dc2074970100000050000000000000a34b4a45ed5851fa00020a470100000001000000011740046f702d31015c47c8537ba755ac01b50000000141140e01111001036f2d31c0ee6d027531b5000000020e010b452acacd22ee3f39bd0101880000000000000018faa7e04ed9426c010000000000000000dc2074970100000edc207497010000470000004700000004000000000000000000b5000000000000000200000001000000b8aa09d9b5d538710000010000000000000002000000010000001d9e33f201270bcc00004900000000000000020000000100000089bf18a42cffb854a34b4a45ed5851fa0100000000000000040000000000000047000000000000004700000000000000a1107e6c2d8fcff7a13325899aae0a1b0200000000000000010000002000000001000000000000005bcb78b271198129020000000000000001000000090000000100000000000000cfd9e28959ececcc020000000000000001000000090000000100000000000000a67093c2cd72a69b53544b44454e440a83e6c7a6208348f2"
}
