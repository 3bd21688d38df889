/// What limits are counted within: a sale, or a SKU outside sales.
struct Scope: ~Copyable {
  let number: ScopeNumber
  /// The sale's id, or the SKU.
  let name: [UInt8]
  var sale: Sale?
  private(set) var limits: [ScopeLimit]
  /// Slots of `Machine.uses`, by the low half of their fingerprints.
  var uses: KeyIndex
  /// Slots of `Machine.unpaid`, alike. Only of sales that ask for it.
  var unpaid: KeyIndex

  init(number: ScopeNumber, name: [UInt8], sale: Sale?, limits: [Limit], seed: UInt64) {
    self.number = number
    self.name = name
    self.sale = sale
    self.limits = limits.map { ScopeLimit($0, seed: seed) }
    uses = KeyIndex(stagger: number.partition.rawValue)
    unpaid = KeyIndex(stagger: number.partition.rawValue)
  }

  /// A limit of a SKU. One that is lifted stays, without a maximum.
  mutating func set(_ limit: Limit, isLifted: Bool, seed: UInt64) {
    var new = ScopeLimit(limit, seed: seed)
    if isLifted { new.max = nil }
    if let index = limits.firstIndex(where: { $0.tag == new.tag }) { limits[index] = new } else { limits.append(new) }
  }

  /// The part of the state hash that is not of single uses.
  var entityHash: UInt64 {
    var hash = mix(UInt64(number.rawValue) ^ MixConstant.a, name.withUnsafeBytes { hashBytes($0, seed: MixConstant.b) })
    for limit in limits { hash &+= limit.entityHash }
    if let sale { hash &+= sale.entityHash }
    return hash
  }

  /// A sale's state; `closed` for what is no sale.
  func state(at now: Timestamp) -> SaleState { sale?.state(at: now) ?? .closed }
  var flaggedPolicy: SaleTerms.FlaggedPolicy { sale?.flagged ?? .allow }
  var unpaidPolicy: SaleTerms.UnpaidPolicy { sale?.unpaid ?? .allow }
  var holdMilliseconds: Int64 { sale?.holdMilliseconds ?? 0 }
  var eligibility: Eligibility? { sale?.eligibility }

  /// Whether this scope counts a dimension at all. A sale counts what it limits, a SKU every subject, so that a limit that is set
  /// later knows what was bought before.
  var countsEverything: Bool { sale == nil }
}

/// A limit, with what its uses are looked up by.
struct ScopeLimit {
  let dimension: [UInt8]
  let measure: Limit.Measure
  /// nil: it was lifted.
  var max: UInt32?
  let isGivenBackOnReturn: Bool
  let tag: UInt64
  let isUser: Bool

  init(_ limit: Limit, seed: UInt64) {
    dimension = Array(limit.dimension.utf8)
    measure = limit.measure
    max = limit.max
    isGivenBackOnReturn = limit.isGivenBackOnReturn
    tag = dimension.withUnsafeBytes { Use.tag($0, limit.measure, seed: seed) }
    isUser = dimension.withUnsafeBytes { Dimension.isUser($0) }
  }

  var limit: Limit {
    Limit(
      dimension: String(decoding: dimension, as: UTF8.self), measure: measure, max: max ?? .max,
      isGivenBackOnReturn: isGivenBackOnReturn)
  }

  var entityHash: UInt64 {
    mix(tag ^ MixConstant.c, max.map { UInt64($0) } ?? .max) ^ (isGivenBackOnReturn ? MixConstant.d : 0)
  }
}

/// How much a subject has of what a limit counts. A subject is known by 128 bits.
struct Use: BitwiseCopyable {
  var low: UInt64
  var high: UInt64
  /// Units, or orders.
  var count: UInt64

  func entityHash(_ scope: ScopeNumber) -> UInt64 {
    mix(low ^ UInt64(scope.rawValue) &* MixConstant.a, high ^ count &* MixConstant.b)
  }

  static func tag(_ dimension: UnsafeRawBufferPointer, _ measure: Limit.Measure, seed: UInt64) -> UInt64 {
    mix(hashBytes(dimension, seed: seed), UInt64(measure.rawValue) ^ MixConstant.a)
  }
}

/// The open order that a buyer has of an item.
struct UnpaidOrder: BitwiseCopyable {
  var low: UInt64
  var high: UInt64
  var order: PackedKey

  func entityHash(_ scope: ScopeNumber, orderHash: UInt64) -> UInt64 {
    mix(low ^ UInt64(scope.rawValue) &* MixConstant.c, high ^ orderHash)
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
  private(set) var items: [SaleItem] = []
  private var places: [ItemNumber: Int] = [:]
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
  }

  /// The time at which the sale changes by itself, if it still does.
  var nextDeadline: Timestamp? { isClosed ? nil : (isStarted ? end : start) }

  func place(of item: ItemNumber) -> SaleItem? { places[item].map { items[$0] } }

  mutating func add(_ item: ItemNumber) {
    if places[item] != nil { return }
    places[item] = items.count
    items.append(SaleItem(item: item, sources: []))
  }

  /// Units came from a source (or, below 0, went back).
  mutating func move(_ item: ItemNumber, source: ItemNumber, units: Int64) {
    add(item)
    guard let place = places[item] else { preconditionFailure("added above") }
    if let index = items[place].sources.firstIndex(where: { $0.item == source }) {
      sourcesHash &-= items[place].sources[index].entityHash(item)
      items[place].sources[index].units += units
      sourcesHash &+= items[place].sources[index].entityHash(item)
    } else {
      let new = SaleSource(item: source, units: units)
      items[place].sources.append(new)
      sourcesHash &+= new.entityHash(item)
    }
  }
}

/// One item of a sale, with where its units came from, in the order of their coming.
struct SaleItem {
  let item: ItemNumber
  var sources: [SaleSource]
}

struct SaleSource {
  let item: ItemNumber
  /// Units that the sale has of it.
  var units: Int64

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
