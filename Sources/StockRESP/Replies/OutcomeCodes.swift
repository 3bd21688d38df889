import StockEngine

// What became of a command, as scripts have told it for years: a number first.

extension ReplyWriter {
  /// 1 done; 0 sold out; -1 unknown item; -2 limit; -3 the id was used with other content; -4 the sale is not open; -5 no such
  /// order, or a state that does not allow it; -6 an unpaid order is in the way; -7 flagged buyer; -8 not eligible; -9 no log space.
  static func code(_ outcome: Outcome) -> Int {
    switch outcome {
    case .done, .reserved, .confirmed, .lateConfirmed, .cancelled, .fenced, .extended, .returned, .found, .shipped,
      .delivered, .deferred:
      1
    case .soldOut: 0
    case .unknownItem: -1
    case .limitReached: -2
    case .idConflict: -3
    case .saleNotOpen, .noSuchSale: -4
    case .noSuchOrder, .itemExists, .versionMismatch, .belowFloor, .balanceOverflow, .saleExists, .alreadyConfirmed,
      .alreadyCancelled, .expired, .orderFenced, .tooOld, .exceedsSold, .wrongState, .tooManyItems, .exceedsHeld:
      -5
    case .unpaidExists: -6
    case .buyerFlagged: -7
    case .notEligible, .subjectMissing: -8
    case .noSpace: -9
    case .overloaded, .holdTooLong, .malformed, .unavailable:
      preconditionFailure("\(outcome.name) is answered by an error")
    }
  }

  static func status(_ outcome: Outcome) -> StaticString {
    switch outcome {
    case .done: "OK"
    case .reserved: "RESERVED"
    case .confirmed: "CONFIRMED"
    case .lateConfirmed: "LATECONFIRMED"
    case .cancelled: "CANCELLED"
    case .fenced, .orderFenced: "FENCED"
    case .extended: "EXTENDED"
    case .returned: "RETURNED"
    case .found: "FOUND"
    case .shipped: "SHIPPED"
    case .delivered: "DELIVERED"
    case .deferred: "DEFERRED"
    case .soldOut: "SOLDOUT"
    case .unknownItem: "UNKNOWNITEM"
    case .noSuchOrder: "NOSUCHORDER"
    case .itemExists: "ITEMEXISTS"
    case .versionMismatch: "VERSIONMISMATCH"
    case .belowFloor: "BELOWFLOOR"
    case .balanceOverflow: "BALANCEOVERFLOW"
    case .noSpace: "NOSPACE"
    case .overloaded: "OVERLOADED"
    case .limitReached: "LIMIT"
    case .saleNotOpen: "SALENOTOPEN"
    case .noSuchSale: "NOSUCHSALE"
    case .unpaidExists: "UNPAIDEXISTS"
    case .buyerFlagged: "BUYERFLAGGED"
    case .saleExists: "SALEEXISTS"
    case .idConflict: "IDCONFLICT"
    case .alreadyConfirmed: "CONFIRMED"
    case .alreadyCancelled: "CANCELLED"
    case .expired: "EXPIRED"
    case .tooOld: "TOOOLD"
    case .exceedsSold: "EXCEEDSSOLD"
    case .wrongState: "WRONGSTATE"
    case .holdTooLong: "HOLDTOOLONG"
    case .tooManyItems: "TOOMANYITEMS"
    case .exceedsHeld: "EXCEEDSHELD"
    case .notEligible: "NOTELIGIBLE"
    case .subjectMissing: "SUBJECTMISSING"
    case .malformed: "MALFORMED"
    case .unavailable: "UNAVAILABLE"
    }
  }

  static func status(_ state: OrderState) -> StaticString {
    switch state {
    case .reserved: "RESERVED"
    case .deferred: "DEFERRED"
    case .confirmed: "CONFIRMED"
    case .shipped: "SHIPPED"
    case .delivered: "DELIVERED"
    case .cancelled: "CANCELLED"
    case .expired: "EXPIRED"
    case .returned: "RETURNED"
    case .fenced: "FENCED"
    }
  }

  /// What is no value: the command could not be taken as it was, or not now.
  static func error(_ reply: Reply) -> String {
    switch reply.outcome {
    case .overloaded:
      return "TRYAGAIN nothing was done: too much waits for the log. Send the same command again a little later"
    case .holdTooLong: return "ERR the payment time is longer than this server allows (--hold-max)"
    case .unavailable:
      return
        "ERR not available: the log that it would be read from reaches back no further, or holds too much for one answer"
    case .malformed:
      if case .malformation(let malformation) = reply.body { return "ERR \(malformation.explanation)" }
      return "ERR the command cannot be read"
    default: preconditionFailure("\(reply.outcome.name) is a value")
    }
  }
}
