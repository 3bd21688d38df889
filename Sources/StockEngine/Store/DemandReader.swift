/// Walks the log from the oldest part that is wanted to the newest and adds up what was refused, bucket by bucket. Of an archived part
/// only the blocks that name one of the items are read.
///
/// Refusals are logged with every shard held, so their times never fall from one to the next: a bucket is whole once a later one begins.
struct DemandReader {
  /// What is read: plain values, which know items by their numbers.
  struct Curve {
    struct Row {
      var time: Timestamp
      var item: ItemNumber
      var reason: UInt8
      var attempts: UInt64
      var units: Int64
    }

    var rows: [Row] = []
    /// From here on the rows are all there are.
    var since: Timestamp
    /// Where the next page begins.
    var next: DemandCursor?
  }

  private struct Refusal {
    var time: Timestamp
    var key: UInt64
    var attempts: UInt32
    var units: Int64
  }

  private struct Sum {
    var attempts: UInt64 = 0
    var units: Int64 = 0
  }

  private let items: Set<ItemNumber>
  private let query: DemandQuery
  private let rowsMax: Int
  private let bytesMax: UInt64
  /// Of the query's limits, which lie in them.
  private let firstBucket: Int64
  private let lastBucket: Int64

  private var reader: LogPartReader
  private var curve: Curve
  /// What is being added up, and what there is of it, by `key(of:_:)`.
  private var bucket: Int64 = 0
  private var sums: [UInt64: Sum] = [:]

  /// - Parameters:
  ///   - rowsMax: of one page; the query's own number is not looked at.
  ///   - bytesMax: how much may be read. A page that would take more ends before that, but not before it has got anywhere.
  init(
    directory: StoreDirectory, store: StoreID, items: some Sequence<ItemNumber>, until: LSN, query: DemandQuery,
    rowsMax: Int, bytesMax: UInt64
  ) {
    reader = LogPartReader(directory: directory, store: store, until: until)
    self.items = Set(items)
    self.query = query
    self.rowsMax = rowsMax
    self.bytesMax = bytesMax
    firstBucket = query.bucket.index(of: query.from)
    lastBucket =
      query.until <= .zero ? .max : query.bucket.index(of: query.until.adding(milliseconds: -1))
    curve = Curve(since: query.bucket.start(firstBucket))
  }

  mutating func run() throws(EngineFault) -> Curve {
    while true {
      let parts = try reader.parts()
      do throws(EngineFault) {
        return try walk(parts)
      } catch  where error.code == .io {
        // If a part went to the archive, or from it, since the look at the directory, it begins again.
        if try reader.parts() == parts { throw error }
      }
    }
  }

  private mutating func walk(_ parts: [UInt64: LogPart]) throws(EngineFault) -> Curve {
    curve = Curve(since: query.bucket.start(firstBucket))
    bucket = firstBucket
    sums = [:]
    guard let newest = parts.keys.max(), firstBucket <= lastBucket else { return curve }
    for sequence in try oldest(parts, newest)...newest {
      guard let part = parts[sequence] else { preconditionFailure("the parts are a row without gaps") }
      let goesOn =
        switch part.form {
        case .segment: try takeSegment(part, isNewest: sequence == newest)
        case .archive: try takeArchived(part)
        }
      if !goesOn { return curve }
    }
    flush()
    return curve
  }

  /// The first part that may hold something of what is wanted.
  private mutating func oldest(_ parts: [UInt64: LogPart], _ newest: UInt64) throws(EngineFault) -> UInt64 {
    var sequence = newest
    while let part = parts[sequence] {
      let isLast = sequence == 1 || parts[sequence - 1] == nil
      // All parts are wanted: of those between, nothing needs to be known.
      if firstBucket == 0 && !isLast {
        sequence -= 1
        continue
      }
      let start = try reader.start(of: part)
      if query.bucket.index(of: start) < firstBucket { return sequence }
      if isLast {
        if sequence > 1 { curve.since = max(curve.since, start) }
        return sequence
      }
      sequence -= 1
    }
    return newest
  }

