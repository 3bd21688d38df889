/// A piece of a batch's byte arena. Commands, events and replies are plain values; their text lies in one arena beside them.
public struct ByteRange: Hashable, Sendable, BitwiseCopyable {
  /// The first byte.
  public var offset: UInt32
  /// How many bytes.
  public var count: UInt32

  /// A piece of an arena; nothing is checked.
  public init(offset: UInt32, count: UInt32) {
    self.offset = offset
    self.count = count
  }

  init(offset: Int, count: Int) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.count = UInt32(truncatingIfNeeded: count)
  }

  /// No text.
  public static let empty = ByteRange(offset: UInt32(0), count: 0)
  /// Whether there is no text.
  public var isEmpty: Bool { count == 0 }

  var start: Int { Int(offset) }
  var end: Int { Int(offset) + Int(count) }
}

/// A piece of a batch's array of lines, items or rows.
public struct IndexRange: Hashable, Sendable, BitwiseCopyable {
  /// The first element.
  public var start: UInt32
  /// How many elements.
  public var count: UInt32

  /// A piece of an array; nothing is checked.
  public init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  init(start: Int, count: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.count = UInt32(truncatingIfNeeded: count)
  }

  /// No elements.
  public static let empty = IndexRange(start: UInt32(0), count: 0)
  /// Whether there are no elements.
  public var isEmpty: Bool { count == 0 }
  /// The indices of its elements.
  public var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
