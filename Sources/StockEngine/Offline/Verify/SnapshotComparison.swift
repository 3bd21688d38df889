/// A file that a snapshot is written to and that keeps nothing: each page is compared with that of another snapshot. Pages are compared as
/// they are before compression, so that it does not matter which version of LZ4 wrote them.
///
/// `@unchecked Sendable`: it is used by one writer on one thread, which is all that a snapshot is written by.
final class SnapshotComparison: StorageFile, @unchecked Sendable {
  let path: String
  /// Where the written bytes first differ; nil if they do not.
  private(set) var difference: UInt64?
  private var reader: SnapshotReader
  private let raw = UnsafeMutableRawBufferPointer.allocate(
    byteCount: SnapshotFormat.pageRawBytesMax + CommandBatch.slackBytes, alignment: 64)

  init(with reader: consuming SnapshotReader) {
    path = reader.name
    self.reader = reader
  }

  deinit { raw.deallocate() }

  /// One page, or the file's header.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StorageError) {
    if difference != nil { return }
    if offset == 0 {
      if !bytes.elementsEqual(reader.header.encoded()) { difference = offset }
      return
    }
    do throws(EngineFault) {
      guard let other = try reader.nextPage(), isSame(bytes, other) else {
        difference = offset
        return
      }
    } catch {
      throw StorageError("read", path, number: 5, reason: error.message)
    }
  }

  private func isSame(_ written: UnsafeRawBufferPointer, _ other: SnapshotReader.Page) -> Bool {
    var head = ByteReader(written)
    head.skip(4)
    let kind: UInt8 = head.take()
    let codec: UInt8 = head.take()
    head.skip(2)
    let entries: UInt32 = head.take()
    let rawBytes: UInt32 = head.take()
    let body = UnsafeRawBufferPointer(rebasing: written[SnapshotFormat.pageHeaderBytes...])
    guard kind == other.kind?.rawValue, entries == other.entries, Int(rawBytes) == other.raw.count,
      Codec.decode(codec, body, into: raw, rawBytes: Int(rawBytes))
    else { return false }
    return UnsafeRawBufferPointer(rebasing: raw[..<Int(rawBytes)]).elementsEqual(other.raw)
  }

  func size() throws(StorageError) -> UInt64 { 0 }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError) -> Int { 0 }
  func truncate(to size: UInt64) throws(StorageError) {}
  func sync() throws(StorageError) {}
  func writeOut() throws(StorageError) {}
  func close() {}
}
