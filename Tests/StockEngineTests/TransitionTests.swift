import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// What a command leads to, as equations: state (told by what came before) + command = events + answer.
@Suite struct TransitionTests {
  struct Transition: CustomTestStringConvertible, Sendable {
    var given: [String]
    var command: String
    var answer: String
    var events: [String]

    /// - Parameters:
    ///   - given: what came before, one step a line; `clock +16m` and `retire` among the commands.
    ///   - result: `event; event => answer`.
    init(_ command: String, after given: String = "", _ result: String) {
      self.given = given.split(separator: "|").map { Self.trim(String($0)) }
      self.command = command
      let parts = result.split(separator: "=>", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      events = parts[0].split(separator: ";").map { Self.trim(String($0)) }.filter { !$0.isEmpty }
      answer = Self.trim(parts[1])
    }

    private static func trim(_ text: String) -> String {
      text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }
    var outcome: String { String(answer.split(separator: " ")[0]) }
    var testDescription: String { "\(given.joined(separator: " | ")) + \(command)" }
  }

  static let stock = "preheat p A=10 B=5"
  static let held = "\(stock) | reserve o-1 buyer=u1 A=2 B=1"
  static let sold = "\(held) | confirm o-1"
  static let cancelled = "\(held) | cancel o-1"
  static let overdue = "\(held) | clock +16m"
  static let expired = "\(overdue) | tick"
  static let gone = "\(overdue) | tick | reserve o-2 A=10"
  static let returned = "\(sold) | return r-0 o-1"
  static let backorder = "\(stock) | configure c A floor=-4"

  static let stockCommands: [Transition] = [
    .init("preheat p A=10 B@north=0", "done p preheat; created A=10; created B@north=0 => done available=10"),
    .init("preheat p A=10 B=5", after: stock, "=> done again available=10"),
    .init("preheat p A=10", after: stock, "=> idConflict"),
    .init("preheat q A=1 C=1 B=2", after: stock, "=> itemExists A=10 B=5"),
    .init("preheat q C=1 D=1 C=2", after: stock, "=> itemExists C=0"),
    .init("preheat q A=7 C=1 replace", after: stock, "done q preheat; replaced A -3; created C=1 => done available=7"),
    .init("preheat q A=7 replace", after: held, "=> itemExists A=8"),
    .init("preheat q A=7 replace", after: sold, "done q preheat; replaced A -1 => done available=7"),
    .init("supply q A=3 B=2", after: stock, "done q supply; supplied A=3; supplied B=2 => done available=13"),
    .init("supply q A=3 A=4", after: stock, "done q supply; supplied A=3; supplied A=4 => done available=17"),
    .init("supply q A=3", after: "\(stock) | supply q A=3 | supply r A=1", "=> done again available=14"),
    .init("supply p A=3", after: stock, "=> idConflict"),
    .init("supply q A=3 GHOST=2", after: stock, "=> unknownItem GHOST=0"),
    .init("restock q A=3 ref=PO-1", after: stock, "done q restock; supplied A=3 PO-1 => done available=13"),
    .init("restock q A=3 ref=PO-2", after: "\(stock) | restock q A=3 ref=PO-1", "=> idConflict"),
    .init("restock q A=3 ref=PO-1", after: "\(stock) | restock q A=3 ref=PO-1", "=> done again available=13"),
    .init("restock q GHOST=3", after: stock, "=> unknownItem GHOST=0"),
    .init("adjust q A +4 reason=found", after: stock, "done q adjust; adjusted A 4 found => done available=14"),
    .init("adjust q A -10", after: stock, "done q adjust; adjusted A -10 => done available=0"),
    .init("adjust q A -11", after: stock, "=> belowFloor available=10"),
    .init("adjust q A -11 force", after: stock, "done q adjust; adjusted A -11; shortfall A=1 => done available=-1"),
    // Up is never refused, even if it does not reach the floor.
    .init(
      "adjust q A +1", after: "\(stock) | adjust q1 A -15 force", "done q adjust; adjusted A 1 => done available=-4"),
    .init("adjust q A -1", after: "\(stock) | adjust q A -1 | reserve o-1 A=1", "=> done again available=8"),
    .init("adjust q A -2", after: "\(stock) | adjust q A -1", "=> idConflict"),
    .init("adjust q GHOST +1", after: stock, "=> unknownItem GHOST=0"),
    .init("adjust q A to=4 version=1", after: stock, "done q adjust; adjusted A -6 => done available=4"),
    .init("adjust q A to=4 version=1", after: held, "=> versionMismatch version=2 available=8"),
    // Counted and found right: the count is on record, the item unchanged.
    .init("adjust q A to=10 version=1", after: stock, "done q adjust => done available=10"),
    .init("adjust q A to=-1 version=1", after: stock, "=> belowFloor available=10"),
  ]

