import StockEngine
import StockWire

/// A sale as its file describes it; the fields stand in `docs/cli.md`.
struct SaleFile: Equatable, Sendable {
  /// A moment of the window.
  enum WindowTime: Equatable, Sendable {
    case at(Timestamp)
    /// So long after the sale is opened.
    case later(milliseconds: Int64)

    /// As operation ids have it: never to change.
    fileprivate var content: String {
      switch self {
      case .at(let time): "\(time.milliseconds)"
      case .later(let milliseconds): "+\(milliseconds)"
      }
    }
  }

  var id: String
  /// What people call it, by language; empty: without a language. It stays in the file.
  var title: [ExactText: String]
  var start: WindowTime
  var end: WindowTime
  var holdMilliseconds: Int64
  var unpaid: SaleTerms.UnpaidPolicy
  var flagged: SaleTerms.FlaggedPolicy
  var hasStrictDeadline: Bool
  var recordsAttempts: Bool
  var limits: [WireLimit]
  var eligible: [WireSubject]
  var source: SaleStock.Source
  /// SKUs of a new supply, else the items to take from.
  var lines: [WireLine]
  /// For load generators; a sale has no use for it.
  var drill: JSONInput?

  static func read(_ path: String) throws(InputFault) -> SaleFile { try SaleFile(JSONInput.read(path)) }

  var units: Int64 { lines.reduce(0) { $0 + Int64($1.quantity) } }

  /// Its titles, the languages in the order of their names.
  var titleText: String { title.sorted { $0.key < $1.key }.map(\.value).joined(separator: " / ") }

  var hasOffsets: Bool {
    switch (start, end) {
    case (.at, .at): false
    case (.later, _), (_, .later): true
    }
  }

  /// The window and the rest, as the server takes it.
  /// - Parameters:
  ///   - now: where offsets begin.
  ///   - opened: the sale, if an earlier run opened it: its offsets began then.
  func terms(now: Timestamp, opened: WireSale?) throws(InputFault) -> WireSaleTerms {
    func moment(_ moment: WindowTime, _ known: Timestamp?) -> Timestamp {
      switch moment {
      case .at(let time): time
      case .later(let milliseconds): known ?? now.adding(milliseconds: milliseconds)
      }
    }
    let start = moment(start, opened?.terms.start)
    let end = moment(end, opened?.terms.end)
    guard end > start else {
      throw InputFault(line: nil, "end is \(UTC.text(end)); it must be after the start, \(UTC.text(start))")
    }
    return WireSaleTerms(
      start: start, end: end, holdMilliseconds: holdMilliseconds, unpaid: unpaid, flagged: flagged,
      hasStrictDeadline: hasStrictDeadline, recordsAttempts: recordsAttempts, limits: limits, eligible: eligible)
  }

  /// The id of the opening: the same for the same content, whenever it is run.
  func operationID(isPaused: Bool) -> String {
    var content =
      "\(id)\n\(start.content)\n\(end.content)\n\(holdMilliseconds)\n\(unpaid.rawValue) \(flagged.rawValue)\n"
    content += "\(hasStrictDeadline) \(recordsAttempts) \(isPaused) \(source.rawValue)\n"
    for limit in limits {
      content += "\(limit.dimension) \(limit.measure.rawValue) \(limit.max) \(limit.isGivenBackOnReturn)\n"
    }
    for subject in eligible { content += "\(subject.dimension)=\(subject.value)\n" }
    for line in lines { content += "\(line.item) \(line.quantity)\n" }
    return ContentID.make("sale-", content)
  }
}
