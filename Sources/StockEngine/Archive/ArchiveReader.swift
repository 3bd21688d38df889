/// Reads an archive file: small reads of what is asked for, each checked before it is believed.
struct ArchiveReader: ~Copyable {
  let path: String
  let header: ArchiveHeader
  let footer: ArchiveFooter
  /// The directory.
  let blocks: [ArchiveBlock]
  /// What was read of the file so far.
  private(set) var bytesRead: UInt64

  private let file: any StorageFile
  private let stored: UnsafeMutableRawBufferPointer
  private let raw: UnsafeMutableRawBufferPointer
  private var fences: [ArchiveIndexKind: [ArchiveFence]] = [:]

  /// - Parameter path: of the file; its name says which segment it must hold.
  init(_ storage: any Storage, path: String, store: StoreID, direct: Bool = false) throws(EngineFault) {
    let file: any StorageFile
    let size: Int
    do throws(StorageError) {
      file = try storage.open(path, direct ? .readDirect : .read)
      size = Int(try file.size())
    } catch {
      throw Self.fault(error, path)
    }
    let (header, headerCheck) = try Self.readHeader(file, path, store)
    let footer = try Self.readFooter(file, path, header, headerCheck, size)
    blocks = try Self.readDirectory(file, path, header, footer)
    self.path = path
    self.header = header
    self.footer = footer
    self.file = file
    bytesRead = UInt64(ArchiveFormat.headerBytes + ArchiveFormat.footerBytes + footer.directoryBytes)
    stored = .allocate(byteCount: ArchiveFormat.blockRawBytesMax, alignment: 64)
    raw = .allocate(byteCount: ArchiveFormat.blockRawBytesMax + CommandBatch.slackBytes, alignment: 64)
  }

  deinit {
    stored.deallocate()
    raw.deallocate()
    file.close()
  }

  // MARK: Opening

  /// The header alone, for who wants to know no more than what a file covers.
  static func header(_ storage: any Storage, path: String, store: StoreID) throws(EngineFault) -> ArchiveHeader {
    let file: any StorageFile
    do throws(StorageError) { file = try storage.open(path, .read) } catch { throw fault(error, path) }
    defer { file.close() }
    return try readHeader(file, path, store).header
  }

  private static func readHeader(
    _ file: any StorageFile, _ path: String, _ store: StoreID
  ) throws(EngineFault) -> (header: ArchiveHeader, check: UInt64) {
    let bytes = try read(file, path, at: 0, ArchiveFormat.headerBytes)
    let header = try bytes.withBytes { (bytes) throws(EngineFault) in
      try ArchiveHeader(decoding: bytes, file: path, store: store)
    }
    guard path.lastPathComponent.hasPrefix(LogFormat.paddedNumber(header.sequence)) else {
      throw .damagedArchive(path, offset: 0, "the file holds segment \(header.sequence).")
    }
    return (header, bytes.withUnsafeBytes { ArchiveHeader.check(of: $0) })
  }

  private static func readFooter(
    _ file: any StorageFile, _ path: String, _ header: ArchiveHeader, _ headerCheck: UInt64, _ size: Int
  ) throws(EngineFault) -> ArchiveFooter {
    let offset = max(0, size - ArchiveFormat.footerBytes)
    let bytes = try read(file, path, at: offset, ArchiveFormat.footerBytes)
    let seed = ArchiveFormat.seed(header.store, segment: header.sequence, .footer)
    guard let footer = bytes.withUnsafeBytes({ ArchiveFooter(decoding: $0, seed: seed, fileBytes: size) }) else {
      throw .damagedArchive(path, offset: offset, "the footer is damaged, or the file is cut off.")
    }
    guard footer.headerCheck == headerCheck, footer.records == header.lastLSN.rawValue - header.firstLSN.rawValue + 1
    else {
      throw .damagedArchive(path, offset: offset, "header and footer are not of the same file.")
    }
    return footer
  }

