import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

@Suite struct ReadTests {
  private func storeWithItems(_ count: Int, shards: Int) throws -> (TestStore, [String]) {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let names = (0..<count).map { "\($0 % 3 == 0 ? "tea" : "cup")-\($0)" }
    for start in stride(from: 0, to: count, by: 1000) {
      let lines = names[start..<min(start + 1000, count)].map { ShopCommand.Line($0, Int64($0.utf8.count)) }
      try store.perform(.preheat(operation: "p-\(start)", lines: lines, replace: false))
    }
    return (store, names)
  }

  /// Every item once, page by page, in one order that does not depend on the number of shards.
  @Test func pagesOfAList() throws {
    var orders: [[String]] = []
    for shards in [1, 4] {
      let (store, names) = try storeWithItems(700, shards: shards)
      for rows in [1, 7, 1000] as [UInt32] {
        var seen: [String] = []
        var cursor: UInt64 = 0
        repeat {
          let answer = try store.perform(.list(prefix: "", rowsMax: rows, cursor: cursor))
          let page = answer.words.dropLast().map { String($0.split(separator: "=")[0]) }
          #expect(page.count <= Int(rows))
          seen += page
          cursor = UInt64(answer.number("next")!)
        } while cursor != 0
        #expect(seen.sorted() == names.sorted())
        orders.append(seen)
      }
    }
    #expect(Set(orders).count == 1)
  }

  @Test func listByPrefix() throws {
    let (store, names) = try storeWithItems(300, shards: 4)
    let answer = try store.perform(.list(prefix: "tea", rowsMax: 1000, cursor: 0))
    let found = answer.words.dropLast().map { String($0.split(separator: "=")[0]) }
    #expect(found.sorted() == names.filter { $0.hasPrefix("tea") }.sorted())
    for cursor: UInt64 in [.max, 255 << 32, 256 << 32, 17 << 32 | 0xFFFF_FFFF] {
      #expect(try store.perform(.list(prefix: "", rowsMax: 10, cursor: cursor)).outcome == .found)
    }
  }

  /// A rare prefix does not hold the locks for long: a page may be short without being the last.
  @Test func aRarePrefix() throws {
    let (store, _) = try storeWithItems(20_000, shards: 1)
    var cursor: UInt64 = 0
    var pages = 0
    var seen: [String] = []
    repeat {
      let answer = try store.perform(.list(prefix: "tea-19998", rowsMax: 10, cursor: cursor))
      seen += answer.words.dropLast()
      cursor = UInt64(answer.number("next")!)
      pages += 1
    } while cursor != 0
    #expect(seen == ["tea-19998=9"])
    #expect(pages == 3)
  }

