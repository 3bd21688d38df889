// The log's bytes; docs/log-format.md has the same tables.
//
// Segment file: a header of 4 KiB, then groups, each starting on 4 KiB.
//
//   Segment header                          Group header
//   offset bytes                            offset bytes
//        0     8  "STKDSEG" and "\n"             0     4  "GRP1"
//        8     2  format version                 4     1  body version
//       10     2  required features              5     1  codec: 0 stored, 1 LZ4
//       12     4  optional features              6     1  flags: 1 = last group of its segment
//       16    16  store id (low, high)           7     1  0
//       32     8  segment sequence               8     8  group sequence
//       40     8  first LSN                     16     8  first LSN
//       48     8  first group sequence          24     8  time, ms
//       56     8  last chain before             32     4  records
//       64     8  time of creation, ms          36     4  raw bytes
//       72     8  check of bytes 0 ..< 72       40     4  stored bytes
//       80        0xA5 up to 4096               44     4  0
//                                               48     8  mask of the body
//                                               56     8  chain of the group before
//                                               64     8  check of the stored body
//                                               72     8  check of bytes 0 ..< 72: this group's chain
//                                               80        body, then 0x5A up to the next 4 KiB
//
// Checks are XXH3, seeded with store id, segment and group sequence, so bytes of another place never verify.

enum LogFormat {
  static let version: UInt16 = 1
  static let blockBytes = 4096
  static let sectorBytes = 512
  static let segmentHeaderBytes = 4096
  static let groupHeaderBytes = 80
  static let bodyVersion: UInt8 = 1
  /// Raw bytes of a group's body, and so of what one write may lose.
  static let groupRawBytesMax = 1 << 20
  /// LSNs, groups and segments stay below it, so that none of their sums overflows.
  static let numberMax: UInt64 = 1 << 62
  static let segmentMagic: UInt64 = 0x0A47_4553_444B_5453  // "STKDSEG\n"
  static let groupMagic: UInt32 = 0x3150_5247  // "GRP1"
  static let segmentPadding: UInt8 = 0xA5
  static let groupPadding: UInt8 = 0x5A

  static func roundUp(_ bytes: Int) -> Int { (bytes + blockBytes - 1) / blockBytes * blockBytes }

  static func segmentName(_ sequence: UInt64) -> String { paddedNumber(sequence) + ".log" }

  static func segmentSequence(_ name: String) -> UInt64? {
    guard name.hasSuffix(".log"), name.utf8.count == 24 else { return nil }
    return UInt64(name.dropLast(4))
  }

  static func paddedNumber(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}

struct SegmentHeader: Equatable {
  var version = LogFormat.version
  var requiredFeatures: UInt16 = 0
  var optionalFeatures: UInt32 = 0
  var store: StoreID
  var sequence: UInt64
  var firstLSN: LSN
  var firstGroup: UInt64
  var previousChain: UInt64
  var createdAt: Timestamp

  private static let checkedBytes = 72

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: LogFormat.segmentHeaderBytes)
    writer.put(LogFormat.segmentMagic)
    writer.put(version)
    writer.put(requiredFeatures)
    writer.put(optionalFeatures)
    writer.put(store.low)
    writer.put(store.high)
    writer.put(sequence)
    writer.put(firstLSN.rawValue)
    writer.put(firstGroup)
    writer.put(previousChain)
    writer.put(createdAt.milliseconds)
    writer.put(hashBytes(writer.bytes, seed: LogFormat.segmentMagic))
    var bytes = Array(writer.bytes)
    bytes += repeatElement(LogFormat.segmentPadding, count: LogFormat.segmentHeaderBytes - bytes.count)
    return bytes
  }

  enum DecodingError: Error { case notASegment, damaged, newer(UInt16) }

  init(
    store: StoreID, sequence: UInt64, firstLSN: LSN, firstGroup: UInt64, previousChain: UInt64, createdAt: Timestamp
  ) {
    self.store = store
    self.sequence = sequence
    self.firstLSN = firstLSN
    self.firstGroup = firstGroup
    self.previousChain = previousChain
    self.createdAt = createdAt
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws(DecodingError) {
    guard bytes.count >= LogFormat.segmentHeaderBytes else { throw .notASegment }
    var reader = ByteReader(bytes)
    guard reader.take(UInt64.self) == LogFormat.segmentMagic else { throw .notASegment }
    version = reader.take()
    requiredFeatures = reader.take()
    optionalFeatures = reader.take()
    store = StoreID(low: reader.take(), high: reader.take())
    sequence = reader.take()
    firstLSN = LSN(reader.take())
    firstGroup = reader.take()
    previousChain = reader.take()
    createdAt = Timestamp(milliseconds: reader.take())
    let check: UInt64 = reader.take()
    let expected = hashBytes(
      UnsafeRawBufferPointer(rebasing: bytes[..<Self.checkedBytes]), seed: LogFormat.segmentMagic)
    guard check == expected else { throw .damaged }
    let padding = UnsafeRawBufferPointer(rebasing: bytes[80..<LogFormat.segmentHeaderBytes])
    guard isFilled(padding, with: LogFormat.segmentPadding) else { throw .damaged }
    guard version == LogFormat.version, requiredFeatures == 0 else { throw .newer(version) }
    guard firstLSN > .zero, max(sequence, firstLSN.rawValue, firstGroup) < LogFormat.numberMax else { throw .damaged }
  }
}

