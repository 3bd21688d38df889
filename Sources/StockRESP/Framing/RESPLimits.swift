/// Every maximum of what a RESP client may send, by name.
public struct RESPLimits: Sendable, Equatable {
  /// Arguments of one command: the largest preheat, its options, and a script's head before it.
  public var argumentsMax = 4_096
  /// One argument.
  public var argumentBytesMax = 256 << 10
  /// One command with its framing. Nothing more of it is kept.
  public var requestBytesMax = 1 << 20
  /// A command in one line.
  public var inlineBytesMax = 64 << 10
  /// Arguments of a command before the password was given.
  public var unauthenticatedArgumentsMax = 10
  /// One argument, or a command in one line, before the password was given.
  public var unauthenticatedArgumentBytesMax = 16 << 10
  /// What a connection is answered before the password was given. With more it ends.
  public var unauthenticatedAnswerBytesMax = 16 << 10
  /// Answers that are written while requests are read. With more, what was read is answered first; one answer may carry it beyond.
  public var writtenBytesMax = 256 << 10

  /// The defaults, as `docs/resp.md` tells them.
  public init() {}
}
