import StockTestSupport

@testable import StockEngine

extension TransitionTests {
  private static let partlySold = "\(held) | confirmLines c o-1 A=1"
  private static let partlyBack = "\(held) | cancelLines c o-1 A=1"
  private static let partlyReturned = "\(partlySold) | return r o-1 A=1"

  static let parts: [Transition] = [
    .init(
      "confirmLines x o-1 A=1", after: held, "done x confirmLines; partlyConfirmed o-1 A=1 => confirmed state=reserved"),
    .init(
      "confirmLines x o-1 B=1 A=1 A=1", after: held,
      "done x confirmLines; partlyConfirmed o-1 A=2 B=1 => confirmed state=confirmed"),
    .init(
      "confirmLines x o-1 A=1 release", after: held,
      "done x confirmLines; partlyConfirmed o-1 A=1; partlyCancelled o-1 A=1 B=1 => confirmed state=confirmed"),
    .init(
      "confirmLines x o-1 A=2 B=1 release", after: held,
      "done x confirmLines; partlyConfirmed o-1 A=2 B=1 => confirmed state=confirmed"),
    .init("confirmLines x o-1 A=3", after: held, "=> exceedsHeld"),
    .init("confirmLines x o-1 A=1 B=2", after: held, "=> exceedsHeld"),
    .init("confirmLines x o-1 A=1 A=1 A=1", after: held, "=> exceedsHeld"),
    .init("confirmLines x o-1 C=1", after: "\(held) | preheat q C=1", "=> exceedsHeld"),
    .init("confirmLines x o-1 GHOST=1", after: held, "=> exceedsHeld"),
    .init("confirmLines x o-1 A=2", after: partlySold, "=> exceedsHeld"),
    .init("confirmLines x o-1 A=2", after: partlyBack, "=> exceedsHeld"),
    .init("confirmLines c o-1 A=1", after: partlySold, "=> confirmed again state=reserved"),
    .init("confirmLines c o-1 A=1", after: "\(partlySold) | confirm o-1", "=> confirmed again state=confirmed"),
    .init(
      "confirmLines c o-1 A=1", after: "\(partlySold) | confirm o-1 | retire", "=> confirmed again state=confirmed"),
    .init(
      "confirmLines c o-1 A=1", after: "\(partlySold) | clock +16m",
      "expired o-1 A=1 B=1 => confirmed again state=confirmed"),
    .init("confirmLines c o-1 A=2", after: partlySold, "=> idConflict"),
    .init("confirmLines c o-1 A=1 release", after: partlySold, "=> idConflict"),
    .init("cancelLines c o-1 A=1", after: partlySold, "=> idConflict"),
    .init("confirmLines x o-1 A=1", after: stock, "=> noSuchOrder"),
    .init("confirmLines x o-1 A=1", after: sold, "=> exceedsHeld state=confirmed"),
    .init("confirmLines x o-1 A=1", after: "\(sold) | retire", "=> exceedsHeld state=confirmed"),
    .init("confirmLines x o-1 A=1", after: returned, "=> wrongState state=returned"),
    .init("confirmLines x o-1 A=1", after: cancelled, "refundRequired o-1 => alreadyCancelled state=cancelled"),
    .init("confirmLines x o-1 A=1", after: "\(cancelled) | confirm o-1", "=> alreadyCancelled state=cancelled"),
    .init(
      "confirmLines x o-1 A=1", after: "\(cancelled) | retire", "refundRequired o-1 => alreadyCancelled state=cancelled"
    ),
    .init("confirmLines x o-1 A=1", after: "\(stock) | cancel o-1", "refundRequired o-1 => orderFenced state=fenced"),
    // Never late by line, even if the units are there: only a whole confirm takes them again.
    .init(
      "confirmLines x o-1 A=1", after: overdue, "expired o-1 A=2 B=1; refundRequired o-1 => expired state=expired"),
    .init(
      "confirmLines x o-1 A=1", after: "\(partlySold) | clock +16m",
      "expired o-1 A=1 B=1; refundRequired o-1 => expired state=confirmed"),
    .init(
      "confirmLines x o-1 A=1", after: "\(partlySold) | cancel o-1",
      "refundRequired o-1 => alreadyCancelled state=confirmed"),
    .init(
      "confirmLines x o-1 A=1", after: "\(partlySold) | cancel o-1 | confirm o-1 | retire",
      "=> alreadyCancelled state=confirmed"),
    // The rest of a life of which a part is sold.
    .init("confirm o-1", after: partlySold, "confirmed o-1 A=1 B=1 => confirmed"),
    // What is paid for the rest comes too late, also when nothing but the id is known any more.
    .init(
      "confirm o-1", after: "\(partlySold) | clock +16m | tick", "refundRequired o-1 => expired state=confirmed"),
    .init(
      "confirm o-1", after: "\(partlySold) | clock +16m | tick | retire",
      "refundRequired o-1 => expired state=confirmed"),
    .init("confirm o-1", after: "\(partlySold) | clock +16m | confirm o-1", "=> expired state=confirmed"),
    .init("confirm o-1", after: "\(partlySold) | clock +16m | confirm o-1 | retire", "=> expired state=confirmed"),
    .init("confirm o-1", after: "\(partlySold) | cancel o-1", "refundRequired o-1 => alreadyCancelled state=confirmed"),
    .init(
      "confirm o-1", after: "\(partlySold) | cancel o-1 | retire",
      "refundRequired o-1 => alreadyCancelled state=confirmed"),
    .init(
      "confirm o-1", after: "\(partlyReturned) | clock +16m | tick", "refundRequired o-1 => expired state=returned"),
    .init("confirm o-1", after: "\(held) | confirmLines c o-1 A=1 release", "=> confirmed again"),
    .init("ship x o-1", after: "\(partlySold) | cancel o-1", "done x ship; shipped o-1 => shipped state=shipped"),
    .init("cancel o-1 reason=no", after: partlySold, "cancelled o-1 A=1 B=1 no => cancelled"),
    .init("cancel o-1", after: "\(partlySold) | cancel o-1", "=> cancelled again"),
    .init("cancel o-1", after: "\(partlySold) | cancel o-1 | retire", "=> cancelled again"),
    .init("cancel o-1", after: "\(partlyReturned) | cancel o-1", "=> cancelled again"),
    .init("cancel o-1", after: "\(partlySold) | clock +16m | tick", "=> alreadyConfirmed state=confirmed"),
    .init("cancel o-1", after: "\(held) | confirmLines c o-1 A=1 release", "=> alreadyConfirmed state=confirmed"),
    .init("resolve o-1", after: partlySold, "=> found state=reserved"),
    .init("resolve o-1", after: "\(partlySold) | clock +16m", "expired o-1 A=1 B=1 => found state=confirmed"),
    .init("resolve o-1", after: "\(partlyReturned) | clock +16m", "expired o-1 A=1 B=1 => found state=returned"),
    .init("reserve o-1 buyer=u1 A=2 B=1", after: partlySold, "=> reserved again available=8 until=15m"),
    .init(
      "extend x o-1 hold=20m", after: partlySold,
      "done x extend; extended o-1 until=20m => extended available=8 until=20m"),
    .init(
      "order o-1", after: partlySold,
      "=> found state=reserved buyer=u1 created=0 until=15m A=2+1~0 B=1"),
    .init(
      "order o-1", after: "\(partlySold) | clock +16m | tick",
      "=> found state=confirmed buyer=u1 created=0 until=15m A=2+1~1 B=1+0~1"),
    .init(
      "order o-1", after: "\(partlyReturned) | cancel o-1",
      "=> found state=returned buyer=u1 created=0 until=15m A=2+1~1-1 B=1+0~1"),

    .init(
      "cancelLines x o-1 A=1", after: held, "done x cancelLines; partlyCancelled o-1 A=1 => cancelled state=reserved"),
    .init(
      "cancelLines x o-1 A=2 B=1 reason=no", after: held,
      "done x cancelLines; partlyCancelled o-1 A=2 B=1 no => cancelled state=cancelled"),
    .init(
      "cancelLines x o-1 A=1 B=1", after: partlySold,
      "done x cancelLines; partlyCancelled o-1 A=1 B=1 => cancelled state=confirmed"),
    .init(
      "cancelLines x o-1 A=1 B=1", after: partlyReturned,
      "done x cancelLines; partlyCancelled o-1 A=1 B=1 => cancelled state=returned"),
    .init("cancelLines x o-1 A=3", after: held, "=> exceedsHeld"),
    .init("cancelLines x o-1 A=2", after: partlySold, "=> exceedsHeld"),
    .init("cancelLines c o-1 A=1", after: partlyBack, "=> cancelled again state=reserved"),
    .init("cancelLines c o-1 A=1 reason=no", after: partlyBack, "=> idConflict"),
    .init("cancelLines x o-1 A=1", after: stock, "=> noSuchOrder"),
    .init("cancelLines x o-1 A=1", after: sold, "=> alreadyConfirmed state=confirmed"),
    .init("cancelLines x o-1 A=1", after: "\(sold) | retire", "=> alreadyConfirmed state=confirmed"),
    .init("cancelLines x o-1 A=1", after: cancelled, "=> alreadyCancelled state=cancelled"),
    .init("cancelLines x o-1 A=1", after: "\(stock) | cancel o-1", "=> orderFenced state=fenced"),
    .init("cancelLines x o-1 A=1", after: overdue, "expired o-1 A=2 B=1 => expired state=expired"),
    .init("cancelLines x o-1 A=1", after: returned, "=> wrongState state=returned"),
    .init(
      "order o-1", after: partlyBack, "=> found state=reserved buyer=u1 created=0 until=15m A=2+0~1 B=1"),
    .init("confirm o-1", after: partlyBack, "confirmed o-1 A=1 B=1 => confirmed"),
    // What was cancelled by line stays cancelled: a late payment is for the rest.
    .init(
      "confirm o-1", after: "\(partlyBack) | clock +16m",
      "expired o-1 A=1 B=1; lateConfirmed o-1 A=1 B=1 => lateConfirmed"),
    .init(
      "confirm o-1", after: "\(held) | cancelLines c o-1 A=2 | clock +16m | tick",
      "lateConfirmed o-1 B=1 => lateConfirmed"),
    .init(
      "confirm o-1", after: "\(partlyBack) | clock +16m | tick | reserve o-2 A=9",
      "lateConfirmed o-1 A=1 B=1 => lateConfirmed"
    ),
    .init(
      "confirm o-1", after: "\(partlyBack) | clock +16m | tick | reserve o-2 A=10",
      "refundRequired o-1 => expired state=expired"
    ),
    .init(
      "order o-1", after: "\(partlyBack) | clock +16m | tick",
      "=> found state=expired buyer=u1 created=0 until=15m A=2 B=1"),
    .init(
      "order o-1", after: "\(partlyBack) | clock +16m | confirm o-1",
      "=> found state=confirmed late buyer=u1 created=0 until=15m A=2+1~1 B=1"),

    // Returns while a part is still held.
    .init(
      "return r o-1 A=1", after: partlySold, "done r return; returned o-1 A=1 available => returned state=reserved"),
    .init("return r o-1", after: partlySold, "done r return; returned o-1 A=1 available => returned state=reserved"),
    .init("return r o-1 A=2", after: partlySold, "=> exceedsSold"),
    .init("return r o-1 B=1", after: partlySold, "=> exceedsSold"),
    .init("return x o-1 A=1", after: partlyReturned, "=> wrongState state=reserved"),
    .init("return x o-1 A=1", after: partlyBack, "=> wrongState state=reserved"),
    .init("confirm o-1", after: partlyReturned, "confirmed o-1 A=1 B=1 => confirmed"),
    .init(
      "return x o-1", after: "\(partlyReturned) | confirm o-1",
      "done x return; returned o-1 A=1 B=1 available => returned state=returned"),
    .init(
      "return x o-1", after: "\(partlySold) | cancel o-1",
      "done x return; returned o-1 A=1 available => returned state=returned"),
  ]

