/// A place in an arena, in units of 16 bytes. Zero is "nothing".
struct ArenaReference: Equatable, BitwiseCopyable {
  var rawValue: UInt32
  static let none = ArenaReference(rawValue: 0)
}

/// Blocks of a few sizes, in pages that never move: long keys, buyers, payloads, the lines of carts.
///
/// `@unchecked Sendable`: the pages are owned by this value alone, and it cannot be copied.
struct Arena: ~Copyable, @unchecked Sendable {
  private static let unitBytes = 16
  private static let pageUnitsShift: UInt32 = 14
  private static let pageUnits: UInt32 = 1 << pageUnitsShift
  /// Block sizes in units. The largest holds an order at every bound of the model.
  private static let classes: InlineArray<19, UInt32> = [
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768,
  ]
  static let blockBytesMax = 768 * unitBytes

  private var pages: [UnsafeMutableRawPointer] = []
  private var next: UInt32 = 1
  private var end: UInt32 = 0
  /// First free block of each class; a free block holds the next one.
  private var free = InlineArray<19, UInt32>(repeating: 0)
  private(set) var usedBytes = 0

  init() {}

  deinit { for page in pages { LargePages.slabs.deallocate(page, bytes: Self.pageBytes) } }

  private static let pageBytes = Int(pageUnits) * unitBytes

  @inline(__always)
  func pointer(_ reference: ArenaReference) -> UnsafeMutableRawPointer {
    let unit = reference.rawValue
    return pages[Int(unit >> Self.pageUnitsShift)] + Int(unit & (Self.pageUnits - 1)) * Self.unitBytes
  }

  mutating func allocate(bytes: Int) -> ArenaReference {
    let sizeClass = Self.sizeClass(bytes)
    let units = Self.classes[sizeClass]
    usedBytes += Int(units) * Self.unitBytes
    if free[sizeClass] != 0 {
      let reference = ArenaReference(rawValue: free[sizeClass])
      free[sizeClass] = pointer(reference).load(as: UInt32.self)
      return reference
    }
    if next + units > end { addPage() }
    let reference = ArenaReference(rawValue: next)
    next += units
    return reference
  }

  mutating func free(_ reference: ArenaReference, bytes: Int) {
    let sizeClass = Self.sizeClass(bytes)
    usedBytes -= Int(Self.classes[sizeClass]) * Self.unitBytes
    pointer(reference).storeBytes(of: free[sizeClass], as: UInt32.self)
    free[sizeClass] = reference.rawValue
  }

  @inline(__always)
  private static func sizeClass(_ bytes: Int) -> Int {
    let units = UInt32((bytes + unitBytes - 1) / unitBytes)
    var index = 0
    while classes[index] < units { index += 1 }
    return index
  }

  @inline(never)
  private mutating func addPage() {
    let first = UInt32(pages.count) << Self.pageUnitsShift
    precondition(pages.count < 1 << 18, "an arena holds at most 64 GiB")
    pages.append(LargePages.slabs.allocate(bytes: Self.pageBytes))
    next = first == 0 ? 1 : first
    end = first + Self.pageUnits
  }

  var memoryBytes: Int { pages.count * Self.pageBytes }
}