  static let floorsAndPools: [Transition] = [
    .init("configure q A floor=-4", after: stock, "done q configure; configured A floor=-4 => done available=14"),
    .init("configure q A floor=3", after: stock, "done q configure; configured A floor=3 => done available=7"),
    // More safety stock than there is: nothing can be bought.
    .init("configure q A floor=12", after: stock, "done q configure; configured A floor=12 => done available=-2"),
    .init("configure q A floor=0", after: stock, "done q configure => done available=10"),
    .init("configure q A floor=3", after: "\(stock) | configure q A floor=3", "=> done again available=7"),
    .init("configure q A floor=4", after: "\(stock) | configure q A floor=3", "=> idConflict"),
    .init("configure p A floor=3", after: stock, "=> idConflict"),
    .init("configure q GHOST floor=3", after: stock, "=> unknownItem GHOST=0"),
    .init("configure q A", after: stock, "=> malformed reason=unreadable"),
    .init("configure q A floor=-2147483648", after: stock, "=> malformed reason=quantity"),
    .init("reserve o-1 A=8", after: "\(stock) | configure q A floor=3", "=> soldOut A=7"),
    .init(
      "reserve o-1 A=7", after: "\(stock) | configure q A floor=3",
      "reserved o-1 A=7 until=15m => reserved available=0 until=15m"),
    .init("reserve o-1 A=1", after: "\(stock) | configure q A floor=12", "=> soldOut A=0"),
    .init("adjust q A -8", after: "\(stock) | configure c A floor=3", "=> belowFloor available=7"),
    .init(
      "adjust q A -8 force", after: "\(stock) | configure c A floor=3",
      "done q adjust; adjusted A -8; shortfall A=1 => done available=-1"),
    .init(
      "adjust q A -14", after: "\(stock) | configure c A floor=-4", "done q adjust; adjusted A -14 => done available=0"),
    // The payment came late, and what is left is kept as safety stock.
    .init(
      "confirm o-1", after: "\(expired) | configure c A floor=9", "refundRequired o-1 => expired state=expired"),
    // Only 10 are there; what goes beyond is sold ahead of the stock.
    .init("reserve o-1 A=10", after: backorder, "reserved o-1 A=10 until=15m => reserved available=4 until=15m"),
    .init(
      "reserve o-1 A=12", after: backorder,
      "reserved o-1 A=12 until=15m => reserved A=12 A.backordered=2 A.available=2 until=15m"),
    .init("reserve o-1 A=15", after: backorder, "=> soldOut A=14"),
    .init(
      "reserve o-2 A=2", after: "\(backorder) | reserve o-1 A=12",
      "reserved o-2 A=2 until=15m => reserved A=2 A.backordered=2 A.available=0 until=15m"),
    .init("reserve o-1 A=12", after: "\(backorder) | reserve o-1 A=12", "=> reserved again available=2 until=15m"),
    .init(
      "reserve o-1 B=1 A=6 A=5", after: backorder,
      "reserved o-1 A=11 B=1 until=15m => reserved B=1 B.available=4 A=11 A.backordered=1 A.available=3 until=15m"),
    .init("reserve o-1 B=6 A=11", after: backorder, "=> soldOut B=5"),
    .init(
      "deduct o-1 A=11", after: backorder,
      "deducted o-1 A=11 => confirmed A=11 A.backordered=1 A.available=3 until=0"),
    .init("deduct o-1 A=11", after: "\(backorder) | deduct o-1 A=11", "=> confirmed again available=3"),
    .init(
      "move q A A@east 4", after: stock,
      "done q move; created A@east=0; moved A A@east 4 => done available=6"),
    .init(
      "move r A@east A@main 1", after: "\(stock) | move q A A@east 4",
      "done r move; moved A@east A 1 => done available=3"),
    .init("move q A A@east 4", after: "\(stock) | move q A A@east 4", "=> done again available=6"),
    .init("move q A A@east 5", after: "\(stock) | move q A A@east 4", "=> idConflict"),
    .init("move q A A@west 4", after: "\(stock) | move q A A@east 4", "=> idConflict"),
    .init("move q A A@east 11", after: stock, "=> soldOut A=10"),
    .init("move q A A@east 9", after: held, "=> soldOut A=8"),
    .init("move q A A@east 8", after: "\(stock) | configure c A floor=3", "=> soldOut A=7"),
    .init(
      "move q A A@east 12", after: "\(stock) | configure c A floor=-4", "=> soldOut A=10"),
    .init(
      "move q A A@east 10", after: "\(stock) | configure c A floor=-4",
      "done q move; created A@east=0; moved A A@east 10 => done available=4"),
    .init("move q A@east A 1", after: stock, "=> unknownItem A@east=0"),
    .init("move q A B@east 1", after: stock, "=> malformed reason=itemName"),
    .init("move q A A@main 1", after: stock, "=> malformed reason=itemName"),
    .init("move q A A@~SALE 1", after: stock, "=> malformed reason=itemName"),
    .init("move q A@~SALE A 1", after: stock, "=> malformed reason=itemName"),
    .init("move q A A@ 1", after: stock, "=> malformed reason=itemName"),
    .init("move q A A@east 0", after: stock, "=> malformed reason=quantity"),
  ]

  static let placements: [Transition] = [
    .init(
      "reserve o-1 buyer=u1 A=2 B=1 payload=x", after: stock,
      "reserved o-1 A=2 B=1 buyer=u1 payload=x until=15m => reserved available=8 until=15m"),
    .init("reserve o-1 A=1 hold=1m", after: stock, "reserved o-1 A=1 until=1m => reserved available=9 until=1m"),
    .init("reserve o-1 A=1 A=2", after: stock, "reserved o-1 A=3 until=15m => reserved available=7 until=15m"),
    .init("reserve o-1 A=10", after: stock, "reserved o-1 A=10 until=15m => reserved available=0 until=15m"),
    .init("reserve o-1 A=11", after: stock, "=> soldOut A=10"),
    .init("reserve o-1 A=1", after: "preheat p A=0", "=> soldOut A=0"),
    .init("reserve o-1 A=11 B=5", after: stock, "=> soldOut A=10"),
    .init("reserve o-1 B=3 A=11 B=3", after: stock, "=> soldOut B=5 A=10"),
    .init("reserve o-1 GHOST=1", after: stock, "=> unknownItem GHOST=0"),
    .init("reserve o-1 A=1 GHOST=1 PHANTOM=1", after: stock, "=> unknownItem GHOST=0 PHANTOM=0"),
    .init("reserve o-1 A=1 issued=-31d", after: stock, "=> tooOld"),
    .init("reserve o-1 A=1 pools=east issued=-31d", after: stock, "=> tooOld"),
    .init("reserve o-1 A=1 issued=-30d", after: stock, "reserved o-1 A=1 until=15m => reserved available=9 until=15m"),
    .init("reserve o-1 A=1 hold=25h", after: stock, "=> holdTooLong"),
    .init("reserve o-1 buyer=u1 B=1 A=2", after: held, "=> reserved again available=4 until=15m"),
    .init("reserve o-1 buyer=u1 A=3 B=1", after: held, "=> idConflict state=reserved"),
    .init("reserve o-1 buyer=u1 A=2 GHOST=1", after: held, "=> idConflict state=reserved"),
    .init("deduct o-1 buyer=u1 A=2 B=1", after: held, "=> idConflict state=reserved"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: sold, "=> confirmed again available=8"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: cancelled, "=> alreadyCancelled state=cancelled"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: overdue, "expired o-1 A=2 B=1 => expired state=expired"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: expired, "=> expired state=expired"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: "\(expired) | confirm o-1", "=> lateConfirmed again available=8"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: returned, "=> wrongState state=returned"),
    .init("reserve o-1 A=1", after: "\(stock) | cancel o-1", "=> orderFenced state=fenced"),
    // What is overdue gives its units back before stock is looked at.
    .init(
      "reserve o-2 A=9", after: overdue,
      "expired o-1 A=2 B=1; reserved o-2 A=9 until=31m => reserved available=1 until=31m"),
    .init("reserve o-1 A=1", after: "\(stock) | deduct o-1 A=1 | retire", "=> confirmed again state=confirmed"),
    .init("reserve o-1 A=9", after: "\(stock) | cancel o-1 | retire", "=> orderFenced state=fenced"),
    .init("reserve o-1 A=9", after: "\(cancelled) | retire", "=> alreadyCancelled state=cancelled"),
    .init("deduct o-1 buyer=u1 A=2 B=1", after: stock, "deducted o-1 A=2 B=1 buyer=u1 => confirmed available=8"),
    .init("deduct o-1 A=11", after: stock, "=> soldOut A=10"),
    .init("deduct o-1 A=2", after: "\(stock) | deduct o-1 A=2", "=> confirmed again available=8"),
    .init("deduct o-1 A=3", after: "\(stock) | deduct o-1 A=2", "=> idConflict state=confirmed"),
    .init("deduct o-1 A=2", after: "\(stock) | deduct o-1 A=2 | return r o-1", "=> wrongState state=returned"),
    .init("reserve o-1 A=2", after: "\(stock) | deduct o-1 A=2", "=> idConflict state=confirmed"),
  ]

