// A snapshot: the whole state at one LSN, which is always the end of a sealed segment; docs/log-format.md has the tables.
//
//   Header, 128 bytes                        Page header, 40 bytes
//   offset bytes                             offset bytes
//        0     8  "STKDSNP" and "\n"              0     4  "PAGE"
//        8     2  format version                  4     1  kind
//       10     2  required features               5     1  codec: 0 stored, 1 LZ4
//       12     4  0                               6     2  0
//       16    16  store id                        8     4  entries
//       32     8  LSN                            12     4  raw bytes
//       40     8  time, ms                       16     4  stored bytes
//       48     8  next segment                   20     4  page number
//       56     8  next group                     24     8  check of the stored body
//       64     8  chain                          32     8  check of bytes 0 ..< 32
//       72     8  check of bytes 0 ..< 72        40        body
//       80    48  0
//
// Pages follow each other without gaps; the last one is the footer. Page kinds from 0xC0 on may be skipped.

enum SnapshotFormat {
  static let version: UInt16 = 1
  static let headerBytes = 128
  static let checkedHeaderBytes = 72
  static let pageHeaderBytes = 40
  static let checkedPageHeaderBytes = 32
  static let magic: UInt64 = 0x0A50_4E53_444B_5453  // "STKDSNP\n"
  static let pageMagic: UInt32 = 0x4547_4150  // "PAGE"
  /// A page is closed once it has this many raw bytes; one entry more always fits.
  static let pageRawBytes = 256 * 1024
  static let pageRawBytesMax = pageRawBytes + 64 * 1024
  static let skippableKinds: UInt8 = 0xC0

  enum PageKind: UInt8 {
    case items = 1
    case orders = 2
    case fingerprints = 3
    case operations = 4
    case epochs = 5
    /// Sales and SKUs with limits; before the items, which look for them.
    case scopes = 6
    case saleItems = 7
    case uses = 8
    case buyers = 9
    /// Orders that may have subjects, and lines that limits count.
    case countedOrders = 10
    case issuedIDs = 16
    case footer = 127
  }

  static func name(_ lsn: LSN) -> String { LogFormat.paddedNumber(lsn.rawValue) + ".snap" }

  static func lsn(_ name: String) -> LSN? {
    guard name.hasSuffix(".snap"), name.utf8.count == 25 else { return nil }
    return UInt64(name.dropLast(5)).map { LSN($0) }
  }

  static func seed(_ store: StoreID, _ lsn: LSN, page: UInt32) -> UInt64 {
    mix(store.low ^ lsn.rawValue &* MixConstant.c, store.high ^ UInt64(page) &* MixConstant.d)
  }
}

struct SnapshotHeader: Equatable {
  var store: StoreID
  var lsn: LSN
  var time: Timestamp
  /// Where the log goes on.
  var position: LogPosition

  func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: SnapshotFormat.headerBytes)
    writer.put(SnapshotFormat.magic)
    writer.put(SnapshotFormat.version)
    writer.put(UInt16(0))
    writer.put(UInt32(0))
    writer.put(store.low)
    writer.put(store.high)
    writer.put(lsn.rawValue)
    writer.put(time.milliseconds)
    writer.put(position.segment)
    writer.put(position.group)
    writer.put(position.chain)
    writer.put(hashBytes(writer.bytes, seed: SnapshotFormat.magic))
    return Array(writer.bytes) + [UInt8](repeating: 0, count: SnapshotFormat.headerBytes - writer.count)
  }

  init(store: StoreID, lsn: LSN, time: Timestamp, position: LogPosition) {
    self.store = store
    self.lsn = lsn
    self.time = time
    self.position = position
  }

  /// - Throws: `newerFormat`, `otherStore`, or `corrupt` for anything else that is not a snapshot's header.
  init(decoding bytes: UnsafeRawBufferPointer, file: String, store expected: StoreID) throws(EngineFault) {
    guard bytes.count == SnapshotFormat.headerBytes else { throw .damagedSnapshot(file, "the header is cut off.") }
    var reader = ByteReader(bytes)
    guard reader.take(UInt64.self) == SnapshotFormat.magic else {
      throw .damagedSnapshot(file, "the file is no snapshot.")
    }
    let version: UInt16 = reader.take()
    let features: UInt16 = reader.take()
    let spare: UInt32 = reader.take()
    store = StoreID(low: reader.take(), high: reader.take())
    lsn = LSN(reader.take())
    time = Timestamp(milliseconds: reader.take())
    position = LogPosition(segment: reader.take(), group: reader.take(), chain: reader.take())
    let check: UInt64 = reader.take()
    let computed = hashBytes(
      UnsafeRawBufferPointer(rebasing: bytes[..<SnapshotFormat.checkedHeaderBytes]), seed: SnapshotFormat.magic)
    guard check == computed, spare == 0, isZero(UnsafeRawBufferPointer(rebasing: bytes[80...])) else {
      throw .damagedSnapshot(file, "the header is damaged.")
    }
    guard version == SnapshotFormat.version, features == 0 else {
      throw EngineFault(
        .newerFormat, "the snapshot has format \(version), this stockd reads up to \(SnapshotFormat.version).",
        file: file,
        advice: "Nothing was changed. Start the newer stockd again, or restore a backup made before it ran.")
    }
    guard max(lsn.rawValue, position.segment, position.group) < LogFormat.numberMax, position.segment > 0 else {
      throw .damagedSnapshot(file, "the header is damaged.")
    }
    guard store == expected else {
      throw EngineFault(
        .otherStore, "the snapshot belongs to store \(store), this directory to \(expected).", file: file,
        advice: "Nothing was changed. Move the file to the directory that it came from.")
    }
  }
}

/// What a snapshot must come to.
struct SnapshotTotals: Equatable, BitwiseCopyable {
  var items: UInt64 = 0
  var orders: UInt64 = 0
  var fingerprints: UInt64 = 0
  var operations: UInt64 = 0
  var stateHash: UInt64 = 0
  var sums = ItemSums()
  var pages: UInt64 = 0
}

extension EngineFault {
  /// A disk that cannot give the bytes back has lost them; any other refusal says nothing of the file, which stays where it is.
  static func unreadSnapshot(_ file: String, _ error: StorageError) -> EngineFault {
    error.isReadFailure
      ? .damagedSnapshot(file, "\(error).")
      : .io(error, "The snapshot was not changed. Check permissions and the limit of open files.")
  }

  static func damagedSnapshot(_ file: String, offset: Int? = nil, _ message: String) -> EngineFault {
    EngineFault(
      .corrupt, message, file: file, offset: offset.map { UInt64($0) },
      advice:
        "stockd puts the file aside and uses the snapshot before it, with more of the log. If there is none, restore a backup."
    )
  }
}
