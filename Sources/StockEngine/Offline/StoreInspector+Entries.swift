extension StoreInspector {
  /// Shows every event of the archive and the log, oldest first, as it was decided; nothing is folded.
  /// - Returns: the first and the last record that are there; the last is one less than the first if there are none.
  @discardableResult
  func entries(
    _ visit: (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) -> (first: LSN, last: LSN) {
    var seen: (first: LSN, last: LSN)?
    for file in try segments() {
      let run = file.isRewritten ? try archivedEntries(of: file, visit) : try loggedEntries(of: file, visit)
      if let seen, run.first.rawValue != seen.last.rawValue + 1 {
        throw .corruptLog(file.path, offset: 0, lsn: run.first, "the segment does not follow LSN \(seen.last).")
      }
      seen = (seen?.first ?? run.first, run.last)
    }
    return seen ?? (LSN(1), .zero)
  }

  private func loggedEntries(
    of file: SegmentFile, _ visit: (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) -> (first: LSN, last: LSN) {
    let bytes = try directory.storage.readSegment(file.path, direct: false)
    defer { bytes.deallocate() }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    var scan = try SegmentScan(name: file.path, bytes: bytes, store: storeID)
    var decoder = RecordDecoder()
    while case .group(let header, let offset) = scan.next(into: raw) {
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      try Self.show(body, header.run, &decoder, file.path, offset, visit)
    }
    return (scan.header.firstLSN, LSN(scan.nextLSN.rawValue - 1))
  }

  private func archivedEntries(
    of file: SegmentFile, _ visit: (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) -> (first: LSN, last: LSN) {
    var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
    var decoder = RecordDecoder()
    for number in reader.blocks.indices {
      let raw = try reader.read(block: number)
      let block = reader.blocks[number]
      try Self.show(raw, block.run, &decoder, file.path, Int(block.offset), visit)
    }
    return (reader.header.firstLSN, reader.header.lastLSN)
  }

  private static func show(
    _ raw: UnsafeRawBufferPointer, _ run: RecordRun, _ decoder: inout RecordDecoder, _ path: String, _ offset: Int,
    _ visit: (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) {
    do {
      try decoder.decode(raw, run)
    } catch {
      throw Replayer.fault(error, run, path, offset)
    }
    decoder.withSource(raw) { source in
      for entry in decoder.entries { visit(entry, source) }
    }
  }
}