  /// A: 10 in main, 4 in the east; B: 5 in main, 6 in the east, 20 in the west.
  private static let spread = "preheat p A=10 A@east=4 B=5 B@east=6 B@west=20"
  private static let ranked = "\(spread) | reserve o-1 A=3 B=2 pools=east,main"

  static let rankings: [Transition] = [
    .init(
      "reserve o-1 A=3 pools=east,main", after: spread,
      "reserved o-1 A@east=3 until=15m => reserved A@east=3 A@east.available=1 until=15m"),
    // The second in the ranking, since the first has not all of it.
    .init(
      "reserve o-1 A=5 pools=east,main", after: spread,
      "reserved o-1 A=5 until=15m => reserved A=5 A.available=5 until=15m"),
    .init(
      "reserve o-1 A=5 pools=north,west,main", after: spread,
      "reserved o-1 A=5 until=15m => reserved A=5 A.available=5 until=15m"),
    .init(
      "deduct o-1 buyer=u1 A=4 payload=x pools=east", after: spread,
      "deducted o-1 A@east=4 buyer=u1 payload=x => confirmed A@east=4 A@east.available=0 until=0"),
    // Each SKU for itself, in the order of the lines; the units of one SKU are added up before the choice.
    .init(
      "reserve o-1 B=7 A=2 A=3 pools=east,main,west", after: spread,
      "reserved o-1 A=5 B@west=7 until=15m => reserved B@west=7 B@west.available=13 A=5 A.available=5 until=15m"),
    .init("reserve o-1 A=11 pools=east,main", after: spread, "=> soldOut A@east=4 A=10"),
    .init("reserve o-1 A=11 pools=main,north", after: spread, "=> soldOut A=10"),
    .init("reserve o-1 A=2 B=7 pools=east,main", after: spread, "=> soldOut B@east=6 B=5"),
    .init("reserve o-1 A=12 B=7 pools=main,east", after: spread, "=> soldOut A=10 A@east=4 B=5 B@east=6"),
    .init("reserve o-1 A=1 pools=west", after: spread, "=> unknownItem A=0"),
    .init("reserve o-1 A=1 GHOST=1 B=99 pools=west,main", after: spread, "=> unknownItem GHOST=0"),
    .init("reserve o-1 A=2147483647 A=1 pools=main", after: spread, "=> malformed reason=quantity"),
    .init("reserve o-1 A@east=1 pools=main", after: spread, "=> malformed reason=itemName"),
    .init("reserve o-1 A=1 pools=~SALE,main", after: spread, "=> malformed reason=itemName"),
    .init("reserve o-1 A=1 pools=a,b,c,d,e,f,g,h,i", after: spread, "=> malformed reason=lineCount"),
    .init("reserve o-1 A=1 hold=25h pools=main", after: spread, "=> holdTooLong"),
    // A floor counts as it does for one item; backorder comes only where the ranking leads to it.
    .init(
      "reserve o-1 A=6 pools=east,main", after: "\(spread) | configure c A@east floor=-2",
      "reserved o-1 A@east=6 until=15m => reserved A@east=6 A@east.backordered=2 A@east.available=0 until=15m"),
    .init(
      "reserve o-1 A=6 pools=main,east", after: "\(spread) | configure c A floor=5 | configure d A@east floor=-1",
      "=> soldOut A=5 A@east=5"),
    // A repeat is known by its SKUs, whichever pool served it and whichever would now.
    .init(
      "reserve o-1 A=3 B=2 pools=east,main", after: ranked, "=> reserved again available=1 until=15m"),
    .init("reserve o-1 B=2 A=2 A=1 pools=main,east", after: ranked, "=> reserved again available=4 until=15m"),
    .init(
      "reserve o-1 A=3 B=2 pools=east,main",
      after: "\(ranked) | supply s A@east=9 | adjust a B@east -4", "=> reserved again available=10 until=15m"),
    // Named outright, it is the same order too.
    .init("reserve o-1 A@east=3 B@east=2", after: ranked, "=> reserved again available=1 until=15m"),
    .init("reserve o-1 A=3 B=2 pools=main", after: ranked, "=> idConflict state=reserved"),
    .init("reserve o-1 A=3 B=3 pools=east,main", after: ranked, "=> idConflict state=reserved"),
    .init("reserve o-1 A=3 pools=east,main", after: ranked, "=> idConflict state=reserved"),
    .init("reserve o-1 A=3 B=2 C=1 pools=east,main", after: ranked, "=> idConflict state=reserved"),
    .init("reserve o-1 buyer=u2 A=3 B=2 pools=east,main", after: ranked, "=> idConflict state=reserved"),
    .init("deduct o-1 A=3 B=2 pools=east,main", after: ranked, "=> idConflict state=reserved"),
    .init("reserve o-1 A=3 B=2 pools=east,main", after: "\(ranked) | confirm o-1", "=> confirmed again available=1"),
    .init(
      "reserve o-1 A=3 B=2 pools=east,main", after: "\(ranked) | clock +16m",
      "expired o-1 A@east=3 B@east=2 => expired state=expired"),
    .init(
      "cancel o-1", after: ranked, "cancelled o-1 A@east=3 B@east=2 => cancelled"),
  ]

