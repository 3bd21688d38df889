/// What an archive file says of the segment that it was made from.
struct ArchiveHeader: Equatable {
  var store: StoreID
  var sequence: UInt64
  var firstLSN: LSN
  var lastLSN: LSN
  var firstGroup: UInt64
  var groups: UInt64
  /// Of the group before the segment, and of its last one: what the neighbours must say too.
  var previousChain: UInt64
  var chain: UInt64
  var firstTime: Timestamp
  var latestTime: Timestamp
  var createdAt: Timestamp
  /// What the segment took in the log, up to its seal.
  var segmentBytes: UInt64

  /// Where the log goes on behind it.
  var next: LogPosition { LogPosition(segment: sequence + 1, group: firstGroup + groups, chain: chain) }

  private static let checkedBytes = 72
  private static let allCheckedBytes = 128

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: ArchiveFormat.headerBytes)
    writer.put(ArchiveFormat.magic)
    writer.put(ArchiveFormat.version)
    writer.put(UInt16(0))
    writer.put(UInt32(0))
    writer.put(store.low)
    writer.put(store.high)
    writer.put(sequence)
    writer.put(firstLSN.rawValue)
    writer.put(lastLSN.rawValue)
    writer.put(firstGroup)
    writer.put(groups)
    writer.put(hashBytes(writer.bytes, seed: ArchiveFormat.magic))
    writer.put(previousChain)
    writer.put(chain)
    writer.put(firstTime.milliseconds)
    writer.put(latestTime.milliseconds)
    writer.put(createdAt.milliseconds)
    writer.put(segmentBytes)
    writer.put(hashBytes(writer.bytes, seed: ArchiveFormat.magic))
    return Array(writer.bytes)
  }

  /// The check at the header's end, which the footer repeats.
  static func check(of encoded: UnsafeRawBufferPointer) -> UInt64 {
    UInt64(littleEndian: encoded.loadUnaligned(fromByteOffset: allCheckedBytes, as: UInt64.self))
  }

  init(
    store: StoreID, sequence: UInt64, firstLSN: LSN, lastLSN: LSN, firstGroup: UInt64, groups: UInt64,
    previousChain: UInt64, chain: UInt64, firstTime: Timestamp, latestTime: Timestamp, createdAt: Timestamp,
    segmentBytes: UInt64
  ) {
    self.store = store
    self.sequence = sequence
    self.firstLSN = firstLSN
    self.lastLSN = lastLSN
    self.firstGroup = firstGroup
    self.groups = groups
    self.previousChain = previousChain
    self.chain = chain
    self.firstTime = firstTime
    self.latestTime = latestTime
    self.createdAt = createdAt
    self.segmentBytes = segmentBytes
  }

  /// - Throws: `newerFormat`, `otherStore`, or `corrupt` for anything else that is not the header of this file.
  init(decoding bytes: UnsafeRawBufferPointer, file: String, store expected: StoreID) throws(EngineFault) {
    guard bytes.count == ArchiveFormat.headerBytes else {
      throw .damagedArchive(file, offset: 0, "the header is cut off.")
    }
    var reader = ByteReader(bytes)
    let magic: UInt64 = reader.take()
    let version: UInt16 = reader.take()
    let features: UInt16 = reader.take()
    reader.skip(4)
    store = StoreID(low: reader.take(), high: reader.take())
    sequence = reader.take()
    firstLSN = LSN(reader.take())
    lastLSN = LSN(reader.take())
    firstGroup = reader.take()
    groups = reader.take()
    let check: UInt64 = reader.take()
    guard magic == ArchiveFormat.magic, check == Self.computed(bytes, Self.checkedBytes) else {
      throw .damagedArchive(file, offset: 0, "the header is damaged.")
    }
    guard version == ArchiveFormat.version, features == 0 else {
      throw EngineFault(
        .newerFormat, "the archive file has format \(version), this stockd reads up to \(ArchiveFormat.version).",
        file: file, advice: "Nothing was changed. Start the newer stockd again.")
    }
    previousChain = reader.take()
    chain = reader.take()
    firstTime = Timestamp(milliseconds: reader.take())
    latestTime = Timestamp(milliseconds: reader.take())
    createdAt = Timestamp(milliseconds: reader.take())
    segmentBytes = reader.take()
    guard reader.take(UInt64.self) == Self.computed(bytes, Self.allCheckedBytes), lastLSN >= firstLSN else {
      throw .damagedArchive(file, offset: 0, "the header is damaged.")
    }
    guard firstLSN > .zero, max(sequence, lastLSN.rawValue, firstGroup, groups) < LogFormat.numberMax else {
      throw .damagedArchive(file, offset: 0, "the header is damaged.")
    }
    guard store == expected else {
      throw EngineFault(
        .otherStore, "the archive file belongs to store \(store), this directory to \(expected).", file: file,
        advice: "Nothing was changed. Move the file to the directory that it came from.")
    }
  }

  private static func computed(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> UInt64 {
    hashBytes(UnsafeRawBufferPointer(rebasing: bytes[..<count]), seed: ArchiveFormat.magic)
  }
}
