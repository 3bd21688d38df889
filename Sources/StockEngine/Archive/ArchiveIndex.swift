/// Collects which items, orders and operations each block holds.
///
/// A pair of key and block is one number, the key in its upper 40 bits, so that sorting numbers sorts by key, then block.
struct ArchiveIndexBuilder {
  private var decoder = RecordDecoder()
  private var pairs: [ArchiveIndexKind: [UInt64]] = [:]
  private let store: StoreID

  init(store: StoreID) {
    self.store = store
    for kind in ArchiveIndexKind.allCases { pairs[kind] = [] }
  }

  static let keyBitsMax: UInt32 = 40
  private static let blockMask: UInt64 = 1 << ArchiveFormat.blockNumberBits - 1

  static func pair(_ key: UInt64, _ block: Int) -> UInt64 { key << ArchiveFormat.blockNumberBits | UInt64(block) }
  static func key(_ pair: UInt64) -> UInt64 { pair >> ArchiveFormat.blockNumberBits }
  static func block(_ pair: UInt64) -> Int { Int(pair & blockMask) }

  /// Reads a block's events and notes what they name.
  mutating func add(block: Int, _ raw: UnsafeRawBufferPointer, _ run: RecordRun) throws(EventDecodingError) {
    precondition(block < ArchiveFormat.blocksMax, "an archive file has at most \(ArchiveFormat.blocksMax) blocks")
    try decoder.decode(raw, run)
    var items: [UInt64] = []
    var orders: [UInt64] = []
    var operations: [UInt64] = []
    decoder.withSource(raw) { source in
      for entry in decoder.entries {
        let mentions = entry.event.mentions
        if let id = mentions.order { orders.append(Self.hashPair(source.text(id), store, block)) }
        if let id = mentions.operation { operations.append(Self.hashPair(source.text(id), store, block)) }
        if let item = mentions.item { items.append(Self.pair(UInt64(item.rawValue), block)) }
        if let item = mentions.otherItem { items.append(Self.pair(UInt64(item.rawValue), block)) }
        for line in source.lines(mentions.lines) { items.append(Self.pair(UInt64(line.item.rawValue), block)) }
      }
    }
    pairs[.items]! += Self.sortedOnce(items)
    pairs[.orders]! += Self.sortedOnce(orders)
    pairs[.operations]! += Self.sortedOnce(operations)
  }

  private static func hashPair(_ id: UnsafeRawBufferPointer, _ store: StoreID, _ block: Int) -> UInt64 {
    ArchiveFormat.key(of: id, store: store) & ~blockMask | UInt64(block)
  }

  private static func sortedOnce(_ values: [UInt64]) -> [UInt64] {
    let sorted = values.sorted()
    var once: [UInt64] = []
    once.reserveCapacity(sorted.count)
    for value in sorted where value != once.last { once.append(value) }
    return once
  }

  /// Enough bits that a key which is not there seldom looks as if it were: about once in 256 lookups.
  static func keyBits(_ kind: ArchiveIndexKind, pairs count: Int) -> UInt32 {
    kind == .items ? 32 : min(UInt32(Int.bitWidth - count.leadingZeroBitCount) + 8, keyBitsMax)
  }

  /// All pairs of one index, by key, then by block, keys cut to the index's bits.
  mutating func take(_ kind: ArchiveIndexKind) -> (keyBits: UInt32, pairs: [UInt64]) {
    let found = pairs[kind] ?? []
    pairs[kind] = []
    let bits = Self.keyBits(kind, pairs: found.count)
    if kind == .items { return (bits, Self.sortedOnce(found)) }
    let shift = UInt64(Self.keyBitsMax - bits)
    return (bits, Self.sortedOnce(found.map { Self.pair(Self.key($0) >> shift, Self.block($0)) }))
  }
}

/// What an event names.
struct EventMentions {
  var item: ItemNumber?
  /// The other end of a move.
  var otherItem: ItemNumber?
  var order: ByteRange?
  var operation: ByteRange?
  var lines = IndexRange.empty
}

extension Event {
  var mentions: EventMentions {
    switch self {
    case .itemCreated(let item, _, _), .itemReplaced(let item, _), .supplied(let item, _, _),
      .adjusted(let item, _, _, _),
      .shortfall(let item, _), .configured(let item, _),
      .refused(let item, _, _, _):
      EventMentions(item: item)
    case .moved(let from, let to, _): EventMentions(item: from, otherItem: to)
    case .reserved(let placed), .deducted(let placed), .deferred(let placed), .attempted(let placed, _):
      EventMentions(order: placed.order, lines: placed.lines)
    case .confirmed(let moved), .lateConfirmed(let moved), .cancelled(let moved, _), .expired(let moved),
      .returned(let moved, _), .deferredConfirmed(let moved), .deferralEnded(let moved, _, _),
      .partlyConfirmed(let moved), .partlyCancelled(let moved, _):
      EventMentions(order: moved.order, lines: moved.lines)
    case .extended(let order, _), .fenced(let order, _), .refundRequired(let order), .shipped(let order),
      .delivered(let order):
      EventMentions(order: order)
    case .operationDone(let id, _, _): EventMentions(operation: id)
    case .limitSet, .saleOpened, .salePaused, .saleResumed, .saleStarted, .saleClosed, .saleRetired, .buyerUnpaid,
      .buyerFlagged, .buyerCleared, .buyersForgotten, .ordersRetired, .fingerprintsForgotten, .operationsForgotten,
      .outage, .sealed, .heartbeat, .epochBegan, .idsIssued:
      EventMentions()
    }
  }
}