  static let settlements: [Transition] = [
    .init("confirm o-1", after: held, "confirmed o-1 A=2 B=1 => confirmed"),
    .init("confirm o-1", after: sold, "=> confirmed again"),
    .init("confirm o-1", after: stock, "=> noSuchOrder"),
    .init("confirm o-1", after: cancelled, "refundRequired o-1 => alreadyCancelled state=cancelled"),
    .init("confirm o-1", after: "\(cancelled) | confirm o-1", "=> alreadyCancelled state=cancelled"),
    .init("confirm o-1", after: overdue, "expired o-1 A=2 B=1; lateConfirmed o-1 A=2 B=1 => lateConfirmed"),
    .init("confirm o-1", after: expired, "lateConfirmed o-1 A=2 B=1 => lateConfirmed"),
    .init("confirm o-1", after: "\(expired) | confirm o-1", "=> lateConfirmed again"),
    .init("confirm o-1", after: gone, "refundRequired o-1 => expired state=expired"),
    .init("confirm o-1", after: "\(gone) | confirm o-1", "=> expired state=expired"),
    .init("confirm o-1", after: "\(stock) | cancel o-1", "refundRequired o-1 => orderFenced state=fenced"),
    .init("confirm o-1", after: returned, "=> wrongState state=returned"),
    .init("confirm o-1", after: "\(stock) | deduct o-1 A=1", "=> confirmed again"),
    .init("confirm o-1", after: "\(cancelled) | retire", "refundRequired o-1 => alreadyCancelled state=cancelled"),
    .init("confirm o-1", after: "\(cancelled) | retire | confirm o-1", "=> alreadyCancelled state=cancelled"),
    .init("confirm o-1", after: "\(expired) | retire", "refundRequired o-1 => expired state=expired"),
    .init("confirm o-1", after: "\(sold) | retire", "=> confirmed again"),
    .init("cancel o-1 reason=no", after: held, "cancelled o-1 A=2 B=1 no => cancelled"),
    .init("cancel o-1", after: cancelled, "=> cancelled again"),
    .init("cancel o-1", after: sold, "=> alreadyConfirmed state=confirmed"),
    .init("cancel o-1", after: overdue, "expired o-1 A=2 B=1 => expired state=expired"),
    .init("cancel o-1", after: returned, "=> wrongState state=returned"),
    .init("cancel o-1 reason=no", after: stock, "fenced o-1 no => fenced"),
    .init("cancel o-1", after: "\(stock) | cancel o-1", "=> fenced again"),
    .init("cancel o-1", after: "\(cancelled) | retire", "=> cancelled again"),
    .init("cancel o-1", after: "\(sold) | retire", "=> alreadyConfirmed state=confirmed"),
    .init("resolve o-1", after: held, "=> found state=reserved"),
    .init("resolve o-1", after: overdue, "expired o-1 A=2 B=1 => found state=expired"),
    .init("resolve o-1", after: stock, "fenced o-1 => fenced"),
    .init("resolve o-1", after: "\(sold) | retire", "=> found state=confirmed"),
    .init(
      "extend x o-1 hold=20m", after: held, "done x extend; extended o-1 until=20m => extended available=8 until=20m"),
    .init("extend x o-1 hold=10m", after: held, "done x extend => extended available=8 until=15m"),
    .init("extend x o-1 hold=20m", after: "\(held) | extend x o-1 hold=20m", "=> extended again available=8 until=20m"),
    .init("extend x o-1 hold=21m", after: "\(held) | extend x o-1 hold=20m", "=> idConflict"),
    .init("extend x o-1 hold=25h", after: held, "=> holdTooLong"),
    .init("extend x o-1 hold=5m", after: overdue, "expired o-1 A=2 B=1 => expired state=expired"),
    .init("extend x o-1 hold=5m", after: sold, "=> alreadyConfirmed state=confirmed"),
    .init("extend x o-1 hold=5m", after: stock, "=> noSuchOrder"),
    .init("extend p o-1 hold=5m", after: held, "=> idConflict"),
    .init("return r o-1 A=1", after: sold, "done r return; returned o-1 A=1 available => returned state=confirmed"),
    .init(
      "return r o-1 A=1 scrap", after: sold, "done r return; returned o-1 A=1 scrapped => returned state=confirmed"),
    .init("return r o-1", after: sold, "done r return; returned o-1 A=2 B=1 available => returned state=returned"),
    .init(
      "return r o-1", after: "\(sold) | return q o-1 A=2",
      "done r return; returned o-1 B=1 available => returned state=returned"),
    .init("return r o-1 A=1", after: "\(sold) | return r o-1 A=1", "=> returned again"),
    .init("return r o-1 A=2", after: "\(sold) | return r o-1 A=1", "=> idConflict"),
    .init("return r o-1 A=3", after: sold, "=> exceedsSold"),
    .init("return r o-1 A=1 A=1 A=1", after: sold, "=> exceedsSold"),
    .init("return r o-1 C=1", after: "\(sold) | preheat q C=1", "=> exceedsSold"),
    .init("return r o-1 A=1", after: held, "=> wrongState state=reserved"),
    .init("return r o-1 A=1", after: overdue, "expired o-1 A=2 B=1 => wrongState state=expired"),
    .init("return r o-1", after: returned, "=> wrongState state=returned"),
    .init("return r o-1", after: stock, "=> noSuchOrder"),
    .init("return r o-1", after: "\(sold) | retire", "=> tooOld"),
  ]

