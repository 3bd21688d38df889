/// What an archive file must come to, and the checks that cover all of it.
struct ArchiveFooter: Equatable {
  /// One index: its pages lie in front of its fences.
  struct Index: Equatable {
    var pageBytes: UInt64 = 0
    var pages: UInt32 = 0
    /// How many of the upper bits of a hash a key has; 32 for items, whose keys are their numbers.
    var keyBits: UInt32 = 0
    var pairs: UInt64 = 0
    var fencesCheck: UInt64 = 0

    var fencesBytes: Int { Int(pages) * ArchiveFormat.fenceBytes }
    var bytes: Int { Int(pageBytes) + fencesBytes }
  }

  var headerCheck: UInt64 = 0
  var blocks: UInt64 = 0
  var records: UInt64 = 0
  var rawBytes: UInt64 = 0
  var storedBytes: UInt64 = 0
  var recordsCheck: UInt64 = 0
  var directoryCheck: UInt64 = 0
  var items = Index()
  var orders = Index()
  var operations = Index()

  private static let checkedBytes = 160

  init() {}

  subscript(kind: ArchiveIndexKind) -> Index {
    get {
      switch kind {
      case .items: items
      case .orders: orders
      case .operations: operations
      }
    }
    set {
      switch kind {
      case .items: items = newValue
      case .orders: orders = newValue
      case .operations: operations = newValue
      }
    }
  }

  // MARK: Places

  var directoryOffset: Int { ArchiveFormat.headerBytes + Int(storedBytes) }
  var directoryBytes: Int { Int(blocks) * ArchiveFormat.blockEntryBytes }

  func pagesOffset(_ kind: ArchiveIndexKind) -> Int {
    let start = directoryOffset + directoryBytes
    switch kind {
    case .items: return start
    case .orders: return start + items.bytes
    case .operations: return start + items.bytes + orders.bytes
    }
  }

  func fencesOffset(_ kind: ArchiveIndexKind) -> Int { pagesOffset(kind) + Int(self[kind].pageBytes) }

  /// Of the whole file.
  var fileBytes: Int { pagesOffset(.operations) + operations.bytes + ArchiveFormat.footerBytes }

  // MARK: Bytes

  func encoded(seed: UInt64) -> [UInt8] {
    var writer = ByteWriter(capacity: ArchiveFormat.footerBytes)
    for field in [headerCheck, blocks, records, rawBytes, storedBytes, recordsCheck, directoryCheck] {
      writer.put(field)
    }
    for kind in ArchiveIndexKind.allCases {
      let index = self[kind]
      writer.put(index.pageBytes)
      writer.put(index.pages)
      writer.put(index.keyBits)
      writer.put(index.pairs)
      writer.put(index.fencesCheck)
    }
    writer.put(ArchiveFormat.endMagic)
    writer.put(hashBytes(writer.bytes, seed: seed))
    return Array(writer.bytes)
  }

  /// Reads a footer, or nil if these bytes are none of this file.
  /// - Parameter fileBytes: what the parts must add up to.
  init?(decoding bytes: UnsafeRawBufferPointer, seed: UInt64, fileBytes size: Int) {
    guard bytes.count == ArchiveFormat.footerBytes else { return nil }
    var reader = ByteReader(bytes)
    headerCheck = reader.take()
    blocks = reader.take()
    records = reader.take()
    rawBytes = reader.take()
    storedBytes = reader.take()
    recordsCheck = reader.take()
    directoryCheck = reader.take()
    for kind in ArchiveIndexKind.allCases {
      self[kind] = Index(
        pageBytes: reader.take(), pages: reader.take(), keyBits: reader.take(), pairs: reader.take(),
        fencesCheck: reader.take())
    }
    let magic: UInt64 = reader.take()
    let check: UInt64 = reader.take()
    let computed = hashBytes(UnsafeRawBufferPointer(rebasing: bytes[..<Self.checkedBytes]), seed: seed)
    guard magic == ArchiveFormat.endMagic, check == computed else { return nil }
    // Bounds come before any sum, so that none overflows.
    let bound = UInt64(size)
    guard blocks > 0, blocks <= UInt64(ArchiveFormat.blocksMax), storedBytes <= bound,
      ArchiveIndexKind.allCases.allSatisfy({ self[$0].pageBytes <= bound && self[$0].keyBits <= 40 }),
      fileBytes == size
    else { return nil }
  }
}
