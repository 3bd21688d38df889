/// What a segment's bytes turn out to be, group by group, and what follows the last valid one: the tail rule.
///
/// One group is unsynced at a time and no acknowledged sector is written again, so: a valid group behind damage proves that
/// the damage was once durable; an all-zero sector inside a group, or the end of the file, proves that it never was.
struct SegmentScan: ~Copyable {
  let name: String
  let header: SegmentHeader
  private let bytes: UnsafeMutableRawBufferPointer
  private let store: StoreID

  /// Where the next group would begin.
  private(set) var end = LogFormat.segmentHeaderBytes
  private(set) var nextGroup: UInt64
  private(set) var nextLSN: LSN
  private(set) var chain: UInt64
  private(set) var lastTime: Timestamp
  private(set) var isSealed = false

  /// - Parameters:
  ///   - name: the file, as faults name it; its last component says which segment it must hold.
  ///   - bytes: the whole file; owned by the caller, who keeps it while this lives.
  init(
    name: String, bytes: UnsafeMutableRawBufferPointer, store: StoreID
  ) throws(EngineFault) {
    self.name = name
    self.bytes = bytes
    self.store = store
    header = try Self.readHeader(name, bytes, store)
    nextGroup = header.firstGroup
    nextLSN = header.firstLSN
    chain = header.previousChain
    lastTime = header.createdAt
  }

  private static func readHeader(
    _ name: String, _ bytes: UnsafeMutableRawBufferPointer, _ store: StoreID
  ) throws(EngineFault) -> SegmentHeader {
    let header: SegmentHeader
    do {
      header = try SegmentHeader(decoding: UnsafeRawBufferPointer(bytes))
    } catch {
      switch error {
      case .newer(let version):
        throw EngineFault(
          .newerFormat, "the segment has format \(version), this stockd reads up to \(LogFormat.version).", file: name,
          advice: "Nothing was changed. Start the newer stockd again, or restore a backup made before it ran.")
      case .notASegment, .damaged:
        throw .corruptLog(name, offset: 0, lsn: nil, "the segment's header is damaged.")
      }
    }
    guard header.store == store || PlantedBug.otherStoreTaken.isPlanted else {
      throw EngineFault(
        .otherStore, "the segment belongs to store \(header.store), this directory to \(store).", file: name,
        advice: "Nothing was changed. Move the file to the directory that it came from.")
    }
    guard LogFormat.segmentSequence(name.lastPathComponent) == header.sequence else {
      throw .corruptLog(name, offset: 0, lsn: header.firstLSN, "the file holds segment \(header.sequence).")
    }
    return header
  }

  enum Step {
    case group(GroupHeader, offset: Int)
    /// No further valid group begins here.
    case tail
  }

  /// The next group, if it is whole and follows the one before.
  mutating func next(into raw: UnsafeMutableRawBufferPointer) -> Step {
    guard !isSealed, let group = validGroup(at: end, into: raw), group.sequence == nextGroup,
      group.previousChain == chain, group.firstLSN == nextLSN
    else { return .tail }
    let offset = end
    end += group.paddedBytes
    nextGroup += 1
    nextLSN = LSN(group.lastLSN.rawValue + 1)
    chain = group.chain
    lastTime = group.time
    isSealed = group.flags.contains(.seals)
    return .group(group, offset: offset)
  }

  private func validGroup(at offset: Int, into raw: UnsafeMutableRawBufferPointer) -> GroupHeader? {
    Self.validGroup(at: offset, of: bytes, store: store, segment: header.sequence, into: raw)
  }

  /// A whole group that begins at a place, whatever stands before it.
  static func validGroup(
    at offset: Int, of bytes: UnsafeMutableRawBufferPointer, store: StoreID, segment: UInt64,
    into raw: UnsafeMutableRawBufferPointer
  ) -> GroupHeader? {
    guard offset + LogFormat.groupHeaderBytes <= bytes.count else { return nil }
    let here = UnsafeRawBufferPointer(rebasing: bytes[offset...])
    guard let group = GroupHeader(decoding: here, store: store, segment: segment) else { return nil }
    let bodyStart = offset + LogFormat.groupHeaderBytes
    let bodyEnd = bodyStart + Int(group.storedBytes)
    let paddedEnd = offset + group.paddedBytes
    guard paddedEnd <= bytes.count else { return nil }
    let padding = UnsafeRawBufferPointer(rebasing: bytes[bodyEnd..<paddedEnd])
    guard isFilled(padding, with: LogFormat.groupPadding) else { return nil }
    let body = UnsafeMutableRawBufferPointer(rebasing: bytes[bodyStart..<bodyEnd])
    return GroupImage.decode(group, body: body, into: raw, store: store, segment: segment) ? group : nil
  }