  private static let shipped = "\(sold) | ship s o-1"
  private static let delivered = "\(shipped) | deliver d o-1"

  static let marks: [Transition] = [
    .init("ship x o-1", after: sold, "done x ship; shipped o-1 => shipped state=shipped"),
    .init("ship s o-1", after: shipped, "=> shipped again state=shipped"),
    .init("ship s o-1", after: delivered, "=> shipped again state=delivered"),
    .init("ship s o-1", after: "\(shipped) | retire", "=> shipped again state=shipped"),
    .init("ship s o-2", after: shipped, "=> idConflict"),
    .init("deliver s o-1", after: shipped, "=> idConflict"),
    .init("ship x o-1", after: shipped, "=> wrongState state=shipped"),
    .init("ship x o-1", after: held, "=> wrongState state=reserved"),
    .init("ship x o-1", after: partlySold, "=> wrongState state=reserved"),
    .init("ship x o-1", after: overdue, "expired o-1 A=2 B=1 => wrongState state=expired"),
    .init(
      "ship x o-1", after: "\(partlySold) | clock +16m",
      "expired o-1 A=1 B=1; done x ship; shipped o-1 => shipped state=shipped"),
    .init("ship x o-1", after: cancelled, "=> wrongState state=cancelled"),
    .init("ship x o-1", after: returned, "=> wrongState state=returned"),
    .init("ship x o-1", after: stock, "=> noSuchOrder"),
    .init("ship x o-1", after: "\(sold) | retire", "=> tooOld"),
    .init("ship x o-1", after: "\(cancelled) | retire", "=> wrongState state=cancelled"),
    .init("ship x o-1", after: "\(stock) | deduct o-1 A=1", "done x ship; shipped o-1 => shipped state=shipped"),
    .init("deliver x o-1", after: shipped, "done x deliver; delivered o-1 => delivered state=delivered"),
    .init("deliver d o-1", after: delivered, "=> delivered again state=delivered"),
    .init("deliver x o-1", after: delivered, "=> wrongState state=delivered"),
    .init("deliver x o-1", after: sold, "=> wrongState state=confirmed"),
    .init("deliver x o-1", after: "\(shipped) | retire", "=> tooOld"),
    .init("deliver x o-1", after: "\(delivered) | retire", "=> wrongState state=delivered"),
    .init("confirm o-1", after: delivered, "=> confirmed again"),
    .init("cancel o-1", after: shipped, "=> alreadyConfirmed state=shipped"),
    .init("confirmLines x o-1 A=1", after: shipped, "=> exceedsHeld state=shipped"),
    .init("return r o-1 A=1", after: shipped, "done r return; returned o-1 A=1 available => returned state=shipped"),
    .init(
      "return r o-1", after: delivered, "done r return; returned o-1 A=2 B=1 available => returned state=returned"),
    .init("order o-1", after: delivered, "=> found state=delivered buyer=u1 created=0 until=15m A=2 B=1"),
  ]

  /// Log time stands still: 45,932,800,000 ms after 2024 began, and every test store's nonce is 1.
  static let ids: [Transition] = [
    .init("nextIDs 1", "issued 192656126771204096 => done first=192656126771204096 count=1"),
    .init("nextIDs 4096", "issued 192656126771208191 => done first=192656126771204096 count=4096"),
    .init("nextIDs 3", after: "nextIDs 2", "issued 192656126771204100 => done first=192656126771204098 count=3"),
    // The counter would run over: the next millisecond's numbers, ahead of time, with the nonce where it was.
    .init("nextIDs 4096", after: "nextIDs 1", "issued 192656126775402495 => done first=192656126775398400 count=4096"),
    .init(
      "nextIDs 1", after: "nextIDs 4096 | clock +16m",
      "issued 192660153303044096 => done first=192660153303044096 count=1"),
    .init("nextIDs 0", "=> malformed reason=idCount"),
    .init("nextIDs 4097", "=> malformed reason=idCount"),
  ]
}
