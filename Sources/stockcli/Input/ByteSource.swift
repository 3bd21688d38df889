import Glibc

/// Reads a file or standard input front to back, a piece at a time.
final class ByteSource {
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private var buffer: [UInt8] = []
  private var position = 0
  private(set) var bytesRead = 0
  /// Bytes of the file, if it is a regular one.
  let bytesTotal: Int?

  private static let pieceBytes = 64 * 1024

  /// - Parameter path: `-` is standard input.
  init(path: String) throws(InputFault) {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputFault.notOpened(String(cString: strerror(errno))) }
    var status = stat()
    let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      if path != "-" { Glibc.close(descriptor) }
      throw InputFault.notOpened("is a directory")
    }
    self.descriptor = descriptor
    ownsDescriptor = path != "-"
    bytesTotal = isRegular ? Int(status.st_size) : nil
  }

  deinit {
    if ownsDescriptor { Glibc.close(descriptor) }
  }

  /// The next byte without taking it; nil at the end.
  func peek() throws(InputFault) -> UInt8? {
    if position == buffer.count { try fill() }
    return position < buffer.count ? buffer[position] : nil
  }

  func next() throws(InputFault) -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    return byte
  }

  /// The next bytes, however many are at hand; nil at the end.
  func piece() throws(InputFault) -> [UInt8]? {
    guard try peek() != nil else { return nil }
    defer { position = buffer.count }
    return position == 0 ? buffer : Array(buffer[position...])
  }

  /// All that is left, if it is not more than that.
  func all(bytesMax: Int) throws(InputFault) -> [UInt8] {
    var bytes: [UInt8] = []
    while try peek() != nil {
      bytes += buffer[position...]
      position = buffer.count
      if bytes.count > bytesMax { throw InputFault(line: nil, "more than \(bytesMax >> 20) MiB") }
    }
    return bytes
  }

  private func fill() throws(InputFault) {
    position = 0
    buffer.removeAll(keepingCapacity: true)
    while true {
      var count = 0
      buffer = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { bytes, initialized in
        count = read(descriptor, bytes.baseAddress, bytes.count)
        initialized = max(count, 0)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw InputFault(line: nil, String(cString: strerror(errno))) }
      bytesRead += count
      return
    }
  }
}

/// What is wrong with an input, and where.
struct InputFault: Error, Equatable, CustomStringConvertible {
  var line: Int?
  var message: String
  /// The command line names a file that is none, or that may not be read; otherwise what is in it is wrong.
  private(set) var isOfPath = false

  init(line: Int?, _ message: String) {
    self.line = line
    self.message = message
  }

  static func notOpened(_ reason: String) -> InputFault {
    var fault = InputFault(line: nil, reason)
    fault.isOfPath = true
    return fault
  }

  var description: String { line.map { "line \($0): \(message)" } ?? message }
}
