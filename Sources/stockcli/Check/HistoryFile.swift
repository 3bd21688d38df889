import Glibc
import StockHistory

/// Histories on disk.
enum HistoryFile {
  static func read(_ path: String) throws -> ClientHistory {
    let source = try ByteSource(path: path)
    var reader = HistoryReader()
    while let piece = try source.piece() { try reader.take(piece) }
    return try reader.finish()
  }

  /// Operations that are made into text at a time.
  private static let operationsPerPiece = 4096

  /// Replaces what is there.
  static func write(_ history: ClientHistory, to path: String) throws(InputFault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notOpened(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var writer = HistoryWriter()
    writer.append(history.header)
    for item in history.given { writer.append(item) }
    for (place, operation) in history.operations.enumerated() {
      writer.append(operation)
      if place % operationsPerPiece == operationsPerPiece - 1 { try write(writer.take(), descriptor) }
    }
    try write(writer.take(), descriptor)
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32) throws(InputFault) {
    let code = bytes.withUnsafeBytes { bytes -> Int32 in
      var start = 0
      while start < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : EIO }
        start += count
      }
      return 0
    }
    if code != 0 { throw InputFault(line: nil, String(cString: strerror(code))) }
  }
}