  /// Every pool of a SKU, whatever the shards, from the log and from a snapshot; long names and short ones.
  @Test(arguments: [1, 4])
  func poolsOfManySKUs(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 1 << 20)
    let skus = (0..<300).map { $0 % 3 == 0 ? "a-sku-with-a-name-longer-than-23-bytes-\($0)" : "s\($0)" }
    func pools(_ index: Int) -> [String] { ["", "@east", "@north", "@west"].suffix(index % 5) }
    for (index, sku) in skus.enumerated() where index % 5 != 0 {
      let lines = pools(index).shuffled().map { ShopCommand.Line(sku + $0, Int64(index)) }
      try store.perform(.preheat(operation: sku, lines: lines, replace: false))
    }
    func check() throws {
      for (index, sku) in skus.enumerated() {
        let answer = try store.perform(.pools(sku))
        let rows = answer.words.filter { !$0.contains(".") }
        #expect(rows == pools(index).map { "\(sku)\($0)=\(index)" })
      }
    }
    try check()
    try store.kill()
    try check()
    try store.snapshot()
    try store.restart(shards: 8)
    try check()
    #expect(store.inventory.recovery.events == 0)
  }

  /// A SKU with more pools than a read answers is left to a list.
  @Test func tooManyPools() throws {
    let store = try TestStore(segmentBytes: 1 << 20)
    func preheat(_ numbers: Range<Int>) throws {
      try store.perform(
        .preheat(operation: "p-\(numbers)", lines: numbers.map { .init("tea@p\($0)", 1) }, replace: false))
    }
    try preheat(0..<Bounds.poolsPerReadMax)
    let names = try store.perform("pools tea").words.filter { !$0.contains(".") }
    #expect(names == (0..<Bounds.poolsPerReadMax).map { "tea@p\($0)" }.sorted().map { "\($0)=1" })
    try preheat(Bounds.poolsPerReadMax..<Bounds.poolsPerReadMax + 1)
    #expect(try store.perform("pools tea").outcome == .unavailable)
  }

  // MARK: History

  private static let story = [
    "preheat p A=10 B=5", "reserve o-1 A=2 B=1", "supply s A=3 A=1", "confirm o-1", "reserve o-2 A=1", "cancel o-2",
    "adjust a A -1 reason=broken", "return r o-1 A=1 scrap", "deduct d A=1", "preheat q A=20 replace",
  ]

  private static let rows = [
    "12:itemReplaced,available+10,->20", "11:deducted,available-1,sold+1,->10,d",
    "10:returned,sold-1,scrapped+1,->11,o-1",
    "9:adjusted,available-1,->11,broken", "8:cancelled,available+1,reserved-1,->12,o-2",
    "7:reserved,available-1,reserved+1,->11,o-2", "6:confirmed,reserved-2,sold+2,->12,o-1",
    "5:supplied,available+1,->12",
    "4:supplied,available+3,->11", "3:reserved,available-2,reserved+2,->8,o-1", "2:x",
    "1:itemCreated,available+10,->10",
  ].filter { $0 != "2:x" }

  /// Newest first, the same from the log, from the archive and after a restart.
  @Test(arguments: [1, 4])
  func history(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 32 << 10)
    for (index, command) in Self.story.enumerated() {
      try store.perform(command)
      if index % 4 == 3 { try store.snapshot() }
    }
    let rows = Self.numbered(Self.rows)
    #expect(store.history("A") == Answer(.found, rows + ["since=1"]))
    try store.restart()
    #expect(store.history("A") == Answer(.found, rows + ["since=1"]))
    #expect(!store.storage.paths(in: "\(TestStore.path)/archive").isEmpty)
    // In pages.
    var seen: [String] = []
    var before: UInt64 = 0
    while true {
      let page = store.history("A", beforeVersion: before, rowsMax: 4).words.dropLast()
      if page.isEmpty { break }
      seen += page
      before = UInt64(page.last!.split(separator: ":")[0])!
      if before == 1 { break }
    }
    #expect(seen == rows)
    #expect(store.history("GHOST").outcome == .unknownItem)
    #expect(store.history("not a name").outcome == .unknownItem)
  }

  /// A move stands in the history of both ends, a configuration in its item's.
  @Test(arguments: [1, 4])
  func historyOfMovesAndFloors(shards: Int) throws {
    let store = try TestStore(shards: shards, segmentBytes: 32 << 10)
    for command in [
      "preheat p A=10", "configure c A floor=-3", "move m A A@east 4", "configure c2 A floor=-3", "move n A@east A 1",
      "move o A A@east 2",
    ] {
      try store.perform(command)
      try store.snapshot()
    }
    let main = [
      "5:moved,available-2,->5", "4:moved,available+1,->7", "3:moved,available-4,->6", "2:configured,->10,floor=-3",
      "1:itemCreated,available+10,->10", "since=1",
    ]
    let east = ["4:moved,available+2,->5", "3:moved,available-1,->3", "2:moved,available+4,->4", "1:itemCreated,->0"]
    for _ in 0..<2 {
      #expect(store.history("A") == Answer(.found, main))
      #expect(store.history("A@east").without("since") == Answer(.found, east))
      try store.restart(shards: 2)
    }
  }

  /// Versions count down from the newest without a gap.
  private static func numbered(_ rows: [String]) -> [String] {
    rows.enumerated().map { index, row in "\(rows.count - index):" + row.split(separator: ":", maxSplits: 1)[1] }
  }

  /// When the archive has let go of the oldest segments, the answer says from where on it is complete.
  @Test func historyOfATrimmedArchive() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    for command in Self.story {
      try store.perform(command)
      try store.snapshot()
    }
    let archived = store.storage.paths(in: "\(TestStore.path)/archive")
    #expect(archived.count > 5)
    for path in archived.prefix(3) { store.storage.remove(path) }
    let answer = store.history("A")
    let since = try #require(answer.number("since"))
    #expect(since > 1)
    #expect(answer.words.dropLast().count < Self.rows.count)
    #expect(answer.words.dropLast().elementsEqual(Self.numbered(Self.rows).prefix(answer.words.count - 1)))
  }

  /// The archive keeps within its bound by letting the oldest go.
  @Test func theArchiveIsBounded() throws {
    let store = try TestStore(segmentBytes: 32 << 10, opens: false)
    store.configuration.archiveBytesMax = 60_000
    try store.open()
    try store.perform("preheat p A=10")
    for number in 0..<30 {
      try store.perform("supply s-\(number) A=1")
      try store.snapshot()
    }
    let archived = store.storage.paths(in: "\(TestStore.path)/archive")
    let bytes = archived.reduce(0) { $0 + (store.storage.bytes($1)?.count ?? 0) }
    #expect(bytes <= 60_000)
    #expect(archived.count > 2)
    #expect(store.storage.paths(in: "\(TestStore.path)/snap").count == 2)
  }
}
