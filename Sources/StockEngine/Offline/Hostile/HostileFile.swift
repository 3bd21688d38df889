/// Reads one file as a start, the follower and the offline tools do, whoever wrote it: what fuzzers feed. Any bytes give a result or a
/// fault. Every call is on its own; nothing is kept.
package struct HostileFile {
  let store: StoreID

  /// - Parameter store: that the file must belong to.
  package init(store: StoreID) { self.store = store }

  /// A segment of the log: as the last one, whose tail may be torn, and as a sealed one; its records are folded.
  /// - Parameter bytes: the whole file, which must begin on 8 bytes; unchanged on return.
  package func readSegment(_ bytes: UnsafeMutableRawBufferPointer) throws(EngineFault) {
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    let sequence = UnsafeRawBufferPointer(bytes).word(at: 32) ?? 1
    let name = LogFormat.segmentName(sequence)
    var scan = try SegmentScan(name: name, bytes: bytes, store: store)
    while case .group = scan.next(into: raw) {}
    _ = scan.tail(isLast: true, scratch: raw)
    _ = scan.tail(isLast: false, scratch: raw)
    precondition(scan.writtenBytesBehindEnd <= bytes.count, "what is behind the end is in the file")
    try withMachines { (machines) throws(EngineFault) in
      var again = try SegmentScan(name: name, bytes: bytes, store: store)
      var replayer = Replayer(
        machines: machines, after: LSN(again.header.firstLSN.rawValue - 1), at: again.header.createdAt)
      while case .group(let header, let offset) = again.next(into: raw) {
        let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
        try replayer.fold(body, header.run, file: name, offset: offset)
      }
    }
  }

  /// A segment of one group, all of whose checks are right.
  /// - Parameter body: the group's raw bytes.
  package func readGroup(_ body: UnsafeRawBufferPointer) throws(EngineFault) {
    if body.isEmpty || body.count > LogFormat.groupRawBytesMax { return }
    let segment = SegmentHeader(
      store: store, sequence: 1, firstLSN: LSN(1), firstGroup: 1, previousChain: 0,
      createdAt: Timestamp(milliseconds: 1))
    var header = GroupHeader(
      flags: .seals, sequence: 1, firstLSN: LSN(1), time: Timestamp(milliseconds: 1), records: Self.records(body),
      rawBytes: UInt32(body.count), previousChain: 0)
    var image = GroupImage()
    image.encode(body, &header, store: store, segment: 1)
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.segmentHeaderBytes + image.bytes.count, alignment: 64)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: segment.encoded())
    UnsafeMutableRawBufferPointer(rebasing: bytes[LogFormat.segmentHeaderBytes...]).copyMemory(from: image.bytes)
    try readSegment(bytes)
  }

  /// How many records the sections of a body say they have; at least one.
  private static func records(_ body: UnsafeRawBufferPointer) -> UInt32 {
    var reader = ByteReader(body)
    var records: UInt64 = 0
    while !reader.isAtEnd {
      _ = reader.takeSigned()
      let count = reader.takeVarint(max: UInt64(body.count))
      records += count
      for _ in 0..<count { reader.skip(Int(reader.takeVarint(max: UInt64(body.count)))) }
    }
    return UInt32(max(1, min(records, UInt64(UInt32.max))))
  }

  /// A snapshot: verified, then loaded.
  package func readSnapshot(_ storage: any Storage, path: String) throws(EngineFault) {
    let catalog = SnapshotCatalog(directory: StoreDirectory(storage: storage, path: path), store: store)
    let name = try catalog.onlyName()
    var check = try catalog.open(name)
    _ = try check.verify()
    try withMachines { (machines) throws(EngineFault) in
      var reader = try catalog.open(name)
      _ = try reader.load(into: machines)
    }
  }

  /// An archive file: every byte verified, its records folded, keys looked up.
  package func readArchive(_ storage: any Storage, path: String) throws(EngineFault) {
    try withMachines { (machines) throws(EngineFault) in
      var reader = try ArchiveReader(storage, path: path, store: store)
      for key: ArchiveReader.Key in [.item(ItemNumber(rawValue: 0)), .order(0), .order(.max), .operation(.max / 3)] {
        // A damaged page is one index's; the others are read all the same.
        _ = try? reader.blocks(naming: key)
      }
      _ = reader.header.next
      var replayer = Replayer(
        machines: machines, after: LSN(reader.header.firstLSN.rawValue - 1), at: reader.header.firstTime)
      // The blocks may be right where the indexes are not, and the other way round.
      do throws(EngineFault) { try reader.verify() } catch { _ = error }
      try reader.fold(into: &replayer)
    }
  }

  private func withMachines(_ body: (MachineSet) throws(EngineFault) -> Void) throws(EngineFault) {
    try withFoldingMachine(store) { (machines) throws(EngineFault) in
      try body(machines)
      // What could be read is a state that one can go on with.
      if machines.contradiction == nil { machines.machine(shard: 0).pointee.rebuildDeadlines() }
    }
  }
}

extension SnapshotCatalog {
  /// The name of the one snapshot that is there.
  fileprivate func onlyName() throws(EngineFault) -> String {
    do throws(StorageError) {
      guard let name = try names().first else { preconditionFailure("no snapshot was written") }
      return name
    } catch {
      throw .io(error, "Check the directory.")
    }
  }
}

extension UnsafeRawBufferPointer {
  /// A u64 of the file; nil behind its end.
  fileprivate func word(at offset: Int) -> UInt64? {
    offset + 8 <= count ? UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self)) : nil
  }
}
