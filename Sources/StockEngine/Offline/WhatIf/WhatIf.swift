/// A recorded sale, ready to be decided again under other numbers: who would have won, when each SKU would have sold out, what
/// would still have been refused.
///
/// It has the sale's whole life as the log tells it: its opening, what filled it, every attempt in the order in which it was decided,
/// refused ones too if the sale recorded them, and what became of each order. `StoreInspector.whatIf` reads one. Nothing of it touches
/// the store.
public struct WhatIf: Sendable {
  /// The sale's id.
  public var sale: String { tape.sale }
  /// Whether refused attempts were recorded; if not, only those that won can be decided again.
  public var recordsAttempts: Bool { tape.terms.options.contains(.recordsAttempts) }
  /// The SKUs that it sold, in the order of their coming.
  public var skus: [String] { tape.skus }
  /// The first and the last record that were read.
  public let firstLSN: LSN
  /// See `firstLSN`.
  public let lastLSN: LSN
  /// The time of the last record; what would happen later is not told.
  public var end: Timestamp { tape.end }
  /// Refused attempts that were counted but not recorded: more than the sale may record in a storm, or while the disk was filling up.
  public var unrecordedAttempts: UInt64 { recordsAttempts ? tape.unrecorded : 0 }

  let tape: SaleTape
  let recorded: SaleTally
  let store: StoreID

  /// One number that was otherwise.
  public enum Change: Sendable, Equatable {
    /// The sale had so many units of a SKU, all of them from its first filling on.
    case stock(sku: String, units: Int64)
    /// A limit is set, or added.
    case limit(dimension: String, measure: Limit.Measure, max: UInt32)
    /// Every limit of a dimension is lifted.
    case noLimit(dimension: String)
    /// It sold from here, to there; nil leaves the recorded moment. It is not closed by hand then.
    case window(start: Timestamp?, end: Timestamp?)
    /// It was never paused.
    case noPause
  }

  /// What becomes of an order that wins here and did not win then: nobody knows, so it is assumed.
  public enum Assumption: String, Sendable, CaseIterable {
    /// It is paid at once.
    case confirm
    /// It is never paid.
    case expire
    /// As many are paid as of the recorded winners; which ones follows from the order's id.
    case like
  }

  /// Why a change does not fit the sale.
  public enum Misfit: Error, Sendable, Equatable, CustomStringConvertible {
    /// It sold no such SKU.
    case unknownSKU(String, has: [String])
    /// The window would end before it begins.
    case emptyWindow
    /// A dimension that no limit can have.
    case dimension(String)
    /// More limits than a sale can have.
    case tooManyLimits
    /// Units outside of what an item can have.
    case units(Int64)

    /// For people: what does not fit, and what would.
    public var description: String {
      switch self {
      case .unknownSKU(let sku, let has):
        "the sale sold no \(sku); it sold \(has.prefix(8).joined(separator: ", "))"
          + (has.count > 8 ? " and \(has.count - 8) more" : "")
      case .emptyWindow: "the window ends before it begins; name its start first"
      case .dimension(let name):
        "'\(name)' is no dimension: 1 to \(Bounds.dimensionBytesMax) of a-z, 0-9, '-', '_' and '.'"
      case .tooManyLimits: "a sale has at most \(Bounds.limitsMax) limits; lift one"
      case .units(let units): "\(units) is no stock: 0 to \(Bounds.quantityMax) units"
      }
    }
  }

  /// What was, beside what would have been.
  public struct Report: Sendable, Equatable {
    /// As the log tells it.
    public var recorded: Side
    /// As it is decided now.
    public var whatIf: Side
    /// Every order that won on either side, by the time at which it first did.
    public var winners: [Winner]
    /// Orders that were given a fate by the assumption.
    public var assumed: Int

    /// Orders that win only now.
    public var newWinners: Int { winners.count { $0.recorded == nil } }
    /// Orders that won then, and do not now.
    public var lostWinners: Int { winners.count { $0.whatIf == nil } }
  }

  /// One telling of the sale.
  public struct Side: Sendable, Equatable {
    /// Reserves and deducts that were decided anew.
    public var attempts = 0
    /// Of these, attempts of an order that had won already.
    public var repeats = 0
    /// Orders that got units.
    public var winners = 0
    /// Units that they got.
    public var units: Int64 = 0
    /// By SKU, in the order of their coming.
    public var skus: [SKU] = []
    /// What was refused, by reason and SKU.
    public var unmet: [Unmet] = []
  }

  /// What became of a SKU's units.
  public struct SKU: Sendable, Equatable {
    /// Its name.
    public var sku: String
    /// Units that the sale was given.
    public var supplied: Int64 = 0
    /// Units sold and not returned.
    public var sold: Int64 = 0
    /// Units of orders that are still unpaid at the end.
    public var reserved: Int64 = 0
    /// Units that came back and cannot be sold again.
    public var scrapped: Int64 = 0
    /// Units that nobody has at the end, gone home or not.
    public var left: Int64 = 0
    /// When the last unit was taken for the first time; nil if it never was.
    public var soldOutAt: Timestamp?
  }

  /// Demand that was not met.
  public struct Unmet: Sendable, Equatable {
    /// Why.
    public var reason: Outcome
    /// What was asked for.
    public var sku: String
    /// Refused attempts.
    public var attempts: Int
    /// Orders that never won, and were refused for this reason last.
    public var orders: Int
    /// Units of the SKU that these asked for.
    public var units: Int64
  }

  /// An order that got units.
  public struct Winner: Sendable, Equatable {
    /// Its id. Bytes that are not UTF-8 are replaced.
    public var order: String
    /// Who bought; may be empty.
    public var buyer: String
    /// What it got then; nil if it did not win.
    public var recorded: Win?
    /// What it gets now; nil if it does not win.
    public var whatIf: Win?
  }

  /// The moment at which an order first got units, and how many.
  public struct Win: Sendable, Equatable {
    /// When, in log time.
    public var time: Timestamp
    /// How many, of all SKUs.
    public var units: Int64
  }

  /// Decides the sale again. With no changes the outcome is the recorded one.
  /// - Parameter assuming: what becomes of orders that win only now.
  /// - Throws: if a change does not fit the sale.
  /// - Complexity: about what the live store needed for the same commands.
  public func decide(_ changes: [Change], assuming: Assumption = .confirm) throws(Misfit) -> Report {
    let rerun = SaleRerun(
      tape, store: store, plan: try SalePlan(changes, tape), assuming: assuming, paidShare: recorded.paidShare)
    rerun.run()
    let orders = tape.orders()
    return Report(
      recorded: recorded.side(tape), whatIf: rerun.tally.side(tape),
      winners: SaleTally.winners(recorded, rerun.tally, orders, tape), assumed: rerun.assumed)
  }
}

extension StoreInspector {
  /// Reads a sale's life from the archive and the log.
  /// - Returns: nil if the log, as far as it reaches back, has no opening of this sale.
  /// - Throws: as every read of the log.
  /// - Complexity: reads every record that is there; keeps what is of the sale.
  public func whatIf(sale: String) throws(EngineFault) -> WhatIf? {
    var recorder = SaleRecorder(sale: sale, store: storeID)
    let seen = try entries { recorder.add($0, $1) }
    guard let tape = recorder.finish() else { return nil }
    return WhatIf(firstLSN: seen.first, lastLSN: seen.last, tape: tape, recorded: recorder.tally, store: storeID)
  }
}