  private static func readDirectory(
    _ file: any StorageFile, _ path: String, _ header: ArchiveHeader, _ footer: ArchiveFooter
  ) throws(EngineFault) -> [ArchiveBlock] {
    let bytes = try read(file, path, at: footer.directoryOffset, footer.directoryBytes)
    let seed = ArchiveFormat.seed(header.store, segment: header.sequence, .directory)
    return try bytes.withBytes { (bytes) throws(EngineFault) -> [ArchiveBlock] in
      guard hashBytes(bytes, seed: seed) == footer.directoryCheck else {
        throw .damagedArchive(path, offset: footer.directoryOffset, "the directory is damaged.")
      }
      var reader = ByteReader(bytes)
      var blocks: [ArchiveBlock] = []
      var offset = UInt64(ArchiveFormat.headerBytes)
      var lsn = header.firstLSN
      for _ in 0..<footer.blocks {
        let block = ArchiveBlock(decoding: &reader)
        guard block.offset == offset, block.firstLSN == lsn, block.records > 0, block.storedBytes > 0,
          block.storedBytes <= block.rawBytes, block.rawBytes <= ArchiveFormat.blockRawBytesMax
        else { throw .damagedArchive(path, offset: footer.directoryOffset, "the directory contradicts itself.") }
        offset += UInt64(block.storedBytes)
        lsn = block.lastLSN.advanced(by: 1)
        blocks.append(block)
      }
      guard offset == UInt64(footer.directoryOffset), lsn == header.lastLSN.advanced(by: 1) else {
        throw .damagedArchive(path, offset: footer.directoryOffset, "the directory contradicts header and footer.")
      }
      return blocks
    }
  }

