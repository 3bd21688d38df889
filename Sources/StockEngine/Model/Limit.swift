/// At most so much for each subject of a dimension, within a sale or a SKU.
///
/// In a batch and in the log limits are one text: for each the length of the dimension (one byte), the dimension, what is
/// counted (one byte), flags (one byte), and the maximum (32 bits, little-endian), sorted by dimension, then by what is counted.
public struct Limit: Sendable, Equatable {
  /// What is counted. Raw values are on disk: append only.
  public enum Measure: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Units held or sold.
    case units = 0
    /// Orders that hold units and are not paid yet.
    case openOrders = 1
  }

  /// `user` counts by buyer, anything else by the order's subject of that name.
  public var dimension: String
  /// What is counted.
  public var measure: Measure
  /// How much is allowed.
  public var max: UInt32
  /// Whether units that come back after they were sold may be bought again.
  public var isGivenBackOnReturn: Bool

  /// A limit by its parts.
  public init(dimension: String, measure: Measure = .units, max: UInt32, isGivenBackOnReturn: Bool = false) {
    self.dimension = dimension
    self.measure = measure
    self.max = max
    self.isGivenBackOnReturn = isGivenBackOnReturn
  }

  static let returnFlag: UInt8 = 1
  /// The text of all limits of a sale or a SKU.
  static let bytesMax = Bounds.limitsMax * (7 + Bounds.dimensionBytesMax)

  /// The text of some limits, in its one order.
  public static func encoded(_ limits: [Limit]) -> [UInt8] {
    let sorted = limits.sorted {
      ($0.dimension.utf8.elementsEqual($1.dimension.utf8))
        ? $0.measure.rawValue < $1.measure.rawValue : $0.dimension.utf8.lexicographicallyPrecedes($1.dimension.utf8)
    }
    var bytes: [UInt8] = []
    for limit in sorted {
      bytes.append(UInt8(truncatingIfNeeded: limit.dimension.utf8.count))
      bytes += limit.dimension.utf8
      bytes.append(limit.measure.rawValue)
      bytes.append(limit.isGivenBackOnReturn ? returnFlag : 0)
      withUnsafeBytes(of: limit.max.littleEndian) { bytes += $0 }
    }
    return bytes
  }

  /// - Returns: nil if the text is not well formed, out of order, or has too many.
  public static func decoded(_ bytes: [UInt8]) -> [Limit]? { bytes.withUnsafeBytes { decoded($0) } }

  static func decoded(_ bytes: UnsafeRawBufferPointer) -> [Limit]? {
    var limits: [Limit] = []
    var at = 0
    while at < bytes.count {
      let count = Int(bytes[at])
      guard at + 1 + count + 6 <= bytes.count else { return nil }
      let name = UnsafeRawBufferPointer(rebasing: bytes[at + 1..<at + 1 + count])
      at += 1 + count
      guard Dimension.isName(name), let measure = Measure(rawValue: bytes[at]), bytes[at + 1] <= returnFlag else {
        return nil
      }
      let max = bytes.loadUnaligned(fromByteOffset: at + 2, as: UInt32.self)
      limits.append(
        Limit(
          dimension: String(decoding: name, as: UTF8.self), measure: measure, max: UInt32(littleEndian: max),
          isGivenBackOnReturn: bytes[at + 1] & returnFlag != 0))
      at += 6
    }
    return limits.count <= Bounds.limitsMax && encoded(limits).elementsEqual(bytes) && isDistinct(limits) ? limits : nil
  }

  private static func isDistinct(_ limits: [Limit]) -> Bool {
    zip(limits, limits.dropFirst()).allSatisfy { $0.dimension != $1.dimension || $0.measure != $1.measure }
  }
}
