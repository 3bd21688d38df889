import StockModel
import StockTestSupport

/// The last things that were done, for a failure's message; put into words only then.
struct Diary: CustomStringConvertible {
  private enum Entry: CustomStringConvertible {
    case event(String)
    case command(ShopCommand, Answer)

    var description: String {
      switch self {
      case .event(let text): text
      case .command(let command, let answer): "\(command) -> \(answer)"
      }
    }
  }

  private static let entriesMax = 12
  private var entries: [Entry] = []

  mutating func note(_ event: String) { add(.event(event)) }
  mutating func note(_ command: ShopCommand, _ answer: Answer) { add(.command(command, answer)) }

  private mutating func add(_ entry: Entry) {
    if entries.count == Self.entriesMax { entries.removeFirst() }
    entries.append(entry)
  }

  var description: String { entries.map(\.description).joined(separator: "\n") }
}
