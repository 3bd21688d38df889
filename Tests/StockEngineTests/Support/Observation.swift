import StockModel
import StockTestSupport

/// Everything that a client can read.
struct Observation: Equatable, CustomStringConvertible {
  static let items = ["A", "B@north", "A@~S"]
  static let orders = (1...9).map { "o-\($0)" }
  static var commands: [ShopCommand] { [.get(items)] + orders.map { .order($0) } }

  var answers: [Answer]

  init(_ store: TestStore) throws { answers = try store.perform(Self.commands) }

  init(_ model: ReferenceModel, at now: Int64) {
    var model = model
    answers = Self.commands.map { model.perform($0, at: now) }
  }

  var description: String { answers.map(\.description).joined(separator: "\n") }
}
