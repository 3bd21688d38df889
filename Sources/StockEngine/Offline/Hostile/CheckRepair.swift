/// Makes the checks of a file right, whatever it holds, so that a fuzzer gets behind them. What is cut off or contradicts itself stays
/// as it is.
package struct CheckRepair {
  let store: StoreID

  /// - Parameter store: that the file will belong to.
  package init(store: StoreID) { self.store = store }

  /// A segment's header and its groups: checks, chain, numbers, as if they followed each other.
  package func repairSegment(_ file: UnsafeMutableRawBufferPointer) {
    guard file.count >= LogFormat.segmentHeaderBytes else { return }
    putIdentity(file, LogFormat.segmentMagic)
    file.put(hashBytes(file.prefix(72), seed: LogFormat.segmentMagic), at: 72)
    var (group, lsn, chain) = (file.word(at: 48), file.word(at: 40), file.word(at: 56))
    var offset = LogFormat.segmentHeaderBytes
    while offset + LogFormat.groupHeaderBytes <= file.count {
      let header = UnsafeMutableRawBufferPointer(rebasing: file[offset...])
      if header.prefix(LogFormat.sectorBytes).allSatisfy({ $0 == 0 }) { return }
      let records = header.half(at: 32)
      let stored = min(Int(header.half(at: 40)), LogFormat.groupRawBytesMax, header.count - LogFormat.groupHeaderBytes)
      header.put(LogFormat.groupMagic, at: 0)
      header.put(LogFormat.bodyVersion, at: 4)
      header.put(group, at: 8)
      header.put(lsn, at: 16)
      header.put(UInt32(stored), at: 40)
      header.put(chain, at: 56)
      let seed = GroupHeader.seed(store, segment: file.word(at: 32), sequence: group)
      let body = LogFormat.groupHeaderBytes..<LogFormat.groupHeaderBytes + stored
      header.put(hashBytes(UnsafeRawBufferPointer(rebasing: header[body]), seed: seed), at: 64)
      chain = hashBytes(header.prefix(72), seed: seed)
      header.put(chain, at: 72)
      let end = min(header.count, LogFormat.roundUp(body.upperBound))
      for index in body.upperBound..<end { header[index] = LogFormat.groupPadding }
      group &+= 1
      lsn &+= UInt64(records)
      offset += LogFormat.roundUp(body.upperBound)
    }
  }

  /// A snapshot's header, its pages, and what the footer counts.
  package func repairSnapshot(_ file: UnsafeMutableRawBufferPointer) {
    guard file.count >= SnapshotFormat.headerBytes else { return }
    putIdentity(file, SnapshotFormat.magic)
    file.put(hashBytes(file.prefix(72), seed: SnapshotFormat.magic), at: 72)
    var counts: [UInt8: UInt64] = [:]
    var number: UInt32 = 0
    var offset = SnapshotFormat.headerBytes
    while offset + SnapshotFormat.pageHeaderBytes <= file.count {
      let page = UnsafeMutableRawBufferPointer(rebasing: file[offset...])
      let stored = min(Int(page.half(at: 16)), page.count - SnapshotFormat.pageHeaderBytes)
      let body = SnapshotFormat.pageHeaderBytes..<SnapshotFormat.pageHeaderBytes + stored
      page.put(SnapshotFormat.pageMagic, at: 0)
      page.put(UInt32(stored), at: 16)
      page.put(number, at: 20)
      if page[4] == SnapshotFormat.PageKind.footer.rawValue, page[5] == Codec.stored, stored >= 88 {
        let footer = UnsafeMutableRawBufferPointer(rebasing: page[body])
        footer.put(counts[1] ?? 0, at: 0)
        footer.put((counts[2] ?? 0) &+ (counts[10] ?? 0), at: 8)
        footer.put(counts[3] ?? 0, at: 16)
        footer.put(counts[4] ?? 0, at: 24)
        footer.put(UInt64(number), at: 80)
      }
      counts[page[4], default: 0] &+= UInt64(page.half(at: 8))
      let seed = SnapshotFormat.seed(store, LSN(file.word(at: 32)), page: number)
      page.put(hashBytes(UnsafeRawBufferPointer(rebasing: page[body]), seed: seed), at: 24)
      page.put(hashBytes(page.prefix(32), seed: seed), at: 32)
      number &+= 1
      offset += body.upperBound
    }
  }

  /// An archive file: header, blocks, directory, pages, fences, footer, as far as they lie within it.
  package func repairArchive(_ file: UnsafeMutableRawBufferPointer) {
    guard file.count >= ArchiveFormat.headerBytes + ArchiveFormat.footerBytes else { return }
    putIdentity(file, ArchiveFormat.magic)
    file.put(hashBytes(file.prefix(72), seed: ArchiveFormat.magic), at: 72)
    file.put(hashBytes(file.prefix(128), seed: ArchiveFormat.magic), at: 128)
    let sequence = file.word(at: 32)
    func check(_ range: Range<Int>, _ area: ArchiveFormat.Area) -> UInt64? {
      guard range.lowerBound >= 0, range.upperBound <= file.count else { return nil }
      return hashBytes(
        UnsafeRawBufferPointer(rebasing: file[range]), seed: ArchiveFormat.seed(store, segment: sequence, area))
    }
    let footer = file.count - ArchiveFormat.footerBytes
    let blocks = Int(min(file.word(at: footer + 8), UInt64(file.count / ArchiveFormat.blockEntryBytes)))
    var offset = ArchiveFormat.headerBytes + Int(min(file.word(at: footer + 32), UInt64(file.count)))
    let directory = offset..<offset + blocks * ArchiveFormat.blockEntryBytes
    guard directory.upperBound <= file.count else { return }
    for number in 0..<blocks {
      let entry = offset + number * ArchiveFormat.blockEntryBytes
      let start = Int(min(file.word(at: entry), UInt64(file.count)))
      let end = start + Int(file.half(at: entry + 40))
      if let right = check(start..<end, .block(number)) { file.put(right, at: entry + 8) }
    }
    if let right = check(directory, .directory) { file.put(right, at: footer + 48) }
    offset = directory.upperBound
    for (index, kind) in ArchiveIndexKind.allCases.enumerated() {
      let totals = footer + 56 + 32 * index
      let fences = offset + Int(min(file.word(at: totals), UInt64(file.count)))
      let pages = min(Int(file.half(at: totals + 8)), file.count / ArchiveFormat.fenceBytes)
      guard fences + pages * ArchiveFormat.fenceBytes <= footer else { break }
      for page in 0..<pages {
        let fence = fences + page * ArchiveFormat.fenceBytes
        let end = offset + Int(file.half(at: fence + 8))
        if let right = check(offset..<end, .page(kind, page)) { file.put(right, at: fence + 16) }
        offset = end
      }
      let end = fences + pages * ArchiveFormat.fenceBytes
      if let right = check(fences..<end, .fences(kind)) { file.put(right, at: totals + 24) }
      offset = end
    }
    file.put(file.word(at: 128), at: footer)
    file.put(ArchiveFormat.endMagic, at: footer + 152)
    if let right = check(footer..<footer + 160, .footer) { file.put(right, at: footer + 160) }
  }

  private func putIdentity(_ file: UnsafeMutableRawBufferPointer, _ magic: UInt64) {
    file.put(magic, at: 0)
    file.put(UInt32(1), at: 8)
    file.put(store.low, at: 16)
    file.put(store.high, at: 24)
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func prefix(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[..<Swift.min(count, self.count)])
  }

  fileprivate func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  fileprivate func half(at offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  fileprivate func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }
}
