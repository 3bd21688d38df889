import Glibc

/// What limits are counted within: a sale, or a SKU outside sales.
struct Scope: ~Copyable {
  let number: ScopeNumber
  /// The sale's id, or the SKU.
  let name: [UInt8]
  var sale: Sale? {
    didSet { switches = sale.map { SaleSwitches($0) } ?? SaleSwitches() }
  }
  /// What every order of a sale asks, in a plain value.
  private(set) var switches: SaleSwitches
  private(set) var limits = ScopeLimits()
  /// Its entries in `Machine.unpaid`: a line each of an open order with a buyer. Only of sales that ask for it.
  var unpaidCount = 0
  /// How many refused attempts may still be recorded now; not part of the state.
  var attempts = AttemptCredit()
  /// The part of the state hash that is of what subjects have.
  var usesHash: UInt64 = 0
  /// Of a sale: over its items, kept as they change, so that nobody who asks for a sale has to add up a hundred thousand of them.
  var sums = ItemSums()
  /// What a buyer's uses are looked up by, units and open orders, limited or not.
  let userTags: (units: UInt64, openOrders: UInt64)

  init(number: ScopeNumber, name: [UInt8], sale: Sale?, limits: [Limit], seed: UInt64) {
    self.number = number
    self.name = name
    self.sale = sale
    switches = sale.map { SaleSwitches($0) } ?? SaleSwitches()
    userTags = Dimension.withUser {
      (Use.tag($0, .units, number, seed: seed), Use.tag($0, .openOrders, number, seed: seed))
    }
    for limit in limits { self.limits.append(ScopeLimit(limit, of: number, seed: seed)) }
  }

  func isNamed(_ other: UnsafeRawBufferPointer) -> Bool {
    other.count == name.count && name.withUnsafeBytes { memcmp($0.baseAddress!, other.baseAddress!, other.count) == 0 }
  }

  /// A limit of a SKU. One that is lifted stays, without a maximum.
  /// - Returns: false if there is no room for one more.
  mutating func set(_ limit: Limit, isLifted: Bool, seed: UInt64) -> Bool {
    var new = ScopeLimit(limit, of: number, seed: seed)
    new.isLifted = isLifted
    if let index = limits.firstIndex(of: new.tag) {
      limits[index].pointee = new
    } else {
      if limits.count == Bounds.limitsMax { return false }
      limits.append(new)
    }
    return true
  }

  /// The part of the state hash that is not of single uses.
  var entityHash: UInt64 {
    var hash = mix(UInt64(number.rawValue) ^ MixConstant.a, name.withUnsafeBytes { hashBytes($0, seed: MixConstant.b) })
    for index in 0..<limits.count { hash &+= limits[index].pointee.entityHash }
    if let sale { hash &+= sale.entityHash }
    return hash
  }

  /// A sale counts what it limits, a SKU every subject, so that a limit that is set later knows what was bought before.
  var countsEverything: Bool { !switches.isSale }
}

/// What every order of a sale asks.
struct SaleSwitches: BitwiseCopyable {
  var isSale = false
  private var isPaused = false
  private(set) var isClosed = false
  private(set) var isRetired = false
  var hasEligibility = false
  var unpaid = SaleTerms.UnpaidPolicy.allow
  var flagged = SaleTerms.FlaggedPolicy.allow
  var hasStrictDeadline = false
  var recordsAttempts = false
  var holdMilliseconds: Int64 = 0
  private var start = Timestamp.zero
  private var end = Timestamp.zero

  init() {}

  init(_ sale: Sale) {
    isSale = true
    isPaused = sale.isPaused
    isClosed = sale.isClosed
    isRetired = sale.isRetired
    hasEligibility = sale.eligibility != nil
    unpaid = sale.unpaid
    flagged = sale.flagged
    hasStrictDeadline = sale.options.contains(.strictDeadline)
    recordsAttempts = sale.options.contains(.recordsAttempts)
    holdMilliseconds = sale.holdMilliseconds
    start = sale.start
    end = sale.end
  }

  func state(at now: Timestamp) -> SaleState {
    if isClosed || now >= end { return .closed }
    if isPaused { return .paused }
    return now < start ? .scheduled : .open
  }
}

/// The limits of a scope, where they can be looked at without copying.
///
/// `@unchecked Sendable`: the memory is owned by this value alone, and it cannot be copied.
struct ScopeLimits: ~Copyable, @unchecked Sendable {
  private(set) var count = 0
  private let elements = UnsafeMutablePointer<ScopeLimit>.allocate(capacity: Bounds.limitsMax)

