/// Fixed-size elements in pages that never move; a slot is a 32-bit number. Freed slots are reused.
///
/// Growth costs one page, whatever the size: no pause. Pages are aligned to cache lines.
/// `@unchecked Sendable`: the pages are owned by this value alone, and it cannot be copied.
struct Slab<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private var pages: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
  private var pagesCapacity = 16
  private var pagesCount = 0
  private let pageShift: UInt32
  private let pageMask: UInt32
  /// Slots ever handed out.
  private(set) var slotsUsed: UInt32 = 0
  /// The first free slot plus one; each free slot holds the next one in its first bytes.
  private var freeHead: UInt32 = 0
  private(set) var count = 0

  /// - Parameter pageShift: log2 of the slots of a page.
  init(pageShift: UInt32 = 12) {
    precondition(MemoryLayout<Element>.size >= 4, "a free slot must be able to hold a link")
    self.pageShift = pageShift
    pageMask = 1 << pageShift - 1
    pages = .allocate(capacity: pagesCapacity)
  }

  deinit {
    for index in 0..<pagesCount { LargePages.slabs.deallocate(pages[index], bytes: pageBytes) }
    pages.deallocate()
  }

  /// The slot's place. It stays valid until the slab goes.
  @inline(__always)
  func pointer(_ slot: UInt32) -> UnsafeMutablePointer<Element> {
    assert(slot < slotsUsed, "slot \(slot) was never handed out")
    return pages[Int(slot >> pageShift)] + Int(slot & pageMask)
  }

  @inline(__always)
  subscript(slot: UInt32) -> Element {
    get { pointer(slot).pointee }
    nonmutating set { pointer(slot).pointee = newValue }
  }

  @inline(__always)
  mutating func insert(_ element: Element) -> UInt32 {
    count &+= 1
    let slot: UInt32
    if freeHead != 0 {
      slot = freeHead &- 1
      freeHead = UnsafeRawPointer(pointer(slot)).load(as: UInt32.self)
    } else {
      slot = slotsUsed
      if slot >> pageShift == UInt32(truncatingIfNeeded: pagesCount) { addPage() }
      slotsUsed = slot &+ 1
    }
    pointer(slot).initialize(to: element)
    return slot
  }

  mutating func remove(_ slot: UInt32) {
    UnsafeMutableRawPointer(pointer(slot)).storeBytes(of: freeHead, as: UInt32.self)
    freeHead = slot + 1
    count -= 1
  }

  @inline(never)
  private mutating func addPage() {
    precondition(slotsUsed < UInt32.max >> 1, "a table holds at most 2^31 entries")
    if pagesCount == pagesCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: pagesCapacity * 2)
      larger.moveInitialize(from: pages, count: pagesCount)
      pages.deallocate()
      pages = larger
      pagesCapacity *= 2
    }
    let page = LargePages.slabs.allocate(bytes: pageBytes)
    pages[pagesCount] = page.bindMemory(to: Element.self, capacity: 1 << Int(pageShift))
    pagesCount += 1
  }

  private var pageBytes: Int { MemoryLayout<Element>.stride << Int(pageShift) }
  var memoryBytes: Int { pagesCount * pageBytes }

  /// Hands out several slots in a row, for good. Pages hold a whole number of such blocks.
  mutating func insertBlock(of slots: UInt32, _ element: Element) -> UInt32 {
    assert(freeHead == 0 && slotsUsed % slots == 0, "blocks and single slots do not mix")
    let first = slotsUsed
    if first >> pageShift == UInt32(truncatingIfNeeded: pagesCount) { addPage() }
    slotsUsed = first + slots
    pointer(first).initialize(repeating: element, count: Int(slots))
    return first
  }
}