  // MARK: Parts

  /// - Returns: whether there may be more of what is wanted.
  private mutating func takeSegment(_ part: LogPart, isNewest: Bool) throws(EngineFault) -> Bool {
    let bytes = try reader.bytes(of: part, isNewest: isNewest)
    if exceeds(UInt64(bytes)), mustEnd(at: try reader.firstTime(of: part)) { return false }
    let segment = try reader.segment(part, reading: bytes, isNewest: isNewest, pick)
    return add(segment.found)
  }

  private mutating func takeArchived(_ part: LogPart) throws(EngineFault) -> Bool {
    // A file that names none of the items costs its directory and its index all the same.
    if exceeds(0), mustEnd(at: try reader.firstTime(of: part)) { return false }
    var archive = try reader.open(archived: part)
    if query.bucket.index(of: archive.header.latestTime) < firstBucket { return true }
    for number in try reader.blocks(naming: items, in: &archive) {
      let block = archive.blocks[number]
      if query.bucket.index(of: block.latestTime) < firstBucket { continue }
      if query.bucket.index(of: block.firstTime) > lastBucket { break }
      if exceeds(UInt64(block.storedBytes)), mustEnd(at: block.firstTime) { return false }
      if !add(try reader.block(number, of: &archive, pick)) { return false }
    }
    return true
  }

  private func exceeds(_ bytes: UInt64) -> Bool { reader.bytesRead + bytes > bytesMax }

  /// Ends the page before the bucket that a time lies in, unless that is where it began.
  /// - Parameter time: no refusal that is still to be read is earlier.
  private mutating func mustEnd(at time: Timestamp) -> Bool {
    let index = max(bucket, query.bucket.index(of: time))
    if index <= firstBucket { return false }
    // What there is of a bucket that goes on is left to the next page.
    if index > bucket { flush() }
    if curve.next == nil { curve.next = DemandCursor(time: query.bucket.start(index), key: 0) }
    return true
  }

  // MARK: Rows

  /// The place of an item and a reason within a bucket.
  private static func key(of item: ItemNumber, _ reason: UInt8) -> UInt64 {
    UInt64(item.rawValue) << 8 | UInt64(reason)
  }

  private var pick: LogPartReader.Pick<Refusal> {
    { [items, firstBucket, width = query.bucket] entry, _ in
      guard case .refused(let item, let reason, let attempts, let units) = entry.event, items.contains(item),
        width.index(of: entry.time) >= firstBucket
      else { return nil }
      return Refusal(time: entry.time, key: Self.key(of: item, reason), attempts: attempts, units: units)
    }
  }

  /// - Returns: whether there may be more of what is wanted.
  private mutating func add(_ refusals: [Refusal]) -> Bool {
    for refusal in refusals {
      let index = query.bucket.index(of: refusal.time)
      if index > bucket {
        flush()
        if index > lastBucket { return false }
        if curve.next == nil && curve.rows.count == rowsMax {
          curve.next = DemandCursor(time: query.bucket.start(index), key: 0)
        }
        if curve.next != nil { return false }
        bucket = index
      }
      sums[refusal.key, default: Sum()].attempts += UInt64(refusal.attempts)
      sums[refusal.key, default: Sum()].units += refusal.units
    }
    return true
  }

  /// Makes rows of a bucket that is whole, as many as the page has room for.
  private mutating func flush() {
    for (key, sum) in sums.sorted(by: { $0.key < $1.key }) {
      if bucket == firstBucket && key < query.key { continue }
      if curve.rows.count == rowsMax {
        curve.next = DemandCursor(time: query.bucket.start(bucket), key: key)
        break
      }
      curve.rows.append(
        Curve.Row(
          time: query.bucket.start(bucket), item: ItemNumber(rawValue: UInt32(truncatingIfNeeded: key >> 8)),
          reason: UInt8(truncatingIfNeeded: key), attempts: sum.attempts, units: sum.units))
    }
    sums.removeAll(keepingCapacity: true)
  }
}