  init() {}
  deinit { elements.deallocate() }

  @inline(__always)
  subscript(index: Int) -> UnsafeMutablePointer<ScopeLimit> {
    assert(index < count, "a scope has \(count) limits")
    return elements + index
  }

  mutating func append(_ limit: ScopeLimit) {
    precondition(count < Bounds.limitsMax, "a scope has at most \(Bounds.limitsMax) limits")
    (elements + count).initialize(to: limit)
    count += 1
  }

  func firstIndex(of tag: UInt64) -> Int? { (0..<count).first { elements[$0].tag == tag } }
}

/// A limit, with what its uses are looked up by.
struct ScopeLimit: BitwiseCopyable {
  private var name: InlineArray<16, UInt8> = InlineArray(repeating: 0)
  private var nameCount: UInt8 = 0
  private(set) var measure = Limit.Measure.units
  private(set) var isGivenBackOnReturn = false
  private(set) var isUser = false
  var isLifted = false
  private(set) var max: UInt32 = 0
  private(set) var tag: UInt64 = 0

  init() {}

  init(_ limit: Limit, of scope: ScopeNumber, seed: UInt64) {
    for (index, byte) in limit.dimension.utf8.prefix(16).enumerated() { name[index] = byte }
    nameCount = UInt8(min(limit.dimension.utf8.count, 16))
    measure = limit.measure
    max = limit.max
    isGivenBackOnReturn = limit.isGivenBackOnReturn
    (tag, isUser) = withUnsafeBytes(of: name) { bytes in
      let dimension = UnsafeRawBufferPointer(rebasing: bytes[..<Int(nameCount)])
      return (Use.tag(dimension, limit.measure, scope, seed: seed), Dimension.isUser(dimension))
    }
  }

  func withDimension<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: name) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(nameCount)])) }
  }

  /// Whether a limit counts by this dimension. Of the limit in its place: a copy for every subject of every order would be felt.
  @inline(__always)
  static func isOf(_ limit: UnsafePointer<ScopeLimit>, _ dimension: UnsafeRawBufferPointer) -> Bool {
    guard dimension.count == Int(limit.pointee.nameCount) else { return false }
    let name = UnsafeRawPointer(limit) + MemoryLayout<ScopeLimit>.offset(of: \ScopeLimit.name)!
    return memcmp(name, dimension.baseAddress!, dimension.count) == 0
  }

  /// Whether both count the same.
  func isSame(as other: Limit) -> Bool {
    measure == other.measure && withDimension { $0.elementsEqual(other.dimension.utf8) }
  }

  var limit: Limit {
    Limit(
      dimension: withDimension { String(decoding: $0, as: UTF8.self) }, measure: measure, max: max,
      isGivenBackOnReturn: isGivenBackOnReturn)
  }

  var entityHash: UInt64 {
    mix(tag ^ MixConstant.c, isLifted ? .max : UInt64(max)) ^ (isGivenBackOnReturn ? MixConstant.d : 0)
  }
}

/// How much a subject has of what a limit counts. A subject, with its scope and its dimension, is known by 96 bits.
struct Use: BitwiseCopyable {
  var low: UInt64
  /// Units, or orders.
  var count: UInt64
  var high: UInt32
  var scope: ScopeNumber

  init(_ key: Key, count: UInt64, of scope: ScopeNumber) {
    low = key.low
    high = key.high
    self.count = count
    self.scope = scope
  }

  var key: Key { Key(low: low, high: high) }

  var entityHash: UInt64 {
    mix(low ^ UInt64(scope.rawValue) &* MixConstant.a, UInt64(high) ^ count &* MixConstant.b)
  }

  struct Key: Equatable, BitwiseCopyable {
    var low: UInt64
    var high: UInt32
  }

  static func tag(
    _ dimension: UnsafeRawBufferPointer, _ measure: Limit.Measure, _ scope: ScopeNumber, seed: UInt64
  ) -> UInt64 {
    mix(
      hashBytes(dimension, seed: seed), UInt64(scope.rawValue) << 8 | UInt64(measure.rawValue) ^ MixConstant.a)
  }