struct GroupHeader: Equatable {
  struct Flags: OptionSet, Equatable {
    var rawValue: UInt8
    /// The last group of its segment.
    static let seals = Flags(rawValue: 1)
  }

  var codec: UInt8 = 0
  var flags: Flags = []
  var sequence: UInt64
  var firstLSN: LSN
  var time: Timestamp
  var records: UInt32
  var rawBytes: UInt32
  var storedBytes: UInt32 = 0
  var mask: UInt64 = 0
  var previousChain: UInt64
  var bodyCheck: UInt64 = 0
  /// The check of the header itself: covers the body's check and the chain before, so it is the chain value too.
  var chain: UInt64 = 0

  static let checkedBytes = 72

  static func seed(_ store: StoreID, segment: UInt64, sequence: UInt64) -> UInt64 {
    mix(store.low ^ segment &* MixConstant.a, store.high ^ sequence &* MixConstant.b)
  }

  /// What the group takes of the file.
  var paddedBytes: Int { LogFormat.roundUp(LogFormat.groupHeaderBytes + Int(storedBytes)) }

  var lastLSN: LSN { LSN(firstLSN.rawValue + UInt64(records) - 1) }

  /// - Parameter target: 80 bytes.
  mutating func encode(into target: UnsafeMutableRawPointer, seed: UInt64) {
    func put<Value: FixedWidthInteger>(_ value: Value, _ offset: Int) {
      target.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }
    put(LogFormat.groupMagic, 0)
    put(LogFormat.bodyVersion, 4)
    put(codec, 5)
    put(flags.rawValue, 6)
    put(UInt8(0), 7)
    put(sequence, 8)
    put(firstLSN.rawValue, 16)
    put(time.milliseconds, 24)
    put(records, 32)
    put(rawBytes, 36)
    put(storedBytes, 40)
    put(UInt32(0), 44)
    put(mask, 48)
    put(previousChain, 56)
    put(bodyCheck, 64)
    chain = hashBytes(UnsafeRawBufferPointer(start: target, count: Self.checkedBytes), seed: seed)
    put(chain, 72)
  }

  /// Reads a header, or nil if these bytes are none of this segment: magic, check and bounds.
  init?(decoding bytes: UnsafeRawBufferPointer, store: StoreID, segment: UInt64) {
    guard bytes.count >= LogFormat.groupHeaderBytes else { return nil }
    var reader = ByteReader(bytes)
    guard reader.take(UInt32.self) == LogFormat.groupMagic else { return nil }
    let bodyVersion: UInt8 = reader.take()
    codec = reader.take()
    flags = Flags(rawValue: reader.take())
    let zero: UInt8 = reader.take()
    sequence = reader.take()
    firstLSN = LSN(reader.take())
    time = Timestamp(milliseconds: reader.take())
    records = reader.take()
    rawBytes = reader.take()
    storedBytes = reader.take()
    let spare: UInt32 = reader.take()
    mask = reader.take()
    previousChain = reader.take()
    bodyCheck = reader.take()
    chain = reader.take()
    let seed = Self.seed(store, segment: segment, sequence: sequence)
    let expected = hashBytes(UnsafeRawBufferPointer(rebasing: bytes[..<Self.checkedBytes]), seed: seed)
    guard chain == expected, bodyVersion == LogFormat.bodyVersion, zero == 0, spare == 0 else { return nil }
    guard rawBytes > 0, rawBytes <= LogFormat.groupRawBytesMax, storedBytes > 0, storedBytes <= rawBytes, records > 0,
      codec <= Codec.lz4, max(sequence, firstLSN.rawValue) < LogFormat.numberMax
    else { return nil }
  }

  init(
    flags: Flags, sequence: UInt64, firstLSN: LSN, time: Timestamp, records: UInt32, rawBytes: UInt32,
    previousChain: UInt64
  ) {
    self.flags = flags
    self.sequence = sequence
    self.firstLSN = firstLSN
    self.time = time
    self.records = records
    self.rawBytes = rawBytes
    self.previousChain = previousChain
  }
}
