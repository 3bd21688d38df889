import StockEngine
import StockModel

/// What clients sent to one store, when, and what they were told: `docs/histories.md`.
package struct ClientHistory: Equatable, Sendable {
  package var header = HistoryHeader()
  /// Items as they were before the first operation. What is not named was not there.
  package var given: [GivenItem] = []
  /// In any order; of one client in the order sent.
  package var operations: [HistoryOperation] = []

  package init() {}
}

/// What must be known of the store.
package struct HistoryHeader: Equatable, Sendable {
  /// The rules that it was started with.
  package var rules = Rules()
  /// The last record that was there before the first operation. What a log says up to there is no part of the history.
  package var from = LSN.zero

  package static let format = "stockd history"
  package static let version: Int64 = 1

  package init() {}
}

/// One item as the history finds it.
package struct GivenItem: Equatable, Sendable {
  package var name: String
  package var item: ReferenceModel.Item

  package init(name: String, item: ReferenceModel.Item) {
    self.name = name
    self.item = item
  }
}

/// One command that a client sent, and the answer to it, if one came.
package struct HistoryOperation: Equatable, Sendable {
  /// Where it stands in its file, from 1 on: what findings name.
  package var line: Int
  /// Who sent it. The commands of one client take effect in the order of their lines.
  package var client: Int64
  /// Nanoseconds of one monotonic clock, the same for the whole history: before it was first sent.
  package var called: Int64
  /// After its answer was read; nil if none ever came.
  package var returned: Int64?
  /// It may have been sent more than once, so a repeat may be of an earlier sending of its own.
  package var isResent: Bool
  package var command: ShopCommand
  /// nil: nobody knows what became of it. Times in its words are milliseconds since 1970.
  package var answer: Answer?
  /// Log time in milliseconds since 1970, if the answer tells it (`stats` does).
  package var logTime: Int64?

  package init(
    line: Int = 0, client: Int64, called: Int64, returned: Int64? = nil, isResent: Bool = false, command: ShopCommand,
    answer: Answer? = nil, logTime: Int64? = nil
  ) {
    self.line = line
    self.client = client
    self.called = called
    self.returned = returned
    self.isResent = isResent
    self.command = command
    self.answer = answer
    self.logTime = logTime
  }

  /// It took effect by the record that its answer names.
  var isWrite: Bool {
    guard let answer else { return false }
    return answer.outcome.isSuccess && answer.outcome != .found && !answer.isRepeat
  }
}

/// What is wrong with a history as a text, or with what is asked of it.
package struct HistoryFault: Error, Equatable, CustomStringConvertible {
  /// From 1 on; nil if it is about the whole.
  package var line: Int?
  package var message: String
  /// It can be checked with the store's log, and not without.
  package var needsLog = false

  package init(line: Int? = nil, _ message: String, needsLog: Bool = false) {
    self.line = line
    self.message = message
    self.needsLog = needsLog
  }

  package var description: String { line.map { "line \($0): \(message)" } ?? message }
}
