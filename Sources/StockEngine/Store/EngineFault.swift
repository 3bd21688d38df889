/// A fault of the engine, written for the person who gets paged: what happened, to what, what is safe, what to do next.
public struct EngineFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault it is, and so what the process ends with.
  public enum Code: String, Sendable, CaseIterable {
    /// The directory is not (or not only) a store's.
    case notAStore
    /// Another process holds the directory.
    case locked
    /// Acknowledged bytes are damaged.
    case corrupt
    /// A part of the log or a snapshot is not there.
    case missing
    /// Files of another store lie in the directory.
    case otherStore
    /// Written by a newer stockd.
    case newerFormat
    /// A sync or write failed; what was not acknowledged has an unknown fate.
    case logFailed
    /// No space to begin with.
    case noSpace
    /// The operating system refused.
    case io
    /// A bound of the configuration is broken.
    case configuration
  }

  /// Its kind.
  public var code: Code
  /// What happened, in a sentence.
  public var message: String
  /// The file or directory that it happened to.
  public var file: String?
  /// The byte of the file where it was seen.
  public var offset: UInt64?
  /// The first record that it concerns.
  public var lsn: LSN?
  /// What to do next.
  public var advice: String

  /// A fault with as much of its place as is known.
  public init(
    _ code: Code, _ message: String, file: String? = nil, offset: UInt64? = nil, lsn: LSN? = nil, advice: String
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.offset = offset
    self.lsn = lsn
    self.advice = advice
  }

  /// On one line: code, message, place, advice.
  public var description: String {
    var place = ""
    if let file { place += " file \(file)" }
    if let offset { place += " offset \(offset)" }
    if let lsn { place += " LSN \(lsn)" }
    return "\(code.rawValue): \(message)\(place.isEmpty ? "" : " [\(place.dropFirst())]") \(advice)"
  }

  /// The exit status of a daemon that stops for it, after sysexits.h.
  public var exitStatus: Int32 {
    switch code {
    case .corrupt, .otherStore, .newerFormat: 65
    case .missing: 66
    case .logFailed, .io: 74
    case .locked, .noSpace: 75
    case .notAStore, .configuration: 78
    }
  }
}
