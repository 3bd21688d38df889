import StockEngine

/// One promise that a history shows broken, and the operations that show it.
package struct HistoryFinding: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// An operation that was over before another began has a later LSN.
    case realTime
    /// Commands of one client took effect in another order than sent, or its LSNs went back.
    case clientOrder
    /// Two records under one LSN, or a record under an LSN that was there before the history.
    case duplicateLSN
    /// One id took effect twice.
    case appliedTwice
    /// What was acknowledged is not there any more.
    case lostWrite
    /// A success for which the stock was not there.
    case oversold
    /// A success beyond a limit, or beside an unpaid order that forbids it.
    case overLimit
    /// A success that should have been a refusal for another reason.
    case wronglyAccepted
    /// A refusal whose reason did not hold.
    case untrueRefusal
    /// A read that says what was so earlier, and no more.
    case staleRead
    /// A read that says what was never so.
    case untrueRead
    /// A repeat that does not say what the order or the operation has come to.
    case wrongRepeat
    /// A repeat of what had not happened.
    case repeatOfNothing
    /// A success whose numbers are wrong.
    case wrongNumbers
    /// An outcome that nobody was told, seen by one and denied by another.
    case contradictedFate
    /// A number that was handed out before.
    case idTwice
    /// Log time went back.
    case timeWentBack
    /// The log's record is not what the client was told, or not there.
    case logDiffers
    /// A record of the log that no client of the history asked for.
    case stranger
    /// An order expired before its deadline, or one that was not open did.
    case expiredEarly
    /// An order whose deadline had passed was still treated as open.
    case expiredLate
  }

  package var kind: Kind
  package var lsn: LSN
  /// Lines of the history, the accused one first.
  package var lines: [Int]
  package var message: String

  package init(_ kind: Kind, lsn: LSN, lines: [Int], _ message: String) {
    self.kind = kind
    self.lsn = lsn
    self.lines = lines
    self.message = message
  }
}

/// What a check came to.
package struct HistoryVerdict: Equatable, Sendable {
  package var operations = 0
  package var writes = 0
  package var repeats = 0
  package var refusals = 0
  package var reads = 0
  /// Commands without an answer, and what became of them.
  package var unknown = 0
  package var unknownThatTookEffect = 0
  /// Answers that only the server's own condition explains (`overloaded`, `noSpace`, `unavailable`, `malformed`), and pages.
  package var notJudged = 0
  /// Answers that may be right or wrong: the history leaves open when a command without an answer took effect. A log settles it.
  package var undecided = 0
  /// Records of the log that were compared.
  package var records = 0
  /// The LSNs that the history speaks of.
  package var firstLSN = LSN.zero
  package var lastLSN = LSN.zero
  package var findings: [HistoryFinding] = []
  /// Answers that do not fit either, about orders and items that a finding speaks of already.
  package var consequences = 0

  package init() {}

  package var passes: Bool { findings.isEmpty && undecided == 0 }
}