  static let reads: [Transition] = [
    .init(
      "get A GHOST", after: held,
      "=> found A=8 A.supplied=10 A.reserved=2 A.sold=0 A.scrapped=0 A.version=2 GHOST=missing"),
    .init("order o-1", after: held, "=> found state=reserved buyer=u1 created=0 until=15m A=2 B=1"),
    .init(
      "order o-1", after: overdue, "expired o-1 A=2 B=1 => found state=expired buyer=u1 created=0 until=15m A=2 B=1"),
    .init(
      "order o-1", after: "\(sold) | return r o-1 A=1",
      "=> found state=confirmed buyer=u1 created=0 until=15m A=2-1 B=1"),
    .init("order o-1", after: "\(sold) | retire", "=> found state=confirmed retired"),
    .init("order o-1", after: stock, "=> noSuchOrder"),
    .init(
      "stats", after: held,
      "=> found items=2 open=1 kept=1 retired=0 operations=1 supplied=15 available=12 reserved=3 sold=0 scrapped=0"),
    .init("list rows=2", after: "preheat p A=1", "=> found A=1 next=0"),
    .init(
      "pools A", after: "preheat p A@west=1 AA@west=2 A=10 A@east=0 AA=3",
      "=> found A=10 A.supplied=10 A.reserved=0 A.sold=0 A.scrapped=0 A.version=1 A@east=0 A@east.supplied=0 A@east.reserved=0 "
        + "A@east.sold=0 A@east.scrapped=0 A@east.version=1 A@west=1 A@west.supplied=1 A@west.reserved=0 A@west.sold=0 "
        + "A@west.scrapped=0 A@west.version=1"),
    .init(
      "pools A", after: "preheat p A@west=1 | configure c A@west floor=-2",
      "=> found A@west=3 A@west.supplied=1 A@west.reserved=0 A@west.sold=0 A@west.scrapped=0 A@west.version=2 A@west.floor=-2"
    ),
    .init("pools A", after: "preheat p B@A=1 AB@A=1", "=> found"),
    .init("pools A@west", after: stock, "=> malformed reason=itemName"),
    .init("list prefix=B", after: stock, "=> found B=5 next=0"),
    .init("reserve o-1 A=0", after: stock, "=> malformed reason=quantity"),
  ]

  private static let open = "\(stock) | open s S from-pools A=6"
  private static let inSale = "\(open) | reserve o-1 buyer=u1 A=2 sale=S"
  private static let closed = "\(inSale) | close c S"
  private static let deferring = "\(stock) | open s S flagged=defer pay=5m limit=user:3 A=6 | flag f u1"
  private static let deferred = "\(deferring) | reserve o-1 buyer=u1 A=2 sale=S"
  private static let unpaid = "\(stock) | open s S unpaid=refuse A=6 | reserve o-1 buyer=u1 A=2 sale=S"

  static let openings: [Transition] = [
    .init(
      "open s S start=1h end=2h pay=5m unpaid=refuse flagged=defer strict paused limit=user:2:return limit=phone:1:orders eligible=region:sh from-pools A=6 B=1",
      after: stock,
      """
      done s openSale; saleOpened S start=1h end=2h pay=5m unpaid=refuse flagged=deferred options=1 paused phone:1:orders user:2:return eligible=region:sh;
      created A@~S=0; moved A A@~S 6; created B@~S=0; moved B B@~S 1 => done
      """),
    .init(
      "open s S A=6 A=1", after: stock,
      """
      done s openSale; saleOpened S start=0 end=1d; supplied A=6; created A@~S=0; moved A A@~S 6; supplied A=1;
      moved A A@~S 1 => done
      """),
    .init(
      "open s S C=6",
      """
      done s openSale; saleOpened S start=0 end=1d; created C=0; supplied C=6; created C@~S=0; moved C C@~S 6 => done
      """),
    .init("open s S", "done s openSale; saleOpened S start=0 end=1d => done"),
    .init("open s S from-pools A=6", after: "\(open) | adjust q A +1", "=> done again"),
    .init("open s S from-pools A=5", after: open, "=> idConflict"),
    .init("open s S end=2d from-pools A=6", after: open, "=> idConflict"),
    .init("open s S limit=user:1 from-pools A=6", after: open, "=> idConflict"),
    .init("open s S paused from-pools A=6", after: open, "=> idConflict"),
    .init("open t S A=1", after: open, "=> saleExists"),
    .init("open s S from-pools A=6 A=5 B=6", after: stock, "=> soldOut A=10 B=5"),
    .init("open s S from-pools A=6 GHOST=1", after: stock, "=> unknownItem GHOST=0"),
    .init("open s S start=-2h end=-1h A=1", after: stock, "=> saleNotOpen"),
    .init("open s S start=-1h end=0 A=1", after: stock, "=> saleNotOpen"),
    .init("open s S start=1h end=1h A=1", after: stock, "=> malformed reason=sale"),
    .init("open s S pay=25h A=1", after: stock, "=> holdTooLong"),
    .init("open s S A@east=1", after: stock, "=> malformed reason=sale"),
    .init("open s S from-pools A@~T=1", after: stock, "=> malformed reason=itemName"),
    .init("open s S@T A=1", after: stock, "=> malformed reason=sale"),
    .init("open s <64> A=1", after: stock, "=> malformed reason=sale"),
    .init("open s S limit=user:1 limit=user:2 A=1", after: stock, "=> malformed reason=limit"),
    .init("open s S limit=User:1 A=1", after: stock, "=> malformed reason=limit"),
    .init("open s S eligible=<17>:1 A=1", after: stock, "=> malformed reason=subject"),
    .init("open s S A=0", after: stock, "=> malformed reason=quantity"),
    .init(
      "add a S from-pools A=1 B=2", after: open,
      "done a addToSale; moved A A@~S 1; created B@~S=0; moved B B@~S 2 => done"),
    .init("add a S A=1", after: open, "done a addToSale; supplied A=1; moved A A@~S 1 => done"),
    .init("add a S from-pools A=1", after: "\(open) | add a S from-pools A=1", "=> done again"),
    .init("add a S A=1", after: "\(open) | add a S from-pools A=1", "=> idConflict"),
    .init("add a S from-pools A=5", after: open, "=> soldOut A=4"),
    .init("add a T A=1", after: open, "=> noSuchSale"),
    .init("add a S", after: open, "=> malformed reason=lineCount"),
    .init(
      "add a S A=1", after: closed,
      "=> saleNotOpen sale=S state=closed items=0 available=0 reserved=0 sold=0 scrapped=0"),
    .init("pause p2 S", after: open, "done p2 pauseSale; salePaused S => done"),
    .init("pause p2 S", after: "\(open) | pause p2 S", "=> done again"),
    .init("pause p2 S", after: "\(open) | pause p1 S", "done p2 pauseSale => done"),
    .init("pause p2 T", after: open, "=> noSuchSale"),
    .init("resume p2 S", after: open, "done p2 resumeSale => done"),
    .init("resume p2 S", after: "\(open) | pause p1 S", "done p2 resumeSale; saleResumed S => done"),
    .init("resume p2 S", after: "\(open) | pause p2 S", "=> idConflict"),
    .init(
      "resume p2 S", after: closed,
      "=> saleNotOpen sale=S state=closed items=0 available=0 reserved=0 sold=0 scrapped=0"),
    .init("close c S", after: open, "done c closeSale; saleClosed S => done"),
    .init("close c S", after: closed, "=> done again"),
    .init("close d S", after: closed, "done d closeSale => done"),
    .init("close c T", after: open, "=> noSuchSale"),
    .init(
      "get A", after: "\(stock) | open s S start=16m A=6 | clock +16m",
      """
      saleStarted S => found A=10 A.supplied=10 A.reserved=0 A.sold=0 A.scrapped=0 A.version=3
      """),
    .init(
      "get A", after: "\(stock) | open s S end=16m A=6 | clock +16m",
      """
      saleClosed S => found A=10 A.supplied=10 A.reserved=0 A.sold=0 A.scrapped=0 A.version=3
      """),
    .init("sale S", after: inSale, "=> found sale=S state=open items=1 available=4 reserved=2 sold=0 scrapped=0"),
    .init("sale T", after: open, "=> noSuchSale"),
    .init(
      "sales", after: "open s S A=1", "=> found sale=S state=open items=1 available=1 reserved=0 sold=0 scrapped=0"),
    .init("sales", after: stock, "=> found"),
    .init("sales rows=0", after: stock, "=> malformed reason=rowCount"),
  ]