  /// Every whole group from a place on: each block is tried, since what stands before it may be damaged.
  /// - Parameter visit: gets a group, where it begins, and its records in `raw`; false ends the walk.
  static func eachValidGroup(
    from start: Int, of bytes: UnsafeMutableRawBufferPointer, store: StoreID, segment: UInt64,
    into raw: UnsafeMutableRawBufferPointer,
    visit: (GroupHeader, Int, UnsafeRawBufferPointer) throws(EngineFault) -> Bool
  ) throws(EngineFault) {
    var offset = start
    while offset + LogFormat.groupHeaderBytes <= bytes.count {
      guard let group = validGroup(at: offset, of: bytes, store: store, segment: segment, into: raw) else {
        offset += LogFormat.blockBytes
        continue
      }
      if try !visit(group, offset, UnsafeRawBufferPointer(rebasing: raw[..<Int(group.rawBytes)])) { return }
      offset += group.paddedBytes
    }
  }

  enum Tail: Equatable {
    case clean
    /// Never acknowledged: may be cut from `end` on.
    case torn
    /// Was once durable.
    case corrupt(reason: String)
  }

  /// Judges what lies behind the last valid group. Call it when `next` said `.tail`.
  /// - Parameter isLast: whether this is the log's last segment; damage in any other is damage to acknowledged bytes.
  func tail(isLast: Bool, scratch: UnsafeMutableRawBufferPointer) -> Tail {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[min(end, bytes.count)...])
    if isZero(rest) { return isLast || isSealed ? .clean : .corrupt(reason: "the segment ends before its seal.") }
    if isSealed { return .corrupt(reason: "there are bytes behind the group that seals the segment.") }
    if !isLast { return .corrupt(reason: "a group of a sealed segment is damaged.") }
    var offset = end + LogFormat.blockBytes
    while offset + LogFormat.groupHeaderBytes <= bytes.count {
      if let later = validGroup(at: offset, into: scratch), later.sequence > nextGroup,
        !PlantedBug.laterGroupOverlooked.isPlanted
      {
        return .corrupt(
          reason:
            "group \(nextGroup) is damaged, but group \(later.sequence) behind it is whole, so it was once durable.")
      }
      offset += LogFormat.blockBytes
    }
    if let group = GroupHeader(
      decoding: UnsafeRawBufferPointer(rebasing: bytes[end...]), store: store, segment: header.sequence)
    {
      return tailOfKnownLength(group)
    }
    return tailOfUnknownLength(rest)
  }

  /// The header is whole, so the group's length is known: torn only if one of its sectors was never written.
  private func tailOfKnownLength(_ group: GroupHeader) -> Tail {
    guard group.sequence == nextGroup, group.previousChain == chain, group.firstLSN == nextLSN else {
      return .corrupt(reason: "a whole group header is there, but it does not follow the group before.")
    }
    let groupEnd = end + group.paddedBytes
    if groupEnd > bytes.count { return .torn }
    return hasZeroSector(end..<groupEnd)
      ? .torn : .corrupt(reason: "group \(nextGroup) is complete on disk, but its check fails.")
  }

  /// The header itself is damaged or was never written. The group reaches at most to the last byte that is not zero.
  private func tailOfUnknownLength(_ rest: UnsafeRawBufferPointer) -> Tail {
    if rest.count < LogFormat.blockBytes { return .torn }
    var last = rest.count - 1
    while rest[last] == 0 { last -= 1 }
    let written = end + (last / LogFormat.sectorBytes + 1) * LogFormat.sectorBytes
    if written % LogFormat.blockBytes != 0 { return .torn }
    return hasZeroSector(end..<min(written, bytes.count))
      ? .torn : .corrupt(reason: "the header of group \(nextGroup) is damaged, and none of its sectors is unwritten.")
  }

  /// Bytes from the end of the last valid group to the last one that is not zero.
  var writtenBytesBehindEnd: Int {
    var last = bytes.count
    while last > end && bytes[last - 1] == 0 { last -= 1 }
    return last - min(end, last)
  }

  private func hasZeroSector(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let end = min(offset + LogFormat.sectorBytes, range.upperBound)
      if isZero(UnsafeRawBufferPointer(rebasing: bytes[offset..<end])) { return true }
      offset = end
    }
    return false
  }
}

extension EngineFault {
  static func corruptLog(_ file: String, offset: Int, lsn: LSN?, _ message: String) -> EngineFault {
    EngineFault(
      .corrupt, message, file: file, offset: UInt64(offset), lsn: lsn,
      advice:
        "Acknowledged records are damaged; nothing was changed and nothing was cut. Copy the directory, check the disk, then restore the file from a backup; stockcli verify names every damaged place, stockcli repair what can be had."
    )
  }
}
