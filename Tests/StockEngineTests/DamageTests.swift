import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Files, groups and bits of a whole store damaged, exchanged, removed and doubled: the exact state, or a refusal that names file,
/// place and next step. Never a third thing; and what a start refuses `verify` finds.
@Suite struct DamageTests {
  @Test func filesRemovedCutAndEmptied() throws {
    let store = try WholeStore()
    #expect(store.paths(in: "log").count == 3 && store.paths(in: "archive").count == 2)
    #expect(store.paths(in: "snap").count == 2)
    let tally = DamageTally(store)
    for path in store.files {
      let bytes = try #require(store.disk.bytes(path))
      tally.judge("\(path) removed") { $0.remove(path) }
      let places = Set(
        [0, 1, 39, 40, bytes.count / 2, bytes.count - 1] + Array(stride(from: 0, to: bytes.count, by: 4096)))
      for place in places.sorted() where place < bytes.count {
        tally.judge("\(path) cut at \(place)") { $0.place(Array(bytes[..<place]), at: path) }
      }
      tally.judge("\(path) zeroed") { $0.place([UInt8](repeating: 0, count: bytes.count), at: path) }
    }
    tally.print("files removed, cut, zeroed")
    #expect(tally.counts["exact", default: 0] > 20 && tally.counts["corrupt", default: 0] > 20)
    #expect(tally.counts["missing", default: 0] > 0)
  }

  @Test func filesExchangedAndOverwritten() throws {
    let store = try WholeStore()
    let tally = DamageTally(store)
    for path in store.files {
      let bytes = try #require(store.disk.bytes(path))
      for other in store.files where other != path {
        let others = try #require(store.disk.bytes(other))
        tally.judge("\(path) overwritten with \(other)") { $0.place(others, at: path) }
        if path < other {
          tally.judge("\(path) and \(other) exchanged") {
            $0.place(others, at: path)
            $0.place(bytes, at: other)
          }
        }
      }
    }
    tally.print("files exchanged, overwritten")
  }

  @Test func filesDoubledUnderOtherNames() throws {
    let store = try WholeStore()
    let tally = DamageTally(store)
    let lsns = store.paths(in: "snap").compactMap { SnapshotFormat.lsn($0.lastPathComponent)?.rawValue }
    let numbers = Array(1...7 as ClosedRange<UInt64>)
    let names =
      numbers.map { "log/\(LogFormat.segmentName($0))" } + numbers.map { "archive/\(ArchiveFormat.name($0))" }
      + numbers.map { "archive/\(LogFormat.segmentName($0))" }
      + ([1, 1000] + lsns + lsns.map { $0 + 1 }).map { "snap/\(SnapshotFormat.name(LSN($0)))" }
    for name in names {
      let target = "\(WholeStore.folder)/\(name)"
      if store.disk.bytes(target) != nil { continue }
      for path in store.files {
        let bytes = try #require(store.disk.bytes(path))
        tally.judge("\(path) doubled as \(name)") { $0.place(bytes, at: target) }
      }
    }
    tally.print("files doubled")
  }

  /// Every block of the log over every other one, and every sector lost.
  @Test func groupsOverwrittenDoubledAndLost() throws {
    let store = try WholeStore()
    let tally = DamageTally(store)
    var blocks: [(path: String, offset: Int, bytes: ArraySlice<UInt8>)] = []
    for path in store.paths(in: "log") {
      let bytes = try #require(store.disk.bytes(path))
      for offset in stride(from: 0, to: bytes.count, by: 4096) where offset + 4096 <= bytes.count {
        let block = bytes[offset..<offset + 4096]
        // Of what was never written one block is enough.
        if block.allSatisfy({ $0 == 0 }), blocks.last?.bytes.allSatisfy({ $0 == 0 }) == true { continue }
        blocks.append((path, offset, block))
      }
    }
    #expect(blocks.count >= 12)
    for target in blocks {
      let whole = try #require(store.disk.bytes(target.path))
      for source in blocks where source.bytes != target.bytes {
        tally.judge("\(target.path) at \(target.offset) is \(source.path) at \(source.offset)", verifies: false) {
          disk in
          var bytes = whole
          bytes.replaceSubrange(target.offset..<target.offset + 4096, with: source.bytes)
          disk.place(bytes, at: target.path)
        }
      }
      for sector in stride(from: target.offset, to: target.offset + 4096, by: 512) {
        if whole[sector..<sector + 512].allSatisfy({ $0 == 0 }) { continue }
        tally.judge("\(target.path): the sector at \(sector) lost") { disk in
          var bytes = whole
          for place in sector..<sector + 512 { bytes[place] = 0 }
          disk.place(bytes, at: target.path)
        }
      }
    }
    tally.print("groups overwritten, doubled, lost")
  }