  static let salePlacements: [Transition] = [
    .init(
      "reserve o-1 buyer=u1 subject=phone:138 A=2 sale=S", after: open,
      "reserved o-1 A@~S=2 buyer=u1 sale=S subject=phone:138 until=15m => reserved available=4 until=15m"),
    .init(
      "reserve o-1 A=2 sale=S", after: "\(stock) | open s S pay=5m A=6",
      "reserved o-1 A@~S=2 sale=S until=5m => reserved available=4 until=5m"),
    .init(
      "reserve o-1 A=2 sale=S hold=1m", after: "\(stock) | open s S pay=5m A=6",
      "reserved o-1 A@~S=2 sale=S until=1m => reserved available=4 until=1m"),
    .init(
      "deduct o-1 buyer=u1 A=2 sale=S", after: open, "deducted o-1 A@~S=2 buyer=u1 sale=S => confirmed available=4"),
    .init("reserve o-1 buyer=u1 A=2 sale=S", after: inSale, "=> reserved again available=4 until=15m"),
    .init("reserve o-1 buyer=u1 A=2", after: inSale, "=> idConflict state=reserved"),
    .init("reserve o-1 buyer=u1 subject=phone:1 A=2 sale=S", after: inSale, "=> idConflict state=reserved"),
    .init("reserve o-1 buyer=u1 A=2 sale=T", after: "\(inSale) | open t T A=9", "=> idConflict state=reserved"),
    .init("reserve o-2 A=1 sale=T", after: open, "=> noSuchSale"),
    .init("reserve o-2 B=1 sale=S", after: open, "=> unknownItem B@~S=0"),
    .init("reserve o-2 A=7 sale=S", after: open, "=> soldOut A@~S=6"),
    .init("reserve o-2 A@east=1 sale=S", after: open, "=> malformed reason=sale"),
    .init("reserve o-2 A=1 sale=S@T", after: open, "=> malformed reason=sale"),
    .init("reserve o-2 subject=user:u1 A=1", after: stock, "=> malformed reason=subject"),
    .init("reserve o-2 subject=phone:1 subject=phone:2 A=1", after: stock, "=> malformed reason=subject"),
    .init(
      "reserve o-2 A=1 sale=S", after: "\(open) | pause p1 S",
      "=> saleNotOpen sale=S state=paused items=0 available=0 reserved=0 sold=0 scrapped=0"),
    .init(
      "reserve o-2 A=1 sale=S", after: "\(stock) | open s S start=1m A=6",
      "=> saleNotOpen sale=S state=scheduled items=0 available=0 reserved=0 sold=0 scrapped=0"),
    .init(
      "reserve o-2 A=1 sale=S", after: closed,
      "=> saleNotOpen sale=S state=closed items=0 available=0 reserved=0 sold=0 scrapped=0"),
    .init(
      "reserve o-2 buyer=u1 subject=region:bj A=1 sale=S", after: "\(stock) | open s S eligible=region:sh A=6",
      "=> notEligible limit=region max=0 used=0"),
    .init(
      "reserve o-2 buyer=u2 A=1 sale=S", after: "\(stock) | open s S eligible=user:u1 A=6",
      "=> notEligible limit=user max=0 used=0"),
    .init(
      "reserve o-2 buyer=u1 A=1 sale=S", after: "\(stock) | open s S flagged=refuse A=6 | flag f u1", "=> buyerFlagged"),
    .init(
      "deduct o-2 buyer=u1 A=1 sale=S", after: deferring,
      "deducted o-2 A@~S=1 buyer=u1 sale=S => confirmed available=5"),
    .init(
      "reserve o-2 buyer=u1 A=7 sale=S", after: "\(stock) | open s S flagged=defer pay=5m A=6 | flag f u1",
      "deferred o-2 A@~S=7 buyer=u1 sale=S until=5m => deferred available=6 until=5m"),
    .init("reserve o-2 buyer=u1 A=2 sale=S", after: deferred, "=> limitReached limit=user max=3 used=2"),
    .init("reserve o-1 buyer=u1 A=2 sale=S", after: deferred, "=> deferred again available=6 until=5m"),
    .init("reserve o-2 A=1 sale=S", after: deferring, "=> subjectMissing limit=user max=3 used=0"),
    .init("reserve o-2 buyer=u1 A=1 sale=S", after: unpaid, "=> unpaidExists order=o-1"),
    .init(
      "reserve o-2 buyer=u1 A=6 sale=S replace", after: unpaid,
      """
      cancelled o-1 A@~S=2 replaced; reserved o-2 A@~S=6 buyer=u1 sale=S until=15m => reserved available=0 until=15m
      """),
    .init("reserve o-2 buyer=u1 A=7 sale=S replace", after: unpaid, "=> soldOut A@~S=6"),
    // What the old order would give back is enough for A; only B is short.
    .init(
      "reserve o-2 buyer=u1 A=6 B=2 sale=S replace", after: "\(unpaid) | add a S B=1", "=> soldOut B@~S=1"),
    .init(
      "reserve o-2 buyer=u1 A=1 sale=S", after: "\(unpaid) | clock +16m",
      """
      expired o-1 A@~S=2; reserved o-2 A@~S=1 buyer=u1 sale=S until=31m => reserved available=5 until=31m
      """),
    .init(
      "reserve o-2 buyer=u1 A=1", after: "\(stock) | limit l A user:1 | reserve o-1 buyer=u1 A=1",
      "=> limitReached limit=user max=1 used=1 item=A"),
    .init(
      "reserve o-2 buyer=u1 A=1", after: "\(stock) | limit l A user:1",
      "reserved o-2 A=1 buyer=u1 counted=A until=15m => reserved available=9 until=15m"),
    .init(
      "reserve o-2 buyer=u1 A=1", after: "\(stock) | limit l A user:0:orders",
      "=> limitReached limit=user max=0 used=0 orders item=A"),
    .init(
      "deduct o-2 buyer=u1 A=1", after: "\(stock) | limit l A user:0:orders",
      "deducted o-2 A=1 buyer=u1 counted=A => confirmed available=9"),
    .init(
      "reserve o-2 buyer=u1 A=1", after: "\(stock) | limit l A phone:1",
      "=> subjectMissing limit=phone max=1 used=0 item=A"),
  ]