  @inline(__always)
  static func key(_ subject: UnsafeRawBufferPointer, _ tag: UInt64) -> Key {
    let print = fingerprint(of: subject, seed: tag)
    return Key(low: print.low, high: UInt32(truncatingIfNeeded: print.high))
  }
}

/// The open order that a buyer has of an item.
struct UnpaidOrder: BitwiseCopyable {
  var low: UInt64
  var high: UInt32
  var order: PackedKey

  func entityHash(_ scope: ScopeNumber, orderHash: UInt64) -> UInt64 {
    mix(low ^ UInt64(scope.rawValue) &* MixConstant.c, UInt64(high) ^ orderHash)
  }
}

/// What makes a scope a sale.
struct Sale {
  let start: Timestamp
  let end: Timestamp
  let holdMilliseconds: Int64
  let unpaid: SaleTerms.UnpaidPolicy
  let flagged: SaleTerms.FlaggedPolicy
  let options: SaleTerms.Options
  /// Texts as they came.
  let limits: [UInt8]
  let eligible: [UInt8]
  let eligibility: Eligibility?
  private let termsHash: UInt64

  var isPaused: Bool
  var isStarted = false
  /// What it counted is forgotten; nothing is counted any more.
  var isRetired = false
  /// Zero: it is not closed.
  var closedAt = Timestamp.zero
  /// Attempts that were refused, a line of a cart each.
  var refused = RefusalCounts()
  /// Sorted: a sale's items are made one after the other, each as its first units come.
  private(set) var items: [SaleItem] = []
  private var sourcesHash: UInt64 = 0

  init(_ terms: SaleTerms, isPaused: Bool, limits: [UInt8], eligible: [UInt8]) {
    start = terms.start
    end = terms.end
    holdMilliseconds = terms.holdMilliseconds
    unpaid = terms.unpaid
    flagged = terms.flagged
    options = terms.options
    self.limits = limits
    self.eligible = eligible
    eligibility = eligible.isEmpty ? nil : eligible.withUnsafeBytes { Eligibility(SubjectList($0)) }
    self.isPaused = isPaused
    let texts = (limits + eligible).withUnsafeBytes { hashBytes($0, seed: UInt64(limits.count)) }
    let window = mix(
      UInt64(bitPattern: terms.start.milliseconds) ^ MixConstant.a,
      UInt64(bitPattern: terms.end.milliseconds) ^ MixConstant.b)
    let policies =
      UInt64(terms.unpaid.rawValue) | UInt64(terms.flagged.rawValue) << 8 | UInt64(terms.options.rawValue) << 16
    termsHash = mix(window ^ texts, policies ^ UInt64(bitPattern: terms.holdMilliseconds) << 24)
  }

  var isClosed: Bool { closedAt != .zero }

  func state(at now: Timestamp) -> SaleState {
    if isClosed || now >= end { return .closed }
    if isPaused { return .paused }
    return now < start ? .scheduled : .open
  }

  var entityHash: UInt64 {
    let switches = UInt64(isPaused ? 1 : 0) | UInt64(isStarted ? 2 : 0) | UInt64(isRetired ? 4 : 0)
    return mix(termsHash ^ switches, UInt64(bitPattern: closedAt.milliseconds) ^ MixConstant.d) &+ sourcesHash
      &+ refused.hash
  }

  /// The time at which the sale changes by itself, if it still does.
  var nextDeadline: Timestamp? { isClosed ? nil : (isStarted ? end : start) }

  func place(of item: ItemNumber) -> SaleItem? {
    let index = index(of: item)
    return index < items.count && items[index].item == item ? items[index] : nil
  }

