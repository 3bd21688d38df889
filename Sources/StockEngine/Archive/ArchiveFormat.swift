// An archive file: the records of one sealed segment, densely, and where to find an item, an order or an operation in them;
// docs/log-format.md has the same tables.
//
//   Header, 136 bytes                        Block entry, 56 bytes (the directory is a row of them)
//   offset bytes                             offset bytes
//        0     8  "STKDARC" and "\n"              0     8  offset in the file
//        8     2  format version                  8     8  check of the stored bytes
//       10     2  required features              16     8  first LSN
//       12     4  optional features              24     8  time of the first record, ms
//       16    16  store id (low, high)           32     8  latest time of a record, ms
//       32     8  the segment's sequence         40     4  stored bytes
//       40     8  first LSN                      44     4  raw bytes
//       48     8  last LSN                       48     4  records
//       56     8  first group sequence           52     4  codec: 0 stored, 1 LZ4
//       64     8  groups
//       72     8  check of bytes 0 ..< 72     Fence, 24 bytes (one for each page of an index)
//       80     8  chain before                    0     8  first key
//       88     8  chain after                     8     4  the page's bytes
//       96     8  time of the first record       12     4  keys
//      104     8  latest time of a record        16     8  check of the page
//      112     8  time of the segment's header
//      120     8  bytes of the segment        Footer, 168 bytes
//      128     8  check of bytes 0 ..< 128        0     8  the header's check (its bytes 128 ..< 136)
//                                                 8     8  blocks
//   File: header, blocks, directory, then for        16     8  records
//   items, orders and operations: pages, fences;     24     8  raw bytes of all blocks
//   footer. No gaps, no padding.                     32     8  stored bytes of all blocks
//                                                40     8  check of the records
//   Index totals, 32 bytes                       48     8  check of the directory
//        0     8  bytes of all pages             56    32  index of items
//        8     4  pages                          88    32  index of orders
//       12     4  bits of a key                 120    32  index of operations
//       16     8  keys and blocks, as pairs     152     8  "STKDEND" and "\n"
//       24     8  check of the fences           160     8  check of bytes 0 ..< 160
//
// The footer's check covers the checks of header, directory and fences, and these those of blocks and pages: all bytes.

enum ArchiveFormat {
  static let version: UInt16 = 1
  static let magic: UInt64 = 0x0A43_5241_444B_5453  // "STKDARC\n"
  static let endMagic: UInt64 = 0x0A44_4E45_444B_5453  // "STKDEND\n"
  static let headerBytes = 136
  static let footerBytes = 168
  static let blockEntryBytes = 56
  static let fenceBytes = 24
  static let suffix = ".arc"
  static let temporarySuffix = ".arc.tmp"
  /// A block is closed before a record that would make it longer.
  static let blockRawBytes = 256 * 1024
  /// One record of the largest size still makes a block.
  static let blockRawBytesMax = blockRawBytes + 64
  /// A page of an index is closed once it has this many bytes.
  static let pageBytes = 8 * 1024
  /// Bits of a block's number in an index.
  static let blockNumberBits = 24
  static let blocksMax = 1 << blockNumberBits

  static func name(_ sequence: UInt64) -> String { LogFormat.paddedNumber(sequence) + suffix }

  static func sequence(_ name: String) -> UInt64? {
    guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count else { return nil }
    return UInt64(name.dropLast(suffix.utf8.count))
  }

  /// What a check is of. Raw values are part of the format.
  enum Area {
    case block(Int)
    case directory
    case footer
    case page(ArchiveIndexKind, Int)
    case fences(ArchiveIndexKind)

    var rawValue: UInt64 {
      switch self {
      case .block(let number): 1 << 56 | UInt64(number)
      case .directory: 2 << 56
      case .footer: 3 << 56
      case .page(let kind, let number): UInt64(16 + kind.rawValue) << 56 | UInt64(number)
      case .fences(let kind): UInt64(32 + kind.rawValue) << 56
      }
    }
  }

  static func seed(_ store: StoreID, segment: UInt64, _ area: Area) -> UInt64 {
    mix(store.low ^ segment &* MixConstant.b, store.high ^ area.rawValue &* MixConstant.c)
  }

  /// The hash under which an order or operation id stands in its index.
  static func key(of id: UnsafeRawBufferPointer, store: StoreID) -> UInt64 { hashBytes(id, seed: store.keySeed) }
}

/// What an archive file can be asked for. Raw values are part of the format.
enum ArchiveIndexKind: UInt8, CaseIterable {
  case items = 1
  case orders = 2
  case operations = 3
}

/// One block's place, and what it holds.
struct ArchiveBlock: Equatable, BitwiseCopyable {
  var offset: UInt64
  var check: UInt64
  var firstLSN: LSN
  var firstTime: Timestamp
  var latestTime: Timestamp
  var storedBytes: UInt32
  var rawBytes: UInt32
  var records: UInt32
  var codec: UInt32

  var lastLSN: LSN { LSN(firstLSN.rawValue + UInt64(records) - 1) }
  var run: RecordRun { RecordRun(firstLSN: firstLSN, time: firstTime, records: records) }
}

extension ArchiveBlock {
  func encode(into writer: inout ByteWriter) {
    writer.makeRoom(ArchiveFormat.blockEntryBytes)
    writer.put(offset)
    writer.put(check)
    writer.put(firstLSN.rawValue)
    writer.put(firstTime.milliseconds)
    writer.put(latestTime.milliseconds)
    writer.put(storedBytes)
    writer.put(rawBytes)
    writer.put(records)
    writer.put(codec)
  }

  init(decoding reader: inout ByteReader) {
    offset = reader.take()
    check = reader.take()
    firstLSN = LSN(reader.take())
    firstTime = Timestamp(milliseconds: reader.take())
    latestTime = Timestamp(milliseconds: reader.take())
    storedBytes = reader.take()
    rawBytes = reader.take()
    records = reader.take()
    codec = reader.take()
  }
}

/// Proves that the records of an archive file are those of its segment, whatever groups or blocks they lie in: each record's
/// hash is seeded with its LSN, its time and the hash before.
struct RecordsCheck: Equatable {
  private(set) var value: UInt64 = 0

  mutating func add(_ record: UnsafeRawBufferPointer, lsn: LSN, time: Timestamp) {
    let seed = mix(value ^ lsn.rawValue &* MixConstant.a, UInt64(bitPattern: time.milliseconds) ^ MixConstant.b)
    value = hashBytes(record, seed: seed)
  }
}

extension EngineFault {
  static func damagedArchive(_ file: String, offset: Int? = nil, lsn: LSN? = nil, _ message: String) -> EngineFault {
    EngineFault(
      .corrupt, message, file: file, offset: offset.map { UInt64($0) }, lsn: lsn,
      advice:
        "Nothing was changed. Histories and replays need this file, the running store does not. Check the disk and restore the file from a backup; without one, move it away: histories then begin after it."
    )
  }
}
