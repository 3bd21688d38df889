extension ArchiveReader {
  /// Reads every byte: every block, that its records read and are those of the segment, and that each index names exactly what
  /// the records name.
  mutating func verify(pace: Pace = .none) throws(EngineFault) {
    var pace = pace
    var index = ArchiveIndexBuilder(store: header.store)
    var check = RecordsCheck()
    var rawBytes: UInt64 = 0
    var firstTime: Timestamp?
    var latestTime = Timestamp(milliseconds: .min)
    for number in blocks.indices {
      let raw = try read(block: number)
      let block = blocks[number]
      var blockLatest = Timestamp(milliseconds: .min)
      do {
        var cursor = RecordCursor(raw, block.run)
        while let record = try cursor.next() {
          check.add(record.bytes, lsn: record.lsn, time: record.time)
          if firstTime == nil { firstTime = record.time }
          blockLatest = max(blockLatest, record.time)
        }
        try index.add(block: number, raw, block.run)
      } catch {
        throw unreadable(error, block: number)
      }
      guard blockLatest == block.latestTime else {
        throw damaged("block \(number) has other times than the directory says.")
      }
      latestTime = max(latestTime, blockLatest)
      rawBytes += UInt64(raw.count)
      if pace.isStepFull(after: raw.count) { pace.rest() }
    }
    guard check.value == footer.recordsCheck, rawBytes == footer.rawBytes, firstTime == header.firstTime,
      latestTime == header.latestTime
    else { throw damaged("the records are not those of the segment.") }
    for kind in ArchiveIndexKind.allCases { try verify(kind, index.take(kind)) }
  }

  private mutating func verify(
    _ kind: ArchiveIndexKind, _ expected: (keyBits: UInt32, pairs: [UInt64])
  ) throws(EngineFault) {
    let other = damaged("the index of \(kind) is not that of the records.", offset: footer.pagesOffset(kind))
    guard footer[kind].keyBits == expected.keyBits, footer[kind].pairs == UInt64(expected.pairs.count) else {
      throw other
    }
    var place = 0
    for page in try fences(of: kind).indices {
      let fence = try fences(of: kind)[page]
      let bytes = try read(page: page, of: kind)
      guard let count = Self.pairs(of: bytes, fence, equalTo: expected.pairs[place...]) else { throw other }
      place += count
    }
    guard place == expected.pairs.count else { throw other }
  }

  /// How many pairs a page has, or nil if they are not the expected ones.
  private static func pairs(of page: [UInt8], _ fence: ArchiveFence, equalTo expected: ArraySlice<UInt64>) -> Int? {
    page.withUnsafeBytes { bytes -> Int? in
      var cursor = ArchivePageCursor(bytes, fence)
      var place = expected.startIndex
      do throws(EventDecodingError) {
        while let entry = try cursor.next() {
          for block in entry.blocks {
            guard place < expected.endIndex, ArchiveIndexBuilder.pair(entry.key, block) == expected[place] else {
              return nil
            }
            place += 1
          }
        }
      } catch {
        return nil
      }
      return place - expected.startIndex
    }
  }

  func unreadable(_ error: EventDecodingError, block number: Int) -> EngineFault {
    switch error {
    case .newer(let kind):
      EngineFault(
        .newerFormat, "the archive has events of kind \(kind), which this stockd does not know.", file: path,
        offset: blocks[number].offset, lsn: blocks[number].firstLSN,
        advice: "Nothing was changed. Start the newer stockd again.")
    case .damaged:
      damaged(
        "block \(number) has a right check, but its records do not read.", offset: Int(blocks[number].offset),
        lsn: blocks[number].firstLSN)
    }
  }

  /// Folds the blocks behind what was folded so far.
  mutating func fold(
    into replayer: inout Replayer, until lsn: LSN = LSN(.max), untilTime: Timestamp = .distantFuture,
    observe: ((RecordDecoder.Entry, EventSource) -> Void)? = nil
  ) throws(EngineFault) {
    for number in blocks.indices where blocks[number].lastLSN > replayer.lsn {
      let raw = try read(block: number)
      try replayer.fold(
        raw, blocks[number].run, until: lsn, untilTime: untilTime, file: path, offset: Int(blocks[number].offset),
        observe: observe)
      if replayer.cutAt != nil { return }
    }
  }
}