  /// Where an item stands, or would.
  private func index(of item: ItemNumber) -> Int {
    // Nearly always what comes is the newest.
    guard let last = items.last, last.item >= item else { return items.count }
    var low = 0
    var high = items.count - 1
    while low < high {
      let middle = (low + high) / 2
      if items[middle].item < item { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Units came from a source (or, below 0, went back).
  mutating func move(_ item: ItemNumber, source: ItemNumber, units: Int64) {
    let index = index(of: item)
    guard index < items.count, items[index].item == item else {
      let new = SaleSource(item: source, units: units)
      items.insert(SaleItem(item: item, first: new), at: index)
      sourcesHash &+= new.entityHash(item)
      return
    }
    sourcesHash &+= items[index].move(source, units)
  }
}

/// One item of a sale, with where its units came from, in the order of their coming. It is kept for as long as the store: a unit
/// that was sold may be returned however late, and goes back to where it came from. So it is small: most have one source.
struct SaleItem {
  let item: ItemNumber
  private var first: SaleSource
  private var others: [SaleSource] = []

  init(item: ItemNumber, first: SaleSource) {
    self.item = item
    self.first = first
  }

  var sources: [SaleSource] { [first] + others }

  /// - Returns: what it adds to the sale's hash.
  fileprivate mutating func move(_ source: ItemNumber, _ units: Int64) -> UInt64 {
    if first.item == source { return first.add(units, of: item) }
    if let index = others.firstIndex(where: { $0.item == source }) { return others[index].add(units, of: item) }
    let new = SaleSource(item: source, units: units)
    others.append(new)
    return new.entityHash(item)
  }
}

struct SaleSource {
  let item: ItemNumber
  /// Units that the sale has of it.
  var units: Int64

  /// - Returns: by how much the hash grows.
  fileprivate mutating func add(_ units: Int64, of item: ItemNumber) -> UInt64 {
    let before = entityHash(item)
    self.units &+= units
    return entityHash(item) &- before
  }

  func entityHash(_ item: ItemNumber) -> UInt64 {
    if units == 0 { return 0 }
    return mix(
      UInt64(item.rawValue) << 32 | UInt64(self.item.rawValue), UInt64(bitPattern: units) ^ MixConstant.a)
  }
}

/// Whom a sale is for: for each dimension that is named, the values that may buy, by hash.
struct Eligibility {
  private(set) var dimensions: [[UInt8]] = []
  private var values: Set<UInt64> = []

  init(_ list: SubjectList) {
    for pair in list {
      if !(dimensions.last?.elementsEqual(pair.dimension) ?? false) { dimensions.append(Array(pair.dimension)) }
      values.insert(Self.hash(pair.dimension, pair.value))
    }
  }

  func contains(_ dimension: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Bool {
    guard let value, !value.isEmpty else { return false }
    return values.contains(Self.hash(dimension, value))
  }

  private static func hash(_ dimension: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> UInt64 {
    hashBytes(value, seed: hashBytes(dimension, seed: MixConstant.a))
  }
}

/// Refused attempts of a sale by reason.
public struct RefusalCounts: Sendable, Hashable, BitwiseCopyable {
  /// Attempts to buy more than there was.
  public var soldOut: UInt64 = 0
  /// Attempts beyond a limit.
  public var limitReached: UInt64 = 0
  /// Attempts before, after, or in a pause.
  public var saleNotOpen: UInt64 = 0
  /// Attempts with an unpaid order in the way.
  public var unpaidExists: UInt64 = 0
  /// Attempts of flagged buyers.
  public var buyerFlagged: UInt64 = 0
  /// Attempts of those whom the sale is not for.
  public var notEligible: UInt64 = 0

  /// None.
  public init() {}

  /// - Parameter reason: an outcome's number. One that this version does not count is left out.
  mutating func add(_ reason: UInt8, attempts: UInt32) {
    switch Outcome(rawValue: reason) {
    case .soldOut: soldOut &+= UInt64(attempts)
    case .limitReached: limitReached &+= UInt64(attempts)
    case .saleNotOpen: saleNotOpen &+= UInt64(attempts)
    case .unpaidExists: unpaidExists &+= UInt64(attempts)
    case .buyerFlagged: buyerFlagged &+= UInt64(attempts)
    case .notEligible: notEligible &+= UInt64(attempts)
    default: break
    }
  }

  /// By the reasons' numbers, ascending: as snapshots and replies have them.
  public var inOrder: [UInt64] { [soldOut, limitReached, saleNotOpen, unpaidExists, buyerFlagged, notEligible] }

  static let count = 6

  /// Counts by the reasons' numbers, ascending.
  public init(inOrder counts: [UInt64]) {
    precondition(counts.count == Self.count, "there are \(Self.count) reasons")
    soldOut = counts[0]
    limitReached = counts[1]
    saleNotOpen = counts[2]
    unpaidExists = counts[3]
    buyerFlagged = counts[4]
    notEligible = counts[5]
  }

  var hash: UInt64 {
    mix(mix(soldOut ^ MixConstant.a, limitReached ^ MixConstant.b), mix(saleNotOpen ^ MixConstant.c, unpaidExists))
      ^ mix(buyerFlagged ^ MixConstant.d, notEligible ^ MixConstant.a)
  }
}
