import StockEngine
import StockWire

// What every view of a sale shows, under the same names.

extension RefusalCounts {
  /// By reason, named as the outcomes are.
  var byReason: KeyValuePairs<String, UInt64> {
    [
      Outcome.soldOut.name: soldOut, Outcome.limitReached.name: limitReached, Outcome.saleNotOpen.name: saleNotOpen,
      Outcome.unpaidExists.name: unpaidExists, Outcome.buyerFlagged.name: buyerFlagged,
      Outcome.notEligible.name: notEligible,
    ]
  }

  var total: UInt64 { inOrder.reduce(0, &+) }

  var json: JSONValue { .object(byReason.map { JSONValue.Member(name: $0.key, value: .integer($0.value)) }) }
}

extension SaleTerms.UnpaidPolicy {
  /// As sale files call it.
  var name: String {
    switch self {
    case .allow: "allow"
    case .refuse: "refuse"
    case .replace: "replace"
    }
  }
}

extension SaleTerms.FlaggedPolicy {
  /// As sale files call it.
  var name: String {
    switch self {
    case .allow: "allow"
    case .refuse: "refuse"
    case .deferred: "defer"
    }
  }
}