  /// Bits of every file, under the whole store.
  @Test func bitsOfEveryFile() throws {
    let store = try WholeStore()
    let tally = DamageTally(store)
    for path in store.files {
      var bytes = try #require(store.disk.bytes(path))
      // What was prepared and never written is cut like a torn tail: there `TailRuleTests` look closer.
      while bytes.last == 0 { bytes.removeLast() }
      let whole = try #require(store.disk.bytes(path))
      for offset in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 120)) {
        tally.judge("\(path): bit \(offset % 8) at \(offset)", verifies: false) { disk in
          var damaged = whole
          damaged[offset] ^= 1 << UInt8(offset % 8)
          disk.place(damaged, at: path)
        }
      }
    }
    tally.print("bits")
  }

  /// A slot with a wrong bit says nothing; the other one does.
  @Test func everyBitOfTheWatermark() throws {
    let store = try WholeStore()
    let path = "\(WholeStore.folder)/WATERMARK"
    var bytes = try #require(store.disk.bytes(path))
    var seen: [LSN: Int] = [:]
    for offset in bytes.indices {
      for bit in 0..<8 {
        bytes[offset] ^= 1 << bit
        store.disk.place(bytes, at: path)
        bytes[offset] ^= 1 << bit
        var mark = Watermark(
          directory: StoreDirectory(storage: store.disk, path: WholeStore.folder), store: TestStore.id)
        try mark.read()
        seen[mark.lsn, default: 0] += 1
      }
    }
    #expect(
      seen.count == 2 && seen.keys.allSatisfy { $0 > .zero && $0 <= store.durable }, "of one slot or the other: \(seen)"
    )
    #expect(seen[store.durable, default: 0] > bytes.count * 4)
    print("damage, every bit of WATERMARK: \(seen.values.reduce(0, +)), by LSN \(seen)")
  }

  /// The newest snapshot is lost, and the log behind the one before it lies in the archive: a start folds it from there, and `verify`
  /// does not take it for a hole.
  @Test func theLogBehindASnapshotLiesInTheArchive() throws {
    let store = try WholeStore()
    let third = store.paths(in: "log")[0]
    #expect(
      try SmallArchive.catalog(store.disk).archive(LogPart(sequence: 3, path: third, form: .segment, isInLog: true)))
    store.disk.remove(third)
    store.disk.remove(store.paths(in: "snap")[1])
    #expect(try WholeStore.open(store.disk.copy(), at: store.elapsed).found == store.expected)
    let verified = try StoreInspector(path: WholeStore.folder, storage: store.disk).verifyDeeply()
    #expect(verified.exitStatus == 0, "\(verified)")
  }

  // MARK: Two stores

  /// Every mixture of the kinds of files of two stores.
  @Test func filesOfTwoStores() throws {
    let store = try WholeStore()
    let other = try WholeStore(id: StoreID(low: 9, high: 9))
    let kinds = ["META", "WATERMARK", "log/", "snap/", "archive/"].map { "\(WholeStore.folder)/\($0)" }
    let tally = DamageTally(store)
    for mixture in 1..<(1 << kinds.count) {
      let foreign = kinds.indices.filter { mixture >> $0 & 1 != 0 }.map { kinds[$0] }
      tally.judge("of another store: \(foreign)", or: [other.expected]) { disk in
        for path in store.files where foreign.contains(where: { path.hasPrefix($0) }) { disk.remove(path) }
        for path in other.files where foreign.contains(where: { path.hasPrefix($0) }) {
          disk.place(other.disk.bytes(path)!, at: path)
        }
      }
    }
    for path in store.files {
      let bytes = try #require(other.disk.bytes(path))
      tally.judge("\(path) of another store") { $0.place(bytes, at: path) }
    }
    tally.print("two stores")
    #expect(tally.counts["otherStore", default: 0] > 0)
  }

  /// Two copies of one store that were both started: the same id, the same LSNs, other epochs. Every mixture of the files in which
  /// they differ.
  @Test func filesOfTwoCopies() throws {
    let origin = try WholeStore()
    func goOn(_ nonce: UInt32, _ orders: [String]) throws -> WholeStore {
      try WholeStore(
        [["reserve o-7 A=1", "reserve \(orders[0]) A=1"], ["reserve \(orders[1]) A=1"], ["cancel \(orders[0])"]],
        nonce: nonce,
        on: origin.disk.copy(), at: origin.elapsed, snapshots: 1)
    }
    let store = try goOn(5, ["o-8", "o-9"])
    let other = try goOn(6, ["o-9", "o-8"])
    #expect(store.files == other.files && store.durable == other.durable && store.expected != other.expected)
    let differing = store.files.filter { store.disk.bytes($0) != other.disk.bytes($0) }
    #expect(differing.count >= 4, "\(differing)")
    let tally = DamageTally(store)
    for mixture in 0..<(1 << differing.count) {
      let foreign = differing.indices.filter { mixture >> $0 & 1 != 0 }.map { differing[$0] }
      tally.judge("of the other copy: \(foreign)", or: [other.expected]) { disk in
        for path in foreign { disk.place(other.disk.bytes(path)!, at: path) }
      }
    }
    tally.print("two copies, \(differing.count) files differ")
    #expect(tally.counts["corrupt", default: 0] > 0)
  }
}
