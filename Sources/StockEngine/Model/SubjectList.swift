/// Pairs of a dimension and a value: the subjects of an order, or the values of a dimension that a sale is open to.
///
/// In a batch, in the log and in an order's record they are one text: for each pair the length of the dimension (one byte),
/// the dimension, the length of the value (one byte), the value. Pairs are sorted by dimension, then value, by bytes.
public struct SubjectList: Sequence {
  /// One pair.
  public struct Subject {
    /// What is counted by: `phone`, `address`, `region`; 1 to 16 of a-z, 0-9, `-`, `_` and `.`.
    public var dimension: UnsafeRawBufferPointer
    /// Whom it stands for: opaque, 1 to 64 bytes.
    public var value: UnsafeRawBufferPointer
  }

  let bytes: UnsafeRawBufferPointer

  private static let pairBytesMax = 2 + Bounds.dimensionBytesMax + Bounds.subjectBytesMax
  /// The subjects of an order.
  static let bytesMax = Bounds.subjectsPerOrderMax * pairBytesMax
  /// What a sale is open to.
  static let eligibleBytesMax = Bounds.eligibleValuesMax * pairBytesMax

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Walks the pairs in their order.
  public func makeIterator() -> Iterator { Iterator(rest: bytes) }

  /// Walks the pairs; ends early where the text is not well formed.
  public struct Iterator: IteratorProtocol {
    var rest: UnsafeRawBufferPointer
    private(set) var isBroken = false

    init(rest: UnsafeRawBufferPointer) { self.rest = rest }

    /// The next pair; nil at the end.
    public mutating func next() -> Subject? {
      if rest.isEmpty { return nil }
      guard let dimension = take(), let value = take() else {
        isBroken = true
        return nil
      }
      return Subject(dimension: dimension, value: value)
    }

    @inline(__always)
    private mutating func take() -> UnsafeRawBufferPointer? {
      guard let base = rest.baseAddress, !rest.isEmpty else { return nil }
      let count = Int(base.load(as: UInt8.self))
      guard rest.count > count else { return nil }
      rest = UnsafeRawBufferPointer(start: base + 1 + count, count: rest.count &- count &- 1)
      return UnsafeRawBufferPointer(start: base + 1, count: count)
    }
  }

  /// The value of a dimension, if there is one; the first, if there are several.
  @inline(__always)
  func value(of dimension: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    for subject in self where subject.dimension.elementsEqual(dimension) { return subject.value }
    return nil
  }

  /// The pairs of a text. Bytes that are not UTF-8 are replaced.
  public static func pairs(_ bytes: [UInt8]) -> [(dimension: String, value: String)] {
    bytes.withUnsafeBytes { text in
      SubjectList(text).map {
        (String(decoding: $0.dimension, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
      }
    }
  }

  /// The text of some pairs, in its one order.
  public static func encoded(_ pairs: [(dimension: String, value: String)]) -> [UInt8] {
    let sorted = pairs.sorted { left, right in
      left.dimension.utf8.elementsEqual(right.dimension.utf8)
        ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
        : left.dimension.utf8.lexicographicallyPrecedes(right.dimension.utf8)
    }
    return sorted.flatMap { pair in
      [UInt8(truncatingIfNeeded: pair.dimension.utf8.count)] + Array(pair.dimension.utf8)
        + [UInt8(truncatingIfNeeded: pair.value.utf8.count)] + Array(pair.value.utf8)
    }
  }

  /// - Parameter repeats: whether a dimension may come with several values.
  static func check(_ bytes: UnsafeRawBufferPointer, pairsMax: Int, repeats: Bool) -> Malformation? {
    var pairs = SubjectList(bytes).makeIterator()
    var last: Subject?
    var count = 0
    while let pair = pairs.next() {
      count += 1
      guard Dimension.isName(pair.dimension), !pair.value.isEmpty, pair.value.count <= Bounds.subjectBytesMax else {
        return .subject
      }
      if let last, !isBefore(last, pair, repeats: repeats) { return .subject }
      last = pair
    }
    return pairs.isBroken || count > pairsMax ? .subject : nil
  }

  private static func isBefore(_ left: Subject, _ right: Subject, repeats: Bool) -> Bool {
    if left.dimension.elementsEqual(right.dimension) {
      return repeats && left.value.lexicographicallyPrecedes(right.value)
    }
    return left.dimension.lexicographicallyPrecedes(right.dimension)
  }
}

/// Names of dimensions.
enum Dimension {
  /// The dimension whose subject is the buyer.
  static let user: StaticString = "user"

  static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 1, bytes.count <= Bounds.dimensionBytesMax else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  static func withUser<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: user.utf8Start, count: user.utf8CodeUnitCount))
  }

  static func isUser(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.elementsEqual(UnsafeBufferPointer(start: user.utf8Start, count: user.utf8CodeUnitCount))
  }
}