  private static func read(
    _ file: any StorageFile, _ path: String, at offset: Int, _ count: Int
  ) throws(EngineFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { buffer -> Result<Void, EngineFault> in
      do throws(EngineFault) {
        return .success(try read(file, path, at: offset, into: buffer))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    return bytes
  }

  private static func read(
    _ file: any StorageFile, _ path: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(EngineFault) {
    let got: Int
    do throws(StorageError) { got = try file.read(into: buffer, at: UInt64(offset)) } catch { throw fault(error, path) }
    guard got == buffer.count else { throw .damagedArchive(path, offset: offset, "the file is cut off.") }
  }

  private static func fault(_ error: StorageError, _ path: String) -> EngineFault {
    error.isReadFailure
      ? .damagedArchive(path, "\(error).")
      : .io(error, "Nothing was changed. Check permissions and the limit of open files.")
  }

  // MARK: Blocks

  func damaged(_ message: String, offset: Int? = nil, lsn: LSN? = nil) -> EngineFault {
    .damagedArchive(path, offset: offset, lsn: lsn, message)
  }

  /// A block's records: checked, decompressed, and valid until the next call.
  mutating func read(block number: Int) throws(EngineFault) -> UnsafeRawBufferPointer {
    let block = blocks[number]
    let bytes = UnsafeMutableRawBufferPointer(rebasing: stored[..<Int(block.storedBytes)])
    try Self.read(file, path, at: Int(block.offset), into: bytes)
    bytesRead += UInt64(bytes.count)
    let seed = ArchiveFormat.seed(header.store, segment: header.sequence, .block(number))
    guard hashBytes(UnsafeRawBufferPointer(bytes), seed: seed) == block.check, decompress(block, bytes) else {
      throw damaged("block \(number) is damaged.", offset: Int(block.offset), lsn: block.firstLSN)
    }
    return UnsafeRawBufferPointer(rebasing: raw[..<Int(block.rawBytes)])
  }

  private func decompress(_ block: ArchiveBlock, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    guard let codec = UInt8(exactly: block.codec) else { return false }
    return Codec.decode(codec, UnsafeRawBufferPointer(bytes), into: raw, rawBytes: Int(block.rawBytes))
  }

  // MARK: Indexes

  /// What a file is searched for.
  enum Key {
    case item(ItemNumber)
    /// An order's id, by its hash.
    case order(UInt64)
    /// An operation's id, by its hash.
    case operation(UInt64)

    var kind: ArchiveIndexKind {
      switch self {
      case .item: .items
      case .order: .orders
      case .operation: .operations
      }
    }
  }

  /// The blocks that may name the key, in order: all that do, and for an id now and then one that does not.
  mutating func blocks(naming key: Key) throws(EngineFault) -> [Int] {
    let kind = key.kind
    let wanted: UInt64
    switch key {
    case .item(let number): wanted = UInt64(number.rawValue)
    case .order(let hash), .operation(let hash):
      wanted = footer[kind].keyBits == 0 ? 0 : hash >> (64 - UInt64(footer[kind].keyBits))
    }
    let fences = try fences(of: kind)
    guard let page = fences.lastIndex(where: { $0.firstKey <= wanted }) else { return [] }
    let bytes = try read(page: page, of: kind)
    guard let found = Self.search(bytes, fences[page], for: wanted), found.allSatisfy({ $0 < blocks.count }) else {
      throw damagedPage(kind, page)
    }
    return found
  }

  /// The blocks of a key; nil if the page does not read.
  private static func search(_ page: [UInt8], _ fence: ArchiveFence, for wanted: UInt64) -> [Int]? {
    page.withUnsafeBytes { bytes -> [Int]? in
      var cursor = ArchivePageCursor(bytes, fence)
      do throws(EventDecodingError) {
        while let entry = try cursor.next(), entry.key <= wanted {
          if entry.key == wanted { return entry.blocks }
        }
        return []
      } catch {
        return nil
      }
    }
  }

  private func damagedPage(_ kind: ArchiveIndexKind, _ page: Int) -> EngineFault {
    damaged("page \(page) of the index of \(kind) is damaged.", offset: footer.pagesOffset(kind))
  }

  /// The fences of an index, read once.
  mutating func fences(of kind: ArchiveIndexKind) throws(EngineFault) -> [ArchiveFence] {
    if let known = fences[kind] { return known }
    let index = footer[kind]
    let offset = footer.fencesOffset(kind)
    let bytes = try Self.read(file, path, at: offset, index.fencesBytes)
    bytesRead += UInt64(bytes.count)
    let seed = ArchiveFormat.seed(header.store, segment: header.sequence, .fences(kind))
    let found = bytes.withUnsafeBytes { bytes -> [ArchiveFence]? in
      guard hashBytes(bytes, seed: seed) == index.fencesCheck else { return nil }
      var reader = ByteReader(bytes)
      let fences = (0..<index.pages).map { _ in ArchiveFence(decoding: &reader) }
      return fences.reduce(0) { $0 + UInt64($1.bytes) } == index.pageBytes ? fences : nil
    }
    guard let found else { throw damaged("the fences of the index of \(kind) are damaged.", offset: offset) }
    fences[kind] = found
    return found
  }

  /// A page's bytes, checked.
  mutating func read(page number: Int, of kind: ArchiveIndexKind) throws(EngineFault) -> [UInt8] {
    let fences = try fences(of: kind)
    let offset = fences[..<number].reduce(footer.pagesOffset(kind)) { $0 + Int($1.bytes) }
    let bytes = try Self.read(file, path, at: offset, Int(fences[number].bytes))
    bytesRead += UInt64(bytes.count)
    let seed = ArchiveFormat.seed(header.store, segment: header.sequence, .page(kind, number))
    let check = bytes.withUnsafeBytes { hashBytes($0, seed: seed) }
    guard check == fences[number].check else { throw damagedPage(kind, number) }
    return bytes
  }
}

extension Array where Element == UInt8 {
  /// As `withUnsafeBytes`, for a body that throws one type of error.
  fileprivate func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = withUnsafeBytes { bytes -> Swift.Result<Result, Failure> in
      do throws(Failure) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
