/// A sale's life as the log tells it: what happened to it from outside, step by step. What it decided itself is left out.
struct SaleTape: Sendable {
  /// One line of a step.
  struct Line: Sendable, BitwiseCopyable {
    /// Index in `skus`.
    var sku: Int32
    var quantity: UInt32
  }

  struct Step: Sendable, BitwiseCopyable {
    var lsn: LSN
    var time: Timestamp
    /// The order that it is about, or the buyer.
    var name = ByteRange.empty
    var lines = IndexRange.empty
    var kind: Kind
  }

  enum Kind: Sendable, BitwiseCopyable {
    case attempt(Attempt)
    case confirm
    /// A payment for an order that was over; whether its units were gone then too.
    case payLate(isShort: Bool)
    case confirmLines(releases: Bool)
    case cancel(reason: ByteRange)
    case cancelLines(reason: ByteRange)
    case extend(deadline: Timestamp)
    case giveBack(ReturnLines.Disposition)
    case ship
    case deliver
    /// Its deadline had passed.
    case expire
    /// Another order took its place, unless that one does not win now: then its own deadline holds.
    case replaced

    case create(sku: Int)
    case fill(sku: Int, units: Int64)
    /// Units of the closed sale went home.
    case settle(sku: Int)
    case pause
    case resume
    case close
    case retire

    case flag(isByHand: Bool, until: Timestamp)
    case clearFlag
    case outage(from: Timestamp, to: Timestamp, shiftMilliseconds: Int64)
    case retireOrders(Partition, endedUpTo: Timestamp, soldUpTo: Timestamp)
    case forgetOrders(Partition, upTo: Timestamp)
  }

  struct Attempt: Sendable, BitwiseCopyable {
    var buyer: ByteRange
    var subjects: ByteRange
    var holdMilliseconds: Int64
    var isDeduct: Bool
    var replacesUnpaid: Bool
    /// The sale refused it.
    var isRefused: Bool
  }

  var sale: String
  /// Its texts are `limits` and `eligible`.
  var terms: SaleTerms
  var limits: [UInt8]
  var eligible: [UInt8]
  var isPaused: Bool
  var skus: [String] = []
  var text: [UInt8] = []
  var lines: [Line] = []
  var steps: [Step] = []
  /// Orders whose fate is known: they won, or were cancelled without having won.
  var fates: Set<OrderPrint> = []
  /// SKUs of which units went home after the closing.
  var settledSKUs: Set<Int> = []
  var unrecorded: UInt64 = 0
  var end = Timestamp.zero

  /// An order's id in few bytes.
  struct OrderPrint: Hashable, Sendable, BitwiseCopyable {
    var low: UInt64
    var high: UInt64

    init(_ id: UnsafeRawBufferPointer) {
      (low, high) = fingerprint(of: id, seed: 0)
    }
  }

  func withText<Result>(_ range: ByteRange, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    text.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range.start..<range.end])) }
  }

  func string(_ range: ByteRange) -> String { withText(range) { String(decoding: $0, as: UTF8.self) } }
  func print(_ order: ByteRange) -> OrderPrint { withText(order) { OrderPrint($0) } }

  /// The first attempt of every order, by its id.
  func orders() -> [OrderPrint: Int] {
    var orders: [OrderPrint: Int] = [:]
    for (index, step) in steps.enumerated() {
      guard case .attempt = step.kind else { continue }
      let id = print(step.name)
      if orders[id] == nil { orders[id] = index }
    }
    return orders
  }
}
