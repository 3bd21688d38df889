public import StockEngine
public import StockWire

/// Why a command was refused. A value, never thrown: selling out is the common case of a flash sale.
public struct Refusal: Equatable, Sendable {
  /// The reason, as the protocol names it.
  public var outcome: Outcome
  /// The items that are short, missing or there already, and what can truly be bought of them.
  public var shortages: [WireShortage] = []
  /// The order's state, if the refusal tells.
  public var state: OrderState?
  /// The item's present version and available, for a `versionMismatch`.
  public var version: (number: UInt64, available: Int64)?
  /// The limit that is reached, or the dimension that is missing or not eligible.
  public var limit: WireLimitRefusal?
  /// The order that stands in the way, for `unpaidExists`.
  public var unpaidOrder: String?
  /// The sale that does not sell now, for `saleNotOpen`.
  public var sale: WireSale?
  /// What is wrong with the command, for `malformed`.
  public var malformation: Malformation?
  /// The last record that the decision saw.
  public var lsn: LSN

  init(_ reply: WireReply) {
    outcome = reply.outcome
    lsn = reply.lsn
    switch reply.body {
    case .shortages(let shortages): self.shortages = shortages
    case .state(let state): self.state = state
    case .version(let number, let available): version = (number, available)
    case .malformation(let malformation): self.malformation = malformation
    case .limit(let limit): self.limit = limit
    case .unpaid(let order): unpaidOrder = order
    case .sales(let sales, _): sale = sales.first
    case .none, .hold, .available, .placed, .items, .page, .order, .stats, .history, .demand, .buyer, .ids: break
    }
  }

  /// Whether the same command under the same id may fare better later.
  public var mayRetryDiffer: Bool { outcome.mayRetryDiffer && !isEndOfDeferral }
  /// The confirm of an order that was accepted without stock, and found none: it is cancelled.
  private var isEndOfDeferral: Bool { outcome == .soldOut && shortages.isEmpty }

  /// Equal if they say the same.
  public static func == (left: Refusal, right: Refusal) -> Bool {
    left.outcome == right.outcome && left.shortages == right.shortages && left.state == right.state
      && left.version?.number == right.version?.number && left.version?.available == right.version?.available
      && left.malformation == right.malformation && left.limit == right.limit
      && left.unpaidOrder == right.unpaidOrder && left.sale == right.sale && left.lsn == right.lsn
  }
}

extension Refusal: CustomStringConvertible {
  /// What was refused and whether trying again may help.
  public var description: String {
    "\(outcome.name): \(reason)\(mayRetryDiffer ? "; a later try may differ" : "; no retry under this id can differ")"
  }

  private static func words(_ limit: WireLimitRefusal) -> String {
    let what = limit.measure == .units ? "units" : "open orders"
    let scope = limit.item.isEmpty ? "" : " of \(limit.item)"
    return "the limit of \(limit.max) \(what)\(scope) by \(limit.dimension) is reached: \(limit.used) in use"
  }

  private var reason: String {
    switch outcome {
    case .soldOut where isEndOfDeferral:
      "nothing was left when the payment came; the order is cancelled: refund the payment"
    case .soldOut: "not enough to sell: \(items("left"))"
    case .unknownItem: shortages.isEmpty ? "no such item" : "no such item: \(names)"
    case .noSuchOrder: "no such order"
    case .itemExists: "exists already, or is held: \(names)"
    case .versionMismatch:
      version.map { "the item is at version \($0.number) with \($0.available) available" } ?? "the item has changed"
    case .belowFloor: "the stock would fall below the item's floor"
    case .balanceOverflow: "more than an item can count"
    case .noSpace: "the server's disk is full; confirm and cancel still work"
    case .limitReached: limit.map(Self.words) ?? "a limit is reached"
    case .saleNotOpen: sale.map { "the sale \($0.sale) is \($0.state.name)" } ?? "its end has passed"
    case .noSuchSale: "no such sale"
    case .unpaidExists: "the buyer has an unpaid order of this SKU: \(unpaidOrder ?? "")"
    case .buyerFlagged: "the buyer is flagged"
    case .saleExists: "the sale was opened before"
    case .notEligible: "the sale is not for this order's \(limit?.dimension ?? "subject")"
    case .subjectMissing:
      "a limit counts by \(limit?.dimension ?? "a dimension"), and the order does not say whose it is"
    case .overloaded: "the server has too much to do; nothing was done"
    case .idConflict: "the id was used before with other content"
    case .alreadyConfirmed: "the order is confirmed; return it instead"
    case .alreadyCancelled: "the order is cancelled"
    case .expired: "the payment time is over and the units went back; refund a payment"
    case .orderFenced: "the order was cancelled or resolved before it came; it can never happen"
    case .tooOld: "the id is older than ids are remembered"
    case .exceedsSold: "more than the order has out"
    case .exceedsHeld: "more than the order still holds"
    case .wrongState: state.map { "the order is \($0.name)" } ?? "the order's state does not allow it"
    case .holdTooLong: "the payment time is longer than the store's rule allows"
    case .tooManyItems:
      "a sale has at most \(Bounds.itemsPerSaleMax) items, a SKU \(Bounds.limitsMax) limits; or this part of the store has no number left for an item"
    case .malformed: malformation?.explanation ?? "the command breaks a bound"
    case .unavailable: "the server cannot answer this now"
    case .done, .reserved, .confirmed, .lateConfirmed, .cancelled, .fenced, .extended, .returned, .found, .shipped,
      .delivered, .deferred:
      outcome.name
    }
  }

  private var names: String { shortages.map(\.item).joined(separator: ", ") }

  private func items(_ word: String) -> String {
    shortages.map { "\($0.item) (\($0.available) \(word))" }.joined(separator: ", ")
  }
}
