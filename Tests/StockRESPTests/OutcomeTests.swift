import Testing

@testable import StockEngine
@testable import StockRESP

/// What scripts have told for years: a number first.
@Suite("Every outcome has its code and its name")
struct OutcomeTests {
  /// 1 done; 0 sold out; -1 unknown item; -2 limit; -3 id reused; -4 sale not open; -5 no such order or wrong state; -6 unpaid
  /// order; -7 flagged; -8 not eligible; -9 out of log space. The others are errors, with the prefix that clients act on.
  static let table: [(Outcome, String)] = [
    (.done, "1 OK"), (.reserved, "1 RESERVED"), (.confirmed, "1 CONFIRMED"), (.lateConfirmed, "1 LATECONFIRMED"),
    (.cancelled, "1 CANCELLED"), (.fenced, "1 FENCED"), (.extended, "1 EXTENDED"), (.returned, "1 RETURNED"),
    (.found, "1 FOUND"), (.shipped, "1 SHIPPED"), (.delivered, "1 DELIVERED"), (.deferred, "1 DEFERRED"),
    (.soldOut, "0 SOLDOUT"), (.unknownItem, "-1 UNKNOWNITEM"), (.limitReached, "-2 LIMIT"),
    (.idConflict, "-3 IDCONFLICT"), (.saleNotOpen, "-4 SALENOTOPEN"), (.noSuchSale, "-4 NOSUCHSALE"),
    (.noSuchOrder, "-5 NOSUCHORDER"), (.alreadyConfirmed, "-5 CONFIRMED"), (.alreadyCancelled, "-5 CANCELLED"),
    (.expired, "-5 EXPIRED"), (.orderFenced, "-5 FENCED"), (.wrongState, "-5 WRONGSTATE"), (.tooOld, "-5 TOOOLD"),
    (.exceedsSold, "-5 EXCEEDSSOLD"), (.exceedsHeld, "-5 EXCEEDSHELD"), (.itemExists, "-5 ITEMEXISTS"),
    (.saleExists, "-5 SALEEXISTS"), (.versionMismatch, "-5 VERSIONMISMATCH"), (.belowFloor, "-5 BELOWFLOOR"),
    (.balanceOverflow, "-5 BALANCEOVERFLOW"), (.tooManyItems, "-5 TOOMANYITEMS"),
    (.unpaidExists, "-6 UNPAIDEXISTS"), (.buyerFlagged, "-7 BUYERFLAGGED"), (.notEligible, "-8 NOTELIGIBLE"),
    (.subjectMissing, "-8 SUBJECTMISSING"), (.noSpace, "-9 NOSPACE"),
    (.overloaded, "TRYAGAIN"), (.holdTooLong, "ERR"), (.malformed, "ERR"), (.unavailable, "ERR"),
  ]

  @Test("none is missing")
  func complete() { #expect(Set(Self.table.map(\.0)) == Set(Outcome.allCases)) }

  @Test("as an answer, and as a code alone", arguments: table)
  func outcome(_ outcome: Outcome, _ expected: String) {
    for isCode in [false, true] {
      let answer = written(Reply(outcome), .status, codeOnly: isCode)
      let words = expected.split(separator: " ")
      if words.count == 1 {
        #expect(answer.hasPrefix("-\(expected) "), "\(answer)")
      } else {
        #expect(answer == (isCode ? String(words[0]) : "[\(words[0]) '\(words[1])']"))
      }
    }
  }

  @Test("no outcome of a read traps, whatever its shape", arguments: table)
  func reads(_ outcome: Outcome, _ expected: String) {
    for shape in [ReplyShape.available, .availables, .item, .pools, .order, .buyer, .sale, .sales, .stats, .changes] {
      let answer = written(Reply(outcome), shape, codeOnly: false)
      #expect(answer == "nil" || answer.hasPrefix("-") && Shop.hasKnownPrefix(answer), "\(shape): \(answer)")
    }
  }

  @Test("an order's states, as the design names them")
  func states() {
    #expect(
      OrderState.allCases.map { "\(ReplyWriter.status($0))" } == [
        "RESERVED", "DEFERRED", "CONFIRMED", "SHIPPED", "DELIVERED", "CANCELLED", "EXPIRED", "RETURNED", "FENCED",
      ])
  }

  private func written(_ reply: Reply, _ shape: ReplyShape, codeOnly: Bool) -> String {
    var writer = RESPWriter()
    ReplyWriter(shape: shape, codeOnly: codeOnly).write(reply, ReplyBatch(), texts: [], to: &writer)
    return notation(Array(writer.bytes)).joined(separator: " & ")
  }
}