  static let saleSettlements: [Transition] = [
    .init("confirm o-1", after: inSale, "confirmed o-1 A@~S=2 => confirmed"),
    .init("confirm o-1", after: deferred, "deferredConfirmed o-1 A@~S=2 => confirmed"),
    .init("confirm o-1", after: "\(deferred) | confirm o-1", "=> confirmed again"),
    .init(
      "confirm o-1", after: "\(deferred) | deduct o-2 buyer=u2 A=3 sale=S | deduct o-3 buyer=u3 A=2 sale=S",
      "deferralEnded o-1 A@~S=2 cancelled; refundRequired o-1 => soldOut"),
    .init(
      "confirm o-1",
      after: "\(deferred) | deduct o-2 buyer=u2 A=3 sale=S | deduct o-3 buyer=u3 A=2 sale=S | confirm o-1",
      "=> alreadyCancelled state=cancelled"),
    .init("cancel o-1 reason=no", after: deferred, "deferralEnded o-1 A@~S=2 cancelled no => cancelled"),
    .init("cancel o-1", after: "\(deferred) | cancel o-1", "=> cancelled again"),
    .init("resolve o-1", after: deferred, "=> found state=deferred"),
    .init(
      "extend x o-1 hold=20m", after: deferred,
      "done x extend; extended o-1 until=20m => deferred available=6 until=20m"),
    .init(
      "extend x o-1 hold=20m", after: "\(deferred) | extend x o-1 hold=20m", "=> deferred again available=6 until=20m"),
    .init("return r o-1", after: deferred, "=> wrongState state=deferred"),
    .init(
      "order o-1", after: "\(deferred) | clock +16m",
      """
      deferralEnded o-1 A@~S=2 expired => found state=expired buyer=u1 sale=S created=0 until=5m A@~S=2
      """),
    .init(
      "confirm o-1", after: "\(deferred) | clock +16m",
      "deferralEnded o-1 A@~S=2 expired; lateConfirmed o-1 A@~S=2 => lateConfirmed"),
    .init(
      "confirm o-1", after: "\(stock) | open s S strict pay=5m A=6 | reserve o-1 A=1 sale=S | clock +16m",
      "expired o-1 A@~S=1; refundRequired o-1 => expired state=expired"),
    .init(
      "return r o-1 A@~S=1", after: "\(inSale) | confirm o-1",
      "done r return; returned o-1 A@~S=1 available => returned state=confirmed"),
    .init("limit l A user:2", after: stock, "done l limitSKU; limited A user:2 => done"),
    .init("limit l A user:2", after: "\(stock) | limit l A user:2", "=> done again"),
    .init("limit l A user:3", after: "\(stock) | limit l A user:2", "=> idConflict"),
    .init("limit l A@east user:2", after: stock, "=> malformed reason=itemName"),
    .init("lift l A user:2", after: stock, "done l limitSKU; lifted A user:2 => done"),
    .init("lift l A user:2", after: "\(stock) | limit l A user:2", "=> idConflict"),
    .init("flag f u1", "done f flagBuyer; flagged u1 hand => done"),
    .init("flag f u1", after: "flag f u1", "=> done again"),
    .init("flag f u2", after: "flag f u1", "=> idConflict"),
    .init("clear f u1", after: "flag f u1", "=> idConflict"),
    .init("clear g u1", after: "flag f u1", "done g clearBuyer; cleared u1 => done"),
    .init("clear g <65>", after: "flag f u1", "=> malformed reason=buyerLength"),
    .init("buyer u1", after: "flag f u1", "=> found flagged=hand unpaid=0"),
    .init("buyer u1", "=> found flagged=no unpaid=0"),
    .init("buyer <65>", "=> malformed reason=buyerLength"),
  ]

  /// Outcomes that need more than a sequence of commands, and where they are tested.
  static let testedElsewhere: Set<Outcome> = [
    .noSpace,  // SpaceTests
    .overloaded,  // here, below
    .balanceOverflow,  // here, below
    .unavailable,  // here, below
    .tooManyItems,  // 2^24 items of one partition: nobody waits for that
  ]

