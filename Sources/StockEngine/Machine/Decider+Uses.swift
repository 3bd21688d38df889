// A sale's limits are looked up in tables of up to tens of millions of uses. So that nobody waits for memory, each command's keys are
// made and their places asked for some commands ahead; what the check then found, the fold is told.

/// Where a subject's use of a limit was found. A hint for the fold, which would find the same.
struct UseLookup: BitwiseCopyable {
  var low: UInt64
  var high: UInt32
  /// A slot of `Machine.uses`.
  var slot: UInt32

  static let absent: UInt32 = .max
  /// A buyer's of a SKU outside sales: units, then open orders.
  static let countOfSKU = 2

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
  /// What was made for a command.
  struct Made: BitwiseCopyable {
    /// Where the sale's uses are. Nil: nothing was made.
    var machine: UnsafeMutablePointer<Machine>?
    var count = 0
  }

  private let elements: UnsafeMutablePointer<UseLookup>
  private let made: UnsafeMutablePointer<Made>

  init(commandsMax: Int) {
    elements = .allocate(capacity: commandsMax * Bounds.limitsMax)
    made = .allocate(capacity: commandsMax)
  }

  deinit {
    elements.deallocate()
    made.deallocate()
  }

  /// - Parameter place: the command's, in its window.
  @inline(__always)
  func start(_ place: Int) -> UnsafeMutablePointer<UseLookup> { elements + place &* Bounds.limitsMax }

  @inline(__always)
  subscript(place: Int) -> Made {
    get { made[place] }
    nonmutating set { (made + place).initialize(to: newValue) }
  }

  /// A command's lookups, if they were made for so many limits.
  @inline(__always)
  func of(_ place: Int, count: Int) -> UnsafeMutablePointer<UseLookup>? {
    made[place].machine != nil && made[place].count == count ? start(place) : nil
  }
}

extension Command {
  /// A reserve or a deduct, if it is in no sale.
  fileprivate var outsideSales: Reserve? {
    switch self {
    case .reserve(let reserve) where reserve.sale.isEmpty, .deduct(let reserve) where reserve.sale.isEmpty: reserve
    default: nil
    }
  }
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
    useLookups[place] = UseLookups.Made()
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
    useLookups[place] = UseLookups.Made(machine: machine, count: count)
  }

  /// Asks for what the limits of a SKU outside sales are looked up in, for the usual order: of one item, by a buyer without other
  /// subjects. Its item is at hand by now.
  mutating func touchLimit(_ command: Command, _ index: Int) {
    guard let reserve = command.outsideSales else { return }
    let place = index &- window.lowerBound
    useLookups[place] = UseLookups.Made()
    guard reserve.lines.count == 1, reserve.pools.isEmpty, reserve.subjects.isEmpty, !reserve.buyer.isEmpty,
      let item = item(itemKey(Int(reserve.lines.start))), !item.pointee.scope.isNone
    else { return }
    let machine = machines.machine(item.pointee.scope.partition)
    let tags = machine.pointee.scope(item.pointee.scope).pointee.userTags
    let buyer = text(reserve.buyer)
    let units = Use.key(buyer, tags.units)
    let openOrders = Use.key(buyer, tags.openOrders)
    let lookups = useLookups.start(place)
    lookups.initialize(to: UseLookup(units))
    (lookups + 1).initialize(to: UseLookup(openOrders))
    machine.pointee.useIndex(units).pointee.uses.prefetchEntry(units.low)
    machine.pointee.useIndex(openOrders).pointee.uses.prefetchEntry(openOrders.low)
    useLookups[place] = UseLookups.Made(machine: machine, count: UseLookup.countOfSKU)
  }

  mutating func touchLimitedUses(_ command: Command, _ index: Int) {
    if command.outsideSales != nil { touchUses(index) }
  }

  /// Asks for the uses themselves.
  @inline(__always)
  func touchUses(_ index: Int) {
    let place = index &- window.lowerBound
    let made = useLookups[place]
    guard let machine = made.machine else { return }
    let lookups = useLookups.start(place)
    for number in 0..<made.count {
      let low = lookups[number].low
      let index = machine.pointee.useIndex(lookups[number].key)
      var probe = index.pointee.uses.probe(low)
      if let slot = index.pointee.uses.next(&probe) { prefetch(machine.pointee.uses.pointer(slot)) }
    }
  }
}
