import StockEngine
import StockModel

/// What it is called when a store says something else than the model.
enum Mismatch {
  /// - Parameter isOfUnknown: it contradicts what became of a command that had no answer.
  static func kind(
    _ operation: HistoryOperation, _ said: Answer, _ expected: Answer, isOfUnknown: Bool
  ) -> HistoryFinding.Kind {
    if operation.isWrite { return accepted(said, expected) }
    if said.isRepeat { return expected.isRepeat ? .wrongRepeat : .repeatOfNothing }
    let denies = [.noSuchOrder, .unknownItem, .noSuchSale].contains(said.outcome) || saysMissing(said, expected)
    if denies && expected.outcome != said.outcome || saysMissing(said, expected) {
      return isOfUnknown ? .contradictedFate : .lostWrite
    }
    if said.outcome == .found {
      if isOfUnknown { return .contradictedFate }
      return isOlder(said, expected) ? .staleRead : .untrueRead
    }
    return .untrueRefusal
  }

  private static func accepted(_ said: Answer, _ expected: Answer) -> HistoryFinding.Kind {
    if expected.isRepeat { return .appliedTwice }
    if expected.outcome == said.outcome { return .wrongNumbers }
    if [.soldOut, .belowFloor, .exceedsHeld, .exceedsSold].contains(expected.outcome) { return .oversold }
    if [.limitReached, .unpaidExists, .subjectMissing].contains(expected.outcome) { return .overLimit }
    return .wronglyAccepted
  }

  private static func saysMissing(_ said: Answer, _ expected: Answer) -> Bool {
    said.words.contains { $0.hasSuffix("=missing") && !expected.words.contains($0) }
  }

  /// An item's version only grows, and an order's state goes one way.
  private static func isOlder(_ said: Answer, _ expected: Answer) -> Bool {
    if let now = said.value("state").flatMap(rank), let then = expected.value("state").flatMap(rank), now != then {
      return now < then
    }
    for word in said.words where word.contains(".version=") {
      guard let name = word.split(separator: "=").first.map(String.init), let mine = said.number(name),
        let right = expected.number(name)
      else { continue }
      if mine < right { return true }
    }
    return false
  }

  private static func rank(_ state: String) -> Int? {
    ["reserved", "deferred", "confirmed", "shipped", "delivered", "cancelled", "expired", "returned"].firstIndex(
      of: state)
  }
}