  private static let all =
    stockCommands + floorsAndPools + placements + rankings + settlements + parts + marks + ids + reads + openings
    + salePlacements + saleSettlements

  @Test(arguments: all)
  func transition(_ transition: Transition) throws {
    var rules = Rules()
    rules.endedRetentionMilliseconds = 2 * 3_600_000
    rules.soldRetentionMilliseconds = 2 * 3_600_000
    let store = try TestStore(rules: rules)
    for step in transition.given {
      switch step {
      case "tick": try store.tick()
      case "clock +16m": store.advance(16 * 60_000)
      case "retire":
        store.advance(3 * 3_600_000)
        try store.settle()
      default:
        try store.perform(step)
        // A sale that begins at once says so.
        if step.hasPrefix("open ") { try store.tick() }
      }
    }
    let before = store.inventory.lastLSN
    let state = stateHash(store)
    let answer = try store.perform(Story.expand(transition.command))
    #expect(answer.description == transition.answer)
    #expect(try store.eventTexts(after: before) == transition.events)
    #expect((stateHash(store) == state) == transition.events.isEmpty)
    // One record for what the command does; expiries that it meets have their own.
    let records = Set(try store.events(after: before).map(\.lsn)).count
    let byTime = ["expired", "saleStarted", "saleClosed", "deferralEnded"]
    #expect(records <= 1 + transition.events.count { event in byTime.contains { event.hasPrefix($0) } })
    if records > 0 { #expect(answer.lsn == store.inventory.lastLSN) }
  }

  /// Without a command, which would log what is overdue.
  private func stateHash(_ store: TestStore) -> UInt64 {
    store.inventory.group.shards[0].enter { $0.summary().stateHash }
  }

  /// What a story says shorter.
  private static let shortVerbs: [StockEngine.Operation: String] = [
    .openSale: "open", .addToSale: "add", .pauseSale: "pause", .resumeSale: "resume", .closeSale: "close",
    .limitSKU: "limit", .flagBuyer: "flag", .clearBuyer: "clear",
  ]

  @Test func everyCommandAndEveryOutcome() {
    let outcomes = Set(Self.all.map(\.outcome)).union(Self.testedElsewhere.map(\.name))
    #expect(outcomes == Set(Outcome.allCases.map(\.name)))
    var verbs = Set(Self.all.map { $0.command.split(separator: " ")[0].description }).union(["history", "demand"])
    #expect(verbs.remove("lift") != nil)
    #expect(verbs == Set(Operation.allCases.map { Self.shortVerbs[$0] ?? $0.name }))
  }

  // MARK: Outcomes that take more

  /// An item that counts nearly as much as one can: put there by hand, since 4 M supplies would take too long.
  @Test func balanceOverflow() throws {
    let store = try TestStore()
    try store.perform("preheat p A=0")
    store.inventory.group.shards[0].enter { shard in
      shard.withMachine { machine in
        machine.pointee.items.pointer(0).pointee.available = Bounds.balanceMax - 10
        machine.pointee.totals.pointer(0).pointee.supplied = Bounds.balanceMax - 10
      }
    }
    #expect(try store.perform("adjust a A +11").description == "balanceOverflow")
    #expect(try store.perform("supply s A=11").description == "balanceOverflow")
    #expect(try store.perform("restock r A=2147483647").description == "balanceOverflow")
    try store.perform("preheat p2 A@east=5")
    #expect(try store.perform("move m A@east A 4").outcome == .done)
    #expect(try store.perform("adjust a A +7").description == "balanceOverflow")
    #expect(try store.perform("move m2 A@east A 1").outcome == .done)
    #expect(try store.perform("adjust a A +5").outcome == .done)
    try store.perform("supply s2 A@east=5")
    #expect(try store.perform("move m3 A@east A 1").description == "balanceOverflow")
    #expect(try store.perform("get A").number("A") == Bounds.balanceMax)
  }

  @Test func historyInABatch() throws {
    let store = try TestStore()
    let executor = store.inventory.makeExecutor()
    var batch = CommandBatch()
    let item = batch.store("A")
    batch.append(.history(History(item: item, beforeVersion: 0, rowsMax: 1)))
    var replies = ReplyBatch()
    executor.execute(&batch, into: &replies)
    #expect(replies.replies.map(\.outcome) == [.unavailable])
  }

  /// However little may wait: what could never be taken else is taken when nothing does.
  @Test func aBatchLargerThanWhatMayWait() throws {
    let store = try TestStore(opens: false)
    store.configuration.pendingBytesMax = 0
    try store.open()
    #expect(try store.perform("preheat p A=100").outcome == .done)
    #expect(try store.perform("reserve o-1 A=1").outcome == .reserved)
    store.storage.holdWrites()
    var outcomes: [Outcome] = []
    for number in 0..<20 { outcomes += store.decide([try ShopCommand("reserve p-\(number) A=1")]).map(\.outcome) }
    #expect(outcomes.last == .overloaded)
    store.storage.releaseWrites()
    try store.inventory.flush()
    #expect(try store.perform("confirm o-1").outcome == .confirmed)
  }

  /// With too much waiting for the log nothing that would add to it is taken; what is known is still answered.
  @Test func overloaded() throws {
    let store = try TestStore(opens: false)
    store.configuration.pendingBytesMax = 16 << 10
    try store.open()
    try store.perform("preheat p A=100")
    try store.perform("reserve o-1 A=1")
    store.storage.holdWrites()
    var outcomes: [Outcome] = []
    for number in 0..<20 { outcomes += store.decide([try ShopCommand("reserve p-\(number) A=1")]).map(\.outcome) }
    #expect(outcomes.first == .reserved)
    #expect(outcomes.last == .overloaded)
    let answers = store.decide(
      try ["confirm o-1", "cancel o-9", "supply s A=1", "reserve o-1 A=1", "get A", "order p-19"].map {
        try ShopCommand($0)
      })
    #expect(answers.map(\.outcome) == [.overloaded, .overloaded, .overloaded, .reserved, .found, .noSuchOrder])
    store.storage.releaseWrites()
    try store.inventory.flush()
    #expect(try store.perform("confirm o-1").outcome == .confirmed)
    let taken = outcomes.count { $0 == .reserved }
    #expect(try store.perform("get A").number("A.reserved") == Int64(taken))
  }
}