/// A page's place in its index, and the key that it begins with: what a search looks at first.
struct ArchiveFence: Equatable, BitwiseCopyable {
  var firstKey: UInt64
  var bytes: UInt32
  var keys: UInt32
  var check: UInt64

  init(firstKey: UInt64, bytes: UInt32, keys: UInt32, check: UInt64) {
    self.firstKey = firstKey
    self.bytes = bytes
    self.keys = keys
    self.check = check
  }

  init(decoding reader: inout ByteReader) {
    firstKey = reader.take()
    bytes = reader.take()
    keys = reader.take()
    check = reader.take()
  }

  func encode(into writer: inout ByteWriter) {
    writer.makeRoom(ArchiveFormat.fenceBytes)
    writer.put(firstKey)
    writer.put(bytes)
    writer.put(keys)
    writer.put(check)
  }
}

/// An index as it is written. A page is a row of keys: each as the distance from the key before (from the fence's for the
/// first), then its blocks, each as the distance from the block before, doubled, plus 1 if another follows.
struct ArchiveIndexImage: ~Copyable {
  private(set) var pages = ByteWriter(capacity: 64 * 1024)
  private(set) var fences = ByteWriter(capacity: 1024)
  private(set) var totals = ArchiveFooter.Index()

  init(_ kind: ArchiveIndexKind, _ index: (keyBits: UInt32, pairs: [UInt64]), store: StoreID, segment: UInt64) {
    totals.keyBits = index.keyBits
    totals.pairs = UInt64(index.pairs.count)
    var start = 0
    var place = 0
    while place < index.pairs.count {
      let first = ArchiveIndexBuilder.key(index.pairs[place])
      var previous = first
      var keys: UInt32 = 0
      while place < index.pairs.count, pages.count - start < ArchiveFormat.pageBytes {
        let key = ArchiveIndexBuilder.key(index.pairs[place])
        pages.makeRoom(10)
        pages.putVarint(key - previous)
        previous = key
        keys += 1
        place = putBlocks(of: key, index.pairs, from: place)
      }
      let bytes = UnsafeRawBufferPointer(rebasing: pages.bytes[start...])
      let seed = ArchiveFormat.seed(store, segment: segment, .page(kind, Int(totals.pages)))
      ArchiveFence(firstKey: first, bytes: UInt32(bytes.count), keys: keys, check: hashBytes(bytes, seed: seed))
        .encode(into: &fences)
      totals.pages += 1
      start = pages.count
    }
    totals.pageBytes = UInt64(pages.count)
    totals.fencesCheck = hashBytes(fences.bytes, seed: ArchiveFormat.seed(store, segment: segment, .fences(kind)))
  }

  private mutating func putBlocks(of key: UInt64, _ pairs: [UInt64], from first: Int) -> Int {
    var place = first
    var previous = 0
    while place < pairs.count, ArchiveIndexBuilder.key(pairs[place]) == key {
      let block = ArchiveIndexBuilder.block(pairs[place])
      place += 1
      let isLast = place == pairs.count || ArchiveIndexBuilder.key(pairs[place]) != key
      pages.makeRoom(10)
      pages.putVarint(UInt64(block - previous) << 1 | (isLast ? 0 : 1))
      previous = block
    }
    return place
  }
}

/// Reads the keys of one page, in order.
struct ArchivePageCursor {
  private var reader: ByteReader
  private var key: UInt64
  private var left: UInt32
  private var isFirst = true

  init(_ page: UnsafeRawBufferPointer, _ fence: ArchiveFence) {
    reader = ByteReader(page)
    key = fence.firstKey
    left = fence.keys
  }

  /// The next key and its blocks; nil at the end.
  /// - Throws: if the page's check was right and it does not read.
  mutating func next() throws(EventDecodingError) -> (key: UInt64, blocks: [Int])? {
    if left == 0 {
      guard reader.isAtEnd, !reader.hasFailed else { throw .damaged }
      return nil
    }
    left -= 1
    let distance = reader.takeVarint(max: 1 << UInt64(ArchiveIndexBuilder.keyBitsMax))
    guard isFirst == (distance == 0) else { throw .damaged }
    isFirst = false
    let (next, hasOverflown) = key.addingReportingOverflow(distance)
    if hasOverflown { throw .damaged }
    key = next
    var blocks: [Int] = []
    var block = 0
    while true {
      let field = reader.takeVarint(max: UInt64(ArchiveFormat.blocksMax) << 1)
      block += Int(field >> 1)
      guard !reader.hasFailed, block < ArchiveFormat.blocksMax, blocks.isEmpty || field > 1 else { throw .damaged }
      blocks.append(block)
      if field & 1 == 0 { return (key, blocks) }
    }
  }
}
