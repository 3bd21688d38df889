// A sale's limits are looked up in tables of up to tens of millions of uses. So that nobody waits for memory, each command's keys are
// made and their places asked for some commands ahead; what the check then found, the fold is told.

/// Where a subject's use of a limit was found. A hint for the fold, which would find the same.
struct UseLookup: BitwiseCopyable {
  var low: UInt64
  var high: UInt32
  /// A slot of `Machine.uses`.
  var slot: UInt32

  static let absent: UInt32 = .max

  init(_ key: Use.Key) {
    low = key.low
    high = key.high
    slot = Self.absent
  }

  var key: Use.Key { Use.Key(low: low, high: high) }
}

/// The lookups of the commands of a window: for each as many as its sale has limits.
///
/// `@unchecked Sendable`: the memory belongs to one decider, and is freed with it.
struct UseLookups: ~Copyable, @unchecked Sendable {
  private let elements: UnsafeMutablePointer<UseLookup>
  private let counts: UnsafeMutablePointer<UInt8>
  /// None were made.
  private static let none: UInt8 = .max

  init(commandsMax: Int) {
    elements = .allocate(capacity: commandsMax * Bounds.limitsMax)
    counts = .allocate(capacity: commandsMax)
  }

  deinit {
    elements.deallocate()
    counts.deallocate()
  }

  /// - Parameter place: the command's, in its window.
  @inline(__always)
  func start(_ place: Int) -> UnsafeMutablePointer<UseLookup> { elements + place &* Bounds.limitsMax }

  @inline(__always)
  func setCount(_ count: Int, _ place: Int) { counts[place] = UInt8(truncatingIfNeeded: count) }

  @inline(__always)
  func clear(_ place: Int) { counts[place] = Self.none }

  /// A command's lookups, if they were made for so many limits.
  @inline(__always)
  func of(_ place: Int, count: Int) -> UnsafeMutablePointer<UseLookup>? {
    Int(counts[place]) == count ? start(place) : nil
  }

  @inline(__always)
  func count(_ place: Int) -> Int { counts[place] == Self.none ? 0 : Int(counts[place]) }
}

extension Decider {
  /// The sale of a command. Most commands of a window name the same.
  @inline(__always)
  mutating func saleOfWindow(_ id: ByteRange) -> UnsafeMutablePointer<Scope>? {
    if let last = lastSale, last.pointee.isNamed(text(id)) { return last }
    let found = sale(id)
    if found != nil { lastSale = found }
    return found
  }

  /// Asks for what the sale's limits will be looked up in.
  @inline(never)
  mutating func touchUseIndexes(sale: ByteRange, buyer: ByteRange, subjects: ByteRange, _ index: Int) {
    let place = index - window.lowerBound
    useLookups.clear(place)
    guard let scope = saleOfWindow(sale) else { return }
    let holder = Holder(buyer: text(buyer), subjects: SubjectList(text(subjects)))
    let machine = machines.machine(scope.pointee.number.partition)
    let lookups = useLookups.start(place)
    let count = scope.pointee.limits.count
    for number in 0..<count {
      let limit = scope.pointee.limits[number]
      guard let subject = holder.subject(of: limit) else { return }
      let key = Use.key(subject, limit.pointee.tag)
      (lookups + number).initialize(to: UseLookup(key))
      machine.pointee.useIndex(key).pointee.uses.prefetchEntry(key.low)
    }
    useLookups.setCount(count, place)
  }

  /// Asks for the uses themselves.
  @inline(never)
  mutating func touchUses(sale: ByteRange, _ index: Int) {
    let place = index - window.lowerBound
    let count = useLookups.count(place)
    guard count > 0, let scope = saleOfWindow(sale) else { return }
    let machine = machines.machine(scope.pointee.number.partition)
    let lookups = useLookups.start(place)
    for number in 0..<count {
      let key = lookups[number].key
      let index = machine.pointee.useIndex(key)
      var probe = index.pointee.uses.probe(key.low)
      if let slot = index.pointee.uses.next(&probe) { prefetch(machine.pointee.uses.pointer(slot)) }
    }
  }
}
