/// Why a server ends a connection. Raw values are part of the protocol: append only.
public enum ErrorCode: UInt16, Sendable, CaseIterable, BitwiseCopyable {
  case notStockd = 1
  case unsupportedVersion = 2
  case dataRegression = 3
  case otherStore = 4
  case frameTooLarge = 5
  case malformedFrame = 6
  case tooManyConnections = 7
  case helloTimeout = 8
  case shuttingDown = 9
  case slowReader = 10
  case tooManyInFlight = 11
  case logFailed = 12
  case tooManyCommands = 13
  case tooManyRows = 14

  /// As it is written in `docs/protocol.md`, section 7.
  public var name: String {
    switch self {
    case .notStockd: "notStockd"
    case .unsupportedVersion: "unsupportedVersion"
    case .dataRegression: "dataRegression"
    case .otherStore: "otherStore"
    case .frameTooLarge: "frameTooLarge"
    case .malformedFrame: "malformedFrame"
    case .tooManyConnections: "tooManyConnections"
    case .helloTimeout: "helloTimeout"
    case .shuttingDown: "shuttingDown"
    case .slowReader: "slowReader"
    case .tooManyInFlight: "tooManyInFlight"
    case .logFailed: "logFailed"
    case .tooManyCommands: "tooManyCommands"
    case .tooManyRows: "tooManyRows"
    }
  }

  /// Whether the same bytes on a new connection may fare better.
  public var mayRetryDiffer: Bool {
    switch self {
    case .tooManyConnections, .helloTimeout, .shuttingDown, .slowReader, .tooManyInFlight, .logFailed: true
    case .notStockd, .unsupportedVersion, .dataRegression, .otherStore, .frameTooLarge, .malformedFrame,
      .tooManyCommands, .tooManyRows:
      false
    }
  }

  /// What it means, for people.
  public var explanation: String {
    switch self {
    case .notStockd: "the first frame is not a stockd hello"
    case .unsupportedVersion: "the server speaks no version that the client offers"
    case .dataRegression:
      "the server's log is behind what this client has seen: it was restored from an old copy, and acknowledged orders are missing"
    case .otherStore: "the server holds another store than the one that this client knows"
    case .frameTooLarge: "the frame is longer than the server takes"
    case .malformedFrame: "the frame's fields do not fit together"
    case .tooManyConnections: "the server has as many connections as it takes"
    case .helloTimeout: "no hello came in time"
    case .shuttingDown: "the server is stopping; what was not answered has an unknown fate, retry it under the same id"
    case .slowReader:
      "the client did not read its replies; what was not answered has an unknown fate, retry it under the same id"
    case .tooManyInFlight: "too many frames are unanswered on this connection"
    case .logFailed: "the server's log failed; what was not answered has an unknown fate, retry it under the same id"
    case .tooManyCommands: "the frame has more commands than the server takes"
    case .tooManyRows: "the frame's reads ask for more rows than the server takes at once"
    }
  }
}

/// A connection that cannot go on. Commands are never at fault here: a bad command is answered `malformed`, in its place.
public struct WireFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the error frame says.
  public var code: ErrorCode
  /// Which bytes, which limit.
  public var detail: String

  /// A fault, with what is known beyond its code.
  public init(_ code: ErrorCode, _ detail: String = "") {
    self.code = code
    self.detail = detail
  }

  /// The name, what it means, and the detail.
  public var description: String {
    detail.isEmpty ? "\(code.name): \(code.explanation)" : "\(code.name): \(code.explanation) (\(detail))"
  }
}
